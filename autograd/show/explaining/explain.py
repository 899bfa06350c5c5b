"""`explain`: the chain rule from a result back to its inputs, in words, in mathematics and in numbers."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, overload

from autograd.errors import ArgumentError
from autograd.show.explaining.links import Check, Link, Links, bracketed, latex_factor, latex_number
from autograd.show.explaining.of_tensors import tensor_links
from autograd.show.explaining.of_values import value_links
from autograd.show.formulas.notation import latex_name
from autograd.show.graph import FEW, Numbers, number
from autograd.show.options import check_table
from autograd.show.record import record
from autograd.tape import Variable
from autograd.value import Value

FEW_PATHS = 4
"""Up to so many paths are written out one by one."""

APART = 1e-3
"""From this relative difference on, a finite difference does not agree with the chain rule."""


@dataclass(frozen=True)
class Explanation:
    """The chain rule from `result` to `wrt`; it shows itself in a notebook, and `str` gives it as text.

    links:      the edges on the way, each with upstream × local = contribution, from the result backwards
    gradient:   what comes out
    check:      the sum of its elements by a finite difference; None where the computation cannot be repeated
    total:      the same by the chain rule
    paths:      the names along each path, if there are few; () if there are many
    count:      how many paths there are
    routes:     the links along each path, if there are few
    checked:    the check element by element, or along one direction of many
    unchecked:  why there is none
    """

    result: str
    wrt: str
    links: tuple[Link, ...]
    gradient: Any
    check: float | None
    total: float
    paths: tuple[tuple[str, ...], ...]
    count: int
    routes: tuple[tuple[Link, ...], ...] = ()
    checked: Check | None = None
    unchecked: str = ""

    def __str__(self) -> str:
        lines = [f"d {self.result} / d {self.wrt} = {self.gradient}", self._in_words(), ""]
        for heading, links in self._by_target():
            lines.append(heading)
            lines += [f"    {line}" for link in links for line in link.lines()]
            lines.append("")
        lines += self._sums()
        lines += self._ways()
        lines.append(self._check_text())
        return "\n".join(lines)

    def _in_words(self) -> str:
        """What the number means."""
        if isinstance(self.gradient, Numbers) and self.gradient.shape != ():
            return f"Each says how much {self.result} changes, per change of that element of {self.wrt}."
        slope = self.total
        if slope == 0:
            return f"A small change of {self.wrt} does not change {self.result}."
        moves = "grows" if slope > 0 else "falls"
        times = number(abs(slope))
        return f"If {self.wrt} grows a little, {self.result} {moves} {times} times as much."

    def _by_target(self) -> list[tuple[str, list[Link]]]:
        grouped = groupby(self.links, key=lambda link: (link.target, link.heading))
        return [(heading, list(links)) for (_, heading), links in grouped]

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

    def _ways(self) -> list[str]:
        """The paths, each with its product, or how many there are."""
        if not self.paths:
            return [
                f"{self.count} paths lead from {self.result} to {self.wrt}: they are summed at each node."
            ]
        is_one = self.count == 1
        ways = "is one way" if is_one else f"are {self.count} ways, whose products are added"
        lines = [f"From {self.result} to {self.wrt} there {ways}:"]
        products = []
        for path, route in zip(self.paths, self.routes, strict=True):
            line = f"    {' → '.join(path)}"
            locals_ = [link.local for link in route]
            if route and None not in locals_:
                product = _product(locals_)
                products.append(product)
                factors = " × ".join(bracketed(number(x)) for x in locals_ if x is not None)
                line += f":  {factors} = {number(product)}" if len(locals_) > 1 else f":  {factors}"
            lines.append(line)
        if len(products) == self.count > 1:
            lines.append(
                f"    together {' + '.join(bracketed(number(p)) for p in products)} = {number(sum(products))}"
            )
        return lines

    def _check_text(self) -> str:
        if self.checked is None:
            return (
                f"Not checked by a finite difference: {self.unchecked}. Pass again=, a function that computes the "
                "result anew, or that function in the place of the result."
            )
        found, wanted = self.checked.by_differences, self.checked.by_chain_rule
        if self.checked.along or found.shape == ():
            assert found.elements is not None
            assert wanted.elements is not None
            of = f"d {self.result} / d {self.wrt}"
            of = f"{of}, along one direction of all elements" if self.checked.along else of
            line = (
                f"Check by a finite difference, {of}: {found.elements[0]:.6g} "
                f"(by the chain rule {wanted.elements[0]:.6g})"
            )
        else:
            line = f"Check by finite differences, element by element: {found}"
            if found.elements is not None and len(found.elements) > FEW:
                line += (
                    f"; they and the gradient are at most {self.checked.difference:.1g} of the largest apart"
                )
        if self.checked.difference > APART:
            line += ". They do not agree: is there a kink or a jump here, or something drawn at random?"
        return line

    # -- in a notebook ------------------------------------------------------------------------------------------

    def _repr_latex_(self) -> str:
        rows = [*self._whole_in_latex(), *(link.latex_line() for link in self.links)]
        return "$$\\begin{aligned}" + r"\\".join(rows) + "\\end{aligned}$$"

    def _whole_in_latex(self) -> list[str]:
        """The derivative as the sum over its paths of products, if these are few and all numbers."""
        if not self.routes or any(link.local is None for route in self.routes for link in route):
            return []
        if not all(self.routes):
            return []
        partials = [
            r" \cdot ".join(_partial(link.target, link.source) for link in route) for route in self.routes
        ]
        numbers = [r" \cdot ".join(latex_factor(link.local) for link in route) for route in self.routes]
        rows = [rf"{_partial(self.result, self.wrt)} &= {' + '.join(partials)}"]
        rows.append(rf"&= {' + '.join(numbers)} = {latex_number(self.total)}")
        return rows

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(link.target)} → {html.escape(link.source)}</td>"
            f"<td>${html.escape(link.latex)}$</td><td>{html.escape(str(link.upstream))}</td>"
            f"<td>{html.escape(link.local_text())}</td><td>{html.escape(str(link.contribution))}</td></tr>"
            for link in self.links
        )
        head = "<tr><th>edge</th><th>derivative</th><th>upstream</th><th>local</th><th>contribution</th></tr>"
        whole = self._whole_in_latex()
        mathematics = (
            f"<p>$$\\begin{{aligned}}{html.escape(chr(92) * 2).join(map(html.escape, whole))}\\end{{aligned}}$$</p>"
            if whole
            else ""
        )
        last = [*self._sums(), *(["\n".join(self._ways())] if not whole else []), self._check_text()]
        notes = "".join(f"<p style='white-space: pre-wrap'>{html.escape(line)}</p>" for line in last)
        title = f"d {self.result} / d {self.wrt} = {self.gradient}"
        return (
            f"<h4>{html.escape(title)}</h4><p>{html.escape(self._in_words())}</p>{mathematics}"
            f"<table>{head}{rows}</table>{notes}"
        )


@dataclass(frozen=True)
class Explanations(Sequence[Explanation]):
    """The explanations for several inputs, in their order."""

    parts: tuple[Explanation, ...]

    @overload
    def __getitem__(self, index: int) -> Explanation: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Explanation, ...]: ...
    def __getitem__(self, index: int | slice) -> Explanation | tuple[Explanation, ...]:
        return self.parts[index]

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Explanation]:
        return iter(self.parts)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.parts))

    def _repr_html_(self) -> str:
        return "".join(part._repr_html_() for part in self.parts)

    def _repr_latex_(self) -> str:
        return "\n".join(part._repr_latex_() for part in self.parts)


def _product(factors: Sequence[float | None]) -> float:
    product = 1.0
    for x in factors:
        product *= 1.0 if x is None else x
    return product


def _partial(of: str, by: str) -> str:
    return rf"\frac{{\partial\,{latex_name(of)}}}{{\partial\,{latex_name(by)}}}"


@overload
def explain(
    root: Any,
    *,
    wrt: list[Any] | tuple[Any, ...],
    names: Mapping[str, Any] | None = None,
    again: Callable[[], Any] | None = None,
) -> Explanations: ...
@overload
def explain(
    root: Any,
    *,
    wrt: Any,
    names: Mapping[str, Any] | None = None,
    again: Callable[[], Any] | None = None,
) -> Explanation: ...
def explain(
    root: Any,
    *,
    wrt: Any,
    names: Mapping[str, Any] | None = None,
    again: Callable[[], Any] | None = None,
) -> Explanation | Explanations:
    """Explain the derivative of `root` with respect to `wrt` by the chain rule, edge by edge.

    At every edge the upstream gradient times the local derivative is the contribution; where paths meet, contributions
    are added. The formulas are those that backward runs. Beside it stands a finite difference: the graph is computed
    again from numbers close by. For that all that went in must be known: of `Value`s it is, of tensors where the
    graph was recorded (`with show.record()`) and arrays are small, or where `again` or a function is given.

    After `backward()`, which frees what a graph of tensors saved, it can be explained if it was recorded.

    Args:
        root: the result, a Value or a tensor of one number; or a function that computes it.
        wrt: the input or intermediate result in question, or a list of them.
        names: what to call tensors and Values: a dict of names; `locals()` will do.
        again: computes the result anew, where it cannot be computed from what was kept.

    Raises:
        ArgumentError: if root does not depend on wrt, or they are not of one kind.
        GraphFreedError: if backward has freed what lies between root and wrt, and it was not recorded.

    >>> x = Value(2.0, label="x")
    >>> y = x * x
    >>> print(explain(y, wrt=x, names={"y": y}))
    d y / d x = 4
    If x grows a little, y grows 4 times as much.
    <BLANKLINE>
    y = x * x = 4, upstream 1
        to x: 1 × 2 = 2    local derivative x = 2
        to x: 1 × 2 = 2    local derivative x = 2
    <BLANKLINE>
    At x 2 contributions meet and are added: 2 + 2
    From y to x there are 2 ways, whose products are added:
        y → x:  2
        y → x:  2
        together 2 + 2 = 4
    Check by a finite difference, d y / d x: 4 (by the chain rule 4)
    """
    check_table("explain", "names", names, "of name -> tensor or Value, such as locals()")
    if again is not None and not callable(again):
        raise ArgumentError(f"explain: again is a function that computes the result anew, got {again!r:.80}")
    if not isinstance(root, (Value, Variable)) and callable(root):
        again = root if again is None else again
        with record():
            root = root()
    if isinstance(wrt, (list, tuple)):
        if not wrt:
            raise ArgumentError("explain: wrt is empty; pass the inputs in question")
        return Explanations(tuple(_explained(root, w, names, again) for w in wrt))
    return _explained(root, wrt, names, again)


def _explained(
    root: Any, wrt: Any, names: Mapping[str, Any] | None, again: Callable[[], Any] | None
) -> Explanation:
    if isinstance(root, Value) and isinstance(wrt, Value):
        return _explanation(value_links(root, wrt, names))
    if isinstance(root, Variable) and isinstance(wrt, Variable):
        return _explanation(tensor_links(root, wrt, names, again))
    hint = ""
    if isinstance(root, (list, tuple, record)):
        hint = "; explain one result at a time, or their sum"
    raise ArgumentError(
        "explain: needs a result and an input that are both Values or both tensors, got "
        f"{type(root).__name__} and {type(wrt).__name__}{hint}"
    )


def _explanation(found: Links) -> Explanation:
    start, end = found.ends
    ways: dict[Any, int] = {start: 1}
    for target, source in found.keys:
        ways[source] = ways.get(source, 0) + ways[target]
    count = ways[end]
    routes = _routes(found) if count <= FEW_PATHS else ()
    paths = tuple((found.result, *(link.source for link in route)) for route in routes)
    check = found.check
    total = found.total
    if check is not None and check.along and check.by_chain_rule.elements is not None:
        total = check.by_chain_rule.elements[0]
    by_differences = sum(check.by_differences.elements or ()) if check is not None else None
    return Explanation(
        found.result,
        found.wrt,
        found.links,
        found.gradient,
        by_differences,
        total,
        paths,
        count,
        routes,
        check,
        found.unchecked,
    )


def _routes(found: Links) -> tuple[tuple[Link, ...], ...]:
    """The links along each path."""
    start, end = found.ends
    onward: dict[Any, list[tuple[Any, Link]]] = {}
    for (target, source), link in zip(found.keys, found.links, strict=True):
        onward.setdefault(target, []).append((source, link))
    done: list[tuple[Link, ...]] = []
    stack: list[tuple[Any, tuple[Link, ...]]] = [(start, ())]
    while stack:
        node, route = stack.pop()
        if node is end:
            done.append(route)
        else:
            stack += [(source, (*route, link)) for source, link in reversed(onward.get(node, []))]
    return tuple(done)
