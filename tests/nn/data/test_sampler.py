"""Samplers beside PyTorch's: which numbers, how many, which mistakes; and that orders follow from the generator."""

import collections

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

from .both import agree

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.data.distributed")

PROGRAMS = [
    lambda T: list(T.data.SequentialSampler("abc")),
    lambda T: sorted(T.data.RandomSampler("abcdef")),
    lambda T: len(T.data.RandomSampler("abcdef")),
    lambda T: [sorted(list(T.data.RandomSampler("abc", num_samples=8))[k : k + 3]) for k in (0, 3)],
    lambda T: len(list(T.data.RandomSampler("abc", num_samples=8))),
    lambda T: len(set(T.data.RandomSampler("abcdef", num_samples=2))),
    lambda T: len(list(T.data.RandomSampler("abc", replacement=True, num_samples=70))),
    lambda T: len(list(T.data.RandomSampler("abc", replacement=True))),
    lambda T: set(T.data.RandomSampler("abc", True, 100)),
    lambda T: sorted(T.data.SubsetRandomSampler([5, 2, 9])),
    lambda T: len(T.data.SubsetRandomSampler([])),
    lambda T: list(T.data.SubsetRandomSampler([])),
    lambda T: list(T.data.WeightedRandomSampler([0, 1, 0], 3)),
    lambda T: sorted(T.data.WeightedRandomSampler([1.0, 2.0, 3.0], 3, replacement=False)),
    lambda T: len(T.data.WeightedRandomSampler(T.ones(3), 7)),
    lambda T: list(T.data.BatchSampler(range(7), 3, False)),
    lambda T: list(T.data.BatchSampler(range(7), 3, True)),
    lambda T: list(T.data.BatchSampler(range(6), 3, True)),
    lambda T: list(T.data.BatchSampler(iter("abc"), 2, False)),
    lambda T: [len(T.data.BatchSampler(range(n), 3, d)) for n in (0, 2, 3, 7) for d in (False, True)],
    *(
        lambda T, n=n, r=r, k=k, d=d: list(T.data.DistributedSampler("x" * n, r, k, False, drop_last=d))
        for n, r in ((7, 3), (6, 3), (2, 5), (11, 2))
        for k in range(r)
        for d in (False, True)
        if not (d and n < r)
    ),
    lambda T: [len(T.data.DistributedSampler("abcdefg", 3, 0, drop_last=d)) for d in (False, True)],
]

MISTAKES = [
    lambda T: T.data.RandomSampler([]),
    lambda T: T.data.RandomSampler("abc", num_samples=0),
    lambda T: T.data.RandomSampler("abc", num_samples=-1),
    lambda T: T.data.RandomSampler("abc", num_samples=1.5),
    lambda T: T.data.RandomSampler("abc", replacement=1),
    lambda T: T.data.RandomSampler(iter("abc")),
    lambda T: T.data.WeightedRandomSampler([1.0], 0),
    lambda T: T.data.WeightedRandomSampler([1.0], True),
    lambda T: T.data.WeightedRandomSampler([1.0], 1, replacement="no"),
    lambda T: T.data.WeightedRandomSampler([[1.0]], 1),
    lambda T: list(T.data.WeightedRandomSampler([1.0], 2, replacement=False)),
    lambda T: list(T.data.WeightedRandomSampler([-1.0, 2.0], 2)),
    lambda T: T.data.BatchSampler("abc", 0, False),
    lambda T: T.data.BatchSampler("abc", True, False),
    lambda T: T.data.BatchSampler("abc", 1.5, False),
    lambda T: T.data.BatchSampler("abc", 2, 1),
    lambda T: len(T.data.BatchSampler(iter("abc"), 2, False)),
    lambda T: iter(T.data.Sampler()),
    lambda T: len(T.data.Sampler()),
    lambda T: T.data.DistributedSampler("abc", 2, 2),
    lambda T: T.data.DistributedSampler("abc", 2, -1),
]


@pytest.mark.parametrize("program", range(len(PROGRAMS)))
def test_programs_give_what_they_give_in_pytorch(program):
    assert not isinstance(agree(PROGRAMS[program], torch), Exception)


@pytest.mark.parametrize("program", range(len(MISTAKES)))
def test_mistakes_raise_the_same_type(program):
    assert isinstance(agree(MISTAKES[program], torch), Exception)


def test_mistakes_are_explained():
    with pytest.raises(AutogradError, match="the data set is empty; shuffle=False"):
        RandomSampler([])
    with pytest.raises(
        AutogradError, match="batch_size should be a positive integer value, but got batch_size=0"
    ):
        BatchSampler("abc", 0, False)
    with pytest.raises(AutogradError, match=r"they have shape \(1, 1\)"):
        WeightedRandomSampler([[1.0]], 1)
    with pytest.raises(AutogradError, match=r"interval \[0, 1\]"):
        DistributedSampler("abc", 2, 2)
    with pytest.raises(AutogradError, match="needs num_replicas and rank"):
        DistributedSampler("abc")


def seeded(seed=3):
    return autograd.Generator().manual_seed(seed)


def test_an_order_is_the_permutation_that_the_generator_draws():
    g = seeded()
    first, second = list(RandomSampler("x" * 9, generator=g)), list(RandomSampler("x" * 9, generator=g))
    again = seeded()
    assert first == autograd.randperm(9, generator=again).tolist()
    assert second == autograd.randperm(9, generator=again).tolist()
    assert list(SubsetRandomSampler(range(9), generator=seeded())) == first
    assert first != second


def test_without_a_generator_the_order_follows_from_the_default_one():
    def passes(draws):
        autograd.manual_seed(5)
        found = []
        for _ in range(2):
            numbers = iter(RandomSampler("x" * 20))
            head = [next(numbers) for _ in range(3)]
            autograd.rand(draws)  # between the numbers of one pass: changes only later ones
            found.append(head + list(numbers))
        return found

    (a, b), (c, d) = passes(0), passes(7)
    assert a == c
    assert len({tuple(x) for x in (a, b, d)}) == 3


def test_draws_with_replacement_come_in_pieces():
    class Large:
        def __len__(self):
            return 10**12

    numbers = iter(RandomSampler(Large(), replacement=True, num_samples=10**12, generator=seeded()))
    drawn = [next(numbers) for _ in range(10000)]
    assert 0 <= min(drawn) < 10**10
    assert 0.99 * 10**12 < max(drawn) < 10**12
    assert abs(np.mean(drawn) / 10**12 - 0.5) < 0.02


def test_weights_are_frequencies():
    counts = collections.Counter(WeightedRandomSampler([1, 2, 0, 5], 8000, generator=seeded()))
    assert counts[2] == 0
    for number, expected in ((0, 1000), (1, 2000), (3, 5000)):
        assert abs(counts[number] - expected) < 150


@pytest.mark.parametrize("size", [0, 1, 5, 8, 9])
@pytest.mark.parametrize("drop_last", [False, True])
def test_batches_as_arrays_are_those_as_lists(size, drop_last):
    data = range(size)
    orders = [
        lambda: SequentialSampler(data),
        lambda: [3, 1, 4, 1, 5],
        lambda: SubsetRandomSampler(data, seeded()),
    ]
    if size:
        orders += [
            lambda: RandomSampler(data, generator=seeded()),
            lambda: RandomSampler(data, num_samples=7, generator=seeded()),
            lambda: RandomSampler(data, replacement=True, generator=seeded()),
        ]
    for order in orders:
        lists = list(BatchSampler(order(), 4, drop_last))
        assert [list(a) for a in BatchSampler(order(), 4, drop_last).arrays()] == lists
        assert all(type(i) is int for batch in lists for i in batch)


def test_the_parts_of_several_programs_cover_everything_once_shuffled():
    parts = [DistributedSampler("x" * 10, 3, rank, seed=4) for rank in range(3)]
    first = [list(p) for p in parts]
    assert [len(p) for p in first] == [4, 4, 4]
    assert set().union(*first) == set(range(10))
    for p in parts:
        p.set_epoch(1)
    assert [list(p) for p in parts] != first
    assert set().union(*map(list, parts)) == set(range(10))


def test_a_subclass_of_a_batch_sampler_is_iterated():
    class Odd(BatchSampler):
        def __iter__(self):
            return iter([[1], [3]])

    assert list(Odd(SequentialSampler("abcd"), 2, False).arrays()) == [[1], [3]]
    assert issubclass(Odd, Sampler)
