"""Normalisation layers beside PyTorch's, their buffers over several steps, memory layouts, and what they refuse."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, BatchingError, DTypeError, InPlaceError, ShapeError
from tests.nn.parity_case import PRECISION, case, compare, pair, random_input, same

torch = pytest.importorskip("torch")

LAYERS = [
    case("BatchNorm1d", 4),
    case("BatchNorm1d", 4, shape=(5, 4, 3)),
    case("BatchNorm1d", 4, momentum=None, shape=(5, 4, 3)),
    case("BatchNorm1d", 4, affine=False),
    case("BatchNorm1d", 4, bias=False),
    case("BatchNorm1d", 4, 1e-2, 0.3, track_running_stats=False),
    case("BatchNorm2d", 3, shape=(2, 3, 4, 5)),
    case("BatchNorm2d", 3, eps=0.1, momentum=1.0, shape=(2, 3, 4, 5)),
    case("BatchNorm3d", 3, momentum=0.0, shape=(2, 3, 2, 3, 2)),
    case("InstanceNorm1d", 4, shape=(5, 4, 3)),
    case("InstanceNorm1d", 4, affine=True, track_running_stats=True, shape=(5, 4, 3)),
    case("InstanceNorm1d", 4, affine=True, shape=(4, 3)),
    case("InstanceNorm2d", 3, affine=True, bias=False, shape=(2, 3, 4, 5)),
    case("InstanceNorm2d", 3, track_running_stats=True, shape=(3, 4, 5)),
    case("InstanceNorm3d", 3, 0.1, 0.5, True, True, shape=(2, 3, 2, 3, 2)),
    case("LayerNorm", 4),
    case("LayerNorm", (5, 4), shape=(3, 5, 4)),
    case("LayerNorm", [4], 0.1, bias=False, shape=(2, 3, 4)),
    case("LayerNorm", 4, elementwise_affine=False),
    case("GroupNorm", 2, 12, shape=(5, 12)),
    case("GroupNorm", 2, 6, shape=(3, 6, 4, 5)),
    case("GroupNorm", 1, 4, 0.1, shape=(3, 4, 5)),
    case("GroupNorm", 4, 4, affine=False, shape=(3, 4, 5)),
    case("GroupNorm", 2, 4, bias=False, shape=(3, 4, 5)),
    case("RMSNorm", 4),
    case("RMSNorm", (5, 4), 0.1, shape=(3, 5, 4)),
    case("RMSNorm", 4, elementwise_affine=False),
    case("LocalResponseNorm", 3, shape=(2, 5, 4)),
    case("LocalResponseNorm", 2, 0.3, 1.5, 2.0, shape=(2, 5, 4, 3)),
    case("LocalResponseNorm", 9, alpha=0.3, shape=(2, 5, 4, 3, 2)),
]


def with_random_weights(ours, theirs):
    """Weights that are not all 1."""
    rng = np.random.default_rng(5)
    with torch.no_grad():
        for p in theirs.parameters():
            p.copy_(torch.tensor(rng.uniform(0.5, 2, tuple(p.shape))))
    ours.load_state_dict(theirs.state_dict())


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_layers(name, args, kwargs, shape, dtype):
    """In three steps of training and then in evaluation, with the buffers after each."""
    ours, theirs = pair(name, args, kwargs, dtype)
    with_random_weights(ours, theirs)
    for step in range(4):
        if step == 3:
            ours.eval(), theirs.eval()
        ours.zero_grad(), theirs.zero_grad()
        compare(ours, theirs, [random_input(shape, dtype, step)], dtype)
        for (key, a), (other, b) in zip(ours.named_buffers(), theirs.named_buffers(), strict=True):
            assert key == other
            if key == "num_batches_tracked":
                assert (a.item(), a.dtype) == (b.item(), autograd.int64)
            else:
                same(a, b, dtype)


@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_second_derivatives(name, args, kwargs, shape):
    ours, theirs = pair(name, args, kwargs, np.float64)
    with_random_weights(ours, theirs)
    x, v = random_input(shape, np.float64), random_input(shape, np.float64, 1)
    found = []
    for lib, layer in ((autograd, ours), (torch, theirs)):
        t = lib.tensor(x, requires_grad=True)
        inputs = [t, *layer.parameters()]
        weights = lib.tensor(v)
        first = lib.autograd.grad((layer(t) * weights).sum(), inputs, create_graph=True)
        total = sum((f * f * (i + 1)).sum() for i, f in enumerate(first))
        found.append(lib.autograd.grad(total, inputs, allow_unused=True))
    for a, b in zip(*found, strict=True):
        if b is None:
            assert a is None or not a.numpy().any()
        else:
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-8, atol=1e-8)


# ------------------------------------------------------------------------------------------ memory layouts

ORDERS = {"HCWN": (2, 1, 3, 0), "NHWC": (0, 2, 3, 1), "NHCW": (0, 2, 1, 3), "WHCN": (3, 2, 1, 0)}
FUNCTIONS = {
    "batch_norm": lambda x, w, b: F.batch_norm(x, None, None, w, b, True),
    "batch_norm in evaluation": lambda x, w, b: F.batch_norm(x, w.detach(), b.detach().abs(), w, b),
    "instance_norm": lambda x, w, b: F.instance_norm(x, None, None, w, b),
    "group_norm": lambda x, w, b: F.group_norm(x, 3, w, b),
    "layer_norm": lambda x, w, b: F.layer_norm(x, x.shape[1:]) * w[0] + b[0],
}


def in_order(x, order):
    """The same numbers, lying in memory in another order."""
    laid = np.ascontiguousarray(x.transpose(order))
    return laid.transpose(np.argsort(order))


@pytest.mark.parametrize("shape", [(3, 6, 4, 5), (16, 6, 20, 40), (2, 6, 1, 7)])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whichever_way_the_input_lies(name, order, shape):
    """The numbers are the same; batch norm's results lie as its inputs do."""
    rng = np.random.default_rng(0)
    x, g = rng.normal(1, 2, shape), rng.normal(size=shape)
    w, b = rng.uniform(0.5, 2, shape[1]), rng.normal(size=shape[1])
    results = []
    for laid_x, laid_g in ((x, g), (in_order(x, ORDERS[order]), g), (x, in_order(g, ORDERS[order]))):
        tensors = [autograd.tensor(a, requires_grad=True) for a in (x, w, b)]
        tensors[0].data = autograd.from_numpy(laid_x)
        out = FUNCTIONS[name](*tensors)
        strides = out.array.strides  # before a view is taken, which may settle it in C order
        out.backward(autograd.from_numpy(laid_g))
        results.append([out.detach().numpy(), *(t.grad.numpy() for t in tensors)])
        if name.startswith("batch_norm"):
            wide = [i for i, n in enumerate(shape) if n > 1]
            assert [strides[i] for i in wide] == [laid_x.strides[i] for i in wide]
    for other in results[1:]:
        for a, e in zip(other, results[0], strict=True):
            np.testing.assert_allclose(a, e, rtol=1e-10, atol=1e-10)


def test_means_far_from_zero():
    """In single precision the deviations are not lost beside a mean a thousand times as large."""
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(64, 8, 5)) + 1000 * (1 + np.arange(8))[:, None]).astype(np.float32)
    for function in (
        lambda t: F.batch_norm(t, None, None, training=True),
        lambda t: F.group_norm(t, 8),
        lambda t: F.layer_norm(t, (5,)),
    ):
        single = function(autograd.tensor(x)).numpy()
        exact = function(autograd.tensor(x.astype(np.float64))).numpy()
        np.testing.assert_allclose(single, exact, atol=2e-4)


# ------------------------------------------------------------------------------------------ half precision


@pytest.mark.parametrize("parameters", [np.float16, np.float32])
@pytest.mark.parametrize("name", ["batch_norm", "group_norm", "layer_norm"])
def test_half_precision(name, parameters):
    rng = np.random.default_rng(0)
    x, g = (rng.normal(size=(6, 4)).astype(np.float16) for _ in range(2))
    w, b = (rng.uniform(0.5, 2, 4).astype(parameters) for _ in range(2))
    found = []
    for lib, functional in ((autograd, F), (torch, torch.nn.functional)):
        t, scale, shift = (lib.tensor(a, requires_grad=True) for a in (x, w, b))
        calls = {
            "batch_norm": lambda f, *a: f.batch_norm(a[0], None, None, *a[1:], training=True),
            "group_norm": lambda f, *a: f.group_norm(a[0], 1, *a[1:]),
            "layer_norm": lambda f, *a: f.layer_norm(a[0], (4,), *a[1:]),
        }
        out = calls[name](functional, t, scale, shift)
        out.backward(lib.tensor(g))
        found.append([out.detach().numpy(), *(p.grad.numpy() for p in (t, scale, shift))])
    for a, e in zip(*found, strict=True):
        assert a.dtype == e.dtype
        np.testing.assert_allclose(a.astype(float), e.astype(float), rtol=4e-3, atol=4e-3)


def test_the_smallest_summand_of_rms_norm():
    for dtype, size in ((np.float16, 1e-3), (np.float32, 1e-4), (np.float64, 1e-8)):
        x = np.full((1, 4), size, dtype)
        ours, theirs = (
            F.rms_norm(autograd.tensor(x), (4,)),
            torch.nn.functional.rms_norm(torch.tensor(x), (4,)),
        )
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-3 if dtype == np.float16 else 1e-5)


# ------------------------------------------------------------------------------------------ what is refused

X = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
FOUR, FIVE = np.ones(4, np.float32), np.ones(5, np.float32)
MISTAKES = {
    "one value": (lambda f, t: f.batch_norm(t(X[:1, :, 0]), None, None, training=True), "more than 1 value per"),
    "one running": (lambda f, t: f.batch_norm(t(X), t(FOUR), None, training=True), "must either both be None"),
    "no running": (lambda f, t: f.batch_norm(t(X), None, None), "must be defined in evaluation mode"),
    "eps 0": (lambda f, t: f.batch_norm(t(X), None, None, training=True, eps=0), "eps must be positive"),
    "eps < 0": (lambda f, t: f.batch_norm(t(X), t(FOUR), t(FOUR), eps=-1), "eps must be non-negative"),
    "weights": (lambda f, t: f.batch_norm(t(X), None, None, t(FIVE), training=True), "weight should contain 4"),
    "running": (lambda f, t: f.batch_norm(t(X), t(FOUR), t(FIVE)), "running_var should contain 4"),
    "integers": (lambda f, t: f.batch_norm(t(X.astype(int)), None, None, training=True), "floating"),
    "dtypes": (lambda f, t: f.batch_norm(t(X), None, None, t(FOUR.astype(float)), training=True), "dtype"),
    "one element": (lambda f, t: f.instance_norm(t(X[..., :1])), "more than 1 spatial element"),
    "instance, no running": (lambda f, t: f.instance_norm(t(X), use_input_stats=False), "to be defined when"),
    "groups": (lambda f, t: f.group_norm(t(X), 3), "divisible by num_groups"),
    "a vector": (lambda f, t: f.group_norm(t(X[0, 0]), 1), "at least 2 dimensions"),
    "one in a group": (lambda f, t: f.group_norm(t(X[:1, :, 0]), 4), "more than 1 value per channel"),
    "group weights": (lambda f, t: f.group_norm(t(X), 2, t(FIVE)), "weight"),
    "shape": (lambda f, t: f.layer_norm(t(X), (4,)), "Given normalized_shape="),
    "empty": (lambda f, t: f.layer_norm(t(X), ()), "at least 1-dimensional"),
    "layer weights": (lambda f, t: f.layer_norm(t(X), (5,), t(FOUR)), "Expected weight to be of same shape"),
    "layer bias": (lambda f, t: f.layer_norm(t(X), (5,), None, t(FOUR)), "Expected bias to be of same shape"),
    "a number": (lambda f, t: f.layer_norm(t(X), 5), "normalized_shape"),
    "rms weights": (lambda f, t: f.rms_norm(t(X), (5,), t(FOUR)), "Expected weight to be of same shape"),
    "rms, integers": (lambda f, t: f.rms_norm(t(X.astype(int)), (5,)), "floating"),
    "a matrix": (lambda f, t: f.local_response_norm(t(X[0]), 2), "3D or higher"),
    "size": (lambda f, t: f.local_response_norm(t(X), 0), "greater than zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name):
    """An error of the type that PyTorch raises, with what its message says."""
    call, message = MISTAKES[name]
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # whichever PyTorch raises
        call(torch.nn.functional, torch.tensor)
    kind = RuntimeError if theirs.type is NotImplementedError else theirs.type
    with pytest.raises(kind, match=message):
        call(F, autograd.tensor)


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (lambda lib: lib.BatchNorm1d(4), (2, 4, 3, 3), "expected 2D or 3D input"),
        (lambda lib: lib.BatchNorm2d(4), (2, 4, 3), "expected 4D input"),
        (lambda lib: lib.BatchNorm3d(4), (2, 4, 3), "expected 5D input"),
        (lambda lib: lib.BatchNorm1d(3), (2, 4, 3), "should contain 4"),
        (lambda lib: lib.InstanceNorm2d(4), (2, 4), "expected 3D or 4D input"),
        (lambda lib: lib.InstanceNorm1d(3, affine=True), (2, 4, 3), "to match num_features"),
        (lambda lib: lib.GroupNorm(3, 4), (), "must be divisible by num_groups"),
    ],
)
def test_mistakes_of_layers(layer, shape, message):
    with pytest.raises((ValueError, RuntimeError)) as theirs:
        layer(torch.nn)(torch.zeros(*shape))
    with pytest.raises(theirs.type, match=message):
        layer(nn)(autograd.zeros(*shape))


def test_a_layer_without_weights_warns_of_another_number_of_channels():
    layer = nn.InstanceNorm1d(3)
    with pytest.warns(UserWarning, match="num_features is not used"):
        assert layer(autograd.randn(2, 4, 5)).shape == (2, 4, 5)


def test_errors_are_ours():
    x = autograd.tensor(X)
    with pytest.raises(ShapeError):
        F.batch_norm(x[:1, :, 0], None, None, training=True)
    with pytest.raises(ArgumentError):
        F.batch_norm(x, None, None)
    with pytest.raises(DTypeError):
        F.layer_norm(x.long(), (5,))


def test_a_failure_leaves_the_statistics():
    layer = nn.BatchNorm1d(4)
    with pytest.raises(ShapeError):
        layer(autograd.randn(1, 4))
    assert layer.running_mean.tolist() == [0, 0, 0, 0]
    assert layer.num_batches_tracked.item() == 0
    frozen = autograd.from_numpy(np.broadcast_to(np.float32(0), (4,)))
    with pytest.raises(InPlaceError, match="read-only"):
        F.batch_norm(autograd.tensor(X), autograd.zeros(4), frozen, training=True)


def test_an_empty_batch_leaves_the_statistics():
    mean, variance = autograd.zeros(4), autograd.ones(4)
    out = F.batch_norm(autograd.zeros(0, 4, 5), mean, variance, training=True)
    assert out.shape == (0, 4, 5)
    assert (mean.tolist(), variance.tolist()) == ([0] * 4, [1] * 4)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("name", "args", "shape"),
    [
        ("BatchNorm1d", (3,), (0, 3)),
        ("BatchNorm1d", (3,), (0, 3, 2)),
        ("BatchNorm2d", (3,), (4, 3, 0, 2)),
        ("GroupNorm", (2, 4), (0, 4, 2)),
        ("InstanceNorm1d", (3, 1e-5, 0.1, True, True), (4, 3, 0)),
        ("InstanceNorm1d", (0,), (4, 0, 5)),
        ("LayerNorm", (3,), (0, 3)),
    ],
)
def test_no_elements(name, args, shape, training):
    results = []
    for lib, tensors in ((torch, torch.nn), (autograd, nn)):
        layer = getattr(tensors, name)(*args).train(training)
        x = lib.zeros(*shape, requires_grad=True)
        layer(x).sum().backward()
        results.append([x.grad, *(p.grad for p in layer.parameters()), *layer.buffers()])
    for theirs, ours in zip(*results, strict=True):
        same(ours.detach(), theirs.detach(), ours.numpy().dtype.type, 1e-7)


def test_no_elements_for_a_group():
    layer = nn.GroupNorm(2, 4)  # PyTorch's gradient by the weight is nan here
    layer(autograd.zeros(3, 4, 0)).sum().backward()
    assert layer.weight.grad.tolist() == [0, 0, 0, 0]


def test_under_vmap():
    layer = nn.BatchNorm1d(4)
    x = autograd.randn(3, 5, 4)
    with pytest.raises(BatchingError, match="running statistics"):
        autograd.vmap(layer)(x)
    np.testing.assert_allclose(
        autograd.vmap(layer.eval())(x).detach().numpy(), x.numpy() / np.sqrt(1 + 1e-5), rtol=1e-6
    )


def test_a_frozen_part_costs_nothing_and_the_others_keep_their_gradients():
    x, g = (np.random.default_rng(i).normal(size=(6, 4, 3)) for i in range(2))
    for wanted in range(1, 8):
        needs = [bool(wanted & 1 << i) for i in range(3)]
        found = []
        for every in (needs, [True] * 3):
            arrays = (x, np.linspace(1, 2, 4), np.ones(4))
            tensors = [autograd.tensor(a, requires_grad=n) for a, n in zip(arrays, every, strict=True)]
            for out in (
                F.batch_norm(tensors[0], None, None, *tensors[1:], True),
                F.group_norm(tensors[0], 2, *tensors[1:]),
            ):
                out.backward(autograd.tensor(g))
            found.append([t.grad for t in tensors])
        for need, a, e in zip(needs, *found, strict=True):
            if need:
                np.testing.assert_allclose(a.numpy(), e.numpy(), rtol=1e-12)
            else:
                assert a is None


@pytest.mark.parametrize("scale", [1e18, 1e-18])
@pytest.mark.parametrize("function", ["layer_norm", "rms_norm"])
def test_rows_of_very_large_and_very_small_numbers_have_gradients(function, scale):
    rng = np.random.default_rng(0)
    rows, g = (rng.standard_normal((8, 50)).astype(np.float32) for _ in range(2))
    x = autograd.tensor(rows * np.float32(scale), requires_grad=True)
    getattr(F, function)(x, (50,)).backward(autograd.tensor(g))
    wide = torch.tensor(
        (rows * np.float32(scale)).astype(np.float64), requires_grad=True
    )  # PyTorch's float32 is off
    getattr(torch.nn.functional, function)(
        wide, (50,), eps=1e-5 if function == "layer_norm" else 2**-23
    ).backward(torch.tensor(g.astype(np.float64)))
    expected = wide.grad.numpy()
    np.testing.assert_allclose(x.grad.numpy(), expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())
