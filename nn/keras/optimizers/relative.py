"""Steps in proportion to the size of the weights: Adafactor and LAMB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import Any

import numpy as np

from nn.keras.optimizers.moments import Moments, averages
from nn.keras.optimizers.optimizer import Optimizer, check_options, decay
from optim.adafactor import root_mean_square
from optim.axpy import add_scaled
from optim.blocks import Array, Group


class Adafactor(Optimizer):
    """Adaptive steps that keep of a matrix's g² only the means of rows and columns (Shazeer & Stern, 2018).

        β ← 1 − tᵏ                        t counts the steps, from 1; k is the decay, below 0
        s ← g² + ε₁
        r ← β r + (1 − β) mean of s over the last dimension
        c ← β c + (1 − β) mean of s over the last but one
        v ← r / mean(r) · c               of a vector: v ← β v + (1 − β) s
        u ← g / √v
        ρ ← min(lr, 1/√t)
        θ ← θ − max(ε₂, RMS(θ)) ρ · u / max(1, RMS(u) / d)

    where RMS is the root of the mean square, and d the threshold. `optim.Adafactor` is PyTorch's, which divides by
    another mean, and bounds v in the place of adding ε₁.

    Args:
        learning_rate: lr.
        beta_2_decay: k.
        epsilon_1, epsilon_2: ε₁, ε₂.
        clip_threshold: d.
        relative_step: accepted; the rate is min(lr, 1/√t) with either, as in Keras's rule.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Adafactor().learning_rate
    0.001
    """

    whole = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "adafactor",
        **kwargs: Any,
    ) -> None:
        options = {
            "beta_2_decay": beta_2_decay,
            "epsilon_1": epsilon_1,
            "epsilon_2": epsilon_2,
            "clip_threshold": clip_threshold,
            "relative_step": relative_step,
            **kwargs,
        }
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        limits = {"epsilon_1": (0.0, inf), "epsilon_2": (0.0, inf), "clip_threshold": (1e-30, inf)}
        check_options("Adafactor", group, beta_2_decay=(-inf, 1e-12), **limits)

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def kept_for(self, p: Array, group: Group) -> tuple[str, ...]:
        """r and c of a matrix, v of a vector."""
        return ("rows", "columns") if p.ndim > 1 else ("velocity",)

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """Zeros."""
        if p.ndim < 2:
            return {"velocity": np.zeros_like(p)}
        *stack, rows, columns = p.shape
        return {
            "rows": np.zeros((*stack, rows, 1), p.dtype),
            "columns": np.zeros((*stack, 1, columns), p.dtype),
        }

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one parameter."""
        decay(p, group)
        t, s = state["step"], work[0]
        new = t ** group["beta_2_decay"]  # 1 − β
        alpha = max(group["epsilon_2"], root_mean_square(p)) * min(group["lr"], 1 / sqrt(t))
        np.multiply(g, g, out=s)
        s += group["epsilon_1"]
        if p.ndim > 1:
            r, c = state["rows"], state["columns"]
            r += new * (s.mean(-1, keepdims=True) - r)
            c += new * (s.mean(-2, keepdims=True) - c)
            np.multiply(r / r.mean(-2, keepdims=True), c, out=s)
        else:
            v = state["velocity"]
            v += new * (s - v)
            np.copyto(s, v)
        u = np.divide(g, np.sqrt(s, out=s), out=s)
        u *= alpha / max(1.0, root_mean_square(u) / group["clip_threshold"])
        p -= u


class Lamb(Moments):
    """Adam's steps, of each weight array as long as a share of its norm (You et al., 2020).

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        u ← m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
        θ ← θ − lr ‖θ‖ / ‖u‖ · u             where one of the norms is 0: θ ← θ − lr u

    Args:
        learning_rate: lr.
        beta_1, beta_2: β₁, β₂.
        epsilon: ε.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Lamb().learning_rate
    0.001
    """

    whole = True

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "lamb",
        **kwargs: Any,
    ) -> None:
        limits = (clipnorm, clipvalue, global_clipnorm)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, weight_decay, *limits, name, **kwargs)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one parameter."""
        decay(p, group)
        beta1, beta2, t = group["beta_1"], group["beta_2"], state["step"]
        u = work[0]
        m, v = averages(g, state, beta1, beta2, out=u)
        np.divide(v, 1 - beta2**t, out=u)
        np.sqrt(u, out=u)
        u += group["epsilon"]
        np.divide(m, u, out=u)
        u /= 1 - beta1**t
        size, length = float(np.linalg.norm(p)), float(np.linalg.norm(u))
        add_scaled(p, u, -group["lr"] * (size / length if size > 0 and length > 0 else 1.0))
