"""Does the database hold the log that was signed? Asked after a restore, by `ihala audit check`, and by the tests.

Everything is computed anew from the events: each leaf, the tree, the numbers. So it takes as long as the log is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ihala.core.acting import at_the_log
from ihala.core.clock import now

from . import hashes, signing
from .exporting import BLOCK, kept
from .leaves import hash_of
from .models import Checkpoint, Cosignature, Event, Leaf
from .verify import Tree


@dataclass
class TreeState:
    """The log as the database holds it: leaves, root, events that wait for a number, and what is wrong, in codes."""

    size: int = 0
    root: bytes = b""
    waiting: int = 0
    erased: int = 0
    checkpoint: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


PATIENCE = timedelta(minutes=10)
"""How long a checkpoint may wait for a witness before somebody is told; a witness looks every few seconds."""


def operator_is_here() -> bool:
    """Is the operator's key that is in force the one of this home? After a restore it has to be brought back, or the
    log would be signed by somebody whom no witness knows. True for a log that nobody has signed yet."""
    with at_the_log():
        known = signing.in_force().get(signing.INSTALLATION)
    if known is None:
        return True
    return (signing.folder() / "operator.key").exists() and signing.operator().key == known


def silent_witnesses() -> list[tuple[str, datetime | None]]:
    """Witnesses that have not signed a checkpoint which has waited for them, each with the moment of its last word."""
    with at_the_log():
        waiting = Checkpoint.objects.filter(at__lt=now() - PATIENCE).order_by("-size").first()
        if waiting is None:
            return []
        found = []
        for owner, key in signing.in_force().items():
            last = Cosignature.objects.filter(organisation_id=owner).order_by("-size").first()
            if owner and (last is None or last.size < waiting.size):
                found.append((key.name, last.at if last else None))
        return found


def tree_state() -> TreeState:
    """Compute the log anew and compare it with leaves, numbers, checkpoints and the operator's last word."""
    state = TreeState()
    with at_the_log():
        checkpoints = {one.size: bytes(one.root) for one in Checkpoint.objects.all()}
        tree, numbers = Tree(), dict[int, int]()
        for leaf, event, hashed in _leaves(hashes.size()):
            _look(leaf, event, hashed, numbers, state)
            tree.add(hashed)
            signed = checkpoints.get(tree.size)
            if signed is not None and signed != tree.root():
                state.problems.append(f"rewritten: checkpoint {tree.size}")
        state.size, state.root, state.checkpoint = tree.size, tree.root(), max(checkpoints, default=0)
        state.waiting = Event.objects.count() + state.erased - tree.size
        if state.checkpoint > tree.size:
            state.problems.append(f"rolled_back: checkpoint {state.checkpoint}, {tree.size} leaves")
        state.problems += _last_word(tree.size)
    return state


def _leaves(size: int) -> Iterator[tuple[Leaf, Event | None, bytes]]:
    for start in range(0, size, BLOCK):
        end = min(start + BLOCK, size)
        rows = list(Leaf.objects.filter(index__gte=start, index__lt=end).order_by("index"))
        events = Event.objects.in_bulk([leaf.event_id for leaf in rows])
        for leaf, hashed in zip(rows, kept(start, end), strict=True):
            yield leaf, events.get(leaf.event_id), hashed


def _look(leaf: Leaf, event: Event | None, hashed: bytes, numbers: dict[int, int], state: TreeState) -> None:
    if event is None:
        state.erased += 1
    elif hash_of(event, leaf.numbers) != hashed:
        state.problems.append(f"rewritten: leaf {leaf.index}")
    for owner, number in leaf.numbers.items():
        if number != numbers.get(owner, 0) + 1:
            state.problems.append(f"omitted: organisation {owner}, number {number}")
        numbers[owner] = number


def _last_word(size: int) -> list[str]:
    last = signing.last_signed()
    if last is None:
        return []
    if last.size > size:
        return [f"rolled_back: {last.size} leaves were signed, {size} are here"]
    return (
        [] if hashes.root(last.size) == last.root else [f"forked: {last.size} leaves were signed otherwise"]
    )
