"""The options of a group of parameters: whether they are in their ranges, and what they are as numbers."""

from __future__ import annotations

from math import inf
from numbers import Real
from typing import Any

import numpy as np

from autograd.errors import ArgumentError
from autograd.tape import Variable

Group = dict[str, Any]


_NO_TENSORS = frozenset({float, int, bool, str, list, type(None)})


def as_numbers(group: Group) -> Group:
    """The options; those that are tensors as numbers."""
    if _NO_TENSORS.issuperset(map(type, group.values())):
        return group
    numbers: Group = {
        name: value.array.item() for name, value in group.items() if isinstance(value, Variable)
    }
    betas = group.get("betas", ())
    if any(isinstance(beta, Variable) for beta in betas):
        numbers["betas"] = tuple(b.array.item() if isinstance(b, Variable) else b for b in betas)
    return {**group, **numbers} if numbers else group


def check_adaptive(who: str, group: Group) -> None:
    """Raise ArgumentError unless lr, betas, eps and weight_decay are those of an Adam."""
    check_ranges(who, group, lr=(0, inf), eps=(0, inf), weight_decay=(0, inf))
    check_betas(who, group)


def check_betas(who: str, group: Group) -> None:
    """Raise ArgumentError unless each of the betas is in [0, 1)."""
    betas = group["betas"]
    if not hasattr(betas, "__len__") or len(betas) != 2:
        raise ArgumentError(f"{who}: betas is a pair of numbers, got {betas!r}")
    for i, given in enumerate(betas):
        beta = _number(who, f"betas[{i}]", given)
        if not 0 <= beta < 1:
            raise ArgumentError(f"{who}: betas[{i}] must be in [0, 1), got {beta}")


def check_ranges(who: str, group: Group, **limits: tuple[float, float]) -> None:
    """Raise unless low <= group[name] <= high for each `name=(low, high)`.

    Raises:
        ArgumentError: with the option's name, its value and its range.
    """
    for name, (low, high) in limits.items():
        value = _number(who, name, group[name])
        if not low <= value <= high:
            bounds = f"in [{low}, {high}]" if high < inf else f"{low} or more"
            raise ArgumentError(f"{who}: {name} must be {bounds}, got {value}")


def _number(who: str, name: str, value: Any) -> Any:
    """An option that is a number, or a tensor or array of one."""
    array = value.array if isinstance(value, Variable) else value
    if isinstance(array, np.ndarray):
        if array.size != 1:
            raise ArgumentError(f"{who}: {name} is one number, got a tensor of shape {array.shape}")
        return array.item()
    if not isinstance(value, Real):
        raise ArgumentError(f"{who}: {name} is a number, got {value!r}")
    return value
