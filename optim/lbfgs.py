"""L-BFGS: Newton's direction from the last few gradients, without a Hessian."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from autograd import Tensor, enable_grad
from autograd.errors import ArgumentError, AssertedError
from autograd.modes import QUIET, reset_errors, set_errors
from autograd.storage import note_write
from autograd.tape import Variable, wrap
from optim.blocks import Array, Group
from optim.line_search import Point, strong_wolfe
from optim.optimizer import Optimizer, Params
from optim.options import as_numbers, check_ranges


class LBFGS(Optimizer):
    """Limited-memory BFGS (Liu & Nocedal, 1989; Nocedal & Wright, 2006, algorithm 7.4).

    With s = θₖ₊₁ − θₖ and y = gₖ₊₁ − gₖ of the last steps, oldest first, and H₀ = sᵀy / yᵀy of the newest:

        q ← −g;      for each pair, newest first:  α ← sᵀq / sᵀy,  q ← q − α y
        d ← H₀ q;    for each pair, oldest first:  d ← d + (α − yᵀd / sᵀy) s
        θ ← θ + t d

    The step t is lr (in the first step lr · min(1, 1 / Σ|g|)), or found by a line search. One call of `step` goes up to
    `max_iter` times round this, and calls the closure each time. It is for objectives that are the same in each call,
    not for batches. All parameters are one group.

    Args:
        params: the parameters.
        lr: lr.
        max_iter: how many iterations in a step at most.
        max_eval: how many calls of the closure in a step at most; 1.25 max_iter if left out.
        tolerance_grad: stop when no element of the gradient is larger.
        tolerance_change: stop when neither a parameter nor the objective changes by more.
        history_size: how many pairs are kept.
        line_search_fn: None, or "strong_wolfe" to search for t (see `optim.line_search`).

    Raises:
        ArgumentError: if an option is out of its range, or there is more than one group.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([-1.0, 2.0]))
    >>> optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - w[0]) ** 2 + 10 * (w[1] - w[0] ** 2) ** 2
    ...     loss.backward()
    ...     return loss
    >>> for _ in range(3):
    ...     loss = optimizer.step(closure)
    >>> w.detach().round(decimals=3)
    tensor([1., 1.])
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ArgumentError(
                f"LBFGS: takes one group of parameters, got {len(self.param_groups)}: one direction is found for all"
            )

    def check(self, group: Group) -> None:
        """Raise ArgumentError if an option is out of its range."""
        check_ranges("LBFGS", group, lr=(0, inf))
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise ArgumentError(
                f"LBFGS: line_search_fn is None or 'strong_wolfe', got {group['line_search_fn']!r}"
            )

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Iterate up to `max_iter` times.

        Args:
            closure: computes the objective anew, with its gradients.

        Returns:
            What the closure returned the first time.

        Raises:
            ArgumentError: without a closure.
            AssertedError: if groups have been added.
        """
        if closure is None:
            raise ArgumentError(
                "LBFGS.step: needs a closure that clears the gradients, computes them, and returns the loss"
            )
        if len(self.param_groups) != 1:
            raise AssertedError(
                f"LBFGS.step: {len(self.param_groups)} groups of parameters, but one direction is found for all: make "
                "a new LBFGS of one group"
            )
        errors = set_errors(QUIET)
        try:
            return self._iterate(closure)
        finally:
            reset_errors(errors)

    def shapes(self, p: Array, group: Group) -> dict[str, tuple[int, ...]]:
        """What is kept for the first parameter is vectors of all of them."""
        size = (sum(parameter.array.size for parameter in group["params"]),)
        return dict.fromkeys(("d", "prev_flat_grad", "old_dirs", "old_stps"), size)

    def _iterate(self, closure: Callable[[], Any]) -> Any:
        group = as_numbers(self.param_groups[0])
        lr = group["lr"]
        state = self.state[group["params"][0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        returned: list[Any] = []

        def evaluate() -> float:
            state["func_evals"] += 1
            with enable_grad():
                returned.append(closure())
            return float(returned[-1])

        loss = evaluate()
        g = self._gradient()
        if _largest(g) <= group["tolerance_grad"]:
            return returned[0]
        for n in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            d = _direction(state, g, group["history_size"])
            last_loss = loss
            state["prev_flat_grad"], state["prev_loss"], state["d"] = wrap(g), loss, wrap(d)
            t = lr if state["n_iter"] > 1 else min(1.0, 1 / float(np.abs(g).sum())) * lr
            state["t"] = t
            slope = float(g.dot(d))
            if slope > -group["tolerance_change"]:
                break
            if group["line_search_fn"]:
                begin = [p.array.copy() for p in group["params"]]

                def at(step: float, d: Array = d, begin: list[Array] = begin) -> Point:
                    self._move(begin, step, d)
                    value = evaluate()
                    gradient = self._gradient()
                    return Point(step, value, gradient, float(gradient.dot(d)))

                start = Point(0.0, loss, g, slope)
                room = group["max_eval"] - len(returned)
                found = strong_wolfe(at, start, t, _largest(d), evaluations=room)
                t, loss, g = found.t, found.value, found.gradient
                self._move(begin, t, d)
            else:
                self._move([p.array for p in group["params"]], t, d)
                if n < group["max_iter"]:
                    loss = evaluate()
                    g = self._gradient()
            state["t"] = t
            if (
                n == group["max_iter"]
                or len(returned) >= group["max_eval"]
                or _largest(g) <= group["tolerance_grad"]
                or _largest(d * t) <= group["tolerance_change"]
                or abs(loss - last_loss) < group["tolerance_change"]
            ):
                break
        return returned[0]

    def _gradient(self) -> Array:
        """The gradients of all parameters in one array; 0 where there is none."""
        return np.concatenate([
            np.zeros(p.array.size, p.array.dtype)
            if p.leaf is None or p.leaf.grad is None
            else p.leaf.grad.array.reshape(-1)
            for p in self.param_groups[0]["params"]
        ])  # fmt: skip

    def _move(self, begin: list[Array], t: float, d: Array) -> None:
        """θ ← begin + t d."""
        params = self.param_groups[0]["params"]
        start = 0
        for p, from_ in zip(params, begin, strict=True):
            part = d[start : start + from_.size].reshape(from_.shape)
            np.add(from_, np.asarray(t * part, part.dtype), out=p.array)
            start += from_.size
        note_write(*[p.array for p in params])


def _direction(state: dict[str, Any], g: Array, history: int) -> Array:
    """Where to go from here, by the pairs of the last steps; the newest pair is made first."""
    if state["n_iter"] == 1:
        state["old_dirs"], state["old_stps"], state["ro"], state["H_diag"] = [], [], [], 1
        return -g
    y = g - state["prev_flat_grad"].array
    s = state["d"].array * np.asarray(state["t"], g.dtype)
    ys = y.dot(s)
    kept = state["old_dirs"], state["old_stps"], state["ro"]
    if ys > 1e-10:
        if len(kept[0]) == history:
            for values in kept:
                values.pop(0)
        for values, value in zip(kept, (y, s, np.asarray(1 / ys)), strict=True):
            values.append(wrap(value))
        state["H_diag"] = wrap(np.asarray(ys / y.dot(y)))
    pairs = [(y.array, s.array, inverse.array.item()) for y, s, inverse in zip(*kept, strict=True)]
    q = -g
    alphas = []
    for y, s, inverse in reversed(pairs):
        alphas.append(float(s.dot(q)) * inverse)
        q -= alphas[-1] * y
    scale = state["H_diag"]
    d = q * np.asarray(scale.array if isinstance(scale, Variable) else scale, g.dtype)
    for (y, s, inverse), alpha in zip(pairs, reversed(alphas), strict=True):
        d += (alpha - float(y.dot(d)) * inverse) * s
    return d


def _largest(x: Array) -> float:
    """The largest element by size; 0 of nothing."""
    return float(np.abs(x).max()) if x.size else 0.0
