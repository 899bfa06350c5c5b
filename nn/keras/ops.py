"""Operations by Keras's names, for layers, losses and metrics of one's own: `ops.mean(ops.square(x), axis=-1)`.

They take tensors, arrays, lists and numbers, and what `Input()` returns: then a call becomes part of the model. The
derivatives are those of `autograd`, of which each of these is another name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Tensor
from nn import functional as F
from nn.keras.graph import tensors_in
from nn.keras.losses.loss import as_tensor

Axis = int | Sequence[int] | None


def _op(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that becomes a layer where it is called on symbolic tensors, and takes arrays for tensors."""

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        if tensors_in(args) or tensors_in(kwargs):
            from nn.keras.layers.arithmetic import Operation  # stands above

            return Operation(function.__name__)(*args, **kwargs)
        return function(*args, **kwargs)

    return called


def _elementwise(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def called(*operands: Any) -> Any:
        return function(*(as_tensor(operand) for operand in operands))

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"`{function.__name__}` of each element."
    return _op(called)


def _reduction(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def called(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        axis = tuple(axis) if isinstance(axis, list) else axis
        return function(as_tensor(x), axis, keepdims)

    called.__name__ = called.__qualname__ = name
    called.__doc__ = f"`{function.__name__}` along an axis, several, or all."
    return _op(called)


def _variance(x: Tensor, axis: Axis, keepdims: bool) -> Any:
    return autograd.var(x, axis, correction=0, keepdim=keepdims)


def _deviation(x: Tensor, axis: Axis, keepdims: bool) -> Any:
    return autograd.std(x, axis, correction=0, keepdim=keepdims)


abs = absolute = _elementwise(autograd.abs, "abs")
exp, log, log1p, expm1 = (_elementwise(vars(autograd)[n], n) for n in ("exp", "log", "log1p", "expm1"))
sqrt, square, rsqrt = (_elementwise(vars(autograd)[n], n) for n in ("sqrt", "square", "rsqrt"))
sin, cos, tan, tanh = (_elementwise(vars(autograd)[n], n) for n in ("sin", "cos", "tan", "tanh"))
floor, ceil, round, sign = (_elementwise(vars(autograd)[n], n) for n in ("floor", "ceil", "round", "sign"))
isnan, isfinite, erf = (_elementwise(vars(autograd)[n], n) for n in ("isnan", "isfinite", "erf"))
sigmoid, relu = _elementwise(autograd.sigmoid, "sigmoid"), _elementwise(F.relu, "relu")
add, subtract = _elementwise(autograd.add, "add"), _elementwise(autograd.sub, "subtract")
multiply, divide = _elementwise(autograd.mul, "multiply"), _elementwise(autograd.div, "divide")
power, negative = _elementwise(autograd.pow, "power"), _elementwise(autograd.neg, "negative")
maximum, minimum = _elementwise(autograd.maximum, "maximum"), _elementwise(autograd.minimum, "minimum")
equal, not_equal = _elementwise(autograd.eq, "equal"), _elementwise(autograd.ne, "not_equal")
greater, greater_equal = _elementwise(autograd.gt, "greater"), _elementwise(autograd.ge, "greater_equal")
less, less_equal = _elementwise(autograd.lt, "less"), _elementwise(autograd.le, "less_equal")
where = _elementwise(autograd.where, "where")
matmul = _elementwise(autograd.matmul, "matmul")
sum, mean, prod = (_reduction(vars(autograd)[n], n) for n in ("sum", "mean", "prod"))
max, min = _reduction(autograd.amax, "max"), _reduction(autograd.amin, "min")
argmax, argmin = _reduction(autograd.argmax, "argmax"), _reduction(autograd.argmin, "argmin")
any, all = _reduction(autograd.any, "any"), _reduction(autograd.all, "all")
var, std = _reduction(_variance, "var"), _reduction(_deviation, "std")
logsumexp = _reduction(autograd.logsumexp, "logsumexp")


@_op
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """x, but no smaller than `x_min` and no larger than `x_max`.

    >>> clip([-1.0, 0.5, 2.0], 0.0, 1.0)
    tensor([0.0000, 0.5000, 1.0000])
    """
    return autograd.clamp(as_tensor(x), x_min, x_max)


@_op
def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along an axis."""
    return F.softmax(as_tensor(x), axis)


@_op
def cast(x: Any, dtype: Any) -> Any:
    """x in another dtype, given by its name or as NumPy's."""
    return as_tensor(x).to(np.dtype(dtype))


@_op
def reshape(x: Any, newshape: Sequence[int]) -> Any:
    """The same numbers in another shape; one size may be -1."""
    return as_tensor(x).reshape(*newshape)


@_op
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order, reversed if left out.

    >>> transpose(np.ones((2, 3, 4))).shape
    autograd.Size([4, 3, 2])
    """
    x = as_tensor(x)
    return x.permute(*(range(x.ndim)[::-1] if axes is None else axes))


@_op
def expand_dims(x: Any, axis: int) -> Any:
    """A new axis of size 1."""
    return as_tensor(x).unsqueeze(axis)


@_op
def squeeze(x: Any, axis: int | None = None) -> Any:
    """Without the axes of size 1, or without one of them."""
    return as_tensor(x).squeeze() if axis is None else as_tensor(x).squeeze(axis)


@_op
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors one after the other, along an axis that is there."""
    return autograd.cat([as_tensor(x) for x in xs], axis)


@_op
def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors of one shape along a new axis."""
    return autograd.stack([as_tensor(x) for x in xs], axis)


@_op
def cumsum(x: Any, axis: int | None = None) -> Any:
    """Sums of all numbers up to each, along an axis, or of all in a row."""
    x = as_tensor(x)
    return autograd.cumsum(x.reshape(-1), 0) if axis is None else autograd.cumsum(x, axis)


@_op
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """The norm, 2 or Frobenius if `ord` is left out."""
    return autograd.norm(as_tensor(x), 2 if ord is None else ord, axis, keepdims)


@_op
def one_hot(x: Any, num_classes: int) -> Any:
    """Class numbers (…) as float32 (…, num_classes) of 0 and 1.

    >>> one_hot([1, 0], 3)
    tensor([[0., 1., 0.],
            [1., 0., 0.]])
    """
    return F.one_hot(as_tensor(x).long(), num_classes).float()


@_op
def stop_gradient(x: Any) -> Any:
    """x, without what it was made from."""
    return as_tensor(x).detach()


def einsum(subscripts: str, *operands: Any) -> Any:
    """Einstein's sum of products, such as "ij,jk->ik"."""
    return autograd.einsum(subscripts, *(as_tensor(x) for x in operands))


def shape(x: Any) -> tuple[int | None, ...]:
    """The shape as a tuple, None for unknown sizes.

    >>> shape([[1.0, 2.0]])
    (1, 2)
    """
    return tuple(x.shape) if hasattr(x, "shape") else tuple(as_tensor(x).shape)


def convert_to_tensor(x: Any, dtype: Any = None) -> Tensor:
    """A tensor; floats are float32 unless a dtype is given."""
    return as_tensor(x) if dtype is None else as_tensor(x, np.dtype(dtype))


def convert_to_numpy(x: Any) -> Any:
    """An ndarray."""
    return np.array(as_tensor(x).array)


def zeros(shape: Sequence[int], dtype: Any = "float32") -> Tensor:
    """Zeros of a shape."""
    return as_tensor(np.zeros(shape, dtype), np.dtype(dtype))


def ones(shape: Sequence[int], dtype: Any = "float32") -> Tensor:
    """Ones of a shape."""
    return as_tensor(np.ones(shape, dtype), np.dtype(dtype))


@_op
def zeros_like(x: Any) -> Any:
    """Zeros of the shape and dtype of x."""
    return autograd.zeros_like(as_tensor(x))


@_op
def ones_like(x: Any) -> Any:
    """Ones of the shape and dtype of x."""
    return autograd.ones_like(as_tensor(x))


__all__ = [
    "abs", "absolute", "add", "all", "any", "argmax", "argmin", "cast", "ceil", "clip", "concatenate",
    "convert_to_numpy", "convert_to_tensor", "cos", "cumsum", "divide", "einsum", "equal", "erf", "exp", "expand_dims",
    "expm1", "floor", "greater", "greater_equal", "isfinite", "isnan", "less", "less_equal", "log", "log1p",
    "logsumexp", "matmul", "max", "maximum", "mean", "min", "minimum", "multiply", "negative", "norm", "not_equal",
    "one_hot", "ones", "ones_like", "power", "prod", "relu", "reshape", "round", "rsqrt", "shape", "sigmoid", "sign",
    "sin", "softmax", "sqrt", "square", "squeeze", "stack", "std", "stop_gradient", "subtract", "sum", "tan", "tanh",
    "transpose", "var", "where", "zeros", "zeros_like",
]  # fmt: skip
