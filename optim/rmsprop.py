"""RMSprop: gradients divided by a running average of their size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from optim.axpy import add_scaled, scale, scale_add
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params, decayed
from optim.options import check_ranges


class RMSprop(Optimizer):
    """RMSprop (Hinton's lecture 6e, 2012), also centered, with momentum (Graves, 2013).

        g ← ∇f(θ) + λ θ
        v ← α v + (1 − α) g²
        a ← α a + (1 − α) g             if centered
        d ← g / (√v + ε),  or  g / (√(v − a²) + ε) if centered
        b ← μ b + d                     with momentum, and then b in the place of d
        θ ← θ − lr · d

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        alpha: α.
        eps: ε.
        weight_decay: λ.
        momentum: μ.
        centered: divide by the standard deviation.
        maximize: ascend instead.
        capturable, foreach: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([3.0, 20.0]))
    >>> optimizer = RMSprop([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([ 2.0000, 19.0000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        limits = dict.fromkeys(("lr", "alpha", "eps", "weight_decay", "momentum"), (0.0, inf))
        check_ranges("RMSprop", group, **limits)

    def numbers(self, group: Group) -> dict[str, float]:
        """The count of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average v of g², the momentum b, and the average a of g."""
        momentum = ("momentum_buffer",) if group["momentum"] else ()
        average = ("grad_avg",) if group["centered"] else ()
        return ("square_avg", *momentum, *average)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        alpha, momentum = group["alpha"], group["momentum"]
        g = decayed(p, g, group, out=work[0])
        v, s = state["square_avg"], work[1]

        scale_add(v, alpha, np.multiply(g, g, out=s), 1 - alpha)

        if group["centered"]:
            a = state["grad_avg"]
            scale_add(a, alpha, g, 1 - alpha)
            np.multiply(a, a, out=s)
            np.subtract(v, s, out=s)
            np.sqrt(s, out=s)
        else:
            np.sqrt(v, out=s)
        s += group["eps"]
        d = np.divide(g, s, out=s)
        if momentum:
            b = state["momentum_buffer"]
            scale(b, momentum)
            b += d
            d = b
        add_scaled(p, d, -group["lr"])
