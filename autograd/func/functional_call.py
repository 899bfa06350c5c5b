"""Modules as functions of their parameters: `functional_call`, and several modules stacked for `vmap`.

Any object with `named_parameters`, `named_buffers` and `get_submodule` is a module here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.errors import ArgumentError, MemberNameError
from autograd.ops.join import stack

__all__ = ["functional_call", "stack_module_state"]


def functional_call(
    module: Any,
    parameter_and_buffer_dicts: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """module(*args, **kwargs), computed with the given tensors in place of its parameters and buffers.

    The module is as before afterwards.

    Args:
        parameter_and_buffer_dicts: a dict from names, as in `named_parameters()`, to tensors; or several dicts.
        args: the arguments: a tuple, or the only one.
        tie_weights: a tensor that the module has under several names is replaced under all of them.
        strict: every parameter and buffer must be given, and nothing else.

    Raises:
        ArgumentError: if a name is given twice, or by strict.
        MemberNameError: if the module has no member of a name.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> values = {"weight": autograd.ones(1, 2), "bias": autograd.zeros(1)}
    >>> autograd.func.functional_call(layer, values, autograd.tensor([1.0, 2.0]))
    tensor([3.])
    """
    values = _merged(parameter_and_buffer_dicts)
    given = args if isinstance(args, tuple) else () if args is None else (args,)
    with _replaced(module, values, tie_weights, strict):
        return module(*given, **(kwargs or {}))


def _merged(dicts: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several dicts as one."""
    if isinstance(dicts, Mapping):
        return dict(dicts)
    if not isinstance(dicts, (tuple, list)):
        raise ArgumentError(
            f"functional_call: needs a dict from names to tensors, or a tuple of dicts, got {type(dicts).__name__}"
        )
    merged: dict[str, Any] = {}
    for d in dicts:
        if twice := merged.keys() & d.keys():
            raise ArgumentError(f"functional_call: {sorted(twice)} are given in more than one dict")
        merged.update(d)
    return merged


def _members(module: Any) -> dict[str, Any]:
    """All names of its parameters and buffers, those of shared tensors among them."""
    named = [
        *module.named_parameters(remove_duplicate=False),
        *module.named_buffers(remove_duplicate=False),
    ]
    return dict(named)


@contextmanager
def _replaced(module: Any, values: dict[str, Any], tie_weights: bool, strict: bool) -> Iterator[None]:
    """The module with tensors in place of its members, for a while."""
    members = _members(module)
    if unknown := values.keys() - members.keys():
        raise MemberNameError(
            f"functional_call: {type(module).__name__} has no parameters or buffers named {sorted(unknown)}"
        )
    names = dict(values)
    if tie_weights:
        for name, value in values.items():
            names.update(
                {n: value for n, held in members.items() if held is members[name] and n not in values}
            )
    if strict and (missing := members.keys() - names.keys()):
        raise ArgumentError(f"functional_call: {sorted(missing)} are missing (strict=True)")
    held: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for name, value in names.items():
            path, _, own = name.rpartition(".")
            attributes = vars(module.get_submodule(path))
            held.append((attributes, own, attributes[own]))
            attributes[own] = value
        yield
    finally:
        for attributes, own, value in reversed(held):
            attributes[own] = value


def stack_module_state(models: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of several models of one kind, each stacked along a new first dimension.

    vmap over them is an ensemble: vmap(lambda p, b, x: functional_call(model, (p, b), x), (0, 0, None)).

    Raises:
        ArgumentError: if there is no model, or they are of several classes or differ in training mode.

    >>> import autograd, nn
    >>> parameters, buffers = autograd.func.stack_module_state([nn.Linear(2, 3) for _ in range(4)])
    >>> parameters["weight"].shape
    autograd.Size([4, 3, 2])
    """
    if not models:
        raise ArgumentError("stack_module_state: needs at least one model")
    if len({type(m) for m in models}) > 1:
        raise ArgumentError(
            f"stack_module_state: the models are of several classes: {[type(m).__name__ for m in models]}"
        )
    if len({m.training for m in models}) > 1:
        raise ArgumentError(
            "stack_module_state: all models must be in training mode, or all in evaluation mode"
        )

    def stacked(dicts: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            name: _leaf(stack([d[name].detach() for d in dicts]), d0.requires_grad)
            for name, d0 in dicts[0].items()
        }

    return (
        stacked([dict(m.named_parameters()) for m in models]),
        stacked([dict(m.named_buffers()) for m in models]),
    )


def _leaf(tensor: Any, requires_grad: bool) -> Any:
    return tensor.requires_grad_() if requires_grad else tensor
