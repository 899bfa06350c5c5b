"""Dropout as functions: in training, elements or whole channels become 0 (or a constant) at random."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import all_examples
from autograd.inplace import in_place
from autograd.kernels.dropout import draw_kept, dropout_
from autograd.ops.forms import real
from autograd.tape import wrap
from nn.functional import given

_LOWEST = -1.7580993408473766  # what selu tends to far below 0: -1.0507 · 1.6733


def check_probability(op: str, p: float) -> None:
    """Raise unless p is a probability.

    Raises:
        ArgumentError: if p is outside [0, 1].
    """
    real(op, p=p)
    if not 0 <= p <= 1:
        raise ArgumentError(f"{op}: p is the probability of being dropped, in [0, 1], got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """In training, each element becomes 0 with probability p, and x / (1 − p) otherwise; else x itself.

    So the mean stays the same (Srivastava et al., 2014). The draws come from the default generator.

    Raises:
        ArgumentError: if p is outside [0, 1].
        DTypeError: for integers.

    >>> import autograd
    >>> x = autograd.ones(4)
    >>> dropout(x, 1.0)
    tensor([0., 0., 0., 0.])
    >>> dropout(x, training=False) is x
    True
    """
    given.tensors("dropout", input=input)
    check_probability("dropout", p)
    return _dropped("dropout", input, p, training, inplace, tuple(input.shape), False)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels: input (N, C, L) or (C, L).

    Neighbours in a channel are alike, so that one would tell what another was (Tompson et al., 2015).

    Raises:
        ArgumentError: if p is outside [0, 1].
        ShapeError: for another number of dimensions.

    >>> import autograd
    >>> x = dropout1d(autograd.ones(2, 50, 3))
    >>> bool((x == x[..., :1]).all()), sorted(set(x.flatten().tolist()))
    (True, [0.0, 2.0])
    """
    given.tensors("dropout1d", input=input)
    check_probability("dropout1d", p)
    if input.ndim not in (2, 3):
        raise ShapeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension; use dropout"
        )
    return _dropped("dropout1d", input, p, training, inplace, _channels(input, input.ndim == 3), False)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels: input (N, C, H, W), or (N, C, L) with a warning. See `dropout1d`.

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd
    >>> x = dropout2d(autograd.ones(2, 50, 3, 3))
    >>> bool((x == x[..., :1, :1]).all())
    True
    """
    given.tensors("dropout2d", input=input)
    check_probability("dropout2d", p)
    if input.ndim not in (3, 4):
        _warn_of_dimensions("dropout2d", input.ndim, 2)
    if input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim; use dropout1d for that",
            UserWarning,
            stacklevel=2,
        )
    return _dropped("dropout2d", input, p, training, inplace, _channels(input, True), False)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels: input (N, C, D, H, W) or (C, D, H, W). See `dropout1d`.

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd
    >>> x = dropout3d(autograd.ones(2, 50, 2, 2, 2))
    >>> bool((x == x[..., :1, :1, :1]).all())
    True
    """
    given.tensors("dropout3d", input=input)
    check_probability("dropout3d", p)
    if input.ndim not in (4, 5):
        _warn_of_dimensions("dropout3d", input.ndim, 3)
    return _dropped("dropout3d", input, p, training, inplace, _channels(input, input.ndim == 5), False)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for selu: an element becomes −1.7581, and the result is scaled and shifted to keep mean 0 and variance 1.

    a · (x or −1.7581) + b, with a = ((1 − p) (1 + p · 1.7581²))^(−1/2) and b = 1.7581 a p (Klambauer et al., 2017).

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd
    >>> x = alpha_dropout(autograd.zeros(1000), 0.5, training=True)
    >>> [round(v, 4) for v in sorted(set(x.tolist()))]
    [-0.7792, 0.7792]
    """
    given.tensors("alpha_dropout", input=input)
    check_probability("alpha_dropout", p)
    return _dropped("alpha_dropout", input, p, training, inplace, tuple(input.shape), True)


def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """`alpha_dropout` of whole channels: input (N, C, …).

    Raises:
        ArgumentError: if p is outside [0, 1].

    >>> import autograd
    >>> x = feature_alpha_dropout(autograd.zeros(2, 50, 3), 0.5, training=True)
    >>> bool((x == x[..., :1]).all())
    True
    """
    given.tensors("feature_alpha_dropout", input=input)
    check_probability("feature_alpha_dropout", p)
    return _dropped("feature_alpha_dropout", input, p, training, inplace, _channels(input, True), True)


def _channels(input: Any, batched: bool) -> tuple[int, ...]:
    """The shape of one number for each channel."""
    shape = tuple(input.shape)
    lead = 2 if batched else 1
    return shape[:lead] + (1,) * (len(shape) - lead)


def _warn_of_dimensions(op: str, ndim: int, spatial: int) -> None:
    warnings.warn(
        f"{op}: Received a {ndim}-D input to {op}, which is deprecated and will result in an error in a future "
        f"release; it exists for channel-wise dropout on inputs with {spatial} spatial dimensions, a channel dimension "
        "and perhaps a batch dimension. Use dropout instead",
        UserWarning,
        stacklevel=3,
    )


def _dropped(
    op: str, input: Any, p: float, training: bool, inplace: bool, shape: tuple[int, ...], alpha: bool
) -> Tensor:
    """The input with a random part dropped; `shape` is that of the draws, `alpha` keeps mean 0 and variance 1."""
    if not training or p == 0 or not math.prod(input.shape):
        return input  # type: ignore[no-any-return]  # a tensor
    if len(shape) != input.ndim or (op in ("dropout2d", "feature_alpha_dropout") and input.ndim < 2):
        raise ShapeError(
            f"{op}: Feature dropout requires at least 2 dimensions in the input, got {input.ndim}"
        )
    kind = np.dtype(input.dtype)
    if kind.kind != "f":
        raise DTypeError(
            f"{op}: needs a floating-point tensor, got {kind} of shape {tuple(input.shape)}; convert it with .float()"
        )
    drawn = draw_kept(shape, p, like=getattr(all_examples(input), "array", None))
    kept: Any = wrap(drawn) if isinstance(drawn, np.ndarray) else drawn
    if not alpha or p == 1:
        scale = 0.0 if p == 1 else 1 / (1 - p)
        return in_place(f"{op}_", dropout_, input, kept, scale) if inplace else dropout_(input, kept, scale)
    a = 1 / math.sqrt((1 - p) * (1 + p * _LOWEST * _LOWEST))
    b = -_LOWEST * a * p

    def scaled(x: Any) -> Any:
        return dropout_(x, kept, a) + ((~kept).to(x.dtype) * (a * _LOWEST) + b)

    return in_place(f"{op}_", scaled, input) if inplace else scaled(input)
