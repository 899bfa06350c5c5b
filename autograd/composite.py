"""Composites: functions made of operations, with the manners of a primitive.

    @composite
    def softsign(input):
        return input / (1 + input.abs())

A composite is plain Python, without a derivative of its own. The decorator costs a call that succeeds next to nothing;
only when one fails does it look at the arguments: NumPy's names for them (`axis`, `keepdims`) are understood, and an
error that Python or NumPy raised becomes one of ours, which names the operation and what it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np

from autograd.arguments import describe, holds_numpy_numbers, plain
from autograd.errors import ArgumentError, AutogradError, DimensionError, DTypeError, ShapeError
from autograd.table import presented_as
from autograd.tape import Variable

P = ParamSpec("P")
R = TypeVar("R")

_NAMES = {"axis": "dim", "keepdims": "keepdim", "dim": "dims", "x": "input", "a": "input"}


def composite(function: Callable[P, R]) -> Callable[P, R]:
    """Give a function made of operations a primitive's names for arguments, and its errors.

    >>> import autograd
    >>> @composite
    ... def halves(input):
    ...     return input.abs() / 2
    >>> halves(autograd.tensor(-3.0))
    tensor(1.5000)
    >>> halves("text")
    Traceback (most recent call last):
    autograd.errors.DTypeError: halves: needs tensors, not str; use autograd.tensor(); got 'text'
    """
    name = function.__name__.rstrip("_")
    code = function.__code__
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    def call(*args: P.args, **named: P.kwargs) -> R:
        try:
            return function(*args, **named)
        except AutogradError:
            raise
        except (AttributeError, TypeError, ValueError, IndexError, OverflowError) as error:
            renamed = _renamed(named, parameters)
            if renamed != named:
                return call(*args, **renamed)
            if holds_numpy_numbers((*args, *named.values())):
                return call(*plain(args), **dict(zip(named, plain([*named.values()]), strict=True)))
            explained = _explained(name, parameters, args, named, error)
            if explained is None:
                raise
            raise explained from error

    return presented_as(function, call)


def _renamed(named: Mapping[str, Any], parameters: tuple[str, ...]) -> dict[str, Any]:
    """The arguments under the function's own names, unless one would be given twice."""
    renamed = {
        _NAMES[n] if n not in parameters and _NAMES.get(n) in parameters else n: value
        for n, value in named.items()
    }
    return renamed if len(renamed) == len(named) else dict(named)


def _explained(
    name: str, parameters: tuple[str, ...], args: tuple[Any, ...], named: Mapping[str, Any], error: Exception
) -> Exception | None:
    """The error as one of ours; None if the arguments have nothing to do with it."""
    given = (*args, *named.values())
    got = ", ".join(describe(a.array if isinstance(a, Variable) else a) for a in given)
    if isinstance(error, AttributeError):
        parts = [part for a in given for part in (a if isinstance(a, (list, tuple, dict)) else ())]
        kinds = [type(a).__name__ for a in (*given, *parts) if not isinstance(a, (Variable, np.ndarray))]
        kinds += ["numpy.ndarray"] if any(isinstance(a, np.ndarray) for a in given) else []
        odd = next((kind for kind in kinds if f"'{kind}' object" in str(error)), None)
        return (
            None
            if odd is None
            else DTypeError(f"{name}: needs tensors, not {odd}; use autograd.tensor(); got {got}")
        )
    if isinstance(error, TypeError):
        return ArgumentError(f"{name}: {error}; got {got}; it takes ({', '.join(parameters)})")
    if isinstance(error, IndexError):
        return DimensionError(f"{name}: {error}; got {got}")
    return ShapeError(f"{name}: {error}; got {got}")
