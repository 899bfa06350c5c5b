"""W8: GELU, softmax and layer norm of (256, 1024), forward and backward: what rows cost beside a network's products."""

from __future__ import annotations

import math

import numpy as np

from workload import Step, Workload

W8g = Workload("W8g", "GELU (erf) of (256, 1024), forward and backward", bar=2.0, steps=1)
W8s = Workload("W8s", "softmax of the rows of (256, 1024), forward and backward", bar=2.5, steps=1)
W8n = Workload("W8n", "layer norm of (256, 1024), forward and backward", bar=4.0, steps=1)

rng = np.random.default_rng(0)
X, G = (rng.standard_normal((256, 1024)).astype(np.float32) for _ in range(2))
SCALE, SHIFT = (rng.standard_normal(1024).astype(np.float32) for _ in range(2))
EPS = 1e-5
# A step returns a row of the result and of the gradient, and the whole gradients of the weights, to be compared.


def of_library(lib, functional, call) -> Step:
    """The step of a library with tensors, from `call(functional, x, scale, shift)`."""
    x, scale, shift = (lib.tensor(a, requires_grad=True) for a in (X, SCALE, SHIFT))
    g = lib.tensor(G)

    def step():
        x.grad = scale.grad = shift.grad = None
        out = call(functional, x, scale, shift)
        out.backward(g)
        return out[0], x.grad[0], *(() if scale.grad is None else (scale.grad, shift.grad))

    return step


CALLS = {
    "W8g": lambda f, x, *_: f.gelu(x),
    "W8s": lambda f, x, *_: f.softmax(x, -1),
    "W8n": lambda f, x, scale, shift: f.layer_norm(x, (1024,), scale, shift, EPS),
}


def register(workload: Workload) -> None:
    """The peers of one of the three."""
    call = CALLS[workload.key]

    @workload.peer("tapegrad", "tapegrad")
    def tapegrad() -> Step:
        import autograd
        import nn.functional

        return of_library(autograd, nn.functional, call)

    @workload.peer("PyTorch", "torch")
    def pytorch() -> Step:
        import torch

        return of_library(torch, torch.nn.functional, call)

    @workload.peer("JAX, jit", "jax")
    def jax_jit() -> Step:
        import jax
        import jax.numpy as jnp

        def layer_norm(x, scale, shift):
            centred = x - x.mean(-1, keepdims=True)
            return centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + EPS) * scale + shift

        functions = {
            "W8g": lambda x, *_: jax.nn.gelu(x, approximate=False),
            "W8s": lambda x, *_: jax.nn.softmax(x, -1),
            "W8n": layer_norm,
        }

        @jax.jit
        def both(x, scale, shift, g):
            out, back = jax.vjp(functions[workload.key], x, scale, shift)
            return out, back(g)

        arrays = [jnp.asarray(a) for a in (X, SCALE, SHIFT, G)]

        def step():
            out, (dx, dscale, dshift) = jax.block_until_ready(both(*arrays))
            return out[0], dx[0], *((dscale, dshift) if workload.key == "W8n" else ())

        return step

    @workload.peer("NumPy by hand", "numpy")
    def by_hand() -> Step:
        return BY_HAND[workload.key]


def gelu():
    from scipy.special import erf

    normal = 0.5 * (1 + erf(X * np.float32(math.sqrt(0.5))))
    bell = np.exp(-0.5 * X * X) * np.float32(1 / math.sqrt(2 * math.pi))
    out = X * normal
    return out[0], (G * (normal + X * bell))[0]


def softmax():
    out = np.exp(X - X.max(1, keepdims=True))
    out /= out.sum(1, keepdims=True)
    d = G - np.vecdot(G, out)[:, None]
    d *= out
    return out[0], d[0]


def layer_norm():
    centred = X - X.mean(1, keepdims=True)
    r = 1 / np.sqrt(np.vecdot(centred, centred) / 1024 + np.float32(EPS))[:, None]
    centred *= r
    out = centred * SCALE + SHIFT
    d = G * SCALE
    d -= d.mean(1, keepdims=True) + centred * (np.vecdot(d, centred)[:, None] / 1024)
    d *= r
    return out[0], d[0], (G * centred).sum(0), G.sum(0)


BY_HAND = {"W8g": gelu, "W8s": softmax, "W8n": layer_norm}
for each in (W8g, W8s, W8n):
    register(each)
