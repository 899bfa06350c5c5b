"""Creation: values, dtypes and errors are PyTorch's."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, AutogradError, DeviceError, DTypeError, ShapeError


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def same(found: Any, expected: Any) -> None:
    """The same values, shape and dtype."""
    assert found.array.dtype == expected.numpy().dtype
    assert found.shape == tuple(expected.shape)
    np.testing.assert_allclose(found.array, expected.numpy(), 2e-7, 1e-30)


# ------------------------------------------------------------------------------------------ from data


@pytest.mark.parametrize(
    "data",
    [
        1, 1.5, True, [1, 2], [1, 2.5], [True, False], [True, 2], [True, 2.5], [[1, 2], [3, 4]], [], [[]], [[], []],
        (1, 2), [(1, 2), (3, 4)], range(3), [range(2), range(2)], [float("inf"), float("nan")], 2**40, -(2**62),
        np.float64(1.5), np.float32(1.5), np.int32(3), np.bool_(True), [np.float64(1.5)], [np.int32(1), np.int32(2)],
        np.arange(3), np.arange(3.0), np.arange(3, dtype="float16"), np.zeros((2, 0)), np.array(1.5),
        np.arange(6).reshape(2, 3).T, np.arange(3)[::2],
    ],
    ids=repr,
)  # fmt: skip
def test_dtype_inference(torch: Any, data: Any) -> None:
    same(autograd.tensor(data), torch.tensor(data))


EXACT = [(0.1, "float64"), (1e300, "float64"), (16777217.0, "float64"), (16777217.0, "int64")]
MAKERS: dict[str, Callable[[float, str], Any]] = {
    "tensor": lambda v, kind: autograd.tensor(v, dtype=kind),
    "tensor of a list": lambda v, kind: autograd.tensor([v], dtype=kind),
    "tensor of lists": lambda v, kind: autograd.tensor([[v], (1,)], dtype=kind)[0],
    "tensor of a list of tensors": lambda v, kind: autograd.tensor([autograd.tensor(1), v], dtype=kind)[1],
    "as_tensor": lambda v, kind: autograd.as_tensor([v], kind),
    "asarray": lambda v, kind: autograd.asarray([v], dtype=kind),
    "new_tensor": lambda v, kind: autograd.zeros(1, dtype=kind).new_tensor([v]),
    "new_full": lambda v, kind: autograd.zeros(1, dtype=kind).new_full((1,), v),
    "full": lambda v, kind: autograd.full((1,), v, dtype=kind),
    "full_like": lambda v, kind: autograd.full_like(autograd.zeros(1, dtype=kind), v),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
@pytest.mark.parametrize(("value", "kind"), EXACT)
def test_a_given_dtype_gets_all_digits(make: Callable[[float, str], Any], value: float, kind: str) -> None:
    x = make(value, kind)
    assert x.dtype == getattr(autograd, kind)
    assert x.item() == value


@pytest.mark.parametrize(
    "make", [make for name, make in MAKERS.items() if "full" not in name]
)  # which refuse it
@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_what_is_too_large_is_inf_without_a_warning(make: Callable[[float, str], Any], kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make(1e300, kind).item() == np.inf
        assert autograd.tensor([1e300]).item() == autograd.tensor(1e300).item() == np.inf
        assert autograd.linspace(0, 1e300, 2, dtype=kind).tolist() == [0.0, np.inf]
        assert autograd.logspace(0, 300, 2, dtype=kind).tolist() == [1.0, np.inf]


def test_lists_of_tensors() -> None:
    x = autograd.tensor([autograd.tensor(1.0), autograd.tensor(2.0)])
    assert x.tolist() == [1.0, 2.0]
    assert x.dtype == autograd.float32
    rows = autograd.tensor([np.arange(3.0), np.arange(3.0)])
    assert rows.shape == (2, 3)
    assert rows.dtype == autograd.float64
    pairs = autograd.tensor([autograd.tensor([1, 2]), [3, autograd.tensor(4)]])
    assert pairs.tolist() == [[1, 2], [3, 4]]
    assert pairs.dtype == autograd.int64


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "int32", "int64", "uint8", "bool"]
)
def test_given_dtypes(torch: Any, dtype: str) -> None:
    same(autograd.tensor([0, 1, 2.75], dtype=dtype), torch.tensor([0, 1, 2.75], dtype=getattr(torch, dtype)))


def test_tensor_copies() -> None:
    a = np.zeros(3)
    x, y = autograd.tensor(a), autograd.tensor(autograd.from_numpy(a))
    a[0] = 1
    assert x.tolist() == y.tolist() == [0.0, 0.0, 0.0]
    strided = autograd.tensor(np.zeros((3, 2)).T)
    assert strided.is_contiguous()


def test_tensor_is_cut_off_from_the_graph() -> None:
    x = autograd.tensor([1.0], requires_grad=True)
    assert not autograd.tensor(x * 2).requires_grad


def test_sharing_memory() -> None:
    a = np.zeros(3)
    for make in (autograd.from_numpy, autograd.as_tensor, autograd.asarray, autograd.from_dlpack):
        make(a)[0] += 1
    assert a[0] == 4
    assert not np.may_share_memory(autograd.asarray(a, copy=True).array, a)
    assert not np.may_share_memory(autograd.as_tensor(a, dtype="float32").array, a)
    x = autograd.tensor([1.0], requires_grad=True)
    assert autograd.as_tensor(x) is x
    assert autograd.as_tensor(x * 2, dtype="float64").requires_grad
    with pytest.raises(ArgumentError, match="copy"):
        autograd.asarray([1.0], copy=False)


def test_foreign_byte_order() -> None:
    x = autograd.tensor(np.arange(3, dtype=">f4"))
    assert x.tolist() == [0.0, 1.0, 2.0]
    assert x.dtype == autograd.float32


def test_other_libraries_arrays(torch: Any) -> None:
    t = torch.arange(3.0)
    assert autograd.tensor(t).tolist() == autograd.from_dlpack(t).tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ([[1, 2], [3]], ArgumentError, ["same length"]),
        ([[1], 2], ArgumentError, ["same length"]),
        ([1, "a"], ArgumentError, ["str", "'a'"]),
        (None, ArgumentError, ["NoneType"]),
        ([1, None], ArgumentError, ["NoneType"]),
        ({}, ArgumentError, ["dict"]),
        (1j, DTypeError, ["complex"]),
        ([1, 2j], DTypeError, ["complex"]),
        (np.zeros(2, complex), DTypeError, ["complex128"]),
        (np.array(["a"]), DTypeError, ["<U1"]),
        (np.zeros(2, "uint32"), DTypeError, ["uint32"]),
        (2**70, AutogradError, []),
    ],
    ids=repr,
)
def test_bad_data(data: Any, error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        autograd.tensor(data)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_gradients_are_for_floats() -> None:
    assert autograd.tensor([1.0], requires_grad=True).is_leaf
    with pytest.raises(DTypeError) as caught:
        autograd.tensor([1, 2], requires_grad=True)
    assert all(word in str(caught.value) for word in ("int64", "(2,)", "floating-point", ".float()"))
    with pytest.raises(DTypeError, match="zeros"):
        autograd.zeros(2, dtype="bool", requires_grad=True)


def test_from_numpy_wants_an_array() -> None:
    with pytest.raises(ArgumentError, match="list"):
        autograd.from_numpy([1, 2])


def test_the_default_dtype_is_used() -> None:
    autograd.set_default_dtype("float64")
    try:
        made = [
            autograd.tensor(1.5),
            autograd.zeros(2),
            autograd.arange(0.5),
            autograd.full((1,), 2.0),
            autograd.rand(1),
        ]
        assert {x.dtype for x in made} == {autograd.float64}
        assert autograd.tensor([1]).dtype == autograd.int64
    finally:
        autograd.set_default_dtype("float32")


# ------------------------------------------------------------------------------------------ filled, ranges, grids


@pytest.mark.parametrize(
    "make",
    [
        lambda m: m.zeros(2, 3),
        lambda m: m.zeros((2, 3)),
        lambda m: m.zeros([2]),
        lambda m: m.zeros(()),
        lambda m: m.zeros(0, 3, dtype=m.int64),
        lambda m: m.ones(2, dtype=m.bool),
        lambda m: m.full((2, 2), 7),
        lambda m: m.full((2,), 7.5),
        lambda m: m.full((2,), True),
        lambda m: m.full((2,), 7.5, dtype=m.int32),
        lambda m: m.eye(3),
        lambda m: m.eye(2, 4, dtype=m.int64),
        lambda m: m.arange(5),
        lambda m: m.arange(5.0),
        lambda m: m.arange(2, 9, 3),
        lambda m: m.arange(9, 2, -3),
        lambda m: m.arange(0, 1, 0.1),
        lambda m: m.arange(1, 2.5, 0.5),
        lambda m: m.arange(0),
        lambda m: m.arange(3, 3),
        lambda m: m.arange(3, dtype=m.float64),
        lambda m: m.arange(2.0, -1.0, -0.7),
        lambda m: m.linspace(0, 1, 5),
        lambda m: m.linspace(-3, 10, 1),
        lambda m: m.linspace(1, 2, 0),
        lambda m: m.linspace(5, -5, 11, dtype=m.float64),
        lambda m: m.logspace(-2, 2, 5, dtype=m.float64),
        lambda m: m.logspace(0, 8, 9, base=2),
        lambda m: m.zeros_like(m.ones(2, 3, dtype=m.int32)),
        lambda m: m.ones_like(m.zeros(2, 3), dtype=m.float64),
        lambda m: m.full_like(m.zeros(2, dtype=m.int64), 3),
        lambda m: m.tril_indices(3, 4),
        lambda m: m.tril_indices(3, 3, -1),
        lambda m: m.triu_indices(3, 4, 1),
        lambda m: m.triu_indices(2, 2, 5),
        lambda m: m.cartesian_prod(m.arange(2), m.arange(3), m.arange(2)),
        lambda m: m.cartesian_prod(m.arange(3)),
        lambda m: m.combinations(m.arange(4)),
        lambda m: m.combinations(m.arange(4), 3),
        lambda m: m.combinations(m.arange(3), 2, with_replacement=True),
        lambda m: m.combinations(m.arange(3), 0),
        lambda m: m.combinations(m.arange(2), 3),
        lambda m: m.meshgrid(m.arange(2), m.arange(3), indexing="ij")[0],
        lambda m: m.meshgrid(m.arange(2), m.arange(3), m.arange(4), indexing="xy")[0],
        lambda m: m.meshgrid(m.arange(2), m.arange(3), indexing="xy")[1],
        lambda m: m.meshgrid([m.arange(2), m.tensor(5)], indexing="ij")[1],
        lambda m: m.arange(end=3),
        lambda m: m.arange(-0.9, 2.1, 2.0, dtype=m.int64),
        lambda m: m.arange(-0.9, 2.1, 2.0, dtype=m.int32),
        lambda m: m.arange(m.tensor(1), m.tensor(2.5)),
        lambda m: m.linspace(4.3, -3, 50, dtype=m.int64),
        lambda m: m.linspace(-1, 1, 3, dtype=m.uint8),
        lambda m: m.linspace(m.tensor(0), m.tensor(1.0), 7),
        lambda m: m.logspace(0, 1.2, 4, dtype=m.int32),
        lambda m: m.logspace(0, 3, 4, dtype=m.uint8),
        lambda m: m.logspace(0, 1, 5, base=2),
        lambda m: m.scalar_tensor(1),
        lambda m: m.scalar_tensor(-5, dtype=m.uint8),
    ],
)
def test_as_pytorch(torch: Any, make: Callable[[Any], Any]) -> None:
    same(make(autograd), make(torch))


def test_empty_has_its_shape_and_dtype() -> None:
    assert autograd.empty(2, 3, dtype="int8").shape == (2, 3)
    assert autograd.empty_like(autograd.zeros(2, dtype="float64")).dtype == autograd.float64


def test_gradients_through_grids() -> None:
    x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    autograd.combinations(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    autograd.cartesian_prod(x, autograd.zeros(4)).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0, 6.0]


def test_devices() -> None:
    assert autograd.zeros(1, device="cpu").device == autograd.device("cpu")
    for call in (lambda: autograd.zeros(1, device="cuda"), lambda: autograd.tensor(1.0, device="mps")):
        with pytest.raises(DeviceError, match="cpu"):
            call()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: autograd.zeros(-1), ArgumentError, ["zeros", "negative"]),
        (lambda: autograd.zeros(1.5), ArgumentError, ["zeros", "1.5"]),
        (lambda: autograd.ones("a"), ArgumentError, ["ones"]),
        (lambda: autograd.arange(0, 5, 0), ArgumentError, ["arange", "0"]),
        (lambda: autograd.arange(0, 5, -1), ArgumentError, ["arange", "-1"]),
        (lambda: autograd.arange(float("inf")), ArgumentError, ["arange", "inf"]),
        (lambda: autograd.linspace(0, 1, -1), ArgumentError, ["linspace", "-1"]),
        (lambda: autograd.linspace(autograd.ones(2), 1, 3), ArgumentError, ["linspace", "(2,)"]),
        (lambda: autograd.arange("a"), ArgumentError, ["arange", "'a'"]),
        (lambda: autograd.arange(2, dtype="bool"), DTypeError, ["arange", "bool"]),
        (lambda: autograd.full(2, 1), ArgumentError, ["full", "2"]),
        (lambda: autograd.scalar_tensor([1]), ArgumentError, ["scalar_tensor", "[1]"]),
        (lambda: autograd.meshgrid(), ArgumentError, ["meshgrid"]),
        (lambda: autograd.meshgrid(autograd.ones(1), autograd.arange(2)), DTypeError, ["meshgrid", "int64"]),
        (lambda: autograd.tril_indices(-1, 2), ArgumentError, ["tril_indices", "-1"]),
        (lambda: autograd.triu_indices(2, 2, dtype="float32"), DTypeError, ["triu_indices", "float32"]),
        (lambda: autograd.zeros(2, dtype="complex64"), DTypeError, ["complex64"]),
        (lambda: autograd.full((2,), [1, 2]), ArgumentError, ["full", "[1, 2]"]),
        (lambda: autograd.full((2,), float("nan"), dtype="int64"), DTypeError, ["full", "nan", "int64"]),
        (lambda: autograd.tensor(300, dtype="uint8"), DTypeError, ["tensor", "300", "uint8"]),
        (lambda: autograd.meshgrid(autograd.zeros(2, 2)), ShapeError, ["meshgrid", "(2, 2)"]),
        (lambda: autograd.meshgrid(autograd.zeros(2), indexing="ji"), ArgumentError, ["meshgrid", "ji"]),
        (lambda: autograd.cartesian_prod(autograd.zeros(2, 2)), ShapeError, ["cartesian_prod"]),
        (lambda: autograd.combinations(autograd.zeros(2, 2)), ShapeError, ["combinations"]),
    ],
)
def test_errors(call: Callable[[], Any], error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)
