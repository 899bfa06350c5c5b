"""The backward sweep: the chain rule over the tape.

Nodes are visited in falling order of creation; where several wait, a heap keeps the order. So when a node is taken,
everything computed from it has already been visited, and its gradient is complete. Each gradient is passed through the
node's formulas, summed where paths meet, and dropped; what the node saved is dropped with it unless the graph is
retained. How the nodes hang together stays, for a program to look at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from autograd.constants import ones
from autograd.errors import (
    AnomalyError,
    ArgumentError,
    GradientError,
    GraphFreedError,
    InPlaceError,
    ShapeError,
)
from autograd.hidden import Hidden, holds_hidden
from autograd.modes import NO_GRAD, QUIET, current_mode, reset_errors, reset_mode, set_errors, set_mode
from autograd.record import output_node
from autograd.saved import unpacked
from autograd.storage import last_write, version, version_at, written_since
from autograd.table import Derivative
from autograd.tape import (
    ACCUMULATING,
    AccumulateGrad,
    AnyNode,
    Cotangents,
    Extras,
    Node,
    Variable,
    extras_of,
    reachable,
    where,
    wrap,
)
from autograd.together import Part, Run

_ndarray = np.ndarray


def sweep(  # noqa: C901  # one flat loop: its branches are the rare cases
    roots: Sequence[tuple[AnyNode, Any]],
    retain_graph: bool,
    create_graph: bool,
    targets: Iterable[AnyNode] | None = None,
    accumulating: bool = False,
) -> dict[AnyNode, Any]:
    """Send the roots' gradients back through the graph by the chain rule.

    Returns the gradient of each leaf that was reached or, if targets are given, of each target that was; `accumulating`
    says that they will be added to what leaves hold, so that the leaves' own pre-hooks have their say. Gradients
    are raw arrays; with create_graph they are tensors, and the sweep is itself recorded. Nothing is written to any
    leaf here, so an error on the way leaves every `.grad` as it was; those that `retain_grad` asked for are written
    last.
    """
    store: dict[Any, Any] = {}  # node -> the sum of its contributions so far
    ours: set[AnyNode] = set()  # the nodes whose sum is an array made here, safe to add to in place
    newest: Any = None  # the node to be visited next
    heap: list[tuple[int, Any]] = []  # the others that wait; along a chain there are none
    finished: dict[AnyNode, Any] = {}
    retained: list[tuple[AccumulateGrad, Any]] = []
    wanted = None if targets is None else set(targets)
    needed: set[AnyNode] | None = None
    passed: set[AnyNode] = set()
    if wanted is not None:
        needed, passed = _nodes_towards(wanted, [node for node, _ in roots])
    run: Run = (store, needed, {})
    outer = current_mode()
    check_nan = outer.anomaly and outer.check_nan
    usual = not (create_graph or outer.watched or outer.inference)
    mode = set_mode(NO_GRAD if usual else outer.but(grad=create_graph))
    errors = set_errors(QUIET)
    try:
        for node, gradient in roots:
            if node in store:
                store[node] = store[node] + gradient
            else:
                store[node] = gradient
                if node.parents:
                    heappush(heap, (-node.seq, node))
        if heap:
            newest = heappop(heap)[1]
        while newest is not None:
            node = newest
            newest = heappop(heap)[1] if heap else None
            gradient = store.pop(node)
            extras, derivatives, values = node.extras, node.derivatives, node.values
            if extras is not None:
                gradient = _tensor_hooks(extras, gradient, retained, run)
            if wanted is not None:
                if node in wanted:
                    finished[node] = gradient
                if node not in passed:
                    continue
            if extras is not None:
                gradient = _pre_hooks(extras, gradient)
                if extras.packed:
                    values = unpacked(node)
            if values is None:
                raise _freed_error(node)
            if node.seq < last_write.time:
                _check_versions(node)
            p = node.primitive
            upstream, broadcasts = gradient, node.broadcasts
            if p.joint is not None:
                gradient = _joint_gradients(node, values, gradient, needed, create_graph)
                values = ((),) * len(values)  # they have been used: what is left is to hand out the gradients
            elif create_graph:
                values = revive(node, values)
                if p.flat:
                    derivatives = _flat_derivatives(node)
            if extras is not None and extras.node_hooks:
                derivatives, values = _hooked(node, derivatives, values, gradient, upstream)
            i = -1  # counted by hand: hot, and `zip` takes twice as long
            for parent in node.parents:
                i += 1
                derivative, saved = derivatives[i], values[i]
                if needed is not None and parent not in needed:
                    continue
                formula = derivative.formula
                if derivative.count == 1:
                    d = formula(gradient, saved)
                elif saved is None:
                    d = formula(gradient)
                else:
                    d = formula(gradient, *saved)
                if d is None:
                    continue
                if broadcasts and d.shape != parent.shape:
                    d = unbroadcast(d, parent.shape)
                if check_nan:
                    _check_for_nan(node, derivative, d)
                if parent not in store:
                    store[parent] = d
                    if not parent.parents:
                        continue
                    if newest is None:
                        newest = parent
                    elif parent.seq > newest.seq:
                        heappush(heap, (-newest.seq, newest))
                        newest = parent
                    else:
                        heappush(heap, (-parent.seq, parent))
                elif parent in ours:
                    total = store[parent]
                    total += d
                else:
                    store[parent] = total = store[parent] + d
                    if type(total) is _ndarray:
                        ours.add(parent)
            if p.keeps and not retain_graph:
                node.values = None
        # what is left has no parents: leaves
        special = []
        for node in store:
            if node.extras is not None and (wanted is None or node in wanted):
                special.append(node)  # noqa: PERF401  # hot: a comprehension is a call
        for node in special:
            gradient = store.pop(node)
            extras = node.extras
            gradient = _tensor_hooks(extras, gradient, retained, run)
            if accumulating:
                gradient = _pre_hooks(extras, gradient)
            finished[node] = gradient
        finished = {**finished, **store} if finished else store
        if retained:
            with ACCUMULATING:
                for leaf, gradient in retained:
                    leaf.accumulate(gradient)
    finally:
        reset_errors(errors)
        reset_mode(mode)
    return finished


def unbroadcast(d: Any, shape: tuple[int, ...] | None) -> Any:
    """Undo broadcasting: sum `d` over the dimensions along which an input of `shape` was repeated."""
    if shape is None:
        return d  # the gradients of several results
    lead = d.ndim - len(shape)
    if lead == 1 and d.ndim == 2 and d.shape[1:] == shape and type(d) is _ndarray and d.dtype.char in "fd":
        return ones(len(d), d.dtype).dot(d)  # BLAS sums columns faster than np.sum does
    if lead < 0 or 0 < math.prod(d.shape) < math.prod(shape):
        return np.broadcast_to(d, shape)  # a formula may leave repeating to NumPy
    axes = tuple(range(lead)) + tuple(lead + i for i, n in enumerate(shape) if n != d.shape[lead + i])
    return d.sum(axis=axes, keepdims=True).reshape(shape)


def revive(node: Node, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """A node's values with the saved arrays as tensors in their place in the graph, so that formulas are recorded."""
    pairs = zip(node.derivatives, node.parents, strict=True)
    parents = {(d.parameter, d.element): parent for d, parent in pairs}

    def tensor(key: tuple[str, int | None], value: Any) -> Any:
        parent = node if key[0] == "out" else parents.get(key)
        return value if parent is None else wrap(value, parent)

    def revived(name: str, value: Any) -> Any:
        if name == "out" and node.primitive.several:
            return tuple(
                wrap(part, output_node(node, i, part.shape)) if part.dtype.kind == "f" else part
                for i, part in enumerate(value)
            )
        if name in node.primitive.sequences:
            return tuple(tensor((name, i), part) for i, part in enumerate(value))
        return tensor((name, None), value)

    return tuple(
        tuple(map(revived, d.names, value))
        if d.count > 1
        else revived(d.names[0], value)
        if d.count
        else None
        for d, value in zip(node.derivatives, values, strict=True)
    )


def _flat_derivatives(node: Node) -> tuple[Derivative, ...]:
    """Derivatives that are functions of the node's arguments as well, in whose places stand zeros without memory."""
    from autograd.ops.identity import constant_in  # which is itself recorded by what stands on this module

    def joined(d: Derivative, parent: AnyNode) -> Derivative:
        def formula(g: Any, *values: Any) -> Any:
            found = d.formula(g, *values)
            if found is None:
                return None
            zero = np.zeros((), _bare(found).dtype)
            return constant_in(found, wrap(np.broadcast_to(zero, parent.shape or ()), parent))

        return Derivative(d.parameter, formula, d.names, d.element)

    return tuple(map(joined, node.derivatives, node.parents))


def _nodes_towards(targets: set[AnyNode], roots: list[AnyNode]) -> tuple[set[AnyNode], set[AnyNode]]:
    """The nodes on some path from a root to a target, and of them those that the path passes through."""
    needed, passed = set(targets), set()
    for node in reversed(reachable(roots)):  # inputs come before what is computed from them
        if not needed.isdisjoint(node.parents):
            needed.add(node)
            passed.add(node)
    return needed, passed


def _tensor_hooks(extras: Extras, gradient: Any, retained: list[tuple[AccumulateGrad, Any]], run: Run) -> Any:
    """Pass the gradient through the tensor's hooks in the order they were registered; note it if it is to be kept."""
    if isinstance(gradient, Cotangents):
        gradient = gradient.complete(extras)
    for hook in tuple(extras.hooks.values()):  # a hook may remove itself
        if isinstance(hook, Part):
            hook.receive(as_tensor(gradient), run)
            continue
        answer = hook(as_tensor(gradient))
        if answer is not None:
            gradient = _like(answer, gradient)
    if extras.retained is not None and not isinstance(
        gradient, Hidden
    ):  # a batch of gradients has no place in .grad
        retained.append((extras.retained, gradient))
    return gradient


def _pre_hooks(extras: Extras, gradient: Any) -> Any:
    """Pass the gradient, or those of several results, through the node's pre-hooks."""
    for hook in tuple(extras.pre_hooks.values()):
        several = isinstance(gradient, tuple)
        given = gradient if several else (gradient,)
        answer = hook(tuple(map(as_tensor, given)))
        if answer is not None:
            answers = tuple(
                np.zeros(g.shape, np.dtype(getattr(g, "array", g).dtype))
                if a is None and g is not None
                else a
                for a, g in zip(_answers("prehook", answer, given), given, strict=True)
            )
            gradient = answers if several else answers[0]
    return gradient


def _answers(what: str, answer: Any, given: Sequence[Any]) -> tuple[Any, ...]:
    """What a node's hook returned in the place of the gradients it was given, checked."""
    if not isinstance(answer, (tuple, list)):
        raise ArgumentError(f"{what}: must return a tuple or None, got {type(answer).__name__}")
    answers = answer
    if len(answers) != len(given):
        raise ArgumentError(
            f"{what}: returned {len(answers)} gradients in the place of {len(given)}; return None to change nothing"
        )
    if any(g is None and a is not None for a, g in zip(answers, given, strict=True)):
        raise GradientError(f"{what}: returned a gradient where there is none; return None there")
    return tuple(None if a is None else _like(a, g) for a, g in zip(answers, given, strict=True))


def _hooked(
    node: Node, derivatives: tuple[Derivative, ...], values: tuple[Any, ...], gradient: Any, upstream: Any
) -> tuple[tuple[Derivative, ...], tuple[Any, ...]]:
    """The node's contributions, computed and shown to its hooks, as derivatives that need no values.

    gradient:  what the formulas take: the upstream gradient, or a fused kernel's contributions
    """
    contributions: list[Any] = []
    for parent, d, value in zip(node.parents, derivatives, values, strict=True):
        c = d.formula(gradient, *(value if d.count > 1 else (value,) * d.count))
        contributions.append(c if c is None or c.shape == parent.shape else unbroadcast(c, parent.shape))
    outputs = upstream if isinstance(upstream, tuple) else (upstream,)
    slots = node.slots()
    for hook in tuple(extras_of(node).node_hooks.values()):
        given = tuple(
            None if i is None or isinstance(c := contributions[i], Cotangents) else c for i in slots
        )
        answer = hook(tuple(map(as_tensor, given)), tuple(map(as_tensor, outputs)))
        if answer is not None:
            for i, new in zip(slots, _answers("hook", answer, given), strict=True):
                if i is not None and not isinstance(contributions[i], Cotangents):
                    contributions[i] = new
    return tuple(Derivative("", _constantly(c), ()) for c in contributions), (None,) * len(contributions)


def _constantly(d: Any) -> Callable[[Any], Any]:
    return lambda _: d


def as_tensor(gradient: Any) -> Any:
    """A gradient as a hook sees it."""
    return gradient if gradient is None or isinstance(gradient, (Variable, Hidden)) else wrap(gradient)


def _like(answer: Any, gradient: Any) -> Any:
    """A hook's answer, checked, in the form the sweep works with: raw unless it is recording."""
    if not isinstance(answer, (Variable, np.ndarray)):
        raise ArgumentError(f"hook: must return a tensor or None, got {type(answer).__name__}")
    array = answer.array if isinstance(answer, Variable) else answer
    shape, dtype = gradient.shape, np.dtype(getattr(gradient, "array", gradient).dtype)
    if array.shape != shape or array.dtype != dtype:
        raise ShapeError(
            f"hook: returned a gradient of {array.dtype} and shape {array.shape} for one of {dtype} and shape {shape}; "
            "they must be equal"
        )
    if isinstance(gradient, Variable):
        return answer if isinstance(answer, Variable) else wrap(answer)
    return array


def _made_by(node: Node) -> str:
    """Where in the user's code the node was recorded, if anomaly mode was on."""
    if node.extras is not None and node.extras.origin:
        return f"\nIt was recorded here:\n{where(node.extras.origin)}"
    return "\nRun it under autograd.detect_anomaly() to see the line of your code that recorded it."


def _freed_error(node: Node) -> GraphFreedError:
    origin = node.extras.origin if node.extras is not None else ()
    line = f"\nIt was recorded here:\n{where(origin)}" if origin else ""
    return GraphFreedError(
        f"backward: the arrays that '{node.primitive.name}' saved were freed by an earlier backward through this "
        "graph. Pass retain_graph=True to the earlier backward, or run the forward pass again. A loss that is kept or "
        f"added up over several steps holds on to the old graph: add loss.item() or loss.detach() instead.{line}"
    )


def _check_versions(node: Node) -> None:
    """Raise InPlaceError if an array the node saved was written to since."""
    changed = [
        (key, a) for key, a in node.saved() if isinstance(a, np.ndarray) and written_since(a, node.seq)
    ]
    if not changed:
        return
    (name, element), array = changed[0]
    which = (
        "its result" if name == "out" else f"its input '{name}'" + ("" if element is None else f"[{element}]")
    )
    raise InPlaceError(
        f"backward: '{node.primitive.name}' saved {which}, a {array.dtype} tensor of shape {array.shape}, for its "
        f"gradient, but it was changed in place afterwards: it is at version {version(array)}, saved at version "
        f"{version_at(array, node.seq)}. "
        f"Use an out-of-place operation there, or clone() the tensor before writing to it.{_made_by(node)}"
    )


def _check_for_nan(node: Node, derivative: Derivative, d: Any) -> None:
    """In anomaly mode: raise at the first NaN in a contribution."""
    array = _bare(d)
    if isinstance(array, Cotangents) or array.dtype.kind != "f" or not np.isnan(array).any():
        return
    inputs = ", ".join(f"{key[0]} {np.shape(a)}" for key, a in node.saved())
    raise AnomalyError(
        f"backward: the gradient of '{node.primitive.name}' for its input '{derivative.parameter}' of shape "
        f"{array.shape} is NaN in {int(np.isnan(array).sum())} of {array.size} elements"
        + (f" (it had saved {inputs})" if inputs else "")
        + f".{_made_by(node)}"
    )


def _bare(d: Any) -> Any:
    """The array of a gradient, of all examples."""
    while isinstance(d, Hidden):
        d = d.value
    return d.array if isinstance(d, Variable) else d


def _joint_gradients(
    node: Node,
    node_values: tuple[Any, ...],
    gradient: Any,
    needed: set[AnyNode] | None,
    create_graph: bool,
) -> Sequence[Any]:
    """A fused kernel's gradients, all at once, in the order of its differentiable arguments."""
    p = node.primitive
    joint: Any = p.joint
    recording = p.reference is not None and (
        create_graph or (type(gradient) is not _ndarray and holds_hidden((gradient,)))
    )
    if p.leading and not recording:
        return joint(gradient, *node_values[0][: p.leading])  # type: ignore[no-any-return]  # any kernel
    names = node.derivatives[0].names
    saved = _several(node_values[0], names)
    wanted = {
        d.parameter
        for d, parent in zip(node.derivatives, node.parents, strict=True)
        if needed is None or parent in needed
    }
    if not recording or p.reference is None:
        needs = tuple(a in wanted for a in p.differentiable)
        values = dict(zip(names, saved, strict=True), needs=needs, node=node)
        return joint(gradient, *(values[n] for n in p.joint_names))  # type: ignore[no-any-return]  # any kernel
    values = dict(zip(names, _several(revive(node, node_values)[0], names), strict=True))
    for name, (restored, parts) in p.recover.items():
        parents = [
            parent for d, parent in zip(node.derivatives, node.parents, strict=True) if d.parameter == name
        ]
        values[name] = wrap(restored(*(values[part] for part in parts)), *parents)
    # aliases keep the inputs apart: one may have been computed from another
    mode = set_mode(current_mode().but(grad=True))
    try:
        inputs = {a: values[a].alias() for a in wanted}
        outs = p.reference(*({**values, **inputs}[name] for name in p.parameters))
    finally:
        reset_mode(mode)
    results, gradients = (outs, gradient) if p.several else ((outs,), (gradient,))
    roots = [
        (r.node, g) for r, g in zip(results, gradients, strict=True) if r.node is not None and g is not None
    ]
    found = sweep(
        roots, retain_graph=True, create_graph=create_graph, targets=[t.node for t in inputs.values()]
    )
    return [found.get(inputs[a].node) if a in inputs else None for a in p.differentiable]


def _several(value: Any, names: Sequence[str]) -> tuple[Any, ...]:
    """A node's values for one derivative, as a tuple."""
    return value if len(names) > 1 else (value,) * len(names)
