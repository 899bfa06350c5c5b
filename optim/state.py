"""An optimizer's state as a dict of numbers and tensors, in PyTorch's form, and back."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.errors import ArgumentError, EntryError, StateDictError
from autograd.tape import Variable, wrap
from optim.options import as_numbers

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
        raise EntryError(
            f"{who}.load_state_dict: needs a dict with 'state' and 'param_groups', as state_dict() returns"
        )
    saved_state, saved_groups = state_dict["state"], state_dict["param_groups"]
    if not isinstance(saved_groups, (list, tuple)) or not isinstance(saved_state, Mapping):
        raise ArgumentError(
            f"{who}.load_state_dict: 'state' is a dict and 'param_groups' a list, got {type(saved_state).__name__} and "
            f"{type(saved_groups).__name__}"
        )
    for i, saved in enumerate(saved_groups):
        if "params" not in saved:
            raise EntryError(f"{who}.load_state_dict: param_groups[{i}] has no 'params'")
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
    for number, kept in saved_state.items():
        p = params.get(number)
        if p is None:
            state[number] = copy.deepcopy(kept)
        elif not isinstance(kept, Mapping):
            problems.append(f"what is kept for parameter {number} is a {type(kept).__name__}, not a dict.")
        else:
            group = as_numbers(group_of[id(p)])
            counted, shapes = optimizer.numbers(group), optimizer.shapes(p.array, group)
            for name, value in kept.items():
                if name in counted and value is not None:
                    state[p][name] = wrap(np.array(float(value), number_dtype()))
                    continue
                state[p][name] = taken = _value(value, p)
                problems += [
                    f"'{name}' of parameter {number} has shape {tensor.array.shape} in the place of {shapes[name]}; "
                    f"the parameter has {p.array.shape}."
                    for tensor in (taken if isinstance(taken, list) else [taken])
                    if name in shapes and isinstance(tensor, Variable) and tensor.array.shape != shapes[name]
                ]
    if problems:
        raise StateDictError(
            f"{who}.load_state_dict: it does not fit (nothing was changed):\n\t" + "\n\t".join(problems)
        )
    pairs = zip(saved_groups, groups, strict=True)
    return [_group(saved, group, optimizer.defaults) for saved, group in pairs], state


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


def _group(saved: Group, held: Group, defaults: Group) -> Group:
    """The options that were saved, and of those held only what every group has, and names."""
    names = {*defaults, "param_names"}
    group = {name: value for name, value in held.items() if name in names}
    group.update({name: _option(value, held.get(name)) for name, value in saved.items()})
    return {**group, "params": held["params"]}


def _option(value: Any, held: Any) -> Any:
    """A copy of an option; a file may have made a list of a tuple, or an array of a tensor."""
    if isinstance(held, tuple):
        return tuple(value)
    if not isinstance(value, Variable) and hasattr(value, "__array__") and not isinstance(value, np.generic):
        return wrap(np.array(value))
    return copy.deepcopy(value)
