"""W3 and W4: a training step of an MLP with ReLU and cross entropy: a small one with SGD, a large one with Adam.

At the size of W3 an engine is all overhead; at that of W4 it has to keep out of the way of the matrix products.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from workload import Build, Step, Workload

W3 = Workload("W3", "MLP 64-64-32-10, batch 32, SGD with momentum, one training step", bar=0.35)
W4 = Workload("W4", "MLP 784-512-256-10, batch 128, Adam, one training step", bar=1.0)

SIZES = {"W3": (64, 64, 32, 10), "W4": (784, 512, 256, 10)}
BATCH = {"W3": 32, "W4": 128}
SGD = {"lr": 0.01, "momentum": 0.9}
ADAM = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8}


def peer(name: str, distribution: str, environment: str = "peers") -> Callable[[Callable[[str], Step]], None]:
    """Register a peer of both workloads; it is built from the workload's key."""

    def register(build: Callable[[str], Step]) -> None:
        def of(key: str) -> Build:
            return lambda: build(key)

        for workload in (W3, W4):
            workload.peer(name, distribution, environment)(of(workload.key))

    return register


def batch(key: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((BATCH[key], SIZES[key][0])).astype(np.float32), rng.integers(
        0, 10, BATCH[key]
    )


def initial(key: str) -> list[np.ndarray]:
    """Weights (inputs, outputs) and biases (outputs,), layer by layer."""
    rng = np.random.default_rng(1)
    parameters = []
    for inputs, outputs in pairwise(SIZES[key]):
        bound = inputs**-0.5
        parameters.append(rng.uniform(-bound, bound, (inputs, outputs)).astype(np.float32))
        parameters.append(rng.uniform(-bound, bound, outputs).astype(np.float32))
    return parameters


# ------------------------------------------------------------------------------ libraries with modules


def module_of(key: str, nn):
    """The same program for PyTorch and for us: the layers come from `nn`."""
    i, h1, h2, o = SIZES[key]
    return nn.Sequential(nn.Linear(i, h1), nn.ReLU(), nn.Linear(h1, h2), nn.ReLU(), nn.Linear(h2, o))


def training_step(model, criterion, optimizer, x, y) -> Step:
    """A training step as everybody writes it."""

    def step():
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


@peer("tapegrad", "tapegrad")
def tapegrad(key: str) -> Step:
    import autograd
    import nn
    import optim

    model = module_of(key, nn)
    with autograd.no_grad():
        for p, start in zip(model.parameters(), initial(key), strict=True):
            p.copy_(autograd.tensor(start.T))
    rule = optim.SGD(model.parameters(), **SGD) if key == "W3" else optim.Adam(model.parameters(), **ADAM)
    return training_step(model, nn.CrossEntropyLoss(), rule, *map(autograd.tensor, batch(key)))


def pytorch(key: str, **options) -> Step:
    import torch

    model = module_of(key, torch.nn)
    with torch.no_grad():
        for p, start in zip(model.parameters(), initial(key), strict=True):
            p.copy_(torch.tensor(start.T))
    parameters = model.parameters()
    rule = (
        torch.optim.SGD(parameters, **SGD, **options)
        if key == "W3"
        else torch.optim.Adam(parameters, **ADAM, **options)
    )
    return training_step(model, torch.nn.CrossEntropyLoss(), rule, *map(torch.tensor, batch(key)))


@peer("PyTorch", "torch")
def pytorch_default(key: str) -> Step:
    return pytorch(key)


@peer("PyTorch, fused optimizer", "torch")
def pytorch_fused(key: str) -> Step:
    return pytorch(key, fused=True)


# --------------------------------------------------------- libraries without: the update rule is NumPy


def update_rule(key: str, parameters: list[np.ndarray]) -> Callable[[list[np.ndarray]], None]:
    """SGD with momentum or Adam, in place, in blocks small enough to stay in cache."""
    size = 16384
    blocks = [
        (index, slice(start, start + size))
        for index, p in enumerate(parameters)
        for start in range(0, p.size, size)
    ]
    flat = [p.reshape(-1) for p in parameters]
    first, second = ([np.zeros_like(p) for p in flat] for _ in range(2))
    scratch = np.empty(size, np.float32)
    time = 0

    def sgd(gradients):
        for i, part in blocks:
            p, v = flat[i][part], first[i][part]
            v *= SGD["momentum"]
            v += gradients[i].reshape(-1)[part]
            p -= np.multiply(v, SGD["lr"], out=scratch[: p.size])

    def adam(gradients):
        nonlocal time
        time += 1
        lr, (beta1, beta2), eps = ADAM.values()
        rate = lr / (1 - beta1**time)
        correction = (1 - beta2**time) ** -0.5
        for i, part in blocks:
            p, m, v, g = flat[i][part], first[i][part], second[i][part], gradients[i].reshape(-1)[part]
            work = scratch[: p.size]
            m *= beta1
            m += np.multiply(g, 1 - beta1, out=work)
            v *= beta2
            np.multiply(g, g, out=work)
            work *= 1 - beta2
            v += work
            np.sqrt(v, out=work)
            work *= correction
            work += eps
            np.divide(m, work, out=work)
            work *= rate
            p -= work

    return sgd if key == "W3" else adam


@peer("MyGrad", "mygrad")
def mygrad(key: str) -> Step:
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    mg.turn_memory_guarding_off()  # what its documentation advises for speed
    x, y = batch(key)
    parameters = [mg.tensor(start) for start in initial(key)]
    w1, b1, w2, b2, w3, b3 = parameters
    update = update_rule(key, [p.data for p in parameters])

    def step():
        h = relu(mg.matmul(x, w1) + b1)
        h = relu(mg.matmul(h, w2) + b2)
        loss = softmax_crossentropy(mg.matmul(h, w3) + b3, y)
        loss.backward()
        update([p.grad for p in parameters])
        return loss

    return step


@peer("HIPS autograd", "autograd", environment="hips")
def hips(key: str) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    x, y = batch(key)
    rows = np.arange(len(y))
    parameters = initial(key)
    update = update_rule(key, parameters)

    def loss_of(parameters):
        w1, b1, w2, b2, w3, b3 = parameters
        h = anp.maximum(anp.dot(x, w1) + b1, 0)
        h = anp.maximum(anp.dot(h, w2) + b2, 0)
        z = anp.dot(h, w3) + b3
        return anp.mean(logsumexp(z, axis=1) - z[rows, y])

    gradients_of = value_and_grad(loss_of)

    def step():
        loss, gradients = gradients_of(parameters)
        update(gradients)
        return loss

    return step


@peer("JAX, jit", "jax")
def jax_jit(key: str) -> Step:
    import jax
    import jax.numpy as jnp

    x, y = map(jnp.asarray, batch(key))
    parameters = [jnp.asarray(start) for start in initial(key)]

    def loss_of(parameters):
        w1, b1, w2, b2, w3, b3 = parameters
        h = jax.nn.relu(x @ w1 + b1)
        h = jax.nn.relu(h @ w2 + b2)
        return -jnp.take_along_axis(jax.nn.log_softmax(h @ w3 + b3), y[:, None], axis=1).mean()

    def sgd(parameters, gradients, state):
        velocity = jax.tree.map(lambda v, g: SGD["momentum"] * v + g, state, gradients)
        return jax.tree.map(lambda p, v: p - SGD["lr"] * v, parameters, velocity), velocity

    def adam(parameters, gradients, state):
        lr, (beta1, beta2), eps = ADAM.values()
        m, v, time = state
        time += 1
        m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, gradients)
        v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, gradients)
        rate, correction = lr / (1 - beta1**time), (1 - beta2**time) ** -0.5
        parameters = jax.tree.map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) * correction + eps), parameters, m, v
        )
        return parameters, (m, v, time)

    rule = sgd if key == "W3" else adam
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = zeros if key == "W3" else (zeros, zeros, jnp.float32(0))

    @jax.jit
    def train(parameters, state):
        loss, gradients = jax.value_and_grad(loss_of)(parameters)
        return loss, *rule(parameters, gradients, state)

    def step():
        nonlocal parameters, state
        loss, parameters, state = jax.block_until_ready(train(parameters, state))
        return loss

    return step


@peer("NumPy by hand", "numpy")
def by_hand(key: str) -> Step:
    x, y = batch(key)
    rows, ones = np.arange(len(y)), np.ones(len(y), np.float32)
    parameters = initial(key)
    w1, b1, w2, b2, w3, b3 = parameters
    gradients = [np.empty_like(p) for p in parameters]
    gw1, gb1, gw2, gb2, gw3, gb3 = gradients
    update = update_rule(key, parameters)
    zeros1, zeros2 = (np.zeros((len(y), width), np.float32) for width in SIZES[key][1:3])

    def step():
        h1 = x @ w1
        h1 += b1
        np.maximum(h1, zeros1, out=h1)
        h2 = h1 @ w2
        h2 += b2
        np.maximum(h2, zeros2, out=h2)
        z = h2 @ w3
        z += b3

        z -= z.max(1, keepdims=True)
        g = np.exp(z)
        total = g.sum(1, keepdims=True)
        loss = (np.log(total).sum() - z[rows, y].sum()) / len(y)
        g /= total
        g[rows, y] -= 1
        g /= len(y)

        np.matmul(h2.T, g, out=gw3)
        np.matmul(ones, g, out=gb3)
        g = g @ w3.T
        g *= h2 > 0
        np.matmul(h1.T, g, out=gw2)
        np.matmul(ones, g, out=gb2)
        g = g @ w2.T
        g *= h1 > 0
        np.matmul(x.T, g, out=gw1)
        np.matmul(ones, g, out=gb1)
        update(gradients)
        return loss

    return step
