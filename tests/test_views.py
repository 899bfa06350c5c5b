"""Views: what shares memory in PyTorch shares it here, and a write through a view reaches its base and its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, AutogradError, ShapeError

SHAPE = (2, 3, 4)

VIEWS: list[Callable[[Any, Any], Any]] = [
    lambda m, x: m.reshape(x, (6, 4)),
    lambda m, x: x.view(4, 6),
    lambda m, x: x.view(-1),
    lambda m, x: m.flatten(x, 1),
    lambda m, x: m.unflatten(x, 2, (2, 2)),
    lambda m, x: m.ravel(x),
    lambda m, x: m.squeeze(m.unsqueeze(x, 1)),
    lambda m, x: m.unsqueeze(x, -1),
    lambda m, x: m.transpose(x, 0, 2),
    lambda m, x: m.permute(x, (2, 0, 1)),
    lambda m, x: m.movedim(x, 0, 1),
    lambda m, x: x.mT,
    lambda m, x: m.diagonal(x, 1, 0, 2),
    lambda m, x: m.select(x, 1, 2),
    lambda m, x: m.narrow(x, 2, 1, 2),
    lambda m, x: x[1],
    lambda m, x: x[:, 1:, ::2],
    lambda m, x: x[..., None, 0],
    lambda m, x: x[1, 2, 3],
    lambda m, x: x.unfold(2, 2, 2),
    lambda m, x: m.atleast_3d(x[0, 0]),
]
PARTS: list[Callable[[Any, Any], Any]] = [
    lambda m, x: m.split(x, 2, 2)[1],
    lambda m, x: m.split(x, [1, 3], 2)[1],
    lambda m, x: m.chunk(x, 2, 1)[0],
    lambda m, x: m.tensor_split(x, 3, 2)[1],
    lambda m, x: m.unbind(x, 1)[2],
    lambda m, x: m.unbind(x)[0],
    lambda m, x: next(iter(x)),
]
COPIES: list[Callable[[Any, Any], Any]] = [
    lambda m, x: m.reshape(m.transpose(x, 0, 2), (-1,)),
    lambda m, x: m.flip(x, (0,)),
    lambda m, x: m.roll(x, 1),
    lambda m, x: m.rot90(x, 0),
    lambda m, x: m.tril(x),
    lambda m, x: m.cat([x]),
    lambda m, x: m.stack([x]),
    lambda m, x: x.repeat(1, 1, 1),
    lambda m, x: x[:1, :1, :1].repeat(2, 1, 1),
    lambda m, x: x.repeat_interleave(1, 0),
    lambda m, x: m.tile(x, (1,)),
    lambda m, x: m.diag(x[0]),
    lambda m, x: x[[0, 1]],
    lambda m, x: m.index_select(x, 0, m.arange(2)),
    lambda m, x: x.clone(),
    lambda m, x: m.take(x, m.arange(24)),
]


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


@pytest.mark.parametrize("view", [*VIEWS, *PARTS, *COPIES], ids=range(len([*VIEWS, *PARTS, *COPIES])))
def test_memory_is_shared_where_pytorch_shares_it(torch: Any, view: Callable[[Any, Any], Any]) -> None:
    x, t = autograd.zeros(*SHAPE), torch.zeros(*SHAPE)
    mine, theirs = view(autograd, x), view(torch, t)
    shared = theirs.untyped_storage().data_ptr() == t.untyped_storage().data_ptr()
    assert np.may_share_memory(mine.array, x.array) == shared
    if shared:
        strides = zip(mine.shape, mine.stride(), theirs.stride(), strict=True)
        assert all(mine_stride == theirs_stride for n, mine_stride, theirs_stride in strides if n > 1)
    mine += 1.0
    theirs += 1.0
    np.testing.assert_array_equal(x.array, t.numpy())


@pytest.mark.parametrize("view", VIEWS, ids=range(len(VIEWS)))
def test_gradients_after_a_write_through_a_view(torch: Any, view: Callable[[Any, Any], Any]) -> None:
    """The base, the view itself, and another view made earlier all have PyTorch's values and gradients."""
    data = np.arange(24.0).reshape(SHAPE) / 7
    weights = np.cos(np.arange(24.0)).reshape(SHAPE)
    found = []
    for m, x in (
        (autograd, autograd.tensor(data, requires_grad=True)),
        (torch, torch.tensor(data, requires_grad=True)),
    ):
        y = x * 3
        earlier = y[0]
        v = view(m, y)
        v *= v * 2
        v += 1
        loss = (y * m.tensor(weights)).sum() + (v * v).sum() + (earlier * earlier).sum()
        loss.backward()
        found.append((loss.item(), np.asarray(x.grad), np.asarray(y.detach())))
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(mine, theirs, 1e-12)


@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
def test_gradients_after_a_write_to_a_part(part: Callable[[Any, Any], Any]) -> None:
    """PyTorch refuses to write to one of several results; here it is a view like any other."""
    data = np.arange(24.0).reshape(SHAPE)
    x = autograd.tensor(data, requires_grad=True)
    y = x * 1
    part(autograd, y).mul_(3.0)
    (y * y).sum().backward()
    scale = np.ones(SHAPE)
    part(autograd, autograd.from_numpy(scale)).mul_(3.0)
    np.testing.assert_allclose(x.grad.array, 2 * data * scale**2)


def test_a_saved_tensor_changed_through_a_view_is_noticed() -> None:
    for view in (*VIEWS, *PARTS):
        x = autograd.ones(*SHAPE, requires_grad=True)
        y = x * 1
        z = y * y
        view(autograd, y).add_(1.0)
        with pytest.raises(AutogradError, match="changed in place"):
            z.sum().backward()


def test_writes_that_would_reach_elements_twice() -> None:
    x = autograd.zeros(1, 3)
    for wide in (x.expand(2, 3), autograd.broadcast_to(x, (2, 3)), x.T.expand(3, 2)):
        with pytest.raises(AutogradError, match=r"share memory.*clone\(\)"):
            wide += 1.0
        with pytest.raises(AutogradError, match=r"share memory.*clone\(\)"):
            wide[:, :] = 1.0
    assert x.tolist() == [[0.0, 0.0, 0.0]]


def test_writes_to_an_expanded_tensor_that_reach_each_element_once() -> None:
    """As in PyTorch: one number everywhere, or a part whose elements do not share memory."""
    x = autograd.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    y = x * 1
    y.expand(2, 3)[0] = autograd.tensor([4.0, 5.0, 6.0])
    y.expand(2, 3)[1, 2] = 7.0
    y.expand(2, 3)[0].mul_(2.0)
    assert y.tolist() == [[8.0, 10.0, 14.0]]
    assert y.expand(4, 3).fill_(3.0).tolist() == [[3.0] * 3] * 4
    assert y.tolist() == [[3.0, 3.0, 3.0]]
    y.sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0, 0.0]]


def test_view_as_another_dtype(torch: Any) -> None:
    x, t = autograd.tensor([1.0, -2.0]), torch.tensor([1.0, -2.0])
    assert x.view(autograd.int32).tolist() == t.view(torch.int32).tolist()
    assert x.view(autograd.uint8).shape == (8,)
    x.view(autograd.int32)[0] = 0
    assert x.tolist() == [0.0, -2.0]


def test_view_needs_memory_that_allows_it(torch: Any) -> None:
    shapes = [(24,), (6, 4), (2, 12), (3, 2, 4), (2, 3, 2, 2), (4, 6), (1, 2, 3, 4)]
    layouts: list[Callable[[Any], Any]] = [
        lambda x: x,
        lambda x: x.transpose(0, 1),
        lambda x: x.transpose(1, 2),
        lambda x: x[:, ::2],
        lambda x: x[..., 1:3],
        lambda x: x.permute(2, 0, 1),
    ]
    for layout in layouts:
        x, t = layout(autograd.zeros(*SHAPE)), layout(torch.zeros(*SHAPE))
        for shape in shapes:
            try:
                t.view(shape)
            except RuntimeError:
                with pytest.raises(ShapeError):
                    x.view(shape)
            else:
                assert x.view(shape).shape == shape


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x.reshape(5, 5), ["reshape", "(2, 3, 4)", "(5, 5)", "-1"]),
        (lambda x: x.transpose(0, 1).view(-1), ["view", "(3, 2, 4)", "reshape()", "contiguous()"]),
        (lambda x: x.permute(0, 1), ["permute", "(0, 1)", "3 dimensions", "(2, 3, 4)"]),
        (lambda x: x.permute(0, 1, 3), ["permute", "dim 3", "[-3, 2]"]),
        (lambda x: x.transpose(0, 5), ["transpose", "dim 5", "(2, 3, 4)", "[-3, 2]"]),
        (lambda x: x.unsqueeze(5), ["unsqueeze", "dim 5", "[-4, 3]"]),
        (lambda x: x.squeeze(-4), ["squeeze", "dim -4", "[-3, 2]"]),
        (lambda x: x.squeeze((0, 0)), ["squeeze", "twice"]),
        (lambda x: x.expand(2, 3, 5), ["expand", "(2, 3, 4)", "(2, 3, 5)"]),
        (lambda x: x.expand(-1, 2, 3, 4), ["expand", "-1"]),
        (lambda x: x.expand(3, 4), ["expand", "(3, 4)"]),
        (lambda x: x.flatten(2, 1), ["flatten", "start_dim 2", "end_dim 1"]),
        (lambda x: x.unflatten(2, (3, 2)), ["unflatten", "(3, 2)", "4"]),
        (lambda x: x.t(), ["t:", "(2, 3, 4)", "mT"]),
        (lambda x: x[0, 0].mT, ["mT", "(4,)"]),
        (lambda x: x.split(0), ["split", "0"]),
        (lambda x: x.split([1, 2], 2), ["split", "[1, 2]", "4", "(2, 3, 4)"]),
        (lambda x: x.chunk(0), ["chunk", "0"]),
        (lambda x: x.unbind(3), ["unbind", "dim 3"]),
        (lambda x: x.sum().unbind(), ["unbind", "0-d"]),
        (lambda x: x.select(0, 2), ["index 2", "size 2"]),
        (lambda x: x.narrow(0, 1, 2), ["narrow", "start 1", "length 2", "size 2"]),
        (lambda x: x.movedim((0, 1), 2), ["movedim", "2", "1"]),
        (lambda x: autograd.cat([x, x[0]]), ["cat", "tensor 1", "(3, 4)", "(2, 3, 4)"]),
        (lambda x: autograd.cat([x, x[:, :2]], 2), ["cat", "dim 2", "(2, 2, 4)"]),
        (lambda x: autograd.cat([]), ["cat", "empty list"]),
        (lambda x: autograd.cat(x), ["cat", "list or tuple", "Tensor"]),
        (lambda x: autograd.cat([x.sum()]), ["cat", "0-d", "stack"]),
        (lambda x: autograd.stack([x, x[0]]), ["stack", "tensor 1", "(3, 4)"]),
        (lambda x: x.repeat(2), ["repeat", "(2, 3, 4)", "(2,)"]),
        (lambda x: x.repeat(1, 1, -1), ["repeat", "-1"]),
        (lambda x: x.repeat_interleave(autograd.tensor([1, 2]), 2), ["repeat_interleave", "4", "(2,)"]),
        (lambda x: x.roll(1, (0, 1)), ["roll", "shift"]),
        (lambda x: x[0, 0].tril(), ["tril", "(4,)"]),
        (lambda x: x.diagonal(0, 1, 1), ["diagonal", "differ"]),
        (lambda x: x.diag(), ["diag", "(2, 3, 4)"]),
        (lambda x: x.unfold(0, 3, 1), ["unfold", "3", "size 2"]),
        (
            lambda x: autograd.broadcast_tensors(x, autograd.zeros(3)),
            ["broadcast_tensors", "(2, 3, 4)", "(3,)"],
        ),
    ],
)
def test_errors(call: Callable[[Any], Any], words: list[str]) -> None:
    with pytest.raises(AutogradError) as caught:
        call(autograd.zeros(*SHAPE))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_one_element_seen_many_times_takes_no_memory():
    x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    many = x.as_strided((10**12, 2), (0, 2))
    assert (many.shape, many.stride()) == ((10**12, 2), (0, 2))
    assert many[10**12 - 1].tolist() == [1.0, 3.0]
    x.as_strided((4, 2), (0, 2)).sum().backward()
    assert x.grad.tolist() == [4.0, 0.0, 4.0]


def test_a_large_view_prints_its_edges():
    x = autograd.tensor([[1], [2]]).expand(2, 10**14)
    assert str(x) == "tensor([[1, 1, 1,  ..., 1, 1, 1],\n        [2, 2, 2,  ..., 2, 2, 2]])"


@pytest.mark.parametrize("offset", [-1, 2**70, 1.5])
def test_a_storage_offset_that_cannot_be(offset):
    with pytest.raises((ArgumentError, ShapeError), match=r"as_strided: .*storage_offset"):
        autograd.zeros(3).as_strided((0,), (1,), offset)


def test_base() -> None:
    x = autograd.arange(4.0)
    assert x[1:]._base is x
    assert x[1:][1:]._base is x
    assert x.view(2, 2).t()._base is x
    assert x._base is None
    assert (x + 1)._base is None
    assert [t._is_view() for t in (x, x[1:], x.clone(), x[[0, 1]])] == [False, True, False, False]
