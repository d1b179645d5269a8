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


@compiled
def encode(features, starts, tables, out):
    """One bit of each min-hash of each set of 32-bit `features`, into `out[record, word]`.

    `tables[function, byte, value]` are random words: simple tabulation hashing.
    """
    for r in range(starts.shape[0] - 1):
        for f in range(tables.shape[0]):
            least = np.uint64(0xFFFFFFFFFFFFFFFF)
            for p in range(starts[r], starts[r + 1]):
                x = features[p]
                h = tables[f, 0, x & 255] ^ tables[f, 1, (x >> 8) & 255]
                h ^= tables[f, 2, (x >> 16) & 255] ^ tables[f, 3, (x >> 24) & 255]
                least = min(least, h)
            if least & np.uint64(1):
                out[r, f >> 6] |= np.uint64(1) << np.uint64(f & 63)


@compiled
def close(left, low, high, right, first, cut, most, ids, mates, apart):
    """Pairs of `left[low:high]` and all of `right` that differ in at most `most` bits; returns how many.

    `first[word, record]` holds the first words of the right side; a pair that differs in more than `cut` of their bits
    is not looked at further. No more pairs are written than fit.
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
                if d <= most and count < ids.shape[0]:
                    ids[count] = i
                    mates[count] = j
                    apart[count] = d
                    count += 1
    return count
