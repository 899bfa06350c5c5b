"""Attention is PyTorch's: outputs, weights, gradients of inputs and parameters; its masks, errors and samples."""

import re
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import AutogradError

torch = pytest.importorskip("torch")

TOLERANCE = {np.float64: 1e-10, np.float32: 1e-5}
BOTH = pytest.mark.parametrize("dtype", TOLERANCE)


def numbers(shape: tuple[int, ...], dtype: Any, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def same(ours: Any, theirs: Any, dtype: Any) -> None:
    if theirs is None:
        assert ours is None
        return
    assert ours.array.dtype == dtype
    assert tuple(ours.shape) == tuple(theirs.shape)
    expected = theirs.detach().numpy()
    scale = max(1.0, float(np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0)))
    np.testing.assert_allclose(
        ours.detach().numpy(), expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale
    )


def masks(lib: Any, given: dict[str, Any]) -> dict[str, Any]:
    return {k: lib.tensor(v) if isinstance(v, np.ndarray) else v for k, v in given.items()}


def pair(layer: str, args: tuple[Any, ...], options: dict[str, Any], dtype: Any) -> tuple[Any, Any]:
    """Our module and PyTorch's, with its weights, of which none is 0."""
    theirs = getattr(torch.nn, layer)(*args, **options).to(getattr(torch, np.dtype(dtype).name))
    ours = getattr(nn, layer)(*args, **options).to(dtype)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    with torch.no_grad():
        for i, p in enumerate(theirs.parameters()):
            p.add_(torch.tensor(numbers(p.shape, dtype, i) * 0.1))
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    return ours, theirs


def compare(
    ours: Any, theirs: Any, arrays: list[Any], given: dict[str, Any], dtype: Any, alike: bool
) -> None:
    """Outputs and gradients; `alike`: one tensor is query, key and value."""
    results = []
    for lib, layer in ((autograd, ours), (torch, theirs)):
        inputs = [lib.tensor(a, requires_grad=True) for a in arrays]
        out = layer(*(inputs * 3 if alike else inputs), **masks(lib, given))
        outs = [o for o in (out if isinstance(out, tuple) else (out,)) if o is not None]
        cotangents = [lib.tensor(numbers(tuple(o.shape), dtype, 7)) for o in outs]
        total = sum((o * c).sum() for o, c in zip(outs, cotangents, strict=True))
        total.backward()
        results.append([*outs, *(t.grad for t in inputs), *(p.grad for p in layer.parameters())])
    for a, b in zip(*results, strict=True):
        same(a, b, dtype)


CAUSAL = np.triu(np.full((4, 4), -np.inf), 1)
LATER = np.triu(np.ones((4, 4), bool), 1)
RAGGED = np.arange(6) >= np.array([6, 4])[:, None]  # (N, S)
FLOATS = np.where(RAGGED, -np.inf, 0.5)
SOME = np.random.default_rng(3).random((4, 6)) < 0.3
HEADS = np.random.default_rng(4).random((4, 4, 6)) < 0.3  # (N·heads, L, S)

VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "without weights": ({}, {"need_weights": False}),
    "weights of heads": ({}, {"average_attn_weights": False}),
    "batch first": ({"batch_first": True}, {}),
    "batch first, without weights": ({"batch_first": True}, {"need_weights": False}),
    "no bias": ({"bias": False}, {"need_weights": False}),
    "kdim, vdim": ({"kdim": 5, "vdim": 3}, {}),
    "kdim, no bias": ({"kdim": 5, "bias": False}, {"need_weights": False}),
    "bias_kv": ({"add_bias_kv": True}, {}),
    "zero attention": ({"add_zero_attn": True}, {"need_weights": False}),
    "bias_kv, zero attention, masks": (
        {"add_bias_kv": True, "add_zero_attn": True, "kdim": 5, "vdim": 3, "batch_first": True},
        {"attn_mask": SOME, "key_padding_mask": RAGGED},
    ),
    "padding": ({}, {"key_padding_mask": RAGGED}),
    "padding, without weights": ({}, {"key_padding_mask": RAGGED, "need_weights": False}),
    "mask": ({}, {"attn_mask": SOME}),
    "mask of heads": ({}, {"attn_mask": HEADS, "need_weights": False}),
    "mask of heads, with weights": ({"batch_first": True}, {"attn_mask": HEADS}),
    "numbers as masks": (
        {},
        {"attn_mask": numbers((4, 6), float), "key_padding_mask": FLOATS, "need_weights": False},
    ),
}  # fmt: skip


@BOTH
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("name", VARIANTS)
def test_a_layer_that_looks_elsewhere(name: str, training: bool, dtype: Any) -> None:
    options, given = VARIANTS[name]
    ours, theirs = pair("MultiheadAttention", (8, 2), options, dtype)
    shapes = (4, 2, 8), (6, 2, options.get("kdim", 8)), (6, 2, options.get("vdim", 8))
    if options.get("batch_first"):
        shapes = tuple((b, n, e) for n, b, e in shapes)  # type: ignore[assignment]  # three again
    given = {
        k: v.astype(dtype) if isinstance(v, np.ndarray) and v.dtype.kind == "f" else v
        for k, v in given.items()
    }
    arrays = [numbers(s, dtype, i) for i, s in enumerate(shapes)]
    compare(ours.train(training), theirs.train(training), arrays, given, dtype, alike=False)


SELF: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, ...]]] = {
    "plain": ({}, {}, (4, 2, 8)),
    "batch first": ({"batch_first": True}, {"need_weights": False}, (2, 4, 8)),
    "no batch": ({}, {}, (4, 8)),
    "no batch, batch first": ({"batch_first": True}, {"need_weights": False}, (4, 8)),
    "no batch, masks": ({}, {"key_padding_mask": RAGGED[1, 2:], "attn_mask": LATER}, (4, 8)),
    "no batch, mask of heads": ({}, {"attn_mask": HEADS[:2, :, :4]}, (4, 8)),
    "causal": ({}, {"attn_mask": LATER, "need_weights": False}, (4, 2, 8)),
    "a hint": ({}, {"attn_mask": LATER, "is_causal": True, "need_weights": False}, (4, 2, 8)),
    "a hint, with weights": ({}, {"attn_mask": LATER, "is_causal": True}, (4, 2, 8)),
    "a hint, with padding": (
        {"batch_first": True},
        {"attn_mask": LATER, "is_causal": True, "need_weights": False, "key_padding_mask": RAGGED[:, 2:]},
        (2, 4, 8),
    ),
}


@BOTH
@pytest.mark.parametrize("name", SELF)
def test_a_layer_that_looks_at_itself(name: str, dtype: Any) -> None:
    options, given, shape = SELF[name]
    ours, theirs = pair("MultiheadAttention", (8, 2), options, dtype)
    compare(ours, theirs, [numbers(shape, dtype)], given, dtype, alike=True)


def test_an_encoders_memory_is_projected_once() -> None:
    ours, theirs = pair("MultiheadAttention", (8, 2), {}, np.float64)
    results = []
    for lib, layer in ((autograd, ours), (torch, theirs)):
        x, memory = (lib.tensor(numbers(s, float), requires_grad=True) for s in ((4, 2, 8), (6, 2, 8)))
        out, weights = layer(x, memory, memory)
        (out**2).sum().backward()
        results.append([out, weights, x.grad, memory.grad])
    for a, b in zip(*results, strict=True):
        same(a, b, np.float64)


def test_a_query_that_sees_nothing() -> None:
    """0 without weights and nan with them, as PyTorch returns while it records."""
    ours, theirs = pair("MultiheadAttention", (8, 2), {"bias": False}, np.float64)
    x, blind = numbers((4, 2, 8), float), np.zeros((2, 4), bool)
    blind[1] = True
    for need_weights in (True, False):
        given = {"key_padding_mask": blind, "need_weights": need_weights}
        a, b = (
            layer(*[lib.tensor(x)] * 3, **masks(lib, given))[0]
            for lib, layer in ((autograd, ours), (torch, theirs))
        )
        same(a, b, np.float64)
        assert np.isnan(a.detach().numpy()[:, 1]).all() == need_weights


def test_initial_weights() -> None:
    layer = nn.MultiheadAttention(64, 4, add_bias_kv=True)
    bound = (6 / (64 + 192)) ** 0.5
    assert 0.97 * bound < layer.in_proj_weight.abs().max().item() <= bound
    assert layer.in_proj_bias.abs().max().item() == 0 == layer.out_proj.bias.abs().max().item()
    assert 0.8 < layer.out_proj.weight.std().item() * (3 * 64) ** 0.5 < 1.2
    assert 0.1 < layer.bias_k.std().item() < 0.25  # √(2 / (64 + 64)) is 0.125: fans of a (1, 1, 64) weight
    apart = nn.MultiheadAttention(64, 4, kdim=16)
    bound = (6 / (64 + 16)) ** 0.5
    assert 0.97 * bound < apart.k_proj_weight.abs().max().item() <= bound


def test_dropout_of_weights() -> None:
    layer = nn.MultiheadAttention(8, 2, dropout=0.4)
    x = autograd.randn(50, 3, 8)
    _, weights = layer(x, x, x, average_attn_weights=False)
    dropped = (weights == 0).float().mean().item()
    assert 0.35 < dropped < 0.45
    assert weights.sum(-1).mean().item() == pytest.approx(1, abs=0.05)
    _, weights = layer.eval()(x, x, x)
    np.testing.assert_allclose(weights.sum(-1).detach().numpy(), 1, rtol=1e-5)


X = numbers((4, 2, 8), np.float32)
MISTAKES: list[tuple[str, Any]] = [
    ("embed_dim=7 cannot be divided|must be divisible", lambda lib, t: lib.MultiheadAttention(7, 2)),
    ("must be positive|must be greater", lambda lib, t: lib.MultiheadAttention(0, 2)),
    ("2 without|unbatched 2D", lambda lib, t: lib.MultiheadAttention(8, 2)(t(X[0, 0]), t(X), t(X))),
    ("key of 3 dim|3-D", lambda lib, t: lib.MultiheadAttention(8, 2)(t(X), t(X[0]), t(X))),
    ("embed_dim=8|dimension of 8", lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X[..., :6])] * 3)),
    ("agree in shape|key shape", lambda lib, t: lib.MultiheadAttention(8, 2)(t(X), t(X[:3]), t(X))),
    (
        "is_causal",
        lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X)] * 3, is_causal=True),
    ),
    (
        "attn_mask must have shape|2D attn_mask",
        lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X)] * 3, attn_mask=t(np.zeros((3, 3), np.float32))),
    ),
    (
        "is bool|only bool",
        lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X)] * 3, attn_mask=t(np.zeros((4, 4), int))),
    ),
    (
        r"\(N, S\)|Expected key_padded_mask",
        lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X)] * 3, key_padding_mask=t(np.zeros((2, 3), bool))),
    ),
    (
        "key_padding_mask",
        lambda lib, t: lib.MultiheadAttention(8, 2)(*[t(X)] * 3, key_padding_mask=t(np.zeros(4, bool))),
    ),
    (
        "same batch size|shape",
        lambda lib, t: lib.MultiheadAttention(8, 2)(t(X), t(X[:, :1]), t(X[:, :1])),
    ),
]


@pytest.mark.parametrize(("message", "mistake"), MISTAKES)
def test_mistakes(message: str, mistake: Any) -> None:
    with pytest.raises(AutogradError, match=message) as ours:
        mistake(nn, autograd.tensor)
    with pytest.raises(Exception, match=message) as theirs:
        mistake(torch.nn, torch.tensor)
    assert isinstance(ours.value, theirs.type)


ATTENTION_MISTAKES: list[tuple[str, tuple[tuple[int, ...], ...], dict[str, Any]]] = [
    ("2 dim", ((4,), (6, 4), (6, 4)), {}),
    ("must agree|must match|Expected size|mat1", ((3, 4), (6, 5), (6, 4)), {}),
    ("must agree|must match|Expected size|mat1", ((2, 3, 4), (2, 6, 4), (2, 5, 4)), {}),
    ("do not broadcast|must match", ((2, 3, 4), (3, 6, 4), (3, 6, 4)), {}),
    ("is_causal", ((3, 4), (6, 4), (6, 4)), {"attn_mask": np.ones((3, 6), bool), "is_causal": True}),
    ("in .0, 1.|between 0 and 1", ((3, 4), (6, 4), (6, 4)), {"dropout_p": 1.5}),
    ("attn_mask", ((3, 4), (6, 4), (6, 4)), {"attn_mask": np.ones((3, 6), int)}),
    ("broadcast|must match", ((3, 4), (6, 4), (6, 4)), {"attn_mask": np.ones((3, 5), bool)}),
    ("multiple|must divide", ((1, 4, 3, 4), (1, 3, 6, 4), (1, 3, 6, 4)), {"enable_gqa": True}),
    ("broadcast|must match", ((1, 4, 3, 4), (1, 2, 6, 4), (1, 2, 6, 4)), {}),
]


@pytest.mark.parametrize(("message", "shapes", "options"), ATTENTION_MISTAKES)
def test_mistakes_with_the_function(message: str, shapes: Any, options: dict[str, Any]) -> None:
    def attempt(lib: Any, f: Any) -> None:
        f.scaled_dot_product_attention(
            *(lib.tensor(numbers(s, np.float32)) for s in shapes), **masks(lib, options)
        )

    with pytest.raises(AutogradError, match=message) as ours:
        attempt(autograd, F)
    with pytest.raises(Exception, match=message) as theirs:
        attempt(torch, torch.nn.functional)
    assert isinstance(ours.value, theirs.type)


def test_dtypes_that_do_not_fit() -> None:
    q, k = autograd.ones(3, 4), autograd.ones(3, 4, dtype=autograd.float64)
    with pytest.raises(RuntimeError, match=re.escape("autograd.float32, autograd.float64")):
        F.scaled_dot_product_attention(q, k, q)
    with pytest.raises(RuntimeError, match="floating-point"):
        F.scaled_dot_product_attention(q.int(), q.int(), q.int())


@pytest.mark.parametrize("causal", [False, True])
def test_second_derivatives(causal: bool) -> None:
    """The gradient of a function of the gradient; without two batch dimensions PyTorch has it too."""
    results = []
    for lib, f in ((autograd, F), (torch, torch.nn.functional)):
        q, k, v = (lib.tensor(numbers((4, 5, 3), float, i), requires_grad=True) for i in range(3))
        mask = None if causal else lib.tensor(numbers((5, 5), float, 3), requires_grad=True)
        out = f.scaled_dot_product_attention(q, k, v, mask, is_causal=causal)
        inputs = [q, k, v] if causal else [q, k, v, mask]
        first = lib.autograd.grad((out**3).sum(), inputs, create_graph=True)
        total = sum((g**2).sum() for g in first)
        results.append([*first, *lib.autograd.grad(total, inputs)])
    for a, b in zip(*results, strict=True):
        same(a, b, np.float64)


@pytest.mark.parametrize("scale", [1.0, 300.0], ids=["small scores", "large scores"])
@pytest.mark.parametrize("causal", [False, True])
def test_views_of_a_fused_projection(causal: bool, scale: float) -> None:
    """In several blocks, without copies of the inputs; large scores need a shift in the exponential."""
    b, h, n, e = 2, 3, 150, 4
    packed = numbers((b, n, 3 * h * e), np.float64) * scale
    results = []
    for lib, f in ((autograd, F), (torch, torch.nn.functional)):
        x = lib.tensor(packed, requires_grad=True)
        q, k, v = (t.view(b, n, h, e).transpose(1, 2) for t in x.split(h * e, 2))
        out = f.scaled_dot_product_attention(q, k, v, is_causal=causal)
        assert out.stride() == (n * h * e, e, h * e, 1)
        out.backward(lib.tensor(numbers((b, h, n, e), np.float64, 1)))
        results.append([out, x.grad])
    for a, c in zip(*results, strict=True):
        same(a, c, np.float64)


def test_gradients_of_some_inputs_alone() -> None:
    arrays = [numbers((1, 2, 70, 3), float, i) for i in range(3)]
    mask = numbers((70, 70), float, 3)
    tensors = [autograd.tensor(a, requires_grad=True) for a in (*arrays, mask)]
    F.scaled_dot_product_attention(*tensors).square().sum().backward()
    for i, whole in enumerate(tensors):
        alone = [autograd.tensor(a, requires_grad=i == j) for j, a in enumerate((*arrays, mask))]
        F.scaled_dot_product_attention(*alone).square().sum().backward()
        np.testing.assert_allclose(alone[i].grad.numpy(), whole.grad.numpy(), rtol=1e-12)
        assert all(t.grad is None for j, t in enumerate(alone) if j != i)


def test_weights_that_are_dropped() -> None:
    """As often as it says, and no other mean; the gradient belongs to the same ones."""
    q, k, v = autograd.zeros(1, 1, 100, 2), autograd.zeros(1, 1, 200, 2), autograd.eye(200)[None, None]
    v.requires_grad_()
    out = F.scaled_dot_product_attention(q, k, v, dropout_p=0.25)
    kept = out.detach().numpy()[0, 0] * 200
    np.testing.assert_allclose(kept[kept > 0], 4 / 3, rtol=1e-5)
    assert 0.73 < (kept > 0).mean() < 0.77
    out.backward(autograd.ones(1, 1, 100, 200))
    np.testing.assert_allclose(v.grad.numpy()[0, 0, :, 0], kept.sum(0) / 200, rtol=1e-4)
    assert F.scaled_dot_product_attention(q, k, v, dropout_p=1.0).abs().max().item() == 0


# ------------------------------------------------------------------------------------------ gumbel_softmax


def test_samples_of_a_category() -> None:
    autograd.manual_seed(0)
    logits = autograd.tensor([0.0, 1.0, 2.0]).log_softmax(0).expand(20_000, 3)
    hard = F.gumbel_softmax(logits, hard=True)
    assert set(hard.flatten().tolist()) == {0, 1}
    np.testing.assert_allclose(hard.sum(-1).numpy(), 1)
    np.testing.assert_allclose(hard.mean(0).numpy(), logits[0].exp().numpy(), atol=0.015)
    soft = F.gumbel_softmax(logits, tau=0.01)
    assert (soft.max(-1)[0] > 0.9).float().mean().item() > 0.95
    np.testing.assert_allclose(F.gumbel_softmax(logits[:5], tau=3, dim=0).sum(0).numpy(), 1, rtol=1e-6)
    with pytest.warns(UserWarning, match="eps"):
        F.gumbel_softmax(logits[:2], eps=1e-3)


def test_a_hard_sample_has_the_gradient_of_the_soft_one() -> None:
    gradients = []
    for hard in (True, False):
        autograd.manual_seed(3)
        logits = autograd.tensor(numbers((4, 5), np.float64), requires_grad=True)
        out = F.gumbel_softmax(logits, tau=0.7, hard=hard)
        out.backward(autograd.tensor(numbers((4, 5), np.float64, 1)))
        gradients.append(logits.grad.numpy())
    np.testing.assert_array_equal(*gradients)
    assert np.abs(gradients[0]).max() > 0.01
