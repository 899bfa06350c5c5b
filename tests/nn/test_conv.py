"""Convolutions beside PyTorch's: layers with its weights, many shapes to the second derivative, what is refused."""

import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.kernels import conv_depthwise, conv_rows
from tests.nn.parity_case import PRECISION, case, compare, pair, random_input, same

torch = pytest.importorskip("torch")
TF = torch.nn.functional

IMAGE = (2, 4, 7, 6)

LAYERS = [
    case("Conv1d", 4, 3, 3, shape=(2, 4, 9)),
    case("Conv1d", 4, 6, 2, 2, 1, 2, 2, False, shape=(4, 9)),
    case("Conv1d", 4, 3, 3, padding="same", dilation=2, shape=(2, 4, 9)),
    case("Conv1d", 4, 4, 3, padding=2, padding_mode="circular", shape=(2, 4, 9)),
    case("Conv2d", 4, 3, 3, shape=IMAGE),
    case("Conv2d", 4, 3, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), shape=IMAGE),
    case("Conv2d", 4, 8, 3, groups=4, bias=False, padding=1, shape=IMAGE),
    case("Conv2d", 4, 4, 3, groups=4, padding=1, shape=IMAGE),
    case("Conv2d", 4, 6, 1, groups=2, shape=IMAGE),
    case("Conv2d", 4, 3, 1, shape=IMAGE),
    case("Conv2d", 4, 3, 3, padding="valid", shape=(4, 7, 6)),
    case("Conv2d", 4, 3, 3, padding="same", padding_mode="reflect", shape=IMAGE),
    case("Conv2d", 4, 3, 3, 2, (2, 1), padding_mode="replicate", shape=IMAGE),
    case("Conv2d", 4, 3, 3, padding=1, padding_mode="circular", shape=(0, 4, 7, 6)),
    case("Conv2d", 4, 3, 3, shape=(0, 4, 7, 6)),
    case("Conv3d", 2, 3, 2, shape=(2, 2, 3, 4, 3)),
    case("Conv3d", 2, 4, (1, 3, 2), (1, 2, 1), (0, 1, 1), 1, 2, shape=(2, 3, 4, 3)),
    case("Conv3d", 2, 2, 3, padding=1, padding_mode="replicate", shape=(2, 2, 3, 4, 3)),
    case("ConvTranspose1d", 4, 3, 3, 2, 1, 1, shape=(2, 4, 5)),
    case("ConvTranspose1d", 4, 6, 2, groups=2, dilation=3, bias=False, shape=(4, 5)),
    case("ConvTranspose2d", 4, 3, 3, shape=IMAGE),
    case("ConvTranspose2d", 4, 3, (3, 2), (2, 3), (1, 0), (1, 2), shape=IMAGE),
    case("ConvTranspose2d", 4, 4, 4, 2, 1, groups=4, shape=IMAGE),
    case("ConvTranspose2d", 4, 2, 2, 2, shape=(4, 7, 6)),
    case("ConvTranspose3d", 2, 4, 2, 2, 0, 1, 2, shape=(2, 2, 2, 3, 2)),
    case("Unfold", 2, shape=IMAGE),
    case("Unfold", (2, 3), 2, (1, 2), 2, shape=(4, 7, 6)),
    case("Fold", (4, 5), 2, shape=(2, 12, 12)),
    case("Fold", (4, 5), (2, 3), dilation=(2, 1), padding=1, stride=2, shape=(12, 6)),
]


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_layers(name, args, kwargs, shape, dtype):
    ours, theirs = pair(name, args, kwargs, dtype)
    compare(ours, theirs, [random_input(shape, dtype)], dtype)


SHAPES = [  # of the input, of the weight, arguments: each way of computing, and the borders between them
    ((64, 1, 9, 8), (3, 1, 3, 3), {"padding": 1}),
    ((1, 3, 9, 8), (4, 3, 3, 3), {"padding": 1}),
    ((5, 2, 7, 7), (9, 2, 3, 3), {"padding": 1}),  # few channels, many outputs: patches are sent back
    ((5, 12, 5, 4), (48, 12, 3, 3), {"padding": (2, 1), "stride": (2, 1)}),
    ((3, 4, 9, 9), (2, 4, 5, 5), {"padding": 2, "stride": 2}),
    ((3, 4, 9, 9), (2, 4, 2, 2), {"stride": 3}),
    ((3, 4, 11, 9), (2, 4, 3, 2), {"dilation": (2, 3), "padding": (4, 0), "stride": (1, 2)}),
    ((3, 4, 11, 9), (2, 4, 3, 3), {"dilation": 2, "padding": 3, "stride": 2}),
    ((2, 3, 4, 5), (2, 3, 3, 3), {"padding": 5}),  # windows that see nothing but zeros
    ((3, 6, 8, 7), (4, 3, 3, 3), {"groups": 2, "padding": 1, "stride": 2}),
    ((3, 6, 8, 7), (6, 1, 3, 3), {"groups": 6, "padding": 1}),
    ((3, 6, 8, 7), (6, 1, 3, 2), {"groups": 6, "padding": 1, "stride": (2, 3), "dilation": (1, 2)}),
    ((40, 6, 4, 5), (6, 1, 3, 3), {"groups": 6, "padding": 1}),
    ((3, 6, 4, 5), (12, 1, 3, 3), {"groups": 6, "padding": 1}),
    ((3, 4, 6, 5), (5, 4, 1, 1), {}),
    ((3, 4, 6, 5), (5, 4, 1, 1), {"stride": 2}),
    ((3, 4, 6, 5), (5, 4, 1, 1), {"padding": 1}),
    ((2, 4, 6, 5), (4, 4, 3, 4), {"padding": "same"}),
    ((2, 2, 17), (3, 2, 4), {"stride": 3, "padding": 2, "dilation": 2}),
    ((2, 2, 4, 5, 4), (3, 2, 2, 3, 2), {"stride": (2, 1, 1), "padding": (1, 0, 2), "dilation": (1, 2, 1)}),
    ((2, 4, 3, 4, 3), (4, 2, 3, 1, 2), {"groups": 2, "padding": 1}),
]
TRANSPOSED = [
    ((3, 4, 5, 4), (4, 3, 3, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
    ((3, 8, 5, 4), (8, 2, 4, 4), {"stride": 2, "padding": 1}),
    ((3, 2, 5, 4), (2, 9, 3, 3), {"dilation": 2, "output_padding": (1, 0)}),
    ((3, 4, 5, 4), (4, 2, 2, 2), {"stride": 3, "groups": 2}),  # taps that leave gaps
    ((3, 4, 5, 4), (4, 1, 3, 3), {"stride": 2, "groups": 4, "padding": 2}),
    ((3, 4, 6), (4, 3, 5), {"stride": 4, "padding": 3, "output_padding": 2}),
    (
        (2, 3, 2, 3, 2),
        (3, 2, 2, 3, 2),
        {"stride": (2, 1, 3), "padding": (0, 1, 0), "output_padding": (1, 0, 1)},
    ),
]
ORDERS = {
    "C order": lambda a: a,
    "H, C, W, N": lambda a: np.ascontiguousarray(
        a.transpose(*range(2, a.ndim - 1), 1, a.ndim - 1, 0)
    ).transpose(a.ndim - 1, a.ndim - 3, *range(a.ndim - 3), a.ndim - 2),
    "channels last": lambda a: np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1),
    "each second": lambda a: np.repeat(a, 2, -1)[..., ::2],
}


def everything(lib, function, arrays, named, seed):
    """The result, its gradients, and those of a sum of these: every order up to the second."""
    rng = np.random.default_rng(seed)
    wrapped = [lib.from_numpy(a).requires_grad_() for a in arrays]
    y = function(*wrapped, **named)
    g = lib.tensor(rng.normal(size=tuple(y.shape)), requires_grad=True)
    make = lib.autograd.grad
    first = make(y, wrapped, g, create_graph=True)
    total = sum((f * lib.tensor(rng.normal(size=tuple(f.shape)))).sum() for f in first)
    second = make(total, [*wrapped[:2], g])
    return [np.asarray(t.detach()) for t in (y, *first, *second)]


def check(name, shape, weight, named, order):
    rng = np.random.default_rng(len(shape) + shape[0])
    outputs = weight[1] * named.get("groups", 1) if "transpose" in name else weight[0]
    x, w, b = (rng.normal(size=s) for s in (shape, weight, (outputs,)))
    laid = [ORDERS[order](x), w, b]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of PyTorch's, where "same" pads one side more
        expected = everything(torch, getattr(TF, name), [x, w, b], named, 1)
    found = everything(autograd, getattr(F, name), laid, named, 1)
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(f, e, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("shape", "weight", "named"), SHAPES, ids=str)
def test_convolution_to_the_second_derivative(shape, weight, named, order):
    check(f"conv{len(shape) - 2}d", shape, weight, named, order)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("shape", "weight", "named"), TRANSPOSED, ids=str)
def test_transposed_convolution_to_the_second_derivative(shape, weight, named, order):
    check(f"conv_transpose{len(shape) - 2}d", shape, weight, named, order)


def test_blocks_of_groups_are_all_there(monkeypatch):
    """Groups are computed a few at a time; here one after another."""
    monkeypatch.setattr(conv_rows, "_CACHE", 1)
    monkeypatch.setattr(conv_depthwise, "_CACHE", 1)
    check("conv2d", (3, 6, 8, 7), (4, 3, 3, 3), {"groups": 2, "padding": 1}, "C order")
    check("conv2d", (20, 6, 4, 5), (6, 1, 3, 3), {"groups": 6, "padding": 1}, "C order")
    check("conv2d", (3, 6, 8, 7), (6, 1, 3, 3), {"groups": 6, "padding": 1}, "C order")


def test_half_precision_is_summed_in_single_precision():
    x, w = random_input((2, 64, 6, 6), np.float16), random_input((3, 64, 3, 3), np.float16, 1)
    found = F.conv2d(autograd.tensor(x), autograd.tensor(w))
    assert found.dtype == autograd.float16
    expected = TF.conv2d(torch.tensor(x.astype(np.float32)), torch.tensor(w.astype(np.float32)))
    np.testing.assert_allclose(found.array, expected.numpy(), rtol=1e-3)


def test_whole_numbers_as_in_pytorch():
    x, w = np.arange(50).reshape(1, 2, 5, 5), np.arange(36).reshape(2, 2, 3, 3)
    found = F.conv2d(autograd.tensor(x), autograd.tensor(w))
    np.testing.assert_array_equal(found.array, TF.conv2d(torch.tensor(x), torch.tensor(w)).numpy())
    assert found.dtype == autograd.int64
    with pytest.raises(DTypeError, match="bool"):
        F.conv2d(autograd.tensor(x > 3), autograd.tensor(w > 3))


@pytest.mark.parametrize("size", [(14, 12), (13, 11), (2, 3, 14, 11), None])
def test_output_size_chooses_among_the_sizes_a_stride_leaves_open(size):
    ours, theirs = pair("ConvTranspose2d", (4, 3, 3), {"stride": 2, "padding": 1}, np.float64)
    x = random_input(IMAGE, np.float64)
    same(ours(autograd.tensor(x), output_size=size), theirs(torch.tensor(x), output_size=size), np.float64)


def test_the_first_weights_are_uniform_as_in_pytorch():
    autograd.manual_seed(0)
    for layer, fan_in in (
        (nn.Conv2d(8, 64, 3, groups=2), 36),
        (nn.ConvTranspose2d(8, 64, 3), 64 * 9),
        (nn.Conv1d(50, 60, 4), 200),
    ):
        w = layer.weight.array
        bound = fan_in**-0.5
        assert np.abs(w).max() <= bound
        assert np.abs(layer.bias.array).max() <= bound
        np.testing.assert_allclose(w.std(), bound / 3**0.5, rtol=0.05)


def test_per_example_gradients_under_vmap():
    x, w = random_input((5, 3, 6, 6), np.float64), random_input((4, 3, 3, 3), np.float64, 1)

    def loss(weight, image):
        return (F.conv2d(image.unsqueeze(0), weight, padding=1) ** 2).sum()

    weight = autograd.tensor(w)
    found = autograd.vmap(autograd.func.grad(loss), in_dims=(None, 0))(weight, autograd.tensor(x))
    for i in range(5):
        one = torch.tensor(w, requires_grad=True)
        (TF.conv2d(torch.tensor(x[i : i + 1]), one, padding=1) ** 2).sum().backward()
        np.testing.assert_allclose(found.array[i], one.grad.numpy(), rtol=1e-9)


X, W = autograd.ones(1, 2, 5, 5), autograd.ones(3, 2, 3, 3)
MISTAKES = [
    (lambda: F.conv2d(X, W.double()), DTypeError, "float64"),
    (lambda: F.conv2d(X, W, stride=0), ArgumentError, "stride must be at least 1"),
    (lambda: F.conv2d(X, W, padding=-1), ArgumentError, "padding must be at least 0"),
    (lambda: F.conv2d(X, W, dilation=0), ArgumentError, "dilation"),
    (lambda: F.conv2d(X, W, groups=0), ArgumentError, "groups"),
    (lambda: F.conv2d(X, W, groups=2), ShapeError, "groups=2 must divide"),
    (lambda: F.conv2d(X, W, stride=(1, 2, 3)), ArgumentError, "a single int, or a tuple of two ints"),
    (lambda: F.conv2d(X, W, stride=1.5), ArgumentError, "a single int, or a tuple of two ints"),
    (lambda: F.conv2d(X[0, 0], W), ShapeError, r"input must have 3 dimensions .* got shape \(5, 5\)"),
    (lambda: F.conv2d(X, W[0]), ShapeError, "weight must have 4 dimensions"),
    (lambda: F.conv2d(X, autograd.ones(3, 2, 9, 9)), ShapeError, "larger than the padded input"),
    (lambda: F.conv2d(X, W, autograd.ones(2)), ShapeError, r"bias must have shape \(3,\)"),
    (lambda: F.conv2d(X, W[:0]), ShapeError, "not 0"),
    (lambda: F.conv2d(X, W, padding="foo"), ArgumentError, "'same', 'valid' or numbers"),
    (lambda: F.conv2d(X, W, padding="same", stride=2), ArgumentError, "stride must be 1"),
    (lambda: F.conv2d(X[:, :1], W), ShapeError, r"needs an input of 2 channels, got shape \(1, 1, 5, 5\)"),
    (lambda: F.conv_transpose2d(X, W), ShapeError, "needs an input of 3 channels"),
    (
        lambda: F.conv_transpose2d(X, W[:2], stride=2, output_padding=2),
        ArgumentError,
        "output_padding must be",
    ),
    (lambda: F.conv_transpose2d(X, W[:2], padding=4), ShapeError, r"size \(-1, -1\)"),
    (lambda: F.unfold(X[0, 0], 2), ShapeError, "needs images"),
    (lambda: F.unfold(X, 9), ShapeError, "larger than the image"),
    (lambda: F.fold(autograd.ones(1, 5, 4), (3, 3), 2), ShapeError, r"got shape \(1, 5, 4\)"),
    (lambda: nn.Conv2d(3, 4, 3, groups=2), ArgumentError, "in_channels must be divisible"),
    (lambda: nn.Conv2d(4, 3, 3, groups=2), ArgumentError, "out_channels must be divisible"),
    (lambda: nn.Conv2d(4, 4, 3, groups=0), ArgumentError, "groups"),
    (lambda: nn.Conv2d(3, 4, 3, padding="x"), ArgumentError, "'same', 'valid'"),
    (lambda: nn.Conv2d(3, 4, 3, padding="same", stride=2), ArgumentError, "strided"),
    (lambda: nn.Conv2d(3, 4, 3, padding_mode="x"), ArgumentError, "padding_mode must be one of"),
    (lambda: nn.ConvTranspose2d(3, 4, 3, padding_mode="reflect"), ArgumentError, 'only "zeros"'),
    (lambda: nn.ConvTranspose2d(2, 4, 3)(X, output_size=(1,)), ArgumentError, "2 or 4 numbers"),
    (lambda: nn.ConvTranspose2d(2, 4, 3)(X, output_size=(100, 3)), ArgumentError, "must lie between"),
]


@pytest.mark.parametrize(("call", "error", "text"), MISTAKES, ids=lambda v: v if isinstance(v, str) else "")
def test_mistakes(call, error, text):
    with pytest.raises(error, match=text):
        call()


@pytest.mark.parametrize("named", [{}, {"bias": False, "stride": 2}, {"groups": 2, "padding": 1}], ids=str)
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", ["LazyConv", "LazyConvTranspose"])
def test_lazy_layers_become_the_others_at_the_first_call(name, dims, named):
    ours, theirs = (getattr(lib, f"{name}{dims}d")(4, 3, **named) for lib in (nn, torch.nn))
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = random_input((2, 6, *(5,) * dims), np.float32)
    theirs(torch.tensor(x))
    assert ours(autograd.tensor(x)).shape == tuple(theirs(torch.tensor(x)).shape)
    assert repr(ours) == repr(theirs)
    ours.load_state_dict(theirs.state_dict())
    fresh = getattr(nn, f"{name}{dims}d")(4, 3, **named)
    fresh.load_state_dict(theirs.state_dict())  # which materialises its parameters
    same(fresh.weight, theirs.weight, np.float32)
    compare(ours.double(), theirs.double(), [x.astype(np.float64)], np.float64)


def test_mistakes_of_lazy_layers():
    with pytest.raises(ShapeError, match=r"LazyConv2d: the input must have 3 dimensions"):
        nn.LazyConv2d(4, 3)(autograd.ones(5, 5))
    layer = nn.LazyConv2d(4, 3, groups=4)
    with pytest.raises(ArgumentError, match="in_channels must be divisible by groups, got 6 and 4"):
        layer(autograd.ones(1, 6, 5, 5))
    assert layer(autograd.ones(1, 8, 5, 5)).shape == (1, 4, 3, 3)


VIEWS = {
    "a slice": lambda y: y[1:].view(2, -1),
    "a chunk of channels as heads": lambda y: y.chunk(2, 1)[1].view(3, 2, 1, 16),
    "unsqueeze": lambda y: y.unsqueeze(1).view(3, 1, -1),
    "each second column": lambda y: y[..., ::2].view(3, 16, 2),
    "one example": lambda y: y[0].view(-1),
    "expanded": lambda y: y[:, None].expand(-1, 2, -1, -1, -1).view(3, 2, -1),
    "permuted": lambda y: y.permute(0, 2, 3, 1).view(3, -1),
    "columns across rows": lambda y: y[..., ::2].view(3, -1, 4),
    "a slice of channels across examples": lambda y: y[:, 1:].view(-1, 16),
    "a diagonal": lambda y: y.diagonal(0, 2, 3).view(3, -1),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views_of_slices_of_a_result_are_taken_where_pytorch_takes_them(view):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((3, 2, 6, 6)), rng.standard_normal((4, 2, 3, 3))
    theirs = [torch.tensor(a, requires_grad=True) for a in (x, w)]
    ours = [autograd.tensor(a, requires_grad=True) for a in (x, w)]
    y = F.conv2d(*ours)
    kept = y[1:]  # so that it cannot be brought into C order
    try:
        expected = view(torch.nn.functional.conv2d(*theirs))
    except RuntimeError:
        with pytest.raises(RuntimeError, match="view"):
            view(y)
        return
    found = view(y)
    np.testing.assert_allclose(found.detach().numpy(), expected.detach().numpy(), rtol=1e-12)
    (expected**2).sum().backward()
    (found**2).sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-10, atol=1e-12)
    assert kept.shape == (2, 4, 4, 4)
