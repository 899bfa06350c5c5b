"""A step size for each weight, from the size of the gradients it has had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np

from nn.keras.optimizers.optimizer import Optimizer, check_options, decay
from optim.axpy import add_scaled, scale
from optim.blocks import Array, Group


class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of their squares (Duchi et al., 2011).

        a ← a + g²
        θ ← θ − lr g / √(a + ε)

    Args:
        learning_rate: lr.
        initial_accumulator_value: a at first.
        epsilon: ε.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Adagrad().learning_rate
    0.001
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "adagrad",
        **kwargs: Any,
    ) -> None:
        options = {"initial_accumulator_value": initial_accumulator_value, "epsilon": epsilon, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options("Adagrad", group, initial_accumulator_value=(0, inf), epsilon=(0, inf))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The sum a."""
        return ("accumulator",)

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """The sum a, at its initial value."""
        return {"accumulator": np.full_like(p, group["initial_accumulator_value"])}

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        a, s = state["accumulator"], work[0]
        a += np.multiply(g, g, out=s)
        np.add(a, group["epsilon"], out=s)
        np.sqrt(s, out=s)
        add_scaled(p, np.divide(g, s, out=s), -group["lr"])


class RMSprop(Optimizer):
    """Gradients divided by a running average of their size (Hinton's lecture 6e, 2012).

        v ← ρ v + (1 − ρ) g²
        a ← ρ a + (1 − ρ) g             if centered
        d ← lr g / √(v + ε),  or  lr g / √(v − a² + ε) if centered
        b ← μ b + d                     with momentum, and then b in the place of d
        θ ← θ − d

    Args:
        learning_rate: lr.
        rho: ρ.
        momentum: μ.
        epsilon: ε.
        centered: divide by the standard deviation.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> RMSprop().learning_rate
    0.001
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "rmsprop",
        **kwargs: Any,
    ) -> None:
        options = {"rho": rho, "momentum": momentum, "epsilon": epsilon, "centered": centered, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options("RMSprop", group, rho=(0, 1), momentum=(0, inf), epsilon=(0, inf))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average v of g², the momentum b, and the average a of g."""
        momentum = ("momentum",) if group["momentum"] else ()
        average = ("average_gradient",) if group["centered"] else ()
        return ("velocity", *momentum, *average)

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        rho, v, s = group["rho"], state["velocity"], work[0]
        scale(v, rho)
        add_scaled(v, np.multiply(g, g, out=s), 1 - rho)
        if group["centered"]:
            a = state["average_gradient"]
            scale(a, rho)
            add_scaled(a, g, 1 - rho)
            np.multiply(a, a, out=s)
            np.subtract(v, s, out=s)
            s += group["epsilon"]
        else:
            np.add(v, group["epsilon"], out=s)
        np.sqrt(s, out=s)
        d = np.divide(g, s, out=s)
        if group["momentum"]:
            b = state["momentum"]
            scale(b, group["momentum"])
            add_scaled(b, d, group["lr"])
            p -= b
        else:
            add_scaled(p, d, -group["lr"])


class Adadelta(Optimizer):
    """Steps as large as earlier steps were, relative to the size of the gradients (Zeiler, 2012).

        v ← ρ v + (1 − ρ) g²
        d ← g √(u + ε) / √(v + ε)
        u ← ρ u + (1 − ρ) d²
        θ ← θ − lr d

    Args:
        learning_rate: lr; the paper has 1.
        rho: ρ.
        epsilon: ε.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Adadelta().learning_rate
    0.001
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "adadelta",
        **kwargs: Any,
    ) -> None:
        options = {"rho": rho, "epsilon": epsilon, **kwargs}
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_options("Adadelta", group, rho=(0, 1), epsilon=(0, inf))

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The average v of g², and the average u of d²."""
        return ("accumulated_gradient", "accumulated_delta")

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        rho, epsilon = group["rho"], group["epsilon"]
        v, u, s, d = state["accumulated_gradient"], state["accumulated_delta"], work[0], work[1]
        scale(v, rho)
        add_scaled(v, np.multiply(g, g, out=s), 1 - rho)
        np.add(v, epsilon, out=s)
        np.add(u, epsilon, out=d)
        d /= s
        np.sqrt(d, out=d)
        d *= g
        scale(u, rho)
        add_scaled(u, np.multiply(d, d, out=s), 1 - rho)
        add_scaled(p, d, -group["lr"])


class Ftrl(Optimizer):
    """Follow the regularised leader (McMahan et al., 2013): weights that do little become exactly 0.

        n ← a + g²
        z ← z + g + 2 s θ − (n^−k − a^−k) θ / lr        k the power, s the shrinkage
        q ← n^−k / lr + 2 (λ₂ + β / (2 lr))
        θ ← (clip(z, −λ₁, λ₁) − z) / q
        a ← n

    Args:
        learning_rate: lr.
        learning_rate_power: k, at most 0.
        initial_accumulator_value: a at first.
        l1_regularization_strength, l2_regularization_strength: λ₁, λ₂.
        l2_shrinkage_regularization_strength: s.
        beta: β.
        weight_decay, clipnorm, clipvalue, global_clipnorm, name: see `Optimizer`.

    >>> Ftrl().learning_rate
    0.001
    """

    works = 4

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str = "ftrl",
        **kwargs: Any,
    ) -> None:
        options = {
            "learning_rate_power": learning_rate_power,
            "initial_accumulator_value": initial_accumulator_value,
            "l1_regularization_strength": l1_regularization_strength,
            "l2_regularization_strength": l2_regularization_strength,
            "l2_shrinkage_regularization_strength": l2_shrinkage_regularization_strength,
            "beta": beta,
            **kwargs,
        }
        super().__init__(learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, name, **options)

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        strengths = ("l1_regularization_strength", "l2_regularization_strength")
        limits = dict.fromkeys((*strengths, "l2_shrinkage_regularization_strength"), (0.0, inf))
        check_options(
            "Ftrl", group, learning_rate_power=(-inf, 1e-12), initial_accumulator_value=(0, inf), **limits
        )

    def buffers(self, group: Group) -> tuple[str, ...]:
        """The sum a of squares, and z."""
        return ("accumulator", "linear")

    def begin(self, p: Array, group: Group) -> dict[str, Array]:
        """The sum at its initial value, and z = 0."""
        start = np.full_like(p, group["initial_accumulator_value"])
        return {"accumulator": start, "linear": np.zeros_like(p)}

    def update(
        self, p: Array, g: Array, state: Mapping[str, Any], group: Group, work: Sequence[Array], first: bool
    ) -> None:
        """Apply the rule to one block."""
        decay(p, group)
        a, z, lr, k = state["accumulator"], state["linear"], group["lr"], -group["learning_rate_power"]
        l1 = group["l1_regularization_strength"]
        l2 = group["l2_regularization_strength"] + group["beta"] / (2 * lr)
        shrink = group["l2_shrinkage_regularization_strength"]
        n, new, s, t = work
        np.multiply(g, g, out=n)
        n += a
        np.power(n, k, out=new)
        np.subtract(new, np.power(a, k, out=s), out=s)
        s /= lr
        s *= p
        np.multiply(p, 2 * shrink, out=t)
        t += g
        t -= s
        z += t
        new /= lr
        new += 2 * l2
        np.clip(z, -l1, l1, out=s)
        s -= z
        p[...] = np.divide(s, new, out=s)
        a[...] = n
