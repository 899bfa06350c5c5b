"""Lion: the sign of a momentum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params
from optim.options import check_betas, check_ranges


class Lion(Optimizer):
    """Evolved sign momentum (Chen et al., 2023). PyTorch has no counterpart.

        g ← ∇f(θ)
        θ ← θ − lr λ θ
        θ ← θ − lr · sign(β₁ m + (1 − β₁) g)
        m ← β₂ m + (1 − β₂) g

    Every weight moves by lr in each step, so lr is smaller than Adam's, a third to a tenth of it, and λ as much larger.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        betas: (β₁, β₂).
        weight_decay: λ.
        maximize: ascend instead.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, -20.0]))
    >>> optimizer = Lion([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([  0.9000, -19.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        options = {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize}
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("Lion", group, lr=(0, inf), weight_decay=(0, inf))
        check_betas("Lion", group)

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The momentum m."""
        return ("exp_avg",)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        lr, (beta1, beta2) = group["lr"], group["betas"]
        m, s = state["exp_avg"], work[1]
        g = np.negative(g, out=work[0]) if group["maximize"] else g

        if group["weight_decay"]:
            scale(p, 1 - lr * group["weight_decay"])
        np.multiply(m, beta1, out=s)
        add_scaled(s, g, 1 - beta1)
        add_scaled(p, np.sign(s, out=s), -lr)

        scale_add(m, beta2, g, 1 - beta2)
