"""The derivative table: `@primitive` puts a NumPy function and its derivative formulas on the tape.

    @primitive(x=lambda g, y: g * y,
               y=lambda g, x: g * x)
    def mul(x: Array, y: Array) -> Array:
        return np.multiply(x, y)

Each array argument has a formula, or `None` where it is not differentiable; leaving one out is an error at import.
A formula gets the upstream gradient `g` and, *by the names of its other parameters*, exactly what it needs:

    out                 the result
    x                   the argument of that name (an array argument, or any other)
    x_shape, x_dtype    facts about an array argument, which cost no memory
    i                   for an argument that is a sequence of arrays: the element the gradient is for

That is what the tape saves, and nothing else. Formulas are NumPy expressions without side effects: they run on
ndarrays in an ordinary backward pass, on tensors (recording themselves) under create_graph, and on anything else
that speaks NumPy's protocols. They do not undo broadcasting: the sweep does, in one place.

A fused kernel has `joint=`, one function returning all gradients at once, and `reference=`, the same computation
composed of small primitives. Under create_graph the reference is differentiated instead, so a kernel has every
order of derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.lift import lifted
from autograd.table import Array, Arrays, P, Primitive, implements, presented_as, register

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = ["Array", "Arrays", "implements", "primitive"]


def primitive(
    ufunc: np.ufunc | None = None,
    /,
    *,
    cast: str | None = None,
    view: bool = False,
    numpy: Any = None,
    joint: Callable[..., Any] | None = None,
    reference: Callable[..., Any] | None = None,
    recover: Mapping[str, Callable[..., Any]] | None = None,
    residuals: tuple[str, ...] = (),
    hint: str = "",
    several: bool = False,
    materialize: bool = True,
    quiet: bool = True,
    c_order: bool = False,
    broadcasts: bool = True,
    flat: bool = False,
    **formulas: Callable[..., Any] | None,
) -> Callable[[Callable[P, Any]], Callable[P, Tensor]]:
    """Lift a NumPy function and its derivative formulas onto the tape (see the module's docstring).

    Args:
        ufunc: a NumPy ufunc that is the whole body; the function then holds the signature and the docstring.
        cast: "promote" to bring array arguments to their common dtype by PyTorch's rules, "float" to bring integers
            to the default floating dtype as well, "same" where PyTorch wants them to be equal, None to leave dtypes to
            the body.
        view: the result may share memory with the first argument.
        numpy: the NumPy function, or functions, that this is when called on a tensor.
        joint: for a fused kernel, `joint(g, …) -> gradients` of all differentiable arguments; it may also ask for
            `needs`, a tuple of bools in the same order.
        reference: for a fused kernel, the same computation in small primitives.
        recover: for an argument that the reference can do without saving: a function of residuals that gives one which
            has the same result and derivatives in its place.
        residuals: names of what the body returns after its result, for the joint backward alone.
        hint: what to do about shapes that do not fit, for the error message.
        several: the body returns a tuple of results; `g` and `out` are then tuples.
        materialize: with several results, `g` holds zeros for those that no gradient came to. False leaves None
            there, for formulas that are not to be asked for what nobody needs (0 times infinity is nan).
        quiet: run the body without NumPy's floating-point warnings. False saves a tenth of the time of an operation
            that can warn only at inf, nan or an overflow; a warnings filter then keeps it silent.
        c_order: bring the result into C order. Elementwise operations keep the order of their arguments; of others a
            program may take a view right away, which PyTorch's C order allows.
        broadcasts: False where each formula's gradient always has its argument's shape, so the sweep need not look.
        flat: derivatives count as functions of the arguments, though they do not change with them: under create_graph
            they have a derivative of 0 there, as PyTorch's have, rather than none. Nothing is saved for it. It is said
            of formulas; a joint backward has its reference.
        formulas: one for each array argument, `None` where it is not differentiable.

    >>> import autograd
    >>> @primitive(x=lambda g, x: g * 3 * x * x)
    ... def cube(x):
    ...     return x * x * x
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> cube(x).backward()
    >>> x.grad
    tensor(12.)
    """

    def lift(forward: Callable[P, Any]) -> Callable[P, Tensor]:
        p = Primitive(
            forward,
            formulas,
            cast,
            view,
            joint,
            reference,
            recover,
            residuals,
            hint,
            several,
            materialize,
            quiet,
            ufunc,
            c_order,
            broadcasts,
            flat,
        )
        p.function = presented_as(forward, lifted(p))
        p.function.primitive = p  # type: ignore[attr-defined]  # a function takes attributes
        if forward.__module__.startswith("autograd."):
            meanings = numpy if isinstance(numpy, tuple) else (numpy,)
            register(p, tuple(f for f in (ufunc, *meanings) if f is not None))
        return p.function

    return lift
