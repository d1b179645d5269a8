"""The loops over letters, compiled: up to eight query tokens at once against a sorted vocabulary.

Scores are ratios: the probability of both spellings together, over the probability of their letters by chance. They
are sums over all alignments (the forward algorithm), so no logarithm is taken inside. Rows run down a vocabulary token;
in a row, place `FRAME + j * LANES + l` is query `l` up to its j-th letter: one pass over a row serves all queries and
the processor takes many places in one step. The vocabulary is sorted: a token shares the rows of the beginning it has
in common with the one before, and a beginning that cannot reach any query's threshold skips all that begin so.
"""

import numpy as np

from .compiled import compiled

LANES = 8
FRAME = 3 * LANES
"""Zeros before each row, for looking three letters back."""
MOST_LETTERS = 31


@compiled
def _step(D, S, d, x, y, two, three, drop, insert, W1, W12, W13, W21, W22, W31, swap):
    """Row `d` for a vocabulary token's letter `x` after `y`; `two`, `three` number the groups that end in it.

    Views that all begin at 0 let the compiler see that no place is negative, and take many at once.
    """
    e = drop[x]
    n = S.shape[0]
    above0, above1, above2 = D[d + 2, FRAME:], D[d + 2, FRAME - LANES :], D[d + 2, FRAME - 2 * LANES :]
    higher2 = D[d + 1, FRAME - 2 * LANES :]
    one, earlier, other, one_two = W1[x, FRAME:], W1[x, FRAME - LANES :], W1[y, FRAME:], W12[x, FRAME:]
    for p in range(n):
        S[p] = (
            above0[p] * e
            + above1[p] * one[p]
            + above2[p] * one_two[p]
            + higher2[p] * (swap * earlier[p] * other[p])
        )
    if W13.shape[1] > 1:
        above3, one_three = D[d + 2], W13[x, FRAME:]
        for p in range(n):
            S[p] += above3[p] * one_three[p]
    if two > 0:
        higher1, two_one = D[d + 1, FRAME - LANES :], W21[two, FRAME:]
        for p in range(n):
            S[p] += higher1[p] * two_one[p]
        if W22.shape[1] > 1:
            two_two = W22[two, FRAME:]
            for p in range(n):
                S[p] += higher2[p] * two_two[p]
    if three > 0:
        highest1, three_one = D[d, FRAME - LANES :], W31[three, FRAME:]
        for p in range(n):
            S[p] += highest1[p] * three_one[p]
    row = D[d + 3, FRAME:]
    for p in range(LANES):
        row[p] = S[p]
    for p in range(n - LANES):
        row[p + LANES] = S[p + LANES] + row[p] * insert[p + LANES]


@compiled
def _begin(width, lanes, insert):
    """The rows before any letter."""
    D = np.zeros((MOST_LETTERS + 3, width), np.float32)
    D[3, FRAME : FRAME + lanes] = 1.0
    for p in range(FRAME + LANES, width):
        D[3, p] = D[3, p - LANES] * insert[p]
    return D


@compiled
def _groups(w, d, n, pairs, triples):
    """The letter before the d-th, and the numbers of the groups that end in the d-th."""
    x = np.int64(w[d - 1])
    y = np.int64(w[d - 2]) if d > 1 else 0
    two = pairs[y * n + x] if d > 1 else 0
    three = 0
    if d > 2 and triples.shape[0] > 1:
        three = triples[(np.int64(w[d - 3]) * n + y) * n + x]
    return x, y, two, three


@compiled
def _reach(row, best):
    """In how many places some query can still come to its threshold."""
    count = np.int32(0)
    for p in range(best.shape[0]):
        count += np.int32(row[p] * best[p] >= np.float32(1.0))
    return count


@compiled
def scan(
    letters, starts, lcp, weight, low, high, n, pairs, triples, drop, insert, W1, W12, W13, W21, W22, W31, swap,
    best, least, ends, ids, ratios, counts,
):  # fmt: skip
    """Tokens `low`..`high` of the vocabulary that come near some query, into `ids[lane]`, `ratios[lane]`, `counts`.

    `weight` is each token's own weight alone; `best[p]` what the letters after place `p` can still bring, over the
    lane's threshold; `least[lane]` the threshold, `ends[lane]` the place of its last letter.
    """
    width = insert.shape[0]
    lanes = ends.shape[0]
    D = _begin(width, lanes, insert)
    insert = insert[FRAME:]
    S = np.zeros(width - FRAME, np.float32)
    reach = np.zeros(MOST_LETTERS + 3, np.int32)
    depth, dead = 0, 99
    for t in range(low, high):
        shared = 0 if t == low else lcp[t]
        if shared >= dead:
            continue
        dead = 99
        w = letters[starts[t] : starts[t + 1]]
        k = w.shape[0]
        depth = min(shared, depth)
        while depth < k:
            depth += 1
            x, y, two, three = _groups(w, depth, n, pairs, triples)
            _step(D, S, depth, x, y, two, three, drop, insert, W1, W12, W13, W21, W22, W31, swap)
            reach[depth + 3] = _reach(D[depth + 3, FRAME:], best)
            if depth > 2 and reach[depth + 3] + reach[depth + 2] + reach[depth + 1] == 0:
                dead = depth
                break
        if dead == 99:
            for lane in range(lanes):
                ratio = D[k + 3, ends[lane]]
                if ratio > 0.0 and ratio >= least[lane] * weight[t] and counts[lane] < ids.shape[1]:
                    ids[lane, counts[lane]] = t
                    ratios[lane, counts[lane]] = ratio / weight[t]
                    counts[lane] += 1


@compiled
def some(
    letters, starts, weight, places, n, pairs, triples, drop, insert, W1, W12, W13, W21, W22, W31, swap, ends, out
):  # fmt: skip
    """Ratios of the tokens at `places` with each query, whatever comes of it, into `out[lane, place]`."""
    width = insert.shape[0]
    D = _begin(width, ends.shape[0], insert)
    insert = insert[FRAME:]
    S = np.zeros(width - FRAME, np.float32)
    for i in range(places.shape[0]):
        t = places[i]
        w = letters[starts[t] : starts[t + 1]]
        for d in range(1, w.shape[0] + 1):
            x, y, two, three = _groups(w, d, n, pairs, triples)
            _step(D, S, d, x, y, two, three, drop, insert, W1, W12, W13, W21, W22, W31, swap)
        for lane in range(ends.shape[0]):
            out[lane, i] = D[w.shape[0] + 3, ends[lane]] / weight[t]


@compiled
def marginals(letters, starts, low, high, n, one, two, three, out):
    """Each token alone: how its model weighs its letters against their chance, as a ratio."""
    f = np.zeros(MOST_LETTERS + 1)
    f[0] = 1.0
    for t in range(low, high):
        w = letters[starts[t] : starts[t + 1]]
        for i in range(1, w.shape[0] + 1):
            s = f[i - 1] * one[w[i - 1]]
            if i > 1 and two.shape[0] > 1:
                s += f[i - 2] * two[np.int64(w[i - 2]) * n + w[i - 1]]
            if i > 2 and three.shape[0] > 1:
                s += f[i - 3] * three[(np.int64(w[i - 3]) * n + w[i - 2]) * n + w[i - 1]]
            f[i] = s
        out[t] = f[w.shape[0]]


@compiled
def common_beginnings(letters, starts, out):
    """How many letters each token has in common with the one before it."""
    for t in range(1, starts.shape[0] - 1):
        most = min(starts[t] - starts[t - 1], starts[t + 1] - starts[t])
        common = 0
        while common < most and letters[starts[t - 1] + common] == letters[starts[t] + common]:
            common += 1
        out[t] = common
