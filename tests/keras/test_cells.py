"""Cells and `RNN`: the numbers of Keras and of the fused layers, states, masks, dropout, cells of one's own."""

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, ShapeError
from nn import keras as ours
from nn.keras import layers
from tests.keras.oracle import keras

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # of Keras, with recent NumPy and PyTorch

PAIRS = [
    (layers.SimpleRNN, layers.SimpleRNNCell, {}),
    (layers.LSTM, layers.LSTMCell, {}),
    (layers.GRU, layers.GRUCell, {}),
    (layers.GRU, layers.GRUCell, {"reset_after": False, "use_bias": False}),
]


def steps(rng, n=3, length=6, features=4):
    return rng.standard_normal((n, length, features)).astype("float32")


def flat(states):
    return [part for s in states for part in (flat(s) if isinstance(s, (list, tuple)) else [s])]


@pytest.mark.parametrize(("layer", "cell", "options"), PAIRS)
def test_a_cell_step_by_step_is_the_layer(layer, cell, options, rng):
    x = steps(rng)
    whole = layer(5, return_sequences=True, return_state=True, **options)
    out, *states = whole(x)
    one = cell(5, **options)
    over = layers.RNN(one, return_sequences=True, return_state=True)
    over(x)
    one.set_weights(whole.get_weights())
    again, *final = over(x)
    np.testing.assert_allclose(again.detach(), out.detach(), rtol=1e-5, atol=1e-6)
    for a, b in zip(final, states, strict=True):
        np.testing.assert_allclose(a.detach(), b.detach(), rtol=1e-5, atol=1e-6)
    now = one.get_initial_state(3)
    for t in range(6):
        found, now = one(autograd.tensor(x[:, t]), now)
        np.testing.assert_array_equal(found.detach(), again[:, t].detach())
    assert one.output_size == 5
    assert one.state_size == ([5, 5] if cell is layers.LSTMCell else 5)


def of_cells(k, **options):
    return k.layers.RNN([k.layers.GRUCell(4), k.layers.LSTMCell(3), k.layers.SimpleRNNCell(2)], **options)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {"return_state": True},
        {"return_sequences": True},
        {"return_sequences": True, "go_backwards": True, "zero_output_for_mask": True, "return_state": True},
    ],
)
def test_cells_above_one_another_are_those_of_keras(options, masked, rng):
    x = steps(rng)
    mask = np.array([[1, 1, 0, 1, 0, 1], [0, 0, 1, 1, 1, 0], [1] * 6], bool) if masked else None
    mine, theirs = of_cells(ours, **options), of_cells(keras, **options)
    mine(x)
    theirs(x)
    theirs.set_weights(mine.get_weights())
    found, wanted = (
        mine(x, mask=mask),
        theirs(x, mask=None if mask is None else keras.ops.convert_to_tensor(mask)),
    )
    found, wanted = (list(r) if isinstance(r, (list, tuple)) else [r] for r in (found, wanted))
    if options.get("return_state"):
        sizes = [len(s) if isinstance(s, (list, tuple)) else 0 for s in found[1:]]
        assert sizes == [len(s) if isinstance(s, (list, tuple)) else 0 for s in wanted[1:]]
    for a, b in zip(flat(found), flat(wanted), strict=True):
        np.testing.assert_allclose(a.detach(), keras.ops.convert_to_numpy(b), rtol=1e-4, atol=1e-5)
    symbolic = mine(ours.Input((6, 4)))
    shapes = [s.shape[1:] for s in flat(symbolic if isinstance(symbolic, (list, tuple)) else [symbolic])]
    assert shapes == [tuple(a.shape[1:]) for a in flat(found)]


def test_an_lstm_cell_has_two_states(rng):
    x, h, c = (rng.standard_normal((2, 4)).astype("float32") for _ in range(3))
    mine, theirs = layers.LSTMCell(4, activation="relu"), keras.layers.LSTMCell(4, activation="relu")
    out, (new_h, new_c) = mine(x, [h, c])
    theirs(x, [h, c])
    theirs.set_weights(mine.get_weights())
    wanted, (their_h, their_c) = theirs(x, [h, c])
    for a, b in ((out, wanted), (new_h, their_h), (new_c, their_c)):
        np.testing.assert_allclose(a.detach(), keras.ops.convert_to_numpy(b), rtol=1e-5, atol=1e-6)


class Minimal(layers.Layer):
    """A cell as Keras's guide has it, with a state that is not what it returns."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units]
        self.output_size = 2 * units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", name="kernel")

    def call(self, inputs, states):
        new = states[0] * 0.5 + inputs @ self.kernel
        return autograd.cat([new, -new], -1), [new]


def test_a_cell_of_ones_own(rng, tmp_path):
    x = steps(rng)
    model = ours.Sequential(
        [ours.Input((6, 4)), layers.RNN(Minimal(3), return_sequences=True), layers.Dense(1)]
    )
    assert model.layers[0].output.shape == (None, 6, 6)
    out = model.layers[0](x).detach().numpy()
    state = np.zeros((3, 3))
    for t in range(6):
        state = state * 0.5 + x[:, t].sum(-1, keepdims=True)
        np.testing.assert_allclose(out[:, t], np.concatenate([state, -state], -1), rtol=1e-4, atol=1e-5)
    model.compile("adam", "mse")
    before = model.evaluate(x, x[..., :1], verbose=0)
    model.fit(x, x[..., :1], epochs=20, verbose=0)
    assert model.evaluate(x, x[..., :1], verbose=0) < before
    model.save(tmp_path / "own.keras")
    again = ours.models.load_model(tmp_path / "own.keras", {"Minimal": Minimal})
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_both_directions_and_stateful_layers(rng):
    x = steps(rng)
    both = layers.Bidirectional(layers.RNN(layers.GRUCell(4), return_sequences=True))
    there, back = both.forward_layer, both.backward_layer
    out = both(x).detach().numpy()
    assert out.shape == (3, 6, 8)
    np.testing.assert_array_equal(out[..., :4], there(x).detach())
    np.testing.assert_array_equal(out[..., 4:], back(x).flip(1).detach())
    assert both.compute_output_shape((None, 6, 4)) == (None, 6, 8)
    kept = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)], stateful=True)
    whole = layers.RNN(kept.cell)
    first, second = kept(x[:, :2]), kept(x[:, 2:])
    np.testing.assert_allclose(second.detach(), whole(x).detach(), rtol=1e-5)
    assert not np.allclose(first.detach(), second.detach())
    with pytest.raises(ShapeError, match="keeps states of 3 sequences, got 2"):
        kept(x[:2])
    kept.reset_states()
    np.testing.assert_array_equal(kept(x[:, :2]).detach(), first.detach())


def test_what_is_dropped_is_the_same_at_each_step_and_another_in_each_call():
    cell = layers.SimpleRNNCell(50, activation="linear", dropout=0.5, recurrent_dropout=0.25, seed=3)
    over = layers.RNN(cell, return_sequences=True)
    x = autograd.ones(1, 3, 50)
    over(x)
    cell.set_weights([np.eye(50), np.eye(50), np.zeros(50)])
    plain = over(x)
    assert plain[0, 2].tolist() == [3.0] * 50
    out = over(x, training=True)[0].detach().numpy()
    assert set(out[0]) == {0.0, 2.0}
    kept = np.isclose(out[1], out[0] * (1 + 1 / 0.75))
    np.testing.assert_allclose(out[2][kept], out[0][kept] + out[1][kept] / 0.75, rtol=1e-5)
    np.testing.assert_allclose(out[2][~kept], out[0][~kept], rtol=1e-5)
    assert 0 < kept.sum() < 50
    assert not np.array_equal(over(x, training=True)[0, 0].detach(), out[0])
    state = [autograd.zeros(1, 50)]
    once, _ = cell(x[:, 0], state, training=True)
    twice, _ = cell(x[:, 0], state, training=True)
    assert once.tolist() == twice.tolist()
    cell.reset_dropout_mask()
    third, _ = cell(x[:, 0], state, training=True)
    assert third.tolist() != once.tolist()


def test_initial_states_can_be_given(rng):
    x = steps(rng)
    over = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)], return_state=True)
    half, *states = over(x[:, :3])
    rest = over(x[:, 3:], initial_state=states)
    np.testing.assert_allclose(rest[0].detach(), over(x)[0].detach(), rtol=1e-5)
    assert tuple(half.shape) == (3, 3)
    with pytest.raises(
        ShapeError, match=r"RNN 'rnn.*': takes initial states of shapes \[\(3, 4\), \(3, 3\), \(3, 3\)\]"
    ):
        over(x, initial_state=[autograd.zeros(3, 4)])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: layers.RNN(3),
            ArgumentError,
            "RNN: a cell is a layer with a state_size .*it is no layer: int",
        ),
        (lambda: layers.RNN(layers.Dense(3)), ArgumentError, "it has no state_size: Dense"),
        (lambda: layers.RNN([]), ArgumentError, "needs one cell or more"),
        (lambda: layers.StackedRNNCells([layers.LSTM(3)]), ArgumentError, "give LSTMCell"),
        (lambda: layers.LSTMCell(0), ArgumentError, "LSTMCell: units is a whole number of 1 or more"),
        (lambda: layers.GRUCell(3, dropout=2.0), ArgumentError, "GRUCell: dropout lies between 0 and 1"),
        (lambda: layers.GRUCell(3, recurent_dropout=0.1), ArgumentError, "did you mean 'recurrent_dropout'"),
        (
            lambda: layers.RNN(layers.GRUCell(3))(autograd.ones(2, 3)),
            ShapeError,
            r"takes \(N, steps, features\)",
        ),
        (
            lambda: layers.GRUCell(3)(autograd.ones(2, 5, 4), autograd.zeros(2, 3)),
            ShapeError,
            r"takes a step \(N, features\)",
        ),
        (
            lambda: layers.LSTMCell(3)(autograd.ones(2, 4), [autograd.zeros(2, 3)]),
            ShapeError,
            r"takes 2 states of shape \(2, 3\), got \[\(2, 3\)\]",
        ),
    ],
)
def test_mistakes(make, error, message):
    with pytest.raises(error, match=message):
        make()
