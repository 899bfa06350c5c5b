"""Ranges: numbers a step apart, and evenly or logarithmically spaced ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import devices, dtypes
from autograd.create import checked_dtype, made, number, raw_array
from autograd.errors import ArgumentError, DTypeError

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["arange", "linspace", "logspace"]


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """start, start + step, … up to but without end; `arange(end)` starts at 0. int64 if all three are integers.

    For an integer dtype start and step are cut to integers; for int64 the end is, too, before they are counted.

    Raises:
        ArgumentError: if the step is 0 or leads away from the end, or one of them is not a number.
        DTypeError: for bool.

    >>> arange(3), arange(1.0, 2.0, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    devices.check(device, "arange", **place)
    bounds = (start, end) if end is not None and start is not None else (0, start if end is None else end)
    first, last, by = (number("arange", v) for v in (*bounds, step))
    kind = _kind("arange", dtype) if dtype is not None else _kind_of(first, last, by)
    if by == 0 or not all(map(math.isfinite, (first, last, by))) or (last - first) * by < 0:
        raise ArgumentError(f"arange: a step of {by} does not lead from {first} to {last}")
    if kind == np.int64:
        first, last, by = int(first), int(last), int(by)
        if not by:
            raise ArgumentError(f"arange: a step of {step} is 0 as an integer")
        count = max(0, -((first - last) // by))
    else:
        count = math.ceil((last - first) / by)
    if kind.kind != "f":
        first, by = int(first), int(by)
    return made("arange", raw_array("arange", first + np.arange(count) * by, kind), requires_grad)


def _kind_of(*numbers: Any) -> np.dtype[Any]:
    """int64 for integers, else the default dtype."""
    return np.dtype(np.int64) if all(isinstance(v, int) for v in numbers) else dtypes.default_dtype()


def _kind(op: str, dtype: Any) -> np.dtype[Any]:
    kind: np.dtype[Any] = checked_dtype(dtype)
    if kind.kind == "b":
        raise DTypeError(f"{op}: there is no range of bools; use another dtype, and .bool() then")
    return kind


def _spaced(op: str, start: Any, end: Any, steps: Any, kind: np.dtype[Any], exact: bool) -> Any:
    """`steps` evenly spaced numbers in float64, counted from the nearer end; integers for an integer dtype.

    exact: whether the step has all its digits; PyTorch's logspace of integers has those of float32.
    """
    first, last = number(op, start), number(op, end)
    if not isinstance(steps, (int, np.integer)) or isinstance(steps, bool) or steps < 0:
        raise ArgumentError(f"{op}: steps must be an integer and not negative, got {steps!r}")
    if kind.kind != "f":
        first, last = (int(np.asarray(int(v)).astype(kind)) for v in (first, last))
    if steps < 2:
        return np.full(steps, first, np.float64)
    by = (last - first) / (steps - 1)
    if not exact and kind.kind != "f":
        by = float(np.float32(by))
    place = np.arange(steps)
    return np.where(place < steps // 2, first + by * place, last - by * (steps - 1 - place))


def _cut(values: Any, kind: np.dtype[Any]) -> Any:
    """Integers are cut, not rounded, and wrap around in small dtypes."""
    return values if kind.kind == "f" else values.astype(np.int64)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """`steps` evenly spaced numbers from start to end, both included.

    For an integer dtype the ends are cut to integers first, and then all numbers.

    Raises:
        ArgumentError: if an end is not a number, or steps is negative.
        DTypeError: for bool.

    >>> linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    devices.check(device, "linspace", **place)
    kind = _kind("linspace", dtype)
    values = _spaced("linspace", start, end, steps, kind, exact=True)
    return made("linspace", raw_array("linspace", _cut(values, kind), kind), requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """base**start to base**end in `steps` numbers, evenly spaced on a logarithmic scale.

    For an integer dtype the exponents' ends are cut to integers first, and then all numbers.

    Raises:
        ArgumentError: if an end is not a number, or steps is negative.
        DTypeError: for bool.

    >>> logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    devices.check(device, "logspace", **place)
    kind = _kind("logspace", dtype)
    with np.errstate(all="ignore"):
        values = np.power(float(base), _spaced("logspace", start, end, steps, kind, exact=False))
        return made("logspace", raw_array("logspace", _cut(values, kind), kind), requires_grad)
