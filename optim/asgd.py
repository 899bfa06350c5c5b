"""ASGD: gradient descent, and the average of the points it passes."""

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


class ASGD(Optimizer):
    """Averaged stochastic gradient descent (Polyak & Juditsky, 1992).

        g ← ∇f(θ) + λ θ
        θ ← (1 − λ₀ η) θ − η g
        a ← a + μ (θ − a)               θ while μ = 1
        η ← lr / (1 + λ₀ lr t)^α,   μ ← 1 / max(1, t − t₀)

    where t counts the steps of each parameter, from 1; η is lr at first, and μ is 1. The average a is state["ax"].

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        lambd: λ₀.
        alpha: α.
        t0: the step t₀ at which averaging begins.
        weight_decay: λ.
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = ASGD([w], lr=0.1, t0=0)
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     (w * w).sum().backward()
    ...     optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.5120, 10.2397], requires_grad=True)
    >>> optimizer.state[w]["ax"]
    tensor([ 0.5760, 11.5197])
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("ASGD", group, lr=(0, inf), weight_decay=(0, inf))

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps, the step size η and the weight μ of the next average."""
        return {"step": 0.0, "eta": group["lr"], "mu": 1.0}

    def advance(self, state: dict[str, Any], group: Group) -> None:
        """Count the step; η and μ are those of the next one, the present ones are "now"."""
        state["now"] = state["eta"], state["mu"]
        t = state["step"] = state["step"] + 1
        lr = group["lr"]
        state["eta"] = lr / (1 + group["lambd"] * lr * t) ** group["alpha"]
        state["mu"] = 1 / max(1.0, t - group["t0"])

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average a."""
        return ("ax",)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        eta, mu = state["now"]
        g = decayed(p, g, group, out=work[0])
        a = state["ax"]

        scale_add(p, 1 - group["lambd"] * eta, g, -eta)
        if mu == 1:
            a[...] = p
        else:
            add_scaled(a, np.subtract(p, a, out=work[1]), mu)
