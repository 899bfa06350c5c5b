"""NAdam: Adam that looks ahead, as Nesterov's momentum does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_adaptive, check_ranges
from optim.state import number_dtype


class NAdam(Optimizer):
    """Adam with Nesterov's momentum (Dozat, 2016).

        g  ← ∇f(θ) + λ θ                with decoupled weight decay θ ← θ − lr λ θ instead
        μₜ ← β₁ (1 − ½ · 0.96^(t ψ)),   Π ← Π μₜ
        m  ← β₁ m + (1 − β₁) g
        v  ← β₂ v + (1 − β₂) g²
        s  ← √(v / (1 − β₂ᵗ)) + ε
        θ  ← θ − lr (1 − μₜ) / (1 − Π) · g / s − lr μₜ₊₁ / (1 − Π μₜ₊₁) · m / s

    where t counts the steps of each parameter, from 1, and Π is 1 at first.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        betas: (β₁, β₂).
        eps: ε.
        weight_decay: λ.
        momentum_decay: ψ.
        decoupled_weight_decay: decay the parameter, not through its gradient.
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = NAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.8944, 19.8944], requires_grad=True)
    """

    works = 3

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
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
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_adaptive("NAdam", group)
        check_ranges("NAdam", group, momentum_decay=(0, inf))

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps and the product Π of the momenta."""
        return {"step": 0.0, "mu_product": 1.0}

    def advance(self, state: dict[str, Any], group: Group) -> None:
        """Count the step, and multiply Π by its μₜ."""
        state["step"] += 1
        kind = number_dtype().type
        state["mu_product"] = float(kind(state["mu_product"]) * kind(self._momentum(state["step"], group)))

    def _momentum(self, t: float, group: Group) -> float:
        """μₜ."""
        return float(group["betas"][0] * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The moments m and v."""
        return ("exp_avg", "exp_avg_sq")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        lr, (beta1, beta2), t = group["lr"], group["betas"], state["step"]
        m, v, s, d = state["exp_avg"], state["exp_avg_sq"], work[1], work[2]
        g = decayed(p, g, group, out=work[0])

        scale_add(m, beta1, g, 1 - beta1)
        scale_add(v, beta2, np.multiply(g, g, out=s), 1 - beta2)

        np.divide(v, 1 - beta2**t, out=s)
        np.sqrt(s, out=s)
        s += group["eps"]
        mu, mu_next, product = self._momentum(t, group), self._momentum(t + 1, group), state["mu_product"]
        add_scaled(p, np.divide(g, s, out=d), -lr * (1 - mu) / (1 - product))
        add_scaled(p, np.divide(m, s, out=d), -lr * mu_next / (1 - product * mu_next))
