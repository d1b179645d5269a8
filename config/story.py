"""The demo's story and cast, as the runtime role: `python -m config.story` plays, `… cast PORT` prints who is who."""

import os
import sys

import django


def main() -> None:
    """Play the story once, or print the cast."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from importlib.util import find_spec

    if not find_spec("ihala.demo.story"):  # while it is being written; goes away
        return
    from ihala.demo import story

    if sys.argv[1:2] == ["cast"]:
        print(story.cast(f"http://localhost:{sys.argv[2]}/"), flush=True)  # noqa: T201
    else:
        story.play(lambda line: print(f"  {line}", flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
