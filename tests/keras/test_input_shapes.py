"""What a model of a known input shape is called with: what Keras takes is taken, what it refuses is named."""

import numpy as np
import pytest

from autograd.errors import ShapeError
from nn import keras as ours
from tests.keras.oracle import keras


def sequential(k, shape, *layers):
    return k.Sequential([k.Input(shape), *layers])


def first_layer(k, shape, first, *layers):
    return k.Sequential([type(first)(first.units, input_shape=shape), *layers])


def functional(k, shape, *layers):
    start = x = k.Input(shape, name="start")
    for layer in layers:
        x = layer(x)
    return k.Model(start, x)


def dense(k):
    return k.layers.Dense(2)


def relu(k):
    return k.layers.Activation("relu")


def conv(k):
    return k.layers.Conv2D(2, 3)


CASES = [
    (make, layer, shape, given)
    for layer, shape, shapes in [
        (dense, (4,), [(3, 4), (3, 5), (4,), (3, 4, 1), (3, 5, 1), (3, 2, 4), (3, 4, 1, 1), ()]),
        (relu, (4,), [(3, 5), (3, 2, 4), (3, 4, 1)]),
        (dense, (1,), [(3, 1), (3,), (3, 2)]),
        (relu, (8, 8, 1), [(2, 8, 8), (2, 8, 8, 1), (2, 8, 9)]),
        (conv, (8, 8, 3), [(2, 8, 8), (2, 8, 8, 3), (2, 9, 9, 3), (2, 8, 8, 4), (8, 8, 3)]),
        (relu, (None, 3), [(2, 8, 3), (2, 8, 4), (2, 8)]),
        (relu, (None,), [(2, 8, 1), (2,)]),
    ]
    for make in (sequential, functional, *((first_layer,) if layer is dense else ()))
    for given in shapes
]


@pytest.mark.filterwarnings("ignore:.*input_shape.*:UserWarning", "ignore:__array__ impl:DeprecationWarning")
@pytest.mark.parametrize(("make", "layer", "shape", "given"), CASES)
def test_the_same_shapes_as_keras(make, layer, shape, given):
    x = np.zeros(given, "float32")
    model = make(ours, shape, layer(ours))
    try:
        theirs = tuple(make(keras, shape, layer(keras))(x).shape)
    except ValueError:
        with pytest.raises(ShapeError) as caught:
            model(x)
        expected = f"has shape {(None, *shape)}, got {given}"
        assert expected in str(caught.value)
        return
    assert model(x).shape == theirs


def test_a_layer_that_cannot_compute_other_sizes_says_why():
    model = ours.Sequential([ours.Input((4,)), ours.layers.Dense(2)], name="net")
    with pytest.raises(ShapeError, match=r"net: its input has shape \(None, 4\), got \(3, 5\)\. matmul: "):
        model(np.zeros((3, 5), "float32"))


def test_other_sizes_than_the_first_have_their_own_output_shape():
    model = ours.Sequential([ours.Input((8, 8, 1)), ours.layers.Conv2D(2, 3)], name="net")
    assert model(ours.Input((10, 8, 1))).shape == (None, 8, 6, 2)
    assert model.compute_output_shape((None, 8, 8, 1)) == (None, 6, 6, 2)
    with pytest.raises(ShapeError, match=r"net: its input has shape \(None, 8, 8, 1\), got \(2, 8, 8, 3\)"):
        model(ours.Input((8, 8, 3)))
    graph = functional(ours, (4,), ours.layers.Dense(2))
    with pytest.raises(ShapeError, match=r"input 'start' has shape \(None, 4\), got \(None, 5\)"):
        graph(ours.Input((5,)))


def test_fit_and_predict_say_it_too():
    model = ours.Sequential([ours.Input((4, 2)), ours.layers.Flatten(), ours.layers.Dense(1)], name="net")
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(ShapeError, match=r"net: its input has shape \(None, 4, 2\), got \(6, 4\)"):
        model.fit(np.zeros((6, 4)), np.zeros(6), verbose=0)
    with pytest.raises(ShapeError, match=r"net: its input has shape \(None, 4, 2\), got \(6, 8\)"):
        model.predict(np.zeros((6, 8)), verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
