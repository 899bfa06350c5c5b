"""Steps that do not count, and states that are kept, against Keras'."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from nn import keras as ours

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # Keras' variables

WORDS = {
    "padded": np.array([[3, 1, 4, 0, 0], [1, 5, 9, 2, 6], [5, 0, 0, 0, 0]]),
    "gaps": np.array([[3, 0, 4, 0, 1], [0, 5, 9, 2, 6], [0, 0, 5, 3, 0]]),
    "empty": np.array([[0, 0, 0, 0, 0], [1, 5, 9, 2, 6], [5, 0, 0, 0, 0]]),
}
LAYERS: dict[str, Any] = {
    "lstm": lambda L: L.LSTM(4),
    "lstm sequences": lambda L: L.LSTM(4, return_sequences=True),
    "lstm backwards": lambda L: L.LSTM(4, go_backwards=True),
    "lstm backwards sequences": lambda L: L.LSTM(4, go_backwards=True, return_sequences=True),
    "gru": lambda L: L.GRU(4),
    "gru reset before": lambda L: L.GRU(4, reset_after=False, return_sequences=True),
    "rnn": lambda L: L.SimpleRNN(4),
    "bidirectional": lambda L: L.Bidirectional(L.LSTM(4)),
    "bidirectional sequences": lambda L: L.Bidirectional(L.GRU(4, return_sequences=True)),
    "through others": lambda L: L.LSTM(4, zero_output_for_mask=True, return_sequences=True),
    "mean": lambda L: L.GlobalAveragePooling1D(),
    "batch norm": lambda L: L.BatchNormalization(),
}


PAIRS = [
    (name, words) for name in LAYERS for words in WORDS if (name, words) != ("mean", "empty")
]  # that is 0/0


@pytest.mark.parametrize(("name", "words"), PAIRS)
def test_steps_that_do_not_count(name: str, words: str) -> None:
    x = WORDS[words]

    def of(K: Any) -> Any:
        return K.Sequential(
            [K.Input((5,), dtype="int64"), K.layers.Embedding(10, 3, mask_zero=True), K.layers.Dropout(0.1),
             LAYERS[name](K.layers)]
        )  # fmt: skip

    model, oracle = of(ours), of(keras)
    rng = np.random.default_rng(0)
    weights = [np.abs(rng.normal(size=w.shape)) * 0.5 for w in model.get_weights()]
    model.set_weights(weights)
    oracle.set_weights(weights)
    np.testing.assert_allclose(model(x).detach(), oracle(x).detach().numpy(), rtol=1e-4, atol=1e-5)


def test_a_mask_in_a_class() -> None:
    """It goes with the tensor from layer to layer, and is what Masking and explicit masks say."""
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    x[0, 2:] = 0

    class Net(ours.Model):
        def __init__(self) -> None:
            super().__init__()
            self.mask = ours.layers.Masking()
            self.dense = ours.layers.Dense(3, kernel_initializer="identity")
            self.lstm = ours.layers.LSTM(4)

        def call(self, x: Any) -> Any:
            return self.lstm(self.dense(self.mask(x)))

    net = Net()
    found = net(x)
    explicit = net.lstm(autograd.tensor(x), mask=autograd.tensor((x != 0).any(-1)))
    alone = net.lstm(autograd.tensor(x[:1, :2]))
    np.testing.assert_allclose(found.detach(), explicit.detach(), rtol=1e-5)
    np.testing.assert_allclose(found[:1].detach(), alone.detach(), rtol=1e-5)


def test_gradients_through_packed_steps_are_those_of_single_ones() -> None:
    x = autograd.tensor(np.random.default_rng(0).normal(size=(3, 5, 2)), requires_grad=True)
    mask = autograd.tensor(WORDS["padded"] != 0)
    layer = ours.layers.LSTM(4, return_sequences=True, dtype="float64")
    g = autograd.tensor(np.random.default_rng(1).normal(size=(3, 5, 4)))
    (layer(x, mask=mask) * g).sum().backward()
    grads = [p.grad.numpy().copy() for p in layer.parameters()] + [x.grad.numpy().copy()]
    x.grad = None
    layer.zero_grad()
    layer.activation = lambda z: z.tanh()  # no kernel for this one
    (layer(x, mask=mask) * g).sum().backward()
    for a, b in zip(grads, [p.grad for p in layer.parameters()] + [x.grad], strict=True):
        np.testing.assert_allclose(a, b.numpy(), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_stateful_layers_go_on(kind: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    whole = getattr(ours.layers, kind)(4)
    parts = getattr(ours.layers, kind)(4, stateful=True)
    wanted = whole(x)
    parts.build((2, 3, 3))
    parts.set_weights(whole.get_weights())
    parts(x[:, :3])
    np.testing.assert_allclose(parts(x[:, 3:]).detach(), wanted.detach(), rtol=1e-4, atol=1e-6)
    parts.reset_states()
    parts(x[:, :3])
    np.testing.assert_allclose(parts(x[:, 3:]).detach(), wanted.detach(), rtol=1e-4, atol=1e-6)
    with pytest.raises(ValueError, match="reset_states"):
        parts(x[:1])


def test_attention_looks_at_what_counts() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[True, True, False, False], [True] * 4])
    layer, oracle = ours.layers.MultiHeadAttention(2, 3), keras.layers.MultiHeadAttention(2, 3)
    layer(x, x)
    oracle(x, x)
    oracle.set_weights(layer.get_weights())
    square = mask[:, None, :] & np.ones((2, 4, 1), bool)
    found, wanted = layer(x, x, attention_mask=square), oracle(x, x, attention_mask=square)
    np.testing.assert_allclose(found.detach(), wanted.detach().numpy(), rtol=1e-4, atol=1e-5)
    found = layer(x, x, value_mask=autograd.tensor(mask))
    np.testing.assert_allclose(found.detach(), wanted.detach().numpy(), rtol=1e-4, atol=1e-5)
