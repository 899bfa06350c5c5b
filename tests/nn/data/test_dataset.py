"""Data sets beside PyTorch's: samples, joins, subsets, mistakes; and batches read by one indexing."""

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn.data import ConcatDataset, DataLoader, Dataset, StackDataset, Subset, TensorDataset
from nn.data.dataset import batch_of

from .both import Ours, agree, outcome

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.data")


def squares(T, n=5):
    class Squares(T.data.Dataset):
        def __getitem__(self, i):
            if not 0 <= i < n:
                raise IndexError(i)
            return T.tensor([i, i * i])

        def __len__(self):
            return n

    return Squares()


def stream(T, *values):
    class Stream(T.data.IterableDataset):
        def __iter__(self):
            return iter(values)

        def __len__(self):
            return len(values)

    return Stream()


def pair(T):
    return T.data.TensorDataset(T.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), T.tensor([7, 8, 9]))


PROGRAMS = [
    lambda T: list(squares(T)),
    lambda T: [squares(T)[3], len(squares(T) + squares(T)), (squares(T) + squares(T))[6]],
    lambda T: list(squares(T, 2) + squares(T, 3) + squares(T, 1)),
    lambda T: [pair(T)[1], pair(T)[-1], len(pair(T)), pair(T)[1:], pair(T)[[0, 2]]],
    lambda T: list(pair(T)),
    lambda T: list(T.data.StackDataset(squares(T, 3), pair(T))),
    lambda T: list(T.data.StackDataset(a=squares(T, 3), b=pair(T))),
    lambda T: T.data.StackDataset(squares(T, 3), pair(T)).__getitems__([2, 0]),
    lambda T: T.data.StackDataset(a=squares(T, 3), b=T.data.Subset(pair(T), [2, 1, 0])).__getitems__([2, 0]),
    lambda T: [T.data.ConcatDataset([squares(T), pair(T)])[i] for i in (0, 4, 5, 7, -1, -8)],
    lambda T: T.data.ConcatDataset([squares(T), pair(T)]).cumulative_sizes,
    lambda T: list(T.data.ChainDataset([stream(T, 1, 2), stream(T, 3)])),
    lambda T: [list(stream(T, 1) + stream(T, 2)), len(stream(T, 1) + stream(T, 2))],
    lambda T: list(T.data.Subset(squares(T), [4, 0, 0])),
    lambda T: [T.data.Subset(pair(T), [2, 0])[[1, 0]], T.data.Subset(pair(T), [2, 0])[-1]],
    lambda T: T.data.Subset(T.data.Subset(squares(T), [4, 3, 2]), [2, 0]).__getitems__([1, 0]),
    lambda T: list(T.data.DataLoader(pair(T), batch_size=2)),
    lambda T: list(T.data.DataLoader(T.data.StackDataset(i=[1, 2, 3], p=pair(T)), batch_size=2)),
    lambda T: list(T.data.DataLoader(squares(T, 3) + squares(T, 4), batch_size=2)),
    lambda T: list(T.data.DataLoader(pair(T) + pair(T), batch_size=4)),
    lambda T: list(T.data.DataLoader(T.data.Subset(pair(T), [2, 0, 1]), batch_size=2)),
    lambda T: list(T.data.DataLoader(T.data.Subset(squares(T), (4, 1)), batch_size=None)),
]

MISTAKES = [
    lambda T: T.data.TensorDataset(T.ones(2), T.ones(3)),
    lambda T: T.data.TensorDataset(T.tensor(1.0)),
    lambda T: pair(T)[3],
    lambda T: T.data.Dataset()[0],
    lambda T: len(T.data.Dataset()),
    lambda T: list(T.data.DataLoader(T.data.IterableDataset(), batch_size=1)),
    lambda T: T.data.StackDataset(),
    lambda T: T.data.StackDataset(squares(T), pair(T)),
    lambda T: T.data.StackDataset(a=squares(T), b=pair(T)),
    lambda T: T.data.StackDataset(squares(T), b=squares(T)),
    lambda T: T.data.ConcatDataset([]),
    lambda T: T.data.ConcatDataset([stream(T, 1)]),
    lambda T: T.data.ConcatDataset([squares(T)])[-6],
    lambda T: T.data.ConcatDataset([squares(T)])[5],
    lambda T: list(T.data.ChainDataset([squares(T)])),
    lambda T: len(T.data.ChainDataset([squares(T)])),
    lambda T: T.data.Subset(pair(T), [9])[0],
    lambda T: T.data.Subset(pair(T), [0])[1],
]


@pytest.mark.parametrize("program", range(len(PROGRAMS)))
def test_programs_give_what_they_give_in_pytorch(program):
    assert not isinstance(agree(PROGRAMS[program], torch), Exception)


@pytest.mark.parametrize("program", range(len(MISTAKES)))
def test_mistakes_raise_the_same_type(program):
    assert isinstance(agree(MISTAKES[program], torch), Exception)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (0, r"must have one length, got shapes \(2,\), \(3,\)"),
        (1, r"give it shape \(N, …\)"),
        (7, r"must have one length, got \[5, 3\]"),
        (9, "either in order or by name"),
        (11, "use ChainDataset"),
        (12, "got -6 of 5"),
        (13, "index 5 is out of range, it has 5 samples"),
    ],
)
def test_mistakes_are_explained(program, message):
    error = outcome(MISTAKES[program], Ours)
    assert isinstance(error, AutogradError)
    with pytest.raises(AutogradError, match=message):
        raise error


def test_tensors_may_be_arrays_and_there_is_at_least_one():
    x = np.arange(6.0).reshape(3, 2)
    data = TensorDataset(x, [1, 2, 3])
    x[0, 0] = 9
    assert [t.tolist() for t in data[0]] == [[9.0, 1.0], 1]
    with pytest.raises(AutogradError, match="at least one tensor"):
        TensorDataset()


class Counted(TensorDataset):
    """Counts how often it is read, and how."""

    def __init__(self, *tensors):
        super().__init__(*tensors)
        self.reads = []

    def __getbatch__(self, indices):
        self.reads.append(len(indices))
        return super().__getbatch__(indices)


class Noted(TensorDataset):
    """Has a `__getitem__` of its own, which every way of reading must use."""

    def __getitem__(self, index):
        return tuple(t + 100 for t in super().__getitem__(index))


def test_a_batch_is_one_read():
    x = autograd.arange(10.0)
    for make, order in (
        (lambda d: d, list(range(10))),
        (lambda d: Subset(d, [9, 8, 7, 6, 5, 4]), [9, 8, 7, 6, 5, 4]),
        (lambda d: StackDataset(d), list(range(10))),
        (lambda d: ConcatDataset([d]), list(range(10))),
    ):
        data = Counted(x)
        batches = list(DataLoader(make(data), batch_size=4))
        assert data.reads == [4] * (len(order) // 4) + ([len(order) % 4] if len(order) % 4 else [])
        flat = [batch[0][0] if isinstance(batch[0], list) else batch[0] for batch in batches]
        assert [v for part in flat for v in part.tolist()] == order


def test_a_getitem_of_a_subclass_counts():
    data = Noted(autograd.arange(4))
    assert batch_of(data, [0]) is NotImplemented
    for wrapped in (data, Subset(data, [0, 1, 2, 3]), ConcatDataset([data])):
        assert [b[0].tolist() for b in DataLoader(wrapped, batch_size=2)] == [[100, 101], [102, 103]]

    class Doubled(Subset):
        def __getitem__(self, index):
            return super().__getitem__(index) * 2

    assert next(iter(DataLoader(Doubled([1, 2, 3], [2, 1]), batch_size=2))).tolist() == [6, 4]


def test_getitems_is_asked_for_samples():
    class Many(Dataset):
        def __init__(self):
            self.asked = []

        def __getitem__(self, index):
            raise RuntimeError("one at a time")

        def __getitems__(self, indices):
            self.asked.append(indices)
            return [i * 10 for i in indices]

        def __len__(self):
            return 5

    data = Many()
    assert [b.tolist() for b in DataLoader(data, batch_size=2)] == [[0, 10], [20, 30], [40]]
    assert data.asked == [[0, 1], [2, 3], [4]]
    assert [b.tolist() for b in DataLoader(Subset(data, [4, 3]), batch_size=2)] == [[40, 30]]
    assert ConcatDataset([data, [7, 8]]).__getitems__([6, 1, 5, 0]) == [8, 10, 7, 0]
    short = StackDataset(data, Short())
    with pytest.raises(ValueError, match="Expected 2, got 1"):
        short.__getitems__([0, 1])


class Short(Dataset):
    def __getitem__(self, index):
        return index

    def __getitems__(self, indices):
        return indices[1:]

    def __len__(self):
        return 5


def test_batches_are_copies_and_keep_gradients():
    x = autograd.arange(6.0)
    for shuffle in (False, True):
        for (batch,) in DataLoader(TensorDataset(x), batch_size=3, shuffle=shuffle):
            batch.zero_()
    assert x.tolist() == [0, 1, 2, 3, 4, 5]
    w = autograd.ones(4, requires_grad=True)
    (first, _), (second, _) = DataLoader(TensorDataset(w * 2, autograd.arange(4)), batch_size=2)
    (first.sum() + 3 * second.sum()).backward()
    assert w.grad.tolist() == [2, 2, 6, 6]


def test_a_wrong_number_is_an_index_error():
    data = TensorDataset(autograd.arange(3))
    with pytest.raises(IndexError, match="it has 3 samples"):
        list(DataLoader(data, batch_sampler=[[0, 3]]))
    assert [b[0].tolist() for b in DataLoader(data, batch_sampler=[[-1, 0], (1,)])] == [[2, 0], [1]]
