"""The chain rule along a graph of `Value`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.show.explaining.links import Check, Link, Links, with_names, with_numbers, written
from autograd.show.formulas.expressions import Number
from autograd.show.formulas.scalar_ops import argument, scalar_formula, table_op
from autograd.show.graph import Numbers, number
from autograd.show.labels import Labels
from autograd.show.record_values import recorded
from autograd.table import Primitive, registry
from autograd.value import Value


def value_links(root: Value, wrt: Value, names: Mapping[str, Any] | None) -> Links:
    """The edges from `root` to `wrt`, with the numbers along them."""
    order = in_order(root)
    towards = {wrt}
    for v in order:
        if any(p in towards for p in v.parents):
            towards.add(v)
    if root not in towards:
        raise ArgumentError("explain: the result does not depend on wrt")
    data = numbers_then(order)
    called = _called(order, wrt, Labels(names))
    gradients: dict[Value, float] = {root: 1.0}
    links: list[Link] = []
    keys: list[tuple[Value, Value]] = []
    for v in reversed(order):
        if v is wrt or v not in towards or v not in gradients:
            continue
        for i, (parent, local) in enumerate(v.edges):
            if parent not in towards:
                continue
            if local is None:
                raise ArgumentError(f"explain: {called[v]} was made by hand, without local derivatives")
            gradients[parent] = gradients.get(parent, 0.0) + gradients[v] * local
            links.append(_link(v, i, called, data, gradients[v], local))
            keys.append((v, parent))
    total = gradients[wrt]
    slope = _slope(order, data, root, wrt)
    check = Check(Numbers.of(slope), Numbers.of(total), False) if slope is not None else None
    unchecked = "" if check is not None else "an operation was made by hand, and cannot be computed again"
    return Links(
        called[root],
        called[wrt],
        tuple(links),
        number(total),
        check,
        total,
        unchecked,
        tuple(keys),
        (root, wrt),
    )


def _called(order: Sequence[Value], wrt: Value, labels: Labels) -> dict[Value, str]:
    """What each node is called; "" for a constant, which is written as the number it is."""
    called: dict[Value, str] = {}
    for v in order:
        name = labels.of(v).name or v.label
        called[v] = name or ("" if not v.parents and v is not wrt else f"v{len(called)}")
    return called


def numbers_then(order: Sequence[Value]) -> dict[Value, float]:
    """The numbers as they were when the graph was recorded, and if it was not, as they are."""
    data = {v: v.data for v in order}
    for v in reversed(order):
        if (record := recorded(v)) is not None:
            data[v] = record.data
            data |= {p: x for p, x in zip(v.parents, record.inputs, strict=True) if not p.parents}
    return data


def _link(
    v: Value, i: int, called: Mapping[Value, str], data: Mapping[Value, float], upstream: float, local: float
) -> Link:
    op = v._op  # noqa: SLF001  micrograd's name for it
    count = len(v.parents)
    inputs = [called[p] or number(data[p]) for p in v.parents]
    heading = f"{called[v]} = {written(op, inputs)} = {number(data[v])}, upstream {number(upstream)}"
    slope = scalar_formula(op, i, count, Number(1))
    whole = scalar_formula(op, i, count)
    arguments = [argument(op, k, count) for k in range(count)]
    names = dict(zip(arguments, inputs, strict=True)) | {"out": called[v]}
    numbers = {"out": data[v], **{name: data[p] for name, p in zip(arguments, v.parents, strict=True)}}
    return Link(
        called[v],
        called[v.parents[i]],
        heading,
        slope.text if slope is not None else "",
        with_names(whole, names)[1] if whole is not None else "",
        with_numbers(slope, numbers) if slope is not None else "",
        number(upstream),
        local,
        number(upstream * local),
        *(with_names(slope, names) if slope is not None else ("", "")),
    )


def in_order(root: Value) -> list[Value]:
    """Every node that leads to root, each after those it uses; without recursion."""
    order: dict[Value, None] = {}
    stack: list[tuple[Value, bool]] = [(root, False)]
    while stack:
        v, done = stack.pop()
        if done:
            order[v] = None
        elif v not in order:
            stack.append((v, True))
            stack += [(p, False) for p in reversed(v.parents) if p not in order]
    return list(order)


def _slope(order: Sequence[Value], data: Mapping[Value, float], root: Value, wrt: Value) -> float | None:
    """The derivative by a finite difference: everything is computed again beside wrt."""
    table = registry()
    h = 1e-5 * max(1.0, abs(data[wrt]))
    ends = []
    for step in (h, -h):
        found: dict[Value, float] = {}
        for v in order:
            if v is wrt:
                found[v] = data[v] + step
            elif not v.parents:
                found[v] = data[v]
            else:
                again = computed(table, v, [found[p] for p in v.parents])
                if again is None:
                    return None
                found[v] = again
        ends.append(found[root])
    return (ends[0] - ends[1]) / (2 * h)


def computed(table: Mapping[str, Primitive], v: Value, given: list[float]) -> float | None:
    """The operation of a node, on other numbers; None for one made by hand."""
    op = v._op  # noqa: SLF001  micrograd's name for it
    if op == "dot":
        half = (len(given) - 1) // 2
        return float(np.dot(given[:half], given[half:-1]) + given[-1])
    name, numbers = table_op(op)
    if not name:
        return None
    p = table[name]
    constants = [e.value for e in numbers.values()]
    with np.errstate(all="ignore"):
        return float(p.forward(*(np.float64(x) for x in (*given, *constants))))
