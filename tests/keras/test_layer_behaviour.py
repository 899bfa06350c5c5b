"""What a layer is as a module: members, modes, hooks, copies, frozen weights, and what it says of mistakes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError, ShapeError
from nn import keras
from nn.keras.layers import Dense


@pytest.fixture(autouse=True)
def _names_from_the_beginning() -> None:
    keras.utils.clear_session()


def test_a_model_is_a_module() -> None:
    model = keras.Sequential([keras.Input((3,)), Dense(2, activation="relu"), Dense(1)])
    assert isinstance(model, nn.Module)
    assert [name for name, _ in model.named_parameters()] == ["0.kernel", "0.bias", "1.kernel", "1.bias"]
    assert list(model.state_dict()) == ["0.kernel", "0.bias", "1.kernel", "1.bias"]
    other = keras.Sequential([keras.Input((3,)), Dense(2, activation="relu"), Dense(1)])
    other.load_state_dict(model.state_dict())
    x = autograd.randn(4, 3)
    assert (other(x) == model(x)).all()
    assert repr(model) == (
        "Sequential(\n"
        "  sequential\n"
        "  (0): Dense(dense, kernel=(3, 2), bias=(2,))\n"
        "  (1): Dense(dense_1, kernel=(2, 1), bias=(1,))\n"
        ")"
    )


def test_modules_are_layers_and_layers_are_modules() -> None:
    inner = nn.Linear(4, 3)
    model = keras.Sequential([keras.Input((4,)), inner, nn.Dropout(0.5), Dense(2)])
    assert model.output_shape == (None, 2)
    assert [tuple(p.shape) for p in model.parameters()] == [(3, 4), (3,), (3, 2), (2,)]
    assert not any(module.training for module in model.modules())
    outer = nn.Sequential(nn.Linear(5, 4), model, nn.ReLU())
    x = autograd.randn(6, 5)
    outer(x).sum().backward()
    assert inner.weight.grad is not None
    assert outer.train()[1].layers[1].training


def test_training_by_hand_lowers_the_loss() -> None:
    x = autograd.randn(64, 2)
    y = (x[:, :1] * x[:, 1:] > 0).float()
    model = keras.Sequential([Dense(16, activation="tanh"), Dense(1)])
    model.build_from(x)
    optimizer, criterion = optim.Adam(model.parameters(), lr=0.05), nn.BCEWithLogitsLoss()
    losses = []
    for _ in range(100):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 < losses[0]


class Noisy(keras.Model):
    """A class in Keras' way: a list that is filled later, a `training` argument, layers of any kind."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: Any = []
        for _ in range(2):
            self.blocks.append(Dense(4, activation="relu"))
        self.drop = keras.layers.Dropout(0.5)
        self.out = nn.Linear(4, 1)
        self.seen: list[Any] = []

    def call(self, x: Any, training: bool | None = None) -> Any:
        self.seen.append(training)
        for block in self.blocks:
            x = block(x)
        return self.out(self.drop(x, training=training))


def test_a_class_with_a_call() -> None:
    model = Noisy()
    x = np.ones((8, 3), np.float32)
    first, second = model(x), model(x)
    assert (first == second).all()
    assert model.seen == [False, False]
    assert [layer.__class__.__name__ for layer in model.layers] == ["Dense", "Dense", "Dropout", "Linear"]
    assert [w.shape for w in model.get_weights()] == [(3, 4), (4,), (4, 4), (4,), (1, 4), (1,)]
    random = [model(x, training=True).detach().numpy() for _ in range(4)]
    assert any(not np.array_equal(random[0], other) for other in random[1:])
    assert model.seen[-1] is True
    assert not any(module.training for module in (model, model.drop, *model.blocks))
    model.train()
    model(x)
    assert model.seen[-1] is True
    assert (model(x, training=False) == first).all()
    assert model.drop.training


class Plain(keras.Model):
    """A class in PyTorch's way."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = Dense(4)
        self.out = nn.Linear(4, 2)

    def forward(self, x: Any, scale: float = 1.0) -> Any:
        return self.out(self.hidden(x)) * scale


def test_a_class_with_a_forward() -> None:
    model = Plain()
    x = autograd.randn(5, 3)
    assert (model(x, scale=2.0) == 2 * model(x)).all()
    assert [name for name, _ in model.named_parameters()] == [
        "hidden.kernel", "hidden.bias", "out.weight", "out.bias",
    ]  # fmt: skip
    symbol = keras.Input((3,))
    graph = keras.Model(symbol, keras.layers.Dense(1)(model(symbol)))
    assert graph.output_shape == (None, 1)
    assert (graph.layers[1](x) == model(x)).all()


class Counted(keras.layers.Layer):
    """A layer with weights of every kind."""

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight(shape=(input_shape[-1], 2), initializer="ones", regularizer="l2", name="w")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, x: Any) -> Any:
        self.add_loss((x * x).mean())
        return x @ self.w


def test_a_layer_of_ones_own() -> None:
    layer = Counted(name="counted")
    with pytest.raises(ArgumentError, match="is not built"):
        layer.count_params()
    out = layer(autograd.full((2, 3), 2.0))
    assert out.tolist() == [[6.0, 6.0], [6.0, 6.0]]
    assert layer.count_params() == 7
    assert [w.shape for w in layer.get_weights()] == [(3, 2), ()]
    assert [len(layer.trainable_weights), len(layer.non_trainable_weights)] == [1, 1]
    assert sorted(loss.item() for loss in layer.losses) == pytest.approx([0.06, 4.0])
    assert list(layer.state_dict()) == ["w", "count"]


def test_frozen_layers() -> None:
    model = keras.Sequential([keras.Input((3,)), Dense(2, trainable=False), Dense(1)])
    assert [w.requires_grad for w in model.weights] == [False, False, True, True]
    model(autograd.ones(1, 3)).sum().backward()
    assert model.layers[0].kernel.grad is None
    model.trainable = False
    assert not model.trainable_weights
    model.layers[1].trainable = True
    assert len(model.trainable_weights) == 2
    norm = keras.layers.BatchNormalization(trainable=False)
    norm(autograd.randn(8, 2), training=True)
    assert norm.moving_mean.tolist() == [0.0, 0.0]


def test_names_places_and_pop() -> None:
    model = keras.Sequential([keras.Input((3,)), Dense(4, name="first"), Dense(2, name="output")])
    assert model.get_layer("output") is model.layers[1] is model.get_layer(index=-1)
    with pytest.raises(ValueError, match=r"no layer 'second'; there are \['first', 'output'\]"):
        model.get_layer("second")
    with pytest.raises(ValueError, match="unique"):
        model.add(Dense(1, name="first"))
    assert model.pop().name == "output"
    assert model.output_shape == (None, 4)
    model.add(Dense(7))
    assert [w.shape for w in model.get_weights()] == [(3, 4), (4,), (4, 7), (7,)]
    features = keras.Model(model.inputs, model.get_layer("first").output)
    x = autograd.ones(1, 3)
    assert (features(x) == model.layers[0](x)).all()


def test_hooks_run_and_copies_are_apart() -> None:
    model = keras.Sequential([keras.Input((3,)), Dense(2), Dense(1)])
    seen: list[Any] = []
    handle = model.layers[0].register_forward_hook(lambda module, args, out: seen.append(tuple(out.shape)))
    model(autograd.ones(4, 3))
    handle.remove()
    model(autograd.ones(4, 3))
    assert seen == [(4, 2)]
    twin = copy.deepcopy(model)
    with autograd.no_grad():
        twin.layers[0].kernel.fill_(0)
    assert (model.layers[0].kernel != 0).any()
    assert (twin(autograd.ones(1, 3)) == twin.layers[1].bias).all()


@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.bool_, np.float16])
def test_arrays_of_any_numbers_are_cast(dtype: Any) -> None:
    model = keras.Sequential([Dense(2, input_dim=3)])
    out = model(np.ones((2, 3), dtype))
    assert out.dtype == autograd.float32
    assert (out == model(np.ones((2, 3), np.float32))).all()
    wide = keras.Sequential([Dense(2, input_dim=3, dtype="float64")])
    assert wide.layers[0].kernel.dtype == autograd.float64


def test_first_layers_may_say_what_they_get() -> None:
    for options in (
        {"input_dim": 3},
        {"input_shape": (3,)},
        {"batch_input_shape": (None, 3)},
        {"input_shape": [3]},
    ):
        assert keras.Sequential([Dense(2, **options)]).output_shape == (None, 2)
    conv = keras.Sequential([keras.layers.Conv2D(4, 3, input_shape=(8, 8, 1)), keras.layers.Flatten()])
    assert conv.output_shape == (None, 144)
    words = keras.Sequential([keras.layers.Embedding(10, 4, input_length=6), keras.layers.LSTM(3)])
    assert words.output_shape == (None, 3)
    assert words(np.zeros((2, 6), np.int64)).shape == (2, 3)


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (lambda: Dense(0), ValueError, "units is a whole number of 1 or more, got 0"),
    (lambda: Dense(2, activation="rellu"), ValueError, "no activation 'rellu'; did you mean .*'relu'"),
    (lambda: Dense(2, kernel_initializer="glorot"), ValueError, "no initializer 'glorot'; did you mean"),
    (lambda: Dense(2, kernel_regularizer="l3"), ValueError, "no regularizer 'l3'; did you mean"),
    (lambda: Dense(2, wrong=1), ValueError, "Dense: there is no argument 'wrong'. There are: units, act"),
    (lambda: Dense(2, dtype="int32"), ValueError, "float32"),
    (lambda: keras.layers.Dropout(1.5), ValueError, "rate is a number from 0 to 1, got 1.5"),
    (lambda: keras.layers.Conv2D(4, 3, padding="full"), ValueError, "padding is one of 'valid', 'same', got 'full'"),
    (lambda: keras.layers.Conv2D(4, 3, data_format="last"), ValueError, "channels_last"),
    (lambda: keras.layers.Conv2D(4, 3)(autograd.ones(2, 8, 8)), ShapeError, "add the channels"),
    (lambda: keras.layers.LSTM(4)(autograd.ones(2, 8)), ShapeError, r"\(N, steps, features\)"),
    (lambda: keras.layers.Add()(autograd.ones(2)), ArgumentError, "takes a list"),
    (lambda: keras.Sequential([Dense]), ValueError, "make it, as Dense"),
    (lambda: keras.Sequential([Dense(2), keras.Input((3,))]), ValueError, "stands before all layers"),
    (lambda: keras.Model(keras.Input((3,)), None), ValueError, "both inputs and outputs"),
    (lambda: keras.Model(keras.Input((3,)), Dense(1)(keras.Input((3,)))), ValueError, "not among the inputs"),
    (lambda: keras.Input(), ValueError, "shape of one example"),
    (lambda: bool(keras.Input((3,)) == 1 or keras.Input((3,))), ValueError, "has no values yet"),
    (lambda: keras.Model()(autograd.ones(1)), NotImplementedError, r"define call\(self, x\) or forward"),
    (lambda: keras.layers.Layer().output, ValueError, "never called on a symbolic tensor"),
    (lambda: keras.Sequential([Dense(2)]).output_shape, ValueError, "input_shape"),
    (lambda: keras.Sequential([keras.Input((3,)), Dense(2)])(autograd.ones(1, 4)), ValueError, "4"),
    (lambda: keras.layers.Embedding(3, 2)(autograd.tensor([[3]])), IndexError, "3"),
    (lambda: keras.models.model_from_json("{"), ValueError, "no JSON"),
    (lambda: keras.models.model_from_json('{"class_name": "os", "config": {}}'), ValueError, "not known"),
    (lambda: keras.layers.Bidirectional(Dense(2)), ValueError, "needs an LSTM, GRU, SimpleRNN or RNN"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "kind", "text"), MISTAKES, ids=[text for _, _, text in MISTAKES])
def test_mistakes(mistake: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        mistake()


def test_set_weights_that_do_not_fit_change_nothing() -> None:
    layer = Dense(2, input_dim=3)
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(ShapeError, match=r"weight 1 of 'dense' has shape \(2,\), got \(3,\)"):
        layer.set_weights([np.zeros((3, 2)), np.zeros(3)])
    with pytest.raises(ArgumentError, match="has 2 weights, got 1"):
        layer.set_weights([np.zeros((3, 2))])
    for a, b in zip(layer.get_weights(), before, strict=True):
        assert np.array_equal(a, b)


def test_symbolic_arithmetic_is_saved() -> None:
    x, y = keras.Input((4,)), keras.Input((4,))
    z = (2 * x - y / 3 + 1) ** 2
    model = keras.Model([x, y], -z[:, 1:3])
    a, b = autograd.randn(3, 4), autograd.randn(3, 4)
    wanted = -((2 * a - b / 3 + 1) ** 2)[:, 1:3]
    assert model([a, b]).allclose(wanted)
    again = keras.models.model_from_json(model.to_json())
    assert again([a, b]).allclose(wanted)


def test_constraints_are_applied() -> None:
    layer = Dense(2, kernel_constraint="non_neg", bias_constraint=keras.constraints.MaxNorm(1.0))
    layer.build((None, 2))
    layer.set_weights([np.array([[1.0, -1.0], [-2.0, 3.0]]), np.array([3.0, 4.0])])
    layer.apply_constraints()
    assert layer.kernel.tolist() == [[1.0, 0.0], [0.0, 3.0]]
    np.testing.assert_allclose(layer.bias.detach(), [0.6, 0.8], rtol=1e-5)


def test_activity_penalties_are_those_of_the_last_call() -> None:
    model = keras.Sequential(
        [Dense(2, input_dim=2, kernel_initializer="identity", activity_regularizer="l2")]
    )
    model(autograd.ones(4, 2))
    assert [loss.item() for loss in model.losses] == pytest.approx([0.02])
    model(autograd.full((1, 2), 3.0))
    assert [loss.item() for loss in model.losses] == pytest.approx([0.18])


def test_normalization_takes_its_statistics_from_data() -> None:
    data = np.random.default_rng(0).normal(3.0, 2.0, (500, 4))
    layer = keras.layers.Normalization()
    layer.adapt(data)
    out = layer(data).detach().numpy()
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(out.std(0), 1, atol=1e-5)
    again = keras.layers.Normalization(mean=data.mean(0), variance=data.var(0))
    np.testing.assert_allclose(again(data).detach(), out, atol=1e-5)
    back = keras.layers.Normalization(mean=data.mean(0), variance=data.var(0), invert=True)
    np.testing.assert_allclose(back(out).detach(), data, atol=1e-4)


def test_sparsemax_is_a_distribution() -> None:
    x = autograd.randn(20, 6, dtype=autograd.float64) * 2
    p = keras.activations.sparsemax(x)
    np.testing.assert_allclose(p.sum(-1), 1)
    assert (p == 0).any()


def test_borders_of_averages_do_not_count() -> None:
    x = autograd.tensor([[[1.0], [2.0], [3.0], [4.0]]])
    out = keras.layers.AveragePooling1D(3, strides=2, padding="same")(x)
    assert out.flatten().tolist() == pytest.approx([2.0, 3.5])


def test_noise_in_training_only() -> None:
    x = autograd.ones(100, 50)
    for layer in (keras.layers.Dropout(0.4, noise_shape=(None, 1)), keras.layers.SpatialDropout1D(0.4)):
        given = x if isinstance(layer, keras.layers.Dropout) and layer.noise_shape else x.reshape(100, 5, 10)
        dropped = layer(given, training=True)
        axis = 1
        assert ((dropped == 0).all(axis) | (dropped != 0).all(axis)).all()
        assert 0.3 < (dropped == 0).float().mean().item() < 0.5
    for layer in (
        keras.layers.GaussianDropout(0.2),
        keras.layers.AlphaDropout(0.2),
        keras.layers.GaussianNoise(0.5),
    ):
        assert layer(autograd.randn(200, 100), training=True).std().item() == pytest.approx(1.1, abs=0.15)
    seeded = [keras.layers.Dropout(0.5, seed=3)(x, training=True) for _ in range(2)]
    assert (seeded[0] == seeded[1]).all()
