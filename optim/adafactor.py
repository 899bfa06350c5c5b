"""Adafactor: the second moment of a matrix kept as one number for each row and each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError
from optim.blocks import Array, Group
from optim.optimizer import Optimizer, Params
from optim.options import check_ranges


class Adafactor(Optimizer):
    """Adaptive steps with little memory (Shazeer & Stern, 2018); steps are relative to the size of the parameter.

        g ← ∇f(θ)
        b ← t^τ,   ρ ← min(lr, 1/√t),   α ← max(ε₂, RMS(θ)) ρ
        θ ← θ − lr λ θ
        R ← R + b (mean of g² over columns − R),   C ← C + b (mean of g² over rows − C)
        v ← R C / max(mean of R, ε₁)                    of a matrix; of a vector v ← v + b (g² − v)
        u ← g / max(√v, ε₁)
        θ ← θ − α / max(1, RMS(u) / d) · u

    where t counts the steps of each parameter, from 1, and RMS is the root of the mean square. Tensors of more than two
    dimensions are stacks of matrices.

    Args:
        params: the parameters, or groups of them.
        lr: lr.
        beta2_decay: τ, not above 0.
        eps: (ε₁, ε₂); None for ε₁ is the machine epsilon of the parameter's dtype.
        d: d, the largest RMS(u) that is not cut down.
        weight_decay: λ.
        maximize: ascend instead.
        foreach: which of PyTorch's implementations; there is one here, so it has no effect.

    Raises:
        ArgumentError: if an option is out of its range.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([[1.0, 20.0]]))
    >>> optimizer = Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    Parameter containing:
    tensor([[-0.4160, 18.5840]], requires_grad=True)
    """

    whole = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        options = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("Adafactor", group, lr=(0, inf), d=(1, inf), weight_decay=(0, inf))
        if not group["beta2_decay"] <= 0:
            raise ArgumentError(f"Adafactor: beta2_decay must be 0 or less, got {group['beta2_decay']}")
        for i, eps in enumerate(group["eps"]):
            if not (i == 0 and eps is None) and not eps >= 0:
                raise ArgumentError(f"Adafactor: eps[{i}] must be 0 or more, got {eps}")

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def kept_for(self, p: Array, group: Group) -> tuple[str, ...]:
        """R and C of a matrix, v of a vector."""
        return ("row_var", "col_var") if p.ndim > 1 else ("variance",)

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """Zeros."""
        if p.ndim < 2:
            return {"variance": np.zeros_like(p)}
        *stack, rows, columns = p.shape
        return {
            "row_var": np.zeros((*stack, rows, 1), p.dtype),
            "col_var": np.zeros((*stack, 1, columns), p.dtype),
        }

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one parameter."""
        lr, t, (eps1, eps2) = group["lr"], state["step"], group["eps"]
        eps1 = float(np.finfo(p.dtype).eps) if eps1 is None else eps1
        g = -g if group["maximize"] else g
        u = work[0]

        b = t ** group["beta2_decay"]
        alpha = max(eps2, root_mean_square(p)) * min(lr, 1 / sqrt(t))
        if group["weight_decay"]:
            p *= 1 - lr * group["weight_decay"]

        np.multiply(g, g, out=u)
        if p.ndim > 1:
            rows, columns = state["row_var"], state["col_var"]
            rows += b * (u.mean(-1, keepdims=True) - rows)
            columns += b * (u.mean(-2, keepdims=True) - columns)
            np.multiply(rows / np.maximum(rows.mean(-2, keepdims=True), eps1), columns, out=u)
        else:
            v = state["variance"]
            v += b * (u - v)
            np.copyto(u, v)
        np.maximum(u, eps1 * eps1, out=u)
        np.divide(g, np.sqrt(u, out=u), out=u)
        u *= alpha / max(1.0, root_mean_square(u) / group["d"])
        p -= u


def root_mean_square(x: Array) -> float:
    """√(Σ x² / n); 0 of nothing."""
    flat = x.reshape(-1)
    return sqrt(float(flat.dot(flat)) / flat.size) if flat.size else 0.0
