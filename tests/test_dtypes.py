"""dtypes: promotion, defaults, conversion; PyTorch is the oracle where it is installed."""

import itertools

import numpy as np
import pytest

import autograd
from autograd import errors

NAMES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
OPERANDS = [*NAMES, "0d float32", "0d float64", "0d int64", "0d bool", "2", "2.5", "True"]


def operand(lib, name):
    if name in ("2", "2.5", "True"):
        return {"2": 2, "2.5": 2.5, "True": True}[name]
    if name.startswith("0d "):
        return lib.ones((), dtype=getattr(lib, name[3:]))
    return lib.ones(2, dtype=getattr(lib, name))


@pytest.mark.parametrize("op", ["add", "mul", "div", "maximum", "eq", "atan2"])
def test_results_of_every_pair_of_operands(op):
    torch = pytest.importorskip("torch")
    for a, b in itertools.product(OPERANDS, OPERANDS):
        if a in ("2", "2.5", "True"):
            continue
        if b in ("2", "2.5", "True") and op in ("maximum", "atan2"):
            continue  # tensors only
        theirs = getattr(torch, op)(operand(torch, a), operand(torch, b))
        ours = getattr(autograd, op)(operand(autograd, a), operand(autograd, b))
        assert str(ours.dtype)[9:] == str(theirs.dtype)[6:], (op, a, b)
        assert ours.shape == tuple(theirs.shape), (op, a, b)
        np.testing.assert_allclose(ours.array, theirs.numpy(), rtol=2e-7, err_msg=f"{op} {a} {b}")


def test_reflected_operators():
    torch = pytest.importorskip("torch")
    for name in NAMES:
        for scalar in (2, 2.5):
            for f in (lambda s, t: s + t, lambda s, t: s * t, lambda s, t: s / t, lambda s, t: s - t):
                if name == "bool" and f(3, 2) == 1:
                    continue  # PyTorch refuses to subtract bools
                theirs = f(scalar, operand(torch, name))
                ours = f(scalar, operand(autograd, name))
                assert str(ours.dtype)[9:] == str(theirs.dtype)[6:], (name, scalar)


def test_int_plus_float32_is_float32_and_numpy_scalars_are_weak():
    x = autograd.ones(2)
    assert (autograd.tensor([1, 2]) + x).dtype == autograd.float32
    assert (x * np.float64(0.5)).dtype == autograd.float32
    assert (np.float64(0.5) * x).dtype == autograd.float32
    assert (x * np.ones(2)).dtype == autograd.float64


def test_gradients_come_back_in_the_inputs_dtype():
    x = autograd.ones(2, requires_grad=True)
    y = autograd.ones(2, dtype=autograd.float64, requires_grad=True)
    h = autograd.ones(2, dtype=autograd.float16, requires_grad=True)
    (x * y * h).sum().backward()
    assert x.grad.dtype == autograd.float32
    assert y.grad.dtype == autograd.float64
    assert h.grad.dtype == autograd.float16


def test_dtype_objects():
    assert autograd.float32 is autograd.float
    assert autograd.ones(1).dtype is autograd.float32
    assert autograd.float32 == np.float32
    assert autograd.float32 != autograd.float64
    assert hash(autograd.float32) == hash(np.dtype("float32"))
    assert repr(autograd.int64) == "autograd.int64"
    assert np.zeros(2, autograd.float16).dtype == np.float16
    assert autograd.float64.is_floating_point
    assert not autograd.int32.is_floating_point
    assert autograd.finfo(autograd.float32).eps == np.finfo(np.float32).eps
    assert autograd.iinfo(autograd.uint8).max == 255
    with pytest.raises(errors.DTypeError, match="complex64"):
        autograd.zeros(1, dtype="complex64")


def test_default_dtype():
    try:
        autograd.set_default_dtype(autograd.float64)
        assert autograd.tensor([1.0]).dtype == autograd.float64
        assert autograd.ones(1).dtype == autograd.float64
        assert autograd.tensor([1, 2]).sqrt().dtype == autograd.float64
    finally:
        autograd.set_default_dtype(autograd.float32)
    assert autograd.tensor([1.0]).dtype == autograd.float32
    with pytest.raises(errors.DTypeError):
        autograd.set_default_dtype(autograd.int32)


def test_conversions():
    x = autograd.tensor([1.5, 2.5], requires_grad=True)
    y = x.double()
    assert y.dtype == autograd.float64
    (y * y).sum().backward()
    assert x.grad.tolist() == [3.0, 5.0]
    assert x.long().tolist() == [1, 2]
    assert x.to(autograd.float64).dtype == autograd.float64
    assert x.to("cpu") is x
    assert x.type() == "autograd.FloatTensor"
    assert x.type_as(y).dtype == autograd.float64
    assert x.bool().tolist() == [True, True]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NAMES, NAMES)))
def test_promote_and_can_cast(a, b):
    torch = pytest.importorskip("torch")
    ours = autograd.promote_types(getattr(autograd, a), getattr(autograd, b))
    theirs = torch.promote_types(getattr(torch, a), getattr(torch, b))
    assert ours.name == str(theirs)[6:]
    assert autograd.can_cast(getattr(autograd, a), getattr(autograd, b)) == torch.can_cast(
        getattr(torch, a), getattr(torch, b)
    )
