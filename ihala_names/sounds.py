"""What of a name both scripts write alike: its consonants by rule, and what the letter model hears with vowels.

Two readings of a part, for features of the hardened comparison. The skeleton keeps consonants that both scripts can
write. The reading spells a Latin part as the letter model would write it in Arabic, letter group by letter group, and
keeps the vowels w and y; both then merge Arabic letters that Latin writes alike.
"""

import numpy as np

from .letters import ARABIC, ARABIC_LETTERS, LATIN, LATIN_LETTERS, N_LATIN, Token
from .model import LetterModel

_ARABIC_SOUND = {
    **dict.fromkeys("بپ", "b"), **dict.fromkeys("تثط", "t"), **dict.fromkeys("سصزظ", "s"), **dict.fromkeys("ذدض", "d"),
    **dict.fromkeys("جژغگ", "g"), **dict.fromkeys("حه", "h"), **dict.fromkeys("كقخ", "k"), **dict.fromkeys("شچ", "c"),
    **dict.fromkeys("فڤ", "f"), "ر": "r", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
_VOWELS = {**dict.fromkeys("وؤ", "w"), **dict.fromkeys("يئ", "y"), "§": "L"}
"""Alef is left out: what Latin writes as "a" stands in Arabic as alef or not at all."""
_LATIN_GROUP = {
    "sch": "c", "tch": "c", "sh": "c", "ch": "c", "kh": "k", "ck": "k", "gh": "g", "dj": "g", "th": "t", "dh": "d",
    "ph": "f", "ce": "s", "ci": "s", "cy": "s",
}  # fmt: skip
_LATIN_SOUND = dict(zip("bcdfghjklmnpqrstvxz", "bkdfghgklmnbkrstfks", strict=True))


def _single(sounds: str) -> str:
    """Doubled sounds once."""
    return "".join(sound for place, sound in enumerate(sounds) if place == 0 or sounds[place - 1] != sound)


def _foreign(token: Token) -> str:
    """Letters of other scripts stand for themselves."""
    return "".join(chr(0x2460 + code) for code in token.codes)


def skeleton(token: Token) -> str:
    """The consonants of a token as sounds both scripts can write; doubled ones once, a last h left out."""
    if token.script == ARABIC:
        sounds = "".join(_ARABIC_SOUND.get(ARABIC_LETTERS[code - 1], "") for code in token.codes)
    elif token.script == LATIN:
        sounds = _latin_sounds("".join(LATIN_LETTERS[code - 1] for code in token.codes))
    else:
        sounds = _foreign(token)
    single = _single(sounds)
    return single.rstrip("h") or single


def _latin_sounds(text: str) -> str:
    sounds, place = [], 0
    while place < len(text):
        for size in (3, 2):
            group = text[place : place + size]
            if group in _LATIN_GROUP:
                sounds.append(_LATIN_GROUP[group])
                place += size - (group[0] == "c" and group[1:] in {"e", "i", "y"})
                break
        else:
            sounds.append(_LATIN_SOUND.get(text[place], ""))
            place += 1
    return "".join(sounds)


def reading(token: Token, model: LetterModel) -> str:
    """The token as Arabic would write it, with the vowels w and y, letters that sound alike being one."""
    if token.script == ARABIC:
        letters = token.codes
    elif token.script == LATIN:
        letters = _heard(token.codes, *model.hearing)
    else:
        return _foreign(token)
    written = (ARABIC_LETTERS[code - 1] for code in letters)
    return _single("".join(_ARABIC_SOUND.get(letter, _VOWELS.get(letter, "")) for letter in written))


def _heard(codes: bytes, letter: np.ndarray, worth: np.ndarray) -> bytes:
    """The likeliest cut of a Latin token into groups, and the Arabic letter of each (Viterbi)."""
    best = [0.0] + [-1e9] * len(codes)
    came = [(0, 0)] * (len(codes) + 1)
    for place in range(len(codes)):
        group = 0
        for size in range(1, min(3, len(codes) - place) + 1):
            group = group * N_LATIN + codes[place + size - 1]
            value = best[place] + worth[group]
            if value > best[place + size]:
                best[place + size], came[place + size] = value, (place, int(letter[group]))
    found, place = [], len(codes)
    while place:
        place, code = came[place]
        found.append(code)
    return bytes(code for code in reversed(found) if code)
