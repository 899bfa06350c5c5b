"""`gradcheck` and `gradgradcheck`: derivatives against central finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backward import grad
from autograd.dtypes import Array
from autograd.errors import ArgumentError, GradcheckError
from autograd.modes import enable_grad, no_grad
from autograd.tape import Variable, wrap


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """Check the first derivatives of `func` at `inputs` against (f(x + eps) − f(x − eps)) / (2 eps).

    Each entry of the Jacobian, the derivative of one output element by one input element, must agree to within
    atol + rtol · |numerical|.

    Args:
        func: a function of tensors that returns a tensor or several.
        inputs: a tensor or a sequence of arguments; those that are float64 and require a gradient are checked.
        eps: the step of the finite difference.
        atol, rtol: absolute and relative tolerance.
        raise_exception: raise on a mismatch; otherwise return False.
        nondet_tol: how far two backward passes over the same graph may differ.

    Raises:
        GradcheckError: naming the input, the output and the worst entry of a Jacobian that does not match.
        ArgumentError: if no input requires a gradient, or one is not float64.

    >>> import autograd
    >>> x = autograd.tensor([0.3, 0.7], dtype=autograd.float64, requires_grad=True)
    >>> gradcheck(autograd.tanh, (x,))
    True
    """
    arguments = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    checked = _checked("gradcheck", arguments)
    with enable_grad():
        outputs = _outputs(func(*arguments))
    for o, out in enumerate(outputs):
        if out.current_node() is None:
            continue
        analytic = _jacobians(out, [arguments[i] for i in checked])
        again = _jacobians(out, [arguments[i] for i in checked])
        for i, first, second in zip(checked, analytic, again, strict=True):
            if np.max(np.abs(first - second), initial=0.0) > nondet_tol:
                return _fail(
                    raise_exception, f"gradcheck: two backward passes gave different gradients of input {i}"
                )
            numerical = _numerical(func, arguments, i, o, out.array.size, eps)
            bad = ~np.isclose(first, numerical, rtol, atol, equal_nan=True)
            if bad.any():
                worst = np.unravel_index(np.argmax(np.where(bad, np.abs(first - numerical), -1.0)), bad.shape)
                return _fail(
                    raise_exception,
                    f"gradcheck: the derivative of output {o} (element {worst[1]} of shape {out.array.shape}) by input "
                    f"{i} (element {worst[0]} of shape {arguments[i].array.shape}) is {first[worst]:.8g}, finite "
                    f"differences give {numerical[worst]:.8g}; {int(bad.sum())} of {bad.size} entries differ",
                )
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
) -> bool:
    """Check the second derivatives of `func`: `gradcheck` of its gradient, as a function of inputs and upstream.

    Args: as for `gradcheck`; grad_outputs are the upstream gradients, random by default.

    >>> import autograd
    >>> x = autograd.tensor([0.3, 0.7], dtype=autograd.float64, requires_grad=True)
    >>> gradgradcheck(autograd.tanh, (x,))
    True
    """
    arguments = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    checked = _checked("gradgradcheck", arguments)
    with enable_grad():
        outputs = [out for out in _outputs(func(*arguments)) if out.current_node() is not None]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        upstream = [wrap(rng.standard_normal(out.array.shape)) for out in outputs]
    else:
        upstream = list(_outputs(grad_outputs))
    for g in upstream:
        if g.current_node() is None:
            g.requires_grad_()

    def gradient(*values: Any) -> tuple[Any, ...]:
        given, cotangents = values[: len(arguments)], values[len(arguments) :]
        results = [out for out in _outputs(func(*given)) if out.current_node() is not None]
        chosen = [given[i] for i in checked]
        found: tuple[Any, ...] = grad(results, chosen, cotangents, create_graph=True, materialize_grads=True)
        return found

    return gradcheck(
        gradient,
        (*arguments, *upstream),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
    )


def _checked(what: str, arguments: Sequence[Any]) -> list[int]:
    """The positions of the inputs to differentiate by."""
    chosen = [i for i, a in enumerate(arguments) if isinstance(a, Variable) and a.current_node() is not None]
    if not chosen:
        raise ArgumentError(f"{what}: no input requires a gradient; create one with requires_grad=True")
    for i in chosen:
        if arguments[i].array.dtype != np.float64:
            raise ArgumentError(
                f"{what}: input {i} is {arguments[i].array.dtype}; finite differences need dtype=float64"
            )
    return chosen


def _outputs(result: Any) -> tuple[Any, ...]:
    return (result,) if isinstance(result, Variable) else tuple(result)


def _jacobians(out: Any, inputs: list[Any]) -> list[Array]:
    """∂out/∂input for each input, of shape (input elements, output elements)."""
    jacobians = [np.zeros((t.array.size, out.array.size)) for t in inputs]
    for column in range(out.array.size):
        unit = np.zeros(out.array.shape)
        unit.flat[column] = 1.0
        found = grad(out, inputs, wrap(unit), retain_graph=True, allow_unused=True)
        for jacobian, gradient in zip(jacobians, found, strict=True):
            if gradient is not None:
                jacobian[:, column] = gradient.array.ravel()
    return jacobians


def _numerical(
    func: Callable[..., Any], arguments: Sequence[Any], i: int, o: int, size: int, eps: float
) -> Array:
    """∂output_o/∂input_i by central differences, of shape (input elements, output elements)."""
    source = arguments[i].array
    jacobian = np.zeros((source.size, size))

    def value(element: int, step: float) -> Array:
        moved = source.copy()
        moved.flat[element] += step
        given = [wrap(moved) if a is arguments[i] else a for a in arguments]
        given = [g.requires_grad_() if j == i else g for j, g in enumerate(given)]
        with enable_grad():
            out: Array = _outputs(func(*given))[o].array
        return out.astype(np.float64).ravel()

    for element in range(source.size):
        with no_grad():
            jacobian[element] = (value(element, eps) - value(element, -eps)) / (2 * eps)
    return jacobian


def _fail(raise_exception: bool, message: str) -> bool:
    if raise_exception:
        raise GradcheckError(message)
    return False
