"""Lifting: from a primitive to the function that users call.

A lifted function takes the arrays out of its tensors, runs the body, and records one node if a gradient may be
asked for. Functions of one, two and three arrays are written out, because their overhead is what small tensors cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy import asarray

from autograd import dtypes, tape
from autograd.arguments import (
    array_arguments,
    as_formulas_call,
    constant,
    constant_or_refusal,
    explained,
    needs_cast,
    on_raw,
    plain,
    promoted,
    promoted_arguments,
)
from autograd.dtypes import FLOAT32
from autograd.hidden import Hidden, holds_hidden, on_hidden
from autograd.layout import copied, in_c_order
from autograd.modes import QUIET, current_mode, reset_errors, set_errors
from autograd.record import Plans, all_facts, attach_outputs, make_node, mark_view
from autograd.storage import clock
from autograd.table import Primitive, presented_as
from autograd.tape import Node, Variable
from autograd.watch import watch

_NOTHING = (None, None)
_NUMBERS = (float, int)  # what passes to NumPy as it is beside a floating-point array
_OPTIONS = frozenset({int, float, bool, str, tuple, type(None)})  # what an option is nearly always
_new: Any = object.__new__

P = ParamSpec("P")
R = TypeVar("R")


def lifted(p: Primitive) -> Callable[..., Any]:
    """The function that users call."""
    if p.sequences or p.several:
        return _lift_general(p)
    usual = not (p.joint or p.residuals)
    if usual and p.arrays == p.parameters[:1]:
        return _lift_unary(p)
    if (
        usual
        and p.arrays == p.parameters
        and p.arrays[1:] == ("y",)  # a second array with a name of its own can be given by it
        and not (p.view or p.saves_facts or p.defaults or p.c_order)
    ):
        return _lift_binary(p)
    if (
        usual
        and p.arrays == p.parameters
        and len(p.arrays) == 3
        and all(d is not None and d.count < 2 for d in p.derivatives.values())
        and not (p.view or p.saves_facts)
    ):
        return _lift_ternary(p)
    return _lift_several(p)


def _lift_unary(p: Primitive) -> Callable[..., Any]:  # noqa: C901  # written out for speed
    """One array argument first, then any options."""
    forward, view, quiet, c_order = p.forward, p.view, p.quiet, p.c_order
    name, *options = p.parameters
    derivative = p.derivatives[name]
    facts = p.saves_facts
    take = p.takers[name]
    derivatives = (derivative,)
    n_options, tail = len(options), p.tail
    to_float, to_default = p.cast == "float", dtypes.default_dtype
    ndarray, number = np.ndarray, np.generic

    def call(input: Any, *given: Any, **named: Any) -> Any:  # noqa: C901
        if named:
            input, *given = p.bind((input, *given), named)  # type: ignore[assignment]
        elif len(given) != n_options:
            given += tail[len(given) - n_options :]
            if len(given) != n_options:
                p.bind((input, *given), named)  # says what is wrong
        for option in given:
            if isinstance(option, number):
                given = plain(given)
                break
        if not isinstance(input, Variable):
            if isinstance(input, Hidden):
                return on_hidden(p, (input, *given))
            return on_raw(p, (input,), given)
        x = input.array
        errors = set_errors(QUIET) if quiet else None
        try:
            out = forward(x, *given) if n_options else forward(x)
        except Exception as error:
            if holds_hidden(given):  # an index, at which NumPy stopped
                return on_hidden(p, (input, *given))
            raise explained(p, (x,), error, given) from error
        finally:
            if errors is not None:
                reset_errors(errors)
        if type(out) is not ndarray:
            out = asarray(out)
        elif c_order and not out.flags.c_contiguous:
            out = copied(out)
        if to_float and out.dtype is not x.dtype and x.dtype.kind != "f":
            return call(input.astype(to_default()), *given)
        result = _new(tape.tensor_class)
        result.array = out
        result.base = result.leaf = result.node = None
        if view:
            mark_view(result, input)
        parent = input.node if input.base is None else input.current_node()
        if parent is None or derivative is None:
            return result
        mode = current_mode()
        if mode.grad and (out.dtype is FLOAT32 or out.dtype.kind == "f"):
            result.node = node = _new(Node)
            node.primitive = p
            node.seq = next(clock)
            node.extras = None
            node.shape = shape = out.shape
            node.broadcasts = shape != parent.shape
            node.parents = (parent,)
            node.derivatives = derivatives
            values = (out, x, *given) if n_options else (out, x)
            node.values = (take((*values, x.shape, x.dtype) if facts else values),)
            if mode.watched:
                watch(node, mode, (out,), (x, *given))
        return result

    return call


def operator(function: Callable[P, R], reflected: str) -> Callable[P, R]:
    """A function of two arrays as an operator of a class, which leaves some objects to theirs.

    Args:
        function: a lifted function of two arrays.
        reflected: the method that Python asks the other object's class for, such as `__radd__`.
    """
    p: Primitive = function.primitive  # type: ignore[attr-defined]  # every lifted function has it
    return presented_as(function, _lift_binary(p, constant_or_refusal(reflected)))


def _lift_binary(  # noqa: C901  # written out for speed
    p: Primitive, taken: Callable[[Primitive, Any], Any] = constant
) -> Callable[..., Any]:
    """Two arrays; `taken` is what becomes of an argument that is neither a tensor nor a number."""
    forward, quiet = p.forward, p.quiet
    to_float = p.cast == "float"
    dx, dy = (p.derivatives[a] for a in p.arrays)
    take_x, take_y = (p.takers[a] for a in p.arrays)
    saves = any(d is not None and d.count for d in (dx, dy))
    only_x, only_y, both = (dx,), (dy,), (dx, dy)
    ndarray = np.ndarray

    def call(input: Any, other: Any) -> Any:  # noqa: C901
        if isinstance(input, Variable):
            x = input.array
            x_node = input.node if input.base is None else input.current_node()
            if isinstance(other, Variable):
                y = other.array
                y_node = other.node if other.base is None else other.current_node()
                if (x.dtype is not y.dtype or (to_float and x.dtype.kind != "f")) and needs_cast(p, (x, y)):
                    return call(*promoted(p, (input, other)))
            else:
                y = other
                y_node = None
                if type(y) not in _NUMBERS or x.dtype.kind != "f":
                    if isinstance(y, Hidden):
                        return on_hidden(p, (input, other))
                    y = taken(p, y)
                    if y is NotImplemented:
                        return y
                    if needs_cast(p, (x, y)):
                        return call(*promoted(p, (input, y)))
        elif isinstance(other, Variable):
            x = input
            x_node = None
            y = other.array
            y_node = other.node if other.base is None else other.current_node()
            if type(x) not in _NUMBERS or y.dtype.kind != "f":
                if isinstance(x, Hidden):
                    return on_hidden(p, (input, other))
                x = taken(p, x)
                if x is NotImplemented:
                    return x
                if needs_cast(p, (x, y)):
                    return call(*promoted(p, (x, other)))
        elif isinstance(input, Hidden) or isinstance(other, Hidden):
            return on_hidden(p, (input, other))
        else:
            return on_raw(p, (input, other))
        errors = set_errors(QUIET) if quiet else None
        try:
            out = forward(x, y)
        except Exception as error:
            raise explained(p, (x, y), error) from error
        finally:
            if errors is not None:
                reset_errors(errors)
        if type(out) is not ndarray:
            out = asarray(out)
        result = _new(tape.tensor_class)
        result.array = out
        result.base = result.leaf = result.node = None
        if dx is None:
            x_node = None
        if dy is None:
            y_node = None
        if x_node is None and y_node is None:
            return result
        mode = current_mode()
        if not mode.grad or out.dtype.kind != "f":
            return result
        result.node = node = _new(Node)
        node.primitive = p
        node.seq = next(clock)
        node.extras = None
        node.shape = shape = out.shape
        values = (out, x, y)
        if y_node is None:
            node.parents = (x_node,)
            node.derivatives = only_x
            node.values = (take_x(values),)
            node.broadcasts = x_node.shape != shape  # type: ignore[union-attr]  # one of the two is not None
        elif x_node is None:
            node.parents = (y_node,)
            node.derivatives = only_y
            node.values = (take_y(values),)
            node.broadcasts = y_node.shape != shape
        else:
            node.parents = (x_node, y_node)
            node.derivatives = both
            node.values = (take_x(values), take_y(values)) if saves else _NOTHING
            node.broadcasts = x_node.shape != y_node.shape
        if mode.watched:
            watch(node, mode, (out,), (x, y))
        return result

    return call


def _lift_ternary(p: Primitive) -> Callable[..., Any]:  # written out for speed
    """Three arrays of one dtype, as in a linear layer, whose formulas name at most one value each.

    Anything unusual goes the longer way.
    """
    forward, quiet, broadcasts = p.forward, p.quiet, p.broadcasts
    derivatives: Any = p.derivatives  # none is None: see `lifted`
    dx, dy, dz = (derivatives[a] for a in p.arrays)
    # where the value that each names is among (result, x, y, z, None)
    i, j, k = (("out", *p.arrays).index(*d.names) if d.count else 4 for d in (dx, dy, dz))
    longer = _lift_several(p)
    all_three, last_two = (dx, dy, dz), (dy, dz)
    absent = object()
    ndarray = np.ndarray

    def call(
        x_tensor: Any = absent, y_tensor: Any = absent, z_tensor: Any = absent, /, *more: Any, **named: Any
    ) -> Any:
        if not (
            isinstance(x_tensor, Variable)
            and isinstance(y_tensor, Variable)
            and isinstance(z_tensor, Variable)
        ):
            given = [t for t in (x_tensor, y_tensor, z_tensor) if t is not absent]
            return longer(*given, *more, **named)
        x, y, z = x_tensor.array, y_tensor.array, z_tensor.array
        mode = current_mode()
        kind = x.dtype
        if (
            y.dtype is not kind
            or z.dtype is not kind
            or (kind is not FLOAT32 and kind.kind != "f")
            or mode.watched
            or more
            or named
        ):
            return longer(x_tensor, y_tensor, z_tensor, *more, **named)
        x_node = x_tensor.node if x_tensor.base is None else x_tensor.current_node()
        y_node = y_tensor.node if y_tensor.base is None else y_tensor.current_node()
        z_node = z_tensor.node if z_tensor.base is None else z_tensor.current_node()
        if mode.grad and (y_node is None or z_node is None):
            return longer(x_tensor, y_tensor, z_tensor)
        errors = set_errors(QUIET) if quiet else None
        try:
            out = forward(x, y, z)
        except Exception as error:
            raise explained(p, (x, y, z), error) from error
        finally:
            if errors is not None:
                reset_errors(errors)
        if type(out) is not ndarray:
            out = asarray(out)
        result = _new(tape.tensor_class)
        result.array = out
        result.base = result.leaf = result.node = None
        if mode.grad:
            result.node = node = _new(Node)
            node.primitive = p
            node.seq = next(clock)
            node.extras = None
            node.shape = out.shape
            node.broadcasts = broadcasts
            values = (out, x, y, z, None)
            if x_node is None:
                node.parents = (y_node, z_node)
                node.derivatives = last_two
                node.values = (values[j], values[k])
            else:
                node.parents = (x_node, y_node, z_node)
                node.derivatives = all_three
                node.values = (values[i], values[j], values[k])
        return result

    return call


def _lift_several(p: Primitive) -> Callable[..., Any]:  # noqa: C901  # written out for speed
    """Any number of single arrays, some of which may be left out (None), among any options."""
    forward, cast, view, quiet, c_order = p.forward, p.cast, p.view, p.quiet, p.c_order
    broadcasts = p.broadcasts
    joint, n_residuals, saves_facts = p.joint is not None, len(p.residuals), p.saves_facts
    to_float = cast == "float"
    n_parameters = len(p.parameters)
    # of each array its place, and its bit if it has a derivative; the places of the options
    places = [(p.positions[a], 1 << i if p.derivatives[a] is not None else 0) for i, a in enumerate(p.arrays)]
    options = [i for i, name in enumerate(p.parameters) if name not in p.arrays]
    first = p.positions[p.arrays[0]]
    plans = Plans(p)
    ndarray = np.ndarray

    def call(*given: Any, **named: Any) -> Any:  # noqa: C901
        if named or len(given) != n_parameters:
            given = tuple(p.bind(given, named))
        raw = list(given)
        parents = []
        mask, kind = 0, None
        mixed = to_float
        for i, bit in places:
            value = given[i]
            if isinstance(value, Variable):
                raw[i] = array = value.array
                dtype = array.dtype
                if dtype is not kind:
                    mixed = mixed or kind is not None
                    kind = dtype
                if bit:
                    parent = value.node if value.base is None else value.current_node()
                    if parent is not None:
                        parents.append(parent)
                        mask |= bit
            elif value is not None:
                if isinstance(value, Hidden):
                    return on_hidden(p, given)
                mixed = True
                raw[i] = constant(p, value)
        for i in options:
            value = raw[i]
            if type(value) in _OPTIONS:
                continue
            if isinstance(value, np.generic):
                raw[i] = value.item()
            elif isinstance(value, Variable):
                raw[i] = value.array
                if kind is None:
                    mixed, kind = True, value.array.dtype
        if kind is None:
            as_formulas_call(p, given, raw)
        if mixed and cast is not None and needs_cast(p, arrays := array_arguments(p, raw)):
            return call(*promoted_arguments(p, given, arrays))
        errors = set_errors(QUIET) if quiet else None
        try:
            out = forward(*raw)
        except Exception as error:
            if holds_hidden(given):  # an index, at which NumPy stopped
                return on_hidden(p, given)
            raise explained(p, array_arguments(p, raw), error) from error
        finally:
            if errors is not None:
                reset_errors(errors)
        residuals: Sequence[Any] = ()
        if n_residuals:
            out, residuals = out[0], out[1:]
        if kind is None:
            return out
        if type(out) is not ndarray:
            out = asarray(out)
        elif c_order and not out.flags.c_contiguous:
            out = copied(out)
        result = _new(tape.tensor_class)
        result.array = out
        result.base = result.leaf = result.node = None
        if view and isinstance(given[first], Variable):
            mark_view(result, given[first])
        if mask:
            mode = current_mode()
            if mode.grad and (out.dtype is FLOAT32 or out.dtype.kind == "f"):
                result.node = node = _new(Node)
                node.primitive = p
                node.seq = next(clock)
                node.extras = None
                node.shape = out.shape
                node.broadcasts = broadcasts
                node.parents = tuple(parents)
                node.derivatives, takers = plans[mask]
                values = (out, *raw, *residuals)
                if saves_facts:
                    values += all_facts(p, raw)
                if joint:  # one set of values for all its edges
                    node.values = (takers[0](values),) * len(takers)
                else:
                    node.values = tuple([take(values) for take in takers])
                if mode.watched:
                    watch(node, mode, (out,), raw)
        return result

    return call


def _lift_general(p: Primitive) -> Callable[..., Any]:  # noqa: C901  # written out for speed
    """Sequences of arrays, and several results."""
    forward, several, n_residuals = p.forward, p.several, len(p.residuals)
    plan = tuple((p.positions[a], a, a in p.sequences, p.derivatives[a] is not None) for a in p.arrays)
    first = plan[0][0]

    def call(*args: Any, **named: Any) -> Any:  # noqa: C901
        given = p.bind(args, named)
        raw = list(plain(given))
        active: list[tuple[tape.AnyNode, str, int | None]] = []  # the inputs that need a gradient
        any_tensor = False
        for i, name, is_sequence, differentiable in plan:
            elements: list[Any] = []
            for j, value in enumerate(given[i] if is_sequence else (given[i],)):
                if isinstance(value, Variable):
                    any_tensor = True
                    elements.append(value.array)
                    parent = value.node if value.base is None else value.current_node()
                    if parent is not None and differentiable:
                        active.append((parent, name, j if is_sequence else None))
                elif isinstance(value, Hidden):
                    return on_hidden(p, given)
                else:
                    elements.append(None if value is None else constant(p, value))
            raw[i] = tuple(elements) if is_sequence else elements[0]
        if not any_tensor:
            as_formulas_call(p, given, raw)
        if p.cast is not None and needs_cast(p, arrays := array_arguments(p, raw)):
            return call(*promoted_arguments(p, given, arrays))
        errors = set_errors(QUIET)
        try:
            out = forward(*raw)
        except Exception as error:
            raise explained(p, array_arguments(p, raw), error) from error
        finally:
            reset_errors(errors)
        residuals: tuple[Any, ...] = ()
        if n_residuals:
            out, residuals = (out[:-n_residuals] if several else out[0]), out[-n_residuals:]
        if not any_tensor:
            return out
        if p.c_order:
            out = tuple(map(in_c_order, out)) if several else in_c_order(out)
        results = tuple(map(tape.wrap, out)) if several else (tape.wrap(out),)
        if p.view and isinstance(given[first], Variable):
            for result in results:
                mark_view(result, given[first])
        mode = current_mode()
        floats = [r.array.dtype.kind == "f" for r in results]
        if active and mode.grad and any(floats):
            computed = tuple([r.array for r in results])
            node = make_node(p, raw, active, computed if several else computed[0], residuals)
            if several:
                attach_outputs(node, results, floats)
                tape.extras_of(node).materialize = p.materialize
            else:
                results[0].node = node
            if mode.watched:
                watch(node, mode, computed, raw)
        return results if several else results[0]

    return call
