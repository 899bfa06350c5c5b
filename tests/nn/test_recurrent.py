"""Recurrent layers and cells against PyTorch's: outputs, states, all gradients, packed and padded, once and twice."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn.utils import rnn as ours_rnn

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections:UserWarning")  # PyTorch's, of its speed

PRECISION = {np.float64: 1e-10, np.float32: 1e-5}
IN, HIDDEN, BATCH, STEPS = 4, 5, 3, 6
LENGTHS = [6, 4, 1]

OPTIONS = [
    {},
    {"bias": False},
    {"bidirectional": True},
    {"num_layers": 2},
    {"num_layers": 3, "bidirectional": True, "batch_first": True, "dropout": 0.0},
    {"batch_first": True},
    {"num_layers": 2, "bias": False, "bidirectional": True},
]
LAYERS = [
    *itertools.product(["RNN", "LSTM", "GRU"], OPTIONS),
    ("RNN", {"nonlinearity": "relu"}),
    ("RNN", {"nonlinearity": "relu", "num_layers": 2, "bidirectional": True}),
    ("LSTM", {"proj_size": 2}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True, "bias": False}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True, "batch_first": True}),
]
FORMS = ["whole", "long", "unbatched", "packed", "unsorted"]


def named(name: str, options: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{k}={v}' for k, v in options.items())})"


ROWS = [pytest.param(name, options, id=named(name, options)) for name, options in LAYERS]


def pair(name: str, options: dict[str, Any], dtype: Any) -> tuple[Any, Any]:
    torch.manual_seed(0)
    theirs = getattr(torch.nn, name)(IN, HIDDEN, **options).to(getattr(torch, np.dtype(dtype).name))
    ours = getattr(nn, name)(IN, HIDDEN, **options).to(dtype)
    assert repr(ours) == repr(theirs)
    assert [n for n, _ in ours.named_parameters()] == [n for n, _ in theirs.named_parameters()]
    assert ours.load_state_dict(theirs.state_dict()) == ([], [])
    return ours, theirs


def arrays(name: str, options: dict[str, Any], form: str, dtype: Any) -> tuple[Any, list[Any]]:
    """The input and the parts of the initial state."""
    rng = np.random.default_rng(3)
    steps = 40 if form == "long" else STEPS
    shape = (BATCH, steps, IN) if options.get("batch_first") else (steps, BATCH, IN)
    layers = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    widths = [options.get("proj_size") or HIDDEN, *([HIDDEN] if name == "LSTM" else [])]
    x = rng.standard_normal((steps, IN) if form == "unbatched" else shape).astype(dtype)
    states = [
        rng.standard_normal((layers, w) if form == "unbatched" else (layers, BATCH, w)).astype(dtype)
        for w in widths
    ]
    return x, states


def outputs(
    lib: Any, rnn: Any, layer: Any, x: Any, states: list[Any] | None, options: dict[str, Any], form: str
) -> list[Any]:
    """(out, *final states) of a call; a packed output's data."""
    hx = None if states is None else states[0] if len(states) == 1 else tuple(states)
    if form in ("packed", "unsorted"):
        lengths = LENGTHS if form == "packed" else [LENGTHS[i] for i in (2, 0, 1)]
        x = rnn.pack_padded_sequence(x, lengths, options.get("batch_first", False), form == "packed")
    out, final = layer(x, hx) if hx is not None else layer(x)
    if form in ("packed", "unsorted"):
        packed = out
        out = rnn.pad_packed_sequence(packed, options.get("batch_first", False), padding_value=0.5)[0]
        assert packed.batch_sizes.tolist() == [3, 2, 2, 2, 1, 1]
    return [out, *(final if isinstance(final, tuple) else (final,))]


def agree(ours: Any, theirs: Any, dtype: Any) -> None:
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert ours.array.dtype == dtype
    tolerance = PRECISION[dtype]
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=tolerance, atol=tolerance)


def tensors(lib: Any, x: Any, states: list[Any]) -> list[Any]:
    return [lib.tensor(a, requires_grad=True) for a in (x, *states)]


def loss(lib: Any, outs: list[Any], which: str) -> Any:
    """A random combination of the outputs, or of some of them."""
    rng = np.random.default_rng(5)
    weights = [rng.standard_normal(tuple(o.shape)) for o in outs]
    chosen = {"all": range(len(outs)), "out": [0], "states": range(1, len(outs))}[which]
    return sum((outs[i] * lib.tensor(weights[i]).to(outs[i].dtype)).sum() for i in chosen)


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("name", "options"), ROWS)
def test_as_in_pytorch(name: str, options: dict[str, Any], form: str, dtype: Any) -> None:
    ours, theirs = pair(name, options, dtype)
    x, states = arrays(name, options, form, dtype)
    mine, other = tensors(autograd, x, states), tensors(torch, x, states)
    found = outputs(autograd, ours_rnn, ours, mine[0], mine[1:], options, form)
    expected = outputs(torch, torch.nn.utils.rnn, theirs, other[0], other[1:], options, form)
    for a, b in zip(found, expected, strict=True):
        agree(a, b, dtype)
    loss(autograd, found, "all").backward()
    loss(torch, expected, "all").backward()
    for a, b in zip((*mine, *ours.parameters()), (*other, *theirs.parameters()), strict=True):
        agree(a.grad, b.grad, dtype)


@pytest.mark.parametrize("which", ["out", "states"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_without_a_state_and_from_some_of_the_results(name: str, form: str, which: str) -> None:
    options = {"num_layers": 2, "bidirectional": True}
    ours, theirs = pair(name, options, np.float64)
    x, _ = arrays(name, options, form, np.float64)
    a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    found = outputs(autograd, ours_rnn, ours, a, None, options, form)
    expected = outputs(torch, torch.nn.utils.rnn, theirs, b, None, options, form)
    for u, v in zip(found, expected, strict=True):
        agree(u, v, np.float64)
    loss(autograd, found, which).backward()
    loss(torch, expected, which).backward()
    agree(a.grad, b.grad, np.float64)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        if q.grad is None:
            assert p.grad is None
        else:
            agree(p.grad, q.grad, np.float64)


@pytest.mark.parametrize("form", ["whole", "long", "unsorted"])
@pytest.mark.parametrize(("name", "options"), [ROWS[0], ROWS[7], ROWS[9], ROWS[14], *ROWS[-4:-1]])
def test_second_derivatives(name: str, options: dict[str, Any], form: str) -> None:
    """The gradient of a random combination of all gradients, by everything."""
    ours, theirs = pair(name, options, np.float64)
    x, states = arrays(name, options, form, np.float64)

    def second(lib: Any, rnn: Any, layer: Any) -> list[Any]:
        given = tensors(lib, x, states)
        leaves = [*given, *layer.parameters()]
        outs = outputs(lib, rnn, layer, given[0], given[1:], options, form)
        grad = lib.autograd.grad
        first = grad(loss(lib, outs, "all"), leaves, create_graph=True)
        return list(grad(loss(lib, list(first), "all"), leaves))

    for a, b in zip(second(autograd, ours_rnn, ours), second(torch, torch.nn.utils.rnn, theirs), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-9, atol=1e-9)


def test_only_what_is_asked_for_gets_a_gradient() -> None:
    for name in ("RNN", "LSTM", "GRU"):
        ours, theirs = pair(name, {}, np.float64)
        x, _ = arrays(name, {}, "whole", np.float64)
        for layer in (ours, theirs):
            layer.weight_hh_l0.requires_grad_(False)
            layer.bias_ih_l0.requires_grad_(False)
        ours(autograd.tensor(x))[0].sum().backward()
        theirs(torch.tensor(x))[0].sum().backward()
        for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
            assert (p.grad is None) == (q.grad is None)
            if q.grad is not None:
                agree(p.grad, q.grad, np.float64)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_strided_and_read_only_inputs(name: str) -> None:
    ours, _ = pair(name, {}, np.float64)
    x, _ = arrays(name, {}, "long", np.float64)
    wide = np.zeros((x.shape[2], x.shape[1], 2 * x.shape[0])).transpose(2, 1, 0)[::2]
    wide[...] = x
    wide.flags.writeable = False
    results = []
    for array in (x, wide):
        t = autograd.from_numpy(array).requires_grad_()
        out, _ = ours(t)
        out.square().sum().backward()
        results.append((out.detach().numpy(), t.grad.numpy()))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_the_output_can_be_viewed_and_written_to(name: str) -> None:
    ours, _ = pair(name, {}, np.float64)
    x, _ = arrays(name, {}, "whole", np.float64)
    out, final = ours(autograd.tensor(x))
    assert out.view(-1, HIDDEN).shape == (STEPS * BATCH, HIDDEN)
    last = (final[0] if name == "LSTM" else final)[0]
    before = last.detach().clone()
    with autograd.no_grad():
        plain, _ = ours(autograd.tensor(x))
        plain.mul_(0)
    np.testing.assert_array_equal(last.detach().numpy(), before.numpy())


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_nothing_is_kept_without_gradients(name: str) -> None:
    """Under no_grad the results are those with a graph, bit for bit, also where a sequence ends before the others."""
    options = {"num_layers": 2, "bidirectional": True}
    ours, _ = pair(name, options, np.float32)
    for form in ("whole", "long", "packed"):
        x, states = arrays(name, options, form, np.float32)
        given = [autograd.tensor(a) for a in (x, *states)]
        recorded = outputs(autograd, ours_rnn, ours, given[0], given[1:], options, form)
        with autograd.no_grad():
            plain = outputs(autograd, ours_rnn, ours, given[0], given[1:], options, form)
        for a, b in zip(recorded, plain, strict=True):
            assert b.grad_fn is None
            np.testing.assert_array_equal(a.detach().numpy(), b.numpy())


# ------------------------------------------------------------------------------------------ training


def test_dropout_between_the_layers() -> None:
    """With weights that pass the input on, the second layer sees the first's states, dropped and scaled."""
    layer = nn.RNN(1, 400, num_layers=2, nonlinearity="relu", dropout=0.25, bias=False)
    with autograd.no_grad():
        for p in layer.parameters():
            p.zero_()
        layer.weight_ih_l0.fill_(1.0)
        layer.weight_ih_l1.copy_(autograd.eye(400))
    x = autograd.ones(50, 2, 1)
    autograd.manual_seed(0)
    out = layer(x)[0].detach().numpy()
    assert set(np.unique(out).round(5)) == {0.0, np.float32(4 / 3).round(5)}
    assert (out == 0).mean() == pytest.approx(0.25, abs=0.01)
    assert (out[0] != out[1]).any()
    np.testing.assert_array_equal(layer.eval()(x)[0].detach().numpy(), 1)
    autograd.manual_seed(0)
    np.testing.assert_array_equal(layer.train()(x)[0].detach().numpy(), out)


def test_a_single_layer_drops_nothing() -> None:
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        layer = nn.GRU(3, 4, dropout=0.9)
    x = autograd.randn(5, 2, 3)
    np.testing.assert_array_equal(layer(x)[0].detach().numpy(), layer(x)[0].detach().numpy())


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_initial_weights(name: str) -> None:
    layer = getattr(nn, name)(30, 100, num_layers=2)
    values = np.concatenate([p.detach().numpy().ravel() for p in layer.parameters()])
    assert np.abs(values).max() <= 0.1
    assert values.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.02)
    assert abs(values.mean()) < 1e-3


def test_weights_by_layer_and_direction() -> None:
    layer = nn.LSTM(3, 5, 2, bidirectional=True, proj_size=2)
    other = torch.nn.LSTM(3, 5, 2, bidirectional=True, proj_size=2)
    shapes = [[tuple(p.shape) for p in part] for part in layer.all_weights]
    assert shapes == [[tuple(p.shape) for p in part] for part in other.all_weights]
    assert layer.all_weights[1][0] is layer.weight_ih_l0_reverse
    assert layer.flatten_parameters() is None
    layer.weight_ih_l0 = nn.Parameter(autograd.zeros(20, 3))
    assert layer.all_weights[0][0] is layer.weight_ih_l0


# ------------------------------------------------------------------------------------------ cells


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("with_state", [True, False])
@pytest.mark.parametrize(
    ("name", "options"),
    [("RNNCell", {}), ("RNNCell", {"nonlinearity": "relu", "bias": False}), ("GRUCell", {}),
     ("GRUCell", {"bias": False}), ("LSTMCell", {}), ("LSTMCell", {"bias": False})],
)  # fmt: skip
def test_cells(name: str, options: dict[str, Any], with_state: bool, batched: bool, dtype: Any) -> None:
    ours, theirs = pair(name, options, dtype)
    rng = np.random.default_rng(0)
    lead = (BATCH,) if batched else ()
    count = 2 if name == "LSTMCell" else 1
    given = [rng.standard_normal((*lead, n)).astype(dtype) for n in (IN, *(HIDDEN,) * count)]

    def two_steps(lib: Any, cell: Any) -> tuple[list[Any], list[Any]]:
        x, *states = tensors(lib, given[0], given[1:])
        hx = (states[0] if count == 1 else tuple(states)) if with_state else None
        for _ in range(2):
            hx = cell(x, hx) if hx is not None else cell(x)
        outs = [hx] if count == 1 else list(hx)
        loss(lib, outs, "all").backward()
        return outs, [x.grad, *(s.grad for s in states if with_state), *(p.grad for p in cell.parameters())]

    for found, expected in zip(two_steps(autograd, ours), two_steps(torch, theirs), strict=True):
        for a, b in zip(found, expected, strict=True):
            agree(a, b, dtype)


def test_cells_twice_differentiated() -> None:
    for name in ("RNNCell", "GRUCell", "LSTMCell"):
        ours, theirs = pair(name, {}, np.float64)

        def second(lib: Any, cell: Any, name: str = name) -> list[Any]:
            x = lib.tensor(np.linspace(-1, 1, BATCH * IN).reshape(BATCH, IN), requires_grad=True)
            h = cell(x)[0] if name == "LSTMCell" else cell(x)
            (first,) = lib.autograd.grad((h * h).sum(), x, create_graph=True)
            return list(lib.autograd.grad((first * first).sum(), [x, *cell.parameters()], allow_unused=True))

        for a, b in zip(second(autograd, ours), second(torch, theirs), strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-9, atol=1e-12)


# ------------------------------------------------------------------------------------------ mistakes


MISTAKES = {
    "dropout": lambda t, m: m.LSTM(4, 5, dropout=2),
    "dropout is a bool": lambda t, m: m.GRU(4, 5, 2, dropout=True),
    "bias": lambda t, m: m.LSTM(4, 5, bias=1),
    "batch_first": lambda t, m: m.RNN(4, 5, batch_first=1),
    "input_size": lambda t, m: m.LSTM(0, 5),
    "input_size of another type": lambda t, m: m.LSTM(4.0, 5),
    "hidden_size": lambda t, m: m.LSTM(4, 0),
    "hidden_size of another type": lambda t, m: m.GRU(4, 5.0),
    "num_layers": lambda t, m: m.RNN(4, 5, 0),
    "proj_size": lambda t, m: m.LSTM(4, 5, proj_size=5),
    "negative proj_size": lambda t, m: m.LSTM(4, 5, proj_size=-1),
    "proj_size of a GRU": lambda t, m: m.GRU(4, 5, proj_size=2),
    "nonlinearity": lambda t, m: m.RNN(4, 5, nonlinearity="sin"),
    "mode": lambda t, m: m.RNNBase("X", 4, 5),
    "no forward": lambda t, m: m.RNNBase("LSTM", 4, 5)(t.zeros(3, 2, 4)),
    "1-d input": lambda t, m: m.LSTM(4, 5)(t.zeros(4)),
    "another input size": lambda t, m: m.LSTM(4, 5)(t.zeros(3, 2, 7)),
    "another input size, packed": lambda t, m: m.RNN(4, 5)(_rnn(t).pack_sequence([t.zeros(3, 7)])),
    "another dtype": lambda t, m: m.GRU(4, 5)(t.zeros(3, 2, 4, dtype=t.float64)),
    "no step": lambda t, m: m.GRU(4, 5)(t.zeros(0, 2, 4)),
    "another batch in h": lambda t, m: m.LSTM(4, 5)(t.zeros(3, 2, 4), (t.zeros(1, 3, 5), t.zeros(1, 2, 5))),
    "another batch in c": lambda t, m: m.LSTM(4, 5)(t.zeros(3, 2, 4), (t.zeros(1, 2, 5), t.zeros(1, 3, 5))),
    "2-d states for a batch": lambda t, m: m.LSTM(4, 5)(t.zeros(3, 2, 4), (t.zeros(2, 5), t.zeros(2, 5))),
    "3-d states for one sequence": lambda t, m: m.LSTM(4, 5)(t.zeros(3, 4), (t.zeros(1, 1, 5), t.zeros(1, 1, 5))),
    "too few layers in h": lambda t, m: m.GRU(4, 5, 2)(t.zeros(3, 2, 4), t.zeros(1, 2, 5)),
    "2-d state for a batch": lambda t, m: m.GRU(4, 5)(t.zeros(3, 2, 4), t.zeros(2, 5)),
    "3-d state for one sequence": lambda t, m: m.GRU(4, 5)(t.zeros(3, 4), t.zeros(1, 1, 5)),
    "a state of another dtype": lambda t, m: m.RNN(4, 5)(t.zeros(3, 2, 4), t.zeros(1, 2, 5, dtype=t.float64)),
    "3-d input of a cell": lambda t, m: m.LSTMCell(4, 5)(t.zeros(2, 3, 4)),
    "another input size of a cell": lambda t, m: m.GRUCell(4, 5)(t.zeros(2, 7)),
    "another batch of a cell": lambda t, m: m.RNNCell(4, 5)(t.zeros(2, 4), t.zeros(3, 5)),
    "another size of a cell's h": lambda t, m: m.GRUCell(4, 5)(t.zeros(2, 4), t.zeros(2, 6)),
    "another size of a cell's c": lambda t, m: m.LSTMCell(4, 5)(t.zeros(2, 4), (t.zeros(2, 5), t.zeros(2, 6))),
    "3-d state of a cell": lambda t, m: m.LSTMCell(4, 5)(t.zeros(2, 4), (t.zeros(2, 5, 1), t.zeros(2, 5))),
    "another dtype of a cell": lambda t, m: m.LSTMCell(4, 5)(t.zeros(2, 4, dtype=t.float64)),
    "a cell's nonlinearity": lambda t, m: m.RNNCell(4, 5, nonlinearity="sin")(t.zeros(2, 4)),
}  # fmt: skip


def _rnn(lib: Any) -> Any:
    return ours_rnn if lib is autograd else torch.nn.utils.rnn


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(mistake: str) -> None:
    """An error of ours that is also the one PyTorch raises."""
    with pytest.raises((RuntimeError, ValueError, TypeError, NotImplementedError)) as theirs:
        MISTAKES[mistake](torch, torch.nn)
    with pytest.raises((AutogradError, NotImplementedError)) as ours:
        MISTAKES[mistake](autograd, nn)
    assert isinstance(ours.value, theirs.type)
    assert len(str(ours.value)) > 20


def test_messages() -> None:
    layer = nn.LSTM(4, 5)
    with pytest.raises(AutogradError, match=r"Expected hidden\[0\] size \(1, 2, 5\), got \[1, 3, 5\]"):
        layer(autograd.zeros(3, 2, 4), (autograd.zeros(1, 3, 5), autograd.zeros(1, 2, 5)))
    with pytest.raises(AutogradError, match="Expected 4, got 7"):
        layer(autograd.zeros(3, 2, 7))
    with pytest.raises(AutogradError, match="a pair"):
        layer(autograd.zeros(3, 2, 4), (autograd.zeros(1, 2, 5),))


# ------------------------------------------------------------------------------------------ vmap


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_examples_under_vmap(name: str) -> None:
    """Examples with the same weights, and an ensemble: networks with weights of their own."""
    layers = [pair(name, {"num_layers": 2, "bidirectional": True}, np.float64)[0] for _ in range(2)]
    with autograd.no_grad():
        for p in layers[1].parameters():
            p.mul_(0.5)
    x = autograd.tensor(np.random.default_rng(1).standard_normal((2, STEPS, BATCH, IN)))
    found = autograd.vmap(lambda x: layers[0](x)[0])(x)
    for i in range(2):
        np.testing.assert_allclose(found[i].detach().numpy(), layers[0](x[i])[0].detach().numpy(), atol=1e-12)
    weights = {
        n: autograd.stack([p.detach() for p in parts])
        for n, *parts in zip(
            dict(layers[0].named_parameters()), *(layer.parameters() for layer in layers), strict=True
        )
    }

    def run(weights: dict[str, Any], x: Any) -> Any:
        return autograd.func.functional_call(layers[0], weights, (x,))[0]

    ensemble = autograd.vmap(run, in_dims=(0, None))(weights, x[0])
    for i in range(2):
        np.testing.assert_allclose(
            ensemble[i].detach().numpy(), layers[i](x[0])[0].detach().numpy(), atol=1e-12
        )


def test_gradients_of_each_example() -> None:
    layer, _ = pair("GRU", {}, np.float64)
    x = autograd.tensor(np.random.default_rng(1).standard_normal((3, STEPS, 1, IN)))
    weights = {name: p.detach() for name, p in layer.named_parameters()}

    def loss_of(weights: dict[str, Any], x: Any) -> Any:
        return autograd.func.functional_call(layer, weights, (x,))[0].square().sum()

    found = autograd.vmap(autograd.func.grad(loss_of), in_dims=(None, 0))(weights, x)
    for i in range(3):
        layer.zero_grad()
        layer(x[i])[0].square().sum().backward()
        for name, p in layer.named_parameters():
            np.testing.assert_allclose(
                found[name][i].detach().numpy(), p.grad.numpy(), rtol=1e-10, atol=1e-12
            )
