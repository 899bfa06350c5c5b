"""Random index expressions, as text, for reading and writing in PyTorch and here.

An index mixes integers, slices, None, `...`, bools, masks over one or several dimensions, and integer lists and tensors
that broadcast with each other. A few are out of range, of the wrong shape, or not allowed, so that errors are compared.

python -m tests.parity.indices 20000        compares that many and prints the first that differs
python -m tests.parity.indices 1 4711       compares the one of a seed
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import numpy as np
import torch

import autograd
from tests.parity.program import DifferentError

SHAPES = [(), (3,), (5,), (2, 3), (4, 1), (3, 2, 4), (2, 3, 2), (1, 3, 2, 2), (0, 3), (2, 0, 3)]


class Writer:
    """Makes up one index and what is done with it."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def whole(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, max(high, low + 1)))

    def bound(self, n: int) -> str:
        return str(self.whole(-n - 2, n + 3)) if self.chance(0.6) else ""

    def bools(self, sizes: tuple[int, ...]) -> str:
        return str((self.rng.random(sizes) < 0.5).tolist())

    def integers(self, n: int, shape: tuple[int, ...]) -> str:
        """Positions in a dimension of size n, now and then one too far."""
        low, high = (-n, n) if n else (0, 0)
        if self.chance(0.02):
            high += 1
        drawn = (
            self.rng.integers(low, max(high, low + 1), shape)
            if n or self.chance(0.2)
            else np.zeros((0,), int)
        )
        if not drawn.size:
            return "m.tensor([], dtype=m.int64)"
        kind = self.rng.random()
        if kind < 0.35:
            return str(drawn.tolist())
        return f"m.tensor({drawn.tolist()}, dtype=m.{'int64' if kind < 0.8 else 'int32'})"

    def index(self, shape: tuple[int, ...]) -> str:
        """An index for a tensor of this shape."""
        common = [(1,), (2,), (3,), (2, 2), (2, 1), ()][self.whole(0, 6)]
        advanced = self.chance(0.6)
        parts: list[str] = []
        d = 0
        dots = False
        while (d < len(shape) and self.chance(0.85)) or self.chance(0.03):
            n = shape[d] if d < len(shape) else 1
            kind = self.rng.random()
            if advanced and kind < 0.35:
                sizes = (
                    common if self.chance(0.8) else tuple(1 for _ in common) if self.chance(0.8) else (2, 3)
                )
                parts.append(self.integers(n, sizes))
                d += 1
            elif advanced and kind < 0.5 and d < len(shape):
                k = self.whole(1, len(shape) - d + 1)
                sizes = shape[d : d + k]
                if self.chance(0.03):
                    sizes = tuple(s + 1 for s in sizes)
                if 0 in sizes:
                    parts.append(f"m.zeros({sizes}, dtype=m.bool)")
                else:
                    dtype = ", dtype=m.uint8" if self.chance(0.1) else ""
                    parts.append(
                        f"m.tensor({self.bools(sizes)}{dtype})"
                        if k > 1 or self.chance(0.6)
                        else self.bools(sizes)
                    )
                d += k
            elif kind < 0.65:
                parts.append(str(self.whole(-n, n) if n and self.chance(0.97) else n))
                d += 1
            elif kind < 0.85:
                step = self.whole(1, 4) if self.chance(0.97) else -1
                parts.append(f"{self.bound(n)}:{self.bound(n)}" + (f":{step}" if self.chance(0.4) else ""))
                d += 1
            elif kind < 0.91:
                parts.append("None")
            elif kind < 0.97 and not dots:
                dots = True
                parts.append("...")
                d = self.whole(d, len(shape) + 1)
            elif kind > 0.97:
                parts.append(["True", "False", "m.tensor(True)", "m.tensor(1)", "1.5"][self.whole(0, 5)])
        return ", ".join(parts) + ("," if len(parts) == 1 and self.chance(0.2) else "") or "..."

    def program(self) -> list[str]:
        """What is done: reading, writing a number or a tensor, or adding in place, as it is or to what was computed."""
        shape = SHAPES[self.whole(0, len(SHAPES))]
        values = self.rng.uniform(-2, 2, shape).round(2).tolist()
        index = self.index(shape)
        lines = [f"x = m.tensor({values}, dtype=m.float64).reshape({shape}).requires_grad_()", "y = x * 2.0"]
        if len(shape) > 1 and self.chance(0.3):
            a, b = self.whole(0, len(shape)), self.whole(0, len(shape))
            lines.append(f"y = y.transpose({a}, {b})")
            index = self.index(tuple(np.zeros(shape).swapaxes(a, b).shape))
        kind = self.rng.random()
        if kind < 0.45:
            return [*lines, f"z = y[{index}]"]
        if kind < 0.6:
            return [*lines, f"y[{index}] = {self.whole(-9, 9) / 2}", "z = y"]
        lines += [f"part = y[{index}].detach()", "w = (part.cos() * 3.0).requires_grad_()"]
        if self.chance(0.3):
            lines[-1] = "w = part.sum().requires_grad_()"
        elif self.chance(0.15):
            lines[-1] = "w = m.ones(part.shape[1:] if part.ndim else (2,), dtype=m.float64).requires_grad_()"
        if kind < 0.8:
            return [*lines, f"y[{index}] = w", "z = y"]
        if kind < 0.9:
            return [*lines, f"y[{index}] += w", "z = y"]
        return [*lines, f"v = y[{index}]", "v = v * w", "z = v.sum() + y.sum()"]


def _run(library: Any, lines: list[str]) -> tuple[dict[str, Any], Exception | None]:
    names: dict[str, Any] = {"m": library}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for line in lines:
            try:
                exec(line, names)  # the program is ours
            except Exception as error:  # noqa: BLE001  # what either raises is compared
                return names, error
    return names, None


def compare(seed: int) -> None:
    """Make up the program of a seed and compare values, errors and gradients.

    Raises:
        DifferentError: with the program's text.
    """
    lines = Writer(seed).program()
    text = f"\n\n# seed {seed}\n" + "\n".join(lines)
    theirs, error = _run(torch, lines)
    ours, problem = _run(autograd, lines)
    if problem is not None and not isinstance(problem, autograd.AutogradError):
        raise DifferentError(f"{problem!r} explains nothing{text}") from problem
    if problem is not None and error is None and not theirs["z"].numel():
        return  # PyTorch does not look at positions where there is nothing to read; we do
    if problem is not None and error is None and "y[" in lines[-2] and _writes_nothing(lines[-2], theirs):
        return
    if error is not None and "masked_fill_ only supports boolean masks" in str(error):
        return  # PyTorch writes tensors by a uint8 mask, but not numbers
    if (error is None) != (problem is None):
        raise DifferentError(f"PyTorch raised {error!r}, ours {problem!r}{text}")
    if error is not None:
        several = any(
            ":-1" in line for line in lines
        )  # a negative step, beside which there may be another error
        if not isinstance(problem, type(error)) and not several:
            raise DifferentError(f"PyTorch raised {error!r}, ours {problem!r}{text}")
        return
    if _repeats(lines, theirs):
        return  # which of several values is kept is not said
    _equal("z", ours["z"].detach().numpy(), theirs["z"].detach().numpy(), text)
    weights = np.cos(np.arange(theirs["z"].numel())).reshape(tuple(theirs["z"].shape))
    if not theirs["z"].requires_grad:
        return
    (ours["z"] * autograd.tensor(weights)).sum().backward()
    (theirs["z"] * torch.tensor(weights)).sum().backward()
    for name in ("x", "w"):
        if name in theirs:
            mine, other = ours[name].grad, theirs[name].grad
            zeros = np.zeros(tuple(theirs[name].shape))  # None and zeros are the same
            _equal(
                f"{name}.grad",
                zeros if mine is None else mine.numpy(),
                zeros if other is None else other.numpy(),
                text,
            )


def _read(line: str, theirs: dict[str, Any]) -> Any:
    """The positions in y, counted in C order, that `y[…]` stands for on the left of a line."""
    places = torch.arange(theirs["y"].numel()).reshape(theirs["y"].shape)
    return eval("places" + line.removeprefix("y").rpartition("]")[0] + "]", {"places": places, "m": torch})


def _writes_nothing(line: str, theirs: dict[str, Any]) -> bool:
    return line.startswith("y[") and not _read(line, theirs).numel()


def _repeats(lines: list[str], theirs: dict[str, Any]) -> bool:
    """Whether a tensor is written to one place several times."""
    line = next((line for line in lines if "] = w" in line or "] += w" in line), None)
    if line is None:
        return False
    read = _read(line, theirs)
    return len(read.unique()) < read.numel()


def _equal(what: str, mine: Any, other: Any, text: str) -> None:
    if mine.shape != other.shape or not np.allclose(mine, other, 1e-10, 1e-10):
        raise DifferentError(f"{what} is\n{mine}\nand in PyTorch\n{other}{text}")


def main(count: int, first: int = 0) -> None:
    """Compare until one differs."""
    for seed in range(first, first + count):
        compare(seed)
    sys.stdout.write(f"{count} indices agree\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
