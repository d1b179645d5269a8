"""`ihala names …`: search, link, train and bench on files."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .reading import BadInput, pool_of

PAIRS = Path("../shared/data/names/dev_tokens.tsv")
"""Where the attested spellings lie beside a checkout; any other place is given by `--pairs`."""


def add_to(commands: Any) -> None:
    """Add the `names` command to a parser of subcommands."""
    names = commands.add_parser("names", help="match names across Arabic and Latin script")
    actions = names.add_subparsers(required=True, metavar="ACTION")

    search = actions.add_parser("search", help="find each query in a pool of names")
    search.add_argument("--pool", type=Path, required=True, help="one name a line, optional TAB birth year")
    search.add_argument("--queries", type=Path, required=True, help="likewise")
    search.add_argument("--top", type=_positive, default=10, help="how many to print for each query")
    search.add_argument("--explain", action="store_true", help="add which parts matched, and what each says")
    search.set_defaults(run=_guarded(_search))

    link = actions.add_parser("link", help="pair up the people of two lists")
    link.add_argument(
        "left", type=Path, help="id TAB name TAB birth year TAB anything else, one person a line"
    )
    link.add_argument("right", type=Path, help="likewise")
    link.add_argument(
        "--hardened", action="store_true", help="compare encodings made under a key of this run"
    )
    link.add_argument("--threshold", type=float, help="the score from which a pair is printed")
    link.set_defaults(run=_guarded(_link))

    train = actions.add_parser("train", help="learn the letter model from attested spellings")
    train.add_argument("--pairs", type=Path, default=PAIRS, help="arabic TAB latin TAB count, with a header")
    train.add_argument("--out", type=Path, help="where to write the weights (else into the package)")
    train.set_defaults(run=_guarded(_train))

    bench = actions.add_parser("bench", help="measure on names kept apart from training")
    bench.add_argument("--pairs", type=Path, default=PAIRS, help="the attested spellings to split")
    bench.add_argument("--people", type=_positive, default=12_000, help="size of the pool, up to a million")
    bench.add_argument("--queries", type=_positive, default=300, help="queries of each kind")
    bench.add_argument(
        "--lists", type=int, default=10_000, help="size of the lists to link; 0 leaves linking out"
    )
    bench.set_defaults(run=_guarded(_bench))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a number from 1 is expected")
    return value


def _guarded(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Bad input ends with one line that says which file, which line and what is expected."""

    def guarded(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except BadInput as error:
            print(f"ihala names: {error}", file=sys.stderr)
            return 2
        except BrokenPipeError:
            sys.stderr.close()
            return 0

    return guarded


def _search(options: argparse.Namespace) -> int:
    from .index import Index

    pool, queries = pool_of(options.pool), pool_of(options.queries)
    index = Index(pool.names, pool.years)
    for place, (name, year) in enumerate(zip(queries.names, queries.years, strict=True)):
        for rank, hit in enumerate(index.search(name, year, options.top), 1):
            fields = [queries.lines[place], rank, pool.lines[hit.place], f"{hit.score:.3f}"]
            if options.explain:
                fields.append(_reasons(pool, hit.place, name, year))
            print(*fields, sep="\t")
    sys.stdout.flush()
    return 0


def _reasons(pool: Any, place: int, name: str, year: int | None) -> str:
    from .compare import compare
    from .people import Person

    found = compare(Person(name, birth_year=year), Person(pool.names[place], birth_year=pool.years[place]))
    return "; ".join(found.reasons)


def _link(options: argparse.Namespace) -> int:
    from . import hardened, link

    method = hardened if options.hardened else link
    left, right = link.read_records(options.left), link.read_records(options.right)
    threshold = method.THRESHOLD if options.threshold is None else options.threshold
    for pair in method.link(left, right, threshold):
        print(left[pair.left].key, right[pair.right].key, f"{pair.score:.3f}", sep="\t")
    sys.stdout.flush()
    return 0


def _bench(options: argparse.Namespace) -> int:
    from .bench import run

    def say(line: str) -> None:
        print(line, flush=True)

    return run.run(options.pairs, say, people=options.people, queries=options.queries, lists=options.lists)


def _train(options: argparse.Namespace) -> int:
    from . import model, train

    out = options.out or model.WEIGHTS
    pairs = train.read_pairs(options.pairs)
    if not pairs:
        raise BadInput(f"{options.pairs}: no pair of an Arabic and a Latin spelling in it")
    model.save(train.train(pairs), out)
    print(f"{len(pairs)} pairs learned, weights in {out}")
    return 0
