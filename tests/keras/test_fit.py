"""`fit`, `evaluate`, `predict` and their like: the numbers of a loop written by hand, and what may go in."""

import gc
import pickle
import weakref

import numpy as np
import pytest

import autograd
import nn
import optim
from nn import functional as F
from nn import keras
from nn.keras.adapters import PyDataset
from nn.keras.trainer import Trainer


def network(outputs=3, activation="softmax", **first):
    return keras.Sequential(
        [
            keras.layers.Dense(8, activation="relu", **first),
            keras.layers.Dense(outputs, activation=activation),
        ]
    )


@pytest.fixture
def data(rng):
    x = rng.standard_normal((50, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


def same_weights(a, b):
    return all(p.tobytes() == q.tobytes() for p, q in zip(a.get_weights(), b.get_weights(), strict=True))


def test_fit_is_a_loop_written_by_hand_bit_for_bit(data):
    x, y = data
    keras.utils.set_random_seed(1)
    model = network(activation=None)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    history = model.fit(x, y, epochs=3, batch_size=16, verbose=0).history

    keras.utils.set_random_seed(1)
    by_hand = network(activation=None)
    xs, ys = autograd.tensor(x), autograd.tensor(y)
    by_hand.build_from(xs)
    optimizer = keras.optimizers.Adam()
    optimizer.build(by_hand.parameters())
    losses, accuracies = [], []
    for _ in range(3):
        order, total, right = autograd.randperm(50), 0.0, 0
        for start in range(0, 50, 16):
            rows = order[start : start + 16]
            scores = by_hand(xs[rows])
            loss = F.cross_entropy(scores, ys[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
            right += int((scores.argmax(1) == ys[rows]).sum())
        losses.append(total / 50)
        accuracies.append(right / 50)
    assert same_weights(model, by_hand)
    assert history == {"loss": losses, "accuracy": accuracies}


def test_fit_of_a_module_of_nn_with_its_losses_and_optimizers(data):
    """The two faces are one: a Trainer is a mixin, and what `nn` and `optim` have is taken as it is."""

    class Plain(Trainer, nn.Module):
        def __init__(self):
            super().__init__()
            self.line = nn.Linear(4, 1)

        def forward(self, x):
            return self.line(x)

    x, _ = data
    y = x @ np.array([[1.0], [2.0], [0.0], [-1.0]], "float32")
    autograd.manual_seed(0)
    model = Plain()
    model.compile(optim.SGD(model.parameters(), lr=0.1, momentum=0.9), nn.MSELoss())
    losses = model.fit(x, y[:, 0], epochs=20, shuffle=False, verbose=0).history["loss"]
    autograd.manual_seed(0)
    copy = Plain()
    sgd, criterion = optim.SGD(copy.parameters(), lr=0.1, momentum=0.9), nn.MSELoss()
    for _ in range(20):
        for start in (0, 32):
            loss = criterion(
                copy(autograd.tensor(x[start : start + 32])), autograd.tensor(y[start : start + 32])
            )
            sgd.zero_grad()
            loss.backward()
            sgd.step()
    assert copy.line.weight.tolist() == model.line.weight.tolist()
    assert losses[-1] < 0.05 * losses[0]
    with pytest.raises(TypeError, match="sample_weight"):
        Plain().compile("sgd", "mse", sample_weight=3)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with recent NumPy and PyTorch
@pytest.mark.parametrize("weighed", [False, True])
def test_fit_has_the_numbers_of_keras(data, weighed):
    """Loss, accuracy and validation figures of every epoch, with weights that begin the same."""
    from .oracle import keras as oracle

    x, y = data
    weights = [
        np.random.default_rng(5).standard_normal(s).astype("float32") for s in ((4, 8), (8,), (8, 3), (3,))
    ]
    weight = np.linspace(0.5, 2, 50).astype("float32")
    found = []
    for face in (keras, oracle):
        model = face.Sequential(
            [
                face.layers.Input((4,)),
                face.layers.Dense(8, activation="relu", kernel_regularizer=face.regularizers.L2(0.01)),
                face.layers.Dense(3, activation="softmax"),
            ]
        )
        model.set_weights(weights)
        model.compile(
            face.optimizers.Adam(0.01),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            weighted_metrics=[face.metrics.SparseCategoricalCrossentropy(name="weighed")],
        )
        history = model.fit(
            x,
            y,
            epochs=3,
            batch_size=16,
            shuffle=False,
            validation_split=0.2,
            verbose=0,
            sample_weight=weight if weighed else None,
            class_weight=None if weighed else {0: 1.0, 1: 2.0, 2: 0.5},
        )
        found.append((history.history, model.evaluate(x, y, verbose=0), model.predict(x, verbose=0)))
    (ours, ours_after, ours_predicted), (theirs, theirs_after, theirs_predicted) = found
    assert set(ours) == set(theirs)
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=2e-5, err_msg=name)
    np.testing.assert_allclose(ours_after, theirs_after, rtol=2e-5)
    np.testing.assert_allclose(ours_predicted, theirs_predicted, rtol=1e-4, atol=1e-6)


def test_everything_that_holds_numbers_may_go_in(data):
    pandas = pytest.importorskip("pandas")
    x, y = data
    frame = pandas.DataFrame(x.astype("float64"), columns=list("abcd"))
    loader = nn.data.DataLoader(nn.data.TensorDataset(autograd.tensor(x), autograd.tensor(y)), batch_size=16)

    class Made(PyDataset):
        ended = 0

        def __len__(self):
            return 4

        def __getitem__(self, index):
            return x[16 * index : 16 * index + 16], y[16 * index : 16 * index + 16]

        def on_epoch_end(self):
            self.ended += 1

    def generator():
        while True:
            for start in range(0, 50, 16):
                yield x[start : start + 16], y[start : start + 16]

    made = Made()
    sources = {
        "arrays": ((x, y), {}),
        "float64": ((x.astype("float64"), y.astype("int32")), {}),
        "lists": ((x.tolist(), y.tolist()), {}),
        "tensors": ((autograd.tensor(x), autograd.tensor(y)), {}),
        "frames": ((frame, pandas.Series(y)), {}),
        "columns": ((x, y[:, None]), {}),
        "loader": ((loader,), {}),
        "batches": (([(x[i : i + 16], y[i : i + 16]) for i in range(0, 50, 16)],), {}),
        "dataset": ((made,), {}),
        "examples": (
            (nn.data.TensorDataset(autograd.tensor(x), autograd.tensor(y)),),
            {"shuffle": False, "batch_size": 16},
        ),
        "generator": ((generator(),), {"steps_per_epoch": 4}),
    }
    found = {}
    for name, (given, options) in sources.items():
        keras.utils.set_random_seed(3)
        model = network()
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        if not options and len(given) == 2:
            options = {"batch_size": 16, "shuffle": False}
        history = model.fit(*given, epochs=2, verbose=0, **options).history
        found[name] = (history, [w.tobytes() for w in model.get_weights()])
        assert model.weights[0].dtype == autograd.float32
    for name, result in found.items():
        assert result == found["arrays"], name
    assert made.ended == 2


def test_several_inputs_and_outputs(data):
    x, y = data
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    hidden = keras.layers.Concatenate()([a, b])
    outputs = [
        keras.layers.Dense(3, activation="softmax", name="kind")(hidden),
        keras.layers.Dense(1, name="size")(hidden),
    ]
    size = x.sum(1)
    results = []
    for given, targets, losses, weights, metrics in [
        (
            [x[:, :2], x[:, 2:]],
            [y, size],
            ["sparse_categorical_crossentropy", "mse"],
            [1.0, 0.5],
            [["accuracy"], ["mae"]],
        ),
        (
            {"a": x[:, :2], "b": x[:, 2:]},
            {"kind": y, "size": size},
            {"kind": "sparse_categorical_crossentropy", "size": "mse"},
            {"size": 0.5},
            {"kind": "accuracy", "size": "mae"},
        ),
    ]:
        model = keras.Model([a, b], outputs)
        model.set_weights([np.full(w.shape, 0.1, "float32") for w in model.get_weights()])
        model.compile("sgd", losses, loss_weights=weights, metrics=metrics)
        history = model.fit(given, targets, epochs=2, shuffle=False, verbose=0).history
        assert list(history) == ["loss", "kind_loss", "size_loss", "kind_accuracy", "size_mae"]
        assert history["loss"] == pytest.approx(
            np.add(history["kind_loss"], np.multiply(history["size_loss"], 0.5)), rel=1e-6
        )
        predicted = model.predict(given)
        assert [p.shape for p in predicted] == [(50, 3), (50, 1)]
        results.append((history, model.evaluate(given, targets, verbose=0)))
    assert results[0] == results[1]
    with pytest.raises(ValueError, match="there is no output 'sort'; the outputs are"):
        model.fit(given, {"sort": y}, verbose=0)


def test_validation(data):
    x, y = data
    model = network()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, validation_split=0.3, epochs=3, verbose=0).history
    assert [history["val_loss"][-1], history["val_accuracy"][-1]] == model.evaluate(x[35:], y[35:], verbose=0)
    again = model.fit(x, y, validation_data=(x[:9], y[:9]), epochs=4, validation_freq=2, verbose=0).history
    assert len(again["val_loss"]) == 2
    assert len(again["loss"]) == 4
    assert again["val_loss"][-1] == model.evaluate(x[:9], y[:9], verbose=0, return_dict=True)["loss"]
    weighed = model.fit(x, y, validation_data=(x, y, np.zeros(50)), validation_freq=[1], verbose=0).history
    assert weighed["val_loss"] == [0.0]


def test_an_epoch_of_so_many_steps_goes_on_where_the_last_one_ended():
    seen = []

    class Noting(keras.Sequential):
        def call(self, inputs):
            if self.training:
                seen.extend(inputs[:, 0].tolist())
            return super().call(inputs)

    model = Noting([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(10.0)[:, None]
    model.fit(x, x, batch_size=2, steps_per_epoch=3, epochs=4, shuffle=False, verbose=0)
    assert seen == [*range(10), *range(10), *range(4)]
    with pytest.warns(UserWarning, match="ended after 1 of 3 batches"):
        model.fit(iter([(x, x), (x, x)][:1]), steps_per_epoch=3, verbose=0)


def test_initial_epoch_and_shuffling(data):
    x, y = data
    model = network()
    model.compile("sgd", "sparse_categorical_crossentropy")
    history = model.fit(x, y, initial_epoch=3, epochs=5, shuffle="batch", batch_size=8, verbose=0)
    assert history.epoch == [3, 4]
    assert model.history is history
    batches = keras.adapters.batches("fit", np.arange(10), batch_size=3, shuffle="batch")
    rows = [batch[0].tolist() for batch in batches.epoch()]
    assert sorted(rows[:3]) == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    assert rows[3] == [9]


def test_one_batch_at_a_time(data):
    x, y = data
    model = network()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = model.test_on_batch(x, y)
    first = model.train_on_batch(x, y)
    assert first == before
    second = model.train_on_batch(x, y, class_weight={0: 0.0, 1: 0.0, 2: 0.0}, return_dict=True)
    assert second["loss"] == 0.0
    assert model.evaluate(x, y, batch_size=50, verbose=0) == pytest.approx(model.test_on_batch(x, y))
    np.testing.assert_array_equal(model.predict_on_batch(x), model.predict(x, batch_size=50))
    assert not model.training


def test_modes(data):
    """Dropout works in training alone, and the model is put back into the mode it was in."""
    x, y = data
    model = keras.Sequential([keras.layers.Dropout(0.5), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, y, verbose=0)
    assert not model.training
    np.testing.assert_array_equal(model.predict(x), model.predict(x))
    model.train()
    model.predict(x)
    assert model.training


def test_accuracy_is_chosen_by_the_shapes(data):
    x, y = data
    for outputs, activation, loss, labels, kind in [
        (1, "sigmoid", "binary_crossentropy", y > 0, keras.metrics.BinaryAccuracy),
        (3, "softmax", "sparse_categorical_crossentropy", y, keras.metrics.SparseCategoricalAccuracy),
        (3, "softmax", "categorical_crossentropy", np.eye(3)[y], keras.metrics.CategoricalAccuracy),
        (3, "softmax", "crossentropy", y, keras.metrics.SparseCategoricalAccuracy),
    ]:
        model = network(outputs, activation)
        model.compile("sgd", loss, metrics=["accuracy", "acc"])
        model.fit(x, labels, verbose=0)
        assert [type(m) for m in model.metrics[1:]] == [kind, kind]
        assert model.metrics_names == ["loss", "accuracy", "acc"]


def test_a_train_step_of_your_own(data):
    x, y = data

    class Own(keras.Sequential):
        def train_step(self, data):
            inputs, targets = data
            predicted = self(inputs)
            loss = self.compute_loss(y=targets, y_pred=predicted)
            self.zero_grad()
            loss.backward()
            self.optimizer.step()
            return {"own": loss.item(), **self.compute_metrics(inputs, targets, predicted)}

    model = Own([keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=30, batch_size=50, verbose=0).history
    assert history["own"][-1] < history["own"][0]
    assert 0 < history["accuracy"][-1] <= 1


def test_functions_as_loss_and_metric(data):
    x, _ = data

    def distance(y_true, y_pred):
        return (y_true - y_pred).abs().mean(-1)

    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", distance, metrics=[distance, "mae"])
    found = model.evaluate(x, np.ones((50, 1)), verbose=0, return_dict=True)
    assert found == {"loss": 1.0, "distance": 1.0, "mae": 1.0}


def test_what_compile_was_given_is_made_again():
    model = network()
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    model.compile(
        keras.optimizers.Adam(rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy", keras.metrics.F1Score("macro")],
    )
    copy = network()
    assert copy.get_compile_config() is None
    copy.compile_from_config(model.get_compile_config())
    assert copy.get_compile_config() == model.get_compile_config()
    assert copy.optimizer.learning_rate == 0.1
    assert isinstance(copy.loss, str)


def test_plain_penalties_can_be_learnt():
    model = keras.Sequential([keras.layers.Dense(2, kernel_regularizer="l2", input_dim=2)])
    model.compile("sgd")
    losses = model.fit(np.ones((4, 2)), epochs=3, verbose=0).history["loss"]
    assert losses[0] > losses[1] > losses[2] > 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with recent NumPy and PyTorch
@pytest.mark.parametrize("weighed", [False, True])
def test_time_steps_that_a_mask_leaves_out_cost_nothing(weighed):
    from .oracle import keras as oracle

    x = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [2, 2, 2, 2]])
    y = np.array([[1, 0, 0, 0], [1, 1, 0, 1], [0, 1, 0, 1]])
    found = []
    for face in (keras, oracle):
        model = face.Sequential(
            [
                face.layers.Input((4,), dtype="int32"),
                face.layers.Embedding(4, 3, mask_zero=True),
                face.layers.Dense(2, activation="softmax"),
            ]
        )
        rng = np.random.default_rng(0)
        model.set_weights([rng.standard_normal(w.shape).astype("float32") for w in model.get_weights()])
        model.compile(
            "sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"]
        )
        weight = np.array([1.0, 2.0, 0.5]) if weighed else None
        if face is oracle and weighed:
            weight = np.repeat(weight[:, None], 4, 1)  # there the weights of sequences are not broadcast
        found.append(model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True))
    assert found[0] == pytest.approx(found[1], rel=1e-5)
    assert set(found[0]) == {"loss", "accuracy", "weighted_accuracy"}


@pytest.mark.parametrize("kind", ["sequential", "functional", "subclass"])
def test_a_model_that_was_trained_is_freed_at_once(kind, tmp_path):
    """No reference cycle leads from it, its history or its callbacks back to it."""

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(1, kernel_regularizer="l2", activity_regularizer="l1")

        def call(self, x):
            return self.dense(x)

    start = keras.Input((2,))
    make = {
        "sequential": lambda: keras.Sequential([keras.layers.Dense(1, kernel_regularizer="l2")]),
        "functional": lambda: keras.Model(start, keras.layers.Dense(1)(start)),
        "subclass": Net,
    }
    x, y = np.ones((8, 2), "float32"), np.ones(8, "float32")
    gc.collect()
    gc.disable()
    try:
        model = make[kind]()
        model.compile("adam", "mse", metrics=["mae"])
        callbacks = [
            keras.callbacks.EarlyStopping(patience=1),
            keras.callbacks.ReduceLROnPlateau(),
            keras.callbacks.BackupAndRestore(tmp_path),
        ]
        history = model.fit(x, y, epochs=2, validation_split=0.25, verbose=0, callbacks=callbacks)
        model.evaluate(x, y, verbose=0)
        model.predict(x, verbose=0)
        assert history.model is model
        assert model.history is history
        assert history.params["epochs"] == 2
        gone = weakref.ref(model)
        del model, callbacks
        assert gone() is None
    finally:
        gc.enable()
    assert history.model is None
    assert len(history.history["val_mae"]) == 2
    assert pickle.loads(pickle.dumps(history)).history == history.history  # it was made here
