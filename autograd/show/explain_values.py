"""The chain rule along a graph of `Value`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.show.expressions import Number, put_in
from autograd.show.graph import number
from autograd.show.labels import Labels
from autograd.show.links import Link, Links
from autograd.show.notation import text
from autograd.show.scalar_ops import scalar_formula, table_op
from autograd.table import Primitive, registry
from autograd.value import Value

SIGNS = {"+", "-", "*", "/", "**"}


def value_links(root: Value, wrt: Value, names: Mapping[str, Any] | None) -> Links:
    """The edges from `root` to `wrt`, with the numbers along them."""
    order = in_order(root)
    towards = {wrt}
    for v in order:
        if any(p in towards for p in v.parents):
            towards.add(v)
    if root not in towards:
        raise ArgumentError("explain: the result does not depend on wrt")
    labels = Labels(names)
    called: dict[Value, str] = {}
    for v in order:
        called[v] = (
            labels.of(v).name or v.label or ("" if not v.parents and v is not wrt else f"v{len(called)}")
        )
    gradients: dict[Value, float] = {root: 1.0}
    links: list[Link] = []
    for v in reversed(order):
        if v is wrt or v not in towards or v not in gradients:
            continue
        for i, (parent, local) in enumerate(v.edges):
            if parent not in towards:
                continue
            if local is None:
                raise ArgumentError(f"explain: {called[v]} was made by hand, without local derivatives")
            gradients[parent] = gradients.get(parent, 0.0) + gradients[v] * local
            links.append(_link(v, i, called, gradients[v], local))
    return Links(
        called[root],
        called[wrt],
        tuple(links),
        number(gradients[wrt]),
        _check(order, root, wrt),
        gradients[wrt],
    )


def _link(v: Value, i: int, called: Mapping[Value, str], upstream: float, local: float) -> Link:
    op = v._op  # noqa: SLF001  micrograd's name for it
    inputs = [called[p] or number(p.data) for p in v.parents]
    written = f" {op} ".join(inputs) if op in SIGNS else f"{inputs[0]}{op}" if op.startswith("**") else ""
    written = written or f"{op}({', '.join(inputs)})"
    heading = f"{called[v]} = {written} = {number(v.data)}, upstream {number(upstream)}"
    slope = scalar_formula(op, i, len(v.parents), Number(1))
    whole = scalar_formula(op, i, len(v.parents))
    numbers = {"out": v.data, **{name: p.data for name, p in zip(("x", "y"), v.parents, strict=False)}}
    given = {name: Number(float(f"{x:.4g}")) for name, x in numbers.items()}
    printed = slope is not None and not slope.reason and op != "dot"
    return Link(
        called[v],
        called[v.parents[i]],
        heading,
        slope.text if slope is not None else "",
        whole.latex if whole is not None else "",
        text(put_in(slope.expression, given)) if slope is not None and printed else "",
        number(upstream),
        local,
        number(upstream * local),
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


def _check(order: Sequence[Value], root: Value, wrt: Value) -> float | None:
    """The derivative by a finite difference: everything is computed again beside wrt."""
    table = registry()
    h = 1e-5 * max(1.0, abs(wrt.data))
    ends = []
    for step in (h, -h):
        found: dict[Value, float] = {}
        for v in order:
            if v is wrt:
                found[v] = v.data + step
            elif not v.parents:
                found[v] = v.data
            else:
                again = _computed(table, v, [found[p] for p in v.parents])
                if again is None:
                    return None
                found[v] = again
        ends.append(found[root])
    return (ends[0] - ends[1]) / (2 * h)


def _computed(table: Mapping[str, Primitive], v: Value, given: list[float]) -> float | None:
    """The operation of a node, on other numbers; None for one made by hand."""
    op = v._op  # noqa: SLF001  micrograd's name for it
    if op == "dot":
        half = (len(given) - 1) // 2
        return float(np.dot(given[:half], given[half:-1]) + given[-1])
    name, numbers = table_op(op)
    if not name:
        return None
    if name == "leaky_relu":
        return given[0] if given[0] > 0 else given[0] * (v.locals[0] if v.data <= 0 else 0.01)
    p = table[name]
    constants = [e.value for e in numbers.values()]
    with np.errstate(all="ignore"):
        return float(p.forward(*(np.float64(x) for x in (*given, *constants))))
