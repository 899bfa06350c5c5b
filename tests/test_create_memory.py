"""Tensors in an arrangement of memory that is given, and over memory that is there already."""

import numpy as np
import pytest

import autograd
from autograd import empty_permuted, empty_strided, frombuffer
from autograd.errors import ArgumentError, ShapeError


def test_empty_strided_has_the_strides():
    x = empty_strided((2, 3), (1, 2), dtype=autograd.float64, requires_grad=True)
    assert (x.stride(), x.dtype, x.requires_grad) == ((1, 2), autograd.float64, True)
    y = empty_strided((2, 3), (4, 1), dtype="int64").fill_(7)
    assert y.stride() == (4, 1)
    np.testing.assert_array_equal(y.numpy(), np.full((2, 3), 7))
    assert empty_strided((0, 3), (3, 1)).shape == (0, 3)
    assert y.new_empty_strided((3,), (2,)).dtype == autograd.int64
    with pytest.raises(ShapeError, match=r"empty_strided: size .* must have equally many numbers"):
        empty_strided((2, 3), (1,))


@pytest.mark.parametrize(
    ("size", "stride", "error", "message"),
    [
        ((2**62, 2**62), (0, 0), ShapeError, "too large"),
        ((2**62,), (1,), ShapeError, "too large"),
        ((2**70,), (1,), ShapeError, "too large"),
        ((2,), (2**62,), ShapeError, "too large"),
        ((2**20,), (2**60,), ShapeError, "more elements than memory"),
        ((0,), (2**70,), ShapeError, "too large"),
        ((-2,), (1,), ShapeError, "none below 0"),
        ((2,), (-1,), ShapeError, "none below 0"),
        ((1,) * 70, (1,) * 70, ShapeError, "at most 64 dimensions, got 70"),
        ((1.5,), (1,), ArgumentError, r"size must be a sequence of integers, got \(1.5,\)"),
        (2, 1, ArgumentError, "size must be a sequence of integers, got 2"),
        ((2,), ("a",), ArgumentError, "stride must be a sequence of integers"),
    ],
)
def test_a_size_or_stride_that_cannot_be(size, stride, error, message):
    with pytest.raises(error, match=f"empty_strided: .*{message}"):
        empty_strided(size, stride)
    if message != "more elements than memory":  # the view of three elements is out of bounds first
        with pytest.raises(error, match=f"as_strided: .*{message}"):
            autograd.as_strided(autograd.ones(3), size, stride)


@pytest.mark.parametrize("make", [autograd.zeros, autograd.ones, autograd.empty, autograd.rand])
@pytest.mark.parametrize("shape", [(2**62, 2**62), (2**70,), (0, 2**62), (1,) * 65])
def test_a_shape_that_no_array_has(make, shape):
    with pytest.raises(ShapeError, match=rf"{make.__name__}: .*(more elements than memory|at most 64 dim)"):
        make(shape)
    with pytest.raises(ShapeError, match="empty_permuted"):
        empty_permuted(shape, range(len(shape)))


def test_empty_permuted_has_no_gaps():
    assert empty_permuted((2, 3, 5, 7), (0, 2, 3, 1)).stride() == (105, 1, 21, 3)
    assert empty_permuted((2, 3), (0, 1)).stride() == (3, 1)
    with pytest.raises(ShapeError, match="each dimension"):
        empty_permuted((2, 3), (0,))
    with pytest.raises(IndexError):
        empty_permuted((2, 3), (0, 5))


def test_frombuffer_shares_memory():
    memory = bytearray(np.arange(4, dtype=np.float32).tobytes())
    x = frombuffer(memory, dtype=autograd.float32, count=2, offset=4)
    np.testing.assert_array_equal(x.numpy(), [1, 2])
    x[0] = 9
    assert np.frombuffer(memory, np.float32)[1] == 9
    assert frombuffer(memory, dtype=autograd.float32, requires_grad=True).requires_grad
    with pytest.raises(ValueError, match="frombuffer: cannot read 9 numbers"):
        frombuffer(memory, dtype=autograd.float32, count=9)


def test_questions_with_one_answer():
    x = autograd.ones(2, requires_grad=True)
    assert not any(f(x) for f in (autograd.is_conj, autograd.is_neg, autograd.is_inference))
    assert autograd.is_signed(x)
    assert not autograd.is_signed(autograd.tensor([True]))
    assert autograd.conj(x) is x
    assert autograd.conj_physical(x) is x
    y = x * 2
    assert not autograd.detach(y).requires_grad
    assert autograd.detach(y).data_ptr() == y.data_ptr()
    assert autograd.detach_(y) is y
    assert not y.requires_grad
