"""How a tensor prints: PyTorch's layout, in `tensor([...])`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.dtypes import Array
from autograd.errors import ArgumentError
from autograd.tape import AccumulateGrad


class _Options:
    """The one mutable setting of this module."""

    precision = 4
    threshold = 1000
    edgeitems = 3
    linewidth = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": (4, 1000, 3, 80),
    "short": (2, 1000, 2, 80),
    "full": (4, math.inf, 3, 80),
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print.

    Args:
        precision: digits after the point (4).
        threshold: print only the edges of tensors with more elements than this (1000).
        edgeitems: how many elements an edge has (3).
        linewidth: characters in a line (80).
        profile: "default", "short" or "full".
        sci_mode: True or False for scientific notation or not; None decides by the values.
    """
    if profile is not None:
        if profile not in _PROFILES:
            raise ArgumentError(
                f"set_printoptions: profile is one of {', '.join(_PROFILES)}, got {profile!r}"
            )
        chosen = _PROFILES[profile]
        _Options.precision, _Options.threshold, _Options.edgeitems, _Options.linewidth = chosen  # type: ignore[assignment]
    for name, value in (
        ("precision", precision),
        ("threshold", threshold),
        ("edgeitems", edgeitems),
        ("linewidth", linewidth),
    ):
        if value is not None:
            setattr(_Options, name, value)
    _Options.sci_mode = sci_mode


def tensor_repr(t: Any) -> str:
    """`tensor(values, dtype=…, grad_fn=…)`, with only what is not the default."""
    a = t.array
    node = t.current_node()
    suffixes = []
    if a.size == 0 and a.shape != (0,):
        suffixes.append(f"size={a.shape}")
    natural = (np.dtype("int64"), np.dtype("bool"), dtypes.default_dtype())
    if a.dtype not in natural or (a.size == 0 and a.dtype != dtypes.default_dtype()):
        suffixes.append(f"dtype={t.dtype}")
    if node is not None:
        suffixes.append(
            "requires_grad=True" if isinstance(node, AccumulateGrad) else f"grad_fn=<{node.name()}>"
        )
    return _with_suffixes("tensor(" + _values(a, len("tensor(")), suffixes)


def _with_suffixes(text: str, suffixes: list[str]) -> str:
    """Append each suffix on the same line while it fits."""
    last = len(text) - text.rfind("\n")
    for i, suffix in enumerate(suffixes):
        extra = len(suffix) + 2 + (i == len(suffixes) - 1)
        if last + extra > _Options.linewidth:
            text += ",\n" + " " * len("tensor(") + suffix
            last = len("tensor(") + len(suffix)
        else:
            text += ", " + suffix
            last += extra
    return text + ")"


def _values(a: Array, indent: int) -> str:
    if a.size == 0:
        return "[]"
    summarize = a.size > _Options.threshold
    shown = _edges(a) if summarize else a
    return _nested(a, _formatter(shown), indent, summarize)


def _edges(a: Array) -> Array:
    """The elements that are printed of a large array."""
    n = _Options.edgeitems
    kept = [range(size) if size <= 2 * n else (*range(n), *range(size - n, size)) for size in a.shape]
    edges: Array = a[np.ix_(*kept)]
    return edges


def _formatter(a: Array) -> Any:
    """A function that prints one element, all to the same width."""
    if a.dtype.kind != "f":
        width = max(len(str(v)) for v in a.ravel().tolist())
        return lambda v: str(v).rjust(width)
    precision = _Options.precision
    finite = np.abs(a[np.isfinite(a) & (a != 0)].astype(np.float64))
    low, high = (finite.min(), finite.max()) if finite.size else (1.0, 1.0)
    whole = bool(np.all(finite == np.ceil(finite)))
    form = ".0f" if whole else f".{precision}f"
    scientific = high / low > 1000.0 or high > 1e8 or (not whole and low < 1e-4)
    if _Options.sci_mode is not None and finite.size:
        scientific = _Options.sci_mode
    if scientific:
        form = f".{precision}e"
    point = "." if form == ".0f" else ""

    def text(v: float) -> str:
        return format(v, form) + (point if math.isfinite(v) else "")

    width = max((len(text(v)) for v in a[np.isfinite(a) & (a != 0)].tolist()), default=1)
    return lambda v: text(v).rjust(width)


def _nested(a: Array, text: Any, indent: int, summarize: bool) -> str:
    n = _Options.edgeitems
    if a.ndim == 0:
        return str(text(a.item()))
    cut = summarize and a.shape[0] > 2 * n
    if a.ndim == 1:
        items = [text(v) for v in (a[:n].tolist() + a[-n:].tolist() if cut else a.tolist())]
        if cut:
            items.insert(n, " ...")
        per_line = max(1, (_Options.linewidth - indent) // (len(items[0]) + 2))
        lines = [items[i : i + per_line] for i in range(0, len(items), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(", ".join(line) for line in lines) + "]"
    rows = [a[i] for i in (*range(n), *range(len(a) - n, len(a)))] if cut else list(a)
    parts = [_nested(row, text, indent + 1, summarize) for row in rows]
    if cut:
        parts.insert(n, "...")
    return "[" + ("," + "\n" * (a.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
