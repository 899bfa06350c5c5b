"""Embeddings beside PyTorch's: rows, gradients, paddings, norms, bags, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, AssertedError, BatchingError, DTypeError, PositionError
from tests.nn.parity_case import PRECISION, pair, same

torch = pytest.importorskip("torch")

INDICES = np.array([[1, 2, 4, 5], [4, 3, 2, 9], [2, 2, 0, 4]])
FLAT, OFFSETS = np.array([1, 2, 4, 5, 4, 3, 2, 9, 2]), np.array([0, 4, 4, 7])
EMBEDDINGS = [
    {},
    {"padding_idx": 2},
    {"padding_idx": -1},
    {"max_norm": 1.0},
    {"max_norm": 1.5, "norm_type": 1.0, "padding_idx": 4},
    {"scale_grad_by_freq": True},
    {"scale_grad_by_freq": True, "padding_idx": 2},
]
BAGS = [
    *({"mode": m} for m in ("sum", "mean", "max")),
    *({"mode": m, "padding_idx": 2} for m in ("sum", "mean", "max")),
    {"mode": "mean", "max_norm": 1.0},
    {"mode": "max", "max_norm": 1.0, "norm_type": 1.0},
    {"mode": "mean", "include_last_offset": True},
]


def trained(ours, theirs, inputs, dtype, **named):
    """Outputs, gradients and the weights afterwards, which max_norm changes."""
    cotangent = None
    for lib, layer in ((autograd, ours), (torch, theirs)):
        out = layer(*(lib.tensor(i) for i in inputs), **{k: lib.tensor(v) for k, v in named.items()})
        if cotangent is None:
            cotangent = np.random.default_rng(1).normal(size=tuple(out.shape)).astype(dtype)
            mine = out
        out.backward(lib.tensor(cotangent))
    same(mine, out, dtype)
    same(ours.weight.grad, theirs.weight.grad, dtype)
    same(ours.weight, theirs.weight, dtype)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("options", EMBEDDINGS, ids=str)
def test_embedding(options, dtype):
    ours, theirs = pair("Embedding", (10, 3), options, dtype)
    for indices in (INDICES, INDICES[0], INDICES.astype(np.int32), np.array(3)):
        ours.zero_grad(), theirs.zero_grad()
        trained(ours, theirs, (indices,), dtype)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("options", BAGS, ids=str)
def test_embedding_bag(options, dtype):
    ours, theirs = pair("EmbeddingBag", (10, 3), options, dtype)
    last = [len(FLAT)] if options.get("include_last_offset") else []
    for inputs in ((INDICES,), (FLAT, np.append(OFFSETS, last).astype(int))):
        ours.zero_grad(), theirs.zero_grad()
        trained(ours, theirs, inputs, dtype)


@pytest.mark.parametrize("dtype", PRECISION)
def test_a_factor_for_each_index(dtype):
    ours, theirs = pair("EmbeddingBag", (10, 3), {"mode": "sum"}, dtype)
    factors = np.random.default_rng(0).normal(size=FLAT.shape).astype(dtype)
    trained(ours, theirs, (FLAT, OFFSETS), dtype, per_sample_weights=factors)


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_gradients_of_bags_by_frequency(mode):
    """Each row's is divided by how often the row occurs; PyTorch divides some by how often another does."""
    x = autograd.randn(10, 3, dtype=autograd.float64, requires_grad=True)
    indices = autograd.tensor(FLAT)
    plain, scaled = (
        autograd.grad(
            (
                F.embedding_bag(indices, x, autograd.tensor(OFFSETS), mode=mode, scale_grad_by_freq=s) ** 2
            ).sum(),
            x,
        )[0]
        for s in (False, True)
    )
    counts = np.maximum(np.bincount(FLAT, minlength=10), 1)[:, None]
    np.testing.assert_allclose(scaled.numpy(), plain.numpy() / counts, rtol=1e-12)


def test_large_tables_and_many_indices():
    rng = np.random.default_rng(0)
    for count, width, size in ((5000, 8, (40, 30)), (50, 64, (600,)), (7, 1, (3000,))):
        indices = rng.integers(0, count, size)
        ours, theirs = pair("Embedding", (count, width), {}, np.float64)
        trained(ours, theirs, (indices,), np.float64)


def test_how_a_table_starts():
    autograd.manual_seed(0)
    weight = nn.Embedding(200, 50, padding_idx=3).weight.detach().numpy()
    assert not weight[3].any()
    rest = np.delete(weight, 3, 0)
    assert rest.mean() == pytest.approx(0, abs=0.05)
    assert rest.std() == pytest.approx(1, abs=0.05)
    assert not nn.EmbeddingBag(20, 5, padding_idx=-1).weight.detach().numpy()[19].any()


def test_from_pretrained():
    table = autograd.randn(4, 3)
    for layer in (nn.Embedding, nn.EmbeddingBag):
        made = layer.from_pretrained(table)
        assert not made.weight.requires_grad
        assert np.shares_memory(made.weight.array, table.array)
        assert layer.from_pretrained(table, freeze=False, padding_idx=1).weight.requires_grad
        with pytest.raises(AssertedError, match="2-dimensional"):
            layer.from_pretrained(table[0])
    with pytest.raises(AssertedError, match="does not match"):
        nn.Embedding(5, 3, _weight=table)


def test_second_derivatives_of_bags():
    weight = autograd.randn(6, 3, dtype=autograd.float64, requires_grad=True)
    factors = autograd.randn(9, dtype=autograd.float64, requires_grad=True)
    indices, offsets = autograd.tensor(FLAT % 6), autograd.tensor(OFFSETS)
    for mode in ("sum", "mean"):
        assert autograd.gradgradcheck(
            lambda w, m=mode: F.embedding_bag(indices, w**2, offsets, mode=m), (weight,)
        )

    def weighted(w, f):
        return F.embedding_bag(indices, w, offsets, mode="sum", per_sample_weights=f)

    assert autograd.gradcheck(weighted, (weight, factors))
    assert autograd.gradgradcheck(weighted, (weight, factors))
    padded = lambda w: (F.embedding(indices, w, padding_idx=2) ** 3).sum()  # noqa: E731
    first = autograd.grad(padded(weight), weight, create_graph=True)[0]
    second = autograd.grad(first.sum(), weight)[0]
    assert not first[2].any()
    counts = np.bincount(FLAT % 6, minlength=6)[:, None] * (np.arange(6) != 2)[:, None]
    np.testing.assert_allclose(second.numpy(), counts * 6 * weight.detach().numpy())


# ------------------------------------------------------------------------------------------ vmap


@pytest.mark.parametrize("padding_idx", [None, 2])
def test_tables_and_indices_that_differ(padding_idx):
    rng = np.random.default_rng(0)
    tables = autograd.tensor(rng.normal(size=(3, 6, 2)), requires_grad=True)
    indices = autograd.tensor(rng.integers(0, 6, (3, 5)))

    def f(table, index):
        return F.embedding(index, table, padding_idx).sum(0)

    for in_dims, pairs in (((0, 0), [(0, 0), (1, 1), (2, 2)]), ((0, None), [(0, 0), (1, 0), (2, 0)])):
        given = indices if in_dims[1] == 0 else indices[0]
        out = autograd.vmap(f, in_dims)(tables, given)
        loop = autograd.stack([f(tables[i], indices[j]) for i, j in pairs])
        np.testing.assert_allclose(out.detach().numpy(), loop.detach().numpy())
        found, expected = (autograd.grad((o**2).sum(), tables)[0].numpy() for o in (out, loop))
        np.testing.assert_allclose(found, expected)


def test_bags_that_differ():
    weight, indices = autograd.randn(6, 3), autograd.tensor(INDICES % 6)
    for mode in ("sum", "mean", "max"):
        for padding in (None, 2):

            def f(index, m=mode, p=padding):
                return F.embedding_bag(index.reshape(2, 2), weight, mode=m, padding_idx=p)

            out = autograd.vmap(f)(indices)
            loop = autograd.stack([f(i) for i in indices])
            np.testing.assert_allclose(out.numpy(), loop.numpy(), rtol=1e-6)
    with pytest.raises(BatchingError, match="offsets"):
        autograd.vmap(lambda o: F.embedding_bag(indices[0], weight, o))(
            autograd.zeros(2, 1, dtype=autograd.int64)
        )


# ------------------------------------------------------------------------------------------ what is refused

W = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
I = np.array([0, 1, 4])  # noqa: E741  # indices
O = np.array([0, 2])  # noqa: E741  # offsets
MISTAKES = {
    "padding": (lambda f, t: f.embedding(t(I), t(W), 5), "Padding_idx must be within num_embeddings"),
    "too large": (lambda f, t: f.embedding(t(I + 1), t(W)), "index out of range in self: 5"),
    "negative": (lambda f, t: f.embedding(t(I - 1), t(W)), "index out of range in self: -1"),
    "floats": (lambda f, t: f.embedding(t(I.astype(float)), t(W)), "int64 or int32, got float64"),
    "bytes": (lambda f, t: f.embedding(t(I.astype(np.uint8)), t(W)), "int64 or int32, got uint8"),
    "a vector": (lambda f, t: f.embedding(t(I), t(W[0])), "'weight' must be 2-D"),
    "bag, too large": (lambda f, t: f.embedding_bag(t(I + 1), t(W), t(O), mode="max"), "index out of range"),
    "bag, negative": (lambda f, t: f.embedding_bag(t(I - 1), t(W), t(O)), "index out of range"),
    "no offsets": (lambda f, t: f.embedding_bag(t(I), t(W)), "offsets has to be a 1D Tensor but got None"),
    "matrix of offsets": (
        lambda f, t: f.embedding_bag(t(I), t(W), t(O[None])),
        "offsets has to be a 1D Tensor",
    ),
    "first offset": (lambda f, t: f.embedding_bag(t(I), t(W), t(O + 1)), r"offsets\[0\] has to be 0"),
    "last offset": (
        lambda f, t: f.embedding_bag(t(I), t(W), t(O * 2)),
        "can not be greater than input's length 3",
    ),
    "both": (lambda f, t: f.embedding_bag(t(I[None]), t(W), t(O)), "offsets has to be None"),
    "cube": (lambda f, t: f.embedding_bag(t(I[None, None]), t(W)), "has to be 1D or 2D"),
    "mode": (lambda f, t: f.embedding_bag(t(I[None]), t(W), mode="x"), "one of sum, mean or max"),
    "frequency": (
        lambda f, t: f.embedding_bag(t(I[None]), t(W), mode="max", scale_grad_by_freq=True),
        "max mode",
    ),
    "factors' shape": (
        lambda f, t: f.embedding_bag(t(I[None]), t(W), mode="sum", per_sample_weights=t(W[0])),
        "the same shape as the input",
    ),
    "factors' dtype": (
        lambda f, t: f.embedding_bag(t(I[None]), t(W), mode="sum", per_sample_weights=t(np.ones((1, 3)))),
        "the weight's dtype",
    ),
    "padding of bags": (
        lambda f, t: f.embedding_bag(t(I[None]), t(W), padding_idx=7),
        "-5 through 4, but got 7",
    ),
    "no last offset": (
        lambda f, t: f.embedding_bag(t(I), t(W), t(O[:0]), include_last_offset=True),
        "at least 1",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    call, message = MISTAKES[name]
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # whichever PyTorch raises
        call(torch.nn.functional, torch.tensor)
    with pytest.raises(theirs.type, match=message):
        call(F, autograd.tensor)


def test_errors_are_ours():
    w, i = autograd.tensor(W), autograd.tensor(I)
    with pytest.raises(PositionError):
        F.embedding(i + 3, w)
    with pytest.raises(DTypeError):
        F.embedding(i.float(), w)
    with pytest.raises(ArgumentError, match="only supported for mode='sum'"):
        F.embedding_bag(i[None], w, per_sample_weights=w[:1])
    for layer in (nn.Embedding, nn.EmbeddingBag):
        with pytest.raises(ArgumentError, match="sparse gradients"):
            layer(3, 2, sparse=True)
        with pytest.raises(AssertedError):
            layer(3, 2, padding_idx=3)


def test_a_failure_shortens_nothing():
    layer = nn.Embedding(5, 3, max_norm=0.1)
    before = layer.weight.detach().clone()
    with pytest.raises(PositionError):
        layer(autograd.tensor([0, 5]))
    np.testing.assert_array_equal(layer.weight.detach().numpy(), before.numpy())
