"""Pruning by a function call, one for each method; for several parameters at once; and undoing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from autograd import ones_like
from autograd.errors import ArgumentError
from nn.module import Module
from nn.utils.convert_parameters import parameters_to_vector
from nn.utils.prune.method import BasePruningMethod, PruningContainer
from nn.utils.prune.methods import (
    CustomFromMask,
    Identity,
    L1Unstructured,
    LnStructured,
    RandomStructured,
    RandomUnstructured,
)

AnyModule = TypeVar("AnyModule", bound=Module)


def identity(module: AnyModule, name: str) -> AnyModule:
    """Put a mask of ones on a parameter.

    >>> import autograd, nn
    >>> layer = identity(nn.Linear(3, 2), "weight")
    >>> layer.weight_mask
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: AnyModule, name: str, amount: Any) -> AnyModule:
    """Prune elements at random: `amount` of them, or as a float that part.

    >>> import autograd, nn
    >>> layer = random_unstructured(nn.Linear(3, 2), "weight", amount=0.5)
    >>> layer.weight_mask.sum()
    tensor(3.)
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: AnyModule, name: str, amount: Any, importance_scores: Any = None) -> AnyModule:
    """Prune the elements of the smallest absolute value, or of the smallest score if scores are given.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 2, bias=False)
    >>> layer.weight.data = autograd.tensor([[3.0, -1.0], [-2.0, 4.0]])
    >>> l1_unstructured(layer, "weight", amount=2).weight
    tensor([[3., -0.],
            [-0., 4.]], grad_fn=<MulBackward0>)
    """
    L1Unstructured.apply(module, name, amount, importance_scores=importance_scores)
    return module


def random_structured(module: AnyModule, name: str, amount: Any, dim: int) -> AnyModule:
    """Prune channels along `dim` at random.

    >>> import autograd, nn
    >>> layer = random_structured(nn.Linear(3, 4), "weight", amount=0.25, dim=0)
    >>> layer.weight_mask.all(1).sum()
    tensor(3)
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(
    module: AnyModule, name: str, amount: Any, n: Any, dim: int, importance_scores: Any = None
) -> AnyModule:
    """Prune the channels along `dim` of the smallest n-norm.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 2, bias=False)
    >>> layer.weight.data = autograd.tensor([[3.0, -1.0], [-2.0, 1.0]])
    >>> ln_structured(layer, "weight", amount=1, n=2, dim=0).weight_mask
    tensor([[1., 1.],
            [0., 0.]])
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: AnyModule, name: str, mask: Any) -> AnyModule:
    """Prune where a mask is 0.

    >>> import autograd, nn
    >>> layer = custom_from_mask(nn.Linear(1, 3), "bias", autograd.tensor([1, 0, 1]))
    >>> layer.bias == 0
    tensor([False,  True, False])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(
    parameters: Iterable[tuple[Module, str]],
    pruning_method: type[BasePruningMethod],
    importance_scores: dict[tuple[Module, str], Any] | None = None,
    **kwargs: Any,
) -> None:
    """Prune several parameters as if they were one vector.

    Args:
        parameters: (module, name) of each.
        pruning_method: an unstructured method's class.
        importance_scores: (module, name) -> a tensor that stands for the parameter; itself where there is none.
        kwargs: of the method, such as `amount`.

    Raises:
        ArgumentError: if the method is not an unstructured one.

    >>> import nn
    >>> from nn.utils import prune
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    >>> prune.global_unstructured([(m, "weight") for m in model], prune.L1Unstructured, amount=0.5)
    >>> int(sum(m.weight_mask.sum() for m in model))
    9
    """
    if not isinstance(parameters, Iterable):
        raise ArgumentError("global_unstructured(): parameters is not an Iterable")
    if not isinstance(importance_scores or {}, dict):
        raise ArgumentError("global_unstructured(): importance_scores must be of type dict")
    places = list(parameters)
    tensors = [getattr(module, name) for module, name in places]
    scores = [(importance_scores or {}).get(place, t) for place, t in zip(places, tensors, strict=True)]
    masks = [getattr(m, f"{name}_mask", ones_like(t)) for (m, name), t in zip(places, tensors, strict=True)]
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise ArgumentError(
            f'Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method {pruning_method} of '
            f"type {method.PRUNING_TYPE}"
        )
    whole = (
        PruningContainer(method)
        .compute_mask(parameters_to_vector(scores), parameters_to_vector(masks))
        .detach()
    )
    start = 0
    for (module, name), t in zip(places, tensors, strict=True):
        custom_from_mask(module, name, whole[start : start + t.numel()].reshape(t.shape))
        start += t.numel()


def remove(module: AnyModule, name: str) -> AnyModule:
    """Make a pruned parameter an ordinary one, with the zeros it has.

    Raises:
        ArgumentError: if it is not pruned.

    >>> import autograd, nn
    >>> layer = remove(l1_unstructured(nn.Linear(3, 2), "weight", amount=3), "weight")
    >>> (layer.weight == 0).sum(), isinstance(layer.weight, nn.Parameter)
    (tensor(3), True)
    """
    hooks = module._forward_pre_hooks  # noqa: SLF001  # PyTorch's name
    for number, hook in hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:  # noqa: SLF001
            hook.remove(module)
            del hooks[number]
            return module
    raise ArgumentError(
        f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed"
    )


def is_pruned(module: Module) -> bool:
    """Return whether a parameter in the module, or in one inside it, is pruned.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Linear(3, 2))
    >>> is_pruned(model), is_pruned(nn.Sequential(identity(model[0], "weight")))
    (False, True)
    """
    return any(
        isinstance(hook, BasePruningMethod)
        for m in module.modules()
        for hook in m._forward_pre_hooks.values()  # noqa: SLF001
    )
