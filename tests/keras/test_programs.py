"""Programs as they stand on the web, with only their import lines changed, and what they must reach."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import train_test_split

from nn import keras
from nn.keras import Sequential, regularizers
from nn.keras.callbacks import EarlyStopping
from nn.keras.layers import (
    LSTM,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    MaxPooling2D,
)
from nn.keras.optimizers import SGD, RMSprop
from nn.keras.utils import to_categorical


@pytest.mark.slow
def test_a_exclusive_or():
    """Half of all seeds get all four cases right, as in Keras 3.15 with its PyTorch backend: 5 of seeds 0 to 9."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    accuracies = []
    for seed in range(10):
        keras.utils.set_random_seed(seed)
        model = Sequential()
        model.add(Dense(4, input_dim=2, activation="relu"))
        model.add(Dense(1, activation="sigmoid"))
        model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
        model.fit(X, y, epochs=1000, verbose=0)
        _, acc = model.evaluate(X, y, verbose=0)
        accuracies.append(acc)
    assert sum(acc == 1.0 for acc in accuracies) == 5  # 51 of the first hundred
    assert min(accuracies) >= 0.5


def test_a_exclusive_or_with_more_units_is_learnt_from_every_seed():
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    y = np.array([[0], [1], [1], [0]], "float32")
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        model = Sequential([Dense(16, input_shape=(2,), activation="tanh"), Dense(1, activation="sigmoid")])
        model.compile(
            loss="mean_squared_error", optimizer=keras.optimizers.Adam(0.05), metrics=["binary_accuracy"]
        )
        model.fit(X, y, epochs=200, verbose=0)
        assert model.evaluate(X, y, verbose=0)[1] == 1.0
        assert model.predict(X).round().tolist() == y.tolist()


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits(return_X_y=True)
    return train_test_split(x / 16, y, test_size=0.25, random_state=0, stratify=y)


@pytest.mark.parametrize("seed", [0, 1])
def test_b_digits(digits, seed):
    x_train, x_test, y_train, y_test = digits
    keras.utils.set_random_seed(seed)
    model = Sequential([Dense(128, activation="relu"), Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, epochs=10, verbose=0)
    test_loss, test_acc = model.evaluate(x_test, y_test, verbose=0)
    assert test_acc > 0.94
    assert test_loss < 0.3
    assert history.history["accuracy"][-1] > 0.95


def test_c_two_classes():
    x, y = load_breast_cancer(return_X_y=True)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=0)
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        model = Sequential()
        model.add(Dense(64, activation="relu", input_shape=(30,)))
        model.add(Dense(1, activation="sigmoid"))
        model.compile(
            loss="binary_crossentropy",
            optimizer="adam",
            metrics=["accuracy", keras.metrics.AUC(), keras.metrics.Precision(), keras.metrics.Recall()],
        )
        model.fit(x_train, y_train, epochs=12, batch_size=32, validation_data=(x_test, y_test), verbose=0)
        found = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
        assert list(found) == ["loss", "accuracy", "auc", "precision", "recall"]
        assert found["accuracy"] > 0.94
        assert found["auc"] > 0.98
        assert min(found["precision"], found["recall"]) > 0.92


@pytest.mark.parametrize(
    ("optimizer", "least"),
    [
        (SGD(learning_rate=0.1, momentum=0.9), 0.95),
        (SGD(learning_rate=0.1, momentum=0.9, nesterov=True, clipnorm=1.0), 0.95),
        (RMSprop(learning_rate=0.005), 0.95),
        ("adagrad", 0.1),
        ("nadam", 0.94),
    ],
)
def test_e_optimizers(digits, optimizer, least):
    x_train, x_test, y_train, y_test = digits
    keras.utils.set_random_seed(0)
    model = Sequential([Dense(64, activation="relu"), Dense(10, activation="softmax")])
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    losses = model.fit(x_train, to_categorical(y_train), epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    assert model.evaluate(x_test, to_categorical(y_test), verbose=0)[1] > least


def test_e_regularised(digits):
    x_train, x_test, y_train, y_test = digits
    keras.utils.set_random_seed(0)
    model = Sequential()
    model.add(Dense(64, activation="relu", kernel_regularizer=regularizers.l1_l2(l1=1e-5, l2=1e-4)))
    model.add(BatchNormalization())
    model.add(Dropout(0.3))
    model.add(
        Dense(10, activation="softmax", kernel_regularizer="l2", activity_regularizer=regularizers.L2(1e-5))
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    early_stopping = EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    history = model.fit(
        x_train, y_train, epochs=60, validation_split=0.2, callbacks=[early_stopping], verbose=0
    )
    assert len(history.epoch) < 60 or min(history.history["val_loss"]) == history.history["val_loss"][-1]
    best = min(history.history["val_loss"])
    held_out = int(len(x_train) * 0.8)
    assert model.evaluate(x_train[held_out:], y_train[held_out:], verbose=0)[0] == pytest.approx(
        best, rel=1e-5
    )
    assert model.evaluate(x_test, y_test, verbose=0)[1] > 0.95


def test_e_images(digits):
    x_train, x_test, y_train, y_test = digits
    keras.utils.set_random_seed(0)
    model = Sequential(
        [
            keras.Input((8, 8, 1)),
            Conv2D(16, kernel_size=(3, 3), activation="relu", padding="same"),
            MaxPooling2D(pool_size=(2, 2)),
            Flatten(),
            Dropout(0.2),
            Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train.reshape(-1, 8, 8, 1), y_train, epochs=12, batch_size=32, verbose=0)
    assert model.evaluate(x_test.reshape(-1, 8, 8, 1), y_test, verbose=0)[1] > 0.92


def test_e_a_time_series():
    t = np.arange(500)
    series = np.sin(2 * np.pi * t / 20)
    x = np.array([series[i : i + 10] for i in range(480)])[..., None]
    y = series[10:490]
    for seed in range(2):
        keras.utils.set_random_seed(seed)
        model = Sequential()
        model.add(LSTM(16, input_shape=(10, 1)))
        model.add(Dense(1))
        model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
        model.fit(x[:400], y[:400], epochs=8, verbose=0)
        assert model.evaluate(x[400:], y[400:], verbose=0) < 0.01


def test_e_text():
    text = "the quick brown fox jumps over the lazy dog. " * 20
    symbols = sorted(set(text))
    numbers = np.array([symbols.index(c) for c in text])
    x = np.array([numbers[i : i + 8] for i in range(len(numbers) - 8)])
    y = numbers[8:]
    keras.utils.set_random_seed(0)
    model = Sequential([Embedding(len(symbols), 16), LSTM(48), Dense(len(symbols), activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(x, y, epochs=8, verbose=0)
    assert model.evaluate(x, y, verbose=0)[1] > 0.98
    written = list(numbers[:8])
    for _ in range(37):
        written.append(int(model.predict(np.array([written[-8:]]), verbose=0).argmax()))
    assert "".join(symbols[n] for n in written) == text[:45]


def test_d_a_regression_with_mini_batches():
    """The loop in plain PyTorch style is `examples/regression.py`; here in the words of Keras."""
    x, y = load_diabetes(return_X_y=True)
    x, y = x / x.std(0), (y - y.mean()) / y.std()
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=0)
    keras.utils.set_random_seed(0)
    model = Sequential([Dense(16, activation="relu", kernel_regularizer="l2"), Dense(1)])
    model.compile(optimizer=SGD(0.01, momentum=0.9), loss="mse", metrics=["mae", "r2"])
    model.fit(x_train, y_train, epochs=30, batch_size=32, verbose=0)
    assert model.evaluate(x_test, y_test, verbose=0, return_dict=True)["r2"] > 0.25
