"""What a convolution returned lies in its own order, and looks as in PyTorch to a program that asks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.errors import InPlaceError, ShapeError

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(4, 3, 6, 5))
KERNEL = RNG.normal(size=(2, 3, 3, 3))


def convolved(requires_grad: bool = False) -> tuple[Any, Any]:
    weight = autograd.tensor(KERNEL, requires_grad=requires_grad)
    y = F.conv2d(autograd.tensor(IMAGES), weight, padding=1)
    assert not y.array.flags.c_contiguous
    return y, weight


def test_a_view_shares_memory_with_what_it_is_of() -> None:
    y, _ = convolved()
    expected = y.array.copy()
    flat = y.view(4, -1)
    np.testing.assert_array_equal(flat.array, expected.reshape(4, -1))
    flat.mul_(2)
    np.testing.assert_array_equal(y.array, 2 * expected)
    y.zero_()
    assert not flat.array.any()


@pytest.mark.parametrize("name", ["reshape", "flatten", "view"])
def test_writes_reach_the_tensor_and_its_gradient(name: str) -> None:
    y, weight = convolved(True)
    flat = y.flatten(1) if name == "flatten" else getattr(y, name)(4, -1)
    flat.mul_(3)
    y.sum().backward()
    other, same = convolved(True)
    (other * 3).sum().backward()
    np.testing.assert_allclose(weight.grad.array, same.grad.array)


def test_answers_about_memory_are_those_of_c_order() -> None:
    for ask, expected in (
        (lambda y: y.is_contiguous(), True),
        (lambda y: y.stride(), (60, 30, 5, 1)),
        (lambda y: y.numpy().flags.c_contiguous, True),
        (lambda y: y.detach().stride(), (60, 30, 5, 1)),
        (lambda y: y.dim_order(), (0, 1, 2, 3)),
        (lambda y: y.as_strided((3,), (1,)).tolist(), None),
        (lambda y: y.data_ptr() == y.view(-1).data_ptr(), True),
    ):
        y, _ = convolved()
        answer = ask(y)
        assert answer == (y.array.reshape(-1)[:3].tolist() if expected is None else expected)
        assert y.array.flags.c_contiguous


def test_what_shares_memory_goes_on_sharing_it() -> None:
    for share in (lambda y: y.detach(), lambda y: y.data, lambda y: y[1:]):
        with autograd.no_grad():
            y, _ = convolved()
            part = share(y)
            part.zero_()
            assert not y.array[-1].any()


def test_a_write_after_the_result_was_saved_is_noticed() -> None:
    weight = autograd.tensor(KERNEL, requires_grad=True)
    y = F.relu(F.conv2d(autograd.tensor(IMAGES), weight))  # relu saved its result
    y.view(-1).mul_(2)
    with pytest.raises(InPlaceError, match="relu"):
        y.sum().backward()
    y = F.relu(F.conv2d(autograd.tensor(IMAGES), weight))
    with autograd.no_grad():
        y.mul_(2)
    y.view(-1)
    assert y._version == 1
    with pytest.raises(InPlaceError, match="relu"):
        y.sum().backward()


def test_memory_that_others_see_stays_and_a_view_of_it_is_a_copy_that_cannot_be_written() -> None:
    for look in (lambda y: y * y, lambda y: y[0]):
        y, weight = convolved(True)
        seen = look(y)
        flat = y.view(4, -1)
        assert not y.array.flags.c_contiguous
        with pytest.raises(InPlaceError, match="read-only"):
            flat.mul_(2)
        (seen.sum() + (flat * 2).sum()).backward()
        other, same = convolved(True)
        (look(other).sum() + 2 * other.sum()).backward()
        np.testing.assert_allclose(weight.grad.array, same.grad.array)


def test_a_tensor_that_was_permuted_has_no_such_view() -> None:
    laid = autograd.zeros(6, 3, 5, 4).permute(3, 1, 0, 2)
    with pytest.raises(ShapeError, match=r"reshape\(\)"):
        laid.view(-1)


def test_one_example_without_a_batch_is_in_c_order() -> None:
    y = F.conv2d(autograd.tensor(IMAGES[0]), autograd.tensor(KERNEL))
    assert y.view(-1).shape == (24,)
    line = F.conv1d(autograd.tensor(IMAGES[0, :, :, 0]), autograd.tensor(KERNEL[..., 0]))
    assert line.view(8).shape == (8,)


AFTER: dict[str, Any] = {
    "relu": F.relu,
    "relu in place": lambda y: F.relu(y, inplace=True),
    "sum with itself": lambda y: y + y,
    "dropout": lambda y: F.dropout(y, 0.5),
    "max pool": lambda y: F.max_pool2d(y, 2),
    "overlapping max pool": lambda y: F.max_pool2d(y, 3, 2, 1),
    "mean pool": lambda y: F.avg_pool2d(y, 2),
    "overlapping mean pool": lambda y: F.avg_pool2d(y, 3, 1, 1),
    "adaptive mean": lambda y: F.adaptive_avg_pool2d(y, (2, 3)),
    "adaptive maximum": lambda y: F.adaptive_max_pool2d(y, 2),
    "mean over all": lambda y: F.adaptive_avg_pool2d(y, 1),
    "border": lambda y: F.pad(y, (1, 1)),
    "mirrored border": lambda y: F.pad(y, (1, 1, 2, 0), "reflect"),
    "nearest": lambda y: F.interpolate(y, scale_factor=2),
    "bilinear": lambda y: F.interpolate(y, scale_factor=2, mode="bilinear"),
    "batch norm": lambda y: F.batch_norm(y, None, None, training=True),
    "group norm": lambda y: F.group_norm(y, 2),
    "convolution": lambda y: F.conv2d(y, autograd.ones(3, 2, 3, 3, dtype=y.dtype)),
    "transposed convolution": lambda y: F.conv_transpose2d(
        y, autograd.ones(2, 3, 2, 2, dtype=y.dtype), stride=2
    ),
    "depthwise convolution": lambda y: F.conv2d(y, autograd.ones(2, 1, 3, 3, dtype=y.dtype), groups=2),
    "softmax": lambda y: y.softmax(1),
    "clone": lambda y: y.clone(),
}


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("name", AFTER)
def test_what_networks_do_after_a_convolution_has_views_as_in_pytorch(name: str, grad: bool) -> None:
    y, _ = convolved(grad)
    z = AFTER[name](y)
    expected = z.array.copy()
    flat = z.view(z.size(0), -1)
    np.testing.assert_array_equal(flat.array, expected.reshape(4, -1))
    assert flat.array.flags.writeable
    assert np.may_share_memory(flat.array, z.array)


def test_what_a_view_had_to_copy_is_not_written_while_the_view_is_in_use() -> None:
    y, _ = convolved()
    part = y[1:]  # which sees y's memory, so that it cannot move
    row = y.view(4, -1)[0]
    for written in (y, part, y.data, row):
        with pytest.raises(InPlaceError, match=r"view\(\)"):
            written.mul_(2)
    del written
    np.testing.assert_array_equal(row.array, y.array[0].reshape(-1))
    del row
    expected = 2 * y.array
    y.mul_(2)
    np.testing.assert_array_equal(y.array, expected)
    np.testing.assert_array_equal(part.array, expected[1:])
