"""`default_collate` and `default_convert` beside PyTorch's, on everything that a sample may hold."""

import collections
import types

import numpy as np
import pytest

import autograd
from autograd.errors import AutogradError
from nn.data import collate, default_collate, default_collate_fn_map, default_convert

from .both import agree

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.data")

Point = collections.namedtuple("Point", "x y")


class Rows(list):
    """A list with something besides."""

    note = "kept"


BATCHES = {
    "tensors": lambda T: [T.ones(2, 3), T.zeros(2, 3)],
    "tensors without dimensions": lambda T: [T.tensor(1.5), T.tensor(2.5)],
    "integers and booleans": lambda T: [(T.tensor([1]), T.tensor(True)), (T.tensor([2]), T.tensor(False))],
    "empty tensors": lambda T: [T.ones(0, 2), T.ones(0, 2)],
    "two dtypes": lambda T: [T.tensor([1]), T.tensor([2.5])],
    "arrays": lambda T: [np.ones(2, "f4"), np.zeros(2, "f4")],
    "arrays of integers": lambda T: [np.arange(3), np.arange(3)],
    "NumPy's numbers": lambda T: [np.float32(1.5), np.float32(2)],
    "NumPy's small integers": lambda T: [np.int8(1), np.int8(2)],
    "NumPy's booleans": lambda T: [np.bool_(True), np.bool_(False)],
    "NumPy's doubles": lambda T: [np.float64(1), np.float64(2)],
    "floats": lambda T: [1.5, 2.0],
    "a float first": lambda T: [1.5, 2],
    "an int first": lambda T: [1, 2.5],
    "ints": lambda T: [1, 2],
    "bools": lambda T: [True, False],
    "strings": lambda T: ["a", "bc"],
    "NumPy's strings": lambda T: [np.str_("a"), np.str_("b")],
    "bytes": lambda T: [b"a", b"b"],
    "pairs": lambda T: [(T.ones(2), 0), (T.zeros(2), 1)],
    "lists": lambda T: [[1, 2.0], [3, 4.0]],
    "named": lambda T: [Point(1, (2.0, "a")), Point(3, (4.0, "b"))],
    "dicts": lambda T: [{"x": T.ones(1), "s": "a"}, {"x": T.zeros(1), "s": "b"}],
    "ordered dicts": lambda T: [collections.OrderedDict(b=1, a=2)] * 2,
    "read-only dicts": lambda T: [types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 2})],
    "nested": lambda T: [{"a": [(1, {"b": 2.0})]}, {"a": [(3, {"b": 4.0})]}],
    "ranges": lambda T: [range(2), range(2, 4)],
    "lists with more": lambda T: [Rows([1, 2]), Rows([3, 4])],
    "one sample": lambda T: [(1, "a")],
    "nothing in a tuple": lambda T: [(), ()],
}

MISTAKES = {
    "None": lambda T: [None, None],
    "sets": lambda T: [{1}, {2}],
    "shapes": lambda T: [T.ones(2), T.ones(3)],
    "shapes of arrays": lambda T: [np.ones(2), np.ones((2, 1))],
    "lengths": lambda T: [[1], [1, 2]],
    "keys": lambda T: [{"a": 1}, {"b": 1}],
    "arrays of text": lambda T: [np.array(["a"]), np.array(["b"])],
    "no samples": lambda T: [],
    "strings and numbers": lambda T: [1, "a"],
}


@pytest.mark.parametrize("name", BATCHES)
def test_batches_are_pytorchs(name):
    found = agree(lambda T: T.data.default_collate(BATCHES[name](T)), torch)
    assert not isinstance(found, Exception)


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_raise_the_same_type(name):
    assert isinstance(agree(lambda T: T.data.default_collate(MISTAKES[name](T)), torch), Exception)


@pytest.mark.parametrize("name", [*BATCHES, "None", "sets", "arrays of text"])
def test_conversions_are_pytorchs(name):
    make = BATCHES.get(name) or MISTAKES[name]
    assert not isinstance(agree(lambda T: T.data.default_convert(make(T)), torch), Exception)
    assert not isinstance(agree(lambda T: T.data.default_convert(make(T)[0]), torch), Exception)


def test_types_are_kept():
    batch = default_collate([Rows([1, 2]), Rows([3, 4])])
    assert type(batch) is Rows
    assert isinstance(default_collate([Point(1, 2)]), Point)
    assert type(default_collate([collections.OrderedDict(a=1)])) is collections.OrderedDict
    assert type(default_convert(Rows([np.ones(1)]))) is Rows


def test_gradients_pass_through_a_batch():
    a, b = autograd.ones(2, requires_grad=True), autograd.zeros(2)
    (default_collate([a, b]) * autograd.tensor([[2.0], [5.0]])).sum().backward()
    assert a.grad.tolist() == [2, 2]


def test_mistakes_are_explained():
    with pytest.raises(AutogradError, match="found <class 'NoneType'>"):
        default_collate([None])
    with pytest.raises(AutogradError, match=r"equal size, got sizes \[1, 2\]; a collate_fn of your own"):
        default_collate([[1], [1, 2]])
    with pytest.raises(AutogradError, match=r"\(2\)|\(2,\)|\[2\]"):
        default_collate([autograd.ones(2), autograd.ones(3)])


def test_functions_for_more_types():
    def sets(values, *, collate_fn_map=None):
        return collate([sorted(v) for v in values], collate_fn_map=collate_fn_map)

    batch = collate([({2, 1}, 0), ({4, 3}, 1)], collate_fn_map={**default_collate_fn_map, set: sets})
    assert [[t.tolist() for t in batch[0]], batch[1].tolist()] == [[[1, 3], [2, 4]], [0, 1]]

    class Special(frozenset):
        pass

    assert (
        collate([Special(), Special()], collate_fn_map={frozenset: lambda v, *, collate_fn_map: len(v)}) == 2
    )
    with pytest.raises(TypeError):
        default_collate_fn_map[set] = sets
