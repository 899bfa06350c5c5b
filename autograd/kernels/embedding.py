"""Rows of a table, and their sums in bags: the reading and the adding up are each other's derivative.

`embedding_` reads the rows that indices name, `rows_added_` adds rows up where indices say. Sums in bags are a product
with a sparse matrix that has a factor for each index, without the rows in between.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import PositionError
from autograd.ops import arithmetic
from autograd.ops.index import add_at
from autograd.ops.shape import reshape
from autograd.primitive import Array, primitive

__all__ = ["bag_sum_", "embedding_", "rows_added_"]


def check_rows(op: str, indices: Array, count: int) -> None:
    """Raise unless all indices name one of `count` rows.

    Raises:
        PositionError: (an IndexError) if not.
    """
    if not indices.size or (indices.dtype == np.intp and indices.view(np.uintp).max() < count):
        return  # in one pass: negative ones are the largest there
    if indices.min() < 0 or indices.max() >= count:
        wrong = indices[(indices < 0) | (indices >= count)].reshape(-1)[0]
        raise PositionError(
            f"{op}: index out of range in self: {wrong} is not one of the {count} rows, 0 to {count - 1}"
        )


def _shares(indices: Array, count: int, padding_idx: int | None, by_frequency: bool, kind: Any) -> Any:
    """The factor of each index's gradient: 0 for the padding, one divided by how often the index occurs; None for 1."""
    factors = None
    if by_frequency:
        counts = np.bincount(indices.reshape(-1), minlength=count)
        factors = (1 / counts[indices]).astype(kind)
    if padding_idx is not None:
        kept = (indices != padding_idx).astype(kind)
        factors = kept if factors is None else factors * kept
    return None if factors is None else factors[..., None]


def _embedding_dweight(
    g: Any, indices: Array, weight_shape: Any, padding_idx: int | None, by_frequency: bool
) -> Any:
    kind = np.dtype(getattr(g, "array", g).dtype)
    factors = _shares(indices, weight_shape[0], padding_idx, by_frequency, kind)
    return rows_added_(g if factors is None else g * factors, indices, weight_shape[0])


@primitive(indices=None, weight=_embedding_dweight)
def embedding_(
    weight: Array,
    indices: Array,
    padding_idx: int | None,  # noqa: ARG001  # the derivative's
    by_frequency: bool,  # noqa: ARG001  # likewise
) -> Array:
    """weight[indices]: weight (count, D), indices (…) → (…, D).

    dweight = the rows of g added up by their index; those of `padding_idx` do not count, and each is divided by how
    often its index occurs if `by_frequency`.
    """
    check_rows("embedding", indices, len(weight))
    return weight.take(indices, axis=0)


@primitive(indices=None, rows=lambda g, indices: embedding_(g, indices, None, False))
def rows_added_(rows: Array, indices: Array, count: int) -> Array:
    """Rows (…, D) added up where indices (…) say: (count, D).  drows = g[indices]."""
    out = np.zeros((count, rows.shape[-1]), rows.dtype)
    if rows.size:
        add_at(out, (np.ascontiguousarray(indices).reshape(-1),), rows.reshape(-1, rows.shape[-1]))
    return out


# ------------------------------------------------------------------------------------------------ bags


def _sparse(factors: Any, indices: Array, bags: Array, shape: tuple[int, int], kind: Any) -> Any:
    """The matrix with the factor of index k at (bags[k], indices[k]).

    The indices are checked anew: SciPy trusts them, and the memory they lie in may have been written to since.
    """
    check_rows("embedding_bag", indices, shape[1])
    check_rows("embedding_bag: bags", bags, shape[0])
    from scipy.sparse import coo_array, csr_array

    values = np.ones(len(indices), kind) if factors is None else factors
    if np.any(bags[1:] < bags[:-1]):
        return coo_array((values, (bags, indices)), shape=shape).tocsr()
    starts = np.searchsorted(bags, np.arange(shape[0] + 1))
    return csr_array((values, indices, starts), shape=shape)


def _bag_sum_composed(weight: Any, factors: Any, indices: Any, bags: Any, count: int) -> Any:
    """The same in small primitives."""
    rows = embedding_(weight, indices, None, False)
    if factors is not None:
        rows = arithmetic.mul(rows, reshape(factors, (-1, 1)))
    return rows_added_(rows, bags, count)


def _bag_sum_dweight(g: Any, factors: Any, indices: Array, bags: Array, weight_shape: Any) -> Any:
    """The same sums with bags and rows in each other's place."""
    if type(g) is not np.ndarray or not (factors is None or type(factors) is np.ndarray):
        return _bag_sum_composed(g, factors, bags, indices, weight_shape[0])
    return _sparse(factors, indices, bags, (len(g), weight_shape[0]), g.dtype).T @ g


def _bag_sum_dfactors(g: Any, weight: Any, indices: Array, bags: Array) -> Any:
    products = embedding_(g, bags, None, False) * embedding_(weight, indices, None, False)
    return products.sum(axis=1)


@primitive(indices=None, bags=None, weight=_bag_sum_dweight, factors=_bag_sum_dfactors)
def bag_sum_(weight: Array, factors: Array | None, indices: Array, bags: Array, count: int) -> Array:
    """The sums of factors[k] * weight[indices[k]] over the k with bags[k] = b, for each b below count.

    weight (rows, D), indices and bags (K), factors (K) or None for ones → (count, D).
    dweight[i] = Σ factors[k] g[bags[k]] over the k with indices[k] = i; dfactors[k] = g[bags[k]] · weight[indices[k]].
    """
    if weight.dtype.char not in "fd":
        found: Array = _bag_sum_composed(weight, factors, indices, bags, count)
        return found
    product: Array = _sparse(factors, indices, bags, (count, len(weight)), weight.dtype) @ weight
    return product


def largest_in_bags(rows: Array, bags: Array, count: int) -> tuple[Array, Array]:
    """For each bag and column the first k whose row is the largest there, and which bags have any rows.

    rows (K, D), bags (K), which does not fall → (count, D) integers, (count) bools.
    """
    starts = np.searchsorted(bags, np.arange(count + 1))
    filled = starts[1:] > starts[:-1]
    found = np.zeros((count, rows.shape[1]), np.intp)
    if len(rows):
        top = np.zeros((count, rows.shape[1]), rows.dtype)
        top[filled] = np.maximum.reduceat(rows, starts[:-1][filled], axis=0)
        with np.errstate(invalid="ignore"):
            wins = (rows == top[bags]) | np.isnan(rows)
        number = np.where(wins, np.arange(len(rows))[:, None], len(rows))
        found[filled] = np.minimum.reduceat(number, starts[:-1][filled], axis=0)
    return found, filled
