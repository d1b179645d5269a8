"""Other methods, beside ours in the same run: the same pool, the same queries."""

from collections import defaultdict
from collections.abc import Callable

from ..letters import tokens_of, words_of
from ..sounds import skeleton

Search = Callable[[str], list[int]]
_ARABIC = dict(
    zip(
        "اأإآءبتثجحخدذرزسشصضطظعغفقكلمنهويةىؤئ",
        "a a i a  b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a w y".split(" "),
        strict=True,
    )
)


def transliterated(name: str) -> str:
    """By table, letter by letter: what libraries of transliteration do with Arabic."""
    return " ".join("".join(_ARABIC.get(letter, letter) for letter in word) for word in words_of(name))


def trigrams(pool: list[str]) -> Search:
    """Dice over trigrams of transliterated names, as pg_trgm does."""
    grams = [_grams(transliterated(name)) for name in pool]
    owners: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(grams):
        for gram in found:
            owners[gram].append(place)

    def search(name: str) -> list[int]:
        query = _grams(transliterated(name))
        shared: dict[int, int] = defaultdict(int)
        for gram in query:
            for place in owners.get(gram, ()):
                shared[place] += 1
        return sorted(shared, key=lambda place: -shared[place] / (len(query) + len(grams[place])))[:10]

    return search


def _grams(text: str) -> set[str]:
    return {word[i : i + 3] for word in (f"  {one} " for one in text.split()) for i in range(len(word) - 2)}


def phonetic(pool: list[str]) -> Search:
    """Equal consonant skeletons of parts, most in common first: a phonetic key for two scripts."""
    keys = [{skeleton(token) for token in tokens_of(name)} for name in pool]
    owners: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(keys):
        for key in found:
            owners[key].append(place)

    def search(name: str) -> list[int]:
        query = {skeleton(token) for token in tokens_of(name)}
        shared: dict[int, int] = defaultdict(int)
        for key in query:
            for place in owners.get(key, ()):
                shared[place] += 1
        return sorted(shared, key=lambda place: -shared[place] / len(query | keys[place]))[:10]

    return search


def rapidfuzz(pool: list[str]) -> Search | None:
    """Token-sort ratio on transliterated names; None where the package is not installed."""
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return None
    plain = [transliterated(name) for name in pool]

    def search(name: str) -> list[int]:
        found = process.extract(transliterated(name), plain, scorer=fuzz.token_sort_ratio, limit=10)
        return [int(place) for _, _, place in found]

    return search
