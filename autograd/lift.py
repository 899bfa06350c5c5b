"""Lifting: from a primitive to the function that users call.

A lifted function takes the arrays out of its tensors, runs the body, and records one node if a gradient may be
asked for. Functions of one and of two arrays are written out, because their overhead is what small tensors cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from autograd import dtypes, tape
from autograd.arguments import constant, explained, needs_cast, note_origin, on_raw, promoted
from autograd.modes import MODE, NUMPY_ERRORS, QUIET
from autograd.table import Derivative, Primitive
from autograd.tape import Cotangents, Node, Variable, clock

_CONSTANT = [0]  # the version of what is not a tensor: it never changes
_NUMBERS = (float, int)  # what passes to NumPy as it is beside a floating-point array
_new: Any = object.__new__


def lifted(p: Primitive) -> Callable[..., Any]:
    """The function that users call."""
    plain = not (p.sequences or p.joint or p.residuals or p.several)
    if plain and p.arrays == p.parameters[:1]:
        return _lift_unary(p)
    if plain and p.arrays == p.parameters and len(p.arrays) == 2 and not (p.view or p.saves_facts):
        return _lift_binary(p)
    return _lift_general(p)


def _saver(derivative: Derivative | None, order: tuple[str, ...]) -> tuple[int, Any]:
    """How many of the values in `order` a formula names, and what takes them out of a tuple of those values."""
    names = derivative.names if derivative is not None else ()
    indices = [order.index(n) for n in names]
    return len(names), indices[0] if len(names) == 1 else itemgetter(*indices) if names else None


def _lift_unary(p: Primitive) -> Callable[..., Any]:
    """One array argument first, then any options."""
    forward, view = p.forward, p.view
    name, *options = p.parameters
    derivative = p.derivatives[name]
    facts = (f"{name}_shape", f"{name}_dtype") if p.saves_facts else ()
    count, take = _saver(derivative, ("out", name, *options, *facts))
    saves_tensor = not {"out", name}.isdisjoint(derivative.names if derivative is not None else ())
    n_options = len(options)
    to_float, to_default = p.cast == "float", dtypes.default_dtype
    ndarray = np.ndarray

    def call(input: Any, *given: Any, **named: Any) -> Any:
        if named or len(given) != n_options:
            input, *given = p.bind((input, *given), named)  # type: ignore[assignment]
        if not isinstance(input, Variable):
            return on_raw(p, (input,), given)
        x = input.array
        errors = NUMPY_ERRORS.set(QUIET)
        try:
            out = forward(x, *given) if n_options else forward(x)
        except Exception as error:
            raise explained(p, (x,), error, given) from error
        finally:
            NUMPY_ERRORS.reset(errors)
        if type(out) is not ndarray:
            out = np.asarray(out)
        if to_float and out.dtype is not x.dtype and x.dtype.kind != "f":
            return call(input.astype(to_default()), *given)
        result = _new(tape.tensor_class)
        result.array = out
        result.version = version = [0]
        result.base = result.leaf = result.node = None
        if view:
            _mark_view(result, input)
        parent = input.node if input.base is None else input.current_node()
        if parent is None or derivative is None:
            return result
        mode = MODE.get()
        if mode.grad:
            result.node = node = _new(Node)
            node.primitive = p
            node.seq = next(clock)
            node.extras = None
            node.shape = out.shape
            node.broadcasts = False
            if count:
                values = (out, x, *given, x.shape, x.dtype) if facts else (out, x, *given)
                saved = (values[take],) if count == 1 else take(values)
            else:
                saved = ()
            if saves_tensor:
                node.versions = (version, input.version)
                node.counts = (version[0], input.version[0])
            else:
                node.versions = node.counts = ()
            node.edges = ((parent, derivative, saved),)
            if mode.anomaly:
                note_origin(node, out)
        return result

    return call


def _lift_binary(p: Primitive) -> Callable[..., Any]:
    forward, quiet = p.forward, p.quiet
    dx, dy = (p.derivatives[a] for a in p.arrays)
    x_count, x_take = _saver(dx, ("out", *p.arrays))
    y_count, y_take = _saver(dy, ("out", *p.arrays))
    ndarray = np.ndarray

    def call(input: Any, other: Any) -> Any:
        if isinstance(input, Variable):
            x = input.array
            x_version = input.version
            x_node = input.node if input.base is None else input.current_node()
            if isinstance(other, Variable):
                y = other.array
                y_version = other.version
                y_node = other.node if other.base is None else other.current_node()
                if x.dtype is not y.dtype and needs_cast(p, (x, y)):
                    return call(*promoted(p, (input, other)))
            else:
                y = other
                y_version = _CONSTANT
                y_node = None
                if type(y) not in _NUMBERS or x.dtype.kind != "f":
                    y = constant(p, y)
                    if needs_cast(p, (x, y)):
                        return call(*promoted(p, (input, y)))
        elif isinstance(other, Variable):
            x = input
            x_version = _CONSTANT
            x_node = None
            y = other.array
            y_version = other.version
            y_node = other.node if other.base is None else other.current_node()
            if type(x) not in _NUMBERS or y.dtype.kind != "f":
                x = constant(p, x)
                if needs_cast(p, (x, y)):
                    return call(*promoted(p, (x, other)))
        else:
            return on_raw(p, (input, other))
        try:
            if quiet:
                errors = NUMPY_ERRORS.set(QUIET)
                out = forward(x, y)
                NUMPY_ERRORS.reset(errors)
            else:
                out = forward(x, y)
        except Exception as error:
            if quiet:
                NUMPY_ERRORS.reset(errors)
            raise explained(p, (x, y), error) from error
        if type(out) is not ndarray:
            out = np.asarray(out)
        result = _new(tape.tensor_class)
        result.array = out
        result.version = version = [0]
        result.base = result.leaf = result.node = None
        if dx is None:
            x_node = None
        if dy is None:
            y_node = None
        if x_node is None and y_node is None:
            return result
        mode = MODE.get()
        if not mode.grad:
            return result
        result.node = node = _new(Node)
        node.primitive = p
        node.seq = next(clock)
        node.extras = None
        node.shape = shape = out.shape
        values = (out, x, y)
        saved = y_saved = ()
        if x_node is not None:
            if x_count:
                saved = (values[x_take],) if x_count == 1 else x_take(values)
            edge = (x_node, dx, saved)
            if y_node is not None:
                if y_count:
                    y_saved = (values[y_take],) if y_count == 1 else y_take(values)
                node.edges = (edge, (y_node, dy, y_saved))
                node.broadcasts = x_node.shape != y_node.shape
            else:
                node.edges = (edge,)
                node.broadcasts = x_node.shape != shape
        else:
            if y_count:
                y_saved = (values[y_take],) if y_count == 1 else y_take(values)
            node.edges = ((y_node, dy, y_saved),)
            node.broadcasts = y_node.shape != shape
        if saved or y_saved:
            node.versions = (version, x_version, y_version)
            node.counts = (0, x_version[0], y_version[0])
        else:
            node.versions = node.counts = ()
        if mode.anomaly:
            note_origin(node, out)
        return result

    return call


def _lift_general(p: Primitive) -> Callable[..., Any]:
    forward, positions, view = p.forward, p.positions, p.view
    single = tuple((positions[a], a) for a in p.arrays if a not in p.sequences)
    several = tuple((positions[a], a) for a in p.arrays if a in p.sequences)
    first = positions[p.arrays[0]]
    residuals = len(p.residuals)

    def call(*args: Any, **named: Any) -> Any:
        given = p.bind(args, named)
        raw = list(given)
        tensors: list[tuple[str, int | None, Variable]] = []
        for i, a in single:
            if isinstance(given[i], Variable):
                raw[i] = given[i].array
                tensors.append((a, None, given[i]))
            elif given[i] is not None:
                raw[i] = constant(p, given[i])
        for i, a in several:
            raw[i] = tuple(t.array if isinstance(t, Variable) else constant(p, t) for t in given[i])
            tensors += ((a, j, t) for j, t in enumerate(given[i]) if isinstance(t, Variable))
        if p.cast is not None:
            flat = [raw[i] for i, _ in single if raw[i] is not None] + [t for i, _ in several for t in raw[i]]
            if needs_cast(p, flat):
                for i, _ in single:
                    if given[i] is not None:
                        (given[i],) = promoted(p, (given[i],), flat)
                for i, _ in several:
                    given[i] = promoted(p, given[i], flat)
                return call(*given)
        errors = NUMPY_ERRORS.set(QUIET)
        try:
            out = forward(*raw)
        except Exception as error:
            flat = [raw[i] for i, _ in single] + [t for i, _ in several for t in raw[i]]
            raise explained(p, flat, error) from error
        finally:
            NUMPY_ERRORS.reset(errors)
        extra: tuple[Any, ...] = ()
        if residuals:
            out, extra = (out[:-residuals] if p.several else out[0]), out[-residuals:]
        if not tensors:
            return out
        active = [
            (name, element, t, parent)
            for name, element, t in tensors
            if p.derivatives[name] is not None and (parent := t.current_node()) is not None
        ]
        mode = MODE.get()
        record = bool(active) and mode.grad
        if p.several:
            results = tuple(tape.wrap(o) for o in out)
            if record:
                node = make_node(p, raw, tensors, active, None, extra, _CONSTANT)
                attach_outputs(node, results, [r.array.dtype.kind == "f" for r in results])
                if mode.anomaly:
                    note_origin(node, *out)
            return results
        result = tape.wrap(out)
        if view and isinstance(given[first], Variable):
            _mark_view(result, given[first])
        if record and result.array.dtype.kind == "f":
            result.node = make_node(p, raw, tensors, active, result.array, extra, result.version)
            if mode.anomaly:
                note_origin(result.node, out)
        return result

    return call


def make_node(
    p: Primitive,
    raw: Sequence[Any],
    tensors: Sequence[tuple[str, int | None, Variable]],
    active: Sequence[tuple[str, int | None, Variable, tape.AnyNode]],
    out: Any,
    residuals: Sequence[Any],
    version: list[int],
) -> Node:
    """Record one operation: its edges, and of its arrays what the formulas name."""
    facts = {"out": out, **dict(zip(p.residuals, residuals, strict=True)), **dict(zip(p.parameters, raw, strict=True))}
    edges = []
    shared: tuple[Any, ...] | None = None
    for name, element, t, parent in active:
        derivative = p.derivatives[name]
        assert derivative is not None
        if element is not None:
            derivative = Derivative(name, derivative.formula, derivative.names, element)
        if p.joint is None or shared is None:
            shared = tuple(
                facts[n] if n in facts else element if n == "i" else _fact(n, facts, element) for n in derivative.names
            )
        edges.append((parent, derivative, shared))
    node: Node = _new(Node)
    node.primitive = p
    node.seq = next(clock)
    node.extras = None
    node.edges = tuple(edges)
    node.broadcasts = True
    node.shape = None if out is None else out.shape
    versions = {(name, element): t.version for name, element, t in tensors}
    keys = [(a, j) for a in p.arrays for j in (range(len(facts[a])) if a in p.sequences else (None,))]
    node.versions = (version, *(versions.get(key, _CONSTANT) for key in keys))
    node.counts = tuple(v[0] for v in node.versions)
    return node


def _fact(name: str, facts: Mapping[str, Any], element: int | None) -> Any:
    """`x_shape` or `x_dtype` of an array argument (of the element, in a sequence)."""
    array_name, _, fact = name.rpartition("_")
    array = facts[array_name] if element is None else facts[array_name][element]
    return np.shape(array) if fact == "shape" else np.asarray(array).dtype


def output(x: Array, i: int) -> Array:
    """One of an operation's several results."""
    return x[i]


_SELECT = Derivative("x", lambda g, i: Cotangents({i: g}), ("i",))
_OUTPUT = Primitive(output, {"x": _SELECT.formula})


def attach_outputs(node: Node, results: Sequence[Variable], differentiable: Sequence[bool]) -> None:
    """Make the results of one operation with several point to its node, each through a node of its own."""
    node.shape = None
    tape.extras_of(node).outputs = tuple((r.array.shape, r.array.dtype) for r in results)
    for i, r in enumerate(results):
        if differentiable[i]:
            r.node = output_node(node, i, r.array.shape)


def output_node(source: Node, i: int, shape: tuple[int, ...]) -> Node:
    """The node of one of an operation's several results."""
    node: Node = _new(Node)
    node.primitive = _OUTPUT
    node.seq = next(clock)
    node.extras = None
    node.shape = shape
    node.broadcasts = False
    node.edges = ((source, _SELECT, (i,)),)
    node.versions = node.counts = ()
    return node


def _mark_view(result: Variable, source: Variable) -> None:
    """Note that `result` is a view of `source`, if they share memory: in-place writes then reach both."""
    if np.may_share_memory(result.array, source.array):
        result.version = source.version
        result.base = (source if source.base is None else source.base[0], source.version[0])
