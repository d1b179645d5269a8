"""References people can read out on the telephone: random, so that they say nothing about when, where or how many.

Crockford's base 32 leaves out I, L, O and U; what someone types with them is understood.
"""

import secrets

from ihala.core.text import clean, western_digits

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
LENGTH = 8


def new_reference(letter: str = "C") -> str:
    """For example "C-7K3Q-9XPM": 40 random bits behind a letter for the kind of record."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letter}-{drawn[:4]}-{drawn[4:]}"


def read_reference(text: str, letter: str = "C") -> str | None:
    """The reference someone typed, in its form; None if it cannot be one."""
    plain = western_digits(clean(text[:40], one_line=True)).upper().replace(" ", "").replace("-", "")
    if len(plain) == LENGTH + 1 and plain[0] == letter:
        plain = plain[1:]
    plain = plain.translate(_MISREAD)
    if len(plain) != LENGTH or any(sign not in ALPHABET for sign in plain):
        return None
    return f"{letter}-{plain[:4]}-{plain[4:]}"
