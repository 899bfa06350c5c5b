"""What looks wrong in what `watch` saw, in words, with the layer and the usual fixes."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autograd.show.watching.numbers import Observation

Problem = Literal["nan", "vanishing", "exploding", "dead", "saturated", "slow", "fast", "no gradient"]

LAST = 10
"""Judgements are on the median of so many samples, the last."""

VANISHING, EXPLODING = 1e-3, 1e3
"""Norm of a layer's gradient by that of the last layer with weights."""

MOST = 0.5
"""A larger share of dead units or saturated activations is reported."""

SLOW, FAST = 1e-5, 1e-1
"""Norm of an update by that of its parameter. About 1e-3 is usual (Karpathy, CS231n, "Neural networks part 3")."""

FIXES: dict[Problem, str] = {
    "nan": "lower the learning rate, clip gradients, and look for log(0), x/0 or sqrt'(0); detect_anomaly() names the "
    "operation",
    "vanishing": "ReLU or GELU in the place of sigmoid and tanh, He or Xavier initialisation, skip connections, "
    "normalisation layers",
    "exploding": "smaller initial weights, gradient clipping, normalisation layers, a lower learning rate",
    "dead": "lower the learning rate, He initialisation, LeakyReLU or GELU, smaller biases",
    "saturated": "smaller initial weights (Xavier), inputs of mean 0 and variance 1, normalisation layers, ReLU",
    "slow": "a higher learning rate, or an optimizer with a rate of its own for each parameter (Adam)",
    "fast": "a lower learning rate, or warm-up",
    "no gradient": "watch.missing(loss) says why",
}

BLOCKED = (
    "Look for dead units in the layers behind it; watch.missing(loss) says where the gradient becomes zero"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks wrong.

    problem: "nan", "vanishing", "exploding", "dead", "saturated", "slow", "fast" or "no gradient"
    name:    the layer or the parameter
    step:    at which it was seen, for "nan" the first
    value:   the number that was judged
    text:    all of it in words, with the usual fixes
    """

    problem: Problem
    name: str
    step: int
    value: float
    text: str

    def __str__(self) -> str:
        return self.text


def findings(history: Sequence[Observation], weighted: Sequence[str]) -> list[Finding]:
    """What looks wrong, the worst first.

    Args:
        history: the rows.
        weighted: the layers with weights.
    """
    if not history:
        return []
    return [
        *_not_finite(history),
        *_gradients(history, weighted),
        *_units(history),
        *_updates(history),
        *_without(history),
    ]


def _finding(problem: Problem, name: str, step: int, value: float, text: str) -> Finding:
    return Finding(problem, name, step, value, f"{text}. Usual fixes: {FIXES[problem]}.")


def _not_finite(history: Sequence[Observation]) -> Iterable[Finding]:
    """The first step with NaN or inf, and in it what comes first."""
    bad = [row for row in history if row.nans or row.infinities]
    if not bad:
        return
    first = min(row.step for row in bad)
    rank = {"activation": 0, "activation gradient": 1, "parameter gradient": 2, "parameter": -1}
    at_first = [row for row in bad if row.step == first]
    row = min(at_first, key=lambda r: rank[r.what])
    if row.what == "activation gradient":  # backward comes to the last layer first
        row = [r for r in at_first if r.what == row.what][-1]
    counts = [f"{n} {what}" for n, what in ((row.nans, "NaN"), (row.infinities, "inf")) if n]
    text = (
        f"{row.what} of {row.name}: {' and '.join(counts)} among {row.count} numbers, first at step {first}"
    )
    yield _finding("nan", row.name, first, row.nans + row.infinities, text)


def _median(rows: Iterable[Observation], name: str, what: str, field: str) -> tuple[float, int] | None:
    """The median of one number over the last samples, and the last step."""
    found = [(getattr(r, field), r.step) for r in rows if r.name == name and r.what == what]
    found = [(value, step) for value, step in found if value is not None][-LAST:]
    return (statistics.median(value for value, _ in found), found[-1][1]) if found else None


def _gradients(history: Sequence[Observation], weighted: Sequence[str]) -> Iterable[Finding]:
    """Gradients that vanish or explode on their way to the first layers."""
    norms = [
        (name, *median)
        for name in weighted
        if (median := _median(history, name, "activation gradient", "norm")) is not None
    ]
    if len(norms) < 2 or not norms[-1][1] > 0:
        return
    last = norms[-1][1]
    small = [(name, norm / last, step) for name, norm, step in norms[:-1] if norm <= VANISHING * last]
    large = [(name, norm / last, step) for name, norm, step in norms[:-1] if norm >= EXPLODING * last]
    both: tuple[tuple[Problem, Any, Any], ...] = (("vanishing", small, min), ("exploding", large, max))
    for problem, cases, worst in both:
        if cases:
            name, ratio, step = worst(cases, key=lambda case: case[1])
            others = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
            if ratio == 0:
                text = f"layer {name}{others}: gradients are zero: nothing comes back from behind it"
                yield Finding("vanishing", name, step, ratio, f"{text}. {BLOCKED}.")
                continue
            text = f"layer {name}{others}: gradients {ratio:.0e} of the last layer's: {problem}"
            yield _finding(problem, name, step, ratio, text)


def _units(history: Sequence[Observation]) -> Iterable[Finding]:
    """Layers with mostly dead or saturated units; the last layer may be sure of itself."""
    names = list(dict.fromkeys(r.name for r in history if r.what == "activation"))
    last = {r.name: r for r in history if r.what == "activation"}
    for name in names:
        row = last[name]
        if row.dead is not None and row.dead > MOST:
            yield _finding(
                "dead",
                name,
                row.step,
                row.dead,
                f"layer {name}: {row.dead:.0%} of its units are zero on every example: dead",
            )
        if row.saturated is not None and row.saturated > MOST and name != names[-1]:
            yield _finding(
                "saturated",
                name,
                row.step,
                row.saturated,
                f"layer {name}: {row.saturated:.0%} of its activations lie where it is flat: saturated",
            )


def _updates(history: Sequence[Observation]) -> Iterable[Finding]:
    """Parameters that change too little or too much."""
    names = dict.fromkeys(r.name for r in history if r.update is not None and "×" in r.kind)
    both: tuple[tuple[Problem, str], ...] = (("slow", "too little to learn"), ("fast", "unstable"))
    for problem, word in both:
        cases = []
        for name in names:
            median = _median(history, name, "parameter", "update")
            if median is not None and math.isfinite(median[0]):
                ratio, step = median
                if ratio < SLOW if problem == "slow" else ratio > FAST:
                    cases.append((name, ratio, step))
        if cases:
            pick = min if problem == "slow" else max
            name, ratio, step = pick(cases, key=lambda case: case[1])
            others = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
            yield _finding(
                problem,
                name,
                step,
                ratio,
                f"parameter {name}{others}: a step changes it by {ratio:.0e} of its norm, about 1e-03 is usual: {word}",
            )


def _without(history: Sequence[Observation]) -> Iterable[Finding]:
    """Parameters that an optimizer has, and that got no gradient in the last step."""
    step = history[-1].step
    there = {r.name for r in history if r.step == step and r.what == "parameter gradient"}
    missing = [r.name for r in history if r.step == step and r.what == "parameter" and r.name not in there]
    if missing:
        names = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
        yield Finding(
            "no gradient", missing[0], step, len(missing), f"no gradient: {names}. {FIXES['no gradient']}."
        )


# -- the report ----------------------------------------------------------------------------------------------------

_HEADINGS = ("layer", "class", "mean", "std", "zeros", "dead", "saturated", "gradient", "update")


def report(
    title: str, history: Sequence[Observation], layers: Sequence[str], found: Sequence[Finding]
) -> str:
    """A table of the layers at the last sampled step, and the findings."""
    if not history:
        return f"{title}\nNothing seen yet: train a step."
    step = history[-1].step
    last = {(r.what, r.name): r for r in history if r.step == step}
    rows = [_HEADINGS]
    for name in layers:
        seen = last.get(("activation", name))
        if seen is None:
            continue
        gradient = last.get(("activation gradient", name))
        updates = [
            r.update
            for r in last.values()
            if r.update is not None and "×" in r.kind and r.name.rpartition(".")[0] in (name, "")
        ]
        rows.append(
            (
                name,
                seen.kind,
                *(
                    (f"{seen.mean:.3g}", f"{seen.std:.3g}")
                    if seen.nans + seen.infinities < seen.count
                    else ("", "")
                ),
                f"{seen.zeros:.0%}",
                _share(seen.dead),
                _share(seen.saturated),
                "none" if gradient is None else f"{gradient.norm:.2e}",
                f"{max(updates):.1e}" if updates else "",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADINGS))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < 2 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(map(len, lines)))
    problems = [f"- {finding}" for finding in found] or ["Nothing looks wrong."]
    return "\n".join([title, f"At step {step}:", *lines, "", *problems])


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
