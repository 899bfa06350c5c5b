"""The fully connected layer's arithmetic: x Wᵀ + b, one matrix product and one addition in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.composite import composite
from autograd.errors import ShapeError
from autograd.ops.products import SMALL, as_rows, column_sums, product
from autograd.primitive import Array, primitive

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["linear"]

_ndarray = np.ndarray


def _of_input(g: Array, weight: Array) -> Array:
    """g @ weight, as one product of matrices; NumPy would compute one for each matrix of g."""
    if type(g) is _ndarray and g.ndim == 2 and weight.size <= SMALL and len(weight) > 1:
        return g.dot(weight)  # what `product` does, without a call more
    if g.ndim <= 2:
        return product(g, weight)
    return product(as_rows(g), weight).reshape((*g.shape[:-1], weight.shape[1]))


def _of_weight(g: Array, x: Array) -> Array:
    """gᵀ @ x, summed over all rows."""
    if type(g) is _ndarray and g.ndim == 2 and x.size <= SMALL and len(x) > 1:
        return g.T.dot(x)
    return product(g.T, x) if g.ndim == 2 else product(as_rows(g).T, as_rows(x))


@primitive(
    cast="same",
    x=_of_input,
    weight=_of_weight,
    bias=column_sums,
    broadcasts=False,
    hint="The last dimension of x must be the last of weight: x (…, in), weight (out, in), bias (out).",
)
def linear_(x: Array, weight: Array, bias: Array | None = None) -> Array:
    """x @ weight.T + bias, for a bias of shape (out).  dx = g @ weight, dweight = gᵀ @ x, dbias = Σ_rows g."""
    if weight.ndim != 2 or (bias is not None and (bias.ndim != 1 or len(bias) != len(weight))):
        raise ShapeError(
            f"linear: weight must have shape (out, in) and bias (out), got weight {weight.shape}"
            + ("" if bias is None else f" and bias {bias.shape}")
        )
    if x.ndim == 2 and len(weight) < weight.size <= SMALL:  # more than one input
        out = x.dot(weight.T)
    elif x.ndim <= 2:
        out = product(x, weight.T)
    else:
        out = product(as_rows(x), weight.T).reshape(*x.shape[:-1], len(weight))
    if bias is not None:
        out += bias  # the product's own buffer: one temporary fewer
    return out


@composite
def linear(input: Any, weight: Any, bias: Any = None) -> Tensor:
    """x @ weight.T + bias, over the last dimension.

    x (…, in), weight (out, in), bias (out), or whatever broadcasts to the result, or None → (…, out). A weight (in) is
    one row, and the result is (…). dx = g @ weight, dweight = gᵀ @ x, dbias = g summed to the shape of the bias.

    Raises:
        ShapeError: if the shapes do not fit.

    >>> import autograd
    >>> linear(autograd.ones(1, 2), autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([0.5, 0.0]))
    tensor([[3.5000, 7.0000]])
    """
    try:
        return linear_(input, weight, bias)
    except ShapeError:
        rows = tuple(weight.shape[:-1])
        shape = (*input.shape[:-1], *rows)
        if len(rows) > 1 or not _broadcasts(() if bias is None else tuple(bias.shape), shape):
            raise
        if rows and (bias is None or tuple(bias.shape) == rows):
            raise
    out: Any = linear_(input, weight) if rows else linear_(input, weight[None])[..., 0]
    return out if bias is None else out + bias  # type: ignore[no-any-return]  # a tensor


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether an array of the first shape can be added to one of the second and leave it its shape."""
    return len(shape) <= len(to) and all(n in (1, m) for n, m in zip(reversed(shape), reversed(to)))  # noqa: B905
