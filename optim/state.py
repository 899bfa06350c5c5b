"""An optimizer's state as a dict of numbers and tensors, in PyTorch's form, and back."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.errors import ArgumentError, StateDictError
from autograd.tape import Variable, wrap

Group = dict[str, Any]


def packed(groups: list[Group], state: Mapping[Any, Any]) -> dict[str, Any]:
    """The state dict: parameters are replaced by their numbers, counted through all groups."""
    numbers: dict[int, int] = {}
    for group in groups:
        for p in group["params"]:
            numbers[id(p)] = len(numbers)
    return {
        "state": {
            numbers[id(key)] if isinstance(key, Variable) else key: kept for key, kept in state.items()
        },
        "param_groups": [{**group, "params": [numbers[id(p)] for p in group["params"]]} for group in groups],
    }


def unpacked(optimizer: Any, state_dict: Mapping[str, Any]) -> tuple[list[Group], defaultdict[Any, Any]]:
    """The groups and the state that a state dict describes, for the parameters of the optimizer."""
    who, groups = type(optimizer).__name__, optimizer.param_groups
    if not {"state", "param_groups"} <= set(state_dict):
        raise ArgumentError(
            f"{who}.load_state_dict: needs a dict with 'state' and 'param_groups', as state_dict() returns"
        )
    saved_groups = state_dict["param_groups"]
    found = [len(g["params"]) for g in saved_groups]
    held = [len(g["params"]) for g in groups]
    if found != held:
        raise StateDictError(
            f"{who}.load_state_dict: it has groups of {found} parameters, the optimizer has {held} "
            "(nothing was changed)"
        )
    params = {
        number: p
        for saved, group in zip(saved_groups, groups, strict=True)
        for number, p in zip(saved["params"], group["params"], strict=True)
    }
    problems: list[str] = []
    group_of = {id(p): group for group in groups for p in group["params"]}
    state: defaultdict[Any, Any] = defaultdict(dict)
    for number, kept in state_dict["state"].items():
        p = params.get(number)
        if p is None:
            state[number] = copy.deepcopy(kept)
        else:
            group = group_of[id(p)]
            counted, begun = optimizer.numbers(group), optimizer.begin(p.array, group)
            for name, value in kept.items():
                if name in counted and value is not None:
                    state[p][name] = wrap(np.array(float(value), number_dtype()))
                    continue
                state[p][name] = taken = _value(value, p)
                if name in begun and taken is not None and taken.array.shape != begun[name].shape:
                    problems.append(
                        f"'{name}' of parameter {number} has shape {taken.array.shape} in the place of "
                        f"{begun[name].shape}; the parameter has {p.array.shape}."
                    )
    if problems:
        raise StateDictError(
            f"{who}.load_state_dict: shapes do not fit (nothing was changed):\n\t" + "\n\t".join(problems)
        )
    return [_group(saved, group) for saved, group in zip(saved_groups, groups, strict=True)], state


def number_dtype() -> np.dtype[Any]:
    """The dtype of the numbers that are kept: float64 where that is the default dtype, else float32."""
    return np.dtype(np.float64 if dtypes.default_dtype() == np.float64 else np.float32)


def _value(value: Any, p: Any) -> Any:
    """A copy of one entry: an array becomes a tensor of the parameter's dtype."""
    if isinstance(value, (list, tuple)):
        return [_value(v, p) for v in value]
    if not isinstance(value, Variable) and not hasattr(value, "__array__"):
        return copy.deepcopy(value)
    array = value.array if isinstance(value, Variable) else np.asarray(value)
    return wrap(array.astype(p.array.dtype))


def _group(saved: Group, held: Group) -> Group:
    options = {
        name: tuple(value) if isinstance(held.get(name), tuple) else copy.deepcopy(value)
        for name, value in saved.items()
    }
    return {**held, **options, "params": held["params"]}
