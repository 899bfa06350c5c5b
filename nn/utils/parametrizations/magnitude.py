"""Weight normalisation: a weight as a direction and a magnitude."""

from __future__ import annotations

from typing import Any, TypeVar

from autograd import Tensor, linalg
from autograd.dims import checked_dim
from nn.module import Module
from nn.utils.parametrize import register_parametrization

AnyModule = TypeVar("AnyModule", bound=Module)


def norm_except(v: Tensor, dim: int) -> Tensor:
    """The 2-norm over all dimensions but `dim`, which keeps its size; over all of them for dim=-1.

    Raises:
        ArgumentError: if dim is not an integer.
        DimensionError: if there is no such dimension.
    """
    kept = checked_dim("weight_norm", dim, v.shape)
    if dim == -1:
        return linalg.vector_norm(v)
    return linalg.vector_norm(v, dim=[d for d in range(v.dim()) if d != kept], keepdim=True)


def with_magnitude(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """w = g v / ‖v‖."""
    return v * (g / norm_except(v, dim))


class _WeightNorm(Module):
    """w = g v / ‖v‖, computed from (g, v)."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        """Return the weight."""
        return with_magnitude(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Return the magnitude, and the weight itself as the direction."""
        return norm_except(weight, self.dim), weight


class _Older:
    """Reads state dicts of the older `nn.utils.weight_norm`, with weight_g and weight_v."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
        """Rename the two."""
        old = [f"{prefix}{self._name}_{letter}" for letter in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{self._name}.original{i}"] = state_dict.pop(key)


def weight_norm(module: AnyModule, name: str = "weight", dim: int | None = 0) -> AnyModule:
    """Learn the magnitude and the direction of a weight apart (Salimans & Kingma, 2016): w = g v / ‖v‖.

    The state dict has g as `parametrizations.weight.original0` and v as `original1`.

    Args:
        module: the module.
        name: the name of the parameter.
        dim: the dimension along which there is one magnitude for each index; None, or -1, for a single one.

    Raises:
        DimensionError: if there is no such dimension.

    >>> import autograd, nn
    >>> from nn.utils.parametrizations import weight_norm
    >>> layer = weight_norm(nn.Linear(20, 40))
    >>> layer
    ParametrizedLinear(
      in_features=20, out_features=40, bias=True
      (parametrizations): ModuleDict(
        (weight): ParametrizationList(
          (0): _WeightNorm()
        )
      )
    )
    >>> layer.parametrizations.weight.original0.shape
    autograd.Size([40, 1])
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module._register_load_state_dict_pre_hook(_Older(name))  # noqa: SLF001  # PyTorch's name
    return module
