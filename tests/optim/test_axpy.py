"""The sums by BLAS write into the array they are given, whatever its memory is like."""

import itertools

import numpy as np
import pytest

import autograd
import nn
import optim
from optim.axpy import add_scaled, scale


def held(dtype, size, offset, kind):
    """Random numbers in memory that begins `offset` bytes after an aligned place."""
    array = np.frombuffer(bytearray(8 * (2 * size + 4)), dtype, 2 * size + 2, offset)
    array[...] = np.random.default_rng(size).standard_normal(array.size)
    return {
        "plain": array[:size],
        "gaps": array[: 2 * size : 2],
        "backwards": array[:size][::-1],
        "row": array[:size].reshape(1, size),
    }[kind]


KINDS = ["plain", "gaps", "backwards"]


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4"])
@pytest.mark.parametrize("offset", [0, 1, 4, 8])
def test_sums_and_products_are_made_in_place(dtype, offset):
    for size, y_kind, x_kind in itertools.product((0, 1, 2, 5, 40), [*KINDS, "row"], KINDS):
        y, x = held(dtype, size, offset, y_kind), held(dtype, size, 0 if offset == 8 else offset, x_kind)
        before = x.copy()
        expected = y.astype("f8") + 0.5 * x.astype("f8")
        add_scaled(y, x, 0.5)
        np.testing.assert_allclose(
            y, expected, rtol=1e-2 if dtype == "f2" else 1e-6, atol=1e-2 if dtype == "f2" else 1e-6
        )
        np.testing.assert_array_equal(x, before)
        expected = y.astype("f8") * 0.25
        scale(y, 0.25)
        np.testing.assert_allclose(y, expected, rtol=1e-2 if dtype == "f2" else 1e-6)


def test_read_only_memory_is_not_written():
    y = np.ones(3)
    y.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        add_scaled(y, np.ones(3), 1.0)
    with pytest.raises(ValueError, match="read-only"):
        scale(y, 2.0)
    assert y.tolist() == [1, 1, 1]


def test_zero_times_what_is_not_finite():
    y = np.array([np.nan, 1.0])
    scale(y, 0.0)
    assert np.isnan(y[0])
    assert y[1] == 0


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adam, optim.Lion])
def test_a_parameter_in_memory_that_is_not_aligned_takes_its_step(rule):
    """As one read from the middle of a file may be."""
    ends = []
    for offset in (0, 1):
        values = np.frombuffer(bytearray(4 * 5001), np.float32, 5000, offset)
        values[...] = 1.0
        p = nn.Parameter(autograd.from_numpy(values))
        p.grad = autograd.ones(5000)
        rule([p], lr=0.5).step()
        assert (values != 1).all()
        ends.append(values)
    np.testing.assert_allclose(*ends, rtol=1e-6)
