"""Shapes changed in place, and a tensor's memory: the same in PyTorch where it is installed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, GradientError, InPlaceError, ShapeError

SHAPE = (2, 1, 3)
CHANGES: list[tuple[Callable[[Any], Any], tuple[int, ...]]] = [
    (lambda x: x.squeeze_(), (2, 3)),
    (lambda x: x.squeeze_(1), (2, 3)),
    (lambda x: x.unsqueeze_(-1), (2, 1, 3, 1)),
    (lambda x: x.transpose_(0, 2), (3, 1, 2)),
    (lambda x: x.swapaxes_(1, 2), (2, 3, 1)),
    (lambda x: x.swapdims_(0, 1), (1, 2, 3)),
    (lambda x: x.as_strided_((3, 2), (1, 3)), (3, 2)),
    (lambda x: x.squeeze_().t_(), (3, 2)),
]


@pytest.mark.parametrize(("change", "shape"), CHANGES)
def test_the_tensor_becomes_its_view(change: Callable[[Any], Any], shape: tuple[int, ...]) -> None:
    """Values, gradients, earlier views and later writes are those of PyTorch's program, and of one without writes."""
    data = np.arange(6.0).reshape(SHAPE) / 7
    libraries = [autograd]
    with contextlib.suppress(ImportError):
        libraries.append(__import__("torch"))
    found = []
    for m in libraries:
        x = m.tensor(data, requires_grad=True)
        y = x * 2
        earlier = y[0]
        assert change(y) is y
        assert tuple(y.shape) == shape
        y.mul_(3)
        weights = m.tensor(np.cos(np.arange(6.0)).reshape(shape))
        ((y * weights).sum() + earlier.sum()).backward()
        found.append((y.detach().numpy(), earlier.detach().numpy(), x.grad.numpy()))
    places = autograd.arange(6).reshape(SHAPE)
    weights = np.empty(6)
    weights[change(places).numpy()] = np.cos(np.arange(6.0)).reshape(shape)
    weights[:3] += 1
    np.testing.assert_allclose(found[0][2].reshape(-1), 6 * weights)
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            np.testing.assert_allclose(a, b, 1e-12)


def test_leaves_change_their_shape_inside_no_grad() -> None:
    x = autograd.ones(2, 3, requires_grad=True)
    with pytest.raises(InPlaceError, match=r"t_.*\(2, 3\).*no_grad"):
        x.t_()
    with pytest.raises(InPlaceError, match=r"unsqueeze_"):
        x[0].unsqueeze_(0)
    with autograd.no_grad():
        x.t_()
    assert x.is_leaf
    (x * 2).sum().backward()
    assert x.grad.tolist() == [[2.0, 2.0]] * 3


def test_resize() -> None:
    x = autograd.arange(4.0)
    part = x[:2]
    assert x.resize_(2, 1).tolist() == [[0.0], [1.0]]
    x.fill_(7.0)
    assert part.tolist() == [7.0, 7.0]
    assert x.resize_(4).tolist() == [7.0, 7.0, 2.0, 3.0]
    assert x.resize_((3, 2)).reshape(-1)[:4].tolist() == [7.0, 7.0, 2.0, 3.0]
    assert x.resize_as_(autograd.zeros(1)).tolist() == [7.0]
    with pytest.raises(ArgumentError, match="negative"):
        x.resize_(-1)
    with pytest.raises(GradientError, match="detach"):
        autograd.ones(2, requires_grad=True).resize_(1)


def test_set() -> None:
    x, y = autograd.zeros(3), autograd.ones(2, 2)
    x.set_(y)
    x[0, 0] = 5.0
    assert y.tolist() == [[5.0, 1.0], [1.0, 1.0]]
    assert x.is_set_to(y)
    assert not x.is_set_to(y.t())
    assert x.set_().shape == (0,)
    with pytest.raises(ArgumentError, match="float32"):
        x.set_(autograd.tensor([1]))


def test_fill_diagonal() -> None:
    assert autograd.zeros(2, 3).fill_diagonal_(4).tolist() == [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0]]
    tall = autograd.zeros(5, 2).fill_diagonal_(1, wrap=True)
    assert tall.tolist() == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    assert autograd.zeros(5, 2).fill_diagonal_(1).sum().item() == 2.0
    x = autograd.ones(3, 3, requires_grad=True)
    (x * 2).fill_diagonal_(0).sum().backward()
    assert x.grad.tolist() == [[0.0, 2.0, 2.0], [2.0, 0.0, 2.0], [2.0, 2.0, 0.0]]
    with pytest.raises(ShapeError, match=r"\(3,\)"):
        autograd.zeros(3).fill_diagonal_(1)


def test_memory() -> None:
    x = autograd.zeros(2, 3)
    assert x[1].untyped_storage().data_ptr() == x.data_ptr() == x.untyped_storage().data_ptr()
    assert x[1].untyped_storage().nbytes() == 24
    assert x[1, 1:].storage_offset() == 4
    assert x.T.dim_order() == (1, 0)
    made = x.new_empty_strided((2, 3), (1, 2)).fill_(2.0)
    assert (made.shape, made.stride(), made.sum().item()) == ((2, 3), (1, 2), 12.0)
    assert x.real is x.conj() is x


def test_functions_of_elements() -> None:
    x = autograd.tensor([1.0, 2.0])
    assert x.apply_(lambda v: v * 3).tolist() == [3.0, 6.0]
    assert x.map_(autograd.tensor([10.0]), lambda a, b: a + b).tolist() == [13.0, 16.0]
    assert x.map2_(x, x, lambda a, b, c: a - b - c).tolist() == [-13.0, -16.0]
    with pytest.raises(ArgumentError, match="derivative"):
        autograd.ones(2, requires_grad=True).apply_(abs)


def test_strided_views_stay_in_the_memory() -> None:
    x = autograd.arange(6.0)
    for size, stride, offset in [((7,), (1,), 0), ((2,), (6,), 0), ((1,), (1,), 6)]:
        with pytest.raises(ShapeError, match="6 elements"):
            x.as_strided(size, stride, offset)
    with pytest.raises(ShapeError, match="equally many"):
        x.as_strided((2, 2), (1,))
    x.as_strided((2,), (5,)).mul_(2.0)
    assert x[3:].as_strided((2,), (1,), 0).tolist() == [0.0, 1.0]
    assert x.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 10.0]
