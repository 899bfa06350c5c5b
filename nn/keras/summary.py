"""`summary`: a model as a table of its layers, in the form that Keras prints."""

from __future__ import annotations

import math
import re
import shutil
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from autograd.errors import ArgumentError, AutogradError
from nn.keras.graph import Graph

_TOP = ("┏", "━", "┳", "┓")
_HEAD = ("┡", "━", "╇", "┩")
_LINE = ("├", "─", "┼", "┤")
_END = ("└", "─", "┴", "┘")


def summary_text(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """The table, and below it how many numbers the weights hold.

    Args:
        model: a model.
        line_length: the width, at most that of the terminal if left out.
        positions: where each column ends, as shares of the width.
        expand_nested: show the layers of models inside as well.
        show_trainable: a column that says whether weights are learnt.
        layer_range: the names, as regular expressions, of the first and last layer to be shown.

    Raises:
        ArgumentError: if the line is too short, or the layers of the range are not there.
    """
    graph: Graph | None = model.graph if getattr(model, "is_graph", False) else None
    layers = list(graph.layers) if graph is not None else model.layers
    straight = graph is None or _is_straight(graph)
    header, right = ["Layer (type)", "Output Shape", "Param #"], 2
    shares, length = [0.45, 0.80, 1.0], 88
    if not straight:
        header.append("Connected to")
        shares, length = [0.3, 0.56, 0.74, 1.0], 108
    shares = list(positions or shares)
    if show_trainable:
        length += 12
        shares = [share * 0.90 for share in shares] + [1.0]
        header.append("Trainable")
    length = line_length or min(length, shutil.get_terminal_size().columns - 4)
    widths: list[int] = []
    for share in shares:
        widths.append(int(share * length) - sum(widths))
    if min(widths) < 4:
        raise ArgumentError(f"summary: {length} columns are too few; give a larger line_length")
    widths = _fitted(widths, length)
    rows: list[list[str]] = []
    for layer in _chosen(layers, layer_range):
        _add_rows(layer, "", 0, expand_nested, None if straight else graph, show_trainable, rows)
    table = [_border(_TOP, widths), *_row(header, widths, "┃", right, 0), _border(_HEAD, widths)]
    for number, fields in enumerate(rows):
        if number:
            table.append(_border(_LINE, widths))
        table += _row(fields, widths, "│", right, len(header) - 1 if show_trainable else 0)
    table.append(_border(_END, widths))
    return "\n".join([f'Model: "{model.name}"', *table, *_totals(model)]) + "\n"


def _fitted(widths: list[int], length: int) -> list[int]:
    """The widths of the columns' texts: what borders and blanks take is taken from all columns alike."""
    texts: list[int] = []
    over = 3 * len(widths) + 1 + sum(widths) - length
    for left, width in enumerate(widths, start=-len(widths)):
        share = round(over / -left)
        texts.append(max(width - share, 1))
        over -= share
    return texts


def _is_straight(graph: Graph) -> bool:
    """Whether each layer is called once, on what the one before returned."""
    calls = [node for node in graph.nodes if node.inputs]
    layers = [node.layer for node in calls]
    if len(set(map(id, layers))) != len(layers) or len(graph.inputs) != 1:
        return False
    used = [id(tensor) for node in calls for tensor in node.inputs]
    return len(used) == len(set(used)) and all(len(node.inputs) == 1 for node in calls)


def _chosen(layers: list[Any], names: Sequence[str] | None) -> list[Any]:
    if names is None:
        return layers
    found = [[i for i, layer in enumerate(layers) if re.match(name, layer.name)] for name in names]
    if len(found) != 2 or not found[0] or not found[1]:
        raise ArgumentError(
            f"summary: layer_range is a pair of names of layers, of {[layer.name for layer in layers]}; got {names}"
        )
    first, last = min(map(min, found)), max(map(max, found))
    return layers[first : last + 1]


def _add_rows(
    layer: Any,
    prefix: str,
    depth: int,
    nested: bool,
    graph: Graph | None,
    trainable: bool,
    rows: list[list[str]],
) -> None:
    fields = [f"{prefix}{layer.name} ({type_name(layer)})", shape_text(layer), _count_text(layer)]
    if graph is not None:
        fields.append(connections(layer, graph))
    if trainable:
        fields.append(("Y" if layer.trainable else "N") if layer.weights else "-")
    rows.append(fields)
    if nested:
        for part in getattr(layer, "layers", ()):
            _add_rows(part, "   " * (depth + 1) + "└ ", depth + 1, nested, graph, trainable, rows)


def type_name(layer: Any) -> str:
    """What Keras calls the layer's class."""
    return "Functional" if getattr(layer, "is_graph", False) else type(layer).__name__


def _count_text(layer: Any) -> str:
    return f"{layer.count_params():,}" if layer.built else "0 (unbuilt)"


def shape_text(layer: Any) -> str:
    """The shape of what a layer returned when it was called on symbolic tensors last; "?" if it never was."""
    nodes = vars(layer).get("_inbound_nodes")
    if nodes:
        shapes = [tensor.shape for tensor in nodes[-1].outputs]
    else:
        shape = vars(layer).get("_built_for")
        if shape is None:
            return "?"
        try:
            shapes = [layer.compute_output_shape(shape)]
        except (AutogradError, NotImplementedError, TypeError, AttributeError):
            return "?"
    texts = [f"({', '.join(str(n) for n in shape)})" for shape in shapes]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def connections(layer: Any, graph: Graph) -> str:
    """On what a layer of a graph is called: layer[call][result]."""
    members = set(graph.nodes)
    found = []
    for node in layer._inbound_nodes:  # noqa: SLF001  # layers keep their calls
        if node not in members:
            continue
        for tensor in node.inputs:
            source = tensor.node
            calls = source.layer._inbound_nodes  # noqa: SLF001  # likewise
            found.append(f"{source.layer.name}[{calls.index(source)}][{tensor.index}]")
    return ", ".join(found) or "-"


def _totals(model: Any) -> list[str]:
    learnt, fixed = model.trainable_weights, model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None)
    state = [] if optimizer is None else _arrays(getattr(optimizer, "state", {}))

    def line(what: str, weights: list[Any]) -> str:
        count = sum(weight.array.size for weight in weights)
        return f" {what}: {count:,} ({memory_text(sum(weight.array.nbytes for weight in weights))})"

    lines = [
        line("Total params", [*learnt, *fixed, *state]),
        line("Trainable params", learnt),
        line("Non-trainable params", fixed),
    ]
    return [*lines, line("Optimizer params", state)] if state else lines


def _arrays(state: Any) -> list[Any]:
    return [
        value
        for of_one in dict(state).values()
        if isinstance(of_one, dict)
        for value in of_one.values()
        if hasattr(value, "array")
    ]


def memory_text(size: float) -> str:
    """Bytes in the unit that suits them.

    >>> memory_text(60), memory_text(2048)
    ('60.00 B', '2.00 KB')
    """
    units = ["B", "KB", "MB", "GB", "TB", "PB"]
    step = min(int(math.log(size, 1024)) if size >= 1 else 0, len(units) - 1)
    return f"{size / 1024**step:.2f} {units[step]}"


def _border(kind: tuple[str, str, str, str], widths: list[int]) -> str:
    left, line, cross, end = kind
    return left + cross.join(line * (width + 2) for width in widths) + end


def _row(fields: list[str], widths: list[int], bar: str, right: int, centre: int) -> list[str]:
    """The lines of a row, with texts that are too long broken."""
    cells = [_wrapped(text, width) for text, width in zip(fields, widths, strict=True)]
    lines = []
    for number in range(max(map(len, cells))):
        texts = []
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            text = cell[number] if number < len(cell) else ""
            place: Callable[[int], str] = text.rjust if column == right else text.ljust
            texts.append(text.center(width) if centre and column == centre else place(width))
        lines.append(f"{bar} " + f" {bar} ".join(texts) + f" {bar}")
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    lead = text[: len(text) - len(text.lstrip())]
    lines = textwrap.wrap(
        text.lstrip(), width, initial_indent=lead, break_on_hyphens=False, break_long_words=False
    )
    return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines] or [""]
