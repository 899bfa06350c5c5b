"""The Jacobian and the Hessian, whole: all rows, or all columns, by one mapped product."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import pytree
from autograd.batching.vmap import vmap
from autograd.func.linear import Argnums, chosen, of_chosen
from autograd.func.products import is_single, linearized, vjp
from autograd.ops.shape import movedim, reshape
from autograd.tape import wrap

__all__ = ["hessian", "jacfwd", "jacrev"]


def jacrev(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """The Jacobian of a function by reverse sweeps, all rows at once: a function of the same arguments.

    jacrev(f)(x)[i][j] = ∂fᵢ/∂xⱼ, of shape (*result, *input), in the structure of the result and, in it, of the input.
    For results smaller than inputs; `jacfwd` for larger ones.

    Args:
        argnums: the argument to differentiate by, or a tuple of several.
        has_aux: the function returns (result, aux), and the new one (Jacobian, aux).
        chunk_size: how many rows to compute at once; None for all.

    Raises:
        ArgumentError, DTypeError: if an input or a result is not a floating-point tensor.

    >>> import autograd
    >>> from autograd.func import jacrev
    >>> jacrev(lambda x: x**2)(autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **named: Any) -> Any:
        places = chosen("jacrev", argnums, args)
        primals = tuple(args[i] for i in places)
        alone = of_chosen(func, places, args, named)
        found = vjp(alone, *primals, has_aux=has_aux)
        outputs, structure = pytree.flatten(found[0])

        def rows(*us: Any) -> Any:
            return found[1](*us) if is_single(structure) else found[1](pytree.rebuilt(structure, us))

        whole = vmap(rows, chunk_size=chunk_size)(*_basis(outputs))
        bounds = _bounds(outputs)

        def block(g: Any, i: int) -> Any:
            part = g[bounds[i] : bounds[i + 1]]
            return reshape(part, (*outputs[i].shape, *g.shape[1:]))

        def of_output(i: int) -> Any:
            blocks = pytree.mapped(lambda g: block(g, i), whole)
            return blocks[0] if isinstance(argnums, int) else blocks

        result = pytree.rebuilt(structure, [of_output(i) for i in range(len(outputs))])
        return (result, found[2]) if has_aux else result

    return jacobian


def _basis(tensors: Sequence[Any]) -> list[Any]:
    """The unit vectors of the space of all elements of the tensors: for each tensor its part of every unit vector."""
    bounds = _bounds(tensors)
    parts = []
    for i, x in enumerate(tensors):
        part = np.zeros((bounds[-1], bounds[i + 1] - bounds[i]), x.dtype)
        np.fill_diagonal(part[bounds[i] :], 1)
        parts.append(wrap(part.reshape((bounds[-1], *x.shape))))
    return parts


def _bounds(tensors: Sequence[Any]) -> list[int]:
    """Where the elements of each tensor begin among all."""
    return [0, *itertools.accumulate(math.prod(x.shape) for x in tensors)]


def jacfwd(
    func: Callable[..., Any],
    argnums: Argnums = 0,
    has_aux: bool = False,
    *,
    chunk_size: int | None = None,
    randomness: str = "error",
) -> Callable[..., Any]:
    """The Jacobian of a function by forward products, all columns at once: a function of the same arguments.

    The result is that of `jacrev`. For results larger than inputs.

    Raises:
        ArgumentError, DTypeError: if an input or a result is not a floating-point tensor.

    >>> import autograd
    >>> from autograd.func import jacfwd
    >>> jacfwd(lambda x: autograd.stack((x.sum(), x.prod())))(autograd.tensor([2.0, 3.0]))
    tensor([[1., 1.],
            [3., 2.]])
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **named: Any) -> Any:
        places = chosen("jacfwd", argnums, args)
        primals = tuple(args[i] for i in places)
        alone = of_chosen(func, places, args, named)
        _, push, aux = linearized("jacfwd", alone, primals, has_aux)
        inputs, structure = pytree.flatten(primals)
        bounds = _bounds(inputs)

        def columns(*vs: Any) -> Any:
            return push(*pytree.rebuilt(structure, vs))

        whole = vmap(columns, randomness=randomness, chunk_size=chunk_size)(*_basis(inputs))

        def block(d: Any, j: int) -> Any:
            part = movedim(d[bounds[j] : bounds[j + 1]], 0, -1)
            return reshape(part, (*d.shape[1:], *inputs[j].shape))

        def of_output(d: Any) -> Any:
            blocks = pytree.rebuilt(structure, [block(d, j) for j in range(len(inputs))])
            return blocks[0] if isinstance(argnums, int) else blocks

        result = pytree.mapped(of_output, whole)
        return (result, aux) if has_aux else result

    return jacobian


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The matrix of second derivatives of a function: a function of the same arguments.

    hessian(f)(x)[i][j] = ∂²f/∂xᵢ∂xⱼ, of shape (*result, *input, *input): the Jacobian of the Jacobian, by reverse
    sweeps, all rows at once.

    Raises:
        ArgumentError, DTypeError: if an input or a result is not a floating-point tensor.

    >>> import autograd
    >>> from autograd.func import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(autograd.tensor([2.0, 3.0]))
    tensor([[6., 4.],
            [4., 0.]])
    """
    return jacrev(jacrev(func, argnums), argnums)
