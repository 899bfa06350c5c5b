"""PyTorch's own database of modules: which of them are ours too, and what differs.

python -m tests.parity.module_db Linear LSTM    says what differs for these modules
python -m tests.parity.module_db                … for all of them, a line each

A module is made in both with the same arguments and must have the same repr, parameters and buffers; with PyTorch's
weights loaded, by name, it must give the same results, derivatives and, over some steps of training, the same weights
and buffers. `module_samples` holds samples for the modules that the database lacks.
"""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.testing._internal.common_modules import ModuleErrorEnum, ModuleInfo, module_db

import autograd
import nn
from autograd.tape import wrap
from tests.parity import seeds
from tests.parity.compare import differences, outcome, paired, quiet, unequal
from tests.parity.exclusions import (
    MODULE_ERRORS,
    MODULE_SAMPLES,
    MODULE_SIGNATURES,
    MODULE_TOLERANCES,
    MODULES,
)  # fmt: skip
from tests.parity.module_samples import OTHER_MODULES
from tests.parity.translate import Translator, UntranslatableError, array, mapped, tensors_in

INFOS: dict[str, ModuleInfo] = {info.module_cls.__name__: info for info in [*module_db, *OTHER_MODULES]}
"""Every module by its name."""

DTYPES = (torch.float64, torch.float32)
PRECISION = {torch.float64: 0.1, torch.float32: 0.5}
"""How many times the tolerance of operations: 1e-10 and 1e-5."""
STEPS = 3
RATE = 1e-3


class Pair(NamedTuple):
    """The same module in both."""

    theirs: torch.nn.Module
    ours: Any
    reports: list[str]
    """What already differs."""


def shared() -> list[str]:
    """The modules that are ours too."""
    return [name for name in INFOS if name not in MODULES]


def modes(name: str) -> tuple[bool, ...]:
    """Whether in training: evaluation is compared where it differs."""
    return (True, False) if INFOS[name].train_and_eval_differ else (True,)


MOST = 60
"""Samples of a module that are compared in full; LinearCrossEntropyLoss alone has 857."""
SOME = 15
"""… and those that are compared again: in single precision, in training and in other orders of memory."""


@functools.cache
def seeded(name: str, dtype: Any, training: bool, requires_grad: bool = True, most: int = SOME) -> list[Any]:
    """PyTorch's samples: the constructor's arguments and forward's; of more than `most`, some drawn at random.

    They are the same whenever this is called.
    """
    info = INFOS[name]
    wanted: dict[str, Any] = {"with_packed_sequence": True} if name in ("RNN", "GRU") else {}
    seeds.seed(0)
    with quiet():
        made = info.module_inputs_func(
            info, device="cpu", dtype=dtype, requires_grad=requires_grad, training=training, **wanted
        )
    excluded = MODULE_SAMPLES.get(name, lambda sample: False)
    kept = [sample for sample in made if not excluded(sample)]
    return kept if len(kept) <= most else random.Random(1).sample(kept, most)


def pair(name: str, sample: Any, dtype: Any, training: bool, more: dict[str, Any] | None = None) -> Pair:
    """The module in both, with PyTorch's weights."""
    translate = Translator()
    args, named = sample.constructor_input.args, {**sample.constructor_input.kwargs, **(more or {})}
    seeds.seed(1)
    with quiet():
        theirs = INFOS[name].module_cls(*args, **named)
        ours = getattr(nn, name)(*translate(args), **translate(named))
        theirs.to(dtype).train(training)
        ours.to(translate(dtype)).train(training)
        reports = _unlike(theirs, ours)
        if INFOS[name].is_lazy:  # the first call gives shapes, and a class
            args, named = _call(sample)
            theirs(*args, **named)
            ours(*Translator()(args), **Translator()(named))
            reports += _unlike(theirs, ours)
            if type(ours).__name__ != type(theirs).__name__:
                reports.append(f"became {type(theirs).__name__} in PyTorch, {type(ours).__name__} here")
    if not reports:
        ours.load_state_dict(theirs.state_dict())
    return Pair(theirs, ours, reports)


def _call(sample: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """forward's arguments, apart from those of earlier calls: a module may write to its input."""
    given = sample.forward_input
    return mapped((given.args, given.kwargs), _apart)


def _apart(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return torch.nn.utils.rnn.PackedSequence(*(mapped(part, _apart) for part in value))
    return value


def _unlike(theirs: torch.nn.Module, ours: Any) -> list[str]:
    """How the modules as such differ: repr, and the names, shapes and dtypes of weights."""
    reports = []
    if repr(ours) != repr(theirs):
        reports.append(f"repr: {theirs!r} in PyTorch, {ours!r} here")
    for kind in ("named_parameters", "named_buffers", "state_dict"):
        found, expected = getattr(ours, kind)(), getattr(theirs, kind)()
        ours_of, theirs_of = _facts(found), _facts(expected)
        if ours_of != theirs_of:
            reports.append(f"{kind}: {theirs_of} in PyTorch, {ours_of} here")
    return reports


def _facts(named: Any) -> list[tuple[str, tuple[int, ...] | None, str, bool]]:
    """Name, shape, dtype, and of parameters whether they require a gradient."""
    saved = isinstance(named, dict)
    pairs = named.items() if saved else named
    return [
        (name, _shape(t), str(t.dtype).rpartition(".")[2], not saved and t.requires_grad) for name, t in pairs
    ]


def _shape(t: Any) -> tuple[int, ...] | None:
    """The shape, which a lazy parameter does not have yet."""
    return None if "Uninitialized" in type(t).__name__ else tuple(t.shape)


def failures(name: str, dtype: Any, training: bool) -> list[str]:
    """What differs over all samples: the modules themselves, results, first and (in float64) second derivatives."""
    info = INFOS[name]
    order = 2 if info.supports_gradgrad and dtype is torch.float64 else 1
    tolerance = PRECISION[dtype] * MODULE_TOLERANCES.get(name, 1.0)
    found = []
    for sample in seeded(name, dtype, training, most=MOST if dtype is torch.float64 else SOME):
        try:
            theirs, ours, reports = pair(name, sample, dtype, training)
        except UntranslatableError:
            continue
        if not reports:
            leaves = list(zip(theirs.parameters(), ours.parameters(), strict=True))
            args, named = _call(sample)
            reports = differences(
                theirs, ours, args, named, order=order, tolerance=tolerance, leaves=leaves, loss_per_order=1.0
            )
            reports += _unequal_state(theirs, ours, tolerance)
        found += _located(reports, sample)
    return found


def _located(reports: list[str], sample: Any) -> list[str]:
    made, called = sample.constructor_input, sample.forward_input
    shapes = mapped(
        (called.args, called.kwargs), lambda v: tuple(v.shape) if isinstance(v, torch.Tensor) else v
    )
    return [f"{r}\n      in {sample.desc} {made.args} {made.kwargs} on {shapes}" for r in reports]


def _unequal_state(theirs: torch.nn.Module, ours: Any, tolerance: float) -> list[str]:
    expected, found = theirs.state_dict(), ours.state_dict()
    if list(expected) != list(found):
        return [f"state: {list(expected)} in PyTorch, {list(found)} here"]
    return [r for key, value in expected.items() for r in unequal(key, value, found[key], tolerance)]


def training_failures(name: str, dtype: Any) -> list[str]:
    """What differs while some steps of gradient descent are made, and in the evaluation after them."""
    tolerance = PRECISION[dtype] * MODULE_TOLERANCES.get(name, 1.0)
    found = []
    for sample in seeded(name, dtype, True):
        try:
            theirs, ours, reports = pair(name, sample, dtype, True)
        except UntranslatableError:
            continue
        if reports or (
            not any(p.requires_grad for p in theirs.parameters()) and not INFOS[name].train_and_eval_differ
        ):
            continue
        rng = np.random.default_rng(0)
        for step in range(STEPS):
            reports = [f"step {step + 1}: {r}" for r in _step(theirs, ours, sample, rng, tolerance)]
            if reports:
                break
        else:
            args, named = _call(sample)
            evaluated = differences(theirs.eval(), ours.eval(), args, named, tolerance=tolerance)
            reports = [f"evaluation after training: {r}" for r in evaluated]
        found += _located(reports, sample)
    return found


def _step(
    theirs: torch.nn.Module, ours: Any, sample: Any, rng: np.random.Generator, tolerance: float
) -> list[str]:
    """One step of gradient descent in both."""
    args, named = _call(sample)
    translate = Translator()
    our_args, our_named = translate(args), translate(named)
    expected, error = outcome(theirs, args, named)
    found, problem = outcome(ours, our_args, our_named)
    if error is not None or problem is not None:
        return (
            [] if error is not None and problem is not None else [f"{error!r} in PyTorch, {problem!r} here"]
        )
    pairs, reports = paired(expected, found)
    for e, f in pairs:
        reports += unequal("result", e, f, tolerance)
    if reports:
        return reports
    for e, f in pairs:
        if isinstance(e, torch.Tensor) and e.requires_grad:
            cotangent = np.asarray(rng.normal(size=tuple(e.shape))).astype(array(e).dtype)
            e.backward(torch.from_numpy(cotangent), retain_graph=True)
            f.backward(wrap(cotangent), retain_graph=True)
    for (key, p), q in zip(theirs.named_parameters(), ours.parameters(), strict=True):
        if (p.grad is None) != (q.grad is None):
            return [f"gradient of {key}: {p.grad} in PyTorch, {q.grad} here"]
        if p.grad is not None:
            reports += unequal(f"gradient of {key}", p.grad, q.grad, tolerance)
            p.data -= RATE * p.grad
            q.data -= RATE * q.grad
    theirs.zero_grad()
    ours.zero_grad()
    return reports + _unequal_state(theirs, ours, tolerance)


def layout_failures(name: str) -> list[str]:
    """What differs where inputs lie in memory in another order, and whether they are as they were afterwards."""
    found = []
    for sample in seeded(name, torch.float64, True):
        for order in (_backwards, _channels_last):
            called = mapped((sample.forward_input.args, sample.forward_input.kwargs), order)
            given = sample.forward_input
            if all(
                a is b
                for a, b in zip(tensors_in(called), tensors_in((given.args, given.kwargs)), strict=True)
            ):
                continue
            try:
                theirs, ours, reports = pair(name, sample, torch.float64, True)
            except UntranslatableError:
                continue
            if reports:
                return found + _located(reports, sample)
            leaves = list(zip(theirs.parameters(), ours.parameters(), strict=True))
            tolerance = PRECISION[torch.float64] * MODULE_TOLERANCES.get(name, 1.0)
            args, named = called
            if outcome(theirs, *mapped(called, _laid_alike))[1] is not None:
                continue  # PyTorch has no such view
            reports += differences(
                _with_inputs(theirs),
                _with_inputs(ours),
                args,
                named,
                order=1,
                tolerance=tolerance,
                leaves=leaves,
            )
            found += _located([f"{order.__name__.strip('_')}: {r}" for r in reports], sample)
    return found


def _backwards(value: Any) -> Any:
    """A tensor of two or more dimensions in Fortran's order."""
    if not isinstance(value, torch.Tensor) or value.ndim < 2 or value.layout is not torch.strided:
        return value
    order = tuple(reversed(range(value.ndim)))
    laid = value.detach().permute(order).contiguous().permute(order)
    return laid.requires_grad_(value.requires_grad)


def _channels_last(value: Any) -> Any:
    """A batch of images or volumes with its channels innermost."""
    if not isinstance(value, torch.Tensor) or value.ndim not in (4, 5):
        return value
    kind = torch.channels_last if value.ndim == 4 else torch.channels_last_3d
    return value.detach().contiguous(memory_format=kind).requires_grad_(value.requires_grad)


def _laid_alike(value: Any) -> Any:
    """A copy in the same order of memory."""
    return torch.empty_like(value).copy_(value.detach()) if isinstance(value, torch.Tensor) else value


def _with_inputs(module: Any) -> Callable[..., Any]:
    """The result, and what the inputs are after the call."""
    return lambda *args, **named: (
        module(*args, **named),
        [x.detach() for x in [*args, *named.values()] if hasattr(x, "detach")],
    )


def error_failures(name: str) -> list[str]:
    """Where PyTorch says that an error must be raised, and ours is of another type, or none."""
    info = INFOS[name]
    if info.module_error_inputs_func is None:
        return []
    with quiet():
        errors = list(
            info.module_error_inputs_func(
                info, device="cpu", dtype=torch.float32, requires_grad=False, training=True
            )
        )
    excluded = MODULE_ERRORS.get(name, lambda error: False)
    found = []
    for error in errors:
        if excluded(error):
            continue
        sample = error.module_error_input
        raised = _raised(functools.partial(_made_and_called, name, sample, error.error_on))
        where = f"PyTorch: {error.error_type.__name__} /{error.error_regex}/"
        if isinstance(raised, UntranslatableError):
            continue
        if raised is None:
            found.append(f"nothing was raised; {where}")
        elif not isinstance(raised, autograd.AutogradError):
            found.append(f"raised {raised!r}, which explains nothing; {where}")
        elif not isinstance(raised, error.error_type):
            found.append(f"raised {type(raised).__name__}: {str(raised)[:200]}; {where}")
    return found


def _raised(call: Callable[[], Any]) -> Exception | None:
    try:
        with quiet():
            call()
    except Exception as error:  # noqa: BLE001  # reported
        return error
    return None


def _made_and_called(name: str, sample: Any, where: Any) -> None:
    translate = Translator()
    given = sample.constructor_input
    module = getattr(nn, name)(*translate(given.args), **translate(given.kwargs))
    if where is ModuleErrorEnum.FORWARD_ERROR:
        module(*translate(sample.forward_input.args), **translate(sample.forward_input.kwargs))


def kept_failures(name: str) -> list[str]:
    """Whether copies and pickles give the same, and what only some modules have: inplace=, dtype=, device=."""
    cls, found = INFOS[name].module_cls, []
    wanted = inspect.signature(cls).parameters
    for sample in seeded(name, torch.float64, False, requires_grad=False)[:2]:
        try:
            theirs, ours, reports = pair(name, sample, torch.float64, False)
        except UntranslatableError:
            continue
        if reports:
            return found + _located(reports, sample)
        args, named = _call(sample)
        for kind, again in (("deepcopy", copy.deepcopy), ("pickle", lambda m: pickle.loads(pickle.dumps(m)))):
            if kind == "pickle" and _raised(functools.partial(pickle.dumps, theirs)):
                continue
            copied = again(ours)
            if repr(copied) != repr(ours):
                reports.append(f"{kind}: {copied!r}")
            reports += [f"{kind}: {r}" for r in differences(theirs, copied, args, named, tolerance=0.1)]
        if "dtype" in wanted and "dtype" not in sample.constructor_input.kwargs:
            options = {"dtype": torch.float64, "device": "cpu"}
            reports += pair(name, sample, torch.float64, False, options).reports
            translate = Translator()
            given = sample.constructor_input
            made = getattr(nn, name)(*translate(given.args), **translate({**given.kwargs, **options}))
            dtypes = {str(p.dtype).rpartition(".")[2] for p in made.parameters()}
            reports += [f"dtype=: parameters of {dtypes}"] if dtypes - {"float64"} else []
        if "inplace" in wanted and "inplace" not in sample.constructor_input.kwargs:
            theirs, ours, more = pair(name, sample, torch.float64, False, {"inplace": True})
            args, named = _call(sample)
            reports += more + differences(_first(theirs), _first(ours), args, named, tolerance=0.1)
        found += _located(reports, sample)
    return found


def _first(module: Any) -> Callable[..., Any]:
    """The result in place, and whether it is the input that was given."""

    def called(*args: Any, **named: Any) -> Any:
        out = module(*args, **named)
        given = [*args, *named.values()]
        return out, given, int(any(out is x for x in given))

    return called


def signature_failures(name: str) -> list[str]:
    """What differs between the arguments, their order and defaults, of the constructor and of forward."""
    theirs, ours = INFOS[name].module_cls, getattr(nn, name)
    found = []
    for method in ("__init__", "forward"):
        expected, has = (_parameters(getattr(cls, method)) for cls in (theirs, ours))
        excused = MODULE_SIGNATURES.get(name, "").split()
        expected = {k: v for k, v in expected.items() if k not in excused}
        if [k for k in has if k in expected] != list(expected):
            found.append(f"{method} takes {list(expected)} in PyTorch, {list(has)} here")
            continue
        for key, default in expected.items():
            if has[key] != default:
                found.append(f"{method}: {key} is {default} in PyTorch, {has[key]} here")
    return found


def _parameters(function: Callable[..., Any]) -> dict[str, str]:
    """Arguments and their defaults, as text."""
    return {
        key: "" if p.default is p.empty else getattr(p.default, "__name__", repr(p.default))
        for key, p in inspect.signature(function).parameters.items()
        if key != "self" and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }


def classes() -> Iterator[str]:
    """Our module classes."""
    for name in nn.__all__:
        if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module):
            yield name


def all_failures(name: str) -> list[str]:
    """Everything that differs about a module."""
    found = [f"signature: {f}" for f in signature_failures(name)]
    for dtype in DTYPES:
        label = str(dtype).removeprefix("torch.")
        for training in modes(name):
            mode = "train" if training else "eval"
            found += [f"{label}, {mode}: {f}" for f in failures(name, dtype, training)]
        found += [f"{label}, training: {f}" for f in training_failures(name, dtype)]
    found += [f"errors: {f}" for f in error_failures(name)]
    found += [f"layout: {f}" for f in layout_failures(name)]
    return found + [f"copies: {f}" for f in kept_failures(name)]


def main(names: list[str]) -> None:
    """Print what differs."""
    chosen = [n for n in INFOS if n in names] or shared()
    shown = 12 if names else 1
    bad = 0
    for name in chosen:
        found = all_failures(name) if hasattr(nn, name) else ["not here"]
        bad += bool(found)
        if found:
            print(f"{name}: {len(found)} differences", flush=True)
        for f in found[:shown]:
            print(f"    {f[:1000]}", flush=True)
    print(f"{len(chosen) - bad} of {len(chosen)} modules agree")


if __name__ == "__main__":
    main(sys.argv[1:])
