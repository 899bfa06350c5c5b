"""Adamax: Adam with the largest recent gradient in the place of the root of the second moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_adaptive


class Adamax(Optimizer):
    """Adam in the infinity norm (Kingma & Ba, 2015, section 7.1).

        g ← ∇f(θ) + λ θ
        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)
        θ ← θ − lr / (1 − β₁ᵗ) · m / u

    where t counts the steps of each parameter, from 1.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        betas: (β₁, β₂).
        eps: ε.
        weight_decay: λ.
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = Adamax([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.9000, 19.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_adaptive("Adamax", group)

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The moment m and the largest gradient u."""
        return ("exp_avg", "exp_inf")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        (beta1, beta2), t = group["betas"], state["step"]
        g = decayed(p, g, group, out=work[0])
        m, u, s = state["exp_avg"], state["exp_inf"], work[1]

        scale_add(m, beta1, g, 1 - beta1)

        scale(u, beta2)
        np.abs(g, out=s)
        s += group["eps"]
        np.maximum(u, s, out=u)

        add_scaled(p, np.divide(m, u, out=s), -group["lr"] / (1 - beta1**t))
