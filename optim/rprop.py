"""Rprop: only the signs of gradients count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params
from optim.options import check_ranges


class Rprop(Optimizer):
    """Resilient backpropagation (Riedmiller & Braun, 1993), for gradients of the whole data set.

        g ← ∇f(θ)
        η ← η · (η⁺ where g g₋ > 0, η⁻ where g g₋ < 0, 1 elsewhere), brought into [η_min, η_max]
        g ← 0 where g g₋ < 0
        θ ← θ − η sign(g)
        g₋ ← g

    Each parameter has a step size η of its own, lr at first.

    Args:
        params: the parameters, or groups of them.
        lr: what every η is at first.
        etas: (η⁻, η⁺), with 0 < η⁻ < 1 < η⁺.
        step_sizes: (η_min, η_max).
        maximize: ascend instead.
        foreach, capturable: which of PyTorch's implementations; there is one here, so they have no effect.
        differentiable: only False.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([1.0, -20.0]))
    >>> optimizer = Rprop([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([  0.9000, -19.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("Rprop", group, lr=(0, inf))
        etas = group["etas"]
        if not isinstance(etas, (tuple, list)) or len(etas) != 2 or not 0 < etas[0] < 1 < etas[1]:
            raise ArgumentError(f"Rprop: etas must be (η⁻, η⁺) with 0 < η⁻ < 1 < η⁺, got {etas!r}")

    def numbers(self, group: Group) -> dict[str, float]:
        """The count of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The last gradient g₋ and the step sizes η."""
        return ("prev", "step_size")

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """No gradient yet, and steps of size lr."""
        return {"prev": np.zeros_like(p), "step_size": np.full_like(p, group["lr"])}

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        shrink, grow = group["etas"]
        last, eta, s = state["prev"], state["step_size"], work[1]
        g = np.negative(g, out=work[0]) if group["maximize"] else g

        np.multiply(g, last, out=s)
        turned = s < 0
        np.copyto(last, g)
        last[turned] = 0

        np.multiply(eta, grow, out=eta, where=s > 0)
        np.multiply(eta, shrink, out=eta, where=turned)
        np.clip(eta, *group["step_sizes"], out=eta)
        np.sign(last, out=s)
        s *= eta
        p -= s
