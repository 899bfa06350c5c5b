"""The chain rule along a graph of tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.backward import grad
from autograd.errors import ArgumentError
from autograd.recording import Contributions, Passing, Record, Upstream, local_derivatives
from autograd.show.expressions import Number
from autograd.show.formulas import formula
from autograd.show.graph import Numbers, number
from autograd.show.labels import Labels
from autograd.show.links import Link, Links
from autograd.table import in_table
from autograd.tape import AnyNode, Node, extras_of, reachable

_OURS = -2
"""The number of the hooks that an explanation hangs on nodes for one sweep."""


def tensor_links(
    root: Any, wrt: Any, names: Mapping[str, Any] | None, again: Callable[[], Any] | None
) -> Links:
    """The edges from `root` to `wrt`, with what a sweep sends along them."""
    start, end = root.current_node(), wrt.current_node()
    if start is None or end is None:
        raise ArgumentError("explain: neither the result nor wrt may be a constant; use requires_grad=True")
    nodes = reachable([start])
    records = {n: _hung(n) for n in nodes if isinstance(n, Node) and n.parents is not None}
    try:
        (gradient,) = grad(root, wrt, retain_graph=True)
    finally:
        for node in records:
            extras = extras_of(node)
            extras.pre_hooks.pop(_OURS, None)
            extras.node_hooks.pop(_OURS, None)
    labels = Labels({**(names or {}), "wrt": wrt})
    called = {n: labels.of(n).name or f"v{i}" for i, n in enumerate(reversed(nodes))}
    links: list[Link] = []
    towards: set[AnyNode] = {end}
    for n in reversed(nodes):
        if any(p in towards for p in n.parents or ()):
            towards.add(n)
    for n in nodes:
        if isinstance(n, Node) and n in records and n in towards and n is not end:
            links += _links_of(n, records[n], called, towards)
    check = None if again is None else _check(wrt, again)
    return Links(
        called[start],
        called[end],
        tuple(links),
        Numbers.of(gradient.array),
        check,
        float(gradient.array.sum()),
    )


def _hung(n: Node) -> Record:
    """A record of the node's next sweep."""
    record = Record((), "", {})
    record.parents = {
        (d.parameter, d.element): p for d, p in zip(n.derivatives, n.parents or (), strict=True)
    }
    record.locals = local_derivatives(n)
    passing = Passing(Numbers.of)
    extras = extras_of(n)
    extras.pre_hooks[_OURS] = Upstream(passing, record)
    extras.node_hooks[_OURS] = Contributions(passing, record, n.slots(), [*record.parents])
    return record


def _links_of(n: Node, record: Record, called: Mapping[AnyNode, str], towards: set[AnyNode]) -> list[Link]:
    p = n.primitive
    known = in_table(p)
    inputs = ", ".join(called[x] for x in record.parents.values())
    heading = f"{called[n]} = {p.name}({inputs}), upstream {record.upstream}"
    links = []
    for key, parent in record.parents.items():
        if parent not in towards:
            continue
        local = record.locals.get(key)
        slope = formula(p, key[0], Number(1) if local is not None else None) if known else None
        whole = formula(p, key[0]) if known else None
        links.append(
            Link(
                called[n],
                called[parent],
                heading,
                slope.text if slope is not None else "",
                whole.latex if whole is not None else "",
                number(local) if local is not None else "",
                record.upstream,
                local,
                record.contributions.get(key),
            )
        )
    return links


def _check(wrt: Any, again: Callable[[], Any]) -> float:
    """The sum of the derivatives by all elements, by a finite difference along all of them."""
    before = wrt.array.copy()
    h = (1e-5 if before.dtype == np.float64 else 1e-2) * max(1.0, float(np.abs(before).max(initial=0.0)))
    ends = []
    try:
        for step in (h, -h):
            np.add(before, before.dtype.type(step), out=wrt.array)
            ends.append(float(again()))
    finally:
        wrt.array[...] = before
    return (ends[0] - ends[1]) / (2 * h)
