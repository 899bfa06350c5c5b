"""RAdam: Adam that waits until it knows the size of the gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_adaptive


class RAdam(Optimizer):
    """Rectified Adam (Liu et al., 2020).

        g ← ∇f(θ) + λ θ                 with decoupled weight decay θ ← θ − lr λ θ instead
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        ρ∞ = 2 / (1 − β₂) − 1,   ρ = ρ∞ − 2 t β₂ᵗ / (1 − β₂ᵗ)
        r = √((ρ − 4)(ρ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρ))
        θ ← θ − lr / (1 − β₁ᵗ) · r √(1 − β₂ᵗ) · m / (√v + ε)     if ρ > 5
        θ ← θ − lr / (1 − β₁ᵗ) · m                               else

    where t counts the steps of each parameter, from 1.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        betas: (β₁, β₂).
        eps: ε.
        weight_decay: λ.
        decoupled_weight_decay: decay the parameter, not through its gradient.
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = RAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.8000, 16.0000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_adaptive("RAdam", group)

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The moments m and v."""
        return ("exp_avg", "exp_avg_sq")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        lr, (beta1, beta2), t = group["lr"], group["betas"], state["step"]
        m, v, s = state["exp_avg"], state["exp_avg_sq"], work[1]
        g = decayed(p, g, group, out=work[0])

        scale_add(m, beta1, g, 1 - beta1)
        scale_add(v, beta2, np.multiply(g, g, out=s), 1 - beta2)

        lr = lr / (1 - beta1**t)
        limit = 2 / (1 - beta2) - 1
        rho = limit - 2 * t * beta2**t / (1 - beta2**t)
        if rho > 5:
            r = sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
            np.sqrt(v, out=s)
            s += group["eps"]
            add_scaled(p, np.divide(m, s, out=s), -lr * r * sqrt(1 - beta2**t))
        else:
            add_scaled(p, m, -lr)
