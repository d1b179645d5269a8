"""The loops of expectation-maximisation, compiled: how often each operation explains a pair of spellings."""

import numpy as np

from .compiled import compiled
from .letters import N_LATIN


@compiled
def _cross_forward(F, x, y, P1, P2):
    """Probability of every pair of prefixes."""
    for i in range(x.shape[0] + 1):
        for j in range(y.shape[0] + 1):
            F[i, j] = 1.0 if i == 0 and j == 0 else 0.0
            if i == 0:
                continue
            s, g, f = F[i - 1, j] * P1[x[i - 1], 0], 0, 1
            for k in range(1, min(3, j) + 1):
                g += y[j - k] * f
                f *= N_LATIN
                s += F[i - 1, j - k] * P1[x[i - 1], g]
            if i > 1 and j > 0:
                s += F[i - 2, j - 1] * P2[x[i - 2], x[i - 1], y[j - 1]]
            F[i, j] = s


@compiled
def _cross_backward(F, B, x, y, weight, P1, P2, C1, C2):
    """Share the weight out over the operations, from the ends back."""
    n, m = x.shape[0], y.shape[0]
    B[: n + 1, : m + 1] = 0.0
    B[n, m] = 1.0
    for i in range(n - 1, -1, -1):
        for j in range(m, -1, -1):
            scale = weight * F[i, j] / F[n, m]
            p = P1[x[i], 0] * B[i + 1, j]
            C1[x[i], 0] += scale * p
            s, g = p, 0
            for k in range(1, min(3, m - j) + 1):
                g = g * N_LATIN + y[j + k - 1]
                p = P1[x[i], g] * B[i + 1, j + k]
                C1[x[i], g] += scale * p
                s += p
            if i + 2 <= n and j < m:
                p = P2[x[i], x[i + 1], y[j]] * B[i + 2, j + 1]
                C2[x[i], x[i + 1], y[j]] += scale * p
                s += p
            B[i, j] = s


@compiled
def expect_cross(arabic, astart, latin, lstart, weight, P1, P2, C1, C2):
    """Add the expected counts of all pairs to `C1` (1 Arabic, 0-3 Latin) and `C2` (2 Arabic, 1 Latin)."""
    F = np.zeros((34, 34))
    B = np.zeros((34, 34))
    for t in range(weight.shape[0]):
        x = arabic[astart[t] : astart[t + 1]]
        y = latin[lstart[t] : lstart[t + 1]]
        _cross_forward(F, x, y, P1, P2)
        if F[x.shape[0], y.shape[0]] > 0.0:
            _cross_backward(F, B, x, y, weight[t], P1, P2, C1, C2)


@compiled
def _same_forward(F, x, y, n, P1, P2, P3):
    wide = P3.shape[0] > 1
    for i in range(x.shape[0] + 1):
        for j in range(y.shape[0] + 1):
            s = 1.0 if i == 0 and j == 0 else 0.0
            if i > 0:
                s += F[i - 1, j] * P1[x[i - 1], 0]
            if j > 0:
                s += F[i, j - 1] * P1[0, y[j - 1]]
            if i > 0 and j > 0:
                s += F[i - 1, j - 1] * P1[x[i - 1], y[j - 1]]
                if i > 1:
                    s += F[i - 2, j - 1] * P2[x[i - 2] * n + x[i - 1], y[j - 1]]
                if j > 1:
                    s += F[i - 1, j - 2] * P2[y[j - 2] * n + y[j - 1], x[i - 1]]
                if wide and i > 1 and j > 1:
                    s += F[i - 2, j - 2] * P3[x[i - 2] * n + x[i - 1], y[j - 2] * n + y[j - 1]]
            F[i, j] = s


@compiled
def _give(P, C, row, column, scale, rest):
    """One operation's share; returns what it is worth."""
    p = P[row, column] * rest
    C[row, column] += scale * p
    return p


@compiled
def _same_backward(F, B, x, y, weight, n, P1, P2, P3, C1, C2, C3):
    wide = P3.shape[0] > 1
    a, b = x.shape[0], y.shape[0]
    for i in range(a, -1, -1):
        for j in range(b, -1, -1):
            s = 1.0 if i == a and j == b else 0.0
            scale = weight * F[i, j] / F[a, b]
            if i < a:
                s += _give(P1, C1, x[i], 0, scale, B[i + 1, j])
            if j < b:
                s += _give(P1, C1, 0, y[j], scale, B[i, j + 1])
            if i < a and j < b:
                s += _give(P1, C1, x[i], y[j], scale, B[i + 1, j + 1])
                if i + 2 <= a:
                    s += _give(P2, C2, x[i] * n + x[i + 1], y[j], scale, B[i + 2, j + 1])
                if j + 2 <= b:
                    s += _give(P2, C2, y[j] * n + y[j + 1], x[i], scale, B[i + 1, j + 2])
                if wide and i + 2 <= a and j + 2 <= b:
                    s += _give(P3, C3, x[i] * n + x[i + 1], y[j] * n + y[j + 1], scale, B[i + 2, j + 2])
            B[i, j] = s


@compiled
def expect_same(left, lstart, right, rstart, weight, n, P1, P2, P3, C1, C2, C3):
    """The same within one script: 0-1 to 0-1, 2 to 1 either way (`P2`), and 2 to 2 (`P3`, may be empty)."""
    F = np.zeros((34, 34))
    B = np.zeros((34, 34))
    for t in range(weight.shape[0]):
        x = left[lstart[t] : lstart[t + 1]]
        y = right[rstart[t] : rstart[t + 1]]
        _same_forward(F, x, y, n, P1, P2, P3)
        if F[x.shape[0], y.shape[0]] > 0.0:
            _same_backward(F, B, x, y, weight[t], n, P1, P2, P3, C1, C2, C3)
