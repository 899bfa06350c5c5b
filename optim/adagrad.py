"""Adagrad: gradients divided by the size that they have had so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_ranges


class Adagrad(Optimizer):
    """Adaptive subgradient descent (Duchi, Hazan & Singer, 2011).

        g ← ∇f(θ) + λ θ
        G ← G + g²
        θ ← θ − lr / (1 + (t − 1) η) · g / (√G + ε)

    where t counts the steps of each parameter, from 1.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        lr_decay: η.
        weight_decay: λ.
        initial_accumulator_value: what G is at first.
        eps: ε.
        maximize: ascend instead.
        foreach, fused: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, 20.0]))
    >>> optimizer = Adagrad([w], lr=0.5)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 0.5000, 19.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        options = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, options)
        for group in self.param_groups:  # as in PyTorch, the sums are there before the first step
            for p in group["params"]:
                self.keep_from_the_start(p, group)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        names = ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")
        check_ranges("Adagrad", group, **dict.fromkeys(names, (0.0, inf)))

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The sum G of g²."""
        return ("sum",)

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """G as it is at first."""
        return {"sum": np.full_like(p, group["initial_accumulator_value"])}

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        g = decayed(p, g, group, out=work[0])
        G, s = state["sum"], work[1]  # G is the paper's name

        G += np.multiply(g, g, out=s)
        np.sqrt(G, out=s)
        s += group["eps"]
        lr = group["lr"] / (1 + (state["step"] - 1) * group["lr_decay"])
        add_scaled(p, np.divide(g, s, out=s), -lr)
