"""`random_split` beside PyTorch's, and `split` with its parts of equal proportions."""

import collections
import itertools
import warnings

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn.data import DataLoader, TensorDataset, random_split, split

from .both import agree

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.data")


def seeded(seed=0):
    return autograd.Generator().manual_seed(seed)


def quiet(function, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return function(*arguments)


@pytest.mark.parametrize(
    "lengths",
    [
        [3, 7], [10], [0, 10], [10, 0, 0], [0.3, 0.7], [0.3, 0.3, 0.4], [1 / 3, 1 / 3, 1 / 3], [0.25, 0.25, 0.5],
        [0.7, 0.2, 0.1], [0.29, 0.71], [0.01, 0.99], [0.5, 0.5], [1.0], [1], [1, 0],
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 3, 10, 100])
def test_lengths_are_pytorchs(size, lengths):
    def do(T):
        parts = quiet(T.data.random_split, range(size), lengths)
        return [len(p) for p in parts], sorted(i for p in parts for i in p)

    agree(do, torch)


@pytest.mark.parametrize("lengths", [[3, 6], [0.5, 0.6], [-1.0, 2.0], [11, -1], [], [0.2, 0.3]])
def test_mistakes_raise_the_same_type(lengths):
    if (
        min(lengths, default=0) >= 0 or sum(lengths) != 10
    ):  # of negative lengths PyTorch makes parts that overlap
        agree(lambda T: T.data.random_split(range(10), lengths), torch)
    with pytest.raises(AutogradError, match="random_split"):
        random_split(range(10), lengths)


def test_an_empty_part_is_warned_of():
    with pytest.warns(UserWarning, match="Length of split at index 0 is 0"):
        random_split(range(3), [0.0, 1.0])


def test_a_split_follows_from_the_generator():
    a, b = random_split(range(20), [15, 5], generator=seeded(1))
    assert a.indices + b.indices == autograd.randperm(20, generator=seeded(1)).tolist()
    autograd.manual_seed(4)
    first = random_split(range(20), [15, 5])[0].indices
    autograd.manual_seed(4)
    assert random_split(range(20), [15, 5])[0].indices == first
    again = split(range(20), (0.75, 0.25), generator=seeded(1))
    assert [p.indices for p in again] == [a.indices, b.indices]


@pytest.mark.parametrize("fractions", [(0.8, 0.1, 0.1), (0.5, 0.5), (0.07, 0.93), (90, 5, 125)])
@pytest.mark.parametrize("counts", [(110, 110), (200, 15, 5), (97, 71, 31, 21), (1, 219), tuple([22] * 10)])
def test_parts_have_each_label_in_proportion(fractions, counts):
    labels = np.repeat(np.arange(len(counts)), counts)
    np.random.default_rng(0).shuffle(labels)
    parts = split(range(220), fractions, stratify=labels, generator=seeded(3))
    assert sorted(i for p in parts for i in p) == list(range(220))
    for part in parts:
        found = collections.Counter(labels[part.indices].tolist())
        for label, count in enumerate(counts):
            exact = count * len(part) / 220
            assert abs(found[label] - exact) < 1


def test_stratified_parts_are_random_and_reproducible():
    labels = autograd.tensor([0, 1] * 50)
    data = TensorDataset(autograd.arange(100), labels)

    def parts(seed):
        return [p.indices for p in split(data, (0.8, 0.2), stratify=labels, generator=seeded(seed))]

    assert parts(0) == parts(0)
    assert parts(0) != parts(1)
    train = parts(0)[0]
    assert train != sorted(train)
    pairs = collections.Counter((a % 2, b % 2) for a, b in itertools.pairwise(train))
    assert min(pairs.values()) > 8  # labels follow each other in any order
    often = collections.Counter(i for seed in range(200) for i in parts(seed)[1])
    assert set(often) == set(range(100))
    assert max(often.values()) < 70  # each is drawn 40 times, give or take 6


def test_labels_may_be_anything_that_sorts():
    words = ["a", "b", "a", "b"] * 5
    (part, _) = split(range(20), (0.5, 0.5), stratify=words, generator=seeded())
    assert collections.Counter(words[i] for i in part) == {"a": 5, "b": 5}


def test_in_order():
    parts = split(range(10), (0.6, 0.2, 0.2), shuffle=False)
    assert [list(p) for p in parts] == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]
    loader = DataLoader(split(TensorDataset(autograd.arange(10)), (0.6, 0.4), shuffle=False)[1], batch_size=3)
    assert [b[0].tolist() for b in loader] == [[6, 7, 8], [9]]


def test_mistakes_of_split():
    with pytest.raises(AutogradError, match=r"a label for each of the 10 samples, got shape \(9,\)"):
        split(range(10), (0.5, 0.5), stratify=[0] * 9)
    with pytest.raises(AutogradError, match="stratify draws samples at random"):
        split(range(10), (0.5, 0.5), stratify=[0] * 10, shuffle=False)
    with pytest.raises(AutogradError, match=r"It has 10 samples, the parts \[0.5, 0.6\]"):
        split(range(10), (0.5, 0.6))
    with pytest.raises(AutogradError, match="between 0 and 1, got -1"):
        split(range(10), (-1.0, 2.0))
