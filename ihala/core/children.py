"""What a process is told that we start to hold nothing."""

import os
import sys


def packages() -> dict[str, str]:
    """Where our own process finds its packages, which may not be where the interpreter looks by itself: an environment
    for a child that is told nothing else."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
