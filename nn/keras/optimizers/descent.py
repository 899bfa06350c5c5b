"""One step size for all weights: gradient descent, and the sign of the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nn.keras.optimizers.optimizer import Optimizer, check_options, decay
from optim.axpy import add_scaled, scale
from optim.blocks import Array, Group


class SGD(Optimizer):
    """Gradient descent, with momentum (Polyak, 1964), also in Nesterov's form.

        b ← μ b − lr g
        θ ← θ + b,  or  θ + μ b − lr g with nesterov,  or  θ − lr g without momentum

    Args:
        learning_rate: lr.
        momentum: μ.
        nesterov: step as if from the point that the momentum leads to.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> SGD(0.1, momentum=0.9).learning_rate
    0.1
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "sgd",
        **kwargs: Any,
    ) -> None:
        options = {"momentum": momentum, "nesterov": nesterov, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options("SGD", group, momentum=(0, np.nextafter(1, 2)))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The momentum b, if there is any."""
        return ("momentum",) if group["momentum"] else ()

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        lr, momentum = group["lr"], group["momentum"]
        if not momentum:
            add_scaled(p, g, -lr)
            return
        b = state["momentum"]
        scale(b, momentum)
        add_scaled(b, g, -lr)
        if group["nesterov"]:
            add_scaled(p, b, momentum)
            add_scaled(p, g, -lr)
        else:
            p += b


class Lion(Optimizer):
    """Steps of one size, in the direction of the sign of an averaged gradient (Chen et al., 2023).

        θ ← θ − lr · sign(β₁ m + (1 − β₁) g)
        m ← β₂ m + (1 − β₂) g

    Args:
        learning_rate: lr.
        beta_1, beta_2: β₁, β₂.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Lion().learning_rate
    0.001
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "lion",
        **kwargs: Any,
    ) -> None:
        options = {"beta_1": beta_1, "beta_2": beta_2, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options("Lion", group, beta_1=(0, 1), beta_2=(0, 1))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average m."""
        return ("momentum",)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        m, s = state["momentum"], work[0]
        np.multiply(m, group["beta_1"], out=s)
        s += np.multiply(g, 1 - group["beta_1"], out=work[1])
        add_scaled(p, np.sign(s, out=s), -group["lr"])
        scale(m, group["beta_2"])
        add_scaled(m, g, 1 - group["beta_2"])
