"""Made-up people from attested parts of names that were kept apart from training."""

import random
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from ..letters import tokens_of
from ..reading import rows_of
from ..train import Pair, read_pairs

HELD = 8
"""One Arabic form in so many, with all its spellings, is never trained on."""
ALPHABETS = ("ابتثجحخدذرزسشصضطعغفقكلمنهوي", "abcdefghijklmnopqrstuvwxyz")


class Made(NamedTuple):
    """A person: the name in Arabic, twice in Latin as two desks would write it, and a birth year."""

    arabic: str
    latin: str
    again: str
    year: int


class Town:
    """Draws people; the same seed draws the same ones."""

    def __init__(self, path: Path, seed: int = 45) -> None:
        """Split the attested spellings by Arabic form."""
        self.random = random.Random(seed)
        pairs = read_pairs(path)
        forms = sorted({pair.arabic for pair in pairs})
        self.random.shuffle(forms)
        held = set(forms[: len(forms) // HELD])
        self.training: list[Pair] = [pair for pair in pairs if pair.arabic not in held]
        self.spellings: dict[str, list[tuple[str, int]]] = {}
        for _, row in rows_of(path, least=3, header="arabic"):
            tokens = tokens_of(row[0])
            if len(tokens) == 1 and tokens[0].codes in held:
                self.spellings.setdefault(row[0], []).append((row[1].title(), int(row[2])))
        self.forms = sorted(self.spellings)
        weights = (sum(n for _, n in self.spellings[form]) ** 0.75 for form in self.forms)
        self._weights = list(accumulate(weights))

    def parts(self, count: int) -> list[str]:
        """So many parts of names, common ones more often."""
        return self.random.choices(self.forms, cum_weights=self._weights, k=count)

    def latin(self, parts: list[str]) -> str:
        """The parts in Latin letters, each in a spelling drawn by how often it is attested."""
        drawn = []
        for part in parts:
            texts, counts = zip(*self.spellings[part], strict=True)
            drawn += self.random.choices(texts, counts)
        return " ".join(drawn)

    def people(self, count: int) -> list[Made]:
        """People of two to four parts."""
        found = []
        for _ in range(count):
            parts = self.parts(self.random.choice((2, 2, 2, 3, 3, 4)))
            year = self.random.randrange(1950, 2015)
            found.append(Made(" ".join(parts), self.latin(parts), self.latin(parts), year))
        return found

    def edited(self, text: str, edits: int) -> str:
        """So many letters left out, put in, changed or swapped anywhere, spaces included."""
        letters = ALPHABETS[0] if any("\u0600" <= c <= "\u06ff" for c in text) else ALPHABETS[1]
        for _ in range(edits):
            place, letter = self.random.randrange(len(text)), self.random.choice(letters)
            before, here, after = text[:place], text[place], text[place + 1 :]
            text = self.random.choice(
                (
                    before + after,
                    before + letter + here + after,
                    before + letter + after,
                    before + after[:1] + here + after[1:],
                )
            )
        return text

    def dropped(self, text: str) -> str:
        """Without one of the middle names, where there is one."""
        words = text.split()
        if len(words) > 2:
            words.pop(self.random.randrange(1, len(words) - 1))
        return " ".join(words)
