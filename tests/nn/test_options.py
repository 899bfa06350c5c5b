"""Options that layers refuse, by the name of the layer or its function and of the option; and numbers of NumPy's."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd.errors import ArgumentError, AutogradError, ShapeError
from nn.utils.parametrizations import spectral_norm, weight_norm
from tests.nn.parity_case import same

torch = pytest.importorskip("torch")

X = autograd.ones(2, 4, 6)

REFUSED = [
    (lambda: nn.Conv2d("3", 4, 3), "Conv2d: in_channels is a whole number, got '3'"),
    (lambda: nn.Conv1d(3, None, 3), "Conv1d: out_channels is a whole number, got None"),
    (lambda: nn.ConvTranspose2d(4, 4, 3, groups=2.0), r"ConvTranspose2d: groups is a whole number, got 2\.0"),
    (lambda: nn.Bilinear(None, 3, 4), "Bilinear: in1_features is a whole number"),
    (lambda: nn.Unflatten(1, 6), "Unflatten: unflattened_size is a tuple of integers, got 6"),
    (lambda: nn.LayerNorm(1.5), r"LayerNorm: normalized_shape is a whole number, got 1\.5"),
    (lambda: nn.RMSNorm((3, None)), "RMSNorm: normalized_shape is a whole number, got None"),
    (lambda: nn.GroupNorm(0, 4), r"GroupNorm: num_channels \(4\) must be divisible by num_groups \(0\)"),
    (lambda: nn.GroupNorm("2", 4), "GroupNorm: num_groups is a whole number"),
    (lambda: nn.Dropout("x"), "Dropout: p is one number, got 'x'"),
    (lambda: nn.Embedding(5, 3, padding_idx="a"), "Embedding: padding_idx is a whole number"),
    (lambda: nn.LSTM(3, 4, num_layers=None), "LSTM: num_layers is a whole number, got None"),
    (lambda: nn.LSTM(3, 4, proj_size="2"), "LSTM: proj_size is a whole number"),
    (lambda: nn.GRUCell(3, None), "GRUCell: hidden_size is a whole number, got None"),
    (lambda: nn.MultiheadAttention("8", 2), "MultiheadAttention: embed_dim is a whole number"),
    (lambda: nn.TransformerEncoderLayer(8, 2, activation=3), "'relu', 'gelu' or a function, got 3"),
    (lambda: nn.TransformerEncoder(nn.Identity(), "2"), "TransformerEncoder: num_layers is a whole number"),
    (
        lambda: nn.init.constant_(autograd.zeros(2, 3), [1.0, 2.0, 3.0]),
        r"constant_: val is one number, got \[1",
    ),
    (lambda: nn.init.calculate_gain([]), "calculate_gain: unhashable type"),
    (lambda: nn.init.kaiming_uniform_(autograd.zeros(2, 3), nonlinearity={}), "unhashable type"),
    (lambda: nn.init.uniform_(autograd.zeros(2, 3), None), "uniform: .*it takes"),
    (lambda: nn.PReLU(init="x"), "PReLU: init is one number"),
    (lambda: nn.Hardtanh(None, 1.0), "Hardtanh: min_val is one number, got None"),
    (lambda: nn.TripletMarginLoss(margin="1"), "TripletMarginLoss: margin is one number"),
    (lambda: F.softmax(X, (0, 1)), r"softmax: dim is an integer, got \(0, 1\)"),
    (lambda: F.rrelu(X, 2.0, 1.0), r"rrelu: lower must not be above upper, got 2\.0 and 1\.0"),
    (lambda: nn.utils.clip_grad_norm_([X], 1.0, norm_type=None), "norm_type is one number, got None"),
    (lambda: nn.utils.clip_grad_value_([X], "x"), "clip_value is one number, got 'x'"),
    (lambda: weight_norm(nn.Linear(2, 2), dim="x"), "weight_norm: dim is an integer, got 'x'"),
    (lambda: spectral_norm(nn.Linear(2, 2), n_power_iterations=None), "n_power_iterations is a whole number"),
    (lambda: nn.Upsample(scale_factor="2"), "Upsample: scale_factor is one number, got '2'"),
]

REFUSED_IN_FORWARD = [
    (nn.LayerNorm(6, eps=(1.0,)), ArgumentError, r"layer_norm: eps is one number, got \(1\.0,\)"),
    (nn.RMSNorm(6, eps=[1.0]), ArgumentError, "rms_norm: eps is one number"),
    (nn.GroupNorm(2, 4, eps=(1.0, 2.0)), ArgumentError, "group_norm: eps is one number"),
    (nn.BatchNorm1d(4, momentum="x"), ArgumentError, "batch_norm: momentum is one number"),
    (nn.InstanceNorm1d(4, momentum="x"), ArgumentError, "instance_norm: momentum is one number"),
    (nn.LayerNorm([]), ShapeError, "normalized_shape to be at least 1-dimensional"),
    (nn.Softplus(beta=[1.0] * 6), ArgumentError, "softplus: beta is one number"),
    (nn.Threshold(0.1, None), ArgumentError, "threshold: value is one number, got None"),
    (nn.Hardshrink([0.5]), ArgumentError, "hardshrink: lambd is one number"),
    (nn.LeakyReLU([0.1] * 6), ArgumentError, "leaky_relu: negative_slope is one number"),
    (nn.ELU("x"), ArgumentError, "elu: alpha is one number"),
    (nn.CELU(0.0), ArgumentError, "celu: alpha cannot be 0"),
    (nn.Softshrink(float("nan")), ArgumentError, "softshrink: lambd must not be negative, got nan"),
    (nn.LPPool1d("x", 2), ArgumentError, "lp_pool1d: norm_type is one number, got 'x'"),
    (nn.ChannelShuffle(2.0), ArgumentError, r"channel_shuffle: groups must be an int, got 2\.0"),
]


@pytest.mark.parametrize(("make", "message"), REFUSED)
def test_refused(make, message):
    with pytest.raises(ArgumentError if "divisible" not in message else ShapeError, match=message):
        make()


@pytest.mark.parametrize(("layer", "kind", "message"), REFUSED_IN_FORWARD)
def test_refused_in_forward(layer, kind, message):
    assert issubclass(kind, AutogradError)
    with pytest.raises(kind, match=message):
        layer(X)


NOT_TENSORS = [
    (nn.Flatten(), 1),
    (nn.Unflatten(1, (2, 2)), 1),
    (nn.Linear(2, 2), 1),
    (nn.BatchNorm1d(2), 1),
    (nn.InstanceNorm2d(2), 1),
    (nn.Dropout(), 1),
    (nn.Dropout2d(), 1),
    (nn.AlphaDropout(), 1),
    (nn.Softmax(), 1),
    (nn.LogSoftmax(1), 1),
    (nn.Softmax2d(), 1),
    (nn.GRU(2, 2), 1),
    (nn.LSTMCell(2, 2), 1),
    (nn.MultiheadAttention(2, 1), 3),
    (nn.TransformerEncoderLayer(2, 1), 1),
    (nn.TransformerDecoderLayer(2, 1), 2),
    (nn.Transformer(2, 1, 1, 1), 2),
]


@pytest.mark.parametrize(("layer", "count"), NOT_TENSORS, ids=lambda value: type(value).__name__)
def test_what_is_no_tensor(layer, count):
    """As where a forward has no `return`: the layer after it says so."""
    array = np.ones((2, 2, 2))  # which the operations take, but not what looks at dimensions first
    for value in (None, [1.0], *([array] if not isinstance(layer, (nn.Linear, nn.LogSoftmax)) else [])):
        with pytest.raises(AutogradError, match=type(value).__name__):
            layer(*[value] * count)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "shapes"),
    [
        ("PixelShuffle", (np.int64(2),), {}, [(1, 8, 2, 3)]),
        ("PixelUnshuffle", (np.int32(2),), {}, [(1, 2, 4, 6)]),
        ("ChannelShuffle", (np.int64(2),), {}, [(1, 4, 2, 3)]),
        ("PairwiseDistance", (np.int64(2),), {}, [(3, 4), (3, 4)]),
        ("TripletMarginLoss", (), {"p": np.int64(1)}, [(3, 4)] * 3),
        ("LayerNorm", (np.int64(4),), {}, [(3, 4)]),
        ("Softplus", (np.float32(2.0), np.int64(1)), {}, [(3, 4)]),
    ],
)
def test_numbers_of_numpy(name, args, kwargs, shapes):
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=s).astype(np.float32) for s in shapes]
    ours = getattr(nn, name)(*args, **kwargs)(*map(autograd.tensor, inputs))
    theirs = getattr(torch.nn, name)(*args, **kwargs)(*map(torch.tensor, inputs))
    same(ours, theirs, np.float32)


@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.5, 1.0, 30.0])
@pytest.mark.parametrize("beta", [1.0, 2.0])
def test_softplus_is_a_line_from_its_threshold_on(beta, threshold):
    x = np.linspace(-3, 3, 13)
    a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    ours, theirs = F.softplus(a, beta, threshold), torch.nn.functional.softplus(b, beta, threshold)
    same(ours, theirs, np.float64)
    ours.sum().backward()
    theirs.sum().backward()
    same(a.grad, b.grad, np.float64)


@pytest.mark.parametrize("size_average", [None, True, False, 0, 1])
@pytest.mark.parametrize("reduce", [None, True, False, 0, 1])
@pytest.mark.filterwarnings("ignore:size_average and reduce args")
def test_older_forms_of_reduction(size_average, reduce):
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4))
    ours = nn.MSELoss(size_average, reduce)(autograd.tensor(x), autograd.tensor(y))
    theirs = torch.nn.MSELoss(size_average, reduce)(torch.tensor(x), torch.tensor(y))
    same(ours, theirs, np.float64)


def test_cosine_similarity():
    x, y = np.random.default_rng(0).normal(size=(2, 3, 4)), np.arange(12).reshape(3, 4) % 5
    same(
        F.cosine_similarity(autograd.tensor(x[0]), autograd.tensor(y)),
        torch.nn.functional.cosine_similarity(torch.tensor(x[0]), torch.tensor(y)),
        np.float64,
    )
    with pytest.raises(ArgumentError, match="eps must be non-negative, got -1"):
        F.cosine_similarity(autograd.tensor(x[0]), autograd.tensor(x[1]), eps=-1)
    with pytest.raises(ArgumentError, match="dim is an integer, got None"):
        F.cosine_similarity(autograd.tensor(x[0]), autograd.tensor(x[1]), dim=None)
    with pytest.raises(RuntimeError, match="needs a floating-point tensor"):
        F.cosine_similarity(autograd.tensor(y), autograd.tensor(y))


@pytest.mark.parametrize("dim", [-2, -1, 0, 1, None])
def test_weight_norm_along_each_dimension(dim):
    w = np.random.default_rng(0).normal(size=(3, 4))
    found = []
    for lib, layers, norm in (
        (autograd, nn, weight_norm),
        (torch, torch.nn, torch.nn.utils.parametrizations.weight_norm),
    ):
        layer = layers.Linear(4, 3, bias=False)
        layer.weight = layers.Parameter(lib.tensor(w))
        found.append(norm(layer, dim=dim).parametrizations.weight.original0.detach())
    same(*found, np.float64)
    layer = nn.Linear(4, 3)
    with pytest.raises(IndexError, match="dim 2 is out of range"):
        weight_norm(layer, dim=2)
    assert type(layer) is nn.Linear
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_what_init_cannot_fill():
    with pytest.raises(AutogradError, match="normal: needs tensors, not NoneType"):
        nn.init.normal_(None)
    with pytest.raises(ShapeError, match="2 outputs cannot be split into 0 groups"):
        nn.init.dirac_(autograd.zeros(2, 2, 3), groups=0)


def test_no_output_channels():
    layer = nn.ConvTranspose2d(2, 0, 3)
    x = autograd.ones(1, 2, 4, 4, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad.tolist() == autograd.zeros(1, 2, 4, 4).tolist()
    assert tuple(layer.bias.grad.shape) == (0,)


@pytest.mark.parametrize("convolution", ["Conv2d", "ConvTranspose3d"])
def test_one_number_in_a_tuple_stands_for_all(convolution):
    args = (2, 4, 3, (1,), (0,)) if convolution == "Conv2d" else (2, 4, 3, (1,), (0,), (0,))
    assert repr(getattr(nn, convolution)(*args)) == repr(getattr(torch.nn, convolution)(*args))
