"""Products with the Jacobian, from the left and from the right.

The product from the right is the reverse of the reverse: u ↦ Jᵀu is linear in u, and its derivative in direction v is
Jv.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import pytree
from autograd.errors import ArgumentError, DTypeError, GradientError, ShapeError
from autograd.func import levels as at
from autograd.func.linear import Linear, check_tensor, requires
from autograd.modes import current_mode, enable_grad
from autograd.sweep import sweep
from autograd.tape import wrap

__all__ = ["jvp", "linearize", "vjp"]


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """func(*primals), and the function u ↦ Jᵀu that takes a cotangent of the result back to the inputs.

    Returns (result, vjp_fn), or (result, vjp_fn, aux) with has_aux. `vjp_fn(*cotangents)` takes cotangents in the
    structure of the result, and returns a tuple with the products for each primal. It may be called again, and mapped.

    Raises:
        ArgumentError, DTypeError: if an input or a result is not a floating-point tensor.
        ShapeError: if a cotangent has not the shape of its result.

    >>> import autograd
    >>> from autograd.func import vjp
    >>> y, pull = vjp(lambda a, b: a * b, autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    >>> y, pull(autograd.tensor([1.0, 10.0]))
    (tensor([3., 8.]), (tensor([ 3., 40.]), tensor([ 1., 20.])))
    """
    if not primals:
        raise ArgumentError("vjp: needs at least one input to differentiate by")
    linear = Linear("vjp", func, primals, has_aux)

    def vjp_fn(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given = (
            cotangents[0] if len(cotangents) == 1 and not is_single(linear.result_structure) else cotangents
        )
        us, structure = pytree.flatten(given)
        wanted = linear.result_structure
        if len(us) != len(linear.outputs):
            raise ArgumentError(f"vjp_fn: the cotangents must have the structure {wanted}, got {structure}")
        for u, y in zip(us, linear.outputs, strict=True):
            _check_like("vjp_fn", "cotangent", u, "result", y)
        record = (linear.outside or requires(us)) if create_graph is None else create_graph
        gradients = linear.pulled(us, record and current_mode().grad, retain_graph)
        found = pytree.rebuilt(linear.structure, gradients)
        return found if len(primals) > 1 else (found[0],)

    return (linear.value, vjp_fn, linear.released_aux()) if has_aux else (linear.value, vjp_fn)


def is_single(structure: Any) -> bool:
    """Whether a function's result is one tensor, or a tuple of one: its cotangent is then the only argument."""
    return not pytree.is_branch(structure)


def _check_like(name: str, what: str, given: Any, of_what: str, wanted: Any) -> None:
    """Raise unless a tensor has the shape and the dtype of another."""
    check_tensor(name, f"the {what}", given)
    if tuple(given.shape) != tuple(wanted.shape):
        raise ShapeError(
            f"{name}: the {what} has shape {tuple(given.shape)}, its {of_what} {tuple(wanted.shape)}; they must be "
            "equal"
        )
    if given.dtype != wanted.dtype:
        raise DTypeError(
            f"{name}: the {what} is {given.dtype}, its {of_what} {wanted.dtype}; they must be equal"
        )


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """func(*primals), and the linear function v ↦ Jv that carries a change of the inputs to the result.

    The function runs once; each call of `jvp_fn(*tangents)` is one sweep.

    Raises:
        ArgumentError, DTypeError: if an input or a result is not a floating-point tensor.
        ShapeError: if a tangent has not the shape of its primal.

    >>> import autograd
    >>> from autograd.func import linearize
    >>> y, push = linearize(autograd.sin, autograd.tensor([0.0, 0.0]))
    >>> push(autograd.tensor([1.0, 2.0]))
    tensor([1., 2.])
    """
    value, push, _ = linearized("linearize", func, primals, has_aux=False)
    return value, push


def linearized(
    name: str, func: Callable[..., Any], primals: tuple[Any, ...], has_aux: bool, strict: bool = False
) -> tuple[Any, Callable[..., Any], Any]:
    """(result, v ↦ Jv, aux)"""
    if not primals:
        raise ArgumentError(f"{name}: needs at least one input to differentiate by")
    linear = Linear(name, func, primals, has_aux)
    if strict and any(at.physical(y).current_node() is None for y in linear.outputs):
        raise GradientError(f"{name}: a result does not depend on the inputs (strict=True)")
    with enable_grad():
        wholes = [at.physical(y) for y in linear.outputs]
        leaves = [wrap(np.zeros(w.shape, w.array.dtype)).requires_grad_() for w in wholes]
        us = [at.hidden_again(u, at.levels_of(y)) for u, y in zip(leaves, linear.outputs, strict=True)]
        pulled = linear.pulled(us, create_graph=True, retain_graph=True)  # Jᵀu, recorded as a function of u

    def jvp_fn(*tangents: Any) -> Any:
        vs, structure = pytree.flatten(tangents)
        if len(vs) != len(linear.inputs):
            raise ArgumentError(
                f"{name}: the tangents must have the structure {linear.structure}, got {structure}"
            )
        roots = []
        record = linear.outside or requires(vs)
        for v, x, g in zip(vs, linear.inputs, pulled, strict=True):
            _check_like(name, "tangent", v, "primal", x)
            node = at.physical(g).current_node()
            if node is not None:
                roots.append((node, at.raw_gradient(at.shown(v, linear.levels), record)))
        targets = [at.node_of(u) for u in leaves]
        found = sweep(roots, retain_graph=True, create_graph=record, targets=targets) if roots else {}
        products = []
        for node, u, y in zip(targets, leaves, linear.outputs, strict=True):
            products.append(at.hidden_again(at.taken(found, node, u), at.levels_of(y)))
        return pytree.rebuilt(linear.result_structure, products)

    return linear.value, jvp_fn, linear.released_aux()


def jvp(
    func: Callable[..., Any], primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False
) -> tuple[Any, ...]:
    """func(*primals), and Jv: how the result changes when the inputs move by the tangents v.

    Returns (result, product), or (result, product, aux) with has_aux. Of n inputs and one direction; `jacfwd` takes
    all directions.

    Args:
        primals, tangents: tuples of inputs, and of directions of the same structure.
        strict: raise if the result does not depend on the inputs.

    Raises:
        ArgumentError, DTypeError, ShapeError: if inputs and tangents are not floating-point tensors alike.

    >>> import autograd
    >>> from autograd.func import jvp
    >>> jvp(lambda x: x**2, (autograd.tensor(3.0),), (autograd.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise ArgumentError(
            f"jvp: primals and tangents are tuples, got {type(primals).__name__} and {type(tangents).__name__}"
        )
    value, push, aux = linearized("jvp", func, primals, has_aux, strict)
    product = push(*tangents)
    return (value, product, aux) if has_aux else (value, product)
