"""The older place of `functional_call`: a module as a function of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["functional_call"]


def functional_call(
    module: Any, parameters_and_buffers: Mapping[str, Any], args: Any = None,
    kwargs: Mapping[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False,
) -> Any:  # fmt: skip
    """module(*args, **kwargs) with other parameters and buffers; the same as `autograd.func.functional_call`.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1, bias=False)
    >>> functional_call(layer, {"weight": autograd.ones(1, 2)}, autograd.tensor([3.0, 4.0]))
    tensor([7.])
    """
    from autograd import func  # on use: it brings vmap's rules for every primitive

    return func.functional_call(
        module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict
    )
