from __future__ import annotations
import numpy as np
from autograd.primitive import Array, primitive

@primitive(np.add, cast="promote", quiet=False, x=lambda g: g, y=lambda g: g)
def add(x: Array, y: Array) -> Array:
    """x"""
@primitive(np.multiply, cast="promote", quiet=False, x=lambda g, y: g * y, y=lambda g, x: g * x)
def mul(x: Array, y: Array) -> Array:
    """x"""
@primitive(np.tanh, cast="float",  x=lambda g, out: g * (1 - out * out))
def tanh(x: Array) -> Array:
    """x"""
@primitive(x=lambda g, x_shape: np.broadcast_to(g, x_shape))
def sum_(x: Array) -> Array:
    return np.add.reduce(x, None)
@primitive(x=lambda g, x_dtype: cast(g, x_dtype))
def cast(x: Array, dtype:object) -> Array:
    return x.astype(dtype)
