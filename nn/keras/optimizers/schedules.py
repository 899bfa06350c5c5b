"""Learning rates that change with the steps, by Keras's names: each is a function of the step's number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.errors import ArgumentError
from autograd.tape import Variable
from nn.keras.lookup import unknown_name

__all__ = [
    "LearningRateSchedule", "ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay",
    "CosineDecay", "CosineDecayRestarts", "serialize", "deserialize",
]  # fmt: skip


class LearningRateSchedule:
    """Base class of schedules: `__call__(step)` returns the learning rate.

    >>> class Halved(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5**step
    >>> Halved()(2)
    0.25
    """

    def __call__(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(step): define it")

    def get_config(self) -> dict[str, Any]:
        """What it was made with."""
        return dict(self.__dict__)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Make it again."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


class ExponentialDecay(LearningRateSchedule):
    """lr · rate^(step / decay_steps); with staircase the exponent is rounded down.

    >>> ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)(200)
    0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        _positive("ExponentialDecay", decay_steps=decay_steps)
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        past = step / self.decay_steps
        return float(
            self.initial_learning_rate * self.decay_rate ** (math.floor(past) if self.staircase else past)
        )


class InverseTimeDecay(LearningRateSchedule):
    """lr / (1 + rate · step / decay_steps); with staircase the quotient is rounded down.

    >>> InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)(2)
    0.05
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        _positive("InverseTimeDecay", decay_steps=decay_steps)
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        past = step / self.decay_steps
        return self.initial_learning_rate / (
            1 + self.decay_rate * (math.floor(past) if self.staircase else past)
        )


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[i], where i is how many of the boundaries are below the step.

    >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.05, 0.01])
    >>> schedule(100), schedule(101), schedule(1000)
    (0.1, 0.05, 0.01)
    """

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str = "PiecewiseConstant"
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ArgumentError(
                f"PiecewiseConstantDecay: needs one value more than boundaries, got {len(values)} values and "
                f"{len(boundaries)} boundaries"
            )
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        return float(self.values[sum(step > boundary for boundary in self.boundaries)])


class PolynomialDecay(LearningRateSchedule):
    """(lr − end) · (1 − step / decay_steps)^power + end; with cycle decay_steps grows when it is reached.

    >>> PolynomialDecay(0.1, decay_steps=100, end_learning_rate=0.0)(75)
    0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        _positive("PolynomialDecay", decay_steps=decay_steps)
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), decay_steps
        self.end_learning_rate, self.power, self.cycle, self.name = end_learning_rate, power, cycle, name

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        steps = self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        else:
            step = min(step, steps)
        left = float((1 - step / steps) ** self.power)
        return (self.initial_learning_rate - self.end_learning_rate) * left + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Half a cosine from lr down to alpha · lr, after a linear warm-up to warmup_target (Loshchilov & Hutter, 2017).

    >>> schedule = CosineDecay(0.1, decay_steps=100)
    >>> schedule(0), round(schedule(50), 6), round(schedule(100), 6)
    (0.1, 0.05, 0.0)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        _positive("CosineDecay", decay_steps=decay_steps)
        self.initial_learning_rate, self.decay_steps = float(initial_learning_rate), decay_steps
        self.alpha, self.name, self.warmup_target, self.warmup_steps = (
            alpha,
            name,
            warmup_target,
            warmup_steps,
        )

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        start = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return start + (self.warmup_target - start) * step / self.warmup_steps
            start, step = self.warmup_target, step - self.warmup_steps
        cosine = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return start * ((1 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """`CosineDecay` again and again, each time t_mul times as long and from m_mul times the height.

    >>> schedule = CosineDecayRestarts(0.1, first_decay_steps=10)
    >>> schedule(0), round(schedule(5), 6), schedule(10), round(schedule(20), 6)
    (0.1, 0.05, 0.1, 0.05)
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        _positive("CosineDecayRestarts", first_decay_steps=first_decay_steps, t_mul=t_mul)
        self.initial_learning_rate, self.first_decay_steps = float(initial_learning_rate), first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: int) -> float:
        """The learning rate of a step."""
        done, length, height = step, float(self.first_decay_steps), 1.0
        while done >= length:
            done, length, height = done - length, length * self.t_mul, height * self.m_mul  # type: ignore[assignment]  # a count of steps that may be a fraction
        cosine = 0.5 * height * (1 + math.cos(math.pi * done / length))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)


class FromFunction(LearningRateSchedule):
    """A function without arguments, asked before each step."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, step: int) -> float:
        """The learning rate now."""
        return float(self.function())


_CLASSES = {
    cls.__name__: cls
    for cls in (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
        CosineDecayRestarts,
    )
}


def _positive(who: str, **values: float) -> None:
    for name, value in values.items():
        if value <= 0:
            raise ArgumentError(f"{who}: {name} must be positive, got {value}")


def schedule_of(who: str, rate: Any) -> tuple[LearningRateSchedule | None, float]:
    """A learning rate as the schedule it is, or None, and what it starts with.

    Raises:
        ArgumentError: if it is neither a number that is not negative, nor a schedule.
    """
    if isinstance(rate, dict):
        rate = deserialize(rate)
    if isinstance(rate, Variable):
        rate = rate.item()  # type: ignore[attr-defined]  # every Variable is a Tensor
    if not isinstance(rate, LearningRateSchedule) and callable(rate):
        rate = FromFunction(rate)
    if isinstance(rate, LearningRateSchedule):
        return rate, float(rate(0))
    try:
        number = float(rate)
    except (TypeError, ValueError):
        raise ArgumentError(f"{who}: learning_rate is a number or a schedule, got {rate!r}") from None
    if not number >= 0:
        raise ArgumentError(f"{who}: learning_rate must not be negative, got {rate}")
    return None, number


def serialize(schedule: LearningRateSchedule) -> dict[str, Any]:
    """A schedule as a dict, from which `deserialize` makes it again.

    Raises:
        ArgumentError: if it is one of your own.
    """
    if type(schedule) not in _CLASSES.values():
        raise ArgumentError(f"schedule: {schedule!r} is not one of nn.keras.optimizers.schedules")
    return {"class_name": type(schedule).__name__, "config": schedule.get_config()}


def deserialize(config: Any) -> LearningRateSchedule:
    """Make the schedule of a dict again.

    Raises:
        ArgumentError: if there is no such schedule.
    """
    if not isinstance(config, dict) or config.get("class_name") not in _CLASSES:
        raise unknown_name("schedule", config, _CLASSES)
    return _CLASSES[config["class_name"]].from_config(config.get("config", {}))
