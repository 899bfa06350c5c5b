"""`explain`: the chain rule from a result back to one of its inputs, in words, in mathematics and in numbers."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autograd.errors import ArgumentError
from autograd.show.explain_tensors import tensor_links
from autograd.show.explain_values import value_links
from autograd.show.graph import Numbers
from autograd.show.links import Link, Links, bracketed
from autograd.tape import Variable
from autograd.value import Value

FEW_PATHS = 4
"""Up to so many paths are written out one by one."""


@dataclass(frozen=True)
class Explanation:
    """The chain rule from `result` to `wrt`; it shows itself in a notebook, and `str` gives it as text.

    links:      the edges on the way, each with upstream × local = contribution, from the result backwards
    gradient:   what comes out
    check:      the sum of its elements by a finite difference; None where the computation cannot be repeated
    total:      the same by the chain rule
    paths:      the names along each path, if there are few; () if there are many
    count:      how many paths there are
    """

    result: str
    wrt: str
    links: tuple[Link, ...]
    gradient: Any
    check: float | None
    total: float
    paths: tuple[tuple[str, ...], ...]
    count: int

    def __str__(self) -> str:
        lines = [f"d {self.result} / d {self.wrt} = {self.gradient}", ""]
        for heading, links in self._by_target():
            lines.append(heading)
            lines += [f"    {line}" for link in links for line in link.lines()]
            lines.append("")
        lines += [f"{line}" for line in self._sums()]
        if self.paths:
            is_one = self.count == 1
            ways = "is one way" if is_one else f"are {self.count} ways, whose products are added"
            lines.append(f"From {self.result} to {self.wrt} there {ways}:")
            lines += [f"    {' → '.join(path)}" for path in self.paths]
        else:
            lines.append(
                f"{self.count} paths lead from {self.result} to {self.wrt}: they are summed at each node."
            )
        lines.append(self._checked())
        return "\n".join(lines)

    def _by_target(self) -> list[tuple[str, list[Link]]]:
        found: dict[str, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.target, []).append(link)
        return [(links[0].heading, links) for links in found.values()]

    def _sums(self) -> list[str]:
        """Where paths meet: what is added up."""
        found: dict[str, list[Any]] = {}
        for link in self.links:
            found.setdefault(link.source, []).append(link.contribution)
        return [
            f"At {source} {len(parts)} contributions meet and are added: {' + '.join(map(bracketed, parts))}"
            for source, parts in found.items()
            if len(parts) > 1
        ]

    def _checked(self) -> str:
        if self.check is None:
            return (
                "Not checked: pass again=, a function that computes the result anew, for a finite difference."
            )
        of = f"d {self.result} / d {self.wrt}" if not self._many else "their sum over all elements"
        return f"Check by a finite difference, {of}: {self.check:.6g} (by the chain rule {self.total:.6g})"

    @property
    def _many(self) -> bool:
        return isinstance(self.gradient, Numbers) and self.gradient.shape != ()

    def _repr_latex_(self) -> str:
        rows = [link.latex_line() for link in self.links]
        return "$$\\begin{aligned}" + r"\\".join(rows) + "\\end{aligned}$$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(link.target)} → {html.escape(link.source)}</td>"
            f"<td>${html.escape(link.latex)}$</td><td>{html.escape(str(link.upstream))}</td>"
            f"<td>{html.escape(link.local_text())}</td><td>{html.escape(str(link.contribution))}</td></tr>"
            for link in self.links
        )
        head = "<tr><th>edge</th><th>derivative</th><th>upstream</th><th>local</th><th>contribution</th></tr>"
        last = [*self._sums(), self._checked()]
        notes = "".join(f"<p>{html.escape(line)}</p>" for line in last)
        title = f"d {self.result} / d {self.wrt} = {self.gradient}"
        return f"<h4>{html.escape(title)}</h4><table>{head}{rows}</table>{notes}"


def explain(
    root: Any,
    *,
    wrt: Any,
    names: Mapping[str, Any] | None = None,
    again: Callable[[], Any] | None = None,
) -> Explanation:
    """Explain the derivative of `root` with respect to `wrt` by the chain rule, edge by edge.

    At every edge the upstream gradient times the local derivative is the contribution; where paths meet, contributions
    are added. The formulas are those that backward runs. A graph of `Value`s is computed again by itself for the check;
    for tensors pass `again`.

    Args:
        root: the result, a Value or a tensor of one number.
        wrt: the input or intermediate result in question.
        names: what to call tensors and Values: a dict of names; `locals()` will do.
        again: computes the result of tensors anew, for the check by a finite difference.

    Raises:
        ArgumentError: if root does not depend on wrt, or they are not of one kind.
        GraphFreedError: if backward has freed the graph.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> print(explain(y, wrt=x, names={"y": y}))
    d y / d x = 4
    <BLANKLINE>
    y = x * x = 4, upstream 1
        to x: 1 × 2 = 2    local derivative y = 2
        to x: 1 × 2 = 2    local derivative x = 2
    <BLANKLINE>
    At x 2 contributions meet and are added: 2 + 2
    From y to x there are 2 ways, whose products are added:
        y → x
        y → x
    Check by a finite difference, d y / d x: 4 (by the chain rule 4)
    """
    if isinstance(root, Value) and isinstance(wrt, Value):
        links = value_links(root, wrt, names)
    elif isinstance(root, Variable) and isinstance(wrt, Variable):
        links = tensor_links(root, wrt, names, again)
    else:
        raise ArgumentError(
            f"explain: needs two Values or two tensors, got {type(root).__name__} and {type(wrt).__name__}"
        )
    return _explanation(links)


def _explanation(found: Links) -> Explanation:
    ways: dict[str, int] = {found.result: 1}
    for link in found.links:
        ways[link.source] = ways.get(link.source, 0) + ways[link.target]
    count = ways[found.wrt]
    paths = _paths(found) if count <= FEW_PATHS else ()
    return Explanation(
        found.result, found.wrt, found.links, found.gradient, found.check, found.total, paths, count
    )


def _paths(found: Links) -> tuple[tuple[str, ...], ...]:
    done: list[tuple[str, ...]] = []
    stack: list[tuple[str, ...]] = [(found.result,)]
    while stack:
        path = stack.pop()
        if path[-1] == found.wrt:
            done.append(path)
            continue
        stack += [(*path, link.source) for link in reversed(found.links) if link.target == path[-1]]
    return tuple(done)
