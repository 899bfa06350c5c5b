"""Every module gives PyTorch's numbers: outputs, gradients of inputs and parameters, with PyTorch's weights loaded."""

from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from tests.nn.parity_case import PRECISION, ROUNDED, case, compare, pair, random_input, same

torch = pytest.importorskip("torch")

LAYERS = [
    case("Identity"),
    case("Identity", 3, unused=True),
    case("Linear", 4, 3),
    case("Linear", 4, 3, bias=False),
    case("Linear", 4, 1, shape=(4,)),
    case("Linear", 4, 6, shape=(2, 3, 5, 4)),
    case("Linear", 4, 3, shape=(0, 4)),
    case("Flatten", shape=(2, 3, 4, 5)),
    case("Flatten", 0, 2, shape=(2, 3, 4, 5)),
    case("Flatten", start_dim=2, shape=(2, 3, 4, 5)),
    case("Unflatten", 1, (2, 2)),
    case("Unflatten", -1, (4, 1)),
    case("Dropout", 0.0),
    case("Dropout", 1.0),
    case("Threshold", 0.2, -3.0),
    case("ReLU"),
    case("ReLU6"),
    case("LeakyReLU"),
    case("LeakyReLU", 0.3),
    case("PReLU"),
    case("PReLU", 4, 0.1, shape=(3, 4, 2)),
    case("ELU"),
    case("ELU", alpha=0.7),
    case("CELU", alpha=0.7),
    case("SELU"),
    case("GELU"),
    case("GELU", approximate="tanh"),
    case("SiLU"),
    case("Mish"),
    case("Hardswish"),
    case("Hardsigmoid"),
    case("Hardtanh"),
    case("Hardtanh", -0.3, 0.4),
    case("Softplus"),
    case("Softplus", beta=2.0, threshold=1.0),
    case("Softsign"),
    case("Sigmoid"),
    case("LogSigmoid"),
    case("Tanh"),
    case("Tanhshrink"),
    case("Hardshrink"),
    case("Hardshrink", 0.1),
    case("Softshrink", 0.1),
    case("GLU"),
    case("GLU", 0, shape=(4, 3)),
    case("Softmax", 1),
    case("Softmax", dim=0),
    case("Softmin", 1),
    case("LogSoftmax", -1),
]
IN_PLACE = [
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "ELU",
    "CELU",
    "SELU",
    "SiLU",
    "Mish",
    "Hardswish",
    "Hardsigmoid",
    "Hardtanh",
]


@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("name", "args", "kwargs", "shape"), LAYERS)
def test_layers(name, args, kwargs, shape, dtype, training):
    ours, theirs = pair(name, args, kwargs, dtype)
    compare(ours.train(training), theirs.train(training), [random_input(shape, dtype)], dtype)


@pytest.mark.parametrize("name", IN_PLACE)
def test_activations_that_overwrite_their_input(name):
    ours, theirs = pair(name, (), {"inplace": True}, np.float64)
    x, y = random_input((3, 4), np.float64), random_input((3, 4), np.float64, 1)
    a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    hidden, other = a * autograd.tensor(y), b * torch.tensor(y)
    out, expected = ours(hidden), theirs(other)
    assert out is hidden
    tolerance = 1e-7 if name in ROUNDED else None
    same(hidden, expected, np.float64, tolerance)
    (out * out).sum().backward()
    (expected * expected).sum().backward()
    same(a.grad, b.grad, np.float64, tolerance)


def test_random_leaky_relu_in_evaluation():
    ours, theirs = pair("RReLU", (0.1, 0.4), {}, np.float64)
    compare(ours.eval(), theirs.eval(), [random_input((3, 4), np.float64)], np.float64)


# ------------------------------------------------------------------------------------------ losses


def probabilities(shape, dtype, seed):
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape).astype(dtype)


def classes(shape, count, *ignored):
    drawn = np.random.default_rng(3).integers(0, count, shape)
    if ignored:
        drawn.reshape(-1)[::3] = ignored[0]
    return drawn


def loss(name, inputs, **kwargs):
    """`inputs(dtype)` makes (input, target)."""
    shown = ", ".join(f"{k}={'…' if isinstance(v, list) else repr(v)}" for k, v in kwargs.items())
    return pytest.param(name, inputs, kwargs, id=f"{name}({shown})")


def real(dtype, shape=(5, 4)):
    return random_input(shape, dtype), random_input(shape, dtype, 1)


def binary(dtype):
    return random_input((5, 3), dtype), probabilities((5, 3), dtype, 1)


def unit(dtype):
    return probabilities((5, 3), dtype, 0), probabilities((5, 3), dtype, 1)


def scores(dtype, shape=(6, 4), ignored=()):
    return random_input(shape, dtype), classes(shape[:1] + shape[2:] if len(shape) > 1 else (), 4, *ignored)


def soft(dtype, shape=(6, 4)):
    return random_input(shape, dtype), probabilities(shape, dtype, 1)


WEIGHT = [0.2, 1.5, 0.7, 1.0]
LOSSES = [
    *(loss(name, real, reduction=r) for name in ("L1Loss", "MSELoss") for r in ("mean", "sum", "none")),
    *(loss("BCELoss", unit, reduction=r) for r in ("mean", "sum", "none")),
    loss("BCELoss", unit, weight=WEIGHT[:3]),
    *(loss("BCEWithLogitsLoss", binary, reduction=r) for r in ("mean", "sum", "none")),
    loss("BCEWithLogitsLoss", binary, weight=WEIGHT[:3], pos_weight=WEIGHT[1:]),
    *(loss("CrossEntropyLoss", scores, reduction=r) for r in ("mean", "sum", "none")),
    loss("CrossEntropyLoss", lambda d: scores(d, (4,))),
    loss("CrossEntropyLoss", lambda d: scores(d, (2, 4, 3, 5)), weight=WEIGHT),
    loss("CrossEntropyLoss", lambda d: scores(d, ignored=(-100,))),
    loss("CrossEntropyLoss", lambda d: scores(d, ignored=(2,)), ignore_index=2, weight=WEIGHT),
    loss("CrossEntropyLoss", scores, label_smoothing=0.1),
    loss("CrossEntropyLoss", lambda d: scores(d, (2, 4, 3), (1,)), weight=WEIGHT, label_smoothing=0.3, ignore_index=1),
    loss("CrossEntropyLoss", scores, weight=WEIGHT, label_smoothing=0.3, reduction="none"),
    loss("CrossEntropyLoss", soft),
    loss("CrossEntropyLoss", lambda d: soft(d, (2, 4, 3)), weight=WEIGHT, label_smoothing=0.2, reduction="sum"),
    *(loss("NLLLoss", scores, reduction=r) for r in ("mean", "sum", "none")),
    loss("NLLLoss", lambda d: scores(d, (2, 4, 3), (-100,)), weight=WEIGHT),
]  # fmt: skip


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(("name", "inputs", "kwargs"), LOSSES)
def test_losses(name, inputs, kwargs, dtype):
    def given(make):
        return {k: make(np.array(v, dtype)) if isinstance(v, list) else v for k, v in kwargs.items()}

    ours = getattr(nn, name)(**given(autograd.tensor))
    theirs = getattr(torch.nn, name)(**given(torch.tensor))
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    compare(ours, theirs, inputs(dtype), dtype)


@pytest.mark.parametrize("options", [{"size_average": False}, {"reduce": False}, {"reduce": True}])
def test_older_ways_to_choose_a_reduction(options):
    with pytest.warns(UserWarning, match="deprecated"):
        ours = nn.MSELoss(**options)
    with pytest.warns(UserWarning, match="will be deprecated"):
        theirs = torch.nn.MSELoss(**options)
    assert ours.reduction == theirs.reduction


def test_a_softmax_without_a_dimension_warns():
    x = random_input((3, 4), np.float64)
    with pytest.warns(UserWarning, match="dimension 1 was chosen for 2 dimensions"):
        out = nn.Softmax()(autograd.tensor(x))
    np.testing.assert_allclose(out.numpy(), torch.softmax(torch.tensor(x), 1).numpy())


# ------------------------------------------------------------------------------------------ containers and models


def model_of(lib):
    body = lib.Sequential(
        OrderedDict(
            first=lib.Linear(8, 16),
            act=lib.LeakyReLU(0.1),
            inner=lib.Sequential(lib.Linear(16, 16, bias=False), lib.Tanh(), lib.Dropout(0.0)),
        )
    )
    heads = lib.ModuleDict(
        {"a": lib.Linear(16, 3), "b": lib.ModuleList([lib.Linear(16, 2), lib.Linear(16, 2)])}
    )

    class Model(lib.Module):
        def __init__(self):
            super().__init__()
            self.body = body
            self.heads = heads

        def forward(self, x):
            h = self.body(x)
            return self.heads["a"](h).sum() + sum((head(h) ** 2).sum() for head in self.heads["b"])

    return Model()


def test_a_model_of_containers():
    ours, theirs = model_of(nn).double(), model_of(torch.nn).double()
    assert repr(ours) == repr(theirs)
    ours.load_state_dict(theirs.state_dict())
    compare(ours, theirs, [random_input((5, 8), np.float64)], np.float64)
    assert [n for n, _ in ours.named_modules()] == [n for n, _ in theirs.named_modules()]


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize(
    ("rule", "options"),
    [
        ("SGD", {"lr": 0.1, "momentum": 0.9}),
        ("Adam", {"lr": 0.01}),
        ("RMSprop", {"lr": 0.01}),
        ("AdamW", {"lr": 0.01}),
    ],
)
def test_fifty_steps_of_training(rule, options, dtype):
    import optim

    def mlp(lib):
        return lib.Sequential(
            lib.Linear(10, 32), lib.ReLU(), lib.Linear(32, 32), lib.Tanh(), lib.Linear(32, 4)
        )

    torch.manual_seed(0)
    theirs = mlp(torch.nn).to(getattr(torch, np.dtype(dtype).name))
    ours = mlp(nn).to(dtype)
    ours.load_state_dict(theirs.state_dict())
    mine = getattr(optim, rule)(ours.parameters(), **options)
    other = getattr(torch.optim, rule)(theirs.parameters(), **options)
    losses = [], []
    for step in range(50):
        x, y = random_input((16, 10), dtype, step), classes((16,), 4)
        a = nn.CrossEntropyLoss()(ours(autograd.tensor(x)), autograd.tensor(y))
        b = torch.nn.CrossEntropyLoss()(theirs(torch.tensor(x)), torch.tensor(y))
        for optimizer, value in ((mine, a), (other, b)):
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        losses[0].append(a.item())
        losses[1].append(b.item())
    tolerance = {np.float64: 1e-9, np.float32: 2e-4}[dtype]
    np.testing.assert_allclose(losses[0], losses[1], rtol=tolerance, atol=tolerance)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.array, q.detach().numpy(), rtol=tolerance, atol=tolerance)


def test_random_leaky_relu_in_training():
    x = autograd.randn(20_000, requires_grad=True)
    out = nn.RReLU(0.2, 0.6)(x)
    slopes = (out / x).detach().numpy()
    negative = x.detach().numpy() < 0
    np.testing.assert_array_equal(slopes[~negative], 1)
    assert 0.2 <= slopes[negative].min() < 0.21
    assert 0.59 < slopes[negative].max() <= 0.6 + 1e-6
    assert slopes[negative].mean() == pytest.approx(0.4, abs=0.01)
    out.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), slopes, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "shape", "dim"), [("Softmin", (3,), 0), ("LogSoftmax", (2, 3, 4), 0), ("Softmax", (2,) * 4, 1)]
)
def test_the_dimension_that_pytorch_takes(name, shape, dim):
    x = autograd.randn(*shape)
    with pytest.warns(UserWarning, match=f"dimension {dim} was chosen"):
        out = getattr(nn, name)()(x)
    np.testing.assert_array_equal(out.numpy(), getattr(nn, name)(dim)(x).numpy())
