"""`keras.ops` and `keras.random`: Keras's values, on tensors, arrays, and symbolic tensors."""

import numpy as np
import pytest

import autograd
from nn import keras
from nn.keras import layers, ops

A = np.random.default_rng(0).uniform(0.1, 0.9, (3, 4)).astype("float32")
B = A[::-1].copy()

UNARY = (
    "abs", "exp", "log", "log1p", "expm1", "sqrt", "square", "rsqrt", "sin", "cos", "tan", "tanh", "floor", "ceil",
    "round", "sign", "isnan", "isfinite", "erf", "sigmoid", "relu", "negative", "softmax", "transpose", "zeros_like",
    "ones_like", "cumsum", "norm",
)  # fmt: skip
BINARY = (
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "equal", "not_equal", "greater",
    "greater_equal", "less", "less_equal",
)  # fmt: skip
REDUCTIONS = ("sum", "mean", "prod", "max", "min", "var", "std", "logsumexp", "argmax", "argmin")
CASES = [
    *((name, (A,), {}) for name in (*UNARY, *REDUCTIONS)),
    *((name, (A, B), {}) for name in BINARY),
    *((name, (A,), {"axis": axis, "keepdims": True}) for name in REDUCTIONS for axis in (0, -1)),
    ("sum", (A,), {"axis": [0, 1]}), ("any", (A > 0.5,), {"axis": 0}), ("all", (A > 0.5,), {}),
    ("matmul", (A, B.T), {}), ("clip", (A, 0.2, 0.5), {}), ("softmax", (A,), {"axis": 0}),
    ("where", (A > 0.5, A, B), {}), ("cast", (A, "int32"), {}), ("reshape", (A, (2, -1)), {}),
    ("transpose", (A[None], (2, 0, 1)), {}), ("expand_dims", (A, 1), {}), ("squeeze", (A[None],), {}),
    ("squeeze", (A[:, None], 1), {}), ("concatenate", ([A, B],), {}), ("concatenate", ([A, B],), {"axis": 0}),
    ("stack", ([A, B],), {"axis": 1}), ("cumsum", (A,), {"axis": 1}), ("norm", (A,), {"ord": 1, "axis": 1}),
    ("one_hot", (np.array([1, 0, 2]), 4), {}), ("einsum", ("ij,kj->ik", A, B), {}),
    ("convert_to_tensor", ([[1.0, 2.0]],), {}), ("convert_to_numpy", (A,), {}), ("zeros", ((2, 3),), {}),
    ("ones", ((2,), "int32"), {}),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with recent NumPy and PyTorch
@pytest.mark.parametrize(("name", "args", "options"), CASES, ids=lambda v: v if isinstance(v, str) else "")
def test_values_are_those_of_keras(name, args, options):
    from .oracle import keras as oracle

    found = np.asarray(ops.convert_to_numpy(getattr(ops, name)(*args, **options)))
    wanted = np.asarray(oracle.ops.convert_to_numpy(getattr(oracle.ops, name)(*args, **options)))
    assert found.shape == wanted.shape
    assert found.dtype.kind == wanted.dtype.kind
    np.testing.assert_allclose(found, wanted, rtol=2e-6, atol=1e-6)


def test_every_operation_has_a_case():
    assert {name for name, _, _ in CASES} == set(ops.__all__) - {"shape", "absolute", "stop_gradient"}
    assert ops.absolute is ops.abs
    x = autograd.tensor(A, requires_grad=True)
    (x * ops.stop_gradient(x)).sum().backward()
    assert np.array_equal(x.grad.array, A)


def test_on_symbolic_tensors_they_are_layers_and_are_saved():
    x = keras.Input((4,))
    y = ops.concatenate([ops.exp(x), ops.sum(x, axis=1, keepdims=True)], axis=-1)
    assert y.shape == (None, 5)
    model = keras.Model(x, ops.clip(y, 0.0, x_max=2.0))
    wanted = np.clip(np.concatenate([np.exp(A), A.sum(1, keepdims=True)], 1), 0, 2)
    np.testing.assert_allclose(model.predict(A, verbose=0), wanted, rtol=1e-6)
    again = keras.models.model_from_json(model.to_json())
    assert np.array_equal(again.predict(A, verbose=0), model.predict(A, verbose=0))


def test_an_autoencoder_that_samples():
    class Sampling(layers.Layer):
        def call(self, inputs):
            mean, spread = inputs
            batch, dim = ops.shape(mean)
            return mean + ops.exp(0.5 * spread) * keras.random.normal(shape=(batch, dim))

    class Divergence(layers.Layer):
        def call(self, inputs):
            mean, spread = inputs
            self.add_loss(-0.5 * ops.mean(1 + spread - ops.square(mean) - ops.exp(spread)))
            return mean

    keras.utils.set_random_seed(0)
    x = keras.Input((4,))
    hidden = layers.Dense(8, activation="relu")(x)
    mean, spread = layers.Dense(2)(hidden), layers.Dense(2)(hidden)
    z = Sampling()([Divergence()([mean, spread]), spread])
    model = keras.Model(x, layers.Dense(4)(z))
    model.compile("adam", "mse")
    data = np.random.default_rng(0).standard_normal((64, 4)).astype("float32")
    losses = model.fit(data, data, epochs=20, batch_size=16, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]
    assert model.losses[0].requires_grad


def test_random_tensors():
    keras.utils.set_random_seed(3)
    first = keras.random.normal((1000,), mean=2.0, stddev=0.5)
    keras.utils.set_random_seed(3)
    assert np.array_equal(first.array, keras.random.normal((1000,), mean=2.0, stddev=0.5).array)
    assert abs(first.array.mean() - 2) < 0.05
    assert abs(first.array.std() - 0.5) < 0.05
    even = keras.random.uniform((1000,), -1.0, 3.0, seed=1)
    assert -1 <= even.array.min() < -0.9
    assert 2.9 < even.array.max() < 3
    assert np.array_equal(even.array, keras.random.uniform((1000,), -1.0, 3.0, seed=1).array)
    whole = keras.random.randint((200,), 2, 5)
    assert set(whole.array.tolist()) == {2, 3, 4}
    assert whole.dtype == autograd.int32
