"""W2b: 500 times `y = y * a; y = y + b` on 10 numbers, and the gradients: 1000 ops, each with a leaf of its own."""

import numpy as np

from workload import Step, Workload

ROUNDS = 500
W2b = Workload(
    "W2b", "chain of 1000 elementwise ops on (10,), forward and backward", bar=0.65, operations=1000, steps=1
)

rng = np.random.default_rng(0)
X = rng.standard_normal(10).astype(np.float32)
A = (1 + 1e-3 * rng.standard_normal(10)).astype(np.float32)
B = (1e-2 * rng.standard_normal(10)).astype(np.float32)


@W2b.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd

    x, a, b = (autograd.tensor(array, requires_grad=True) for array in (X, A, B))

    def step():
        x.grad = a.grad = b.grad = None
        y = x
        for _ in range(ROUNDS):
            y = y * a
            y = y + b
        loss = y.sum()
        loss.backward()
        return loss, x.grad, a.grad, b.grad

    return step


@W2b.peer("PyTorch", "torch")
def pytorch() -> Step:
    import torch

    x, a, b = (torch.tensor(array, requires_grad=True) for array in (X, A, B))

    def step():
        x.grad = a.grad = b.grad = None
        y = x
        for _ in range(ROUNDS):
            y = y * a
            y = y + b
        loss = y.sum()
        loss.backward()
        return loss, x.grad, a.grad, b.grad

    return step


@W2b.peer("MyGrad", "mygrad")
def mygrad() -> Step:
    import mygrad as mg

    mg.turn_memory_guarding_off()  # what its documentation advises for speed
    x, a, b = (mg.tensor(array) for array in (X, A, B))

    def step():
        y = x
        for _ in range(ROUNDS):
            y = y * a
            y = y + b
        loss = y.sum()
        loss.backward()
        return loss, x.grad, a.grad, b.grad

    return step


def chain(x, a, b):
    """The chain as a function, for the libraries that differentiate functions."""
    y = x
    for _ in range(ROUNDS):
        y = y * a
        y = y + b
    return y.sum()


@W2b.peer("HIPS autograd", "autograd", environment="hips")
def hips() -> Step:
    from autograd import value_and_grad

    f = value_and_grad(chain, argnum=(0, 1, 2))
    return lambda: f(X, A, B)


def jax_function(jit: bool) -> Step:
    import jax
    import jax.numpy as jnp

    f = jax.value_and_grad(chain, argnums=(0, 1, 2))
    f = jax.jit(f) if jit else f
    x, a, b = map(jnp.asarray, (X, A, B))
    return lambda: jax.block_until_ready(f(x, a, b))


@W2b.peer("JAX, jit", "jax")
def jax_jit() -> Step:
    return jax_function(jit=True)


@W2b.peer("JAX, eager", "jax")
def jax_eager() -> Step:
    return jax_function(jit=False)


@W2b.peer("NumPy by hand", "numpy")
def by_hand() -> Step:
    x, a, b = X, A, B

    def step():
        y, inputs = x, []
        for _ in range(ROUNDS):
            inputs.append(y)
            y = y * a
            y = y + b
        g, ga, gb = np.ones_like(y), np.zeros_like(a), np.zeros_like(b)
        for y_in in reversed(inputs):
            gb += g
            ga += g * y_in
            g = g * a
        return y.sum(), g, ga, gb

    return step
