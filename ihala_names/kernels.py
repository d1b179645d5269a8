"""The loops over people, compiled: who has the parts that come near, and what their whole names are worth."""

import numpy as np

from .compiled import compiled

BINS, SPAN = 1024, 64.0
FARTHEST = 2
"""Birth years this far apart may still be one person's; `worth` has one value for each distance up to it."""


@compiled
def gather(ids, scores, pstart, people, most, stamp, mark, points, touched, count):
    """Give each person the best of the token scores that reach them, best tokens first; returns how many were touched.

    No more than `most` people are given a token of this query part, beyond the first one.
    """
    given = 0
    for i in range(ids.shape[0]):
        low, high = pstart[ids[i]], pstart[ids[i] + 1]
        given += high - low
        if i > 0 and given > most:
            break
        for p in range(low, high):
            who = people[p]
            if stamp[who] == 0:
                touched[count] = who
                count += 1
            if stamp[who] != mark:
                stamp[who] = mark
                points[who] += scores[i]
    return count


@compiled
def year_worth(year, asked, worth, apart):
    """What a birth year says; 0 where one is unknown."""
    if asked == 0 or year == 0:
        return np.float32(0.0)
    distance = abs(np.int32(year) - np.int32(asked))
    return worth[distance] if distance <= FARTHEST else apart


@compiled
def years_worth(years, asked, worth, apart):
    """The same for many."""
    out = np.empty(years.shape[0], np.float32)
    for i in range(years.shape[0]):
        out[i] = year_worth(years[i], asked, worth, apart)
    return out


@compiled
def best_of(touched, count, points, stamp, lengths, hidden, missing, years, asked, worth, apart, most, out):
    """The people with most points, at most `most`, into `out`; returns how many. Clears what `gather` marked."""
    top = np.float32(-1e9)
    for c in range(count):
        who = touched[c]
        points[who] += year_worth(years[who], asked, worth, apart) - missing * lengths[who]
        stamp[who] = 0
        if hidden[who]:
            points[who] = -1e9
        top = max(top, points[who])
    bins = np.zeros(BINS, np.int64)
    for c in range(count):
        bins[min(BINS - 1, int((top - points[touched[c]]) * (BINS / SPAN)))] += 1
    last, held = 0, bins[0]
    while last < BINS - 2 and held + bins[last + 1] <= most:
        last += 1
        held += bins[last]
    kept = 0
    for c in range(count):
        who = touched[c]
        near = min(BINS - 1, int((top - points[who]) * (BINS / SPAN))) <= last
        if near and kept < most and points[who] > -1e8:
            out[kept] = who
            kept += 1
        points[who] = 0.0
    return kept


@compiled
def numbers_of(who, start, token, out):
    """The token numbers of these people, one after the other; returns how many."""
    count = 0
    for w in who:
        for p in range(start[w], start[w + 1]):
            out[count] = token[p]
            count += 1
    return count


@compiled
def assign(scores, rows, columns, missing, turned, least, value, step, came, out):
    """Value of the best assignment of rows to columns; `out[row]` is its column or -1.

    Dynamic programme over the columns taken so far and the last one taken (to see what is out of order); names have
    at most ten tokens, so at most 2^10 x 11 states, for which `value`, `step` and `came` are room.
    """
    states = (1 << columns) * (columns + 1)
    value[: rows + 1, :states] = -1e9
    value[0, columns] = 0.0
    for i in range(rows):
        _advance(value, step, came, scores, i, columns, states, missing, turned, least)
    top, at = np.float32(-1e9), 0
    for s in range(states):
        if value[rows, s] > -1e8:
            free, taken = columns, s // (columns + 1)
            for j in range(columns):
                free -= taken >> j & 1
            v = value[rows, s] - missing * free
            if v > top:
                top, at = v, s
    for i in range(rows, 0, -1):
        out[i - 1] = step[i, at]
        at = came[i, at]
    return top


@compiled
def _advance(value, step, came, scores, i, columns, states, missing, turned, least):
    """One more row: left out, or given to a column that is free."""
    width = columns + 1
    for s in range(states):
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


@compiled
def room(rows, columns):
    """Room for `assign`."""
    states = (1 << columns) * (columns + 1)
    value = np.empty((rows + 1, states), np.float32)
    return value, np.empty((rows + 1, states), np.int16), np.empty((rows + 1, states), np.int32)


@compiled
def rank(who, lengths, number, scores, missing, turned, least, out):
    """Exact name score of each of these people; `number` are their tokens' columns in `scores[query token, column]`."""
    m = scores.shape[0]
    widest = np.int64(0)
    for w in who:
        widest = max(widest, np.int64(lengths[w]))
    value, step, came = room(m, widest)
    table = np.zeros((m, widest), np.float32)
    chosen = np.zeros(m, np.int32)
    at = np.int64(0)
    for c in range(who.shape[0]):
        n = np.int64(lengths[who[c]])
        for i in range(m):
            for j in range(n):
                table[i, j] = scores[i, number[at + j]]
        at += n
        out[c] = assign(table, m, n, missing, turned, least, value, step, came, chosen)


@compiled
def postings(token, start, owner, ends):
    """For each token its people in order: `owner[ends[token] : ends[token + 1]]`; `ends` comes with zeros."""
    for p in range(token.shape[0]):
        ends[token[p] + 1] += 1
    for v in range(1, ends.shape[0]):
        ends[v] += ends[v - 1]
    for who in range(start.shape[0] - 2, -1, -1):
        for p in range(start[who + 1] - 1, start[who] - 1, -1):
            ends[token[p] + 1] -= 1
            owner[ends[token[p] + 1]] = who
    for v in range(ends.shape[0] - 1):
        ends[v] = ends[v + 1]
    ends[ends.shape[0] - 1] = token.shape[0]
