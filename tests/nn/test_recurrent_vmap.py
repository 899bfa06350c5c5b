"""Recurrent layers under `vmap`, with first states that differ between the examples."""

import numpy as np

import autograd
import nn


def test_first_states_of_each_example():
    autograd.manual_seed(0)
    layer = nn.GRU(3, 4)
    x, h = autograd.randn(6, 5, 2, 3), autograd.randn(6, 1, 2, 4)
    with autograd.no_grad():
        out, last = autograd.vmap(layer)(x, h)
        for i in range(6):
            one, state = layer(x[i], h[i])
            np.testing.assert_allclose(out[i].numpy(), one.numpy(), atol=1e-6)
            np.testing.assert_allclose(last[i].numpy(), state.numpy(), atol=1e-6)
