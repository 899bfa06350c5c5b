"""PyTorch's own database of operations: which of them are ours too, and how each is called here.

python -m tests.parity.op_db add linalg.det     says what differs for these operations
python -m tests.parity.op_db                    … for all of them, a line each
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.opinfo.core import BinaryUfuncInfo

import autograd
import nn
from tests.parity.compare import differences, quiet
from tests.parity.exclusions import (
    ERRORS,
    INVARIANTS,
    OPERATIONS,
    ORDERS,
    SAMPLES,
    TOLERANCES,
    TRIANGLES,
    VARIANTS,
)  # fmt: skip
from tests.parity.seeds import each_seeded
from tests.parity.translate import Translator, UntranslatableError

OPS: dict[str, Any] = {}
"""Every operation of the database, by name and variant."""
for _op in op_db:
    OPS[_op.name + (f".{_op.variant_test_name}" if _op.variant_test_name else "")] = _op

DIFFERENTIABLE = (torch.float64, torch.float32)
OTHERS = (torch.int64, torch.int32, torch.uint8, torch.bool, torch.float16)


def looked_up(root: Any, name: str) -> Any:
    """root.a.b for "a.b", or None."""
    return functools.reduce(lambda found, part: getattr(found, part, None), name.split("."), root)


def ours(name: str) -> Callable[..., Any] | None:
    """Our operation of PyTorch's name: a function, or else a method."""
    name = OPS[name].name
    found = (
        looked_up(nn.functional, name.removeprefix("nn.functional."))
        if name.startswith("nn.functional.")
        else looked_up(autograd, name)
    )
    if not callable(found) and "." not in name:
        method = getattr(autograd.Tensor, name, None)
        if isinstance(method, property):
            return lambda x: getattr(x, name)
        if method is not None:
            return lambda x, *args, **named: getattr(x, name)(*args, **named)
    return found if callable(found) else None


def rewritten(name: str) -> Callable[..., Any] | None:
    """Our operation, called as the database calls PyTorch's: its own wrapper, where it has one, runs on ours."""
    function = ours(name)
    wrapper = OPS[name].op
    theirs = looked_up(torch, OPS[name].name)
    if function is None or theirs is wrapper or name.startswith("__"):
        return function
    return WRAPPERS.get(name, function)


WRAPPERS: dict[str, Callable[..., Any]] = {
    "expand": lambda x, shape, **named: x.expand(shape, **named),
    "repeat": lambda x, *args, **named: x.repeat(*args, **named),
    "einsum": lambda tensors, equation: autograd.einsum(equation, tensors),
    "nn.functional.embedding": lambda weight, indices, **named: nn.functional.embedding(
        indices, weight, **named
    ),
    "nn.functional.embedding_bag": lambda weight, indices, **named: nn.functional.embedding_bag(
        indices, weight, **named
    ),
    "where": lambda x, condition, other: autograd.where(condition, x, other),
    "special.polygamma.special_polygamma_n_0": lambda x, n: autograd.special.polygamma(n, x),
    "zero_": lambda x: x.clone().zero_(),
    "linalg.lstsq.grad_oriented": lambda a, b, driver: autograd.linalg.lstsq(a, b, driver=driver)[:2],
    "linalg.pinv.singular": lambda a, b: autograd.linalg.pinv(a @ b.mT),
    "polygamma.polygamma_n_0": lambda x, n, **named: autograd.polygamma(n, x, **named),
    "polygamma.polygamma_n_1": lambda x, n, **named: autograd.polygamma(n, x, **named),
    "polygamma.polygamma_n_2": lambda x, n, **named: autograd.polygamma(n, x, **named),
    "polygamma.polygamma_n_3": lambda x, n, **named: autograd.polygamma(n, x, **named),
    "polygamma.polygamma_n_4": lambda x, n, **named: autograd.polygamma(n, x, **named),
}


def shared() -> list[str]:
    """The operations that are ours too."""
    return [name for name in OPS if name not in OPERATIONS and OPS[name].name not in OPERATIONS]


def samples(name: str, dtype: Any, requires_grad: bool) -> Iterator[Any]:
    """PyTorch's sample calls."""
    with quiet():
        made = list(each_seeded(OPS[name].sample_inputs_func(OPS[name], "cpu", dtype, requires_grad)))
    excluded = SAMPLES.get(name, SAMPLES.get(OPS[name].name))
    for sample in made:
        if excluded is None or not excluded(sample):
            yield sample


def call_of(sample: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return (sample.input, *sample.args), dict(sample.kwargs)


MOST = {torch.float64: 1_000_000, torch.float32: 48}
"""How many samples of an operation are taken, evenly chosen; of other dtypes 16. All are in float64: the hundreds of
pooling differ in options alone.
"""


def failures(name: str, dtype: Any) -> list[str]:
    """What differs over all samples of an operation: results and, for floats, first and second derivatives."""
    op, function = OPS[name], rewritten(name)
    if function is None:
        return [f"{name}: not here"]
    if dtype not in op.supported_dtypes("cpu"):
        return []
    gradients = dtype in DIFFERENTIABLE and op.supports_autograd
    order = (2 if op.supports_gradgrad and dtype is torch.float64 else 1) if gradients else 0
    order = min(order, ORDERS.get(name, 2))
    found = []
    made = list(samples(name, dtype, gradients))
    made = made[:: -(-len(made) // MOST.get(dtype, 16)) or 1]
    for sample in made:
        args, named = call_of(sample)
        try:
            reports = differences(
                _of_triangles(name, op.op),
                _of_triangles(name, function),
                args,
                named,
                order=order,
                process=sample.output_process_fn_grad,
                invariant=INVARIANTS.get(name),
                tolerance=TOLERANCES.get(name, 1.0),
            )
        except UntranslatableError:
            continue
        found += [f"{r}\n      in {sample.summary()}" for r in reports]
    return found


def _of_triangles(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The operation of either library, with the argument of which one triangle is read reduced to that."""
    if name not in TRIANGLES:
        return function

    def of_triangle(*args: Any, **named: Any) -> Any:
        given = list(args)
        x = given[TRIANGLES[name]]
        given[TRIANGLES[name]] = x.triu() if named.get("upper", False) else x.tril()
        return function(*given, **named)

    return of_triangle


def variant_failures(name: str, dtype: Any = torch.float64) -> list[str]:
    """What differs between the method, and the in-place method, of an operation and PyTorch's."""
    op = OPS[name]
    if dtype not in op.supported_dtypes("cpu"):
        return []
    order = min(int(op.supports_autograd), ORDERS.get(name, 1))
    found = []
    for kind, called in (("method", op.name), ("in place", f"{op.name}_")):
        theirs = getattr(torch.Tensor, called, None)
        if not callable(theirs) or (name, kind) in VARIANTS:
            continue
        if kind == "in place" and op.get_inplace() is None:
            continue
        method = getattr(autograd.Tensor, called, None)
        if method is None:
            found.append(f"{kind}: Tensor.{called} is not here")
            continue
        if isinstance(method, property):
            method = method.fget
        for sample in samples(name, dtype, op.supports_autograd):
            if not isinstance(sample.input, torch.Tensor) or (kind == "in place" and sample.broadcasts_input):
                continue
            args, named = call_of(sample)
            one, other = theirs, method
            if kind == "in place":
                one, other = _on_a_copy(theirs), _on_a_copy(method)
            try:
                reports = differences(
                    _of_triangles(name, one), _of_triangles(name, other), args, named, order=order,
                    process=sample.output_process_fn_grad, invariant=INVARIANTS.get(name),
                    tolerance=TOLERANCES.get(name, 1.0),
                )  # fmt: skip
            except UntranslatableError:
                continue
            found += [f"{kind}: {r}\n      in {sample.summary()}" for r in reports]
    return found


def _on_a_copy(method: Callable[..., Any]) -> Callable[..., Any]:
    """The in-place method, on a copy of its tensor that stands in the graph; later gradients see the copy."""
    return lambda x, *args, **named: method(x.clone(), *args, **named)


def error_failures(name: str) -> list[str]:
    """Where PyTorch says that an error must be raised, and ours is of another type, or none."""
    op, function = OPS[name], rewritten(name)
    if op.error_inputs_func is None or function is None:
        return []
    with quiet():
        errors = list(each_seeded(op.error_inputs_func(op, "cpu")))
    found = []
    excluded = ERRORS.get(name, lambda error: False)
    for error in errors:
        if excluded(error):
            continue
        args, named = call_of(error.sample_input)
        if "out" in named or _has_a_number(op, args):
            continue
        translate = Translator()
        try:
            our_args, our_named = translate(args), translate(named)
        except UntranslatableError:
            continue
        where = f"PyTorch: {error.error_type.__name__} /{error.error_regex}/\n      in {error.sample_input.summary()}"
        try:
            with quiet():
                function(*our_args, **our_named)
        except autograd.AutogradError as raised:
            if not isinstance(raised, error.error_type):
                found.append(f"raised {type(raised).__name__}: {str(raised)[:200]}; {where}")
        except Exception as raised:  # noqa: BLE001  # reported
            found.append(f"raised {raised!r}, which explains nothing; {where}")
        else:
            found.append(f"nothing was raised; {where}")
    return found


def _has_a_number(op: Any, args: tuple[Any, ...]) -> bool:
    """Whether an operation of two arrays is given a number for one.

    PyTorch refuses one or both for some. Here every such operation takes them: formulas of the table, which call it,
    run on numbers as well, and np.maximum(tensor, 0) is our maximum.
    """
    return isinstance(op, BinaryUfuncInfo) and any(isinstance(a, (bool, int, float)) for a in args[:2])


def all_failures(name: str) -> list[str]:
    """Everything that differs about an operation."""
    found = []
    for dtype in (*DIFFERENTIABLE, *OTHERS):
        found += [f"{str(dtype).removeprefix('torch.')}: {f}" for f in failures(name, dtype)]
    return [*found, *variant_failures(name), *(f"errors: {f}" for f in error_failures(name))]


def main(names: list[str]) -> None:
    """Print what differs."""
    chosen = [n for n in OPS if n in names or OPS[n].name in names] or shared()
    shown = 12 if names else 0
    bad = 0
    for name in chosen:
        found = all_failures(name)
        bad += bool(found)
        if found:
            print(
                f"{name}: {len(found)} differences" + (f", such as {found[0][:160]!r}" if not shown else ""),
                flush=True,
            )
        for f in found[:shown]:
            print(f"    {f}")
    print(f"{len(chosen) - bad} of {len(chosen)} operations agree")


if __name__ == "__main__":
    main(sys.argv[1:])
