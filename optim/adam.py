"""Adam: gradient descent with a step size for each weight, from running moments of its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from autograd.tape import Variable
from optim.axpy import add_scaled, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_adaptive


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma & Ba, 2015), with AMSGrad (Reddi et al., 2018).

        g ← ∇f(θ) + λ θ                 with decoupled weight decay θ ← θ − lr λ θ instead
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        v̂ ← v / (1 − β₂ᵗ)               with amsgrad the largest v so far in the place of v
        θ ← θ − lr / (1 − β₁ᵗ) · m / (√v̂ + ε)

    where t counts the steps of each parameter, from 1. With c = √(1 − β₂ᵗ) the last line is computed as
    θ ← θ − lr c / (1 − β₁ᵗ) · m / (√v + ε c), as in the paper's section 2.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        betas: (β₁, β₂).
        eps: ε.
        weight_decay: λ.
        amsgrad: never let the step sizes grow again.
        maximize: ascend instead.
        decoupled_weight_decay: as `AdamW`.
        foreach, capturable, fused: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.9000, 19.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        who = type(self).__name__
        check_adaptive(who, group)
        if len({isinstance(beta, Variable) for beta in group["betas"]}) > 1 or any(
            isinstance(beta, int) for beta in group["betas"]
        ):
            raise ArgumentError(f"{who}: betas are two floats or two tensors, got {group['betas']}")

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The moments m and v, and the largest v with amsgrad."""
        moments = ("exp_avg", "exp_avg_sq")
        return (*moments, "max_exp_avg_sq") if group["amsgrad"] else moments

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        lr, (beta1, beta2), t = group["lr"], group["betas"], state["step"]
        m, v, s = state["exp_avg"], state["exp_avg_sq"], work[1]
        g = decayed(p, g, group, out=work[0])

        scale_add(m, beta1, g, 1 - beta1)
        scale_add(v, beta2, np.multiply(g, g, out=s), 1 - beta2)

        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])
        c = sqrt(1 - beta2**t)
        np.sqrt(v, out=s)
        s += group["eps"] * c
        add_scaled(p, np.divide(m, s, out=s), -lr * c / (1 - beta1**t))
