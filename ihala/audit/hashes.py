"""The hashes that are kept, and how a node of the tree is found among them.

Leaves' hashes stand in chunks as they were numbered. Whenever 256 hashes stand side by side they become a tile, and
roots of 256 tiles a tile of the next level, so a node of any height is made from one tile, or from the few rows of one
that is not full yet. A root or a proof over a million leaves reads about five rows and the roots at the right edge.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from . import tree
from .models import Chunk, Tile
from .tree import Node
from .verify import Tree, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
HASH = 32


@dataclass(frozen=True)
class Place:
    """Where a node stands: the tile's level and index, and which of its hashes are beneath the node."""

    level: int
    tile: int
    first: int
    count: int

    @classmethod
    def of(cls, node: Node) -> "Place":
        """The lowest tile whose hashes make the node."""
        height, index = node
        level, within = divmod(height, HEIGHT)
        start = index << within
        return cls(level, start // WIDTH, start % WIDTH, 1 << within)


def size() -> int:
    """How many leaves there are; everybody may ask."""
    last = Chunk.objects.order_by("-start").first()
    return 0 if last is None else last.start + len(last.hashes) // HASH


def hashes(nodes: Iterable[Node]) -> Mapping[Node, bytes]:
    """The hash of each node; KeyError for one that the tree does not have. Four queries at most, each by key."""
    places = {node: Place.of(node) for node in nodes}
    rows = _rows({(place.level, place.tile) for place in places.values()})
    return {node: _folded(rows[place.level, place.tile], place) for node, place in places.items()}


def root(leaves: int) -> bytes:
    """The root of the tree as it was with so many leaves."""
    if leaves == 0:
        return Tree().root()
    return tree.root_of(0, leaves, hashes(tree.nodes(0, leaves)))


def inclusion(index: int, leaves: int) -> list[bytes]:
    """The proof that leaf `index` stands in the tree of that size."""
    return tree.proof(tree.inclusion(index, leaves), hashes)


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `old` leaves is the beginning of that of `new`."""
    return tree.proof(tree.consistency(old, new), hashes)


def _folded(row: list[bytes], place: Place) -> bytes:
    part = row[place.first : place.first + place.count]
    if len(part) < place.count:
        raise KeyError(place)
    while len(part) > 1:
        part = [node_hash(part[at], part[at + 1]) for at in range(0, len(part), 2)]
    return part[0]


def _rows(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[bytes]]:
    """The hashes side by side at each (level, tile), as far as there are any."""
    asked = Q()
    for level, index in wanted:
        asked |= Q(level=level, index=index)
    found = {(tile.level, tile.index): split(tile.hashes) for tile in Tile.objects.filter(asked)}
    for level, index in wanted - found.keys():
        found[level, index] = unfinished(level, index)
    return found


def unfinished(level: int, index: int) -> list[bytes]:
    """What stands so far where the tile (level, index) will be."""
    first = index * WIDTH
    if level == 0:
        chunks = Chunk.objects.filter(start__gte=first, start__lt=first + WIDTH).order_by("start")
        return [one for chunk in chunks for one in split(chunk.hashes)]
    below = Tile.objects.filter(level=level - 1, index__gte=first, index__lt=first + WIDTH)
    return [bytes(found) for found in below.order_by("index").values_list("root", flat=True)]


def split(packed: bytes | memoryview) -> list[bytes]:
    """The hashes that stand side by side in a column."""
    whole = bytes(packed)
    return [whole[at : at + HASH] for at in range(0, len(whole), HASH)]


def append(start: int, added: list[bytes]) -> None:
    """Keep hashes of new leaves, the first at index `start`, and every tile that is whole with them."""
    chunks, tiles = [], []
    row = unfinished(0, start // WIDTH)
    for at in range(start, start + len(added), 1):
        row.append(added[at - start])
        if len(row) == WIDTH:
            tiles.append(_tile(0, at // WIDTH, row))
            row = []
    for first, last in _cut(start, start + len(added)):
        chunks.append(Chunk(start=first, hashes=b"".join(added[first - start : last - start])))
    Chunk.objects.bulk_create(chunks)
    _grow(tiles)


def _cut(start: int, end: int) -> Iterable[tuple[int, int]]:
    """The range in parts that do not cross a multiple of 256."""
    while start < end:
        last = min(end, (start // WIDTH + 1) * WIDTH)
        yield start, last
        start = last


def _grow(tiles: list[Tile]) -> None:
    """Write tiles, and those of the next level that they complete."""
    while tiles:
        Tile.objects.bulk_create(tiles)
        parents = [tile for tile in tiles if tile.index % WIDTH == WIDTH - 1]
        tiles = [
            _tile(tile.level + 1, tile.index // WIDTH, unfinished(tile.level + 1, tile.index // WIDTH))
            for tile in parents
        ]


def _tile(level: int, index: int, row: list[bytes]) -> Tile:
    top = _folded(row, Place(level, index, 0, WIDTH))
    return Tile(level=level, index=index, hashes=b"".join(row), root=top)
