"""W6: an LSTM, forward and backward: 64 steps of 32 sequences, with 64 numbers in and 128 in the state.

A product of small matrices a step, on which everything after it waits: what an engine records for each operation of
each step is what it loses here, so all who are quick have the whole sequence as one operation.
"""

import numpy as np

from workload import Step, Workload

W6 = Workload("W6", "LSTM 64 → 128, 64 steps of 32 sequences, forward and backward", bar=1.6)

STEPS, BATCH, INPUT, HIDDEN = 64, 32, 64, 128


def data() -> tuple[np.ndarray, np.ndarray]:
    """The input, and the gradient of the loss by the output."""
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((STEPS, BATCH, INPUT)).astype(np.float32),
        rng.standard_normal((STEPS, BATCH, HIDDEN)).astype(np.float32),
    )


def initial() -> list[np.ndarray]:
    """The weights of input and state, whose rows are those of the gates i, f, g, o, and their two biases."""
    rng = np.random.default_rng(1)
    bound = HIDDEN**-0.5
    shapes = [(4 * HIDDEN, INPUT), (4 * HIDDEN, HIDDEN), (4 * HIDDEN,), (4 * HIDDEN,)]
    return [rng.uniform(-bound, bound, shape).astype(np.float32) for shape in shapes]


def step_of(layer, x, weight) -> Step:
    """The same program for PyTorch and for us; it returns the loss and a part of each gradient."""
    leaves = [x, *layer.parameters()]

    def step():
        for leaf in leaves:
            leaf.grad = None
        loss = (layer(x)[0] * weight).sum()
        loss.backward()
        return loss, x.grad[0, 0], x.grad[-1, -1], *(p.grad[0] for p in layer.parameters())

    return step


@W6.peer("tapegrad", "tapegrad")
def tapegrad() -> Step:
    import autograd
    import nn

    layer = nn.LSTM(INPUT, HIDDEN)
    with autograd.no_grad():
        for p, start in zip(layer.parameters(), initial(), strict=True):
            p.copy_(autograd.tensor(start))
    x, weight = map(autograd.tensor, data())
    return step_of(layer, x.requires_grad_(), weight)


@W6.peer("PyTorch", "torch")
def pytorch() -> Step:
    import torch

    layer = torch.nn.LSTM(INPUT, HIDDEN)
    with torch.no_grad():
        for p, start in zip(layer.parameters(), initial(), strict=True):
            p.copy_(torch.tensor(start))
    x, weight = map(torch.tensor, data())
    return step_of(layer, x.requires_grad_(), weight)


@W6.peer("JAX, jit, scan", "jax")
def jax_scan() -> Step:
    import jax
    import jax.numpy as jnp

    x, weight = map(jnp.asarray, data())
    parameters = [jnp.asarray(start) for start in initial()]
    zeros = jnp.zeros((BATCH, HIDDEN), jnp.float32)

    def loss_of(parameters, x):
        w_ih, w_hh, b_ih, b_hh = parameters

        def cell(state, z):
            h, c = state
            i, f, g, o = jnp.split(z + h @ w_hh.T, 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        _, out = jax.lax.scan(cell, (zeros, zeros), x @ w_ih.T + b_ih + b_hh)
        return (out * weight).sum()

    gradient = jax.jit(jax.value_and_grad(loss_of, argnums=(0, 1)))

    def step():
        loss, (gradients, dx) = jax.block_until_ready(gradient(parameters, x))
        return loss, dx[0, 0], dx[-1, -1], *(g[0] for g in gradients)

    return step


@W6.peer("NumPy by hand", "numpy")
def by_hand() -> Step:
    x, weight = data()
    w_ih, w_hh, b_ih, b_hh = initial()
    bias, rows = b_ih + b_hh, x.reshape(-1, INPUT)
    z = np.empty((STEPS, BATCH, 4 * HIDDEN), np.float32)
    i, f, g, o = (z[:, :, k * HIDDEN : (k + 1) * HIDDEN] for k in range(4))
    h, c = (np.zeros((STEPS + 1, BATCH, HIDDEN), np.float32) for _ in range(2))
    tanh_c = np.empty((STEPS, BATCH, HIDDEN), np.float32)
    dz = np.empty_like(z)

    def sigmoid(x):
        np.exp(-x, out=x)
        x += 1
        np.divide(1, x, out=x)

    def step():
        np.matmul(rows, w_ih.T, out=z.reshape(-1, 4 * HIDDEN))
        z[...] += bias
        for t in range(STEPS):
            z[t] += h[t] @ w_hh.T
            sigmoid(z[t, :, : 2 * HIDDEN])
            np.tanh(g[t], out=g[t])
            sigmoid(o[t])
            c[t + 1] = f[t] * c[t] + i[t] * g[t]
            np.tanh(c[t + 1], out=tanh_c[t])
            np.multiply(o[t], tanh_c[t], out=h[t + 1])
        dh, dc = np.zeros((2, BATCH, HIDDEN), np.float32)
        for t in range(STEPS - 1, -1, -1):
            di, df, dg, do = (dz[t, :, k * HIDDEN : (k + 1) * HIDDEN] for k in range(4))
            dh += weight[t]
            dc += dh * o[t] * (1 - tanh_c[t] * tanh_c[t])
            np.multiply(dc * g[t], i[t] * (1 - i[t]), out=di)
            np.multiply(dc * c[t], f[t] * (1 - f[t]), out=df)
            np.multiply(dc * i[t], 1 - g[t] * g[t], out=dg)
            np.multiply(dh * tanh_c[t], o[t] * (1 - o[t]), out=do)
            dh = dz[t] @ w_hh
            dc *= f[t]
        flat = dz.reshape(-1, 4 * HIDDEN)
        dx = (flat @ w_ih).reshape(x.shape)
        dw_ih, dw_hh = flat.T @ rows, flat.T @ h[:-1].reshape(-1, HIDDEN)
        db = flat.sum(0)
        return np.vdot(h[1:], weight), dx[0, 0], dx[-1, -1], dw_ih[0], dw_hh[0], db[0], db[0]

    return step
