"""Padded and packed sequences against PyTorch's: values, indices, gradients, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn.utils import rnn

torch = pytest.importorskip("torch")
theirs = torch.nn.utils.rnn

RNG = np.random.default_rng(0)


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.normal(size=shape)


def equal(ours: Any, other: Any) -> None:
    if other is None:
        assert ours is None
        return
    assert str(ours.dtype).rpartition(".")[2] == str(other.dtype).rpartition(".")[2]
    np.testing.assert_array_equal(ours.detach().numpy(), other.detach().numpy())


@pytest.mark.parametrize("trailing", [(), (3,), (2, 3)])
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize(
    ("lengths", "enforce_sorted"),
    [([5, 3, 3, 1], True), ([1, 5, 3, 3], False), ([2, 2, 2, 2], False), ([4, 4, 4, 4], True)],
)
def test_there_and_back(
    lengths: list[int], enforce_sorted: bool, batch_first: bool, trailing: tuple[int, ...]
) -> None:
    x = floats(*((4, 5) if batch_first else (5, 4)), *trailing)
    a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    given = lengths if enforce_sorted else autograd.tensor(lengths)
    ours = rnn.pack_padded_sequence(a, given, batch_first, enforce_sorted)
    other = theirs.pack_padded_sequence(b, torch.tensor(lengths), batch_first, enforce_sorted)
    for mine, their in zip(ours, other, strict=True):
        equal(mine, their)
    options = {"batch_first": batch_first, "padding_value": -1.5, "total_length": 7}
    padded, found = rnn.pad_packed_sequence(ours, **options)
    expected, expected_lengths = theirs.pad_packed_sequence(other, **options)
    equal(padded, expected)
    equal(found, expected_lengths)
    weight = floats(*padded.shape)
    (padded * autograd.tensor(weight)).sum().backward()
    (expected * torch.tensor(weight)).sum().backward()
    np.testing.assert_array_equal(a.grad.numpy(), b.grad.numpy())


@pytest.mark.parametrize("options", [{}, {"batch_first": True}, {"padding_value": 2.5}, {"padding_side": "left"},
                                     {"batch_first": True, "padding_side": "left", "padding_value": -1}])  # fmt: skip
@pytest.mark.parametrize("trailing", [(), (3,), (2, 1)])
def test_padding(trailing: tuple[int, ...], options: dict[str, Any]) -> None:
    parts = [floats(n, *trailing) for n in (2, 4, 0, 3)]
    ours = [autograd.tensor(p, requires_grad=True) for p in parts]
    other = [torch.tensor(p, requires_grad=True) for p in parts]
    a, b = rnn.pad_sequence(ours, **options), theirs.pad_sequence(other, **options)
    equal(a, b)
    weight = floats(*a.shape)
    (a * autograd.tensor(weight)).sum().backward()
    (b * torch.tensor(weight)).sum().backward()
    for mine, their in zip(ours, other, strict=True):
        np.testing.assert_array_equal(mine.grad.numpy(), their.grad.numpy())


def test_padding_of_other_dtypes() -> None:
    for values in ([[1, 2], [3]], [[True, False], [True]]):
        equal(
            rnn.pad_sequence([autograd.tensor(v) for v in values], padding_value=1),
            theirs.pad_sequence([torch.tensor(v) for v in values], padding_value=1),
        )
    mixed = [autograd.zeros(2), autograd.arange(3)]
    equal(rnn.pad_sequence(mixed), theirs.pad_sequence([torch.zeros(2), torch.arange(3)]))


@pytest.mark.parametrize("enforce_sorted", [True, False])
def test_packing_of_a_list(enforce_sorted: bool) -> None:
    lengths = (4, 2, 1) if enforce_sorted else (2, 4, 1)
    parts = [floats(n, 2) for n in lengths]
    ours = rnn.pack_sequence([autograd.tensor(p) for p in parts], enforce_sorted)
    other = theirs.pack_sequence([torch.tensor(p) for p in parts], enforce_sorted)
    for mine, their in zip(ours, other, strict=True):
        equal(mine, their)
    for mine, part in zip(rnn.unpack_sequence(ours), parts, strict=True):
        np.testing.assert_array_equal(mine.numpy(), part)


def test_unpadding_leaves_the_padded_as_it_was() -> None:
    parts = [floats(n, 2) for n in (3, 5, 1)]
    padded = rnn.pad_sequence([autograd.tensor(p) for p in parts])
    shape = padded.shape
    for mine, part in zip(rnn.unpad_sequence(padded, autograd.tensor([3, 5, 1])), parts, strict=True):
        np.testing.assert_array_equal(mine.numpy(), part)
    assert padded.shape == shape


def test_the_packed_batch_itself() -> None:
    packed = rnn.pack_sequence([autograd.tensor([1.0, 2.0, 3.0]), autograd.tensor([4.0])])
    other = theirs.pack_sequence([torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0])])
    assert repr(packed) == repr(other)
    assert isinstance(packed, tuple)
    data, sizes, order, back = packed
    assert data is packed.data
    assert sizes.tolist() == [2, 1, 1]
    assert order is None
    assert back is None
    assert packed.double().data.dtype is autograd.float64
    assert packed.long().data.tolist() == [1, 4, 2, 3]
    assert packed.to(autograd.float32) is packed
    assert packed.cpu() is packed
    assert not packed.is_cuda
    mapped = rnn.PackedSequence(packed.data * 2, packed.batch_sizes)
    assert mapped.data.tolist() == [2, 8, 4, 6]
    unsorted = rnn.PackedSequence(data, sizes, autograd.tensor([1, 0, 2]))
    assert unsorted.unsorted_indices.tolist() == [1, 0, 2]


def test_labels_packed_beside_their_inputs() -> None:
    """The usual loss over all elements that exist, without a mask."""
    x, y = floats(4, 3, 5).astype(np.float32), RNG.integers(0, 6, (4, 3))
    lengths = [2, 4, 1]
    torch.manual_seed(0)
    losses = []
    reference = torch.nn.GRU(5, 6)
    for lib, module, utils in ((autograd, nn, rnn), (torch, torch.nn, theirs)):
        layer = module.GRU(5, 6)
        layer.load_state_dict(reference.state_dict())
        inputs = utils.pack_padded_sequence(lib.tensor(x), lengths, enforce_sorted=False)
        labels = utils.pack_padded_sequence(lib.tensor(y), lengths, enforce_sorted=False)
        losses.append(module.CrossEntropyLoss()(layer(inputs)[0].data, labels.data).item())
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


def test_packing_under_vmap() -> None:
    x = autograd.tensor(floats(2, 4, 3, 2))

    def there_and_back(padded: Any) -> Any:
        packed = rnn.pack_padded_sequence(padded, [4, 2, 1])
        return rnn.pad_packed_sequence(packed)[0]

    found = autograd.vmap(there_and_back)(x)
    for i in range(2):
        np.testing.assert_array_equal(found[i].numpy(), there_and_back(x[i]).numpy())


MISTAKES = {
    "not sorted": lambda t, u: u.pack_padded_sequence(t.zeros(3, 2, 4), [1, 3]),
    "no element": lambda t, u: u.pack_padded_sequence(t.zeros(3, 2, 4), [3, 0]),
    "too few lengths": lambda t, u: u.pack_padded_sequence(t.zeros(3, 2, 4), [3]),
    "one dimension": lambda t, u: u.pack_padded_sequence(t.zeros(3), [3]),
    "empty": lambda t, u: u.pack_padded_sequence(t.zeros(0, 2, 4), [0, 0]),
    "a matrix of lengths": lambda t, u: u.pack_padded_sequence(t.zeros(3, 2), t.tensor([[3, 2]])),
    "a list that is not sorted": lambda t, u: u.pack_sequence([t.zeros(2), t.zeros(3)]),
    "total_length": lambda t, u: u.pad_packed_sequence(u.pack_sequence([t.zeros(3)]), total_length=2),
    "nothing to pad": lambda t, u: u.pad_sequence([]),
    "no list": lambda t, u: u.pad_sequence(3),
    "other dimensions": lambda t, u: u.pad_sequence([t.zeros(3, 2), t.zeros(4, 3)]),
    "padding_side": lambda t, u: u.pad_sequence([t.zeros(3)], padding_side="middle"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(mistake: str) -> None:
    with pytest.raises((RuntimeError, ValueError, IndexError)) as expected:
        MISTAKES[mistake](torch, theirs)
    with pytest.raises(AutogradError) as found:
        MISTAKES[mistake](autograd, rnn)
    assert isinstance(found.value, (expected.type, RuntimeError))


def test_a_length_beyond_the_padding() -> None:
    """PyTorch reads other memory here."""
    with pytest.raises(AutogradError, match="a length is 4, but the padded sequences have 3 elements"):
        rnn.pack_padded_sequence(autograd.zeros(3, 2, 4), [4, 1])
