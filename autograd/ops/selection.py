"""Choosing between values: where, maximum, clamp, and what replaces some elements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import dtypes
from autograd.composite import composite
from autograd.errors import ArgumentError, DTypeError, GradientError
from autograd.hidden import Hidden, only_values
from autograd.layout import order_like
from autograd.ops.forms import drop, keep, pick, same_dtype
from autograd.primitive import Array, implements, primitive
from autograd.storing import stored
from autograd.tape import Variable, raw, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "where", "masked_fill", "maximum", "minimum", "fmax", "fmin", "clamp", "clamp_min", "clamp_max", "clip",
    "nan_to_num", "copysign", "heaviside",
]  # fmt: skip


# ------------------------------------------------------------------------------------------------ by a condition


@primitive(
    condition=None, x=lambda g, condition: keep(g, condition), y=lambda g, condition: drop(g, condition)
)
def where_(condition: Array, x: Array, y: Array) -> Array:
    """x where the condition is true, y elsewhere; x and y of one dtype.  dx = g there, dy = g elsewhere."""
    return pick(condition, x, y)


@implements(np.where)
@composite
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """The input where the condition is true, other elsewhere; all three broadcast.

    where(condition) alone gives the positions where it is true, as one tensor for each dimension.

    Raises:
        DTypeError: if the condition is neither bool nor uint8.
        ShapeError: if the shapes do not broadcast.

    >>> import autograd
    >>> x = autograd.tensor([-1.0, 2.0])
    >>> where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    mask = raw(condition)
    if input is None and other is None:
        only_values("where(condition)", mask)
        return tuple(map(wrap, np.nonzero(mask)))
    kind = np.dtype(mask.value.dtype) if isinstance(mask, Hidden) else np.asarray(mask).dtype
    if kind == np.uint8:  # what masks were before there was bool
        return where(condition != 0, input, other)
    if kind != np.bool_:
        raise DTypeError(f"where: the condition must be bool, got {kind}; use a comparison, or .bool()")
    x, y = alike(input, other)
    return where_(condition, x, y)


def alike(*values: Any) -> list[Any]:
    """The values in their common dtype; the conversion of a tensor is recorded. Numbers become 0-d arrays."""
    common = dtypes.common_dtype(map(raw, values))

    def convert(v: Any) -> Any:
        if isinstance(v, (Variable, np.ndarray, Hidden)):
            return v if raw(v).dtype == common else v.astype(common)
        return stored("where", v, common, half=True)

    return [convert(v) for v in values]


@primitive(
    c_order=True,
    x=lambda g, mask: drop(g, mask),
    mask=None,
    value=lambda g, mask: keep(g, mask),
)
def masked_fill(x: Array, mask: Array, value: Array) -> Array:
    """x with `value` (a number, or 0-d) where the mask is true.  dx = g where it is false, dvalue = g elsewhere.

    Raises:
        DTypeError: if the mask is not bool, or the value is out of the range of the dtype of x.
        ShapeError: if the mask does not broadcast to the shape of x.

    >>> import autograd
    >>> masked_fill(autograd.tensor([1.0, 2.0]), autograd.tensor([False, True]), -math.inf)
    tensor([1., -inf])
    """
    mask = np.asarray(mask)
    if mask.dtype.kind != "b":
        raise DTypeError(
            f"masked_fill: the mask must be bool, got {mask.dtype}; use a comparison, or .bool()"
        )
    if np.ndim(value):
        raise ArgumentError(
            f"masked_fill: the value must be a number or 0-d, got shape {np.shape(value)}; use where()"
        )
    return np.where(mask, stored("masked_fill", value, x.dtype), x)


# ------------------------------------------------------------------------------------------ the larger, the smaller


def _share(g: Array, loses: Array, ties: Array) -> Array:
    """g where x does not lose, half of it at ties."""
    return np.where(ties, 0.5 * g, drop(g, loses))


@primitive(
    np.maximum,
    cast="promote",
    x=lambda g, x, y: _share(g, x < y, x == y),
    y=lambda g, x, y: _share(g, y < x, x == y),
)
def maximum(x: Array, y: Array) -> Array:
    """The larger of x and y, elementwise with broadcasting; nan where either is.

    dx = g where x > y, g / 2 at ties, 0 elsewhere; dy likewise. Where either is nan, both get g.

    >>> import autograd
    >>> maximum(autograd.tensor([1.0, 5.0]), autograd.tensor([3.0, math.nan]))
    tensor([3., nan])
    """


@primitive(
    np.minimum,
    cast="promote",
    x=lambda g, x, y: _share(g, x > y, x == y),
    y=lambda g, x, y: _share(g, y > x, x == y),
)
def minimum(x: Array, y: Array) -> Array:
    """The smaller of x and y, elementwise with broadcasting; nan where either is.

    dx = g where x < y, g / 2 at ties, 0 elsewhere; dy likewise. Where either is nan, both get g.

    >>> import autograd
    >>> minimum(autograd.tensor([1.0, 5.0]), autograd.tensor([3.0, math.nan]))
    tensor([1., nan])
    """


@primitive(
    np.fmax,
    cast="promote",
    x=lambda g, x, y: keep(g, (x >= y) | np.isnan(y)),
    y=lambda g, x, y: drop(g, (x >= y) | np.isnan(y)),
)
def fmax(x: Array, y: Array) -> Array:
    """The larger of x and y, elementwise with broadcasting; the other one where one is nan.

    dx = g where x is taken (also at ties), dy = g elsewhere.

    >>> import autograd
    >>> fmax(autograd.tensor([1.0, 5.0]), autograd.tensor([3.0, math.nan]))
    tensor([3., 5.])
    """


@primitive(
    np.fmin,
    cast="promote",
    x=lambda g, x, y: keep(g, (x <= y) | np.isnan(y)),
    y=lambda g, x, y: drop(g, (x <= y) | np.isnan(y)),
)
def fmin(x: Array, y: Array) -> Array:
    """The smaller of x and y, elementwise with broadcasting; the other one where one is nan.

    dx = g where x is taken (also at ties), dy = g elsewhere.

    >>> import autograd
    >>> fmin(autograd.tensor([1.0, 5.0]), autograd.tensor([3.0, math.nan]))
    tensor([1., 5.])
    """


# ------------------------------------------------------------------------------------------------ bounds


@primitive(x=lambda g, x, low, high: keep(g, (x >= low) & (x <= high)))
def clamp_(x: Array, low: float, high: float) -> Array:
    """x brought into [low, high], two numbers.  dx = g where low <= x <= high, 0 elsewhere."""
    return np.clip(x, low, high)


@primitive(
    np.maximum,
    cast="promote",
    x=lambda g, x, min: keep(g, x >= min),
    min=lambda g, x, min: keep(g, x < min),
)
def clamp_min(x: Array, min: Array) -> Array:
    """x, or `min` where x is smaller, with broadcasting.  dx = g where x >= min, dmin = g where x < min.

    >>> import autograd
    >>> clamp_min(autograd.tensor([-1.0, 2.0]), 0.5)
    tensor([0.5000, 2.0000])
    """


@primitive(
    np.minimum,
    cast="promote",
    x=lambda g, x, max: keep(g, x <= max),
    max=lambda g, x, max: keep(g, x > max),
)
def clamp_max(x: Array, max: Array) -> Array:
    """x, or `max` where x is larger, with broadcasting.  dx = g where x <= max, dmax = g where x > max.

    >>> import autograd
    >>> clamp_max(autograd.tensor([-1.0, 2.0]), 0.5)
    tensor([-1.0000,  0.5000])
    """


@implements(np.clip)
@composite
def clamp(input: Any, min: Any = None, max: Any = None) -> Tensor:
    """The input brought into [min, max]; each bound a number, a tensor or None.

    The derivative is 1 inside and at the bounds. Where min > max the result is max, with derivative 0.

    Raises:
        ArgumentError: if both bounds are None.

    >>> import autograd
    >>> x = autograd.tensor([-2.0, 0.5, 3.0])
    >>> clamp(x, -1, 1), clamp(x, min=0)
    (tensor([-1.0000,  0.5000,  1.0000]), tensor([0.0000, 0.5000, 3.0000]))
    """
    if min is None and max is None:
        raise ArgumentError("clamp: at least one of min and max must not be None")
    numbers = all(b is None or isinstance(b, (float, int)) for b in (min, max))
    x = raw(input)
    if numbers and (x if isinstance(x, Hidden) else np.asarray(x)).dtype.kind == "f":
        return clamp_(input, -math.inf if min is None else min, math.inf if max is None else max)
    if min is not None:
        input = clamp_min(input, min)
    return input if max is None else clamp_max(input, max)


# ------------------------------------------------------------------------------------------------ replacing, signs


@primitive(x=lambda g, x: keep(g, np.isfinite(x)), numpy=np.nan_to_num)
def nan_to_num(
    x: Array, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Array:
    """x with nan, inf and -inf replaced; by default with 0 and the largest finite numbers.  dx = g where x is finite.

    >>> import autograd
    >>> nan_to_num(autograd.tensor([math.nan, -math.inf, 1.0]), neginf=-5.0)
    tensor([ 0., -5.,  1.])
    """
    return np.nan_to_num(
        np.copy(x, order_like(x)), copy=False, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf
    )


@primitive(
    np.copysign,
    cast="float",
    x=lambda g, out, x: g * (np.sign(x) * np.sign(out)),
    y=lambda g: np.zeros_like(g),
)
def copysign(x: Array, y: Array) -> Array:
    """|x| with the sign of y, elementwise with broadcasting.  dx = ±g, 0 at x = 0; dy = 0.

    >>> import autograd
    >>> copysign(autograd.tensor([1.0, -2.0]), -0.0)
    tensor([-1., -2.])
    """


def _no_derivative(g: Array) -> Array:  # noqa: ARG001  # a formula takes g
    raise GradientError("heaviside: derivative for heaviside is not implemented; detach() its arguments")


@primitive(x=_no_derivative, values=_no_derivative, numpy=np.heaviside)
def heaviside(x: Array, values: Array) -> Array:
    """0 where x < 0, values where x == 0, 1 where x > 0, elementwise with broadcasting; 0 where x is nan.

    The result requires a gradient where an argument does, but asking for one is an error, as in PyTorch.

    Raises:
        DTypeError: if the dtypes differ.
        GradientError: in a backward pass that comes to it.

    >>> import autograd
    >>> heaviside(autograd.tensor([-1.0, 0.0, 2.0]), autograd.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    same_dtype("heaviside", x, values)
    dtype = np.result_type(x, values)
    if x.dtype.kind == "f":
        x = np.fmax(x, -np.inf)  # in the place of nan
    return np.heaviside(x, values).astype(dtype, copy=False)


clip = clamp
