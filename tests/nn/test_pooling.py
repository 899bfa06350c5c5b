"""Pools, borders, resizing and shuffles beside PyTorch's: layers, edge values, memory layouts, mistakes."""

import itertools

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import AutogradError
from tests.nn.parity_case import PRECISION, case, compare, pair, random_input

torch = pytest.importorskip("torch")

SIGNAL, IMAGE, VOLUME = (2, 3, 9), (2, 3, 7, 8), (2, 2, 4, 6, 5)
PADS = {1: (2, 1), 2: (1, 2, 0, 3), 3: (1, 0, 2, 1, 1, 2)}
INPUTS = {1: SIGNAL, 2: IMAGE, 3: VOLUME}

LAYERS = [
    case("MaxPool1d", 2, shape=SIGNAL),
    case("MaxPool1d", 3, stride=2, padding=1, dilation=2, ceil_mode=True, shape=SIGNAL),
    case("MaxPool2d", 2, shape=IMAGE),
    case("MaxPool2d", (3, 2), stride=(2, 1), padding=(1, 0), shape=IMAGE),
    case("MaxPool2d", 3, 2, 1, ceil_mode=True, shape=IMAGE[1:]),
    case("MaxPool3d", 2, shape=VOLUME),
    case("AvgPool1d", 3, 2, 1, shape=SIGNAL),
    case("AvgPool1d", 2, ceil_mode=True, count_include_pad=False, shape=SIGNAL[1:]),
    case("AvgPool2d", 2, shape=IMAGE),
    case("AvgPool2d", (3, 2), (2, 1), (1, 0), count_include_pad=False, shape=IMAGE),
    case("AvgPool2d", 3, divisor_override=2, shape=IMAGE),
    case("AvgPool3d", 2, 1, shape=VOLUME),
    case("LPPool1d", 2, 3, shape=SIGNAL),
    case("LPPool2d", 2.0, 3, stride=2, shape=IMAGE),
    case("LPPool2d", float("inf"), (2, 3), shape=IMAGE),
    case("LPPool3d", 4, 2, ceil_mode=True, shape=VOLUME),
    case("AdaptiveAvgPool1d", 4, shape=SIGNAL),
    case("AdaptiveAvgPool2d", (None, 3), shape=IMAGE),
    case("AdaptiveAvgPool2d", 1, shape=IMAGE),
    case("AdaptiveAvgPool3d", (2, 3, 7), shape=VOLUME),
    case("AdaptiveMaxPool1d", 3, shape=SIGNAL),
    case("AdaptiveMaxPool2d", (5, None), shape=IMAGE),
    case("AdaptiveMaxPool2d", 1, shape=IMAGE),
    case("AdaptiveMaxPool3d", 2, shape=VOLUME[1:]),
    *(
        case(f"{kind}Pad{n}d", width, *((1.5,) if kind == "Constant" else ()), shape=INPUTS[n])
        for kind in ("Constant", "Zero", "Reflection", "Replication", "Circular")
        for n in (1, 2, 3)
        for width in (1, PADS[n])
    ),
    case("ZeroPad2d", (-1, 2, 1, -2), shape=IMAGE),
    case("ReflectionPad2d", (-1, 2, 1, -2), shape=IMAGE[1:]),
    case("Upsample", 12, shape=SIGNAL),
    case("Upsample", scale_factor=(2, 1.5), shape=IMAGE),
    case("Upsample", scale_factor=1.7, mode="bilinear", align_corners=True, shape=IMAGE),
    case("Upsample", scale_factor=1.7, mode="bicubic", recompute_scale_factor=True, shape=IMAGE),
    case("Upsample", size=(3, 9, 2), mode="trilinear", shape=VOLUME),
    case("Upsample", 5, mode="linear", shape=SIGNAL),
    case("UpsamplingNearest2d", scale_factor=3, shape=IMAGE),
    case("UpsamplingBilinear2d", (9, 4), shape=IMAGE),
    case("PixelShuffle", 2, shape=(2, 8, 3, 4)),
    case("PixelUnshuffle", 2, shape=(2, 1, 6, 4)),
    case("ChannelShuffle", 3, shape=(2, 6, 3, 4)),
]


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_layers(name, args, kwargs, shape, dtype):
    ours, theirs = pair(name, args, kwargs, dtype)
    compare(ours, theirs, [random_input(shape, dtype)], dtype)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooling(dims):
    """A pool's result goes back to where it was; the size that the pool rounded off can be given."""
    shape = INPUTS[dims]
    x = random_input(shape, np.float64)
    for kernel, stride, padding in ((2, None, 0), (3, 2, 1)):
        results = []
        for lib in (nn, torch.nn):
            tensor = (autograd if lib is nn else torch).tensor(x, requires_grad=True)
            pool = getattr(lib, f"MaxPool{dims}d")(kernel, stride, padding, return_indices=True)
            unpool = getattr(lib, f"MaxUnpool{dims}d")(kernel, stride, padding)
            out, indices = pool(tensor)
            back = unpool(out, indices, output_size=shape)
            (back * back).sum().backward()
            results.append((repr(unpool), indices.tolist(), back.detach().numpy(), tensor.grad.numpy()))
        (name, at, out, grad), (their_name, their_at, their_out, their_grad) = results
        assert (name, at) == (their_name, their_at)
        np.testing.assert_array_equal(out, their_out)
        np.testing.assert_array_equal(grad, their_grad)


@pytest.mark.parametrize(
    ("dims", "options"), [(2, {"output_size": 3}), (3, {"output_ratio": (0.5, 0.5, 0.5)})]
)
def test_fractional_pooling(dims, options):
    """The same places from the same numbers."""
    shape = (2, 3, 8, 9) if dims == 2 else (2, 2, 8, 7, 9)
    x = random_input(shape, np.float32)
    samples = np.random.default_rng(0).random((2, shape[1], dims)).astype(np.float32)
    found = []
    for lib, t in ((nn, autograd), (torch.nn, torch)):
        kind = getattr(lib, f"FractionalMaxPool{dims}d")
        layer = kind(2, return_indices=True, _random_samples=t.tensor(samples), **options)
        tensor = t.tensor(x, requires_grad=True)
        out, indices = layer(tensor)
        out.square().sum().backward()
        results = (out.tolist(), indices.tolist(), tensor.grad.tolist())
        found.append((repr(layer), list(layer.state_dict()), *results))
    assert found[0] == found[1]


def test_fractional_pooling_draws_places():
    """Anew for each call, the same ones from the same seed; the last window ends where the input does."""
    x = autograd.arange(100.0).reshape(1, 1, 10, 10).expand(4, 5, 10, 10)
    layer = nn.FractionalMaxPool2d(2, output_ratio=0.6)
    autograd.manual_seed(0)
    first, second = layer(x), layer(x)
    autograd.manual_seed(0)
    assert autograd.equal(layer(x), first)
    assert not autograd.equal(first, second)
    assert (first[..., -1, -1] == 99).all()
    rows = first[..., -1].detach().numpy() // 10
    assert (rows[..., 0] == 1).all()
    assert set(np.diff(rows, axis=-1).reshape(-1)) <= {1.0, 2.0}


def test_images_of_bytes():
    """They stay bytes; PyTorch's weights are rounded to 16 bits, so a number may differ by 1."""
    x = np.random.default_rng(0).integers(0, 256, (1, 2, 9, 11)).astype(np.uint8)
    for mode, antialias, size in itertools.product(
        ("bilinear", "bicubic"), (False, True), ((5, 5), (20, 30))
    ):
        out = F.interpolate(autograd.tensor(x), size, mode=mode, antialias=antialias)
        expected = torch.nn.functional.interpolate(torch.tensor(x), size, mode=mode, antialias=antialias)
        assert out.dtype == autograd.uint8
        difference = np.abs(out.numpy().astype(int) - expected.numpy().astype(int))
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.05


def test_the_first_of_equal_elements_gets_the_gradient():
    """… and of several nan the last, as in PyTorch; the windows overlap, lie apart, or are large."""
    rng = np.random.default_rng(1)
    x = rng.integers(-1, 2, (2, 3, 12, 12)).astype(np.float64)
    with_nan = x.copy()
    with_nan[rng.random(x.shape) < 0.1] = np.nan
    low = np.full((1, 1, 12, 12), -np.inf)
    for array, (kernel, stride, padding) in itertools.product(
        (x, with_nan, low), ((2, 2, 0), (3, 2, 1), (2, 3, 0), (5, 1, 2), (12, 1, 0))
    ):
        ours = autograd.tensor(array, requires_grad=True)
        theirs = torch.tensor(array, requires_grad=True)
        out, indices = F.max_pool2d(ours, kernel, stride, padding, return_indices=True)
        expected, their_indices = torch.nn.functional.max_pool2d(
            theirs, kernel, stride, padding, return_indices=True
        )
        np.testing.assert_array_equal(out.detach().numpy(), expected.detach().numpy())
        np.testing.assert_array_equal(indices.numpy(), their_indices.numpy())
        g = rng.normal(size=expected.shape)
        g[0, 0, 0, 0] = np.inf
        out.backward(autograd.tensor(g))
        expected.backward(torch.tensor(g))
        np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("kernel", [2, (3, 1), 5])
def test_the_result_may_be_overwritten(kernel):
    """MaxPool2d, then ReLU(inplace=True): the derivative needs only the input."""
    x = random_input((2, 3, 6, 6), np.float64)
    grads = []
    for lib, tensor in ((nn, autograd.tensor), (torch.nn, torch.tensor)):
        given = tensor(x, requires_grad=True)
        (lib.Sequential(lib.MaxPool2d(kernel), lib.ReLU(inplace=True))(given) ** 2).sum().backward()
        grads.append(given.grad.numpy())
    np.testing.assert_allclose(*grads, rtol=1e-12)


def in_order(a, order):
    """The array with its dimensions in memory in this order."""
    return np.ascontiguousarray(a.transpose(order)).transpose(np.argsort(order))


POOLS = {
    "max": lambda x: F.max_pool2d(x, 2),
    "max, overlapping": lambda x: F.max_pool2d(x, 3, 2, 1),
    "mean": lambda x: F.avg_pool2d(x, 2),
    "mean, overlapping": lambda x: F.avg_pool2d(x, 3, 1, 1, count_include_pad=False),
    "adaptive mean": lambda x: F.adaptive_avg_pool2d(x, (3, 5)),
    "zeros": lambda x: F.pad(x, (1, 1, 2, 0)),
    "reflect": lambda x: F.pad(x, (1, 1, 2, 0), "reflect"),
    "nearest": lambda x: F.interpolate(x, scale_factor=2),
    "bilinear": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
}


@pytest.mark.parametrize("name", POOLS)
@pytest.mark.parametrize("order", [(2, 1, 3, 0), (0, 2, 3, 1)], ids=["HCWN", "NHWC"])
def test_the_order_in_memory_stays(name, order):
    """Results and gradients lie as the input does, and are those of C order."""
    x = random_input((4, 3, 8, 6), np.float64)
    plain, moved = (
        autograd.tensor(x, requires_grad=True),
        autograd.from_numpy(in_order(x, order)).requires_grad_(),
    )
    expected, out = POOLS[name](plain), POOLS[name](moved)
    assert out.array.transpose(order).flags.c_contiguous  # before anything asks for its memory
    np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), rtol=1e-12, atol=1e-12)
    g = np.random.default_rng(0).normal(size=out.shape)
    (dx,) = autograd.grad(expected, plain, autograd.tensor(g))
    (moved_dx,) = autograd.grad(out, moved, autograd.from_numpy(in_order(g, order)))
    np.testing.assert_allclose(moved_dx.numpy(), dx.numpy(), rtol=1e-12, atol=1e-12)
    if order == (2, 1, 3, 0):  # as in PyTorch, which has such a result in C order
        assert out.view(-1).shape == (out.numel(),)


def test_numbers_that_are_not_finite_do_not_spread():
    """A product with a matrix would make nan of infinity times 0, far from where it stands."""
    x = np.zeros((1, 1, 6, 6))
    x[0, 0, 1, 1] = np.inf
    x[0, 0, 4, 5] = np.nan
    for mode in ("nearest", "bilinear", "area"):
        out = F.interpolate(autograd.tensor(x), size=(9, 7), mode=mode).numpy()
        expected = torch.nn.functional.interpolate(torch.tensor(x), size=(9, 7), mode=mode).numpy()
        np.testing.assert_array_equal(out, expected)


def test_resizing_a_dimension_of_size_1():
    """… whose stride says nothing about where it lies in memory."""
    x = random_input((2, 3, 1, 5), np.float64)
    for array in (x, x[:, :, 0][:, :, None], x.transpose(0, 1, 3, 2)[..., :1, :], in_order(x, (2, 1, 3, 0))):
        out = F.interpolate(autograd.from_numpy(array), size=(4, 3), mode="bilinear").numpy()
        expected = torch.nn.functional.interpolate(torch.tensor(array), size=(4, 3), mode="bilinear").numpy()
        np.testing.assert_allclose(out, expected, rtol=1e-12)


def test_windows_of_a_signal_longer_than_a_block():
    """Resizing a long signal goes block by block; so does its derivative."""
    x = random_input((1, 2, 5000), np.float64)
    for mode, size in (("linear", 7001), ("linear", 900), ("area", 777)):
        ours, theirs = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        out = F.interpolate(ours, size, mode=mode)
        expected = torch.nn.functional.interpolate(theirs, size, mode=mode)
        np.testing.assert_allclose(out.detach().numpy(), expected.detach().numpy(), rtol=1e-10, atol=1e-10)
        g = random_input(expected.shape, np.float64, 1)
        out.backward(autograd.tensor(g))
        expected.backward(torch.tensor(g))
        np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-10, atol=1e-10)


def test_older_names_warn():
    x = autograd.ones(1, 1, 2, 2)
    for function in (F.upsample, F.upsample_nearest, F.upsample_bilinear):
        with pytest.warns(UserWarning, match="use interpolate"):
            assert function(x, scale_factor=2).shape == (1, 1, 4, 4)
    with pytest.warns(UserWarning, match="align_corners"):
        F.grid_sample(x, autograd.zeros(1, 1, 1, 2))
    with pytest.warns(UserWarning, match="align_corners"):
        F.affine_grid(autograd.zeros(1, 2, 3), (1, 1, 2, 2))


X = autograd.arange(32.0).reshape(1, 2, 4, 4)
MISTAKES = [
    (F.max_pool2d, (X, 0), {}, "kernel_size|stride should not be zero"),
    (F.max_pool2d, (X, 2, 0), {}, "stride should not be zero"),
    (F.max_pool2d, (X, 3, 2, 2), {}, "pad should be at most half of effective kernel size"),
    (F.max_pool2d, (X, 5), {}, "output size"),
    (F.max_pool2d, (X, (2, 2, 2)), {}, "kernel_size must either be a single int, or a tuple of two ints"),
    (F.max_pool2d, (X[0, 0], 2), {}, "3D or 4D"),
    (F.max_pool2d, (X > 1, 2), {}, "bool"),
    (F.avg_pool2d, (X, 2), {"divisor_override": 0}, "divisor_override must not be zero"),
    (F.avg_pool2d, (X.int(), 2), {}, "int32"),
    (F.adaptive_avg_pool2d, (X, -1), {}, "greater than or equal to 0"),
    (F.adaptive_avg_pool2d, (X, (2, 2, 2)), {}, "output_size"),
    (F.adaptive_max_pool2d, (X[0, 0], 2), {}, "3D or 4D"),
    (F.fractional_max_pool2d, (X, 2), {}, "output_size or an output_ratio"),
    (F.fractional_max_pool2d, (X, 3, 4), {}, "too large"),
    (F.max_unpool2d, (X, X.long() + 1000, 2), {}, "invalid max index"),
    (F.max_unpool2d, (X, X, 2), {}, "int64"),
    (F.max_unpool2d, (X, X.long(), 2), {"output_size": (3, 3)}, "invalid output_size"),
    (F.pad, (X, (1,)), {}, "divisible by 2"),
    (F.pad, (X, (1, 1), "mirror"), {}, "mode is one of"),
    (F.pad, (X[0], (4, 0), "reflect"), {}, "less than the corresponding input dimension"),
    (F.pad, (X[0], (5, 0), "circular"), {}, "wrapping around"),
    (F.pad, (X, (1, 1), "reflect", 2.0), {}, "value"),
    (F.pad, (X, (-3, -3)), {}, "negative"),
    (F.interpolate, (X,), {}, "either size or scale_factor"),
    (F.interpolate, (X, 2, 2), {}, "only one of"),
    (F.interpolate, (X, 2), {"mode": "cubic"}, "mode is one of"),
    (F.interpolate, (X, 2), {"mode": "linear"}, "needs 3D input"),
    (F.interpolate, (X, 2), {"align_corners": True}, "align_corners"),
    (F.grid_sample, (X, X), {}, "last dimension"),
    (F.grid_sample, (X, X.double()[..., :2]), {}, "dtype"),
    (F.affine_grid, (X[0], (1, 1, 2, 2)), {}, "affine matrices"),
    (F.pixel_shuffle, (X, 2), {}, "divisible by the square"),
    (F.pixel_unshuffle, (X, 3), {}, "divisible by downscale_factor"),
    (F.channel_shuffle, (X, 3), {}, "divisible by groups"),
    (nn.FractionalMaxPool2d, (2,), {}, "must be specified"),
    (nn.ReflectionPad2d, ((1, 2),), {}, "padding is one number or 4"),
]


@pytest.mark.parametrize(("function", "args", "kwargs", "message"), MISTAKES)
def test_mistakes_are_explained(function, args, kwargs, message):
    with pytest.raises(AutogradError, match=message):
        function(*args, **kwargs)


def test_no_examples_have_pools_of_any_size_and_their_gradients():
    for pool, shape in (
        (lambda f, x: f.max_pool2d(x, 4, 1), (0, 2, 7, 7)),
        (lambda f, x: f.max_pool2d(x, 2), (0, 2, 7, 7)),
        (lambda f, x: f.adaptive_max_pool2d(x, 2), (0, 2, 3, 3)),
        (lambda f, x: f.adaptive_max_pool2d(x, (1, 2), return_indices=True)[0], (0, 2, 3, 5)),
    ):
        x = autograd.zeros(*shape, requires_grad=True)
        out = pool(F, x)
        assert tuple(out.shape) == tuple(pool(torch.nn.functional, torch.zeros(*shape)).shape)
        out.sum().backward()
        assert x.grad.shape == shape


@pytest.mark.parametrize("where", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("padding_mode", ["border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest"])
def test_points_that_are_nowhere_are_read_where_pytorch_reads_them(where, padding_mode, mode):
    image = np.arange(12.0).reshape(1, 2, 3, 2) + 1
    grid = np.array([[[[where, 0.2]], [[0.3, where]], [[where, -1.5]]]])
    expected = torch.nn.functional.grid_sample(
        torch.tensor(image), torch.tensor(grid), mode, padding_mode, align_corners=True
    )
    x = autograd.tensor(image, requires_grad=True)
    out = F.grid_sample(x, autograd.tensor(grid), mode, padding_mode, align_corners=True)
    np.testing.assert_allclose(out.detach().numpy(), expected.numpy(), rtol=1e-12)
    out.sum().backward()  # PyTorch's backward pass writes outside of its memory here
    np.testing.assert_allclose(x.grad.sum(), 6.0, rtol=1e-12)


@pytest.mark.parametrize("kernel", [2, 3, (2, 1), (1, 2)])
@pytest.mark.parametrize("special", [0.0, float("nan"), float("inf"), -float("inf")])
def test_windows_that_tile_an_image_send_gradients_to_pytorchs_winners(kernel, special):
    rng = np.random.default_rng(0)
    values = rng.integers(-2, 2, (3, 2, 6, 12)).astype(np.float64)  # with many ties
    values[0, 0, :3, :3] = special
    for lay in (lambda a: a, lambda a: np.ascontiguousarray(a.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2)):
        x = autograd.from_numpy(lay(values)).requires_grad_()
        theirs = torch.tensor(values, requires_grad=True)
        out, expected = F.max_pool2d(x, kernel), torch.nn.functional.max_pool2d(theirs, kernel)
        np.testing.assert_array_equal(out.detach().numpy(), expected.detach().numpy())
        g = rng.standard_normal(out.shape)
        for gradient in (g, lay(g)):
            (found,) = autograd.grad(out, x, autograd.from_numpy(gradient), retain_graph=True)
            (wanted,) = torch.autograd.grad(expected, theirs, torch.tensor(g), retain_graph=True)
            np.testing.assert_array_equal(found.numpy(), wanted.numpy())
        out.mul_(2)  # what it was is not needed again
        out.backward(autograd.from_numpy(g))
        np.testing.assert_array_equal(x.grad.numpy(), 2 * wanted.numpy())
