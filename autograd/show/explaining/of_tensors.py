"""The chain rule along a graph of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from autograd.backward import grad
from autograd.errors import ArgumentError, GradientError, GraphFreedError
from autograd.modes import NO_GRAD, reset_mode, set_mode
from autograd.recording import Contributions, Key, Passing, Record, Running, Upstream, local_derivatives
from autograd.show.explaining.links import (
    Check,
    Link,
    Links,
    is_few,
    numbers_of,
    with_names,
    with_numbers,
    written,
)
from autograd.show.formulas.expressions import Number
from autograd.show.formulas.formula import formula
from autograd.show.graph import FEW, Numbers
from autograd.show.labels import Labels
from autograd.show.replay import Replay
from autograd.show.tensors import Constant, Source, Tape
from autograd.table import in_table
from autograd.tape import AccumulateGrad, AnyNode, Node, extras_of, source

_OURS = -2
"""The number of the hooks that an explanation hangs on nodes for one sweep."""

EACH = 64
"""Up to so many elements are checked one by one; more along one direction."""

HOW = (
    "explain before backward(), call backward(retain_graph=True), or compute and call backward() inside "
    "'with autograd.show.record():'"
)


def tensor_links(
    root: Any, wrt: Any, names: Mapping[str, Any] | None, again: Callable[[], Any] | None
) -> Links:
    """The edges from `root` to `wrt`, with what a sweep sends along them."""
    start, end = root.current_node(), wrt.current_node()
    if root.array.size != 1:
        raise ArgumentError(
            f"explain: needs a result of one number, got shape {root.array.shape}; take one element, or sum()"
        )
    if start is None or end is None:
        which = "the result" if start is None else "wrt"
        whole = not (root if start is None else wrt).is_floating_point()
        fix = "whole numbers have no derivative" if whole else "use requires_grad=True"
        raise ArgumentError(f"explain: {which} is a constant; {fix}")
    order = reachable(start)
    towards = _towards(order, end)
    if start not in towards:
        raise ArgumentError("explain: the result does not depend on wrt")
    freed = [n for n in towards if isinstance(n, Node) and n.freed and n is not end]
    if any(_record(n) is None for n in freed):
        raise GraphFreedError(f"explain: backward() has freed the graph; {HOW}")
    if not freed:
        records, (gradient,) = swept(root, [wrt], order, lambda a: a.copy() if is_few(a) else Numbers.of(a))
    else:
        records, gradient = _as_recorded(start, end, order, towards)
    writer = _Writer(root, Labels({**(names or {}), "wrt": wrt}), order, records)
    links: list[Link] = []
    keys: list[tuple[AnyNode, AnyNode]] = []
    for n in order:
        if isinstance(n, Node) and n in towards and n is not end:
            for key, parent in _inputs(n).items():
                if parent in towards:
                    links.append(writer.link(n, key, parent))
                    keys.append((n, parent))
    check, unchecked = _check(root, wrt, order, gradient, again)
    shown = numbers_of(gradient)
    total = float(np.sum(shown.elements or 0) if isinstance(gradient, Numbers) else gradient.sum())
    called = writer.called
    return Links(
        called[start], called[end], tuple(links), shown, check, total, unchecked, tuple(keys), (start, end)
    )


# ------------------------------------------------------------------------------------------------- the walk


def _record(n: AnyNode) -> Record | None:
    return n.extras.record if isinstance(n, Node) and n.extras is not None else None


def _inputs(n: AnyNode) -> dict[Key, AnyNode]:
    """Argument -> the node it comes from."""
    if not isinstance(n, Node):
        return {}
    return {(d.parameter, d.element): p for d, p in zip(n.derivatives, n.parents, strict=True)}


def reachable(start: AnyNode) -> list[AnyNode]:
    """Every node that leads to one, newest first."""
    seen = {start}
    stack = [start]
    while stack:
        for parent in _inputs(stack.pop()).values():
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=lambda n: n.seq, reverse=True)


def _towards(order: Sequence[AnyNode], end: AnyNode) -> set[AnyNode]:
    towards = {end}
    for n in reversed(order):
        if any(p in towards for p in _inputs(n).values()):
            towards.add(n)
    return towards


# ------------------------------------------------------------------------------------------------ the numbers


def swept(
    root: Any, wrt: Sequence[Any], order: Sequence[AnyNode], summary: Callable[[Any], Any]
) -> tuple[dict[AnyNode, Record], list[Any]]:
    """What one sweep brings to each node, of which `summary` is kept, and the gradients; nothing else is changed."""
    records: dict[AnyNode, Record] = {n: _hung(n, summary) for n in order if isinstance(n, Node)}
    try:
        gradients = grad(root, wrt, retain_graph=True)
    finally:
        for node in records:
            extras = extras_of(node)
            extras.pre_hooks.pop(_OURS, None)
            extras.node_hooks.pop(_OURS, None)
    return records, [g.array for g in gradients]


def _hung(n: Node, summary: Callable[[Any], Any]) -> Record:
    """A record of the node's next sweep."""
    record = Record((), Running(), {})
    record.parents = _inputs(n)
    record.locals = local_derivatives(n)
    passing = Passing(summary)
    extras = extras_of(n)
    extras.pre_hooks[_OURS] = Upstream(passing, record)
    extras.node_hooks[_OURS] = Contributions(passing, record, n.slots(), [*record.parents])
    return record


def _as_recorded(
    start: AnyNode, end: AnyNode, order: Sequence[AnyNode], towards: set[AnyNode]
) -> tuple[dict[AnyNode, Record], Any]:
    """What the sweep that freed the graph brought, as it was recorded, and the gradient."""
    records = {n: record for n in order if (record := _record(n)) is not None}
    records |= {n: _selected(n, records) for n in order if isinstance(n, Node) and n.primitive.selects}
    first = records.get(start)
    upstream = first.upstream if first is not None else None
    if not isinstance(upstream, Numbers) or upstream.elements != (1.0,):
        raise GraphFreedError(
            "explain: backward() has freed the graph, and what was recorded is not a backward() from this result with "
            f"an upstream gradient of 1; {HOW}"
        )
    if end in records:
        return records, records[end].upstream
    parts = [
        records[n].contributions[key]
        for n in order
        if n in records and n in towards
        for key, parent in _inputs(n).items()
        if parent is end and records[n].contributions.get(key) is not None
    ]
    if len(parts) == 1:
        return records, parts[0]
    if all(part.elements is not None for part in parts):
        return records, sum(np.array(part.elements).reshape(part.shape) for part in parts)
    if isinstance(end, AccumulateGrad) and end.grad is not None:
        return records, end.grad.array
    raise GraphFreedError(f"explain: the gradient of wrt was not kept; {HOW}")


def _selected(n: Node, records: Mapping[AnyNode, Record]) -> Record:
    """The record of one of an operation's several results, of which the operation has one."""
    ((key, parent),) = _inputs(n).items()
    record = Record((), Running(), {})
    brought = records[parent].upstream
    record.upstream = brought[source(n)[1]] if isinstance(brought, tuple) else None
    record.contributions[key] = record.upstream
    return record


# ------------------------------------------------------------------------------------------------ how it is said


class _Writer:
    """What the nodes are called, and how each edge is said."""

    def __init__(
        self, root: Any, labels: Labels, order: Sequence[AnyNode], records: Mapping[AnyNode, Record]
    ) -> None:
        self.labels, self.records = labels, records
        self.called = {n: labels.of(n).name or f"v{i}" for i, n in enumerate(reversed(order))}
        self.tape = Tape([root], labels, True)
        self.inputs = {n: self.tape.inputs_of(n) for n in order}  # which also learns what results are

    def link(self, n: Node, key: Key, parent: AnyNode) -> Link:
        """The edge to one input."""
        p = n.primitive
        record = self.records[n]
        known = in_table(p) and p.derivatives.get(key[0]) is not None
        whole = formula(p, key[0]) if known else None
        slope = formula(p, key[0], Number(1)) if known else None
        local = record.locals.get(key)
        upstream = record.upstream
        contribution = upstream if p.selects else record.contributions.get(key)
        factors, note = _looked_at(n, key, parent, upstream) if local is None else (None, "")
        if p.name in ("matmul", "linear"):
            factors = None  # also where the shapes make them products of single elements
        product = local is not None or factors is not None
        names = {k[0]: name for k, name in self._named_inputs(n)} | {"out": self.called[n]}
        said = slope if product else whole
        named = with_names(said, names) if said is not None else ("", "")
        return Link(
            self.called[n],
            self.called[parent],
            self.heading(n),
            slope.text if slope is not None and product else whole.text if whole is not None else "",
            with_names(whole, names)[1] if whole is not None else "",
            with_numbers(slope, self._numbers(n)) if slope is not None and local is not None else "",
            numbers_of(upstream),
            local,
            numbers_of(contribution),
            *named,
            factors,
            note,
        )

    def heading(self, n: Node) -> str:
        """A node as it was computed."""
        if n.primitive.selects:
            (parent,) = _inputs(n).values()
            upstream = numbers_of(self.records[n].upstream)
            return f"{self.called[n]} = result {source(n)[1]} of {self.called[parent]}, upstream {upstream}"
        op = n.primitive.name
        inputs = [name for _, name in self._named_inputs(n)]
        said = f"{self.called[n]} = {written(op, inputs)}"
        value = self._value(n)
        said += f" = {value}" if value is not None else ""
        return f"{said}, upstream {numbers_of(self.records[n].upstream)}"

    def _named_inputs(self, n: Node) -> list[tuple[Key, str]]:
        return [(key, self._name_of(source)) for source, key in self.inputs[n]]

    def _name_of(self, source: Source) -> str:
        if isinstance(source, (Node, AccumulateGrad)):
            return self.called[source]
        a = source.array if isinstance(source, Constant) else None
        if a is None:
            return "…"
        name = self.labels.of_array(a).name if isinstance(a, np.ndarray) else ""
        if name:
            return name
        shown = numbers_of(a)
        few = shown.elements is not None and len(shown.elements) <= FEW
        return str(shown) if few else f"({' × '.join(map(str, shown.shape))} numbers)"

    def _value(self, n: AnyNode) -> Numbers | None:
        record = _record(n)
        if record is not None and isinstance(record.result, Numbers):
            return record.result
        array = self.tape.known.get(n, self.labels.of(n).array)
        return Numbers.of(array) if array is not None else self.tape.summaries.get(n)

    def _numbers(self, n: Node) -> dict[str, float]:
        """What the names in a formula stand for, where that is one number."""
        found: dict[str, float] = {}
        named = {name: v for _, d, values in n.edges for name, v in zip(d.names, values, strict=True)}
        for name, value in named.items():
            if isinstance(value, (int, float)) or (isinstance(value, np.ndarray) and value.shape == ()):
                found[name] = float(value)
        record = _record(n)
        if record is not None:
            kept = {key[0]: value for key, value in record.inputs.items()} | {"out": record.result}
            for name, value in kept.items():
                if isinstance(value, Numbers) and value.shape == () and value.elements is not None:
                    found.setdefault(name, value.elements[0])
        return found


def _looked_at(n: Node, key: Key, parent: AnyNode, upstream: Any) -> tuple[Numbers | None, str]:
    """What comes out when the formula is tried.

    The local derivative of a few elements, where the upstream gradient is multiplied by it element by element; and
    what is to be said where the input was repeated to fit the others.
    """
    if n.shape is None or n.primitive.joint is not None or (n.extras is not None and n.extras.packed):
        return None, ""
    found, note = None, ""
    mode = set_mode(NO_GRAD)
    try:
        with np.errstate(all="ignore"):
            for _, d, saved in n.edges:
                if (d.parameter, d.element) != key:
                    continue
                kept = (upstream, *saved)
                dtype = next(
                    (a.dtype for a in kept if isinstance(a, np.ndarray) and a.dtype.kind == "f"), np.float64
                )
                probe = np.linspace(1, 2, int(np.prod(n.shape)), dtype=dtype).reshape(n.shape)
                with suppress(GradientError):  # a derivative that there is not
                    tried = d.formula(probe, *saved)
                    if n.broadcasts and parent.shape is not None and np.size(tried) > np.prod(parent.shape):
                        note = f"{parent.shape} was repeated to {n.shape} here: what comes to each copy is added up"
                    if isinstance(upstream, np.ndarray):
                        local = d.formula(np.ones_like(upstream), *saved)
                        if _is_times(tried, probe, local):
                            found = Numbers.of(local)
    finally:
        reset_mode(mode)
    return found, note


def _is_times(result: Any, g: Any, local: Any) -> bool:
    """Whether a result is the product of two arrays, element by element."""
    if not isinstance(local, np.ndarray) or not np.shape(result) == np.shape(g) == local.shape:
        return False
    return np.allclose(g * local, result, equal_nan=True)


# ------------------------------------------------------------------------------------------------ the check


def _check(
    root: Any, wrt: Any, order: Sequence[AnyNode], gradient: Any, again: Callable[[], Any] | None
) -> tuple[Check | None, str]:
    """The derivative by finite differences, or why there is none."""
    if isinstance(gradient, Numbers):
        if gradient.elements is None:
            return None, "of the gradient only the range was recorded"
        gradient = np.array(gradient.elements).reshape(gradient.shape)
    end = wrt.current_node()
    try:
        replay = Replay(root, order, {})
        at = np.asarray(replay.leaves.get(end, wrt.array), np.float64)
        return _compared(at, gradient, lambda x: replay.result({end: x}), 1e-5), ""
    except ArgumentError as error:
        if again is None:
            return None, str(error)
    before = wrt.array.copy()

    def result(x: Any) -> float:
        np.copyto(wrt.array, x.astype(before.dtype))
        value = again()
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"explain: again must return one number, got {type(value).__name__}"
            ) from None

    try:
        h = 1e-5 if before.dtype == np.float64 else 1e-2
        return _compared(before.astype(np.float64), gradient, result, h), ""
    finally:
        wrt.array[...] = before


def _compared(x: Any, gradient: Any, result: Callable[[Any], Any], h: float) -> Check:
    """Central differences, each element on its own or all in one direction."""
    along = x.size > EACH
    directions = []
    if along:
        directions.append(np.random.default_rng(0).choice([-1.0, 1.0], x.shape))
    else:
        for i in range(x.size):
            one = np.zeros(x.size)
            one[i] = 1.0
            directions.append(one.reshape(x.shape))
    found, wanted = [], []
    for direction in directions:
        step = h * max(1.0, float(np.abs(x * direction).max(initial=0.0)))
        ends = [float(result(x + sign * step * direction)) for sign in (1, -1)]
        found.append((ends[0] - ends[1]) / (2 * step))
        wanted.append(float((gradient * direction).sum()))
    shape = () if along else x.shape
    a, b = (Numbers.of(np.array(v).reshape(shape), EACH) for v in (found, wanted))
    return Check(a, b, along)
