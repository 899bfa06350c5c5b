"""`summary`: a model as a table of its layers, with shapes, parameters, multiply-adds and memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import autograd
from autograd.errors import ArgumentError

if TYPE_CHECKING:
    from autograd.show.drawing.model_run import Call, ModelRun


@dataclass(frozen=True)
class SummaryRow:
    """A module in a summary.

    path:       of the module, "" for the model; depth: how many modules it is in
    kind:       its class
    calls:      how often it was called; None if the model was not run
    inputs:     shapes of the tensors of its first call; outputs: of its results
    parameters: numbers in its parameters and in those of the modules inside it; trainable: those that are learnt
    products:   multiply-adds of all its calls
    size:       bytes of its results, of all its calls
    shared:     paths of the parameters that an earlier row has counted already
    leaf:       whether there is no module in it that has a row
    """

    path: str
    depth: int
    kind: str
    calls: int | None
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    parameters: int
    trainable: int
    products: int
    size: int
    shared: tuple[str, ...]
    leaf: bool


@dataclass(frozen=True)
class Summary:
    """What `summary` returns: the table is its text, and what a notebook shows.

    rows:       the modules, in the order in which they were made
    parameters: numbers in all parameters; one that is shared counts once
    trainable:  those that are learnt
    products:   multiply-adds of the run
    input_bytes, parameter_bytes: of the example, and of parameters and buffers
    output_bytes: of what all layers return
    saved_bytes: of what the graph keeps for a backward
    """

    rows: tuple[SummaryRow, ...]
    parameters: int
    trainable: int
    products: int
    input_bytes: int
    parameter_bytes: int
    output_bytes: int
    saved_bytes: int

    def __str__(self) -> str:
        lines = [
            HEADINGS,
            *(_cells(row, indent) for row, indent in zip(self.rows, _indents(self.rows), strict=True)),
        ]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEADINGS))]
        text = ["  ".join(_aligned(line, widths)).rstrip() for line in lines]
        rule = "─" * max(map(len, text))
        return "\n".join([text[0], rule, *text[1:], rule, *self._totals()])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The table in HTML."""
        import html

        head = "".join(f'<th style="text-align:{_side(i)}">{name}</th>' for i, name in enumerate(HEADINGS))
        body = []
        for row in self.rows:
            first, *others = _cells(row, "")
            pad = f"text-align:left;padding-left:{1.2 * row.depth + 0.5:.1f}em"
            cells = [f'<td style="{pad}">{html.escape(first)}</td>']
            cells += [
                f'<td style="text-align:{_side(i + 1)}">{html.escape(cell)}</td>'
                for i, cell in enumerate(others)
            ]
            body.append(f"<tr>{''.join(cells)}</tr>")
        total = "<br>".join(map(html.escape, self._totals()))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table><p>{total}</p>"

    def _totals(self) -> list[str]:
        frozen = self.parameters - self.trainable
        lines = [
            f"Parameters: {self.parameters:,} ({self.trainable:,} trainable, {frozen:,} frozen), "
            f"{_memory(self.parameter_bytes)} with buffers"
        ]
        if any(row.calls is not None for row in self.rows):
            lines += [
                f"Multiply-adds: {self.products:,} (of matrix products, convolutions and the like)",
                f"Memory: input {_memory(self.input_bytes)}, results of layers {_memory(self.output_bytes)}, "
                f"kept for backward {_memory(self.saved_bytes)}",
            ]
        return lines


HEADINGS = ("Layer", "Input", "Output", "Parameters", "Trainable", "Multiply-adds")
LEFT = 3  # columns of text, the others are numbers


def summary(
    model: Any,
    *inputs: Any,
    input_size: Sequence[int] | Sequence[Sequence[int]] | None = None,
    dtypes: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    depth: int | None = 3,
) -> Summary:
    """Return a table of a model: each layer with its shapes, parameters and multiply-adds, and the totals.

    The model runs once on the example, in evaluation mode; its modes, buffers, gradients and the random numbers are
    afterwards as before, and lazy modules are complete. Without an example there are only the parameters.

    Args:
        model: the module.
        inputs: what it is called with: tensors, or whatever its `forward` takes.
        input_size: instead of `inputs`, a shape such as (1, 3, 32, 32), or one for each input. A single tuple of
            integers in the place of `inputs` is taken for that, too.
        dtypes: of the inputs made for `input_size`; float32 if it is not given. Integers are zeros.
        kwargs: keyword arguments of the call.
        depth: how many levels of modules have rows; deeper ones count in those. None for all.

    Raises:
        ArgumentError: if it is no module, or both inputs and sizes are given. What `forward` raises says which module
            it was in.

    >>> import nn
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    >>> print(nn.summary(model, input_size=(16, 1, 8, 8)))
    Layer         Input          Output    Parameters  Trainable  Multiply-adds
    ───────────────────────────────────────────────────────────────────────────
    Sequential    (16, 1, 8, 8)  (16, 10)       2,410      2,410         37,888
    ├─ 0 Flatten  (16, 1, 8, 8)  (16, 64)           –          –              –
    ├─ 1 Linear   (16, 64)       (16, 32)       2,080      2,080         32,768
    ├─ 2 ReLU     (16, 32)       (16, 32)           –          –              –
    └─ 3 Linear   (16, 32)       (16, 10)         330        330          5,120
    ───────────────────────────────────────────────────────────────────────────
    Parameters: 2,410 (2,410 trainable, 0 frozen), 9.41 kB with buffers
    Multiply-adds: 37,888 (of matrix products, convolutions and the like)
    Memory: input 4 kB, results of layers 8.62 kB, kept for backward 17.2 kB
    """
    from autograd.show.drawing.model_run import run
    from autograd.show.options import check_count, check_table

    if depth is not None:
        check_count("summary", "depth", depth, 0, ", or None for all")
    check_table("summary", "kwargs", kwargs, "of the keyword arguments of the call", strings=True)
    if input_size is None and len(inputs) == 1 and _is_size(inputs[0]):
        input_size, inputs = inputs[0], ()
    if input_size is not None:
        if inputs:
            raise ArgumentError("summary: takes inputs or input_size, not both")
        inputs = tuple(_examples(input_size, dtypes))
    if not hasattr(model, "named_modules"):
        raise ArgumentError(f"summary: needs a module, got {type(model).__name__}")
    done = run(model, inputs, kwargs or {}, "summary") if inputs or kwargs else None
    return _summary(model, done, depth)


def _is_size(value: Any) -> bool:
    return isinstance(value, (tuple, list)) and bool(value) and all(type(n) is int for n in value)


def _examples(sizes: Any, dtypes: Sequence[Any] | None) -> Iterable[Any]:
    shapes: Sequence[Sequence[int]] = [sizes] if _is_size(sizes) else list(sizes)
    if not all(_is_size(shape) for shape in shapes):
        raise ArgumentError(f"summary: input_size is a shape or a list of shapes, got {sizes!r}")
    if dtypes is not None and len(dtypes) != len(shapes):
        raise ArgumentError(f"summary: {len(shapes)} shapes need as many dtypes, got {len(dtypes)}")
    for shape, dtype in zip(shapes, dtypes or [autograd.float32] * len(shapes), strict=True):
        yield autograd.zeros(*shape, dtype=dtype)


def _summary(model: Any, done: ModelRun | None, depth: int | None) -> Summary:
    from autograd.show.drawing.model_run import sizes, tensors_in

    calls: dict[str, list[Call]] = {}
    for call in done.calls if done is not None else ():
        calls.setdefault(call.path, []).append(call)
    modules = list(model.named_modules())
    paths = [path for path, _ in modules if depth is None or _depth(path) <= depth]
    products: dict[str, int] = {path: 0 for path, _ in modules}
    for path, _ in reversed(modules):  # a list of modules is not called itself: what is in it counts
        if path in calls:
            products[path] = sum(call.products for call in calls[path])
        if path:
            products[path.rpartition(".")[0]] += products[path]
    holding = {above for path in paths if path for above in ("", *_above(path))}
    counted: dict[int, str] = {}
    rows = []
    for path, module in modules:
        if path not in paths:
            continue
        found, own = calls.get(path, []), sizes(module)
        shared = []
        for name, p in module.named_parameters():
            full = f"{path}.{name}" if path else name
            first = counted.setdefault(id(p), full)
            if first != full and path not in holding:
                shared.append(first)
        rows.append(
            SummaryRow(
                path,
                _depth(path),
                type(module).__name__,
                len(found) if done is not None else None,
                found[0].inputs if found else (),
                found[0].outputs if found else (),
                own.learnt + own.frozen,
                own.learnt,
                products[path],
                sum(call.size for call in found),
                tuple(shared),
                path not in holding,
            )
        )
    whole = sizes(model)
    run = done.calls[0] if done is not None else None
    return Summary(
        tuple(rows),
        whole.learnt + whole.frozen,
        whole.learnt,
        run.products if run is not None else 0,
        sum(t.nbytes for t in tensors_in(list(done.names.values()))) if done is not None else 0,
        whole.nbytes,
        sum(call.size for call in done.calls if call.leaf) if done is not None else 0,
        run.saved if run is not None else 0,
    )


def _depth(path: str) -> int:
    return path.count(".") + 1 if path else 0


def _above(path: str) -> list[str]:
    names = path.split(".")
    return [".".join(names[:i]) for i in range(1, len(names))]


# -- the table ---------------------------------------------------------------------------------------------------------


def _cells(row: SummaryRow, indent: str) -> tuple[str, ...]:
    name = row.path.rpartition(".")[2]
    times = f" ×{row.calls}" if row.calls is not None and row.calls > 1 else ""
    note = f" (shares {', '.join(row.shared)})" if row.shared else ""
    layer = f"{indent}{f'{name} {row.kind}'.strip()}{times}{note}"
    return (
        layer,
        _shapes(row.inputs),
        _shapes(row.outputs),
        _count(row.parameters),
        _count(row.trainable),
        _count(row.products),
    )


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join(map(str, shapes))


def _count(number: int) -> str:
    return f"{number:,}" if number else "–"


def _indents(rows: Sequence[SummaryRow]) -> list[str]:
    """The lines of the tree before each row."""
    found = []
    for i, row in enumerate(rows):
        if row.depth == 0:
            found.append("")
            continue
        lines = []
        for level in range(1, row.depth + 1):
            later = next((other.depth for other in rows[i + 1 :] if other.depth <= level), 0)
            more = later == level
            lines.append(("├─ " if more else "└─ ") if level == row.depth else ("│  " if more else "   "))
        found.append("".join(lines))
    return found


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [
        cell.ljust(width) if i < LEFT else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]


def _side(column: int) -> str:
    return "left" if column < LEFT else "right"


def _memory(count: int) -> str:
    from autograd.show.drawing.dot import memory

    return memory(count)
