"""Muon: momentum whose steps are brought near to orthogonal matrices."""

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


class Muon(Optimizer):
    """Momentum, orthogonalized by Newton's and Schulz's iteration (Jordan et al., 2024), for matrices.

        g ← ∇f(θ)
        b ← μ b + (1 − μ) g
        d ← b,  or  (1 − μ) g + μ b with nesterov
        O ← orthogonalized(d)
        θ ← θ − lr λ θ
        θ ← θ − lr · adjusted · O

    For θ of shape (A, B), "original" adjusts by √max(1, A/B), "match_rms_adamw" (Liu et al., 2025) by 0.2 √max(A, B).
    It is for the weights of hidden layers; give biases, embeddings and the last layer to AdamW. PyTorch iterates in
    bfloat16, which NumPy does not have; here it is float32 or float64, so the numbers agree to two or three digits.

    Args:
        params: the parameters, or groups of them: matrices all.
        lr: lr.
        weight_decay: λ.
        momentum: μ.
        nesterov: step as if from the point that the momentum leads to.
        ns_coefficients: (a, b, c) of the iteration.
        eps: the least norm that a gradient is divided by.
        ns_steps: how many iterations, fewer than 100.
        adjust_lr_fn: "original", "match_rms_adamw", or None, which is the first.

    Raises:
        ArgumentError: if an option is out of its range, or a parameter is not a matrix.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([[3.0, 0.0], [0.0, 2.0]]))
    >>> optimizer = Muon([w], lr=1.0, weight_decay=0.0)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.detach().round(decimals=2)
    tensor([[1.8800, 0.0000],
            [0.0000, 1.3200]])
    """

    whole = True

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        options = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("Muon", group, lr=(0, inf), momentum=(0, inf), weight_decay=(0, inf))
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ArgumentError(
                f"Muon: adjust_lr_fn is 'original' or 'match_rms_adamw', got {group['adjust_lr_fn']!r}"
            )
        if len(group["ns_coefficients"]) != 3 or not 0 <= group["ns_steps"] < 100:
            raise ArgumentError(
                f"Muon: needs three ns_coefficients and fewer than 100 ns_steps, got {group['ns_coefficients']} and "
                f"{group['ns_steps']}"
            )
        for i, p in enumerate(group["params"]):
            if p.ndim != 2:
                raise ArgumentError(
                    f"Muon: params[{i}] has shape {tuple(p.shape)}, but only matrices can be made orthogonal; give the "
                    "others to AdamW"
                )

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The momentum b."""
        return ("momentum_buffer",)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one parameter."""
        lr, momentum, b = group["lr"], group["momentum"], state["momentum_buffer"]
        b *= momentum
        b += np.multiply(g, 1 - momentum, out=work[0])
        d = b
        if group["nesterov"]:
            d = np.multiply(b, momentum, out=work[1])
            d += work[0]
        rows, columns = p.shape
        adjusted = sqrt(max(1, rows / columns))
        if group["adjust_lr_fn"] == "match_rms_adamw":
            adjusted = 0.2 * sqrt(max(rows, columns))
        p *= 1 - lr * group["weight_decay"]
        step = orthogonalized(d, group["ns_coefficients"], group["ns_steps"], group["eps"])
        p -= np.multiply(step, lr * adjusted, out=work[0])


def orthogonalized(x: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """A matrix with x's singular vectors and singular values near 1: X ← a X + (b X Xᵀ + c (X Xᵀ)²) X, again and again.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).standard_normal((4, 6))
    >>> values = np.linalg.svd(orthogonalized(x, (3.4445, -4.7750, 2.0315), 5, 1e-7), compute_uv=False)
    >>> bool((0.6 < values).all() and (values < 1.3).all())
    True
    """
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / max(float(np.linalg.norm(x)), eps)  # its singular values are at most 1
    for _ in range(steps):
        gram = x @ x.T
        gram = b * gram + c * (gram @ gram)
        x = a * x + gram @ x
    return x.T if tall else x
