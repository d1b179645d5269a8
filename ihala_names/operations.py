"""The letter model's operations, laid out from a query's side and from a vocabulary's, for the loops in `lanes`.

An operation answers one to three letters of a vocabulary token with one to three of the query. Groups of letters that
no operation knows share one row and one column of zeros, which keeps the tables small. Every letter of the query is
scaled by `SHRINK`, so that the product over thirty letters fits a short float; scores give it back.
"""

from dataclasses import dataclass

import numpy as np

from .letters import ARABIC, LATIN, N_LATIN, SIZES
from .model import DROP, INSERT, LetterModel, Table

SHRINK = 2.5
"""In natural logarithms per letter of the query."""
_C = float(np.exp(-SHRINK))


@dataclass(frozen=True)
class Operations:
    """Ratios as `[vocabulary side, query side]`; `pairs` and `triples` say which row or column a group has."""

    one: np.ndarray
    one_two: np.ndarray
    one_three: np.ndarray
    two_one: np.ndarray
    two_two: np.ndarray
    three_one: np.ndarray
    drop: np.ndarray
    insert: np.ndarray
    vocabulary_pairs: np.ndarray
    vocabulary_triples: np.ndarray
    query_pairs: np.ndarray
    query_triples: np.ndarray


def _numbers(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which groups any operation knows, and for each group its number, 0 for none."""
    places = np.flatnonzero(known)
    number = np.zeros(len(known), np.int32)
    number[places] = np.arange(1, len(places) + 1)
    return places, number


def _framed(ratios: np.ndarray, rows: bool, columns: bool, scale: float) -> np.ndarray:
    """The ratios with a row and a column of zeros first where asked."""
    out = np.zeros((ratios.shape[0] + rows, ratios.shape[1] + columns), np.float32)
    out[int(rows) :, int(columns) :] = ratios * scale
    return out


def _letters(first: np.ndarray) -> np.ndarray:
    """One letter for one; the first column, "nothing", is nothing here."""
    one = np.array(first, np.float32) * _C
    one[:, 0] = 0
    return one


def _nothing(rows: int = 1, columns: int = 1) -> np.ndarray:
    return np.zeros((rows, columns), np.float32)


def _no_numbers() -> np.ndarray:
    return np.zeros(1, np.int32)


def _grams(table: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Groups of two and of three Latin letters that one Arabic letter may answer, and their numbers."""
    n = N_LATIN
    known: np.ndarray = np.any(table.first > 0, axis=0)
    two = known[: n * n].copy()
    two[:n] = False
    three = known.copy()
    three[: n * n] = False
    pairs, pair_number = _numbers(two)
    triples, triple_number = _numbers(three)
    return pairs, pair_number, triples, triple_number


def _latin_query(table: Table) -> Operations:
    """A Latin query on Arabic tokens."""
    pairs, query_pairs, triples, query_triples = _grams(table)
    two, vocabulary_pairs = _numbers(np.any(table.second > 0, axis=1))
    n_vocabulary = len(table.first)
    return Operations(
        one=_letters(table.first[:, :N_LATIN]),
        one_two=_framed(table.first[:, pairs], False, True, _C**2),
        one_three=_framed(table.first[:, triples], False, True, _C**3),
        two_one=_framed(table.second[two], True, False, _C),
        two_two=_nothing(len(two) + 1, len(pairs) + 1),
        three_one=_nothing(1, N_LATIN),
        drop=(table.first[:, 0] + DROP).astype(np.float32),
        insert=np.full(N_LATIN, INSERT * _C, np.float32),
        vocabulary_pairs=vocabulary_pairs,
        vocabulary_triples=np.zeros(n_vocabulary**3, np.int32),
        query_pairs=query_pairs,
        query_triples=query_triples,
    )


def _arabic_query(table: Table) -> Operations:
    """An Arabic query on Latin tokens."""
    pairs, vocabulary_pairs, triples, vocabulary_triples = _grams(table)
    two, query_pairs = _numbers(np.any(table.second > 0, axis=1))
    return Operations(
        one=_letters(table.first[:, :N_LATIN].T),
        one_two=_framed(table.second[two].T, False, True, _C**2),
        one_three=_nothing(N_LATIN),
        two_one=_framed(table.first[:, pairs].T, True, False, _C),
        two_two=_nothing(len(pairs) + 1, len(two) + 1),
        three_one=_framed(table.first[:, triples].T, True, False, _C),
        drop=np.full(N_LATIN, INSERT, np.float32),
        insert=((table.first[:, 0] + DROP) * _C).astype(np.float32),
        vocabulary_pairs=vocabulary_pairs,
        vocabulary_triples=vocabulary_triples,
        query_pairs=query_pairs,
        query_triples=_no_numbers(),
    )


def _one_script(table: Table, n: int) -> Operations:
    """A query on tokens of its own script."""
    wide = len(table.third) > 1
    known: np.ndarray = np.any(table.second > 0, axis=1)
    if wide:
        known = known | np.any(table.third > 0, axis=1)
    pairs, numbers = _numbers(known)
    both = table.third[np.ix_(pairs, pairs)] if wide else np.zeros((len(pairs), len(pairs)))
    return Operations(
        one=_letters(table.first),
        one_two=_framed(table.second[pairs].T, False, True, _C**2),
        one_three=_nothing(n),
        two_one=_framed(table.second[pairs], True, False, _C),
        two_two=_framed(both, True, True, _C**2),
        three_one=_nothing(1, n),
        drop=(table.first[:, 0] + INSERT).astype(np.float32),
        insert=((table.first[0] + INSERT) * _C).astype(np.float32),
        vocabulary_pairs=numbers,
        vocabulary_triples=np.zeros(n**3, np.int32),
        query_pairs=numbers,
        query_triples=_no_numbers(),
    )


def operations(model: LetterModel, query: int, vocabulary: int) -> Operations | None:
    """The operations for a pair of scripts, made once for each model; None where there are none."""
    if (query, vocabulary) not in model.laid_out:
        table = model.table(query, vocabulary)
        made = None
        if table is not None and query == vocabulary:
            made = _one_script(table, SIZES[query])
        elif table is not None:
            made = {LATIN: _latin_query, ARABIC: _arabic_query}[query](table)
        model.laid_out[query, vocabulary] = made
    return model.laid_out[query, vocabulary]
