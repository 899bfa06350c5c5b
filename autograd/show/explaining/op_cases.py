"""The edge cases of operations: arguments at which something special happens, and what comes out there."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.create import tensor
from autograd.errors import AutogradError
from autograd.modes import no_grad
from autograd.show.graph import Numbers, number
from autograd.table import Primitive
from autograd.tape import Variable

EDGES = (-np.inf, -1000.0, -1.0, -0.0, 0.0, 1.0, 1000.0, np.inf, np.nan)
"""Where the ends, the kinks and the poles of most functions of one number are."""

PAIRS = (
    (0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 1.0), (-5.0, 3.0), (-7.0, 2.0),
    (np.inf, 1.0), (1.0, np.inf), (np.inf, np.inf), (np.nan, 1.0), (1.0, np.nan),
)  # fmt: skip
"""The same for two numbers: at 0, where they are equal, where signs differ."""

ARRAYS: tuple[list[float], ...] = (
    [], [5.0], [0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [2.0, 2.0, 1.0], [1.0, 1.0, 1.0], [np.nan, 1.0], [-np.inf, -np.inf],
)  # fmt: skip
"""The same for what looks at a whole array: nothing, one element, zeros, ties, a constant, nan."""

MATRICES = (
    [[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 2.0]],
)  # fmt: skip
"""The same for what looks at a square matrix: a singular one, zeros, equal eigenvalues."""

LONGEST = 60


@dataclass(frozen=True)
class Edge:
    """What comes out at certain arguments: the result (or the error), and the derivative by each argument."""

    given: tuple[str, ...]
    result: str
    slopes: tuple[str, ...]


def curves(function: Callable[..., Any], x: np.ndarray[Any, np.dtype[Any]]) -> tuple[Any, Any]:
    """A function of a number and its derivative, at these points."""
    t = tensor(x, requires_grad=True)
    out = function(t)
    if not out.requires_grad:
        return np.broadcast_to(out.numpy(), x.shape).astype(float), np.zeros(x.shape)
    out.backward(tensor(np.ones_like(x)))
    slope = np.zeros(x.shape) if t.grad is None else t.grad.numpy()
    return out.detach().numpy(), slope


def is_of_a_number(function: Callable[..., Any]) -> bool:
    """Whether a function makes a number of each number on its own, and not the same one."""
    return _is_elementwise(function, 1)


def _is_elementwise(function: Callable[..., Any], count: int) -> bool:
    samples = [np.array([0.9, -3.7, 7.3]), np.array([0.5, 2.2, -0.7])][:count]
    if _arguments(function) != count:
        return False
    try:
        with no_grad():
            whole = _array(function(*map(tensor, samples)))
            again = _array(function(*map(tensor, samples)))
            singly = [_array(function(*(tensor(np.array(s[i])) for s in samples))) for i in range(3)]
    except (AutogradError, TypeError, ValueError, IndexError, AttributeError):  # it takes other arguments
        return False
    if whole is None or again is None or any(a is None or a.shape != () for a in singly):
        return False
    if whole.shape != (3,) or whole.dtype.kind != "f" or not np.array_equal(whole, again, equal_nan=True):
        return False
    is_one_of_them = any(np.array_equal(whole, s) for s in samples)
    return not is_one_of_them and np.allclose(whole, np.array(singly, float), equal_nan=True)


def _array(result: Any) -> Any:
    return result.array if isinstance(result, Variable) else None


def _arguments(function: Callable[..., Any]) -> int:
    """How many arguments a call has to have; 0 where it takes any number."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return 0
    if any(q.kind in (q.VAR_POSITIONAL, q.VAR_KEYWORD) for q in parameters):
        return 0
    return sum(q.default is q.empty and q.kind is q.POSITIONAL_OR_KEYWORD for q in parameters)


def edges_of(
    function: Callable[..., Any], p: Primitive | None, of_a_number: bool
) -> tuple[tuple[str, ...], tuple[Edge, ...]]:
    """The names of an operation's arguments, and its edge cases."""
    count = _arguments(function)
    if of_a_number:
        points = sorted({*EDGES[1:-2], *_kinks(function)})
        return ("x",), tuple(
            _edge(function, (x,)) for x in (EDGES[0], *_with_both_zeros(points), *EDGES[-2:])
        )
    if _is_elementwise(function, 2):
        names = p.arrays if p is not None and len(p.arrays) == 2 else ("x", "y")
        return tuple(names), tuple(_edge(function, pair) for pair in PAIRS)
    if count == 1 and not (p is not None and (p.view or not p.differentiable)):
        cases = [_edge(function, (values,)) for values in (*ARRAYS, *MATRICES)]
        failed = [c for c in cases if "Error" in c.result]
        told = [c for c in cases if c not in failed or (c in failed[:1] and len(failed) < len(cases))]
        return ("x",), tuple(told)
    return (), ()


def _with_both_zeros(points: Sequence[float]) -> list[float]:
    return [x for point in points for x in ((-0.0, 0.0) if point == 0 else (point,))]


def _kinks(function: Callable[..., Any]) -> set[float]:
    """The first places to either side of 0 where the function or its derivative jumps."""
    x = np.round(np.arange(-8, 8.0625, 0.0625), 4)
    with np.errstate(all="ignore"):
        _, slope = curves(function, x)
        after, before = (curves(function, x + step) for step in (1e-9, -1e-9))
        jumps = sum(np.abs(a - b) > 1e-3 for a, b in zip(after, before, strict=True))
    found = [float(v) for v, jump, there in zip(x, jumps, slope, strict=True) if jump and np.isfinite(there)]
    return {*sorted(found, key=abs)[:4]}


def _edge(function: Callable[..., Any], given: Sequence[Any]) -> Edge:
    """What a function makes of these arguments."""
    shown = tuple(number(v) if isinstance(v, float) else str(Numbers.of(v)) for v in given)
    shown = tuple("[]" if s == "no elements" else s for s in shown)
    tensors = [tensor(np.array(v, np.float64), requires_grad=True) for v in given]
    try:
        with np.errstate(all="ignore"):  # edge cases are not finite
            out = function(*tensors)
            first: Any = out if isinstance(out, Variable) else next(o for o in out if isinstance(o, Variable))
            slopes: list[Any] = [None] * len(tensors)
            if first.requires_grad:
                first.backward(tensor(np.ones(first.shape)))
                slopes = [t.grad for t in tensors]
    except (AutogradError, TypeError, ValueError, IndexError, StopIteration) as error:
        said = f"{type(error).__name__}: {error}"
        return Edge(shown, said if len(said) <= LONGEST else said[: LONGEST - 1] + "…", ("",) * len(given))
    return Edge(
        shown,
        _shown(first),
        tuple("none" if s is None else _shown(s) for s in slopes),
    )


def _shown(t: Any) -> str:
    found = str(Numbers.of(t.detach().numpy()))
    return "[]" if found == "no elements" else found
