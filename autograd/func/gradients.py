"""Gradients of functions whose result is one number."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import pytree
from autograd.errors import GradientError
from autograd.func import levels as at
from autograd.func.linear import Argnums, Linear, chosen, of_chosen
from autograd.tape import wrap

__all__ = ["grad", "grad_and_value", "value_and_grad"]


def _gradient(
    name: str, func: Callable[..., Any], argnums: Argnums, has_aux: bool, args: tuple[Any, ...], named: Any
) -> tuple[Any, Any, Any]:
    """(gradient, value, aux) of a function whose result is one number."""
    places = chosen(name, argnums, args)
    linear = Linear(name, of_chosen(func, places, args, named), tuple(args[i] for i in places), has_aux)
    y = linear.outputs[0] if len(linear.outputs) == 1 else None
    if y is None or pytree.is_branch(linear.result_structure):
        raise GradientError(f"{name}: the function must return one number, got {linear.result_structure}")
    if y.ndim:
        raise GradientError(
            f"{name}: the function must return one number, a tensor of shape (), got shape {tuple(y.shape)}; reduce "
            "it, or use jacrev"
        )
    whole = at.physical(y)
    one = at.hidden_again(wrap(np.ones(whole.shape, whole.array.dtype)), at.levels_of(y))
    gradients = linear.pulled([one], create_graph=linear.outside, retain_graph=linear.outside)
    found = pytree.rebuilt(linear.structure, gradients)
    return (found[0] if isinstance(argnums, int) else found), linear.released(y), linear.released_aux()


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The gradient of a function whose result is one number: a function of the same arguments.

    grad(f)(x) = (∂f/∂x₁, ∂f/∂x₂, …), in the structure of x (a tensor, or tuples, lists and dicts of them).

    Args:
        argnums: the argument to differentiate by, or a tuple of several, for a tuple of gradients.
        has_aux: the function returns (result, aux), and the new one (gradient, aux).

    Raises:
        GradientError: if the result is not one number.
        ArgumentError, DTypeError: if it, or an input, is not a floating-point tensor.

    >>> import autograd
    >>> from autograd.func import grad
    >>> x = autograd.tensor(2.0)
    >>> grad(lambda x: x**3)(x), grad(grad(lambda x: x**3))(x)
    (tensor(12.), tensor(12.))
    >>> autograd.vmap(grad(autograd.sin))(autograd.zeros(3))  # of each example
    tensor([1., 1., 1.])
    """

    @functools.wraps(func)
    def gradient(*args: Any, **named: Any) -> Any:
        found, _, aux = _gradient("grad", func, argnums, has_aux, args, named)
        return (found, aux) if has_aux else found

    return gradient


def grad_and_value(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Like `grad`, but the new function returns (gradient, value), or (gradient, (value, aux)).

    >>> import autograd
    >>> from autograd.func import grad_and_value
    >>> grad_and_value(lambda x: x**2)(autograd.tensor(3.0))
    (tensor(6.), tensor(9.))
    """

    @functools.wraps(func)
    def both(*args: Any, **named: Any) -> Any:
        found, value, aux = _gradient("grad_and_value", func, argnums, has_aux, args, named)
        return (found, (value, aux)) if has_aux else (found, value)

    return both


def value_and_grad(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Like `grad_and_value` in JAX's order: the new function returns (value, gradient), or ((value, aux), gradient).

    >>> import autograd
    >>> from autograd.func import value_and_grad
    >>> value_and_grad(lambda x: x**2)(autograd.tensor(3.0))
    (tensor(9.), tensor(6.))
    """

    @functools.wraps(func)
    def both(*args: Any, **named: Any) -> Any:
        found, value, aux = _gradient("value_and_grad", func, argnums, has_aux, args, named)
        return ((value, aux), found) if has_aux else (value, found)

    return both
