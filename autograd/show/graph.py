"""A recorded graph as plain data: nodes and edges that any view of it can be made from.

It is a snapshot. It holds numbers and text only, no array and no node of the tape, so keeping it keeps no memory
alive and later writes do not change it.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from autograd.files import replace_file

Kind = Literal["leaf", "parameter", "constant", "operation", "result"]
"""leaf: a gradient is accumulated here; parameter: the same, and an optimizer changes it; constant: no gradient
is wanted; result: what was asked to be drawn."""

GradientState = Literal["computed", "not computed", "not kept", "none"]
"""not kept: results of operations have a gradient only while backward passes; none: constants have none, nor has
an operation of several results, each of which has its own."""

FEW = 6
"""Arrays of up to so many elements are shown element by element."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is shown of an array: each of a few elements, and what is to be said of many.

    shape:       of the array
    elements:    in C order, if they are few enough to be kept
    low, high, mean, std: over the finite elements, as is largest; None where there are none
    nans, infinities: how many of the elements are not finite
    zeros:       the share of the elements that are 0
    largest:     the largest absolute value

    >>> str(Numbers.of([[1.0, 0.5], [2 / 3, -1e-9]]))
    '[[1, 0.5], [0.6667, -1e-09]]'
    >>> str(Numbers.of(range(100)))
    '0 … 99, mean 49.5'
    >>> Numbers.of([0.0, 0.0, -3.0, 1.0]).zeros, Numbers.of([0.0, -3.0]).largest
    (0.5, 3.0)
    """

    shape: tuple[int, ...]
    elements: tuple[float, ...] | None
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    nans: int = 0
    infinities: int = 0
    std: float | None = None
    zeros: float | None = None
    largest: float | None = None

    @classmethod
    def of(cls, values: Any, most: int = FEW) -> Numbers:
        """The numbers of an array, or of anything NumPy makes one of; up to `most` elements are kept."""
        a = np.asarray(values)
        elements = tuple(a.ravel().tolist()) if a.size <= most else None
        if not a.size:
            return cls(a.shape, elements)
        if a.size == 1 and elements is not None and math.isfinite(elements[0]):
            x = elements[0]
            return cls(a.shape, elements, x, x, float(x), 0, 0, 0.0, float(x == 0), float(abs(x)))
        zeros = 1 - int(np.count_nonzero(a)) / a.size
        nans = infinities = 0
        finite = a
        if a.dtype.kind == "f" and not (is_finite := np.isfinite(a)).all():
            nans = int(np.isnan(a).sum())
            finite = a[is_finite]
            infinities = a.size - finite.size - nans
        if not finite.size:
            return cls(a.shape, elements, None, None, None, nans, infinities, None, zeros)
        low, high = finite.min().item(), finite.max().item()
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # numbers near the end of float64: mean and std are inf
            mean = float(finite.mean(dtype=np.float64))
            std = float(finite.std(dtype=np.float64)) if math.isfinite(mean) else math.inf
        largest = float(max(abs(low), abs(high)))
        return cls(a.shape, elements, low, high, mean, nans, infinities, std, zeros, largest)

    def __str__(self) -> str:
        if self.elements is not None and len(self.elements) <= FEW:
            return _nested(self.elements, self.shape)
        parts = []
        if self.low is not None and self.high is not None and self.mean is not None:
            if self.low == self.high:
                parts = [f"all {number(self.low)}"]
            else:
                parts = [f"{number(self.low)} … {number(self.high)}", f"mean {number(self.mean)}"]
        parts += [
            f"{count} {what}" for count, what in ((self.nans, "nan"), (self.infinities, "inf")) if count
        ]
        return ", ".join(parts)


def number(x: float) -> str:
    """A number in four significant digits; integers and truth values in full."""
    return str(x) if isinstance(x, int) else f"{x:.4g}"


def _nested(elements: tuple[float, ...], shape: tuple[int, ...]) -> str:
    """A few numbers in the brackets of their shape."""
    if not shape:
        return number(elements[0])
    if 0 in shape:
        return "no elements"
    step = math.prod(shape[1:])
    rows = (_nested(elements[i : i + step], shape[1:]) for i in range(0, len(elements), step))
    return f"[{', '.join(rows)}]"


@dataclass(frozen=True, slots=True)
class Source:
    """A line of the user's code.

    >>> Source("model.py", 12, "forward")
    Source(file='model.py', line=12, function='forward')
    """

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A leaf, a constant, or an operation together with its result.

    id:        unique in the graph; nodes are numbered in the order in which they were computed
    op:        the operation; "" for a leaf or a constant
    name:      what the user calls it, or ""
    shape:     of the result; None where there are several results, whose shapes are in `notes`
    dtype:     "" where it is not known
    value:     None where no array of it was saved
    notes:     what else there is to say about it
    module:    the path of the module that it belongs to, or ""
    calls:     the path and the number of each call of a module that it ran in, the innermost last; of a recording
    saved:     how many bytes it keeps for its backward (an array that several keep is counted for each)
    source:    the user's line that made it, where that was recorded
    error:     why the program stopped here, if it did
    """

    id: str
    kind: Kind
    op: str = ""
    name: str = ""
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    value: Numbers | None = None
    gradient: Numbers | None = None
    gradient_state: GradientState = "none"
    notes: tuple[str, ...] = ()
    module: str = ""
    saved: int = 0
    source: Source | None = None
    error: str = ""
    calls: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """From an input to the operation that uses it.

    parameter: what the operation calls this input, or ""
    local:     the local derivative, where it is one number
    upstream:  the gradient that backward brought to the target
    contribution: what it made of it for the source
    formula:   how: the derivative of the operation, where g is the upstream gradient
    latex:     the same in LaTeX
    """

    source: str
    target: str
    parameter: str = ""
    local: float | None = None
    upstream: Numbers | None = None
    contribution: Numbers | None = None
    formula: str = ""
    latex: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, each after those it was computed from, and the edges between them.

    notes:   what is missing, and why
    values:  whether numbers were read
    modules: path -> the class of the module there, of a graph that was recorded
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    notes: tuple[str, ...] = ()
    values: bool = True
    modules: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The graph as JSON has it; `graph.schema.json` says what that is."""
        return {"version": VERSION, **_plain(self)}

    def to_json(self, indent: int | None = None) -> str:
        """The graph as JSON text.

        >>> from autograd import Value
        >>> from autograd.show import trace
        >>> trace(Value(2.0, label="x")).to_json()  # doctest: +ELLIPSIS
        '{"version": 1, "nodes": [{"id": "n0", "kind": "leaf", "op": "", "name": "x", ...}'
        """
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the graph as JSON, and return the path; a failure leaves an older file whole.

        Raises:
            OSError: if the file cannot be written.
        """
        path = Path(path)
        replace_file(path, self.to_json(indent=1).encode())
        return path


VERSION = 1
"""The version of the JSON; it changes when what is there already changes its meaning."""


def _plain(value: Any) -> Any:
    """What JSON can hold: numbers that it has not are written as text."""
    if is_dataclass(value):
        plain = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {**plain, "text": str(value)} if isinstance(value, Numbers) else plain
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
