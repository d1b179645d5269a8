"""`python -m config.search FD`: the search process, until the key agent hangs up.

No Django, no database, no keys and no files: what it knows came through the pipe and goes with the process. Once its
loops are loaded it gives up opening anything further, so what is typed into a search box, however it is made, reaches
nothing. Its memory cannot be read by other processes of the same account and is in no core dump.
"""

import logging
import resource
import signal
import socket
import sys
from typing import Any

from ..parents import close_memory, leave_with_parent
from . import frames

STANDARD = 3
"""Descriptors of every process; the pipe is open already, and there is no further one."""


def main(descriptor: int) -> None:
    """Answer one question after the other."""
    leave_with_parent(grace=0.5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is the supervisor's
    logging.disable()
    close_memory()
    with socket.socket(fileno=descriptor) as peer:
        try:
            serve(peer)
        except OSError:
            return


def serve(peer: socket.socket) -> None:
    """Until the pipe is closed. An error is answered by its kind: its text could hold what was typed."""
    from ihala.matching.engine import Engine
    from ihala.matching.known import NotHeld

    warm(Engine())
    give_up()
    engine = Engine()
    frames.send(peer, {"ready": True})
    while True:
        said, blob = frames.receive(peer)
        number, question, arguments = said
        try:
            answer, beside = engine.ask(question, blob, **arguments)
            frames.send(peer, {"number": number, "answer": answer}, beside)
        except NotHeld:
            frames.send(peer, {"number": number, "not_held": True})
        except OSError:
            raise
        except Exception as error:
            frames.send(peer, {"number": number, "failed": type(error).__name__})


def warm(engine: Any) -> None:
    """Everything is done once with made-up people, so that compiled code is loaded before it can be loaded no more."""
    people = [["مريم عبد الرحمن", "Mariam Abdulrahman"], ["李小龙"], ["Ali M", "علي"]]
    cases = [
        [f"{n:032x}", 1, [[f"{n:032x}", names, 1990, "female", "AE", ["p971501234567", "dA123456"]]]]
        for n, names in enumerate(people)
    ]
    engine.ask("begin", organisation=0)
    engine.ask("add", organisation=0, cases=cases)
    engine.ask("finish", organisation=0)
    for turn in range(2):
        engine.ask("publish", organisation=0)
        for name in (
            "مريم عبدالرحمن",
            "maryem abdel rahmen",
            "Mra iamabdulrahman",
            "م",
            "李小龙",
            "Xq",
            "مريم Ali ٣",
        ):
            asked = {
                "name": name,
                "year": 1991,
                "numbers": ["5012"],
                "codes": [],
                "sex": "",
                "nationality": "",
            }
            engine.ask("find", organisation=0, asked=asked, top=10)
            engine.ask("find", organisation=0, asked=asked | {"year": None}, top=10)
        engine.ask("change", organisation=0, cases=[[cases[turn][0], 2, cases[turn][2]], ["f" * 32, 0, []]])
        _number, data = engine.ask("snapshot", organisation=0)
        engine.ask("restore", data, organisation=0)


def give_up() -> None:
    """From here on: no file and no socket is opened, nothing is written to a file, and no core is left."""
    for limit, most in (
        (resource.RLIMIT_NOFILE, STANDARD),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main(int(sys.argv[1]))
