"""Adam and its kin: running averages of the gradient and of its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, sqrt
from typing import Any

import numpy as np

from nn.keras.optimizers.optimizer import Optimizer, check_options, decay
from optim.axpy import add_scaled, scale
from optim.blocks import Array, Group


class Moments(Optimizer):
    """Base class of those that keep two averages, with β₁, β₂ and ε."""

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
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        options = {"beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options(type(self).__name__, group, beta_1=(0, 1), beta_2=(0, 1), epsilon=(0, inf))

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps."""
        return {"step": 0.0}

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The averages m and v."""
        return ("momentum", "velocity")


class Adam(Moments):
    """Adaptive moment estimation (Kingma & Ba, 2015), with AMSGrad (Reddi et al., 2018).

        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²          with amsgrad the largest v so far in the place of v
        θ ← θ − lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)

    where t counts the steps, from 1. ε stands beside the uncorrected √v, as in the paper's section 2 and in Keras;
    `optim.Adam` corrects √v first, as PyTorch does.

    Args:
        learning_rate: lr.
        beta_1, beta_2: β₁, β₂.
        epsilon: ε.
        amsgrad: never let the step sizes grow again.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Adam(learning_rate=0.01)
    Adam(name='adam', learning_rate=0.01, weight_decay=None, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "adam",
        **kwargs: Any,
    ) -> None:
        limits = (clipnorm, clipvalue, global_clipnorm)
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, weight_decay, *limits, name, amsgrad=amsgrad, **kwargs
        )

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The averages m and v, and the largest v with amsgrad."""
        return ("momentum", "velocity", "velocity_hat") if group["amsgrad"] else ("momentum", "velocity")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        beta1, beta2, t = group["beta_1"], group["beta_2"], state["step"]
        m, v = averages(g, state, beta1, beta2, out=work[0])
        if group["amsgrad"]:
            v = np.maximum(state["velocity_hat"], v, out=state["velocity_hat"])
        adam_step(p, m, v, t, group["lr"], beta1, beta2, group["epsilon"], out=work[0])


class AdamW(Adam):
    """`Adam` with decoupled weight decay (Loshchilov & Hutter, 2019), 0.004 if it is left out.

    Args:
        learning_rate, beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        weight_decay: λ.
        clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    Raises:
        ArgumentError: if the weight decay is None; use `Adam` then.

    >>> AdamW().rule["weight_decay"]
    0.004
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "adamw",
        **kwargs: Any,
    ) -> None:
        limits = (clipnorm, clipvalue, global_clipnorm)
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay, *limits, name, **kwargs
        )


class Adamax(Moments):
    """`Adam` with the largest gradient so far, which fades, in the place of √v (Kingma & Ba, 2015, section 7).

        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g|)
        θ ← θ − lr / (1 − β₁ᵗ) · m / (u + ε)

    Args:
        learning_rate, beta_1, beta_2, epsilon: as in `Adam`.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Adamax().learning_rate
    0.001
    """

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average m, and u."""
        return ("momentum", "norm")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        beta1, m, u, s = group["beta_1"], state["momentum"], state["norm"], work[0]
        scale(m, beta1)
        add_scaled(m, g, 1 - beta1)
        scale(u, group["beta_2"])
        np.maximum(u, np.abs(g, out=s), out=u)
        np.add(u, group["epsilon"], out=s)
        rate = group["lr"] / (1 - beta1 ** state["step"])
        add_scaled(p, np.divide(m, s, out=s), -rate)


class Nadam(Moments):
    """`Adam` with Nesterov's momentum (Dozat, 2016).

        μₜ = β₁ (1 − 0.96ᵗ / 2)
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        m̂ ← μₜ₊₁ m / (1 − Π μ₁…μₜ₊₁) + (1 − μₜ) g / (1 − Π μ₁…μₜ)
        θ ← θ − lr m̂ / (√(v / (1 − β₂ᵗ)) + ε)

    Args:
        learning_rate, beta_1, beta_2, epsilon: as in `Adam`.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Nadam().learning_rate
    0.001
    """

    def numbers(self, group: Group) -> dict[str, float]:
        """The count t of the steps, and the product of the μ."""
        return {"step": 0.0, "product": 1.0}

    def advance(self, state: dict[str, Any], group: Group) -> None:
        """Count the step, and take its μ into the product."""
        state["step"] += 1
        state["product"] *= group["beta_1"] * (1 - 0.5 * 0.96 ** state["step"])

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        beta1, beta2, t, product = group["beta_1"], group["beta_2"], state["step"], state["product"]
        s, d = work[0], work[1]
        now, following = (beta1 * (1 - 0.5 * 0.96 ** (t + i)) for i in (0, 1))
        m, v = averages(g, state, beta1, beta2, out=s)
        np.multiply(m, following / (1 - product * following), out=d)
        d += np.multiply(g, (1 - now) / (1 - product), out=s)
        np.sqrt(v, out=s)
        s /= sqrt(1 - beta2**t)
        s += group["epsilon"]
        d /= s
        add_scaled(p, d, -group["lr"])


def averages(
    g: Array, state: Mapping[str, Any], beta1: float, beta2: float, out: Array
) -> tuple[Array, Array]:
    """m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², in place."""
    m, v = state["momentum"], state["velocity"]
    scale(m, beta1)
    add_scaled(m, g, 1 - beta1)
    scale(v, beta2)
    add_scaled(v, np.multiply(g, g, out=out), 1 - beta2)
    return m, v


def adam_step(
    p: Array, m: Array, v: Array, t: float, lr: float, beta1: float, beta2: float, epsilon: float, out: Array
) -> None:
    """θ ← θ − lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)."""
    np.sqrt(v, out=out)
    out += epsilon
    rate = lr * sqrt(1 - beta2**t) / (1 - beta1**t)
    add_scaled(p, np.divide(m, out, out=out), -rate)
