"""What a lifted function leaves on the tape: its node, with what the formulas named, and the links of views."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import tape
from autograd.modes import current_mode
from autograd.storage import clock, last_write
from autograd.table import Array, Derivative, Primitive
from autograd.tape import Cotangents, Node, Variable

_new: Any = object.__new__

CONSTANT = -1
"""The time in the base of a view made inside no_grad(): it never has a node."""

PASSED = -2
"""The time in the base of what a `Function` returned as it came: its node is the call's, which a write would bypass."""


class Plans(dict[int, tuple[tuple[Any, ...], tuple[Any, ...]]]):
    """Which inputs need a gradient, as bits -> their derivatives, and what takes the values they name."""

    __slots__ = ("primitive",)

    def __init__(self, primitive: Primitive) -> None:
        self.primitive = primitive

    def __missing__(self, mask: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        p = self.primitive
        names = [a for i, a in enumerate(p.arrays) if mask & 1 << i]
        plan = self[mask] = tuple([p.derivatives[a] for a in names]), tuple([p.takers[a] for a in names])
        return plan


def make_node(
    p: Primitive,
    raw: Sequence[Any],
    active: Sequence[tuple[tape.AnyNode, str, int | None]],
    out: Any,
    residuals: Sequence[Any] = (),
) -> Node:
    """Record one operation: its edges, and of its values what the formulas name.

    active:    the inputs that need a gradient: (node, parameter, element of a sequence)
    out:       the result, or the tuple of several
    """
    values = (out, *raw, *residuals)
    if p.saves_facts:
        values += all_facts(p, raw)
    node: Node = _new(Node)
    node.primitive = p
    node.seq = next(clock)
    node.extras = None
    node.parents = tuple([parent for parent, _, _ in active])
    node.broadcasts = p.broadcasts
    node.shape = None if out is None or p.several else out.shape
    derivatives, takers = p.derivatives, p.takers
    if p.sequences:
        picked = [_of_element(p, name, values, element) for _, name, element in active]
        node.derivatives = tuple([d for d, _ in picked])
        node.values = tuple([value for _, value in picked])
    else:
        node.derivatives = tuple([derivatives[name] for _, name, _ in active])  # type: ignore[misc]  # not None
        if p.joint is None:
            node.values = tuple([takers[name](values) for _, name, _ in active])
        else:  # one set of values for all its edges
            node.values = (takers[active[0][1]](values),) * len(active)
    return node


def all_facts(p: Primitive, raw: Sequence[Any]) -> tuple[Any, ...]:
    """The shape and the dtype of each array argument that is not a sequence."""
    facts: tuple[Any, ...] = ()
    for a in p.arrays:
        if a not in p.sequences:
            facts += _facts(raw[p.positions[a]])
    return facts


def _facts(array: Any) -> tuple[Any, Any]:
    """The shape and the dtype of an array argument."""
    if type(array) is np.ndarray:
        return array.shape, array.dtype
    return (None, None) if array is None else (np.shape(array), np.asarray(array).dtype)


def _of_element(
    p: Primitive, name: str, values: tuple[Any, ...], element: int | None
) -> tuple[Derivative, Any]:
    """The derivative for one element of a sequence (or for an argument beside it), and what it names."""
    derivative = p.derivatives[name]
    assert derivative is not None
    if element is None:
        return derivative, p.takers[name](values)
    key = (name, element)
    if key not in p.elements:
        p.elements[key] = Derivative(name, derivative.formula, derivative.names, element)
    saved = tuple([_named(p, n, name, values, element) for n in derivative.names])
    return p.elements[key], saved[0] if len(saved) == 1 else saved


def _named(p: Primitive, n: str, parameter: str, values: tuple[Any, ...], element: int) -> Any:
    """The value that the name `n` has in the formula for one element of a sequence."""
    if n == "i":
        return element
    if n == "out":
        return values[0]
    if n in p.positions:
        return values[1 + p.positions[n]]
    if n in p.residuals:
        return values[1 + len(p.parameters) + p.residuals.index(n)]
    array = values[1 + p.positions[parameter]][element]
    return _facts(array)[n.endswith("_dtype")]


def output(x: Array, i: int) -> Array:
    """One of an operation's several results."""
    return x[i]


_SELECT = Derivative("x", lambda g, i: Cotangents({i: g}), ("i",))


@functools.cache
def _output_of(title: str) -> Primitive:
    """What stands for one result of the operation whose nodes have this name."""
    p = Primitive(output, {"x": _SELECT.formula})
    p.title, p.selects = title, True
    return p


def attach_outputs(node: Node, results: Sequence[Any], differentiable: Sequence[bool]) -> None:
    """Make the results of one operation with several point to its node, each through a node of its own.

    A result that is not a tensor has no gradient.
    """
    node.shape = None
    tape.extras_of(node).outputs = tuple(
        (r.array.shape, r.array.dtype) if isinstance(r, Variable) else None for r in results
    )
    for i, r in enumerate(results):
        if differentiable[i]:
            r.node = output_node(node, i, r.array.shape)


def output_node(source: Node, i: int, shape: tuple[int, ...]) -> Node:
    """The node of one of an operation's several results."""
    node: Node = _new(Node)
    node.primitive = _output_of(source.primitive.title)
    node.seq = next(clock)
    node.extras = None
    node.shape = shape
    node.broadcasts = False
    node.parents = (source,)
    node.derivatives = (_SELECT,)
    node.values = (i,)
    return node


def mark_view(result: Variable, source: Variable) -> None:
    """Note that `result` is a view of `source`, if they share memory: in-place writes then reach both."""
    array, given = result.array, source.array
    owner = array.base
    if (
        (
            owner is not None and (owner is given or owner is given.base)
        )  # so NumPy's question need not be asked
        or np.may_share_memory(array, given)
        or not (array.size or owner is None)
    ):
        base = source.base
        root = source if base is None or base[0] is None else base[0]
        time = CONSTANT if not current_mode().grad else last_write.time
        result.base = (root, base[1] if base is not None and base[1] < 0 else time)
