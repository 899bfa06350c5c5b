"""Adadelta: steps as large as recent steps, gradients divided by the size of recent gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_ranges


class Adadelta(Optimizer):
    """Adadelta (Zeiler, 2012): the units of a step are those of the parameter.

        g ← ∇f(θ) + λ θ
        v ← ρ v + (1 − ρ) g²
        d ← √(u + ε) / √(v + ε) · g
        u ← ρ u + (1 − ρ) d²
        θ ← θ − lr · d

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        rho: ρ.
        eps: ε.
        weight_decay: λ.
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = Adadelta([w], eps=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.1056, 19.0003], requires_grad=True)
    """

    works = 3

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("Adadelta", group, lr=(0, inf), rho=(0, 1), eps=(0, inf), weight_decay=(0, inf))

    def numbers(self, group: Group) -> dict[str, float]:
        """The count of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The averages v of g² and u of d²."""
        return ("square_avg", "acc_delta")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        rho, eps = group["rho"], group["eps"]
        g = decayed(p, g, group, out=work[0])
        v, u, d, s = state["square_avg"], state["acc_delta"], work[1], work[2]

        scale_add(v, rho, np.multiply(g, g, out=s), 1 - rho)

        np.sqrt(np.add(u, eps, out=d), out=d)
        np.sqrt(np.add(v, eps, out=s), out=s)
        d /= s
        d *= g

        scale_add(u, rho, np.multiply(d, d, out=s), 1 - rho)
        add_scaled(p, d, -group["lr"])
