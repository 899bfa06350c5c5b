"""`Optimizer`: an optimizer with Keras's arguments, which is made before its parameters are known.

Once it has been built with them it is an `optim.Optimizer` like any other: `step`, `state_dict`, hooks and schedulers
work as there, and the rule is its `update`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from math import isfinite, sqrt
from typing import Any

import numpy as np

import optim
from autograd import Tensor, enable_grad
from autograd.errors import ArgumentError
from autograd.tape import Variable, wrap
from nn.keras.lookup import unexpected
from nn.keras.naming import snake_case
from nn.keras.optimizers.schedules import LearningRateSchedule, schedule_of
from optim.axpy import scale
from optim.blocks import Array, Group
from optim.hooks import Hooked

Rate = float | LearningRateSchedule | Callable[[], float]


class Optimizer(optim.Optimizer):
    """Base class of Keras's optimizers.

    Args:
        learning_rate: a number, a schedule (see `schedules`), or a function without arguments.
        weight_decay: λ of the decoupled weight decay θ ← θ − lr λ θ, before each step; None for none.
        clipnorm: the largest norm of the gradient of each parameter.
        clipvalue: the largest absolute value of each element of a gradient.
        global_clipnorm: the largest norm of all gradients together.
        name: its name.
        options: of the rule.

    Attributes:
        learning_rate: can be read and set while it is in use.
        iterations: how many steps it has made.

    Raises:
        ArgumentError: if an option is out of its range, or more than one kind of clipping is asked for.
    """

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        who = type(self).__name__
        for extra, value in list(options.items()):
            if extra in _WITHOUT_EFFECT:
                if value != _WITHOUT_EFFECT[extra]:
                    raise ArgumentError(f"{who}: {extra}={value!r} is not supported; leave it out")
                del options[extra]
        known = inspect.signature(type(self).__init__).parameters
        unknown = [extra for extra in options if extra not in known]
        if unknown:
            raise unexpected(who, unknown, list(known)[1:-1])
        clips = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        self.clips = {key: float(value) for key, value in clips.items() if value is not None}
        if len(self.clips) > 1:
            raise ArgumentError(
                f"{who}: give one of clipnorm, clipvalue and global_clipnorm, got {self.clips}"
            )
        if any(value <= 0 for value in self.clips.values()):
            raise ArgumentError(f"{who}: a limit of gradients must be positive, got {self.clips}")
        self.name = name or snake_case(who)
        self.schedule, start = schedule_of(who, learning_rate)
        self.rule: Group = {"lr": start, "weight_decay": float(weight_decay or 0.0), **options}
        self.check(self.rule)
        self.built = False
        Hooked.__init__(self)  # hooks may be added before the parameters are known
        self.param_groups: list[Group] = []
        self._order: list[Tensor] = []  # the parameters, as they were given

    # -- parameters ------------------------------------------------------------------------------------------------

    def build(self, variables: Iterable[Tensor]) -> None:
        """Take over the parameters; a second call with the same ones, or with some of them, changes nothing.

        Raises:
            ArgumentError: if it has other parameters already, or there are none.
        """
        params = list(variables)
        if self.built:
            held = {id(p) for group in self.param_groups for p in group["params"]}
            if not held >= {id(p) for p in params}:
                raise ArgumentError(
                    f"{type(self).__name__}: it optimizes {len(held)} other parameters already; make a new optimizer "
                    "for each model, and compile() again when more layers are to be learnt"
                )
            return
        hooks = self.hooks
        optim.Optimizer.__init__(self, self.grouped(params), {**self.rule, "iterations": 0})
        self.hooks = hooks
        self._order = params
        self.built = True

    def grouped(self, params: list[Tensor]) -> list[Any]:
        """The parameters, or groups of them with options of their own; a rule that needs groups defines it."""
        return list(params)

    @property
    def variables(self) -> list[Tensor]:
        """What it keeps for the parameters, in their order."""
        if not self.built:
            return []
        return [
            kept
            for group in self.param_groups
            for p in group["params"]
            for kept in self.state.get(p, {}).values()
        ]

    # -- the learning rate -----------------------------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The step size lr that is in force."""
        if self.schedule is not None:
            return float(self.schedule(self.iterations))
        return float(self.param_groups[0]["lr"] if self.built else self.rule["lr"])

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        who = type(self).__name__
        if self.schedule is not None and not isinstance(value, LearningRateSchedule):
            raise ArgumentError(
                f"{who}: its learning rate follows {type(self.schedule).__name__}, and cannot be set; make it with a "
                "number, learning_rate=0.001, to change it while it is in use"
            )
        self.schedule, rate = schedule_of(who, value)
        self.rule["lr"] = rate
        for group in self.param_groups:
            group["lr"] = rate

    @property
    def lr(self) -> float:
        """`learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        self.learning_rate = value

    @property
    def iterations(self) -> int:
        """How many steps it has made."""
        return int(self.param_groups[0]["iterations"]) if self.built else 0

    # -- the step --------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient.

        Raises:
            ArgumentError: if it has no parameters yet.
        """
        if not self.built:
            raise ArgumentError(
                f"{type(self).__name__}: it has no parameters yet; fit() gives it those of the model, or call "
                "build(model.parameters())"
            )
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        if self.clips:
            self._clip()
        if self.schedule is not None:
            rate = float(self.schedule(self.iterations))
            for group in self.param_groups:
                group["lr"] = rate
        self.param_groups[0]["iterations"] += 1
        super().step()
        return loss

    def _clip(self) -> None:
        """Make the gradients smaller where they are over the limit."""
        gradients = [
            p.leaf.grad
            for group in self.param_groups
            for p in group["params"]
            if p.leaf is not None and p.leaf.grad is not None
        ]
        ((kind, limit),) = self.clips.items()
        if kind == "clipvalue":
            for g in gradients:
                g.array = np.clip(g.array, -limit, limit)
            return
        norms = [sqrt(float(np.vdot(g.array, g.array))) for g in gradients]
        if kind == "global_clipnorm":
            norms = [sqrt(sum(n * n for n in norms))] * len(norms)
        for g, norm in zip(gradients, norms, strict=True):
            if norm > limit and isfinite(norm):
                g.array = g.array * np.asarray(limit / norm, g.array.dtype)

    def apply(self, grads: Sequence[Any], trainable_variables: Iterable[Tensor] | None = None) -> None:
        """Make a step with gradients that are given, as loops written for Keras do.

        Raises:
            ArgumentError: if there is not one gradient for each parameter.
        """
        if trainable_variables is not None and not self.built:
            trainable_variables = list(trainable_variables)
            self.build(trainable_variables)
        params = list(trainable_variables) if trainable_variables is not None else self._order
        if len(params) != len(list(grads)):
            raise ArgumentError(
                f"{type(self).__name__}: got {len(list(grads))} gradients for {len(params)} parameters"
            )
        for p, g in zip(params, grads, strict=True):
            p.grad = g if g is None or isinstance(g, Variable) else wrap(np.asarray(g, p.array.dtype))
        self.step()

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Tensor]]) -> None:
        """Make a step with pairs (gradient, parameter)."""
        grads, params = zip(*grads_and_vars, strict=True)
        self.apply(grads, params)

    # -- configuration ---------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """What it was made with, as plain values."""
        from nn.keras.optimizers.schedules import serialize

        rate = serialize(self.schedule) if self.schedule is not None else self.learning_rate
        options = {k: v for k, v in self.rule.items() if k not in ("lr", "weight_decay")}
        decay = self.rule["weight_decay"] or None
        return {"name": self.name, "learning_rate": rate, "weight_decay": decay, **self.clips, **options}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """Make it again."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


_WITHOUT_EFFECT = {
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "jit_compile": True,
    "dtype": None,
}
"""Arguments of Keras's that are accepted with these values alone."""


def check_options(who: str, options: Group, **limits: tuple[float, float]) -> None:
    """Raise unless each option is in its interval, the upper end excluded.

    Raises:
        ArgumentError: if one is not.
    """
    for name, (low, high) in limits.items():
        value = options[name]
        if not low <= value < high:
            raise ArgumentError(f"{who}: {name} must be in [{low:g}, {high:g}), got {value}")


def decay(p: Array, group: Group) -> None:
    """θ ← θ − lr λ θ."""
    if group["weight_decay"]:
        scale(p, 1 - group["lr"] * group["weight_decay"])
