"""Networks of single neurons on `Value`, small enough to draw every weight: micrograd's `nn`, its names and its repr.

The layers of `nn` itself work on whole arrays. Here a neuron holds its weights one by one, drawn from
`random.uniform(-1, 1)` in micrograd's order: the same `random.seed` gives the same network.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from autograd.errors import ArgumentError
from autograd.value import Value, as_value, dot

# What `nonlin` may be: the name that the neuron shows, and the function. True and False are micrograd's own.
ACTIVATIONS: dict[bool | str, tuple[str, Callable[[Value], Value]]] = {
    True: ("ReLU", Value.relu),
    False: ("Linear", Value.__pos__),
    "relu": ("ReLU", Value.relu),
    "linear": ("Linear", Value.__pos__),
    "leaky_relu": ("LeakyReLU", Value.leaky_relu),
    "tanh": ("Tanh", Value.tanh),
    "sigmoid": ("Sigmoid", Value.sigmoid),
}


class Module:
    """Something with parameters.

    >>> Module().parameters()
    []
    """

    def parameters(self) -> list[Value]:
        """Every weight and bias, in the order in which they were made."""
        return []

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter with its path.

        >>> [name for name, _ in MLP(2, [1]).named_parameters()]
        ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
        """
        wanted = set(self.parameters())
        for path, module in self.named_modules():
            for name, part in module._parts():  # noqa: SLF001  its own class
                if isinstance(part, Value) and part in wanted:
                    yield f"{path}.{name}" if path else name, part

    def named_modules(self) -> Iterator[tuple[str, "Module"]]:
        """This module, whose path is "", and every module in it with its path.

        >>> [name for name, _ in MLP(2, [1]).named_modules()]
        ['', 'layers.0', 'layers.0.neurons.0']
        """
        yield "", self
        for name, part in self._parts():
            if isinstance(part, Module):
                for path, module in part.named_modules():
                    yield f"{name}.{path}" if path else name, module

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """What it holds, also in lists and tuples, with their names."""
        for name, thing in vars(self).items():
            if isinstance(thing, (list, tuple)):
                yield from ((f"{name}.{i}", part) for i, part in enumerate(thing))
            else:
                yield name, thing

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, so that the next `backward()` starts afresh."""
        for p in self.parameters():
            p.grad = 0


class Neuron(Module):
    """f(x1 w1 + ... + xn wn + b), with w drawn from -1 to 1 and b = 0.

    `nonlin` is f: True or "relu", False or "linear", "leaky_relu", "tanh", "sigmoid".

    >>> neuron = Neuron(2, nonlin="tanh")
    >>> neuron
    TanhNeuron(2)
    >>> neuron([0.0, 0.0])
    Value(data=0.0, grad=0)
    """

    def __init__(self, nin: int, nonlin: bool | str = True) -> None:
        if nonlin not in ACTIVATIONS:
            raise ArgumentError(
                f"Neuron: no nonlin {nonlin!r}; there are {', '.join(map(repr, ACTIVATIONS))}"
            )
        self.w = [Value(random.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0)
        self.nonlin = nonlin
        self.name, self.activation = ACTIVATIONS[nonlin]

    def __call__(self, x: Iterable[Value | float]) -> Value:
        """The output for one list of inputs."""
        return self.activation(dot(x, self.w, self.b))

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"{self.name}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons that see the same `nin` inputs. One neuron gives a Value, several give a list of them.

    >>> layer = Layer(2, 3, nonlin=False)
    >>> layer
    Layer of [LinearNeuron(2), LinearNeuron(2), LinearNeuron(2)]
    >>> len(layer([1.0, -1.0])), len(layer.parameters())
    (3, 9)
    """

    def __init__(self, nin: int, nout: int, nonlin: bool | str = True) -> None:
        self.neurons = [Neuron(nin, nonlin) for _ in range(nout)]

    def __call__(self, x: Value | float | Iterable[Value | float]) -> Any:
        """The outputs for one list of inputs; a single input needs no list."""
        inputs = [as_value(v) for v in x] if isinstance(x, Iterable) else [as_value(x)]
        outputs = [neuron(inputs) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def parameters(self) -> list[Value]:
        """Neuron by neuron."""
        return [p for neuron in self.neurons for p in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(str, self.neurons))}]"


class MLP(Module):
    """A multi-layer perceptron: on `nin` inputs a layer of nouts[0] neurons, on these one of nouts[1], and so on.

    `nonlin` is the activation of the hidden layers, `last` that of the last layer.

    >>> random.seed(1337)
    >>> model = MLP(3, [4, 4, 1])
    >>> model([2.0, 3.0, -1.0])
    Value(data=4.000..., grad=0)
    >>> MLP(2, [2, 1], nonlin="tanh", last="tanh")
    MLP of [Layer of [TanhNeuron(2), TanhNeuron(2)], Layer of [TanhNeuron(2)]]
    """

    def __init__(
        self, nin: int, nouts: Sequence[int], nonlin: bool | str = True, last: bool | str = False
    ) -> None:
        self.layers = [
            Layer(fan_in, fan_out, nonlin if depth < len(nouts) else last)
            for depth, (fan_in, fan_out) in enumerate(pairwise([nin, *nouts]), 1)
        ]

    def __call__(self, x: Value | float | Iterable[Value | float]) -> Any:
        """The last layer's output for one list of inputs."""
        for layer in self.layers:
            x = layer(x)
        return x

    def parameters(self) -> list[Value]:
        """Layer by layer, from the inputs on."""
        return [p for layer in self.layers for p in layer.parameters()]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
