"""Element types: the `dtype` objects, the default, and PyTorch's promotion rules.

A `dtype` is a thin face on a NumPy dtype: it prints as PyTorch's does, equals the NumPy dtype it stands for, and
NumPy accepts it wherever a dtype is wanted. The engine itself works with NumPy dtypes throughout.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, DTypeError
from autograd.hidden import Hidden

Array = np.ndarray[Any, np.dtype[Any]]

BOOL, INT64, FLOAT32 = np.dtype(np.bool_), np.dtype(np.int64), np.dtype(np.float32)
"""NumPy's own objects for these dtypes. To ask for one by `is` takes a third of the time of `kind`, but an array that
was unpickled has an equal one: so it may choose the faster way, and never decide what the result is."""


class dtype:
    """An element type, such as `autograd.float32`.

    >>> import autograd
    >>> autograd.float32, autograd.float32.itemsize, autograd.float32 == np.dtype("float32")
    (autograd.float32, 4, True)
    """

    __slots__ = ("char", "dtype", "is_complex", "is_floating_point", "is_signed", "itemsize", "kind", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.dtype = np.dtype(name)  # an attribute of this name is what NumPy looks for
        self.itemsize, self.kind, self.char = self.dtype.itemsize, self.dtype.kind, self.dtype.char
        self.is_floating_point = self.dtype.kind == "f"
        self.is_complex = False
        self.is_signed = self.dtype.kind in "if"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, dtype):
            return self is other
        try:
            return bool(self.dtype == np.dtype(other))  # type: ignore[call-overload]  # other may be anything
        except TypeError:
            return False

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return f"autograd.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return of, (self.name,)


float16 = dtype("float16")
float32 = dtype("float32")
float64 = dtype("float64")
int8 = dtype("int8")
int16 = dtype("int16")
int32 = dtype("int32")
int64 = dtype("int64")
uint8 = dtype("uint8")
bool_ = dtype("bool")

_BY_NUMPY = {d.dtype: d for d in (float16, float32, float64, int8, int16, int32, int64, uint8, bool_)}
_BY_CHAR = {d.char: kind for d, kind in _BY_NUMPY.items()}  # the quickest to ask for
_BY_PYTHON = {float: float64, int: int64, bool: bool_}


class _Default:
    """The one mutable setting: the dtype of Python floats and of new tensors."""

    dtype: np.dtype[Any] = float32.dtype


def of(spec: Any) -> dtype:
    """Return the `dtype` that a dtype, NumPy dtype, name or Python type stands for: `float` is float64, `int` int64.

    Raises:
        DTypeError: if there is no such element type here (complex numbers among them).

    >>> of("float64"), of(np.int32), of(float)
    (autograd.float64, autograd.int32, autograd.float64)
    """
    if isinstance(spec, dtype):
        return spec
    if spec in _BY_PYTHON:
        return _BY_PYTHON[spec]
    try:
        return _BY_NUMPY[np.dtype(spec)]
    except (KeyError, TypeError):
        pass
    raise DTypeError(
        f"dtype: {spec!r} is not supported; use one of {', '.join(d.name for d in _BY_NUMPY.values())}"
    )


def of_array(array: Array) -> dtype:
    """Return the `dtype` of an ndarray that a tensor holds.

    >>> of_array(np.zeros(2, np.int16))
    autograd.int16
    """
    return _BY_CHAR.get(array.dtype.char) or of(array.dtype)


def numpy_dtype(spec: Any) -> np.dtype[Any]:
    """Return the NumPy dtype that `spec` stands for."""
    return of(spec).dtype


def default_dtype() -> np.dtype[Any]:
    """The NumPy form of the default dtype."""
    return _Default.dtype


def get_default_dtype() -> dtype:
    """Return the dtype of new floating-point tensors (float32 unless it was changed)."""
    return of(_Default.dtype)


def set_default_dtype(d: Any) -> None:
    """Set the dtype of new floating-point tensors.

    Raises:
        DTypeError: if `d` is not a floating-point dtype.
    """
    chosen = of(d)
    if not chosen.is_floating_point:
        raise DTypeError(f"set_default_dtype: only floating-point dtypes can be the default, got {chosen}")
    _Default.dtype = chosen.dtype


def promote(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype that both fit in, where any float outranks any integer: int64 with float32 gives float32."""
    a_floats, b_floats = a.kind == "f", b.kind == "f"
    if a_floats != b_floats:
        return a if a_floats else b
    return np.promote_types(a, b)


def promote_types(type1: Any, type2: Any) -> dtype:
    """Return the smallest dtype that both can be converted to.

    >>> promote_types("int64", "float16")
    autograd.float16
    """
    return of(promote(numpy_dtype(type1), numpy_dtype(type2)))


def can_cast(from_: Any, to: Any) -> bool:
    """Return whether the kind of `from_` (bool < integer < float) fits in `to`.

    >>> can_cast("float64", "float32"), can_cast("float32", "int64")
    (True, False)
    """
    kinds = {"b": 0, "u": 1, "i": 1, "f": 2}
    return kinds[numpy_dtype(from_).kind] <= kinds[numpy_dtype(to).kind]


def of_number(value: Any) -> np.dtype[Any]:
    """The dtype that a Python number gets by itself: floats the default, integers (an `IntEnum` among them) int64."""
    if isinstance(value, float):
        return _Default.dtype
    return int64.dtype if isinstance(value, int) and type(value) is not bool else numpy_dtype(type(value))


def common_dtype(arrays: Iterable[Any]) -> np.dtype[Any]:
    """The result dtype of an operation on `arrays` (ndarrays, NumPy or Python scalars, values under vmap).

    PyTorch's rule: arrays decide; a 0-d array counts only when its kind (bool < integer < float) is higher than
    theirs; a Python number only when its kind is higher than both.
    """
    ranked: list[np.dtype[Any] | None] = [None, None, None]
    for a in arrays:
        if isinstance(a, np.ndarray):
            rank, kind = (0 if a.ndim else 1), a.dtype
        elif isinstance(a, np.generic):
            rank, kind = 2, (_Default.dtype if a.dtype.kind == "f" else a.dtype)
        elif isinstance(a, Hidden):
            rank, kind = (0 if a.value.ndim > 1 else 1), a.value.dtype.dtype
        else:
            rank, kind = 2, of_number(a)
        held = ranked[rank]
        ranked[rank] = kind if held is None else promote(held, kind)
    result: np.dtype[Any] | None = None
    for lower in ranked:
        if lower is None:
            continue
        if result is None:
            result = lower
        elif result.kind != "f" and (result.kind == "b" or lower.kind == "f"):
            result = promote(result, lower)
    if result is None:
        raise ArgumentError("result_type: needs at least one tensor or number")
    return result


class finfo:
    """Machine limits of a floating-point dtype: bits, eps, max, min, tiny, smallest_normal, resolution, dtype.

    >>> finfo("float32").eps
    1.1920928955078125e-07
    """

    def __init__(self, type: Any = None) -> None:
        d = get_default_dtype() if type is None else of(type)
        if not d.is_floating_point:
            raise DTypeError(f"finfo: {d} is not a floating-point dtype; use iinfo")
        limits = np.finfo(d.dtype)
        self.bits, self.dtype = limits.bits, d.name
        self.eps, self.max, self.min = float(limits.eps), float(limits.max), float(limits.min)
        self.tiny = self.smallest_normal = float(limits.tiny)
        self.resolution = 10.0**-limits.precision

    def __repr__(self) -> str:
        names = ("resolution", "min", "max", "eps", "smallest_normal", "tiny")
        return f"finfo({', '.join(f'{n}={getattr(self, n):g}' for n in names)}, dtype={self.dtype})"


class iinfo:
    """Machine limits of an integer dtype: bits, max, min, dtype.

    >>> iinfo("int8").max
    127
    """

    def __init__(self, type: Any) -> None:
        d = of(type)
        if d.is_floating_point or d is bool_:
            raise DTypeError(f"iinfo: {d} is not an integer dtype; use finfo")
        limits = np.iinfo(d.dtype)
        self.bits, self.max, self.min, self.dtype = limits.bits, int(limits.max), int(limits.min), d.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
