"""A program of views and in-place writes, run line by line in PyTorch and here.

Each line runs in both libraries, and in `out_of_place`, which says what is right where PyTorch refuses a write that is
allowed here. At the end some of the tensors are weighted, summed and differentiated.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

import autograd
from autograd.tape import Variable
from tests.parity import out_of_place

REFUSED = (
    "multiple views",  # a write to one of several results: here it is a view like any other
    "created in no_grad mode",  # reading a view made inside no_grad() after a write: here it is a constant
    "single memory location",  # the operands share memory: here the result is computed before it is written
    "modified by an inplace operation",  # PyTorch saved more than the derivative needs
)
"""What PyTorch refuses and we do not: by words of its messages."""


class DifferentError(AssertionError):
    """The two libraries disagree; the message is the program, and how."""


@dataclass
class Program:
    """A program so far, with the names in each of the three that run it."""

    seed: int
    lines: list[str] = field(default_factory=list)
    ours: dict[str, Any] = field(default_factory=dict)
    theirs: dict[str, Any] | None = field(default_factory=dict)
    pure: dict[str, Any] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)
    retained: list[str] = field(default_factory=list)

    def different(self, what: str) -> DifferentError:
        return DifferentError(f"program {self.seed}: {what}\n\n" + "\n".join(self.lines) + "\n")

    def run(self, line: str) -> bool:
        """Run one line in all three."""
        problem = _attempt(line, self.ours)
        if problem is not None and not isinstance(problem, autograd.AutogradError):
            raise self.different(f"{line}: {problem!r} explains nothing") from problem
        self.lines.append(line if problem is None else f"{line}  # raises {type(problem).__name__}")
        if self.theirs is not None:
            error = _attempt(line, self.theirs)
            if error is None and problem is not None:
                raise self.different(f"only ours raised {type(problem).__name__}: {problem}")
            if error is not None and problem is None:
                # a view whose base has got a gradient just now is a leaf to PyTorch, until its grad_fn is looked at
                stale = "] += " in line and "a leaf Variable" in str(error)
                if not stale and not any(words in str(error) for words in REFUSED):
                    raise self.different(f"only PyTorch raised {error!r}")
                self.theirs = None
                self.lines[-1] += "  # PyTorch refuses this"
            if error is not None and problem is not None and not isinstance(problem, type(error)):
                raise self.different(f"PyTorch raised {error!r}, ours {type(problem).__name__}: {problem}")
        if problem is None:
            error = _attempt(line, self.pure)
            if error is not None:
                raise self.different(f"out of place: {error!r}")
        return problem is None

    def check(self) -> None:
        """Compare all tensors."""
        for name, mine in self.ours.items():
            if not isinstance(mine, Variable):
                continue
            for kind, names in (("PyTorch", self.theirs), ("out of place", self.pure)):
                if names is None:
                    continue
                other = names[name]
                if kind == "PyTorch" and name in self.pure:
                    _attempt(
                        f"{name}.grad_fn", names
                    )  # until it is looked at, a view whose base was written is a leaf
                values = other.read() if isinstance(other, out_of_place.Tensor) else other
                self._equal(f"{name} ({kind})", mine.array, values)
                if mine.requires_grad != other.requires_grad:
                    raise self.different(
                        f"{name}.requires_grad is {mine.requires_grad}, {kind}: {not mine.requires_grad}"
                    )

    def _equal(self, what: str, mine: Any, other: Any) -> None:
        other = other.detach().numpy()
        if mine.shape != other.shape or not np.allclose(
            mine, other, 1e-7, 1e-9 * max(1.0, np.abs(other).max(initial=0)), equal_nan=True
        ):
            raise self.different(f"{what} is\n{mine}\nand not\n{other}")

    def backward(self, line: str) -> None:
        """Run the line that differentiates, and compare the gradients."""
        self.lines.append(line)
        problem = _attempt(line, self.ours)
        error = None if self.theirs is None else _attempt(line, self.theirs)
        if problem is not None:
            if not isinstance(problem, autograd.AutogradError):
                raise self.different(f"{problem!r} explains nothing") from problem
            if self.theirs is not None and error is None:
                raise self.different(f"only ours raised {problem!r}")
            return
        if error is not None:
            if not any(words in str(error) for words in REFUSED):
                raise self.different(f"only PyTorch raised {error!r}")
            self.theirs = None
        if (error := _attempt(line, self.pure)) is not None:
            raise self.different(f"out of place: {error!r}")
        for name in self.leaves:
            mine = _gradient(self.ours[name].grad, self.ours[name])
            if self.theirs is not None:
                self._equal(
                    f"{name}.grad (PyTorch)", mine, _gradient(self.theirs[name].grad, self.theirs[name])
                )
            leaf = self.pure[name].leaf
            self._equal(f"{name}.grad (out of place)", mine, _gradient(leaf.grad, leaf))
        for name in self.retained if self.theirs is not None else ():
            mine, other = (names[name].grad for names in (self.ours, self.theirs))
            if (mine is None) != (other is None):
                raise self.different(f"{name}.grad is {mine}, PyTorch: {other}")
            if mine is not None:
                self._equal(f"{name}.grad (PyTorch)", mine.array, other)


def _gradient(grad: Any, leaf: Any) -> Any:
    if grad is not None:
        return grad.array if isinstance(grad, Variable) else grad
    return np.zeros(leaf.shape) if isinstance(leaf, Variable) else torch.zeros(leaf.shape, dtype=leaf.dtype)


def _attempt(line: str, names: dict[str, Any]) -> Exception | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(line, names)  # the program is ours
        except Exception as error:  # noqa: BLE001  # what either raises is compared
            return error
    return None
