"""The loops of the hardened comparison, compiled: min-hash bits of feature sets, and bits against bits."""

import numpy as np
from numba import types
from numba.extending import intrinsic

from .compiled import compiled


@intrinsic
def _ones(typingctx, word):
    """How many bits of a 64-bit word are set, as the processor counts them."""

    def code(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), code


KEPT = 8192
"""Features whose hashes are kept; nearly all that are frequent."""


@compiled
def _hashes(x, weight, tables, out):
    """The weighted hashes of one feature, one for each function, as short floats read as whole numbers.

    The least of such hashes falls on a feature in proportion to its weight. The last bit is one of chance.
    """
    for f in range(tables.shape[0]):
        h = tables[f, 0, x & 255] ^ tables[f, 1, (x >> 8) & 255]
        h ^= tables[f, 2, (x >> 16) & 255] ^ tables[f, 3, (x >> 24) & 255]
        chance = (np.float64(h >> np.uint64(11)) + 1.0) * 2.0**-53
        out[f] = np.uint32(-np.log(chance) / weight * 2.0**24) & np.uint32(0xFFFFFFFE) | np.uint32(
            h & np.uint64(1)
        )


@compiled
def encode(features, starts, digests, weights, tables, out):
    """One bit of each weighted min-hash of each set of `features`, into `out[record, word]`.

    `digests` are the features as 32 bits, `tables[function, byte, value]` random words: simple tabulation hashing.
    """
    bits = tables.shape[0]
    kept = np.zeros((min(KEPT, digests.shape[0]), bits), np.uint32)
    known = np.zeros(kept.shape[0], np.bool_)
    once = np.empty(bits, np.uint32)
    for r in range(starts.shape[0] - 1):
        least = np.full(bits, np.uint32(0xFFFFFFFF))
        for p in range(starts[r], starts[r + 1]):
            feature = features[p]
            if feature >= KEPT:
                _hashes(digests[feature], weights[feature], tables, once)
                _lower(least, once)
            else:
                if not known[feature]:
                    _hashes(digests[feature], weights[feature], tables, kept[feature])
                    known[feature] = True
                _lower(least, kept[feature])
        for f in range(bits):
            if least[f] & np.uint32(1):
                out[r, f >> 6] |= np.uint64(1) << np.uint64(f & 63)


@compiled
def _lower(least, other):
    for f in range(least.shape[0]):
        least[f] = min(least[f], other[f])


@compiled
def _note(best, place, score):
    """Keep the two best scores of one record."""
    if score > best[place, 0]:
        best[place, 1] = best[place, 0]
        best[place, 0] = score
    elif score > best[place, 1]:
        best[place, 1] = score


@compiled
def close(left, low, high, right, first, cut, least, contrast, threshold, mine, theirs, ids, mates, scores):
    """Pairs of `left[low:high]` and all of `right` that may count; returns how many, or -1 when they do not fit.

    `first[word, record]` holds the first words of the right side; a pair that differs in more than `cut` of their bits
    is not looked at further. The two best scores from `least` on of each record go into `mine`, `theirs`, which come
    filled with `least`. What may count is what others' scores so far leave at the threshold.
    """
    count = 0
    n, words = right.shape
    distance = np.empty(n, np.uint64)
    for i in range(low, high):
        a, b = left[i, 0], left[i, 1]
        for j in range(n):
            distance[j] = _ones(a ^ first[0, j]) + _ones(b ^ first[1, j])  # type: ignore[call-arg]
        for j in range(n):
            if distance[j] <= cut:
                d = distance[j]
                for w in range(2, words):
                    d += _ones(left[i, w] ^ right[j, w])  # type: ignore[call-arg]
                score = np.float32(1.0 - 2.0 * np.float64(d) / (words * 64))
                if score >= least:
                    others = max(mine[i, 0], theirs[j, 0])
                    _note(mine, i, score)
                    _note(theirs, j, score)
                    if score - contrast * (others - least) >= threshold:
                        if count == ids.shape[0]:
                            return -1
                        ids[count], mates[count], scores[count] = i, j, score
                        count += 1
    return count
