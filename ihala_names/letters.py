"""How a written name becomes tokens of letters: the part of matching that needs no statistics.

Only what never tells two people apart is removed here (diacritics, tatweel, case, controls of direction, honorifics);
what merely varies between spellings (hamza, ta marbuta, the article) stays visible, for the letter model weighs it.
Everything is bounded: a name of ten thousand characters gives at most `MAX_TOKENS` tokens of `MAX_LETTERS` letters.
"""

import unicodedata
from typing import NamedTuple

ARABIC_LETTERS = "§اأإآءبتثجحخدذرزسشصضطظعغفقكلمنهويةىؤئپچگژڤ"
"""§ is the article, in both scripts; the last five are written in Persian, Urdu and for foreign sounds."""
LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyz§"
ARABIC, LATIN, OTHER = 0, 1, 2
N_ARABIC, N_LATIN, N_OTHER = len(ARABIC_LETTERS) + 1, len(LATIN_LETTERS) + 1, 33
SIZES = (N_ARABIC, N_LATIN, N_OTHER)
MAX_LETTERS, MAX_TOKENS, MAX_CHARACTERS = 30, 10, 400

_ARABIC_CODE = {letter: code for code, letter in enumerate(ARABIC_LETTERS, 1)}
_LATIN_CODE = {letter: code for code, letter in enumerate(LATIN_LETTERS, 1)}
_FOLDED = {
    "ٱ": "ا", "ٲ": "أ", "ٳ": "إ", "ی": "ي", "ې": "ي", "ۍ": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ګ": "گ", "ڭ": "گ",
    "ہ": "ه", "ھ": "ه", "ە": "ه", "ۀ": "ه", "ۂ": "ه", "ۃ": "ة", "ټ": "ت", "ٹ": "ت", "ڈ": "د", "ډ": "د", "ړ": "ر",
    "ڑ": "ر", "ں": "ن", "ڼ": "ن", "ۆ": "و", "ۇ": "و", "ۈ": "و", "ۋ": "ڤ", "ڵ": "ل", "ڥ": "ڤ", "ڢ": "ف", "ڨ": "گ",
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "a", "ħ": "h", "ŋ": "n",
}  # fmt: skip
_SHORT = {"mohd": "mohammed", "muhd": "muhammad", "mhd": "mohammed", "md": "mohammed"}
"""Written short on documents; no other name is."""
_JOINERS = frozenset("-‐‑‒–—_/")
_SILENT = frozenset("'’‘ʼʻʿʾ`´ʹ·ـ\"“”")
_CHAT = {"2": "", "3": "a", "5": "kh", "6": "t", "7": "h", "8": "gh", "9": "s"}
"""Digits that stand for Arabic letters in chat spelling (3ali, Ma7moud)."""

HONORIFICS = frozenset(
    "mr mrs ms miss dr prof eng السيدة الانسة الآنسة دكتور دكتورة الدكتور الدكتورة د الشيخ الشيخة الحاج الحاجة "
    "الاستاذ الأستاذ الاستاذة الأستاذة المهندس المهندسة".split()
)
"""Titles that are no names; Shaikha, Sayed and Hajji are names as well and stay."""
_SON_OF = frozenset("bin ben ibn bint binte binti بن ابن بنت إبن".split())
_ARTICLES = frozenset("al el ul il ال آل".split())
_SUN = frozenset("at ad ar as az an ash adh ath et ed er es ez en esh ess ech".split())
_SERVANT = frozenset("abd abdu abdul abdel abdal abdoul abdil عبد عبدال".split())
_PREFIXES = frozenset("abu abou abo aboo um umm om oum omm ابو أبو ابا أبا ابي أبي ام أم".split())
_SUFFIXES = frozenset("allah ullah الله الدين uddin eddin aldin eldin".split())


class Token(NamedTuple):
    """One part of a name: in which script, and its letters as codes of that script."""

    script: int
    codes: bytes

    def text(self) -> str:
        """The letters again, for explanations."""
        letters = (ARABIC_LETTERS, LATIN_LETTERS, "◦" * (N_OTHER - 1))[self.script]
        return "".join(letters[code - 1] for code in self.codes).replace("§", "ال")


def words_of(text: str) -> list[str]:
    """The words of a name in lower case without marks; a hyphen stays as the first character of what follows it."""
    plain = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    plain = unicodedata.normalize("NFKD", plain.casefold().replace("\u0130", "i"))
    plain = _keep_hamza(plain)
    words: list[str] = []
    current: list[str] = []
    joined = False
    for character in plain:
        if character in _JOINERS:
            if current:
                words.append(_word(current, joined))
                current, joined = [], True
        elif _is_mark(character):
            continue
        elif character.isalnum():
            current.append(_FOLDED.get(character, character))
        elif current:
            words.append(_word(current, joined))
            current, joined = [], False
        else:
            joined = False
    if current:
        words.append(_word(current, joined))
    return words


def _is_mark(character: str) -> bool:
    """Vowel marks, apostrophes and controls, which stand inside words without ending them."""
    kind = unicodedata.category(character)
    return character in _SILENT or kind[0] == "M" or (kind in {"Cf", "Cc"} and not character.isspace())


def _keep_hamza(text: str) -> str:
    """Put alef and hamza together again, which decomposition took apart along with the vowel marks."""
    for mark, pairs in {"\u0653": "اآ", "\u0654": "اأوؤيئ", "\u0655": "اإ"}.items():
        for base, whole in zip(pairs[::2], pairs[1::2], strict=True):
            text = text.replace(base + mark, whole)
    return text


def _word(characters: list[str], joined: bool) -> str:
    return ("-" if joined else "") + _digits("".join(characters))


def _digits(word: str) -> str:
    """Chat digits become letters where Latin letters stand beside them; other digits are western digits."""
    if word.isalpha():
        return word
    western = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in word)
    if any(c in _LATIN_CODE for c in western):
        western = "".join(_CHAT.get(c, c) for c in western)
    return western


def tokens_of(text: str) -> list[Token]:
    """The tokens of a name, at most `MAX_TOKENS`: compounds joined, connectives and honorifics left out."""
    words = words_of(text)
    if len(words) > 1:
        words = [word for word in words if word.lstrip("-") not in HONORIFICS] or words
        words = _compounds(words)
    found = []
    for word in words[: 4 * MAX_TOKENS]:
        found += _encoded(word)
        if len(found) >= MAX_TOKENS:
            break
    return found[:MAX_TOKENS]


def _compounds(words: list[str]) -> list[str]:
    """Join servant-of, father-of, mother-of and articles to the word they belong to; drop son-of between two names."""
    joined: list[str] = []
    pending = ""
    for place, marked in enumerate(words):
        word = marked.lstrip("-")
        last = place == len(words) - 1
        if not last and not pending and word in _SON_OF and joined:
            continue
        if not last and (word in _SERVANT or word in _PREFIXES):
            pending += word
        elif not last and _is_article(word, words[place + 1]):
            pending = pending + (word if pending else "§")
        elif joined and not pending and word in _SUFFIXES and not joined[-1].startswith("§"):
            joined[-1] += word
        else:
            joined.append(pending + word)
            pending = ""
    return joined + ([pending] if pending else [])


_PARTICLES = HONORIFICS | _SON_OF | _ARTICLES | _SUN | _SERVANT | _PREFIXES | _SUFFIXES


def is_compound_part(word: str) -> bool:
    """Whether the word may read otherwise beside others than alone."""
    words = words_of(word)
    return len(words) != 1 or words[0] in _PARTICLES


def _is_article(word: str, following: str) -> bool:
    return word in _ARTICLES or (word in _SUN and following.startswith("-"))


def _encoded(word: str) -> list[Token]:
    """The word as codes; a word that mixes scripts is cut where the script changes."""
    word = _SHORT.get(word, word)
    if word.startswith("ال") and len(word) > 4:
        word = "§" + word[2:]
    return _runs(word)


def _runs(word: str) -> list[Token]:
    runs: list[Token] = []
    script, codes = -1, bytearray()
    latin = any(character in _LATIN_CODE for character in word[1:])
    for character in word:
        kind, code = _symbol(character, latin)
        if kind != script and codes:
            runs.append(Token(script, bytes(codes[:MAX_LETTERS])))
            codes = bytearray()
        script = kind
        codes.append(code)
    if codes:
        runs.append(Token(script, bytes(codes[:MAX_LETTERS])))
    return runs


def _symbol(character: str, latin: bool) -> tuple[int, int]:
    if latin and character in _LATIN_CODE:
        return LATIN, _LATIN_CODE[character]
    if character in _ARABIC_CODE:
        return ARABIC, _ARABIC_CODE[character]
    if character in _LATIN_CODE:
        return LATIN, _LATIN_CODE[character]
    return OTHER, 1 + ord(character) % (N_OTHER - 1)
