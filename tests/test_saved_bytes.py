"""What a graph saves is never more than PyTorch saves for the same layer.

Both are counted by hooks on saved tensors: the bytes of the distinct memory behind what is packed, once with and once
without that of the floating-point arguments, which exists anyway.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn.functional
from autograd.graph import saved_tensors_hooks
from autograd.storage import owner

torch = pytest.importorskip("torch")

RNG = np.random.default_rng(0)


def floats(*shape: int) -> np.ndarray[Any, Any]:
    return RNG.normal(size=shape).astype(np.float32)


def memory(lib: Any, tensor: Any) -> tuple[Any, int]:
    """Which memory a tensor lies in, and its bytes."""
    if lib is torch:
        storage = tensor.untyped_storage()
        return storage.data_ptr(), storage.nbytes()
    holder = owner(tensor.array)
    return holder.__array_interface__["data"][0], holder.nbytes


def saved_bytes(lib: Any, layer: Callable[..., Any], arrays: tuple[Any, ...]) -> tuple[int, int]:
    """What a layer saves: (without the memory of its arguments, with it)."""
    given = [lib.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    saved: dict[Any, int] = {}
    alive = []  # so that no memory is used twice

    def pack(t: Any) -> Any:
        saved.update([memory(lib, t)])
        alive.append(t)
        return t

    hooks = torch.autograd.graph.saved_tensors_hooks if lib is torch else saved_tensors_hooks
    with hooks(pack, lambda t: t):
        layer(lib, *given)
    arguments = {
        memory(lib, t)[0] for t in given if t.is_floating_point()
    }  # we copy an index, PyTorch keeps it
    return sum(n for m, n in saved.items() if m not in arguments), sum(saved.values())


def functional(lib: Any) -> Any:
    return torch.nn.functional if lib is torch else nn.functional


def heads(t: Any) -> Any:
    """(32, 64) as 2 examples of 2 heads, 64 positions and 8 numbers, without a copy."""
    return t.reshape(2, 64, 2, 8).transpose(1, 2)


def attending(lib: Any, x: Any, y: Any, **options: Any) -> Any:
    q, k, v = heads(x + 1), heads(y + 1), heads(x + 2)
    return functional(lib).scaled_dot_product_attention(q, k, v, **options)


X, Y, W, B = floats(32, 64), floats(32, 64), floats(48, 64), floats(48)
POSITIVE = np.abs(X) + np.float32(0.1)
ROW, COLUMN = floats(64), floats(32, 1)
IMAGES, KERNEL = floats(4, 6, 9, 9), floats(5, 6, 3, 3)
CLASSES = RNG.integers(0, 32, 32)

# An intermediate result is made by `x + 1`, which saves nothing.
LAYERS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "linear": (lambda lib, x, w, b: functional(lib).linear(x + 1, w, b), (X, W, B)),
    "conv2d": (lambda lib, x, w, b: functional(lib).conv2d(x + 1, w, b, padding=1), (IMAGES, KERNEL, B[:5])),
    "conv2d, strided groups": (
        lambda lib, x, w: functional(lib).conv2d(x + 1, w, None, 2, 1, groups=2),
        (IMAGES, KERNEL[:4, :3]),
    ),
    "conv_transpose2d": (
        lambda lib, x, w: functional(lib).conv_transpose2d(x + 1, w, stride=2),
        (IMAGES[:, :5], KERNEL),
    ),
    "unfold": (lambda lib, x: functional(lib).unfold(x + 1, 3), (IMAGES,)),
    "fold": (lambda lib, x: functional(lib).fold(x.reshape(4, 54, 9) + 1, (5, 5), 3), (IMAGES[:, :, :, :9],)),
    "cross_entropy": (lambda lib, x, t: functional(lib).cross_entropy(x + 1, t), (X, CLASSES)),
    "cross_entropy, some ignored": (
        lambda lib, x, t: functional(lib).cross_entropy(x + 1, t, ignore_index=3),
        (X, CLASSES),
    ),
    "nll_loss": (lambda lib, x, t: functional(lib).nll_loss(x + 1, t), (X, CLASSES)),
    "mse_loss": (lambda lib, x, y: functional(lib).mse_loss(x + 1, y), (X, Y)),
    "l1_loss": (lambda lib, x, y: functional(lib).l1_loss(x + 1, y), (X, Y)),
    "smooth_l1_loss": (lambda lib, x, y: functional(lib).smooth_l1_loss(x + 1, y), (X, Y)),
    "huber_loss": (lambda lib, x, y: functional(lib).huber_loss(x + 1, y), (X, Y)),
    "bce_with_logits": (
        lambda lib, x, y: functional(lib).binary_cross_entropy_with_logits(x + 1, y.sigmoid()),
        (X, Y),
    ),
    **{
        name: (lambda lib, x, y, f=name: getattr(functional(lib), f)(x + 1, y.detach().sign()), (X, Y))
        for name in ("soft_margin_loss", "hinge_embedding_loss")
    },
    "kl_div": (lambda lib, x, y: functional(lib).kl_div(x + 1, y, reduction="sum"), (X, POSITIVE)),
    "poisson_nll_loss": (lambda lib, x, y: functional(lib).poisson_nll_loss(x + 1, y), (X, POSITIVE)),
    "gaussian_nll_loss": (
        lambda lib, x, y, v: functional(lib).gaussian_nll_loss(x + 1, y, v + 1),
        (X, Y, POSITIVE),
    ),
    "margin_ranking_loss": (
        lambda lib, x, y: functional(lib).margin_ranking_loss(x + 1, y, y.detach().sign()),
        (X, Y),
    ),
    "multi_margin_loss": (lambda lib, x, t: functional(lib).multi_margin_loss(x + 1, t), (X, CLASSES)),
    "multilabel_margin_loss": (
        lambda lib, x, t: functional(lib).multilabel_margin_loss(x + 1, t),
        (X, np.where(np.arange(64) < 8, CLASSES[:, None], -1)),
    ),
    "multilabel_soft_margin_loss": (
        lambda lib, x, y: functional(lib).multilabel_soft_margin_loss(x + 1, (y.detach() > 0).float()),
        (X, Y),
    ),
    "cosine_embedding_loss": (
        lambda lib, x, y: functional(lib).cosine_embedding_loss(x + 1, y + 1, y.detach()[:, 0].sign()),
        (X, Y),
    ),
    "triplet_margin_loss": (
        lambda lib, x, y: functional(lib).triplet_margin_loss(x + 1, y + 1, y - 1),
        (X, Y),
    ),
    "ctc_loss": (
        lambda lib, x, t: functional(lib).ctc_loss(
            x.reshape(16, 8, 16).log_softmax(2), t.reshape(8, 4) % 16, (16,) * 8, (4,) * 8, blank=15
        ),
        (X, CLASSES % 15),
    ),
    "linear_cross_entropy": (
        lambda lib, x, w, t: functional(lib).linear_cross_entropy(x + 1, w, t),
        (X, W, CLASSES),
    ),
    "add": (lambda lib, x, y: x + y, (X, Y)),
    "add, broadcast": (lambda lib, x, row: x + row, (X, ROW)),
    "sub": (lambda lib, x, y: x - y, (X, Y)),
    "mul": (lambda lib, x, y: (x + 1) * (y + 1), (X, Y)),
    "mul, broadcast": (lambda lib, x, column: (x + 1) * (column + 1), (X, COLUMN)),
    "mul, scalar": (lambda lib, x: (x + 1) * 3.0, (X,)),
    "div": (lambda lib, x, y: (x + 1) / (y + 1), (X, Y)),
    "div, scalar": (lambda lib, x: (x + 1) / 3.0, (X,)),
    "div of a scalar": (lambda lib, x: 3.0 / (x + 1), (POSITIVE,)),
    "matmul": (lambda lib, x, w: (x + 1) @ (w + 1).T, (X, W)),
    "bmm": (
        lambda lib, x, y: (x.reshape(4, 8, 64) + 1).bmm((y.reshape(4, 8, 64) + 1).transpose(1, 2)),
        (X, Y),
    ),
    "addmm": (lambda lib, x, w: lib.addmm(lib.zeros(32, 48), x + 1, (w + 1).t()), (X, W)),
    "outer": (lambda lib, x, y: lib.outer(x + 1, y + 1), (ROW, B)),
    "einsum": (lambda lib, x, y: lib.einsum("ij,kj->ik", x + 1, y + 1), (X, Y)),
    "attention": (lambda lib, x, y: ((x + 1) @ (y + 1).t() / 8).softmax(-1) @ (x + 1), (X, Y)),
    "scaled_dot_product_attention": (attending, (X, Y)),
    "scaled_dot_product_attention, causal": (
        lambda lib, x, y: attending(lib, x, y, is_causal=True),
        (X, Y),
    ),
    "scaled_dot_product_attention, mask": (
        lambda lib, x, y, m: attending(lib, x, y, attn_mask=m + 0.0),
        (X, Y, floats(64, 64)),
    ),
    "scaled_dot_product_attention, dropout": (
        lambda lib, x, y: attending(lib, x, y, dropout_p=0.3),
        (X, Y),
    ),
    **{f"pow {n}": (lambda lib, x, n=n: (x + 1) ** n, (POSITIVE,)) for n in (2, 3, 0.5, -1)},
    "pow, two arrays": (lambda lib, x, y: (x + 1) ** (y + 1), (POSITIVE, Y)),
    "max_pool2d": (lambda lib, x: functional(lib).max_pool2d(x.reshape(2, 4, 16, 16) + 1, 2), (X,)),
    "max_pool2d, overlapping": (
        lambda lib, x: functional(lib).max_pool2d(x.reshape(2, 4, 16, 16) + 1, 3, 2, 1),
        (X,),
    ),
    "avg_pool2d": (lambda lib, x: functional(lib).avg_pool2d(x.reshape(2, 4, 16, 16) + 1, 2), (X,)),
    "adaptive_avg_pool2d": (
        lambda lib, x: functional(lib).adaptive_avg_pool2d(x.reshape(2, 4, 16, 16) + 1, 3),
        (X,),
    ),
    "adaptive_max_pool2d": (
        lambda lib, x: functional(lib).adaptive_max_pool2d(x.reshape(2, 4, 16, 16) + 1, 3),
        (X,),
    ),
    **{
        f"pad, {mode}": (lambda lib, x, m=mode: functional(lib).pad(x + 1, (2, 1), mode=m), (X,))
        for mode in ("constant", "reflect", "replicate", "circular")
    },
    "interpolate": (
        lambda lib, x: functional(lib).interpolate(
            x.reshape(2, 4, 16, 16) + 1, scale_factor=2, mode="bilinear", align_corners=False
        ),
        (X,),
    ),
    "grid_sample": (
        lambda lib, x, y: functional(lib).grid_sample(
            x.reshape(2, 4, 16, 16) + 1, y.reshape(2, 16, 32, 2) + 1, align_corners=False
        ),
        (X, Y),
    ),
    "pixel_shuffle": (lambda lib, x: functional(lib).pixel_shuffle(x.reshape(2, 4, 16, 16) + 1, 2), (X,)),
    "dropout": (lambda lib, x: functional(lib).dropout(x + 1, 0.5), (X,)),
    "embedding": (lambda lib, x, i: functional(lib).embedding(i, x + 1), (X, CLASSES)),
    "embedding_bag": (
        lambda lib, x, i: functional(lib).embedding_bag(i[None], x + 1, mode="sum"),
        (X, CLASSES),
    ),
    "alpha_dropout": (lambda lib, x: functional(lib).alpha_dropout(x + 1, 0.5, True), (X,)),
    "batch_norm": (
        lambda lib, x, w: functional(lib).batch_norm(x + 1, None, None, w, w, training=True),
        (X, ROW),
    ),
    "group_norm": (lambda lib, x, w: functional(lib).group_norm(x + 1, 4, w, w), (X, ROW)),
    "instance_norm": (
        lambda lib, x, w: functional(lib).instance_norm(x[None] + 1, None, None, w, w),
        (X, W[0, :32]),
    ),
    "layer_norm": (lambda lib, x, w: functional(lib).layer_norm(x + 1, (64,), w, w), (X, ROW)),
    "rms_norm": (lambda lib, x, w: functional(lib).rms_norm(x + 1, (64,), w), (X, ROW)),
    "glu": (lambda lib, x: functional(lib).glu(x + 1, -1), (X,)),
    "threshold": (lambda lib, x: functional(lib).threshold(x + 1, 0.1, 0.2), (X,)),
    "gelu, tanh": (lambda lib, x: functional(lib).gelu(x + 1, approximate="tanh"), (X,)),
    "rows": (lambda lib, x, i: (x + 1)[i], (X, CLASSES)),
    "slice": (lambda lib, x: (x + 1)[:3], (X,)),
    "mask": (lambda lib, x: (x + 1)[x > 0], (X,)),
    "index_select": (lambda lib, x, i: (x + 1).index_select(0, i), (X, CLASSES)),
    "gather": (lambda lib, x, i: (x + 1).gather(1, i[:, None]), (X, CLASSES)),
    "sort": (lambda lib, x: (x + 1).sort(1)[0], (X,)),
    "topk": (lambda lib, x: (x + 1).topk(3, 1)[0], (X,)),
    "cat": (lambda lib, x, y: lib.cat([x + 1, y + 1]), (X, Y)),
    "stack": (lambda lib, x, y: lib.stack([x + 1, y + 1]), (X, Y)),
    "where": (lambda lib, x, y: lib.where(x > 0, x + 1, y + 1), (X, Y)),
    "maximum": (lambda lib, x, y: lib.maximum(x + 1, y + 1), (X, Y)),
    "clamp": (lambda lib, x: (x + 1).clamp(0, 1), (X,)),
    "masked_fill": (lambda lib, x: (x + 1).masked_fill(x > 0, 0.0), (X,)),
    "transpose": (lambda lib, x: (x + 1).t(), (X,)),
    "reshape": (lambda lib, x: (x + 1).reshape(-1), (X,)),
    "expand": (lambda lib, x: (x + 1).expand(32, 64), (COLUMN,)),
    "tril": (lambda lib, x: (x + 1).tril(), (X,)),
    "lerp": (lambda lib, x, y: lib.lerp(x + 1, y + 1, 0.3), (X, Y)),
    "addcmul": (lambda lib, x, y: lib.addcmul(x + 1, x + 1, y + 1), (X, Y)),
    "logaddexp": (lambda lib, x, y: lib.logaddexp(x + 1, y + 1), (X, Y)),
}
for name in [
    "relu",
    "tanh",
    "sigmoid",
    "exp",
    "sqrt",
    "rsqrt",
    "abs",
    "sin",
    "cos",
    "square",
    "neg",
    "erf",
    "log1p",
    "expm1",
    "reciprocal",
    "log",
    "floor",
    "sign",
]:
    LAYERS[name] = lambda lib, x, f=name: getattr(lib, f)(x + 1), (POSITIVE,)
for name in [
    "gelu",
    "silu",
    "softplus",
    "elu",
    "leaky_relu",
    "logsigmoid",
    "selu",
    "celu",
    "mish",
    "hardtanh",
    "hardswish",
    "hardsigmoid",
    "relu6",
    "softsign",
    "tanhshrink",
    "hardshrink",
    "softshrink",
]:
    LAYERS[name] = lambda lib, x, f=name: getattr(functional(lib), f)(x + 1), (X,)
for name in ("softmax", "log_softmax", "softmin"):
    LAYERS[name] = lambda lib, x, f=name: getattr(functional(lib), f)(x + 1, -1), (X,)
for name in ("sum", "mean", "prod", "amax", "amin", "var", "std", "logsumexp", "cumsum", "cumprod"):
    LAYERS[f"{name} of rows"] = lambda lib, x, f=name: getattr(x + 1, f)(1), (POSITIVE,)
for name in ("max", "min", "median"):
    LAYERS[f"{name} of rows"] = lambda lib, x, f=name: getattr(x + 1, f)(1)[0], (POSITIVE,)
for name in ("sum", "mean", "prod", "max", "min", "var", "std", "norm"):
    LAYERS[name + " of all"] = lambda lib, x, f=name: getattr(x + 1, f)(), (POSITIVE,)


@pytest.mark.parametrize("name", LAYERS)
def test_no_layer_saves_more_than_pytorchs(name: str) -> None:
    layer, arrays = LAYERS[name]
    ours, theirs = (saved_bytes(lib, layer, arrays) for lib in (autograd, torch))
    assert ours[0] <= theirs[0]
    assert ours[1] <= theirs[1]


def layer_norm(lib: Any, x: Any, scale: Any, shift: Any) -> Any:
    x = x + 1
    centred = x - x.mean(-1, keepdim=True)
    return centred / lib.sqrt((centred**2).mean(-1, keepdim=True) + 1e-5) * scale + shift


def layer_norm_by_var(lib: Any, x: Any, scale: Any, shift: Any) -> Any:
    x = x + 1
    variance = x.var(-1, keepdim=True, unbiased=False)
    return (x - x.mean(-1, keepdim=True)) * lib.rsqrt(variance + 1e-5) * scale + shift


@pytest.mark.parametrize("composed", [layer_norm, layer_norm_by_var])
def test_layer_norm_in_small_operations(composed: Callable[..., Any]) -> None:
    arrays = X, ROW, floats(64)
    ours, theirs = (saved_bytes(lib, composed, arrays) for lib in (autograd, torch))
    assert ours[0] <= theirs[0]
    assert ours[1] <= theirs[1]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "silu"])
def test_a_whole_network(activation: str) -> None:
    def network(lib: Any, x: Any, t: Any, *weights: Any) -> Any:
        f = functional(lib)
        for w, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            x = getattr(f, activation)(f.linear(x, w, b))
        return f.cross_entropy(f.linear(x, *weights[-2:]), t)

    sizes = [(48, 64), (48,), (24, 48), (24,), (10, 24), (10,)]
    arrays = (X, CLASSES % 10, *(floats(*s) for s in sizes))
    ours, theirs = (saved_bytes(lib, network, arrays) for lib in (autograd, torch))
    assert ours[0] <= theirs[0]
    assert ours[1] <= theirs[1]
    hidden = 32 * (48 + 24) * 4
    assert ours[0] <= 2 * hidden + 32 * 10 * 4 + 32 * 8  # two results a layer, the softmax, the classes


def test_what_is_saved_exactly() -> None:
    """Relu keeps its result, a sum nothing, a product both factors once."""
    measure = functools.partial(saved_bytes, autograd)
    n = X.nbytes
    assert measure(lambda lib, x: (x + 1).relu().sum(), (X,)) == (n, n)
    assert measure(lambda lib, x: (x + 1).sum(), (X,)) == (0, 0)
    assert measure(lambda lib, x, y: x * y, (X, Y)) == (0, 2 * n)
    assert measure(lambda lib, x: x * x, (X,)) == (0, n)
