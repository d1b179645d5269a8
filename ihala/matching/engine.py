"""People in memory, organisation by organisation, and the search over them.

This is all the search process knows: what stands here in memory and nowhere else. It has no database, no keys, no files
and no Django; the key agent hands it opened values and gets back keys of people and codes that say why. A snapshot is
handed back as bytes, which the agent seals. The same object serves inside one process, for tests.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ihala_names.parts import BadSnapshot

from .asked import Asked
from .known import NotHeld
from .pool import Pool, row_of

MOST = 50
"""People in one answer, whoever asks."""


class Engine:
    """Answers questions by name (`ask`), as they come through a pipe."""

    def __init__(self) -> None:
        self.pools: dict[int, Pool] = {}
        self._begun: dict[int, list[Any]] = {}
        self._published: set[int] = set()
        """Of these people are found; the others are still being brought up to date."""

    def ask(self, question: str, blob: bytes = b"", **arguments: Any) -> tuple[Any, bytes]:
        """The answer to one question, and bytes beside it. `NotHeld` where people must be loaded first."""
        answer = QUESTIONS[question](self, blob, **arguments)
        return answer if isinstance(answer, tuple) else (answer, b"")

    def _pool(self, organisation: int) -> Pool:
        try:
            return self.pools[organisation]
        except KeyError:
            raise NotHeld(organisation) from None

    def begin(self, blob: bytes, organisation: int) -> None:
        """Forget what is here of the organisation; `add`, `finish` and `publish` follow."""
        self.drop(blob, organisation)
        self._begun[organisation] = []

    def add(self, blob: bytes, organisation: int, cases: Iterable[Any]) -> None:
        """Some cases with their people: [case, stamp, [[person, names, year, sex, nationality, numbers] …]] each."""
        self._begun[organisation] += cases

    def finish(self, blob: bytes, organisation: int) -> int:
        """Everything was added: how many people."""
        self.pools[organisation] = Pool.of(self._begun.pop(organisation))
        return len(self.pools[organisation])

    def change(self, blob: bytes, organisation: int, cases: Iterable[Any]) -> None:
        """These cases are now like this; stamp 0 means that a case is gone."""
        self._pool(organisation).replace([row_of(one) for one in cases])

    def stamps(self, blob: bytes, organisation: int) -> tuple[int, bytes]:
        """Which cases are held, as of which write: how many, and 16 + 8 bytes for each."""
        stamps = self._pool(organisation).stamps
        return len(stamps), b"".join(key + stamp.to_bytes(8, "big") for key, stamp in stamps.items())

    def snapshot(self, blob: bytes, organisation: int) -> tuple[int, bytes]:
        """Everything of the organisation as bytes; they hold names, so they are to be sealed."""
        pool = self._pool(organisation)
        return len(pool), pool.snapshot()

    def restore(self, blob: bytes, organisation: int) -> bool:
        """The people of a snapshot, as they were; `change` and `publish` follow. False for bytes that are none."""
        self.drop(blob, organisation)
        try:
            self.pools[organisation] = Pool.restored(blob)
        except BadSnapshot:
            return False
        return True

    def publish(self, blob: bytes, organisation: int) -> None:
        """What is held of the organisation is as the database has it: from now on people are found."""
        self._pool(organisation)
        self._published.add(organisation)

    def find(self, blob: bytes, organisation: int, asked: Mapping[str, Any], top: int) -> list[Any]:
        """The likeliest people first: [person, score, codes] each."""
        question = Asked(
            asked["name"],
            asked["year"],
            tuple(asked["numbers"]),
            tuple(asked["codes"]),
            asked["sex"],
            asked["nationality"],
        )
        if organisation not in self._published:
            raise NotHeld(organisation)
        found = self._pool(organisation).find(question, min(top, MOST))
        return [[key.hex(), round(score, 3), codes] for key, score, codes in found]

    def drop(self, blob: bytes, organisation: int) -> None:
        """Let go of an organisation's people."""
        self.pools.pop(organisation, None)
        self._begun.pop(organisation, None)
        self._published.discard(organisation)

    def held(self, blob: bytes) -> dict[str, int]:
        """Which organisations are here, and how many people of each."""
        return {str(organisation): len(pool) for organisation, pool in self.pools.items()}


QUESTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        Engine.begin, Engine.add, Engine.finish, Engine.change, Engine.stamps, Engine.snapshot, Engine.restore,
        Engine.publish, Engine.find, Engine.drop, Engine.held,
    )
}  # fmt: skip
