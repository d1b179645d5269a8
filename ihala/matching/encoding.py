"""One side's part of a comparison between organisations: names become bits under the key of one run.

Runs in a process of its own (`bare`) that sees one organisation's people and the run's key, and ends after its answer.
What leaves it are encodings (`ihala_names.hardened`): nobody without the key can say of a bit what it stands for, and
under the next run's key the same person's bits are others. Telephones and documents become keyed hashes.
"""

from base64 import b64encode
from hashlib import blake2b
from typing import Any

from ihala_names import hardened
from ihala_names.link import Record

from . import bare
from .limits import PHONE_DIGITS


def encoded(people: list[dict[str, Any]], key: bytes) -> dict[str, Any]:
    """Rows of bits with the place of whom each is (one for each name that was written), and marks by person."""
    written = [(place, name) for place, one in enumerate(people) for name in one["names"]]
    records = [Record("", name, people[place]["year"], ()) for place, name in written]
    return {
        "bits": b64encode(hardened.encode(records, key).tobytes()).decode(),
        "owners": [place for place, _name in written],
        "marks": [sorted(_marks(one, key)) for one in people],
    }


def _marks(one: dict[str, Any], key: bytes) -> set[str]:
    phones = {"p" + _hash("phone " + number[-PHONE_DIGITS:], key) for number in one["phones"]}
    return phones | {"d" + _hash("document " + number, key) for number in one["documents"]}


def _hash(text: str, key: bytes) -> str:
    return blake2b(text.encode(), key=key, digest_size=16, person=b"ihala.mark").hexdigest()


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """`{"key": hexadecimal, "people": […]}`."""
    return encoded(question["people"], bytes.fromhex(question["key"]))


def main() -> None:
    """Load and compile while files can still be read, then answer."""
    encoded([{"names": ["x"], "year": 1990, "phones": [], "documents": []}], hardened.new_key())
    bare.serve(answer)


if __name__ == "__main__":
    main()
