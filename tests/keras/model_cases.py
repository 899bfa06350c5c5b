"""Models of several shapes, as functions of the package: ours, or Keras'."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def straight(K: Any) -> Any:
    L = K.layers
    return K.Sequential(
        [
            K.Input((10, 10, 1)),
            L.Conv2D(4, 3, activation="relu"),
            L.MaxPooling2D(2),
            L.BatchNormalization(),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax", kernel_regularizer="l2"),
        ]
    )


def added(K: Any) -> Any:
    model = K.Sequential()
    model.add(K.Input((2,)))
    model.add(K.layers.Dense(4, activation="relu"))
    model.add(K.layers.Dense(1, activation="sigmoid"))
    return model


def shared(K: Any) -> Any:
    """One layer called twice, on the input and on its own result's."""
    x = K.Input((4,), name="in")
    dense, other = K.layers.Dense(4, activation="tanh"), K.layers.Dense(4)
    return K.Model(x, K.layers.Concatenate()([dense(x), dense(other(dense(x)))]))


def several(K: Any) -> Any:
    """Two inputs, two outputs."""
    words, numbers = K.Input((6,), dtype="int64", name="words"), K.Input((3,), name="numbers")
    x = K.layers.Embedding(10, 4)(words)
    x = K.layers.Bidirectional(K.layers.GRU(3))(x)
    x = K.layers.Concatenate()([x, numbers])
    return K.Model([words, numbers], [K.layers.Dense(1, name="a")(x), K.layers.Dense(2, name="b")(x)])


def named(K: Any) -> Any:
    """A dict of inputs, a dict of outputs."""
    a, b = K.Input((3,), name="a"), K.Input((3,), name="b")
    total = K.layers.Add()([a, b])
    return K.Model({"a": a, "b": b}, {"sum": total, "out": K.layers.Dense(2)(total)})


def nested(K: Any) -> Any:
    """A model in a model, and a branch around it."""
    x = K.Input((4,))
    inner = K.Model(x, K.layers.Dense(4, activation="relu")(x))
    y = K.Input((4,))
    row = K.Sequential([K.layers.Dense(4), K.layers.LayerNormalization()])
    return K.Model(y, K.layers.Add()([inner(y), row(inner(y)), y]))


def states(K: Any) -> Any:
    """A layer that returns several tensors, used by another one."""
    x, y = K.Input((5, 3)), K.Input((4, 3))
    out, h, c = K.layers.LSTM(4, return_state=True)(x)
    return K.Model([x, y], [K.layers.LSTM(4)(y, initial_state=[h, c]), out])


def attending(K: Any) -> Any:
    x = K.Input((5, 4))
    y = K.layers.MultiHeadAttention(2, 3)(x, x)
    return K.Model(
        x, K.layers.GlobalAveragePooling1D()(K.layers.LayerNormalization()(K.layers.Add()([x, y])))
    )


MODELS: list[Callable[[Any], Any]] = [straight, added, shared, several, named, nested, states, attending]
