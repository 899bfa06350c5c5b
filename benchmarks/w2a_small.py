"""W2a: `tanh(x*a + b).sum()` on 4 by 4 and its gradients: the overhead of an op, far from any arithmetic."""

import numpy as np

from workload import Step, Workload

W2a = Workload("W2a", "tanh(x*a + b).sum() on 4×4, forward and backward", bar=0.45, steps=1)

rng = np.random.default_rng(0)
X, A, B = (rng.standard_normal((4, 4)).astype(np.float32) for _ in range(3))


@W2a.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd

    x, a, b = (autograd.tensor(array, requires_grad=True) for array in (X, A, B))

    def step():
        x.grad = a.grad = b.grad = None
        loss = (x * a + b).tanh().sum()
        loss.backward()
        return loss, x.grad, a.grad, b.grad

    return step


@W2a.peer("PyTorch", "torch")
def pytorch() -> Step:
    import torch

    x, a, b = (torch.tensor(array, requires_grad=True) for array in (X, A, B))

    def step():
        x.grad = a.grad = b.grad = None
        loss = (x * a + b).tanh().sum()
        loss.backward()
        return loss, x.grad, a.grad, b.grad

    return step


@W2a.peer("MyGrad", "mygrad")
def mygrad() -> Step:
    import mygrad as mg

    mg.turn_memory_guarding_off()  # what its documentation advises for speed
    x, a, b = (mg.tensor(array) for array in (X, A, B))

    def step():
        loss = mg.tanh(x * a + b).sum()
        loss.backward()  # the next use of a tensor clears its gradient
        return loss, x.grad, a.grad, b.grad

    return step


@W2a.peer("HIPS autograd", "autograd", environment="hips")
def hips() -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    f = value_and_grad(lambda x, a, b: anp.sum(anp.tanh(x * a + b)), argnum=(0, 1, 2))
    return lambda: f(X, A, B)


def jax_function(jit: bool) -> Step:
    import jax
    import jax.numpy as jnp

    f = jax.value_and_grad(lambda x, a, b: jnp.tanh(x * a + b).sum(), argnums=(0, 1, 2))
    f = jax.jit(f) if jit else f
    x, a, b = map(jnp.asarray, (X, A, B))
    return lambda: jax.block_until_ready(f(x, a, b))


@W2a.peer("JAX, jit", "jax")
def jax_jit() -> Step:
    return jax_function(jit=True)


@W2a.peer("JAX, eager", "jax")
def jax_eager() -> Step:
    return jax_function(jit=False)


@W2a.peer("NumPy by hand", "numpy")
def by_hand() -> Step:
    x, a, b = X, A, B

    def step():
        t = np.tanh(x * a + b)
        g = 1 - t * t
        return t.sum(), g * a, g * x, g

    return step
