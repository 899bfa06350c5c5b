"""What programs bring with them: steps, layers, losses and metrics of their own, as those written for Keras do."""

import io
import sys

import numpy as np
import pytest

import nn
import optim
from autograd.errors import ArgumentError
from nn import keras
from nn.keras import callbacks, layers

X = np.random.default_rng(0).standard_normal((48, 4)).astype("float32")
Y = X[:, :1] * 2 - X[:, 1:2]


def twin(make, **options):
    """The same network again, with the same weights, compiled alike."""
    keras.utils.set_random_seed(0)
    model = make()
    model.compile("adam", "mse", metrics=["mae"], **options)
    return model


def graph(cls=keras.Model):
    x = keras.Input((4,))
    return cls(x, layers.Dense(1)(layers.Dense(8, activation="tanh")(x)))


class Steps(keras.Model):
    """The loop that Keras's guide gives for its PyTorch backend."""

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        predicted = self(x, training=True)
        loss = self.compute_loss(y=y, y_pred=predicted)
        loss.backward()
        weights = list(self.trainable_weights)
        self.optimizer.apply([w.grad for w in weights], weights)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, predicted)
        return {m.name: m.result() for m in self.metrics}


def test_a_train_step_of_ones_own_learns_what_fit_learns():
    plain, own = twin(graph), twin(lambda: graph(Steps))
    expected = plain.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0).history
    found = own.fit(X, Y, epochs=3, batch_size=16, shuffle=False, verbose=0).history
    assert list(found) == ["loss", "mae"]
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, rel=1e-6)
    assert np.array_equal(plain.predict(X, verbose=0), own.predict(X, verbose=0))


@pytest.mark.parametrize("given", [(X,), (X, Y), (X, Y, np.ones(48, "float32"))])
def test_a_step_gets_what_was_given_as_tensors(given):
    seen = []

    class Own(keras.Model):
        def train_step(self, data):
            parts = data if isinstance(data, tuple) else (data,)
            seen.append([type(part) for part in parts])
            return {"loss": 1}

    x = keras.Input((4,))
    model = Own(x, layers.Dense(1)(x))
    model.compile("sgd", "mse")
    y, weight = (*given[1:], None, None)[:2]
    history = model.fit(given[0], y, sample_weight=weight, batch_size=24, verbose=0)
    assert [len(types) for types in seen] == [len(given)] * 2
    assert {kind.__name__ for types in seen for kind in types} == {"Tensor"}
    assert history.history == {"loss": [1.0]}


def test_metrics_that_are_attributes_begin_anew_with_each_epoch():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.seen = keras.metrics.Sum(name="seen")

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            self.seen.update_state([len(data[0])])
            return {"seen": self.seen.result()}

    model = Own()
    model.compile("sgd", "mse")
    assert model.fit(X, Y, epochs=2, batch_size=20, verbose=0).history == {"seen": [48.0, 48.0]}
    assert [m.name for m in model.metrics] == ["loss", "seen"]


def distance(y_true, y_pred):
    return abs(y_true - y_pred)


class Distance(keras.losses.Loss):
    def __init__(self, power=1.0, **kwargs):
        super().__init__(**kwargs)
        self.power = power

    def call(self, y_true, y_pred):
        return abs(y_true - y_pred) ** self.power

    def get_config(self):
        return {**super().get_config(), "power": self.power}


@pytest.mark.parametrize("loss", [distance, Distance(1.5)])
def test_a_loss_of_ones_own_is_saved_by_its_name(loss, tmp_path):
    model = graph()
    model.compile("adam", loss, metrics=[distance, "mse"])
    model.fit(X, Y, verbose=0)
    path = tmp_path / "model.keras"
    model.save(path)
    with pytest.raises(ArgumentError, match="is not known; pass custom_objects="):
        keras.models.load_model(path)
    names = {"distance": distance, "Distance": Distance}
    again = keras.models.load_model(path, custom_objects=names)
    assert getattr(again.loss, "power", None) == getattr(loss, "power", None)
    runs = [m.fit(X, Y, epochs=2, shuffle=False, verbose=0).history for m in (model, again)]
    assert runs[0] == runs[1]
    assert list(runs[0]) == ["loss", "distance", "mse"]
    with keras.utils.custom_object_scope(names):
        assert keras.models.load_model(path).compiled
    assert not keras.models.load_model(path, compile=False).compiled


@pytest.mark.parametrize(
    "options",
    [{"loss": lambda y, p: (y - p) ** 2}, {"loss": nn.MSELoss()}, {"loss": "mse", "optimizer": optim.Adam}],
)
def test_what_cannot_be_written_is_left_out_of_the_file(options, tmp_path):
    model = graph()
    model.compile(**options)
    with pytest.warns(
        UserWarning, match=r"written without its optimizer, loss and metrics; compile\(\) it after"
    ):
        model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert not again.compiled
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_a_discriminator_is_learnt_alone_and_frozen_in_the_whole():
    keras.utils.set_random_seed(0)
    judge = keras.Sequential(
        [layers.Dense(8, input_dim=4), layers.LeakyReLU(0.2), layers.Dense(1, "sigmoid")]
    )
    judge.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    maker = keras.Sequential([layers.Dense(4, input_dim=2)])
    judge.trainable = False
    z = keras.Input((2,))
    whole = keras.Model(z, judge(maker(z)))
    whole.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    noise = np.ones((8, 2), "float32")
    for learnt, held, step in [
        (judge, maker, lambda: judge.train_on_batch(maker.predict(noise, verbose=0), np.zeros(8))),
        (maker, judge, lambda: whole.train_on_batch(noise, np.ones(8))),
    ] * 2:
        judge.trainable = learnt is judge
        before = learnt.get_weights(), held.get_weights()
        step()
        assert not np.array_equal(before[0][0], learnt.get_weights()[0])
        assert all(np.array_equal(a, b) for a, b in zip(before[1], held.get_weights(), strict=True))


def test_layers_can_be_frozen_between_two_runs_but_more_need_a_new_optimizer():
    model = twin(graph)
    model.fit(X, Y, verbose=0)
    model.layers[1].trainable = False
    held = model.layers[1].get_weights()[0]
    free = model.layers[2].get_weights()[0]
    model.fit(X, Y, verbose=0)
    assert np.array_equal(held, model.layers[1].get_weights()[0])
    assert not np.array_equal(free, model.layers[2].get_weights()[0])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.layers[1].trainable = True
    with pytest.raises(ArgumentError, match=r"compile\(\) again when more layers are to be learnt"):
        model.fit(X, Y, verbose=0)


def test_names_of_metrics_are_those_that_were_given():
    model = graph()
    model.compile("sgd", "mse", metrics=["MAE", "RootMeanSquaredError", "mae"], weighted_metrics=["mae"])
    assert list(model.evaluate(X, Y, verbose=0, return_dict=True)) == [
        "loss", "MAE", "RootMeanSquaredError", "mae", "weighted_mae",
    ]  # fmt: skip


def test_callbacks_say_what_they_do(tmp_path, capsys):
    model = twin(graph)
    path = str(tmp_path / "best.keras")
    worse = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(loss=1.0 + epoch))
    model.fit(
        X, Y, epochs=9, verbose=0,
        callbacks=[
            worse,
            callbacks.LearningRateScheduler(lambda epoch, rate: rate, verbose=1),
            callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True, verbose=1),
            callbacks.ReduceLROnPlateau(monitor="loss", patience=1, factor=0.5, verbose=1),
            callbacks.EarlyStopping(monitor="loss", patience=1, restore_best_weights=True, verbose=1),
        ],
    )  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: the learning rate is 0.001",
        "Epoch 1: loss got better, from inf to 1.00000",
        f"Epoch 1: saved to {path}",
        "Epoch 2: the learning rate is 0.001",
        "Epoch 2: loss is no better than 1.00000",
        "Epoch 2: the learning rate is 0.0005 from here on",
        "Epoch 2: early stopping, loss was best in epoch 1",
        "Epoch 1: the model has the weights of this epoch again",
    ]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_evaluate_and_predict_show_a_bar_in_a_terminal(monkeypatch):
    model = twin(graph)
    expected = model.evaluate(X, Y, verbose=0)
    shown = []
    for verbose in (1, 2, 0):
        for run in (
            lambda v: model.evaluate(X, Y, batch_size=12, verbose=v),
            lambda v: model.predict(X, 12, v),
        ):
            monkeypatch.setattr("sys.stdout", Terminal())
            run(verbose)
            shown.append(sys.stdout.getvalue())
    assert all("4/4" in text and "100%" in text for text in shown[:2])
    assert f"loss: {expected[0]:.4f}" in shown[0]
    assert shown[2] == f"loss: {expected[0]:.4f} - mae: {expected[1]:.4f}\n"
    assert shown[3:] == ["", "", ""]
