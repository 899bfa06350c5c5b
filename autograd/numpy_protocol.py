"""NumPy's functions on tensors: `np.sin(t)`, `np.sum(t, axis=0)`, `array * t` mean the operations of the table.

These are the functions behind `Tensor.__array_ufunc__` (NEP 13) and `Tensor.__array_function__` (NEP 18). They look
the function up in the table, where primitives entered what they are by `numpy=`, and composites by `@implements`.
The adapters, for functions whose arguments NumPy and PyTorch name or order differently, are in numpy_functions.py.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, AutogradError, GradientError
from autograd.table import numpy_functions
from autograd.tape import Variable, raw

_REDUCTIONS = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.logical_and: np.all,
    np.logical_or: np.any,
}
_SCANS = {np.add: np.cumsum, np.multiply: np.cumprod}


class UnsupportedFunctionError(ArgumentError):
    """A NumPy function on a tensor that requires a gradient, which would be lost."""


def array_ufunc(ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **named: Any) -> Any:
    """What NumPy calls for a ufunc with a tensor among its arguments.

    One that is not in the table computes with the arrays, and gives arrays, where no gradient is asked for.

    Raises:
        ArgumentError: if it is not in the table and a tensor requires a gradient.
        GradientError: if the result needs a gradient and is to be written to an ndarray.

    >>> import autograd
    >>> np.exp(autograd.tensor([0.0])), np.add.reduce(autograd.tensor([[1.0, 2.0]]), axis=1)
    (tensor([1.]), tensor([3.]))
    """
    name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    function: Any = None
    if method == "__call__":
        function = _table().get(ufunc)
    elif method == "reduce" and ufunc in _REDUCTIONS:
        function = _table().get(_REDUCTIONS[ufunc])
        if len(inputs) == 1:
            named.setdefault("axis", 0)
    elif method == "accumulate" and ufunc in _SCANS:
        function = _table().get(_SCANS[ufunc])
        if len(inputs) == 1:
            named.setdefault("axis", 0)
    elif method == "outer" and ufunc in _table():
        function = _table()[ufunc]
        x, y = inputs
        inputs = (x.reshape((*x.shape, *(1,) * np.ndim(y))), y)
    if function is None:
        options = named if out is None else {**named, "out": out}
        return getattr(ufunc, method)(*_outside(name, inputs), **_outside(name, options))
    result = function(*inputs, **_given(named))
    return result if out is None else _into(name, out if isinstance(out, tuple) else (out,), result)


def array_function(function: Any, types: Any, args: Any, named: Any) -> Any:  # noqa: ARG001  # NumPy gives it
    """What NumPy calls for one of its other functions with a tensor among its arguments.

    A function that is not in the table computes with the arrays, and gives arrays, where no gradient is asked for.

    Raises:
        ArgumentError: if the function is not in the table and a tensor requires a gradient.

    >>> import autograd
    >>> np.sum(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0, keepdims=True)
    tensor([[4., 6.]])
    """
    implementation = _table().get(function)
    if implementation is None:
        from autograd.numpy_functions import OF_ARRAYS  # on use, as in _table

        if function in OF_ARRAYS:
            return function(*map(raw, args), **{k: raw(v) for k, v in named.items()})
        name = f"{function.__module__.replace('numpy', 'np', 1)}.{function.__name__}"
        return function(*_outside(name, args), **_outside(name, named))
    named = dict(named)
    out = named.pop("out", None)
    result = implementation(*args, **_given(named))
    return result if out is None else _into(f"np.{function.__name__}", (out,), result)


@functools.cache
def _table() -> Mapping[Any, Callable[..., Any]]:
    """What NumPy's functions mean, with the adapters, which few programs need: they are loaded on use."""
    import autograd.numpy_functions
    import autograd.numpy_linalg  # noqa: F401  # both enter what they hold

    return numpy_functions()


def _given(named: dict[str, Any]) -> dict[str, Any]:
    """The options without those that say what is done anyway."""
    defaults = {"where": True, "casting": "same_kind", "subok": True, "order": "K", "copy": None, "out": None}
    return {k: v for k, v in named.items() if not (k in defaults and v is defaults[k])}


def _outside(name: str, value: Any) -> Any:
    """Arguments with arrays for tensors, also inside of lists, tuples and dicts.

    Raises:
        ArgumentError: if a tensor requires a gradient, which would be lost.
    """
    if isinstance(value, Variable):
        if value.current_node() is not None:
            raise _unsupported(name)
        return value.array
    if type(value) in (list, tuple):
        return type(value)([_outside(name, v) for v in value])
    return {k: _outside(name, v) for k, v in value.items()} if type(value) is dict else value


def _into(name: str, outs: tuple[Any, ...], result: Any) -> Any:
    """Write a result to the ndarrays given as `out=`."""
    results = result if isinstance(result, tuple) else (result,)
    for out, r in zip(outs, results, strict=True):
        if isinstance(out, Variable):
            raise ArgumentError(
                f"{name}: out= must be an ndarray, not a tensor; use the tensor's in-place methods"
            )
        if isinstance(r, Variable) and r.current_node() is not None:
            raise GradientError(
                f"{name}: the result requires a gradient, which an ndarray cannot carry. "
                "Call .detach() on the tensors, or leave the ndarray out (x = x - t instead of x -= t)."
            )
        if out is not None:
            np.copyto(out, raw(r), casting="same_kind")
    return outs[0] if len(outs) == 1 else outs


def _unsupported(name: str) -> AutogradError:
    return UnsupportedFunctionError(
        f"{name}: not an operation that gradients can pass through. Use one in autograd if there is one, or "
        f"{name}(t.detach().numpy()), through which no gradient flows."
    )
