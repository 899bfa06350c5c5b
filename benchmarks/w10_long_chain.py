"""W10: 100 000 times `y = y * a + b` on one number, and the gradients: 200 000 ops in one graph, time and memory."""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from workload import Step, Workload

ROUNDS = 100_000
W10 = Workload(
    "W10",
    "chain of 200 000 ops y = y*a + b on (1,), forward and backward",
    bar=0.6,
    operations=2 * ROUNDS,
    memory=True,
    steps=1,
    rtol=5e-3,  # float32 beside Python floats, after 100 000 roundings
)

# powers of two, so that float32 and Python floats hold the same numbers; y goes from 1/2 to its fixed point 1
Y, A, B = 0.5, 1 - 2**-13, 2**-13
ARRAYS = [np.full(1, value, np.float32) for value in (Y, A, B)]


def ready(chain: Callable[[int], object]) -> Step:
    """The step, after a short chain has loaded whatever the library loads on first use."""
    chain(10)
    return partial(chain, ROUNDS)


@W10.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd

    x, a, b = (autograd.tensor(array, requires_grad=True) for array in ARRAYS)

    def chain(rounds):
        x.grad = a.grad = b.grad = None
        y = x
        for _ in range(rounds):
            y = y * a + b
        y.backward()
        return y, a.grad, b.grad

    return ready(chain)


@W10.peer("PyTorch", "torch")
def pytorch() -> Step:
    import torch

    x, a, b = (torch.tensor(array, requires_grad=True) for array in ARRAYS)

    def chain(rounds):
        x.grad = a.grad = b.grad = None
        y = x
        for _ in range(rounds):
            y = y * a + b
        y.backward()
        return y, a.grad, b.grad

    return ready(chain)


@W10.peer("tapegrad Value", "tapegrad")
def tapegrad_value() -> Step:
    from autograd import Value

    def chain(rounds):
        a, b = Value(A), Value(B)
        y = Value(Y)
        for _ in range(rounds):
            y = y * a + b
        y.backward()
        return y.data, a.grad, b.grad

    return ready(chain)


@W10.peer("micrograd", "micrograd")
def micrograd() -> Step:
    from micrograd.engine import Value

    sys.setrecursionlimit(10**6)  # with Python's own limit it raises RecursionError

    def chain(rounds):
        a, b = Value(A), Value(B)
        y = Value(Y)
        for _ in range(rounds):
            y = y * a + b
        y.backward()
        return y.data, a.grad, b.grad

    return ready(chain)


@W10.peer("MyGrad", "mygrad")
def mygrad() -> Step:
    import mygrad as mg

    mg.turn_memory_guarding_off()  # what its documentation advises for speed
    x, a, b = (mg.tensor(array) for array in ARRAYS)

    def chain(rounds):
        y = x
        for _ in range(rounds):
            y = y * a + b
        y.backward()
        return y, a.grad, b.grad

    return ready(chain)


@W10.peer("HIPS autograd", "autograd", environment="hips")
def hips() -> Step:
    from autograd import value_and_grad

    def chain(rounds):
        def f(x, a, b):
            y = x
            for _ in range(rounds):
                y = y * a + b
            return y[0]

        value, (_, ga, gb) = value_and_grad(f, argnum=(0, 1, 2))(*ARRAYS)
        return value, ga, gb

    return ready(chain)


@W10.peer("JAX, jit of a loop", "jax")
def jax_jit() -> Step:
    import jax
    import jax.numpy as jnp

    def f(x, a, b):
        y, _ = jax.lax.scan(lambda y, _: (y * a + b, None), x, length=ROUNDS)
        return y[0]

    gradients = jax.jit(jax.value_and_grad(f, argnums=(1, 2)))
    x, a, b = map(jnp.asarray, ARRAYS)

    def step():
        value, (ga, gb) = jax.block_until_ready(gradients(x, a, b))
        return value, ga, gb

    step()  # compiles
    return step


@W10.peer("NumPy by hand", "numpy")
def by_hand() -> Step:
    x, a, b = ARRAYS

    def chain(rounds):
        y, inputs = x, []
        for _ in range(rounds):
            inputs.append(y)
            y = y * a + b
        g, ga, gb = np.ones_like(y), np.zeros_like(a), np.zeros_like(b)
        for y_in in reversed(inputs):
            gb += g
            ga += g * y_in
            g = g * a
        return y, ga, gb

    return ready(chain)
