"""Every row of the table, checked: values, derivatives, dtypes, memory layouts, and PyTorch beside it."""

from __future__ import annotations

import operator
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import dtypes
from autograd.errors import AutogradError
from autograd.ops import registry
from autograd.tape import Variable, wrap
from tests.case import Array, Case, Given, Real, Sample, Spec
from tests.op_cases import CASES

INTEGERS = [pytest.param(case, kind, id=f"{case.name}-{kind}") for case in CASES for kind in case.integers]
STEP = 1e-6

Call = tuple[tuple[Any, ...], dict[str, Any]]


# ------------------------------------------------------------------------------------------ from a sample to a call


def mapped(value: Any, function: Callable[[Any], Any], kind: type) -> Any:
    """`value` with the function applied to every `kind` in it, also inside lists, tuples and dicts."""
    if isinstance(value, kind):
        return function(value)
    if isinstance(value, dict):
        return {k: mapped(v, function, kind) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(v, function, kind) for v in value)
    return value


def drawn(case: Case, sample: Sample) -> Call:
    """The sample with arrays in place of its specs; the same ones each time."""
    rng = np.random.default_rng(zlib.crc32(f"{case.name} {sample}".encode()))
    return mapped((sample.args, sample.options), lambda spec: spec.draw(rng), Spec)


def leaves(value: Any, kind: type) -> Iterator[Any]:
    """Every `kind` inside, in order."""
    found: list[Any] = []
    mapped(value, found.append, kind)
    yield from found


def differentiable(sample: Sample, call: Call) -> list[Array]:
    """The arrays that derivatives are taken for."""
    specs = leaves((sample.args, sample.options), Spec)
    wanted = [isinstance(s, (Given, Real)) and s.grad for s in specs]
    arrays = leaves(call, np.ndarray)
    return [a for a, want in zip(arrays, wanted, strict=True) if want and a.dtype.kind == "f"]


def read_only(call: Call) -> Call:
    for array in leaves(call, np.ndarray):
        array.flags.writeable = False
    return call


def outputs(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def evaluated(case: Case, call: Call) -> list[Array]:
    """The results as arrays, nothing recorded."""
    args, options = mapped(call, wrap, np.ndarray)
    return [np.asarray(o.array if isinstance(o, Variable) else o) for o in outputs(case.op(*args, **options))]


def recorded(case: Case, call: Call, inputs: list[Array]) -> tuple[list[Any], list[Any]]:
    """The results that have a gradient, and the tensors made of `inputs`."""
    tensors: dict[int, Any] = {}

    def tensor(array: Array) -> Any:
        t = wrap(array)
        if any(array is a for a in inputs):
            tensors[id(array)] = t.requires_grad_()
        return t

    args, options = mapped(call, tensor, np.ndarray)
    results = [o for o in outputs(case.op(*args, **options)) if isinstance(o, Variable) and o.requires_grad]
    return results, [tensors[id(a)] for a in inputs]


def cotangents(case: Case, results: list[Any], seed: int) -> list[Array]:
    """Random numbers in the shapes of the results, read-only: a formula must not write to its gradient."""
    rng = np.random.default_rng(seed)
    made = [np.asarray(rng.normal(size=tuple(r.shape))) for r in results]
    for c in made:
        c.flags.writeable = False
    return made


def gradients(case: Case, call: Call, inputs: list[Array]) -> list[Array]:
    """The gradient by each input of Σ cotangent * result."""
    results, tensors = recorded(case, call, inputs)
    assert results, f"{case.name}: no result has a gradient"
    grads = [np.asarray(c, r.array.dtype) for c, r in zip(cotangents(case, results, 1), results, strict=True)]
    found = autograd.grad(results, tensors, [wrap(g) for g in grads], allow_unused=True)
    return [np.zeros_like(a) if f is None else f.array for f, a in zip(found, inputs, strict=True)]


def directions(inputs: list[Array]) -> list[Array]:
    """Random numbers in the shapes of the inputs, to multiply their gradients by."""
    rng = np.random.default_rng(2)
    return [np.asarray(rng.normal(size=a.shape)) for a in inputs]


def second_gradients(case: Case, call: Call, inputs: list[Array]) -> list[Array]:
    """The gradient by each input of Σ v * (the gradient, by each input)."""
    results, tensors = recorded(case, call, inputs)
    grads = [wrap(c) for c in cotangents(case, results, 1)]
    first = autograd.grad(results, tensors, grads, create_graph=True, allow_unused=True)
    vs = directions(inputs)
    total = sum((f * wrap(v)).sum() for f, v in zip(first, vs, strict=True) if f is not None)
    if not isinstance(total, Variable) or not total.requires_grad:
        return [np.zeros_like(a) for a in inputs]
    second = autograd.grad(total, tensors, allow_unused=True)
    return [np.zeros_like(a) if s is None else s.array for s, a in zip(second, inputs, strict=True)]


def differences(function: Callable[[], float], inputs: list[Array]) -> list[Array]:
    """The derivative of function() by each element of each input, which it reads, by central differences."""
    found = []
    for a in inputs:
        d = np.zeros_like(a)
        for i in np.ndindex(a.shape):
            held = a[i]
            a[i] = held + STEP
            above = function()
            a[i] = held - STEP
            d[i] = (above - function()) / (2 * STEP)
            a[i] = held
        found.append(d)
    return found


def close(found: list[Array], expected: list[Array], tolerance: float, what: str) -> None:
    scale = max([1.0, *(float(np.max(np.abs(e), initial=0.0)) for e in expected if e.dtype.kind == "f")])
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(f, e, rtol=tolerance, atol=tolerance * scale, err_msg=what)


# ------------------------------------------------------------------------------------------ the table is complete


def test_every_primitive_has_a_row() -> None:
    covered = {name for case in CASES for name in case.covers}
    assert sorted(set(registry()) - covered) == []


def test_every_row_is_of_a_primitive_that_exists() -> None:
    assert sorted({name for case in CASES for name in case.covers} - set(registry())) == []


# ------------------------------------------------------------------------------------------ which rows a test takes


def rows(wanted: Callable[[Case, Sample], Any]) -> list[Any]:
    """The pairs of a case and one of its samples for which `wanted` is true, as parameters of a test."""
    return [
        pytest.param(case, sample, id=f"{case.name}-{sample}")
        for case in CASES
        for sample in case.samples
        if wanted(case, sample)
    ]


def takes_reals(case: Case, sample: Sample) -> bool:
    return any(a.dtype.kind == "f" for a in leaves(drawn(case, sample), np.ndarray))


def smooth(case: Case, sample: Sample) -> bool:
    return case.differentiable and bool(differentiable(sample, drawn(case, sample)))


# ------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize(("case", "sample"), rows(lambda case, sample: case.numpy))
def test_values(case: Case, sample: Sample) -> None:
    """Results are NumPy's; inputs, which are read-only, stay as they were."""
    args, options = read_only(drawn(case, sample))
    expected = [np.asarray(e) for e in outputs(case.numpy(*args, **options))]
    found = evaluated(case, (args, options))
    assert [f.shape for f in found] == [e.shape for e in expected]
    close(found, expected, 1e-12, "against NumPy")


@pytest.mark.parametrize(("case", "sample"), rows(lambda case, sample: case.any_layout))
def test_strided_inputs(case: Case, sample: Sample) -> None:
    """Memory layout does not matter: transposed, sliced and reversed arrays give the same results and gradients."""
    call = drawn(case, sample)

    def strided(a: Array) -> Array:
        wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]) if a.ndim else (2,), a.dtype)
        view = wide[..., ::-2] if a.ndim else wide[0:1].reshape(())
        if a.ndim > 1:
            view = np.swapaxes(np.zeros_like(np.swapaxes(view, 0, 1)), 0, 1)
        view[...] = a
        return view

    other = mapped(call, strided, np.ndarray)
    close(evaluated(case, other), evaluated(case, call), 1e-13, "strided")
    inputs = differentiable(sample, call)
    if case.differentiable and inputs:
        strided_gradients = gradients(case, other, differentiable(sample, other))
        close(strided_gradients, gradients(case, call, inputs), 1e-12, "strided gradients")


@pytest.mark.parametrize(("case", "sample"), rows(takes_reals))
def test_single_precision(case: Case, sample: Sample) -> None:
    """float32 in, float32 out, for results and gradients, and close to float64."""
    call = drawn(case, sample)
    single = mapped(call, lambda a: a.astype(np.float32) if a.dtype == np.float64 else a, np.ndarray)
    exact, rounded = evaluated(case, call), evaluated(case, single)
    fixed = "dtype" in sample.options or case.op.__name__ in ("cast", "float_power")
    if not fixed:
        assert [r.dtype for r in rounded] == [np.float32 if e.dtype == np.float64 else e.dtype for e in exact]
    close(rounded, exact, 2e-5, "float32")
    inputs = differentiable(sample, single)
    if case.differentiable and inputs:
        found = gradients(case, single, inputs)
        assert {f.dtype for f in found} == {np.dtype(np.float32)}
        close(found, gradients(case, call, differentiable(sample, call)), 1e-4, "float32 gradients")


def numpys(value: Any) -> Any:
    """A number as NumPy's."""
    return {int: np.int64, float: np.float64}.get(type(value), lambda same: same)(value)


def has_number(case: Case, sample: Sample) -> bool:
    return takes_reals(case, sample) and any(
        type(v) in (int, float) for v in (*sample.args, *sample.options.values())
    )


@pytest.mark.parametrize(("case", "sample"), rows(has_number))
def test_numbers_of_numpy(case: Case, sample: Sample) -> None:
    """NumPy's numbers are as good as Python's, and leave float32 what it is, in results and gradients."""
    args, options = mapped(
        drawn(case, sample), lambda a: a.astype(np.float32) if a.dtype == float else a, np.ndarray
    )
    other = tuple(map(numpys, args)), {name: numpys(v) for name, v in options.items()}
    expected, found = evaluated(case, (args, options)), evaluated(case, other)
    assert [f.dtype for f in found] == [e.dtype for e in expected]
    close(found, expected, 1e-6, "results")
    inputs = differentiable(sample, (args, options))
    if case.differentiable and inputs:
        close(gradients(case, other, inputs), gradients(case, (args, options), inputs), 1e-6, "gradients")


# ------------------------------------------------------------------------------------------ derivatives


@pytest.mark.parametrize(("case", "sample"), rows(smooth))
def test_first_derivatives(case: Case, sample: Sample) -> None:
    """Gradients of a random combination of the results match finite differences."""
    call = drawn(case, sample)
    inputs = differentiable(sample, call)
    found = gradients(case, read_only(call), inputs)
    for a in inputs:
        a.flags.writeable = True
    results, _ = recorded(case, call, inputs)
    weights = cotangents(case, results, 1)

    def total() -> float:
        results, _ = recorded(case, call, inputs)
        return float(sum(np.sum(w * r.array) for w, r in zip(weights, results, strict=True)))

    close(found, differences(total, inputs), case.tolerance, "against finite differences")


@pytest.mark.parametrize(("case", "sample"), rows(lambda c, s: c.twice and smooth(c, s)))
def test_second_derivatives(case: Case, sample: Sample) -> None:
    """Gradients of a random combination of the gradients match finite differences of that combination."""
    call = drawn(case, sample)
    inputs = differentiable(sample, call)
    found = second_gradients(case, call, inputs)
    vs = directions(inputs)

    def total() -> float:
        first = gradients(case, call, inputs)
        return float(sum(np.sum(v * f) for v, f in zip(vs, first, strict=True)))

    expected = differences(total, inputs)
    close(found, expected, 20 * case.tolerance, "against finite differences of the first derivatives")


# ------------------------------------------------------------------------------------------ PyTorch


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def torch_result(torch: Any, case: Case, call: Call, tensors: dict[int, Any] | None = None) -> list[Any]:
    """PyTorch's results; `tensors` stand for the arrays of those ids."""

    def tensor(a: Array) -> Any:
        known = (tensors or {}).get(id(a))
        return torch.from_numpy(np.array(a)) if known is None else known

    args, options = mapped(call, tensor, np.ndarray)
    options = {k: getattr(torch, v.name) if isinstance(v, dtypes.dtype) else v for k, v in options.items()}
    if callable(case.torch):
        return outputs(case.torch(torch, *args, **options))
    return outputs(operator.attrgetter(case.torch)(torch)(*args, **options))


@pytest.mark.parametrize(("case", "sample"), rows(lambda case, sample: case.torch))
def test_as_in_pytorch(torch: Any, case: Case, sample: Sample) -> None:
    """Shapes, dtypes, values and first and second derivatives are PyTorch's, in float64."""
    call = drawn(case, sample)
    expected = [
        e.detach().numpy() if hasattr(e, "detach") else np.asarray(e) for e in torch_result(torch, case, call)
    ]
    found = evaluated(case, call)
    assert [(f.shape, f.dtype) for f in found] == [(e.shape, e.dtype) for e in expected]
    close(found, expected, case.torch_tolerance, "against PyTorch")
    inputs = differentiable(sample, call)
    if not (case.differentiable and inputs):
        return
    tensors = {id(a): torch.from_numpy(a.copy()).requires_grad_() for a in inputs}
    results = [r for r in torch_result(torch, case, call, tensors) if r.requires_grad]
    weights = [torch.from_numpy(c.copy()) for c in cotangents(case, results, 1)]
    xs = list(tensors.values())
    first = torch.autograd.grad(results, xs, weights, create_graph=case.twice, allow_unused=True)
    close(
        gradients(case, call, inputs),
        [np.zeros_like(a) if f is None else f.numpy(force=True) for f, a in zip(first, inputs, strict=True)],
        max(1e-9, case.torch_tolerance),
        "gradients against PyTorch",
    )
    vs = [torch.from_numpy(v) for v in directions(inputs)]
    total = sum((f * v).sum() for f, v in zip(first, vs, strict=True) if f is not None and f.requires_grad)
    if case.twice and hasattr(total, "requires_grad"):
        try:
            second = torch.autograd.grad(total, xs, allow_unused=True)
        except RuntimeError:
            return  # PyTorch has none
        close(
            second_gradients(case, call, inputs),
            [
                np.zeros_like(a) if s is None else s.numpy(force=True)
                for s, a in zip(second, inputs, strict=True)
            ],
            max(1e-8, case.torch_tolerance),
            "second derivatives against PyTorch",
        )


@pytest.mark.parametrize(("case", "kind"), INTEGERS)
def test_integers_as_in_pytorch(torch: Any, case: Case, kind: str) -> None:
    """With integers or bools: PyTorch's values and dtype, or, where PyTorch refuses, an error of ours."""

    def whole(a: Array) -> Array:
        rounded = np.rint(np.nan_to_num(a, posinf=3, neginf=-3))
        return np.where(rounded == 0, 1, rounded).astype(kind) if a.dtype.kind == "f" else a

    call = mapped(drawn(case, case.samples[0]), whole, np.ndarray)
    if kind == "uint8":
        call = mapped(call, np.abs, np.ndarray)
    try:
        expected = [e.numpy() for e in torch_result(torch, case, call)]
    except (RuntimeError, TypeError, NotImplementedError):
        with pytest.raises(AutogradError):
            evaluated(case, call)
        return
    found = evaluated(case, call)
    assert [(f.shape, f.dtype) for f in found] == [(e.shape, e.dtype) for e in expected]
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-5, atol=1e-6)
