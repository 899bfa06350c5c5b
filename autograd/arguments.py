"""Arguments on their way into a primitive's body: numbers and dtypes, and the errors that explain what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.errors import ArgumentError, AutogradError, DimensionError, DTypeError, LinAlgError, ShapeError
from autograd.hidden import Hidden
from autograd.modes import QUIET, current_mode, reset_errors, set_errors
from autograd.table import Primitive
from autograd.tape import Variable
from autograd.watch import users_frames


def constant(p: Primitive, value: Any) -> Any:
    """An argument that is not a tensor, as NumPy gets it: a real ndarray or a Python number."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub":
            raise DTypeError(f"{p.name}: arrays of {value.dtype} are not supported; use a real number type")
        return value
    if isinstance(value, np.generic):
        return constant(p, value.item())
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, complex):
        raise DTypeError(f"{p.name}: complex numbers are not supported, got {value!r}")
    raise DTypeError(
        f"{p.name}: needs tensors, ndarrays or numbers, got {type(value).__name__}; use autograd.tensor()"
    )


def plain(options: Sequence[Any]) -> tuple[Any, ...]:
    """The options, with NumPy's numbers as Python's own, which leave an array its dtype and are ints to Python."""
    return tuple([v.item() if isinstance(v, np.generic) else v for v in options])


def holds_numpy_numbers(options: Sequence[Any]) -> bool:
    """Whether any option is a number of NumPy's."""
    return any(isinstance(v, np.generic) for v in options)


def is_operand(value: Any) -> bool:
    """Whether a value can be compared with a tensor's elements; `x == "text"` is False, and so is `x == None`."""
    return isinstance(value, (Variable, int, float, Hidden, np.ndarray, np.generic, complex))


def knows(value: Any, reflected: str) -> bool:
    """Whether an operand of another class has a method that Python asks next, such as `__radd__`.

    Those of the built-in types do nothing with a tensor, and an error says so better.
    """
    if is_operand(value) or type(value).__module__ == "builtins":
        return False
    of_any_object = getattr(object, reflected, None)
    return getattr(type(value), reflected, of_any_object) is not of_any_object


def constant_or_refusal(reflected: str) -> Callable[[Primitive, Any], Any]:
    """`constant` for an operator: NotImplemented for an operand that knows better, which Python then asks."""

    def taken(p: Primitive, value: Any) -> Any:
        return NotImplemented if knows(value, reflected) else constant(p, value)

    return taken


def _common_dtype(p: Primitive, values: Sequence[Any]) -> np.dtype[Any]:
    common = dtypes.common_dtype(values)
    return dtypes.default_dtype() if p.cast == "float" and common.kind != "f" else common


def needs_cast(p: Primitive, values: Sequence[Any]) -> bool:
    """Whether raw arguments have to be brought to their common dtype before the body sees them."""
    if p.cast is None:
        return False
    if p.cast == "same":
        kinds = {v.dtype for v in values if isinstance(v, np.ndarray)}
        if len(kinds) > 1:
            raise DTypeError(
                f"{p.name}: all must have one dtype, got {', '.join(map(describe, values))}; convert with .to(dtype)"
            )
        return False
    common = _common_dtype(p, values)
    return any(v.dtype != common if isinstance(v, np.ndarray) else common.kind != "f" for v in values)


def promoted(p: Primitive, values: Sequence[Any], raw: Sequence[Any] | None = None) -> list[Any]:
    """The arguments in their common dtype; the conversion of a tensor is recorded, so its gradient converts back.

    The common dtype is that of `raw`, all the arguments as arrays, or of `values` themselves.
    """
    common = _common_dtype(p, raw or [v.array if isinstance(v, Variable) else v for v in values])

    def convert(value: Any) -> Any:
        if isinstance(value, Variable):
            return value if value.array.dtype == common else value.astype(common)
        if isinstance(value, np.ndarray) or common.kind != "f":
            return np.asarray(value).astype(common)
        return value  # a Python number takes a floating-point array's dtype by itself

    return [convert(value) for value in values]


def on_raw(p: Primitive, values: Sequence[Any], options: Sequence[Any] = ()) -> Any:
    """Raw arrays in, a raw array out: nothing is recorded."""
    raw = [np.asarray(v) if isinstance(v, np.generic) else constant(p, v) for v in values]
    if len(raw) == 1:
        raw = [np.asarray(raw[0])]  # a body asks its first argument for shape and dtype
    errors = set_errors(QUIET)
    try:
        return p.forward(*(promoted(p, raw) if needs_cast(p, raw) else raw), *options)
    except Exception as error:
        raise explained(p, raw, error, options) from error
    finally:
        reset_errors(errors)


def describe(value: Any) -> str:
    """A value as error messages show it: `float32 (2, 3)`."""
    return f"{value.dtype} {value.shape}" if isinstance(value, (np.ndarray, np.generic)) else repr(value)


def explained(
    p: Primitive, values: Sequence[Any], error: Exception, options: Sequence[Any] = ()
) -> Exception:
    """NumPy's error as ours: with the operation, its shapes and dtypes, and what to do."""
    ours = _explained(p, values, error, options)
    recorder = current_mode().recorder
    if recorder is not None:
        names = [*p.arrays, *[p.arrays[-1]] * len(values)]  # a sequence gives several
        recorder.failed(p.name, ours, users_frames(), [*zip(names, values, strict=False)])
    return ours


def _explained(p: Primitive, values: Sequence[Any], error: Exception, options: Sequence[Any]) -> Exception:
    if isinstance(error, AutogradError):
        return error
    got = ", ".join(describe(v) for v in (*values, *options) if v is not None)
    if isinstance(error, (TypeError, AttributeError)):
        return DTypeError(f"{p.name}: not defined for {got} ({error})")
    if isinstance(error, IndexError):
        return DimensionError(f"{p.name}: {error}; got {got}")
    if isinstance(error, np.linalg.LinAlgError):
        return LinAlgError(f"{p.name}: {error}; got {got}")
    if isinstance(error, ValueError):
        return ShapeError(
            f"{p.name}: the shapes do not fit: {got}. {p.hint or _mismatch(values) or str(error)}"
        )
    if isinstance(error, (OverflowError, ZeroDivisionError)):
        return ArgumentError(f"{p.name}: not defined for {got} ({error})")
    return error


def _mismatch(values: Sequence[Any]) -> str:
    """Which dimension keeps two shapes from broadcasting."""
    shapes = [v.shape for v in values if isinstance(v, np.ndarray)]
    for i in range(1, max((len(s) for s in shapes), default=0) + 1):
        sizes = sorted({s[-i] for s in shapes if len(s) >= i and s[-i] != 1})
        if len(sizes) > 1:
            return (
                f"Dimension {-i} has sizes {' and '.join(map(str, sizes))}: sizes must be equal or 1, counted from the "
                "last dimension. Use reshape, unsqueeze or transpose to line them up."
            )
    return ""


def as_formulas_call(p: Primitive, given: Sequence[Any], raw: list[Any]) -> None:
    """Among raw arrays, as when a formula calls, NumPy's scalars are 0-d arrays; beside tensors they are numbers."""
    for a in p.arrays:
        if isinstance(given[p.positions[a]], np.generic):
            raw[p.positions[a]] = np.asarray(given[p.positions[a]])


def array_arguments(p: Primitive, raw: Sequence[Any]) -> list[Any]:
    """The array arguments, those in sequences among them."""
    arrays: list[Any] = []
    for a in p.arrays:
        value = raw[p.positions[a]]
        if value is not None:
            arrays += value if a in p.sequences else (value,)
    return arrays


def promoted_arguments(p: Primitive, given: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
    """The arguments, with the arrays among them in their common dtype."""
    result = list(given)
    for a in p.arrays:
        i = p.positions[a]
        if a in p.sequences:
            result[i] = promoted(p, given[i], arrays)
        elif given[i] is not None:
            (result[i],) = promoted(p, (given[i],), arrays)
    return result
