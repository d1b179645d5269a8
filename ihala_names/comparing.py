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


TILE, STEP = 2048, 32
"""Records of the right side compared in one go, and of those in one look: the processor's nearest memory holds them."""
FIRST = 4
"""Words by which most pairs are put aside."""


@compiled
def _near(record, first, begin, end, cut, distance, near):
    """Places from `begin` to `end` whose first words differ from the record's in at most `cut` bits; how many."""
    _distances(record, first[:, begin:end], distance)
    count = 0
    for step in range(0, end - begin, STEP):
        part = distance[step : min(step + STEP, end - begin)]
        closest = cut + np.uint64(1)
        for j in range(part.shape[0]):
            closest = min(closest, part[j])
        if closest <= cut:
            for j in range(part.shape[0]):
                near[count] = begin + step + j
                count += part[j] <= cut
    return count


@compiled
def _distances(record, first, distance):
    """In how many of the first bits a record and each of the others differ, several a step of the processor."""
    a, b, c, d = record[0], record[1], record[2], record[3]
    w, x, y, z = first[0], first[1], first[2], first[3]
    for j in range(w.shape[0]):
        distance[j] = (
            _ones(a ^ w[j]) + _ones(b ^ x[j])  # type: ignore[call-arg]
            + _ones(c ^ y[j]) + _ones(d ^ z[j])  # type: ignore[call-arg]
        )  # fmt: skip


@compiled
def _apart(one, two, most):
    """In how many bits two encodings differ; more than `most` when they differ in more."""
    d = np.uint64(0)
    words, w = one.shape[0], 0
    while w < words and d <= most:
        for v in range(w, min(w + 8, words)):
            d += _ones(one[v] ^ two[v])  # type: ignore[call-arg]
        w += 8
    return d


@compiled
def close(left, low, high, right, first, cut, least, contrast, threshold, mine, theirs, ids, mates, scores):
    """Pairs of `left[low:high]` and all of `right` that may count; returns how many, or -1 when they do not fit.

    `first[word, record]` holds the first words of the right side; a pair that differs in more than `cut` of their bits
    is not looked at further. The two best scores from `least` on of each record go into `mine`, `theirs`, which come
    filled with `least`. What may count is what others' scores so far leave at the threshold.
    """
    count = 0
    n, bits = right.shape[0], right.shape[1] * 64
    most = np.uint64(bits * (1.0 - least) / 2.0 + 1.0)
    distance, near = np.empty(TILE, np.uint64), np.empty(TILE + 1, np.int64)
    for begin in range(0, n, TILE):
        end = min(n, begin + TILE)
        for i in range(low, high):
            for k in range(_near(left[i], first, begin, end, cut, distance, near)):
                j = near[k]
                d = _apart(left[i], right[j], most)
                score = np.float32(1.0 - 2.0 * np.float64(d) / bits)
                if score >= least:
                    others = mine[i, 0] + theirs[j, 0]
                    _note(mine, i, score)
                    _note(theirs, j, score)
                    if score - contrast * (others - 2 * least) >= threshold:
                        if count == ids.shape[0]:
                            return -1
                        ids[count], mates[count], scores[count] = i, j, score
                        count += 1
    return count
