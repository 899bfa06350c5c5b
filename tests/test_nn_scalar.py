"""Networks of scalar neurons: micrograd's numbers, names and repr."""

import copy
import math
import random

import numpy as np
import pytest

from autograd.errors import AutogradError
from autograd.value import Value
from nn.scalar import MLP, Layer, Module, Neuron


def test_the_same_seed_gives_micrograds_network() -> None:
    random.seed(1337)
    model = MLP(3, [4, 4, 1])
    parameters = model.parameters()
    assert len(parameters) == 41
    assert [p.data for p in parameters[:4]] == [
        0.23550571390294128,
        0.06653114721000164,
        -0.26830328150124894,
        0,
    ]
    out = model([2.0, 3.0, -1.0])
    assert out.data == pytest.approx(4.000271647734554, rel=1e-14)
    out.backward()
    assert sum(p.grad for p in parameters) == pytest.approx(24.2638941616751, rel=1e-14)


def test_neuron() -> None:
    random.seed(1)
    neuron = Neuron(4)
    assert repr(neuron) == "ReLUNeuron(4)"
    assert repr(neuron.parameters()[3:]) == "[Value(data=-0.4898619485211566, grad=0), Value(data=0, grad=0)]"
    assert neuron([1.0, 2, 3, 4]).data == pytest.approx(0.28166335574879087, rel=1e-14)


def test_layer() -> None:
    random.seed(1)
    Neuron(4)
    assert repr(Layer(2, 1)) == "Layer of [ReLUNeuron(2)]"
    layer = Layer(2, 3, nonlin=False)
    assert repr(layer) == "Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]"
    outputs = [out.data for out in layer([1.0, 2.0])]
    assert outputs == pytest.approx([1.4580793499875786, -2.698890920363505, 0.40259847945995286], rel=1e-14)


def test_repr_of_an_mlp() -> None:
    assert (
        repr(MLP(2, [2, 1])) == "MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(2)]]"
    )
    assert repr(MLP(1, [1, 1], nonlin="tanh", last="sigmoid")) == (
        "MLP of [Layer of [TanhNeuron(1)], Layer of [SigmoidNeuron(1)]]"
    )


@pytest.mark.parametrize(
    ("nonlin", "name", "function"),
    [
        (True, "ReLU", lambda x: max(x, 0.0)),
        ("relu", "ReLU", lambda x: max(x, 0.0)),
        (False, "Linear", lambda x: x),
        ("linear", "Linear", lambda x: x),
        ("leaky_relu", "LeakyReLU", lambda x: x if x > 0 else 0.01 * x),
        ("tanh", "Tanh", math.tanh),
        ("sigmoid", "Sigmoid", lambda x: 1 / (1 + math.exp(-x))),
    ],
)
def test_activations(nonlin: bool | str, name: str, function) -> None:
    neuron = Neuron(1, nonlin=nonlin)
    neuron.w[0].data, neuron.b.data = -1.5, 0.25
    assert repr(neuron) == f"{name}Neuron(1)"
    assert neuron.nonlin is nonlin
    for x in (2.0, -2.0):
        assert neuron([x]).data == pytest.approx(function(0.25 - 1.5 * x))


def test_a_neuron_is_one_dot_and_its_activation() -> None:
    neuron = Neuron(3)
    x = [Value(1.0), Value(2.0), Value(3.0)]
    out = neuron(x)
    assert out._op == "ReLU"
    (total,) = out._prev
    assert total._op == "dot"
    assert total._prev == {*x, *neuron.w, neuron.b}


def test_gradients_equal_finite_differences() -> None:
    model = MLP(2, [3, 3, 2], nonlin="tanh")
    x = [0.3, -0.8]

    def loss() -> Value:
        first, second = model(x)
        return 1.3 * first - 0.4 * second * first

    loss().backward()
    for p in model.parameters():
        start, h = p.data, 1e-6
        p.data = start + h
        ahead = loss().data
        p.data = start - h
        behind = loss().data
        p.data = start
        assert p.grad == pytest.approx((ahead - behind) / (2 * h), rel=1e-6, abs=1e-9)


def test_inputs_may_be_numbers_values_or_an_array() -> None:
    model = MLP(2, [4, 1])
    outputs = {model(x).data for x in ([1, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), [Value(1.0), 2.0])}
    assert len(outputs) == 1


def test_a_layer_of_one_neuron_may_stand_in_the_middle() -> None:
    model = MLP(2, [1, 1, 3])
    assert len(model([1.0, 2.0])) == 3
    assert isinstance(MLP(1, [2, 1])(0.5), Value)


def test_zero_grad() -> None:
    model = MLP(2, [3, 1])
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0] * 13
    assert Module().parameters() == []


def test_a_model_can_be_copied() -> None:
    model = MLP(2, [3, 1])
    twin = copy.deepcopy(model)
    before = twin([1.0, 2.0]).data
    for p in model.parameters():
        p.data += 1.0
    assert twin([1.0, 2.0]).data == before


def test_it_learns_the_exclusive_or() -> None:
    xs, ys = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1]
    model = MLP(2, [6, 1], nonlin="tanh", last="tanh")
    for _ in range(400):
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    assert loss.data < 0.05


def test_mistakes() -> None:
    with pytest.raises(ValueError, match="dot: 3 inputs but 2 weights") as caught:
        MLP(2, [4, 1])([1.0, 2.0, 3.0])
    assert isinstance(caught.value, AutogradError)
    with pytest.raises(ValueError, match=r"no nonlin 'gelu'.*'tanh'") as caught:
        Neuron(2, nonlin="gelu")
    assert isinstance(caught.value, AutogradError)
