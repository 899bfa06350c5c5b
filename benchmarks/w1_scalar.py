"""W1: a training step of an MLP 2-16-16-1 made of scalars: 100 points of two moons, hinge loss with L2, SGD.

It is the program of micrograd's demo. The bar is a ratio to micrograd.
"""

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np

from workload import Step, Workload

W1 = Workload(
    "W1",
    "scalar engine: 100 points, MLP 2-16-16-1, hinge loss + L2, one training step",
    bar=0.03,
    reference="micrograd",
    rtol=1e-9,
)

SIZES = (2, 16, 16, 1)
RATE, ALPHA = 0.05, 1e-4


def moons() -> tuple[list[list[float]], list[int]]:
    """Two interleaved half circles of 50 points each, with noise, labelled -1 and 1."""
    rng = np.random.default_rng(0)
    t = np.linspace(0, np.pi, 50)
    points = np.concatenate(
        [np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1)]
    )
    points += 0.1 * rng.standard_normal(points.shape)
    return points.tolist(), [-1] * 50 + [1] * 50


def initial() -> list[float]:
    """Each neuron's weights and its bias, in the order of `MLP.parameters()`."""
    rng = np.random.default_rng(1)
    return [
        value
        for inputs, outputs in pairwise(SIZES)
        for _ in range(outputs)
        for value in [*rng.uniform(-1, 1, inputs).tolist(), 0.0]
    ]


def demo(value: type, model) -> Step:
    """The demo's training step, with its own `Value` and `MLP`."""
    inputs, labels = moons()
    for parameter, start in zip(model.parameters(), initial(), strict=True):
        parameter.data = start

    def step():
        scores = list(map(model, [list(map(value, row)) for row in inputs]))
        losses = [(1 + -yi * score).relu() for yi, score in zip(labels, scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        total = data_loss + ALPHA * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        for p in model.parameters():
            p.data -= RATE * p.grad
        return total.data

    return step


@W1.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    from autograd import Value
    from nn.scalar import MLP

    return demo(Value, MLP(SIZES[0], list(SIZES[1:])))


@W1.peer("tapegrad, only micrograd's import changed", "tapegrad")
def micrograd_on_our_value() -> Step:
    from autograd import Value

    package = importlib.util.find_spec("micrograd").submodule_search_locations[0]
    source = Path(package, "nn.py").read_text()
    program = {}
    exec(source.replace("from micrograd.engine import Value", "from autograd import Value"), program)
    assert program["Value"] is Value
    return demo(Value, program["MLP"](SIZES[0], list(SIZES[1:])))


@W1.peer("micrograd", "micrograd")
def micrograd() -> Step:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    return demo(Value, MLP(SIZES[0], list(SIZES[1:])))


@W1.peer("PyTorch, a tensor per scalar", "torch")
def pytorch() -> Step:
    import torch

    inputs, labels = moons()
    parameters = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in initial()]
    optimizer = torch.optim.SGD(parameters, lr=RATE)
    values = iter(parameters)
    layers = [
        [([next(values) for _ in range(width)], next(values)) for _ in range(neurons)]
        for width, neurons in pairwise(SIZES)
    ]

    def model(x):
        for depth, layer in enumerate(layers, 1):
            x = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b) for w, b in layer]
            if depth < len(layers):
                x = [xi.relu() for xi in x]
        return x[0]

    def step():
        losses = [(1 - yi * model(row)).relu() for row, yi in zip(inputs, labels, strict=True)]
        total = sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in parameters)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        return total

    return step


@W1.peer("Python floats by hand", None)
def by_hand() -> Step:
    inputs, labels = moons()
    values = iter(initial())
    layers = [
        [([next(values) for _ in range(width)], [next(values)]) for _ in range(neurons)]
        for width, neurons in pairwise(SIZES)
    ]
    hidden, last = layers[:-1], layers[-1][0]

    def step():
        total = 0.0
        gradients = [[([0.0] * len(w), [0.0]) for w, _ in layer] for layer in layers]
        for row, label in zip(inputs, labels, strict=True):
            outputs = [row]
            for layer in hidden:
                x = outputs[-1]
                outputs.append([max(0.0, b[0] + sum(map(float.__mul__, w, x))) for w, b in layer])
            margin = 1 - label * (last[1][0] + sum(map(float.__mul__, last[0], outputs[-1])))
            if margin <= 0:
                continue
            total += margin / len(labels)
            upstream = [-label / len(labels)]
            for layer, grads, x in zip(reversed(layers), reversed(gradients), reversed(outputs), strict=True):
                below = [0.0] * len(x)
                for g, (w, _), (gw, gb) in zip(upstream, layer, grads, strict=True):
                    if g:
                        gb[0] += g
                        for i, xi in enumerate(x):
                            gw[i] += g * xi
                            below[i] += g * w[i]
                upstream = [g if xi > 0 else 0.0 for g, xi in zip(below, x, strict=True)]
        for layer, grads in zip(layers, gradients, strict=True):
            for neuron, neuron_grads in zip(layer, grads, strict=True):
                for p, g in zip(neuron, neuron_grads, strict=True):
                    for i, value in enumerate(p):
                        total += ALPHA * value * value
                        p[i] = value - RATE * (g[i] + 2 * ALPHA * value)
        return total

    return step
