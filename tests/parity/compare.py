"""One call in both libraries: what differs, in words."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

import autograd
from autograd.tape import Variable, wrap
from tests.parity.translate import Translator, array, flat

TOLERANCE = {"float64": 1e-9, "float32": 2e-5, "float16": 5e-3}
"""Of values, relative and to the largest value of a result."""


def differences(
    theirs: Callable[..., Any],
    ours: Callable[..., Any],
    args: tuple[Any, ...],
    named: dict[str, Any],
    *,
    order: int = 0,
    process: Callable[[Any], Any] | None = None,
    invariant: Callable[[Any, tuple[Any, ...], dict[str, Any]], Any] | None = None,
    tolerance: float = 1.0,
    leaves: Sequence[tuple[torch.Tensor, Any]] = (),
    loss_per_order: float = 10.0,
) -> list[str]:
    """Call both with the same arguments and compare results, dtypes and derivatives up to `order`.

    process:    what is compared of PyTorch's and our result, where only a part is unique
    invariant:  the same, but it also sees the arguments
    tolerance:  how many times the usual one
    leaves:     what both functions hold that wants a gradient too: parameters, as pairs
    loss_per_order: how many times the tolerance of a derivative may be that of the one before
    """
    translate = Translator()
    our_args, our_named = translate(args), translate(named)
    expected, error = outcome(theirs, args, named)
    found, problem = outcome(ours, our_args, our_named)
    if error is not None:
        return [] if problem is not None else [f"PyTorch raises {error!r}; ours returned {_brief(found)}"]
    if problem is not None:
        return [f"ours raised {type(problem).__name__}: {str(problem)[:300]}"]
    if invariant is not None:
        expected, found = invariant(expected, args, named), invariant(found, our_args, our_named)
    if process is not None:
        expected, found = process(expected), process(found)
    pairs, reports = paired(expected, found)
    for e, f in pairs:
        reports += unequal("result", e, f, tolerance)
    if reports or not order:
        return reports
    return _derivatives(pairs, [*translate.differentiable(), *leaves], order, tolerance, loss_per_order)


def outcome(function: Callable[..., Any], args: Any, named: Any) -> tuple[Any, Exception | None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **named), None
        except Exception as error:  # noqa: BLE001  # whatever either library raises is compared
            return None, error


def paired(expected: Any, found: Any) -> tuple[list[tuple[Any, Any]], list[str]]:
    es, fs = flat(expected), flat(found)
    if len(es) != len(fs):
        return [], [f"{len(es)} results in PyTorch, {len(fs)} here"]
    return list(zip(es, fs, strict=True)), []


def unequal(what: str, expected: Any, found: Any, times: float = 1.0) -> list[str]:
    """What is different about two results."""
    if isinstance(expected, torch.Tensor) != isinstance(found, Variable):
        return [f"{what}: {type(expected).__name__} in PyTorch, {type(found).__name__} here"]
    if isinstance(expected, (torch.dtype, torch.device, str)) or expected is None:
        same = str(expected).rpartition(".")[2] == str(found).rpartition(".")[2]
        return [] if same else [f"{what}: {expected} in PyTorch, {found} here"]
    e, f = array(expected), array(found)
    if e.shape != f.shape:
        return [f"{what}: shape {e.shape} in PyTorch, {f.shape} here"]
    if e.dtype != f.dtype and isinstance(expected, torch.Tensor):
        return [f"{what}: {e.dtype} in PyTorch, {f.dtype} here"]
    if not close(f, e, times):
        return [f"{what}: {_brief(e)} in PyTorch, {_brief(f)} here"]
    return []


def close(found: Any, expected: Any, times: float = 1.0) -> bool:
    """Whether two arrays are equal up to rounding; NaN equals NaN."""
    tolerance = TOLERANCE.get(str(expected.dtype), 0.0) * times
    with np.errstate(all="ignore"):
        finite = np.abs(expected[np.isfinite(expected)]) if expected.dtype.kind == "f" else np.zeros(0)
        scale = max(1.0, float(np.max(finite, initial=0.0)))
        if not tolerance:
            return bool(np.array_equal(found, expected))
        return bool(np.allclose(found, expected, tolerance, tolerance * scale, equal_nan=True))


def _brief(value: Any) -> str:
    arrays = [array(v) for v in flat(value) if v is not None]
    return "; ".join(
        f"{a.dtype}{list(a.shape)} {np.array2string(a, precision=8, threshold=8)[:160]}" for a in arrays[:3]
    )


def _derivatives(
    pairs: list[tuple[Any, Any]],
    inputs: list[tuple[torch.Tensor, Any]],
    order: int,
    tolerance: float,
    loss_per_order: float,
) -> list[str]:
    kept = [(e, f) for e, f in pairs if isinstance(e, torch.Tensor) and e.requires_grad]
    if not inputs or not kept:
        return []
    if any(not f.requires_grad for _, f in kept):
        return ["the result requires a gradient in PyTorch, not here"]
    rng = np.random.default_rng(0)
    es, fs = [e for e, _ in kept], [f for _, f in kept]
    theirs, ours = [t for t, _ in inputs], [o for _, o in inputs]
    for times in range(1, order + 1):
        cotangents = [np.asarray(rng.normal(size=tuple(e.shape))).astype(array(e).dtype) for e in es]
        last = times == order
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                expected = torch.autograd.grad(
                    es,
                    theirs,
                    [torch.from_numpy(c) for c in cotangents],
                    create_graph=not last,
                    allow_unused=True,
                )
            except (RuntimeError, NotImplementedError):
                return []  # PyTorch has none of this order
            try:
                found = _gradients(fs, ours, cotangents, create_graph=not last)
            except Exception as error:  # noqa: BLE001  # reported
                return [f"derivative {times}: ours raised {type(error).__name__}: {str(error)[:300]}"]
        reports = []
        next_es, next_fs = [], []
        for i, (e, f) in enumerate(zip(expected, found, strict=True)):
            zero = torch.zeros_like(theirs[i])
            reports += unequal(
                f"derivative {times} by tensor {i}",
                zero if e is None else e,
                wrap(array(zero)) if f is None else f,
                tolerance * loss_per_order**times,
            )
            if e is not None and e.requires_grad:
                next_es.append(e)
                next_fs.append(f)
        if reports or not next_es:
            return reports
        es, fs = next_es, next_fs
    return []


def _gradients(results: list[Any], inputs: list[Any], cotangents: list[Any], create_graph: bool) -> Any:
    """Our gradients; a result that needs none contributes nothing."""
    pairs = zip(results, cotangents, strict=True)
    active = [(r, wrap(c)) for r, c in pairs if r is not None and r.requires_grad]
    if not active:
        return (None,) * len(inputs)
    outputs, upstream = [r for r, _ in active], [c for _, c in active]
    return autograd.grad(outputs, inputs, upstream, create_graph=create_graph, allow_unused=True)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """PyTorch's own warnings about its samples say nothing about us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
