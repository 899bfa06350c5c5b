"""Products with a function's Jacobian and Hessian, and the two matrices themselves, with `torch.autograd`'s names.

Each takes a function of tensors and its arguments, one tensor or a tuple, and answers in the same structure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backward import grad
from autograd.errors import ArgumentError, GradientError, ShapeError
from autograd.modes import enable_grad
from autograd.ops.join import stack
from autograd.ops.shape import reshape
from autograd.tape import Variable, wrap

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Any  # a tensor or a tuple of them


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """Return (func(*inputs), vᵀ J): the vector v times the Jacobian, by one backward sweep.

    Args:
        func: takes the inputs, returns a tensor or a tuple of tensors.
        inputs: a tensor or a tuple of tensors.
        v: of the shapes of the outputs; may be left out for a single number.
        create_graph: make both results differentiable.
        strict: raise where an output does not depend on an input, instead of giving zeros.

    Raises:
        ArgumentError: if something is not a tensor, or v is missing.
        ShapeError: if v has other shapes than the outputs.
        GradientError: if strict is broken.

    >>> import autograd
    >>> vjp(lambda x: x**2, autograd.tensor([1.0, 2.0]), autograd.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        call = _Call("vjp", func, inputs, create_graph, strict)
        upstream = call.vector(v, call.outputs, call.several_outputs, "outputs")
        found = call.grad(call.outputs, call.inputs, upstream, create_graph)
    return call.finished_outputs(), call.finished(found, call.several_inputs)


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """Return (func(*inputs), J v): the Jacobian times the vector v.

    uᵀJ is linear in u, and its derivative by u in the direction of v is J v: two backward sweeps.

    Args: as for `vjp`; v has the shapes of the inputs.

    >>> import autograd
    >>> jvp(lambda x: x**2, autograd.tensor([1.0, 2.0]), autograd.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        call = _Call("jvp", func, inputs, create_graph, strict)
        direction = call.vector(v, call.inputs, call.several_inputs, "inputs")
        found = call.jacobian_times(call.outputs, direction)
    return call.finished_outputs(), call.finished(found, call.several_outputs)


def vhp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """Return (func(*inputs), vᵀ H) for a function that returns one number: v times its Hessian.

    Args: as for `vjp`; v has the shapes of the inputs.

    >>> import autograd
    >>> vhp(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]), autograd.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        call = _Call("vhp", func, inputs, create_graph, strict)
        call.check_scalar()
        direction = call.vector(v, call.inputs, call.several_inputs, "inputs")
        gradient = call.grad(call.outputs, call.inputs, None, True)
        found = call.grad(gradient, call.inputs, direction, create_graph, "the gradient")
    return call.finished_outputs(), call.finished(found, call.several_inputs)


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """Return (func(*inputs), H v) for a function that returns one number: its Hessian times v.

    Args: as for `vjp`; v has the shapes of the inputs. A Hessian is symmetric, so `vhp` gives the same in less time.

    >>> import autograd
    >>> hvp(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]), autograd.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with enable_grad():
        call = _Call("hvp", func, inputs, create_graph, strict)
        call.check_scalar()
        direction = call.vector(v, call.inputs, call.several_inputs, "inputs")
        gradient = call.grad(call.outputs, call.inputs, None, True)
        found = call.jacobian_times(gradient, direction)
    return call.finished_outputs(), call.finished(found, call.several_inputs)


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Return the Jacobian: ∂ output / ∂ input, of shape (*output.shape, *input.shape).

    With a tuple of outputs it is a tuple over them, with a tuple of inputs each of these is a tuple over the inputs.

    Args:
        func, inputs, create_graph, strict: as for `vjp`.
        vectorize: compute all rows of an output by one mapped sweep, instead of a sweep for each. Faster; the hooks
            that run in it see values under vmap.
        strategy: accepted; all is done by backward sweeps.

    >>> import autograd
    >>> jacobian(lambda x: x.cumsum(0), autograd.ones(2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise ArgumentError(f'jacobian: strategy is "reverse-mode" or "forward-mode", got {strategy!r}')
    with enable_grad():
        call = _Call("jacobian", func, inputs, create_graph, strict)
        rows = tuple(call.jacobian_of(o, out, vectorize) for o, out in enumerate(call.outputs))
    found = tuple(call.finished(row, call.several_inputs) for row in rows)
    return found if call.several_outputs else found[0]


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Return the Hessian of a function that returns one number: of shape (*input.shape, *input.shape).

    With a tuple of inputs it is a tuple of tuples: [i][j] is the second derivative by input i and input j.

    Args: as for `jacobian`.

    >>> import autograd
    >>> hessian(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    several = isinstance(inputs, tuple)

    def gradient(*values: Any) -> Any:
        call = _Call("hessian", func, values if several else values[0], True, strict, fresh=False)
        call.check_scalar()
        found = call.grad(call.outputs, call.inputs, None, True)
        if strict:
            for i, g in enumerate(found):
                if g.current_node() is None:
                    raise GradientError(
                        f"hessian: the gradient by input {i} does not depend on the inputs (strict)"
                    )
        return tuple(found) if several else found[0]

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


class _Call:
    """One call of the user's function: its inputs as leaves of a graph, its outputs, and which came as tuples."""

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        inputs: Tensors,
        create_graph: bool,
        strict: bool,
        fresh: bool = True,
    ) -> None:
        self.name, self.create_graph, self.strict = name, create_graph, strict
        self.several_inputs, given = self._as_tuple(inputs, "inputs given to it")
        if not fresh:
            self.inputs = given
        elif create_graph:  # a node of its own keeps each apart, and connected to what it was computed from
            self.inputs = tuple(t.alias() if t.requires_grad else t.detach().requires_grad_() for t in given)
        else:
            self.inputs = tuple(t.detach().requires_grad_() for t in given)
        self.several_outputs, self.outputs = self._as_tuple(func(*self.inputs), "outputs of the function")
        if strict:
            for i, out in enumerate(self.outputs):
                if out.current_node() is None:
                    raise GradientError(
                        f"{name}: output {i}, of shape {out.shape}, does not depend on the inputs (strict)"
                    )

    def _as_tuple(self, tensors: Any, what: str) -> tuple[bool, tuple[Any, ...]]:
        several = isinstance(tensors, tuple)
        found = tensors if isinstance(tensors, tuple) else (tensors,)
        for i, t in enumerate(found):
            if not isinstance(t, Variable):
                where = f", element {i}," if several else ""
                raise ArgumentError(
                    f"{self.name}: the {what}{where} must be a tensor or a tuple of tensors, got {type(t).__name__}"
                )
        return several, found

    def check_scalar(self) -> None:
        """Raise unless the function returned one number."""
        if self.several_outputs or self.outputs[0].array.size != 1:
            got = [o.array.shape for o in self.outputs]
            raise GradientError(f"{self.name}: the function must return one number, got shapes {got}")

    def vector(self, v: Any, like: Sequence[Any], several: bool, what: str) -> tuple[Any, ...]:
        """The vector, checked; ones where it may be left out."""
        if v is None:
            if len(like) != 1 or like[0].array.size != 1:
                raise GradientError(
                    f"{self.name}: v can be left out only for a single number; give it the shapes of the {what}: "
                    f"{[t.array.shape for t in like]}"
                )
            return (wrap(np.ones_like(like[0].array)),)
        _, given = self._as_tuple(v, "vector v")
        if len(given) != len(like):
            raise GradientError(f"{self.name}: v has {len(given)} tensors for {len(like)} {what}")
        for i, (t, other) in enumerate(zip(given, like, strict=True)):
            if t.array.shape != other.array.shape:
                raise ShapeError(
                    f"{self.name}: v[{i}] has shape {t.array.shape}, but {what}[{i}] has {other.array.shape}; they "
                    "must be equal"
                )
        return given if self.create_graph else tuple(t.detach() for t in given)

    def grad(
        self,
        outputs: Sequence[Any],
        inputs: Sequence[Any],
        upstream: Sequence[Any] | None,
        create_graph: bool,
        what: str = "the output",
        batched: bool = False,
    ) -> tuple[Any, ...]:
        """The gradients, zeros where there is none; an error for that if strict."""
        pairs = [
            (out, None if upstream is None else upstream[i])
            for i, out in enumerate(outputs)
            if out.current_node() is not None
        ]
        if not pairs:
            found: tuple[Any, ...] = (None,) * len(inputs)
        else:
            found = grad(
                [out for out, _ in pairs],
                inputs,
                None if upstream is None else [g for _, g in pairs],
                retain_graph=True,
                create_graph=create_graph,
                allow_unused=True,
                is_grads_batched=batched,
            )
        if self.strict and any(g is None for g in found):
            i = [g is None for g in found].index(True)
            raise GradientError(
                f"{self.name}: {what} does not depend on input {i}, of shape {inputs[i].array.shape} (strict)"
            )
        batch = upstream[0].array.shape[:1] if batched and upstream else ()
        return tuple(
            wrap(np.zeros(batch + t.array.shape, t.array.dtype)) if g is None else g
            for g, t in zip(found, inputs, strict=True)
        )

    def jacobian_times(self, outputs: Sequence[Any], direction: Sequence[Any]) -> tuple[Any, ...]:
        """J v, from the gradient uᵀJ, which is linear in u."""
        u = tuple(wrap(np.zeros_like(o.array)).requires_grad_() for o in outputs)
        gradient = self.grad(outputs, self.inputs, u, True)
        strict, self.strict = self.strict, False  # what was to be checked has been
        try:
            return self.grad(gradient, u, direction, self.create_graph)
        finally:
            self.strict = strict

    def jacobian_of(self, number: int, out: Any, vectorize: bool) -> tuple[Any, ...]:
        """∂out/∂input for each input, one row for each element of the output."""
        what = f"output {number}"
        if vectorize and out.array.size:
            units = np.eye(out.array.size, dtype=out.array.dtype).reshape(-1, *out.array.shape)
            blocks = self.grad((out,), self.inputs, (wrap(units),), self.create_graph, what, batched=True)
            return tuple(
                reshape(b, out.array.shape + t.array.shape) for b, t in zip(blocks, self.inputs, strict=True)
            )
        rows = []
        for i in range(out.array.size):
            unit = np.zeros_like(out.array)
            unit.flat[i] = 1
            rows.append(self.grad((out,), self.inputs, (wrap(unit),), self.create_graph, what))
        return tuple(
            stack(column).reshape(out.array.shape + t.array.shape)
            if column
            else wrap(np.zeros(out.array.shape + t.array.shape, out.array.dtype))
            for column, t in zip(
                zip(*rows, strict=True) if rows else [()] * len(self.inputs), self.inputs, strict=True
            )
        )

    def finished_outputs(self) -> Any:
        """The outputs in the structure they came in."""
        return self.finished(self.outputs, self.several_outputs)

    def finished(self, tensors: Sequence[Any], several: bool) -> Any:
        """Results in their structure, outside the graph unless it was asked for."""
        found = tuple(tensors) if self.create_graph else tuple(t.detach() for t in tensors)
        return found if several else found[0]
