"""Stochastic gradient descent, the simplest rule of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from optim.axpy import add_scaled, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_ranges


class SGD(Optimizer):
    """Gradient descent, with momentum (Polyak, 1964), also in Nesterov's form (Sutskever et al., 2013).

        g ← ∇f(θ) + λ θ
        b ← μ b + (1 − τ) g             b ← g at the first step
        d ← b,  or  g + μ b with nesterov,  or  g without momentum
        θ ← θ − lr · d

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        momentum: μ.
        dampening: τ.
        weight_decay: λ.
        nesterov: step as if from the point that the momentum leads to.
        maximize: ascend instead.
        foreach, fused: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 2.0]))
    >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimizer.step()
    >>> w
    Parameter containing:
    tensor([0.4600, 0.9200], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        options = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("SGD", group, lr=(0, inf), momentum=(0, inf), weight_decay=(0, inf))
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ArgumentError(
                f"SGD: nesterov needs a momentum and no dampening, got momentum={group['momentum']}, "
                f"dampening={group['dampening']}"
            )

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The momentum b, if there is any."""
        return ("momentum_buffer",) if group["momentum"] else ()

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        momentum, dampening = group["momentum"], group["dampening"]
        d = g = decayed(p, g, group, out=work[0])
        if momentum:
            b = state["momentum_buffer"]
            if first:
                b[...] = g
            else:
                scale_add(b, momentum, g, 1 - dampening)
            d = b
            if group["nesterov"]:
                d = np.multiply(b, momentum, out=work[1])
                d += g
        add_scaled(p, d, -group["lr"])
