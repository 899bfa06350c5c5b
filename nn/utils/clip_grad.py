"""Gradient clipping: keep one bad batch from throwing the parameters far away (Pascanu et al., 2013)."""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd import Tensor, dtypes
from autograd.errors import ArgumentError, GradientError
from autograd.ops.forms import real
from autograd.tape import Variable, bump, wrap


def _tensors(tensors: Tensor | Iterable[Tensor]) -> list[Any]:
    return [tensors] if isinstance(tensors, Variable) else list(tensors)


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    return [p.grad for p in _tensors(parameters) if p.grad is not None]


def _norm(array: Any, norm_type: float) -> Any:
    flat = array.ravel(order="K")
    if flat.dtype.itemsize == 2:
        flat = flat.astype(np.float32)  # squares overflow in half precision
    return np.sqrt(np.vdot(flat, flat)) if norm_type == 2 else np.linalg.norm(flat, norm_type)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001  # an argument of PyTorch's
) -> Tensor:
    """The norm of all the tensors' elements, as if they were one vector.

    Args:
        tensors: the tensors.
        norm_type: p of the p-norm; inf for the largest absolute value.
        error_if_nonfinite: whether an infinite or undefined norm is an error.
        foreach: without effect.

    Raises:
        GradientError: for a norm that is not finite, if asked to.

    >>> import autograd
    >>> get_total_norm([autograd.tensor([3.0]), autograd.tensor([4.0])])
    tensor(5.)
    """
    try:
        p = float(norm_type)  # "inf" is one, too
    except (TypeError, ValueError):
        raise ArgumentError(f"get_total_norm: norm_type is one number, got {norm_type!r}") from None
    arrays = [t.array for t in _tensors(tensors)]
    if not arrays:
        return wrap(np.zeros((), dtypes.default_dtype()))
    total = _norm(np.array([_norm(a, p) for a in arrays]), p)
    if error_if_nonfinite and not np.isfinite(total):
        raise GradientError(
            f"the norm of order {norm_type} of the gradients is {total}; find the cause with "
            "autograd.detect_anomaly(), or pass error_if_nonfinite=False to go on"
        )
    return wrap(np.asarray(total, np.result_type(*arrays)))


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor | float,
    foreach: bool | None = None,  # noqa: ARG001  # an argument of PyTorch's
) -> None:
    """Scale the gradients, in place, from `total_norm` down to `max_norm`, if they are above it.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.zeros(2))
    >>> w.grad = autograd.tensor([30.0, 40.0])
    >>> clip_grads_with_norm_(w, 5.0, get_total_norm([w.grad]))
    >>> w.grad
    tensor([3., 4.])
    """
    real("clip_grads_with_norm_", max_norm=max_norm)
    norm = total_norm.item() if isinstance(total_norm, Variable) else total_norm
    scale = float(max_norm) / (norm + 1e-6)
    if scale >= 1:
        return
    with np.errstate(all="ignore"):
        for gradient in _gradients(parameters):
            gradient.array *= scale
            bump(gradient)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,  # noqa: ARG001  # an argument of PyTorch's
) -> Tensor:
    """Scale the gradients, in place, so that their norm, as one vector, is at most `max_norm`.

    g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    Args:
        parameters: the tensors whose `.grad` is scaled.
        max_norm: the largest norm.
        norm_type: p of the p-norm; inf for the largest absolute value.
        error_if_nonfinite: whether an infinite or undefined norm is an error.
        foreach: without effect.

    Returns:
        The norm before.

    Raises:
        GradientError: for a norm that is not finite, if asked to; the gradients are as they were.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.zeros(2))
    >>> w.grad = autograd.tensor([30.0, 40.0])
    >>> clip_grad_norm_([w], 5.0), w.grad
    (tensor(50.), tensor([3., 4.]))
    """
    listed = _tensors(parameters)
    if not listed and isinstance(parameters, types.GeneratorType):
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur. It may have been used up before.",
            UserWarning,
            stacklevel=2,
        )
    total = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """`clip_grad_norm_`, by its older name, with a warning.

    >>> import autograd, nn
    >>> import warnings
    >>> w = nn.Parameter(autograd.zeros(2))
    >>> w.grad = autograd.tensor([30.0, 40.0])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     norm = clip_grad_norm(w, 5.0)
    >>> norm, w.grad
    (tensor(50.), tensor([3., 4.]))
    """
    warnings.warn(
        "`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(
    parameters: Tensor | Iterable[Tensor],
    clip_value: float,
    foreach: bool | None = None,  # noqa: ARG001  # an argument of PyTorch's
) -> None:
    """Bring each element of the gradients, in place, into ±clip_value.

    Raises:
        ArgumentError: if the limit is negative.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.zeros(2))
    >>> w.grad = autograd.tensor([-3.0, 0.5])
    >>> clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([-1.0000,  0.5000])
    """
    real("clip_grad_value_", clip_value=clip_value)
    limit = float(clip_value)
    if not limit >= 0:
        raise ArgumentError(f"clip_grad_value_: the limit must not be negative, got {clip_value}")
    for gradient in _gradients(parameters):
        np.clip(gradient.array, -limit, limit, out=gradient.array)
        bump(gradient)
