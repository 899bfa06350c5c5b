"""What `watch` saw as matplotlib figures: activations, gradients, updates, and dead or saturated units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from autograd.errors import ArgumentError
from autograd.show.watching.numbers import Observation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

View = Literal["activations", "gradients", "updates", "units"]

BLUE, ORANGE, GREEN, RED, GREY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#767676"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Okabe and Ito's, which people with any kind of colour vision tell apart."""

USUAL = 1e-3
"""The update ratio that the guide line stands for (Karpathy, CS231n, "Neural networks part 3")."""

LONGEST_LABEL = 28  # characters

STYLE: Any = {
    "font.size": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "legend.frameon": False,
    "savefig.dpi": 150,
    "figure.constrained_layout.w_pad": 0.15,
    "figure.constrained_layout.h_pad": 0.12,
}


def plot(
    history: Sequence[Observation], order: Mapping[str, str], weighted: Sequence[str], view: View | None
) -> Figure:
    """A figure of one view, or of all four."""
    views: dict[str, Any] = {
        "activations": _activations,
        "gradients": _gradients,
        "updates": _updates,
        "units": _units,
    }
    if view is not None and view not in get_args(View):
        raise ArgumentError(
            f"plot: the view is one of {', '.join(get_args(View))}, or None for all; got {view!r}"
        )
    if not history:
        raise ArgumentError("plot: nothing was seen yet; train a step")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    layers = _Layers(history, order, weighted)
    with mpl.rc_context(STYLE):
        many = max(len(layers.names), 6)
        if view is not None:
            height = max(4.5, 1.8 + 0.32 * many) if view in ("activations", "gradients") else 4.8
            figure = Figure(figsize=(8.5, height), layout="constrained")
            axes = figure.subplots()
            views[view](axes, layers)
            _finish(axes)
            return figure
        tall = max(4.4, 1.2 + 0.32 * many)
        figure = Figure(figsize=(15, tall + 4.6), layout="constrained")
        parts: Any = figure.subfigures(2, 2, height_ratios=(tall, 4.6))  # each is laid out by itself
        for part, draw in zip(parts.flat, views.values(), strict=True):
            axes = part.subplots()
            draw(axes, layers)
            _finish(axes)
    return figure


def _finish(axes: Axes) -> None:
    """Note the style in the axes: ticks are made when the figure is drawn, and the style is gone then."""
    axes.tick_params(labelsize=12, color="#555555", grid_color="#e3e3e3")


class _Layers:
    """The rows, by layer and by step."""

    def __init__(
        self, history: Sequence[Observation], order: Mapping[str, str], weighted: Sequence[str]
    ) -> None:
        self.rows: dict[tuple[str, str], dict[int, Observation]] = {}
        for row in history:
            self.rows.setdefault((row.what, row.name), {})[row.step] = row
        self.steps = sorted({row.step for row in history})
        self.names = [name for name in order if ("activation", name) in self.rows]
        self.labels = {name: _label(name, order[name]) for name in self.names}
        self.weighted = [name for name in weighted if ("activation gradient", name) in self.rows]

    def parameters(self) -> list[str]:
        """Those of two or more dimensions whose updates were seen."""
        found = []
        for (what, name), rows in self.rows.items():
            row = next(iter(rows.values()))
            if what == "parameter" and "×" in row.kind and any(r.update is not None for r in rows.values()):
                found.append(name)
        return found


def _label(name: str, kind: str) -> str:
    text = name if kind.endswith("()") or name == kind else f"{name}  {kind}"
    if len(text) > LONGEST_LABEL:
        text = name
    return text if len(text) <= LONGEST_LABEL else "…" + text[1 - LONGEST_LABEL :]


def _activations(axes: Axes, layers: _Layers) -> None:
    """For each layer a bar from mean − std to mean + std: at the first sample pale, at the last dark."""
    axes.set_title("Activations: mean ± std by layer")
    places = np.arange(len(layers.names))
    first, last = layers.steps[0], layers.steps[-1]
    times = [(first, GREY, -0.17, f"step {first}"), (last, BLUE, 0.17, f"step {last}")]
    for step, colour, shift, label in times[first == last :]:
        seen = [layers.rows["activation", name].get(step) for name in layers.names]
        there = [(place, row) for place, row in zip(places, seen, strict=True) if row is not None]
        axes.errorbar(
            [row.mean for _, row in there],
            [place + (shift if first != last else 0) for place, _ in there],
            xerr=[row.std for _, row in there],
            fmt="o",
            color=colour,
            elinewidth=4,
            alpha=0.95,
            markersize=6,
            markeredgecolor="white",
            label=label,
        )
    axes.set_yticks(places, [layers.labels[name] for name in layers.names])
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.axvline(0, color="#555555", linewidth=0.8)
    axes.set_xlabel("value of the activations: mean ± standard deviation")
    axes.grid(axis="y", visible=False)
    _spread_out(axes, [r for n in layers.names for r in layers.rows["activation", n].values()])
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), borderaxespad=0)


def _spread_out(axes: Axes, rows: Sequence[Observation]) -> None:
    """Let one wild layer not press the others flat: a scale that is linear near 0 and logarithmic beyond."""
    widths = [abs(r.mean) + r.std for r in rows if r.mean or r.std]
    if widths and max(widths) > 30 * float(np.median(widths)):
        axes.set_xscale("symlog", linthresh=max(2 * float(np.median(widths)), 1e-12))


def _gradients(axes: Axes, layers: _Layers) -> None:
    """A heat map: layers from the first (top) to the last, steps to the right, the norm as colour."""
    import matplotlib as mpl
    from matplotlib.colors import LogNorm, Normalize

    axes.set_title("Gradients by layer and step")
    names = layers.weighted or [n for n in layers.names if ("activation gradient", n) in layers.rows]
    if not names:
        _nothing(axes, "no gradients were seen")
        return
    grid = np.full((len(names), len(layers.steps)), np.nan)
    broken = np.zeros(grid.shape, bool)
    for i, name in enumerate(names):
        for j, step in enumerate(layers.steps):
            row = layers.rows["activation gradient", name].get(step)
            if row is not None:
                broken[i, j] = row.nans + row.infinities > 0
                grid[i, j] = row.norm if row.norm > 0 and not broken[i, j] else np.nan
    known = grid[np.isfinite(grid)]
    if known.size and known.min() < known.max():
        scale: Normalize = LogNorm(known.min(), known.max())
    else:
        middle = float(known[0]) if known.size else 1.0
        scale = LogNorm(middle / 10, middle * 10)
    axes.grid(visible=False)
    axes.set_facecolor("#eeeeee")
    edges = _edges(layers.steps)
    colours = mpl.colormaps["viridis"]
    mesh = axes.pcolormesh(edges, np.arange(len(names) + 1) - 0.5, grid, norm=scale, cmap=colours)
    for i, j in np.argwhere(broken):
        axes.fill_between(edges[j : j + 2], i - 0.5, i + 0.5, color=RED, linewidth=0)
    axes.set_yticks(range(len(names)), [layers.labels[name] for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    notes = ["red: NaN or inf"] * bool(broken.any()) + ["grey: zero or none"] * bool(
        (np.isnan(grid) & ~broken).any()
    )
    axes.set_xlabel("step" + (f"  ({'; '.join(notes)})" if notes else ""))
    _whole_steps(axes)
    bar = axes.figure.colorbar(mesh, ax=axes, pad=0.02, fraction=0.05, aspect=30)
    bar.set_label("norm of ∂loss/∂result, logarithmic")
    bar.outline.set_visible(False)


def _updates(axes: Axes, layers: _Layers) -> None:
    """Norm of the update by that of the parameter, step by step, with the usual 1/1000."""
    axes.set_title("Updates: ‖Δw‖ / ‖w‖ of each weight")
    names = layers.parameters()
    if not names:
        _nothing(axes, "no updates were seen: give watch() the optimizer")
        return
    lines = []
    for name in names:
        rows = layers.rows["parameter", name]
        points = [(s, r.update) for s, r in sorted(rows.items()) if r.update is not None and r.update > 0]
        lines.append((name, points))
    _lines(axes, lines, guide=USUAL)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, USUAL / 3), max(high, USUAL * 3))
    axes.set(xlabel="step", ylabel="ratio, logarithmic")
    _whole_steps(axes)


def _units(axes: Axes, layers: _Layers) -> None:
    """The shares of dead units and of saturated activations."""
    axes.set_title("Dead units and saturated activations")
    lines = []
    for name in layers.names:
        rows = sorted(layers.rows["activation", name].items())
        for field in ("dead", "saturated"):
            points = [(s, value) for s, r in rows if (value := getattr(r, field)) is not None]
            if points:
                lines.append((f"{name} {field}", points))
    if not lines:
        _nothing(axes, "no ReLU, sigmoid or tanh was seen")
        return
    _lines(axes, lines)
    axes.set(xlabel="step", ylabel="share of the layer", ylim=(-0.03, 1.03))
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    _whole_steps(axes)


def _lines(
    axes: Axes, lines: Iterable[tuple[str, Sequence[tuple[int, float]]]], guide: float | None = None
) -> None:
    """Lines with names beside them; many are coloured from the first layer (dark) to the last (bright)."""
    import matplotlib as mpl

    drawn = list(lines)
    few = len(drawn) <= len(COLOURS)
    ramp = mpl.colormaps["viridis"](np.linspace(0, 0.92, len(drawn)))
    for i, (name, points) in enumerate(drawn):
        steps, values = zip(*points, strict=True) if points else ((), ())
        marker = "o" if len(points) < 30 else None
        colour = COLOURS[i] if few else ramp[i]
        axes.plot(steps, values, color=colour, linewidth=1.8, marker=marker, markersize=4, label=_short(name))
    shown, labels = axes.get_legend_handles_labels()
    if len(drawn) > 12:  # the first, the last, and some between
        kept = np.linspace(0, len(drawn) - 1, 8).round().astype(int)
        shown, labels = [shown[i] for i in kept], [labels[i] for i in kept]
    several = f"{len(shown)} of {len(drawn)}" if len(shown) < len(drawn) else None
    if guide is not None:
        label = f"usual: 1/{1 / guide:.0f}"
        shown.append(axes.axhline(guide, color="#333333", linestyle=(0, (4, 2)), linewidth=1.4, label=label))
        labels.append(label)
    axes.legend(
        shown, labels, loc="center left", bbox_to_anchor=(1.01, 0.5), borderaxespad=0, handlelength=1.2,
        title=several,
    )  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else "…" + name[1 - LONGEST_LABEL :]


def _edges(steps: Sequence[int]) -> Any:
    """The edges between cells whose middles are the steps."""
    middles = np.asarray(steps, float)
    if len(middles) == 1:
        return np.array([middles[0] - 0.5, middles[0] + 0.5])
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate(([2 * middles[0] - between[0]], between, [2 * middles[-1] - between[-1]]))


def _whole_steps(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))


def _nothing(axes: Axes, why: str) -> None:
    """Say that there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, ha="center", va="center", color=GREY, transform=axes.transAxes)
