"""The inputs that the rows of `op_rows.py` are timed with, each of a kind that one letter names.

r real numbers    p positive    u in (-0.9, 0.9)    n away from 0    o near 1    z some of them nan
D distinct numbers in each row  b bools             i integers from 0 to 7       l labels: as many as classes
k indices below n, K a matrix of them               P a permutation
m a matrix even where the size is a vector          v a vector even where it is a matrix
q a positive definite matrix    d a triangular matrix with a heavy diagonal      S a well-conditioned matrix
E a symmetric matrix whose eigenvalues are well apart: 1, 2, 3, …
"""
# ruff: noqa: ARG005  # the functions of REALS are called alike

from __future__ import annotations

from typing import Any

import numpy as np

SIZES = (64, 256, 1024)


def made(kind: str, n: int, rng: np.random.Generator) -> Any:
    """An input of a kind, at a size of n (a vector) or n × n."""
    side = 8 if n == SIZES[0] else n
    shape = (n,) if n == SIZES[0] else (n, n)
    if kind in "mldqSE":
        shape = (side, side)
    if kind == "v":
        shape = (side,)
    if kind in "bilkKPD":
        return _whole(kind, side, shape, rng)
    reals = rng.standard_normal(shape).astype(np.float32)
    if kind in "dqSE":
        return _matrix(kind, reals, side)
    return REALS[kind](reals, rng.random(shape), n).astype(np.float32)


REALS: dict[str, Any] = {  # kind -> from normal and from uniform numbers
    "r": lambda x, u, n: x,
    "m": lambda x, u, n: x,
    "v": lambda x, u, n: x,
    "p": lambda x, u, n: 0.2 + 3 * u,
    "u": lambda x, u, n: 1.8 * u - 0.9,
    "n": lambda x, u, n: np.where(x < 0, x - 0.5, x + 0.5),
    "o": lambda x, u, n: 1 + x / n,
    "z": lambda x, u, n: np.where(u < 0.05, np.nan, x),
}


def _whole(kind: str, side: int, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    """Bools, integers, labels and indices; and numbers that are distinct in each row."""
    if kind == "b":
        return rng.random(shape) < 0.5
    if kind == "i":
        return rng.integers(0, 8, shape)
    if kind == "l":
        return rng.integers(0, side, side)
    if kind == "k":
        return rng.integers(0, shape[0], shape[0])
    if kind == "K":
        return rng.integers(0, side, (side, side))
    if kind == "P":
        return rng.permutation(shape[0])
    numbers = np.broadcast_to(np.arange(shape[-1], dtype=np.float32), shape)
    return rng.permuted(numbers, axis=-1) / shape[-1] - np.float32(0.5)


def _matrix(kind: str, reals: Any, side: int) -> Any:
    """A matrix that a decomposition or a solver can take."""
    if kind == "q":
        return (reals @ reals.T / side + np.eye(side)).astype(np.float32)
    if kind == "E":
        basis = np.linalg.qr(reals.astype(np.float64))[0]
        return ((basis * np.arange(1, side + 1)) @ basis.T).astype(np.float32)
    heavy = (reals / side + np.eye(side)).astype(np.float32)
    return np.tril(heavy) if kind == "d" else heavy
