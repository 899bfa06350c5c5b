"""W11 and W12: `fit`: an epoch of a classifier beside Keras, and what it costs over a loop written by hand.

W11 is the first program of every Keras tutorial: 128 hidden units, ten classes, Adam, accuracy, batches of 32. W12 has
the network and the batches of W3; the loop shuffles, cuts batches, and adds up the loss, as fit does.
"""

import os
import warnings
from itertools import pairwise

import numpy as np

from workload import Step, Workload

W11 = Workload(
    "W11",
    "fit: 1797×64 examples, Dense 128-10, batch 32, Adam, accuracy, one epoch",
    bar=1.0,
    reference="Keras, PyTorch",
    rtol=1e-3,
)
W12 = Workload(
    "W12",
    "fit over a loop written by hand: MLP 64-64-32-10, batch 32, SGD with momentum, 50 steps",
    bar=1.1,
    reference="loop",
    subject="fit",
)


def weights(*sizes: int) -> list[np.ndarray]:
    """Weights (inputs, outputs) and biases (outputs,), layer by layer."""
    rng = np.random.default_rng(1)
    made = []
    for inputs, outputs in pairwise(sizes):
        made += [
            (rng.standard_normal((inputs, outputs)) * inputs**-0.5).astype(np.float32),
            np.zeros(outputs, np.float32),
        ]
    return made


def examples(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, 64)).astype(np.float32)
    return x, x[:, :10].argmax(1)


# ------------------------------------------------------------------------------ W11: beside Keras


def epoch_of(keras) -> Step:
    """The program; `keras` is Keras itself, or ours."""
    x, y = examples(1797)
    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.set_weights(weights(64, 128, 10))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    def step():
        history = model.fit(x, y, epochs=1, shuffle=False, verbose=0).history
        return history["loss"], history["accuracy"]

    return step


def keras_with(backend: str) -> Step:
    os.environ["KERAS_BACKEND"] = backend  # read when it is imported
    warnings.simplefilter("ignore")
    import keras

    return epoch_of(keras)


@W11.peer("Keras, PyTorch", "keras")
def keras_on_torch() -> Step:
    return keras_with("torch")


@W11.peer("Keras, JAX", "keras")
def keras_on_jax() -> Step:
    return keras_with("jax")


@W11.peer("tapegrad", "tapegrad")
def ours() -> Step:
    from nn import keras

    return epoch_of(keras)


# ------------------------------------------------------------------------------ W12: beside a loop


def network():
    from nn import keras

    model = keras.Sequential(
        [
            keras.layers.Input((64,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(10),
        ]
    )
    model.set_weights(weights(64, 64, 32, 10))
    return keras, model


@W12.peer("loop", "tapegrad")
def loop() -> Step:
    import autograd
    from nn import functional as F

    keras, model = network()
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    optimizer.build(model.parameters())
    x, y = map(autograd.tensor, examples(1600))
    autograd.manual_seed(0)

    def step():
        model.train()
        order, total = autograd.randperm(len(x)), 0.0
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        return total / len(x)

    return step


@W12.peer("fit", "tapegrad")
def fit() -> Step:
    import autograd

    keras, model = network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss)
    x, y = examples(1600)
    autograd.manual_seed(0)

    return lambda: model.fit(x, y, epochs=1, verbose=0).history["loss"][0]
