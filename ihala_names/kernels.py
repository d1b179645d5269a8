"""The loops over letters, compiled: scores of one query token against a whole sorted vocabulary.

Scores are ratios: the probability of both spellings together, over the probability of their letters by chance. They
are sums over all alignments (the forward algorithm), so no logarithm is taken inside. The vocabulary is sorted, so a
token shares the columns of the prefix it has in common with the one before, and a prefix that cannot reach the
threshold any more skips every token that begins with it.
Compiled code is cached beside this file; it depends on the source alone and holds nothing of any name.
"""

import numpy as np
from numba import njit

ROWS = 34
"""Letters of a token, and room for looking three back."""


@njit(cache=True, nogil=True)
def _arabic_step(D, d, m, w, n, E, W1, W2, W3, W4, T):
    """Column `d` of an Arabic vocabulary token `w` against a Latin query."""
    ins, dele, swap = T[1], T[2], T[3]
    a = w[d - 1]
    a1 = w[d - 2] if d > 1 else a
    for j in range(m + 1):
        s = D[d - 1, j] * (E[a] + dele)
        if j > 0:
            s += D[d - 1, j - 1] * W1[a, j - 1] + D[d, j - 1] * ins
            if d > 1:
                s += D[d - 2, j - 1] * W4[a1 * n + a, j - 1]
        if j > 1:
            s += D[d - 1, j - 2] * W2[a, j - 1]
            if d > 1:
                s += D[d - 2, j - 2] * swap * W1[a1, j - 1] * W1[a, j - 2]
        if j > 2:
            s += D[d - 1, j - 3] * W3[a, j - 1]
        D[d, j] = s


@njit(cache=True, nogil=True)
def _latin_step(D, d, m, w, W1, W4, T):
    """Column `d` of a Latin vocabulary token `w` against an Arabic query."""
    ins, dele, swap = T[1], T[2], T[3]
    x = w[d - 1]
    y = w[d - 2] if d > 1 else x
    two = y * 28 + x
    three = w[d - 3] * 784 + two if d > 2 else 0
    for i in range(m + 1):
        s = D[d - 1, i] * ins
        if i > 0:
            s += D[d, i - 1] * (W1[0, i - 1] + dele) + D[d - 1, i - 1] * W1[x, i - 1]
            if d > 1:
                s += D[d - 2, i - 1] * W1[two, i - 1]
            if d > 2:
                s += D[d - 3, i - 1] * W1[three, i - 1]
            if i > 1:
                s += D[d - 1, i - 2] * W4[x, i - 1]
                if d > 1:
                    s += D[d - 2, i - 2] * swap * W1[x, i - 2] * W1[y, i - 1]
        D[d, i] = s


@njit(cache=True, nogil=True)
def _same_step(D, d, m, w, q, n, E, W1, W2, W3, W4, T):
    """Column `d` of a vocabulary token `w` against a query `q` in the same script."""
    ins, swap = T[1], T[3]
    x = w[d - 1]
    z = w[d - 2] if d > 1 else x
    two = z * n + x
    wide = W4.shape[0] > 1
    for i in range(m + 1):
        s = D[d - 1, i] * (E[x] + ins)
        if i > 0:
            s += D[d, i - 1] * (W1[0, i - 1] + ins) + D[d - 1, i - 1] * W1[x, i - 1]
            if d > 1:
                s += D[d - 2, i - 1] * W2[two, i - 1]
            if i > 1:
                s += D[d - 1, i - 2] * W3[x, i - 1]
                if d > 1:
                    if wide:
                        s += D[d - 2, i - 2] * W4[two, i - 1]
                    if z == q[i - 1] and x == q[i - 2]:
                        s += D[d - 2, i - 2] * swap * W1[x, i - 2] * W1[z, i - 1]
        D[d, i] = s


@njit(cache=True, nogil=True)
def _first_column(kind, D, m, W1, T):
    D[0, 0] = 1.0
    for i in range(1, m + 1):
        if kind == 0:
            D[0, i] = D[0, i - 1] * T[1]
        elif kind == 1:
            D[0, i] = D[0, i - 1] * (W1[0, i - 1] + T[2])
        else:
            D[0, i] = D[0, i - 1] * (W1[0, i - 1] + T[1])


@njit(cache=True, nogil=True)
def _step(kind, D, d, m, w, q, n, E, W1, W2, W3, W4, T):
    if kind == 0:
        _arabic_step(D, d, m, w, n, E, W1, W2, W3, W4, T)
    elif kind == 1:
        _latin_step(D, d, m, w, W1, W4, T)
    else:
        _same_step(D, d, m, w, q, n, E, W1, W2, W3, W4, T)


@njit(cache=True, nogil=True)
def _reach(D, depth, m, best):
    """The most that any continuation of the last three columns can come to."""
    top = 0.0
    for e in range(max(0, depth - 2), depth + 1):
        for i in range(m + 1):
            v = D[e, i] * best[i]
            if v > top:
                top = v
    return top


@njit(cache=True, nogil=True)
def pair(kind, q, w, n, E, W1, W2, W3, W4, T):
    """The ratio of one pair of tokens."""
    D = np.zeros((ROWS, ROWS))
    _first_column(kind, D, q.shape[0], W1, T)
    for depth in range(1, w.shape[0] + 1):
        _step(kind, D, depth, q.shape[0], w, q, n, E, W1, W2, W3, W4, T)
    return D[w.shape[0], q.shape[0]]


@njit(cache=True, nogil=True)
def scan(
    kind, q, base, M, best, letters, starts, lcp, low, high, n, E, W1, W2, W3, W4, T, floor, out_id, out_score
):  # fmt: skip
    """Tokens `low`..`high` of the vocabulary that score at least `floor` (natural log) with the query `q`.

    `kind`: 0 Latin query on Arabic tokens, 1 Arabic query on Latin tokens, 2 one script; `E` and `W1` to `W4` are the
    ratios of the model laid out for this query (`vocabulary.laid_out`). `base` is what the query's own letters weigh,
    `M` the same for each token; `best[i]` is what the letters after the i-th can still bring. Returns how many were
    written to `out_id`, `out_score`.
    """
    m = q.shape[0]
    D = np.zeros((ROWS, ROWS))
    _first_column(kind, D, m, W1, T)
    count, depth, dead = 0, 0, 99
    for t in range(low, high):
        w = letters[starts[t] : starts[t + 1]]
        k = w.shape[0]
        shared = 0 if t == low else lcp[t]
        if shared >= dead:
            continue
        dead = 99
        depth = min(shared, depth) if t > low else 0
        alive = True
        while depth < k:
            depth += 1
            _step(kind, D, depth, m, w, q, n, E, W1, W2, W3, W4, T)
            if _reach(D, depth, m, best) < T[0]:
                dead = depth
                alive = False
                break
        if alive and D[k, m] > 0.0:
            score = np.log(D[k, m]) - base - M[t]
            if score >= floor and count < out_id.shape[0]:
                out_id[count] = t
                out_score[count] = score
                count += 1
    return count


@njit(cache=True, nogil=True)
def complete(kind, q, base, M, letters, starts, ids, n, E, W1, W2, W3, W4, T, row):
    """Score the tokens `ids` with the query one by one, whatever comes of it, into `row`."""
    for t in ids:
        ratio = pair(kind, q, letters[starts[t] : starts[t + 1]], n, E, W1, W2, W3, W4, T)
        row[t] = np.log(ratio) - base - M[t] if ratio > 0.0 else -99.0


@njit(cache=True, nogil=True)
def marginals(letters, starts, low, high, n, one, two, three, out):
    """Log ratio of each token alone: how its model weighs its letters against their chance."""
    f = np.zeros(ROWS)
    f[0] = 1.0
    for t in range(low, high):
        w = letters[starts[t] : starts[t + 1]]
        for i in range(1, w.shape[0] + 1):
            s = f[i - 1] * one[w[i - 1]]
            if i > 1 and two.shape[0] > 1:
                s += f[i - 2] * two[w[i - 2] * n + w[i - 1]]
            if i > 2 and three.shape[0] > 1:
                s += f[i - 3] * three[(w[i - 3] * n + w[i - 2]) * n + w[i - 1]]
            f[i] = s
        out[t] = np.log(f[w.shape[0]])


@njit(cache=True, nogil=True)
def gather(ids, scores, order, pstart, people, stamp, mark, points, touched, count):
    """Give each person the best of the token scores that reach them; returns how many people were touched."""
    for o in order:
        v, s = ids[o], scores[o]
        for p in range(pstart[v], pstart[v + 1]):
            who = people[p]
            if stamp[who] == 0:
                touched[count] = who
                count += 1
            if stamp[who] != mark:
                stamp[who] = mark
                points[who] += s
    return count


@njit(cache=True, nogil=True)
def assign(scores, rows, columns, missing, turned, least, out):
    """Value of the best assignment of rows to columns; `out[row]` is its column or -1.

    Dynamic programme over the columns taken so far and the last one taken (to see what is out of order); names have
    at most ten tokens, so at most 2^10 x 11 states.
    """
    states = (1 << columns) * (columns + 1)
    value = np.full((rows + 1, states), -1e9, np.float32)
    step = np.full((rows + 1, states), -1, np.int16)
    came = np.full((rows + 1, states), -1, np.int32)
    value[0, columns] = 0.0
    for i in range(rows):
        _advance(value, step, came, scores, i, columns, missing, turned, least)
    top, at = -1e9, 0
    for s in range(states):
        bits, taken = 0, s // (columns + 1)
        for j in range(columns):
            bits += taken >> j & 1
        v = value[rows, s] - missing * (columns - bits)
        if v > top:
            top, at = v, s
    for i in range(rows, 0, -1):
        out[i - 1] = step[i, at]
        at = came[i, at]
    return top


@njit(cache=True, nogil=True)
def _advance(value, step, came, scores, i, columns, missing, turned, least):
    """One more row: left out, or given to a column that is free."""
    width = columns + 1
    for s in range(value.shape[1]):
        v = value[i, s]
        if v < -1e8:
            continue
        if v - missing > value[i + 1, s]:
            value[i + 1, s] = v - missing
            step[i + 1, s] = -1
            came[i + 1, s] = s
        taken, last = s // width, s % width
        for j in range(columns):
            if taken >> j & 1 == 0 and scores[i, j] >= least:
                after = (taken | 1 << j) * width + j
                w = v + scores[i, j] - (turned if last != columns and j < last else 0.0)
                if w > value[i + 1, after]:
                    value[i + 1, after] = w
                    step[i + 1, after] = j
                    came[i + 1, after] = s


@njit(cache=True, nogil=True)
def rank(who, pstart, ptoken, dense, m, missing, turned, least, bonus, out):
    """Exact name score of each person in `who`: assignment over `dense[query token, vocabulary token]`."""
    scores = np.zeros((m, 16), np.float32)
    chosen = np.zeros(m, np.int32)
    for c in range(who.shape[0]):
        low, high = pstart[who[c]], pstart[who[c] + 1]
        n = high - low
        for i in range(m):
            for j in range(n):
                scores[i, j] = dense[i, ptoken[low + j]]
        out[c] = assign(scores, m, n, missing, turned, least, chosen) + bonus[c]
