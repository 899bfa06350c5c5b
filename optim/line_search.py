"""A line search for the strong Wolfe conditions: a step that lowers the objective enough and flattens its slope.

With φ(t) the objective along a direction, a step t is good if

    φ(t) ≤ φ(0) + c₁ t φ′(0)   and   |φ′(t)| ≤ c₂ |φ′(0)|

(Nocedal & Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6). The search first goes outwards until it has
an interval that must hold such a step, then narrows it down by cubic interpolation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

Array = Any


class Point(NamedTuple):
    """A step along the direction: its length, the objective there, the gradient there, and the slope φ′."""

    t: float
    value: float
    gradient: Array
    slope: float


def cubic_minimum(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through two points and their slopes is least, kept in bounds; their middle if it has no minimum.

    >>> a, b = Point(0.0, 1.0, None, -2.0), Point(2.0, 1.0, None, 2.0)  # (t - 1)²
    >>> cubic_minimum(a, b)
    1.0
    """
    low, high = bounds or (min(a.t, b.t), max(a.t, b.t))
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2
    d2 = sqrt(square)
    if a.t <= b.t:
        t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    else:
        t = a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2))
    return min(max(t, low), high)


def strong_wolfe(
    at: Callable[[float], Point],
    start: Point,
    t: float,
    largest: float,
    tolerance: float = 1e-9,
    evaluations: int = 25,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> Point:
    """Search for a good step.

    Args:
        at: evaluates a step.
        start: the step of length 0; its slope is negative.
        t: the first step to try.
        largest: the largest element of the direction: intervals that move no element by `tolerance` are not narrowed.
        tolerance: see `largest`.
        evaluations: how many further steps are tried at most.
        c1, c2: the constants of the conditions.

    Returns:
        The best step found.
    """

    def too_high(p: Point) -> bool:
        return p.value > start.value + c1 * p.t * start.slope

    def flat(p: Point) -> bool:
        return abs(p.slope) <= -c2 * start.slope

    before, new = start, at(t)
    tries = 0
    while tries < evaluations:  # outwards
        if too_high(new) or (tries > 1 and new.value >= before.value):
            break
        if flat(new):
            return new
        if new.slope >= 0:
            break
        further = cubic_minimum(before, new, (new.t + 0.01 * (new.t - before.t), new.t * 10))
        before, new = new, at(further)
        tries += 1
    else:
        before = start

    bracket = [before, new]
    low, high = (0, 1) if before.value <= new.value else (1, 0)
    slow = False  # whether the last step hardly moved away from an end
    while tries < evaluations:  # inwards
        left, right = sorted((bracket[0].t, bracket[1].t))
        if (right - left) * largest < tolerance:
            break
        t = cubic_minimum(bracket[0], bracket[1])
        margin = 0.1 * (right - left)
        near = min(right - t, t - left) < margin
        if near and (slow or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            near = False
        slow = near
        new = at(t)
        tries += 1
        if too_high(new) or new.value >= bracket[low].value:
            bracket[high] = new
            low, high = (0, 1) if bracket[0].value <= bracket[1].value else (1, 0)
            continue
        if not flat(new) and new.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = new
        if flat(new):
            break
    return bracket[low]
