"""W5: a training step of a small convolutional network: two convolutions with pools, cross entropy, SGD.

What counts is how a library lays its activations out in memory: PyTorch has a row for each of its two orders.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import as_strided

from workload import Step, Workload

W5 = Workload(
    "W5",
    "CNN 1×28×28: conv 16 – ReLU – pool – conv 32 – ReLU – pool – linear 10, batch 64, SGD, one training step",
    bar=0.9,
)

BATCH, SIDE, CHANNELS, CLASSES = 64, 28, (1, 16, 32), 10
FEATURES = CHANNELS[2] * (SIDE // 4) ** 2
RATE = 0.05


def batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    images = rng.standard_normal((BATCH, 1, SIDE, SIDE)).astype(np.float32)
    return images, rng.integers(0, CLASSES, BATCH)


def initial() -> list[np.ndarray]:
    """Kernel (O, C, 3, 3) and bias of both convolutions, weight (10, features) and bias of the linear layer."""
    rng = np.random.default_rng(1)
    parameters = []
    for inputs, outputs in ((CHANNELS[0], CHANNELS[1]), (CHANNELS[1], CHANNELS[2])):
        bound = (9 * inputs) ** -0.5
        parameters.append(rng.uniform(-bound, bound, (outputs, inputs, 3, 3)).astype(np.float32))
        parameters.append(rng.uniform(-bound, bound, outputs).astype(np.float32))
    bound = FEATURES**-0.5
    parameters.append(rng.uniform(-bound, bound, (CLASSES, FEATURES)).astype(np.float32))
    parameters.append(rng.uniform(-bound, bound, CLASSES).astype(np.float32))
    return parameters


# ------------------------------------------------------------------------------ libraries with modules


def module_of(nn):
    """The same program for PyTorch and for us: the layers come from `nn`."""
    _, first, second = CHANNELS
    return nn.Sequential(
        nn.Conv2d(1, first, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(FEATURES, CLASSES),
    )


def training_step(model, criterion, optimizer, x, y) -> Step:
    """A training step as everybody writes it."""

    def step():
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


@W5.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd
    import nn
    import optim

    model = module_of(nn)
    with autograd.no_grad():
        for p, start in zip(model.parameters(), initial(), strict=True):
            p.copy_(autograd.tensor(start))
    rule = optim.SGD(model.parameters(), lr=RATE)
    return training_step(model, nn.CrossEntropyLoss(), rule, *map(autograd.tensor, batch()))


def pytorch(convert: Callable) -> Step:
    import torch

    model = convert(module_of(torch.nn))
    with torch.no_grad():
        for p, start in zip(model.parameters(), initial(), strict=True):
            p.copy_(torch.tensor(start))
    x, y = map(torch.tensor, batch())
    rule = torch.optim.SGD(model.parameters(), lr=RATE)
    return training_step(model, torch.nn.CrossEntropyLoss(), rule, convert(x), y)


@W5.peer("PyTorch", "torch")
def pytorch_default() -> Step:
    return pytorch(lambda it: it)


@W5.peer("PyTorch, channels last", "torch")
def pytorch_channels_last() -> Step:
    import torch

    return pytorch(lambda it: it.to(memory_format=torch.channels_last))


# ------------------------------------------------------------------------------ compiled


@W5.peer("JAX, jit", "jax")
def jax_compiled() -> Step:
    import jax
    import jax.numpy as jnp
    from jax import lax

    x, y = map(jnp.asarray, batch())
    parameters = list(map(jnp.asarray, initial()))

    def block(h, kernel, bias):
        h = lax.conv_general_dilated(h, kernel, (1, 1), "SAME", dimension_numbers=("NCHW", "OIHW", "NCHW"))
        h = jax.nn.relu(h + bias[:, None, None])
        return lax.reduce_window(h, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def loss_of(parameters, x, y):
        k1, b1, k2, b2, w, b = parameters
        h = block(block(x, k1, b1), k2, b2).reshape(BATCH, -1)
        return -jnp.take_along_axis(jax.nn.log_softmax(h @ w.T + b), y[:, None], axis=1).mean()

    @jax.jit
    def update(parameters, x, y):
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
        return [p - RATE * g for p, g in zip(parameters, gradients, strict=True)], loss

    def step():
        nonlocal parameters
        parameters, loss = update(parameters, x, y)
        return loss.block_until_ready()

    return step


# ------------------------------------------------------------------------------ written out


class Convolution:
    """3×3 with padding 1 on (H, C, W, N): the three column shifts in a buffer, one product over overlapping rows."""

    def __init__(self, height: int, channels: int, outputs: int) -> None:
        self.height, self.channels, self.outputs = height, channels, outputs
        across = height * BATCH
        self.x = np.zeros((height + 2, channels, 3, height, BATCH), np.float32)
        self.g = np.zeros((height + 2, outputs, 3, height, BATCH), np.float32)
        self.y = np.empty((height, outputs, across), np.float32)
        self.dx = np.empty((height, channels, across), np.float32)
        self.each = np.empty((height, 9 * channels, outputs), np.float32)

    def _shifted(self, into: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The matrices (rows, 9 · channels, W · N) of x (H, C, W, N), which overlap."""
        into[1:-1, :, 0, 1:] = x[:, :, :-1]
        into[1:-1, :, 1] = x
        into[1:-1, :, 2, :-1] = x[:, :, 1:]
        across = self.height * BATCH
        return as_strided(into, (self.height, 9 * x.shape[1], across), (into.strides[0], 4 * across, 4))

    def forward(self, x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
        """Return the convolution of x (H, C, W, N) as (H, O, W, N)."""
        self.seen = self._shifted(self.x, x)
        weight = np.ascontiguousarray(kernel.transpose(0, 2, 1, 3)).reshape(self.outputs, -1)
        np.matmul(weight, self.seen, out=self.y)
        self.y += bias[:, None]
        return self.y.reshape(self.height, self.outputs, self.height, BATCH)

    def of_parameters(self, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the gradients of kernel and bias for g (H, O, W, N)."""
        flat = g.reshape(self.height, self.outputs, -1)
        np.matmul(self.seen, flat.transpose(0, 2, 1), out=self.each)
        kernel = self.each.sum(0).reshape(3, self.channels, 3, self.outputs).transpose(3, 1, 0, 2)
        return kernel, (flat @ np.ones(flat.shape[2], np.float32)).sum(0)

    def of_input(self, g: np.ndarray, kernel: np.ndarray) -> np.ndarray:
        """Return the gradient of x for g: the same product with the kernel turned round."""
        turned = np.ascontiguousarray(kernel[:, :, ::-1, ::-1].transpose(1, 2, 0, 3))
        np.matmul(turned.reshape(self.channels, -1), self._shifted(self.g, g), out=self.dx)
        return self.dx.reshape(self.height, self.channels, self.height, BATCH)


def _corners(h: np.ndarray) -> list[np.ndarray]:
    """The four elements of each window of a 2×2 pool over (H, C, W, N)."""
    return [h[i::2, :, j::2] for i in (0, 1) for j in (0, 1)]


def _pooled(h: np.ndarray) -> np.ndarray:
    a, b, c, d = _corners(h)
    out = np.maximum(a, b)
    np.maximum(out, c, out=out)
    return np.maximum(out, d, out=out)


def _unpooled(g: np.ndarray, h: np.ndarray, pooled: np.ndarray) -> np.ndarray:
    """The gradient of relu and pool, in place of the convolution's result h: to the first that is the largest."""
    g = g * (pooled > 0)
    taken = np.zeros(g.shape, bool)
    for corner in _corners(h):
        chosen = (corner == pooled) & ~taken
        np.multiply(g, chosen, out=corner)
        taken |= chosen
    return h


@W5.peer("NumPy by hand", "numpy")
def by_hand() -> Step:
    images, labels = batch()
    x = np.ascontiguousarray(images.transpose(2, 1, 3, 0))
    parameters = initial()
    k1, b1, k2, b2, w, b = parameters
    _, first, second = CHANNELS
    conv1, conv2 = Convolution(SIDE, 1, first), Convolution(SIDE // 2, first, second)
    rows, zero = np.arange(BATCH), np.float32(0)

    def step():
        h1 = conv1.forward(x, k1, b1)
        p1 = np.maximum(_pooled(h1), zero)
        h2 = conv2.forward(p1, k2, b2)
        p2 = np.maximum(_pooled(h2), zero)
        flat = np.ascontiguousarray(p2.transpose(3, 1, 0, 2)).reshape(BATCH, -1)
        logits = flat @ w.T + b
        logits -= logits.max(1, keepdims=True)
        p = np.exp(logits)
        total = p.sum(1, keepdims=True)
        loss = (np.log(total[:, 0]) - logits[rows, labels]).mean()
        p /= total
        p[rows, labels] -= 1
        p /= BATCH
        gw, gb = p.T @ flat, p.sum(0)
        g = (p @ w).reshape(BATCH, second, SIDE // 4, SIDE // 4)
        g2 = _unpooled(np.ascontiguousarray(g.transpose(2, 1, 3, 0)), h2, p2)
        gk2, gb2 = conv2.of_parameters(g2)
        g1 = _unpooled(conv2.of_input(g2, k2), h1, p1)
        gk1, gb1 = conv1.of_parameters(g1)
        for parameter, gradient in zip(parameters, (gk1, gb1, gk2, gb2, gw, gb), strict=True):
            parameter -= RATE * gradient
        return loss

    return step
