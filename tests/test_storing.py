"""A number written into a tensor: what is stored, and what is refused, is what PyTorch stores and refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import DTypeError

VALUES = [0, 1.5, -1, -255, -256, 255, 256, 300, -1.5, 2**40, 1e30, 1e39, 1e300, math.inf, math.nan, True]

WAYS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "fill": lambda t, x, v: t.fill(x, v),
    "fill_": lambda t, x, v: x.fill_(v),
    "full": lambda t, x, v: t.full((1,), v, dtype=x.dtype),
    "full_like": lambda t, x, v: t.full_like(x, v),
    "new_full": lambda t, x, v: x.new_full((1,), v),
    "tensor": lambda t, x, v: t.tensor(v, dtype=x.dtype),
    "tensor of a list": lambda t, x, v: t.tensor([[v], [0]], dtype=x.dtype),
    "masked_fill": lambda t, x, v: x.masked_fill(t.tensor([True]), v),
    "masked_fill_": lambda t, x, v: x.masked_fill_(t.tensor([True]), v),
    "index_fill": lambda t, x, v: x.index_fill(0, t.tensor([0]), v),
    "scatter": lambda t, x, v: x.scatter(0, t.tensor([0]), v),
    "x[0]": lambda t, x, v: written(x, 0, v),
    "x[...]": lambda t, x, v: written(x, ..., v),
    "x[mask]": lambda t, x, v: written(x, t.tensor([True]), v),
    "x[positions]": lambda t, x, v: written(x, t.tensor([0]), v),
}


def written(x: Any, index: Any, value: Any) -> Any:
    x[index] = value
    return x


@pytest.mark.parametrize("kind", ["uint8", "int8", "int32", "int64", "bool", "float16", "float32", "float64"])
@pytest.mark.parametrize("way", WAYS)
def test_numbers_are_stored_as_in_pytorch(way: str, kind: str) -> None:
    torch = pytest.importorskip("torch")
    for value in VALUES:
        x = autograd.zeros(1, dtype=getattr(autograd, kind))
        try:
            expected = WAYS[way](torch, torch.zeros(1, dtype=getattr(torch, kind)), value)
        except RuntimeError:
            with pytest.raises(DTypeError, match=rf"cannot be stored in a {kind} tensor"):
                WAYS[way](autograd, x, value)
            assert x.tolist() == [0]  # nothing was written
            continue
        found = WAYS[way](autograd, x, value)
        assert found.array.dtype == kind, value
        np.testing.assert_array_equal(found.array, expected.numpy(), str(value))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("uint8", -1, 255),
        ("int64", 2.7, 2),
        ("int64", -2.7, -2),
        ("bool", math.nan, True),
        ("float16", 1e6, math.inf),
    ],
)
def test_stored(kind: str, value: float, expected: float) -> None:
    x = autograd.zeros(2, dtype=kind)
    x[1] = value
    assert x.tolist() == [0, expected]
    assert x.fill_(value).tolist() == [expected, expected]


def test_where_keeps_an_integer_dtype() -> None:
    x = autograd.zeros(2, dtype=autograd.uint8)
    y = autograd.where(autograd.tensor([True, False]), x, -1)
    assert (y.dtype, y.tolist()) == (autograd.uint8, [0, 255])


def test_a_number_out_of_range_is_refused() -> None:
    x = autograd.tensor([1, 2], dtype=autograd.uint8)
    with pytest.raises(
        DTypeError, match=r"x\[index\] = value: 300 cannot be stored in a uint8 tensor, .* 0 to 255"
    ):
        x[0] = 300
    with pytest.raises(DTypeError, match=r"masked_fill: -1e\+39 cannot be stored in a float32 tensor"):
        autograd.zeros(1).masked_fill(autograd.tensor([True]), -1e39)
    with pytest.raises(DTypeError, match=r"tensor: 300 cannot be stored in a uint8 tensor"):
        autograd.tensor([[1], [300]], dtype=autograd.uint8)
    assert x.tolist() == [1, 2]


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.fill_(None),
        lambda x: x.copy_(None),
        lambda x: x.copy_(["1", "2"]),
        lambda x: x.__setitem__(0, None),
        lambda x: x.__setitem__(0, "1"),
        lambda x: x.__setitem__(x > 1, [None]),
        lambda x: x.index_fill_(0, autograd.tensor([0]), None),
        lambda x: x.scatter_(0, autograd.tensor([0]), None),
        lambda x: x.masked_fill_(x > 1, None),
    ],
)
def test_what_is_no_number_is_not_written(write: Callable[[Any], Any]) -> None:
    """None is no nan, and text no number, although NumPy makes one of it."""
    x = autograd.tensor([1.0, 2.0])
    with pytest.raises(TypeError, match="needs"):
        write(x)
    assert x.tolist() == [1.0, 2.0]
