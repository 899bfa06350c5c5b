"""Callbacks: when they stop, what they save and write, and in which order they are called."""

import csv
import io
import math

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.errors import ArgumentError
from nn import keras
from nn.keras import callbacks
from nn.keras.trainer import Trainer

X = np.linspace(-1, 1, 20, dtype="float32")[:, None]
Y = 3 * X + 1


def line(rate=0.1, **options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Dense(1, input_dim=1)])
    model.compile(keras.optimizers.SGD(rate), "mse", **options)
    return model


class Figures(callbacks.Callback):
    """Puts figures of a script into the logs in the place of what was computed."""

    def __init__(self, name, values):
        super().__init__()
        self.name, self.values = name, values

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


def script(values, *others, name="val_loss", epochs=None, rate=0.1):
    model = line(rate)
    history = model.fit(
        X, Y, epochs=epochs or len(values), verbose=0, callbacks=[Figures(name, values), *others]
    )
    return model, history


@pytest.mark.parametrize(
    ("values", "options", "epochs"),
    [
        ([3, 2, 1, 2, 3, 4], {}, 4),
        ([3, 2, 1, 2, 3, 4], {"patience": 2}, 5),
        ([3, 2, 1, 2, 0, 4], {"patience": 2}, 6),
        ([3, 2.9, 2.8, 2.7], {"min_delta": 0.5, "patience": 2}, 3),
        ([1, 2, 3, 4], {"mode": "max"}, 4),
        ([1, 2, 3, 4, 5], {"start_from_epoch": 2, "patience": 1}, 4),
        ([3, 2, 2.5, 2.6], {"baseline": 0.1, "patience": 3}, 3),
        ([5, 4, 3, 2], {}, 4),
    ],
)
def test_early_stopping(values, options, epochs):
    _, history = script(values, callbacks.EarlyStopping(**options))
    assert len(history.epoch) == epochs


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with recent NumPy and PyTorch
def test_early_stopping_has_the_epochs_of_keras(rng):
    """Random figures and options: it ends in the epoch in which Keras's ends."""
    from .oracle import keras as oracle

    class Stub:
        stop_training = False

        def get_weights(self):
            return []

        def set_weights(self, weights):
            pass

    for _ in range(60):
        values = rng.random(12).round(1).tolist()
        options = {
            "monitor": "val_loss",
            "mode": str(rng.choice(["min", "max"])),
            "patience": int(rng.integers(0, 4)),
            "min_delta": float(rng.choice([0, 0.1])),
            "start_from_epoch": int(rng.integers(0, 3)),
            "baseline": [None, 0.5][int(rng.integers(2))],
        }
        theirs = oracle.callbacks.EarlyStopping(**options)
        theirs.set_model(Stub())
        theirs.on_train_begin()
        expected = 12
        for epoch, value in enumerate(values):
            theirs.on_epoch_end(epoch, {"val_loss": value})
            if theirs.model.stop_training:
                expected = epoch + 1
                break
        ours = callbacks.EarlyStopping(**options)
        ours.set_model(line())
        ours.on_train_begin()
        for epoch, value in enumerate(values):
            ours.on_epoch_end(epoch, {"val_loss": value})
            if ours.model.stop_training:
                break
        assert epoch + 1 == expected, (values, options)


def test_the_best_weights_come_back():
    stopping = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    seen = []
    noting = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()))
    model = line()
    model.fit(X, Y, epochs=9, verbose=0, callbacks=[Figures("val_loss", [3, 1, 2, 3, 4]), noting, stopping])
    assert (stopping.best_epoch, stopping.stopped_epoch, len(seen)) == (1, 3, 4)
    for best, now in zip(seen[1], model.get_weights(), strict=True):
        np.testing.assert_array_equal(best, now)


def test_a_figure_that_there_is_not():
    with pytest.warns(UserWarning, match="there is no figure 'val_loss' to look at; there are loss"):
        line().fit(X, Y, epochs=1, verbose=0, callbacks=[callbacks.EarlyStopping()])
    with pytest.raises(ArgumentError, match="mode is"):
        callbacks.EarlyStopping(mode="least")


@pytest.mark.parametrize(
    ("name", "rising"),
    [("val_loss", False), ("accuracy", True), ("val_auc", True), ("mae", False), ("f1_score", True), ("val_r2", True),
     ("val_precision_loss", False), ("false_positives", False)],
)  # fmt: skip
def test_which_way_is_better_is_told_by_the_name(name, rising):
    assert callbacks.EarlyStopping(name).rising is rising


def test_the_learning_rate_falls_on_a_plateau():
    reduce = callbacks.ReduceLROnPlateau(factor=0.5, patience=2, cooldown=1, min_lr=0.02)
    values = [3, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    model, history = script(values, reduce)
    assert history.history["learning_rate"] == [0.1] * 4 + [0.05] * 2 + [0.025] * 2 + [0.02] * 2
    assert model.optimizer.learning_rate == 0.02
    with pytest.raises(ArgumentError, match="factor must be below 1"):
        callbacks.ReduceLROnPlateau(factor=2)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with recent NumPy and PyTorch
def test_the_plateau_of_keras(rng):
    from .oracle import keras as oracle

    for _ in range(30):
        values = rng.random(15).round(1).tolist()
        options = {
            "factor": 0.5,
            "patience": int(rng.integers(1, 4)),
            "cooldown": int(rng.integers(0, 3)),
            "min_delta": float(rng.choice([0, 0.1])),
            "min_lr": 0.001,
        }
        theirs = oracle.callbacks.ReduceLROnPlateau(**options)
        stub = oracle.Sequential([oracle.layers.Dense(1)])
        stub.compile(oracle.optimizers.SGD(0.1), "mse")
        theirs.set_model(stub)
        theirs.on_train_begin()
        expected = []
        for epoch, value in enumerate(values):
            logs = {"val_loss": value}
            theirs.on_epoch_end(epoch, logs)
            expected.append(float(logs["learning_rate"]))
        _, history = script(values, callbacks.ReduceLROnPlateau(**options))
        assert history.history["learning_rate"] == pytest.approx(expected, rel=1e-6), (values, options)


def test_learning_rates_of_a_schedule():
    for schedule in (
        lambda epoch: 0.1 / (epoch + 1),
        lambda epoch, rate: 0.1 if epoch == 0 else 0.1 / (epoch + 1),
    ):
        model = line()
        history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[callbacks.LearningRateScheduler(schedule)])
        assert history.history["learning_rate"] == pytest.approx([0.1, 0.05, 0.1 / 3])
    with pytest.raises(ArgumentError, match="returned None for epoch 0"):
        line().fit(X, Y, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: None)])
    with pytest.raises(ArgumentError, match="a function"):
        callbacks.LearningRateScheduler(0.1)


def test_a_scheduler_of_optim():
    model = keras.Sequential([keras.layers.Dense(1, input_dim=1)])
    sgd = optim.SGD(model.parameters(), lr=0.1)
    model.compile(sgd, nn.MSELoss())
    halved = callbacks.LearningRateScheduler(optim.lr_scheduler.StepLR(sgd, 1, 0.5))
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[halved])
    assert history.history["learning_rate"] == [0.1, 0.05, 0.025]


def test_checkpoints(tmp_path):
    class Plain(Trainer, nn.Linear):
        pass

    plain = Plain(1, 1)
    plain.compile(optim.SGD, "mse")
    each = callbacks.ModelCheckpoint(tmp_path / "plain-{epoch}.safetensors")
    plain.fit(X, Y, epochs=2, verbose=0, callbacks=[each])
    assert autograd.load(tmp_path / "plain-2.safetensors")["weight"].tolist() == plain.weight.tolist()
    path = tmp_path / "best-{epoch:02d}-{val_loss:.1f}.weights.safetensors"
    best = callbacks.ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    last = callbacks.ModelCheckpoint(tmp_path / "last.keras")
    model, _ = script([3, 1, 2, 0.5], best, last)
    assert sorted(p.name for p in tmp_path.glob("best*")) == [
        "best-01-3.0.weights.safetensors",
        "best-02-1.0.weights.safetensors",
        "best-04-0.5.weights.safetensors",
    ]
    again = keras.models.load_model(tmp_path / "last.keras")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    copy = line()
    copy.load_weights(tmp_path / "best-04-0.5.weights.safetensors")
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))
    wrong = callbacks.ModelCheckpoint(tmp_path / "{val_acc}", save_weights_only=True)
    with pytest.raises(ArgumentError, match="asks for 'val_acc'; there are epoch, loss"):
        line().fit(X, Y, verbose=0, callbacks=[wrong])
    with pytest.raises(ArgumentError, match="save_freq"):
        callbacks.ModelCheckpoint("x", save_freq="batch")


def test_checkpoints_within_an_epoch(tmp_path):
    saved = []

    class Noting(callbacks.ModelCheckpoint):
        def _save(self, epoch, logs):
            saved.append((epoch, logs["loss"]))

    line().fit(X, Y, batch_size=5, epochs=2, verbose=0, callbacks=[Noting(tmp_path / "x", save_freq=3)])
    assert [epoch for epoch, _ in saved] == [0, 1]


def test_a_csv_file(tmp_path):
    path = tmp_path / "log.csv"
    model = line(metrics=["mae"])
    first = model.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.CSVLogger(path)]).history
    second = model.fit(
        X, Y, epochs=4, initial_epoch=2, verbose=0, callbacks=[callbacks.CSVLogger(path, append=True)]
    ).history
    with path.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2, 3]
    for name in ("loss", "mae"):
        assert [float(row[name]) for row in rows] == first[name] + second[name]
    line().fit(
        X,
        Y,
        validation_split=0.5,
        validation_freq=2,
        epochs=2,
        verbose=0,
        callbacks=[callbacks.CSVLogger(path, separator=";")],
    )
    assert path.read_text().splitlines()[0] == "epoch;loss;val_loss"
    assert path.read_text().splitlines()[1].endswith(";NA")


def test_event_files(tmp_path):
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    pytest.importorskip("tensorboardX")
    board = callbacks.TensorBoard(tmp_path, histogram_freq=1, update_freq="batch")
    history = line().fit(X, Y, validation_split=0.5, epochs=3, verbose=0, callbacks=[board]).history
    for part, name in (("train", "loss"), ("validation", "val_loss")):
        read = accumulators.EventAccumulator(str(tmp_path / part), {"histograms": 0, "scalars": 0})
        read.Reload()
        values = [event.value for event in read.Scalars("epoch_loss")]
        assert values == pytest.approx(history[name])
        if part == "train":
            assert len(read.Scalars("batch_loss")) == 3
            assert len(read.Histograms(read.Tags()["histograms"][0])) == 3
            assert [e.value for e in read.Scalars("epoch_learning_rate")] == pytest.approx([0.1] * 3)


@pytest.mark.parametrize("target", [np.inf, np.nan])
def test_training_ends_at_nan(target):
    y = Y.copy()
    y[7] = target
    history = line().fit(
        X, y, batch_size=5, shuffle=False, epochs=5, verbose=0, callbacks=[callbacks.TerminateOnNaN()]
    )
    assert len(history.epoch) == 1
    assert not math.isfinite(history.history["loss"][0])
    other = line().fit(X, Y, epochs=5, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(other.epoch) == 5


def test_order_of_calls():
    called = []
    names = [name for name in dir(callbacks.Callback) if name.startswith("on_")]
    noting = callbacks.LambdaCallback(
        **{name: lambda *given, name=name: called.append(name) for name in names}
    )
    model = line()
    model.fit(X, Y, batch_size=20, validation_data=(X, Y), verbose=0, callbacks=[noting])
    assert called == [
        "on_train_begin", "on_epoch_begin", "on_train_batch_begin", "on_batch_begin", "on_train_batch_end",
        "on_batch_end", "on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end", "on_epoch_end",
        "on_train_end",
    ]  # fmt: skip
    called.clear()
    model.predict(X, callbacks=[noting])
    assert called == ["on_predict_begin", "on_predict_batch_begin", "on_predict_batch_end", "on_predict_end"]
    with pytest.raises(ArgumentError, match="there is no 'on_epoch_ned'"):
        callbacks.LambdaCallback(on_epoch_ned=print)


def test_callbacks_see_params_and_may_stop_within_an_epoch():
    class Stop(callbacks.Callback):
        seen = 0

        def on_train_batch_end(self, batch, logs=None):
            self.seen += 1
            assert self.params["epochs"] == 3
            assert self.params["steps"] == 4
            assert logs["loss"] > 0
            self.model.stop_training = batch == 1

    stop = Stop()
    assert len(line().fit(X, Y, batch_size=5, epochs=3, verbose=0, callbacks=stop).epoch) == 1
    assert stop.seen == 2


def test_lines_in_a_log_file_hold_no_control_characters():
    written = io.StringIO()
    line(metrics=["mae"]).fit(
        X, Y, epochs=3, verbose=0, callbacks=[callbacks.ProgressBar(file=written)], validation_split=0.5
    )
    lines = written.getvalue().splitlines()
    assert len(lines) == 3
    for number, text in enumerate(lines, 1):
        assert text.startswith(f"Epoch {number}/3 - ")
        assert text.isprintable()
        assert "loss: " in text
        assert "val_mae: " in text


def test_a_bar_where_there_is_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    written = Terminal()
    line().fit(X, Y, epochs=2, batch_size=5, verbose=0, callbacks=[callbacks.ProgressBar(file=written)])
    assert "Epoch 2/2: 100%" in written.getvalue()
    assert "4/4" in written.getvalue()
    assert "loss: " in written.getvalue()


def test_verbose(capsys):
    model = line()
    model.fit(X, Y, epochs=2, verbose=0)
    assert capsys.readouterr().out == ""
    for verbose in ("auto", 1, 2):  # standard output is a file here
        model.fit(X, Y, epochs=2, verbose=verbose)
        assert [t[:9] for t in capsys.readouterr().out.splitlines()] == ["Epoch 1/2", "Epoch 2/2"]
    found = model.evaluate(X, Y)
    assert capsys.readouterr().out == f"loss: {found:.4f}\n"
    model.evaluate(X, Y, verbose=0)
    model.predict(X)
    assert capsys.readouterr().out == ""


def test_ctrl_c_ends_training_with_the_history_so_far():
    import os
    import signal

    class Press(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.history.epoch == [0, 1] and batch == 1:
                os.kill(os.getpid(), signal.SIGINT)

    ended = []
    after = callbacks.LambdaCallback(on_train_end=lambda logs: ended.append(dict(logs)))
    model = line()
    history = model.fit(X, Y, epochs=9, batch_size=5, verbose=0, callbacks=[Press(), after])
    assert history.interrupted
    assert history.epoch == [0, 1]
    assert ended == [{"loss": history.history["loss"][1]}]
    assert model.optimizer.iterations == 10  # the batch that was running is done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    again = model.fit(X, Y, epochs=1, verbose=0)
    assert not again.interrupted


def test_a_callback_that_raises_keyboard_interrupt_ends_training():
    def press(batch, logs):
        raise KeyboardInterrupt

    history = line().fit(X, Y, verbose=0, callbacks=[callbacks.LambdaCallback(on_train_batch_end=press)])
    assert history.interrupted
    assert history.epoch == []


def test_gradients_are_watched():
    model = line()
    seen = callbacks.GradientWatch(every=2)
    model.fit(X, Y, epochs=6, verbose=0, callbacks=[seen])
    assert {row.step for row in seen.watch.history} == {0, 2, 4}
    assert "Dense" in seen.watch.report()
    before = len(seen.watch.history)
    model(autograd.tensor(X))
    assert len(seen.watch.history) == before
