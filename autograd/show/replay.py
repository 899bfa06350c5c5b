"""Computing a recorded graph of tensors again, from other numbers: for a finite difference.

What each operation was given is known from a recording; without one, from what the formulas have saved and the
defaults. Whether that was enough is seen at once: from the numbers as they were the result must come out as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd.errors import ArgumentError, AutogradError
from autograd.recording import Given
from autograd.table import Primitive, in_table
from autograd.tape import AccumulateGrad, AnyNode, Node, source

RECORDED = "record it: with autograd.show.record(): ..."


class Replay:
    """The operations that led to a result, to be computed again.

    Raises:
        ArgumentError: if they cannot be.
    """

    def __init__(self, root: Any, order: Sequence[AnyNode], leaves: Mapping[AnyNode, Any]) -> None:
        self.start: AnyNode = root.current_node()
        self.order = sorted(order, key=lambda n: n.seq)
        self.leaves = dict(leaves)
        self.given = {n: _given(n) for n in self.order if isinstance(n, Node) and not n.primitive.selects}
        for n, call in self.given.items():
            self.leaves.update(_leaves_of(n, call))
        before = self.result({})
        tolerance = 1e-9 if root.array.dtype == np.float64 else 1e-3
        if not np.allclose(before, root.array, tolerance, tolerance, equal_nan=True):
            raise ArgumentError(
                f"computed again, it is {float(before):.6g} and not {float(root.array.ravel()[0]):.6g}"
            )

    def result(self, instead: Mapping[AnyNode, Any]) -> Any:
        """The result with other numbers in the place of those of some nodes."""
        found: dict[AnyNode, Any] = {}
        with np.errstate(all="ignore"):
            for n in self.order:
                if n in instead:
                    found[n] = instead[n]
                elif isinstance(n, AccumulateGrad):
                    leaf = n.variable
                    if n not in self.leaves and leaf is None:
                        raise ArgumentError("the value of an input was not kept")
                    found[n] = wide(self.leaves[n]) if leaf is None else wide(self.leaves.get(n, leaf.array))
                elif isinstance(n, Node):
                    found[n] = self._computed(n, found)
        return np.asarray(found[self.start]).reshape(())

    def _computed(self, n: Node, found: Mapping[AnyNode, Any]) -> Any:
        p = n.primitive
        if p.selects:
            maker, i = source(n)
            return found[maker][i]
        call = self.given[n]
        arguments: list[Any] = []
        for name, value in zip(p.parameters, call.values, strict=False):
            if name in p.sequences:
                arguments.append([_argument(call, (name, i), part, found) for i, part in enumerate(value)])
            else:
                arguments.append(_argument(call, (name, None), value, found))
        if p.name == "cast":
            return arguments[0]  # more digits do no harm
        try:
            out = p.forward(*arguments)
        except (AutogradError, TypeError, ValueError, IndexError) as error:
            raise ArgumentError(f"{p.name} cannot be computed again: {error}") from error
        if p.residuals:
            return out[: -len(p.residuals)] if p.several else out[0]
        return out


def _argument(call: Given, key: Any, value: Any, found: Mapping[AnyNode, Any]) -> Any:
    if key in call.parents:
        return found[call.parents[key]]
    if value is Given.MISSING:
        raise ArgumentError("an array was not kept, for it is large or was not recorded")
    return wide(value)


def wide(value: Any) -> Any:
    """An array of floats in float64; anything else as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float64)
    return value


def _leaves_of(n: Node, call: Given) -> dict[AnyNode, Any]:
    p = n.primitive
    found: dict[AnyNode, Any] = {}
    for (name, i), parent in call.parents.items():
        if isinstance(parent, AccumulateGrad):
            value = call.values[p.positions[name]]
            value = value if i is None else value[i]
            if value is not Given.MISSING:
                found[parent] = value
    return found


def _given(n: Node) -> Given:
    """What an operation was given."""
    record = n.extras.record if n.extras is not None else None
    p = n.primitive
    if not in_table(p):
        raise ArgumentError(f"{p.name} is not in the table of derivatives")
    if record is not None:
        return record.given  # type: ignore[no-any-return]  # extras hold anything
    if n.freed or p.sequences or (n.extras is not None and n.extras.packed):
        raise ArgumentError(f"what {p.name} was given is not known; {RECORDED}")
    parents = {(d.parameter, d.element): parent for d, parent in zip(n.derivatives, n.parents, strict=True)}
    saved = dict(n.saved())
    named = {name: v for _, d, values in n.edges for name, v in zip(d.names, values, strict=True)}
    values = tuple(_value(p, name, saved, named) for name in p.parameters)
    return Given(values, parents)


def _value(p: Primitive, name: str, saved: Mapping[Any, Any], named: Mapping[str, Any]) -> Any:
    if (name, None) in saved:
        return saved[name, None]
    return named.get(name, p.defaults.get(name, Given.MISSING))
