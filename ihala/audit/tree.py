"""Which hashes a root or a proof is made of (RFC 9162, 2.1), counted and not looked up: no database here.

A node is `(height, index)`: the root of the whole subtree over leaves `index·2^height` to `(index+1)·2^height - 1`.
Every proof is a list of ranges of leaves, and every range a few nodes, so whoever keeps nodes answers in O(log n).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from .verify import node_hash

Node = tuple[int, int]
Range = tuple[int, int]
Hashes = Callable[[Iterable[Node]], Mapping[Node, bytes]]


def nodes(start: int, end: int) -> list[Node]:
    """The whole subtrees that make up leaves `start` to `end - 1`, from left to right."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        found.append((height, start >> height))
        start += 1 << height
    return found


def root_of(start: int, end: int, hashes: Mapping[Node, bytes]) -> bytes:
    """The root over a range that begins where a subtree begins; the range is not empty."""
    parts = [hashes[node] for node in nodes(start, end)]
    root = parts.pop()
    while parts:
        root = node_hash(parts.pop(), root)
    return root


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges beside the way from leaf `index` up to the root of a tree of `size` (PATH, 2.1.3.1)."""
    beside: list[Range] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start = middle
    return beside[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges that show the tree of `old` leaves to be the beginning of that of `new` (PROOF, 2.1.4.1)."""
    if old in (0, new):
        return []
    beside: list[Range] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            beside.append((middle, end))
            end = middle
        else:
            beside.append((start, middle))
            start, whole = middle, False
    if not whole:
        beside.append((start, end))
    return beside[::-1]


def proof(ranges: Sequence[Range], hashes: Hashes) -> list[bytes]:
    """The hashes of a proof, all looked up at once."""
    wanted = {node for start, end in ranges for node in nodes(start, end)}
    found = hashes(wanted)
    return [root_of(start, end, found) for start, end in ranges]


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Does the leaf stand at `index` of the tree with that root? (RFC 9162, 2.1.3.2)"""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Is the older tree the beginning of the newer one? (RFC 9162, 2.1.4.2)"""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not path and (old == 0 or old_root == new_root)
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, step)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
