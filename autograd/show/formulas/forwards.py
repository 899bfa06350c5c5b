"""What operations compute, written as an expression.

An operation of numbers is written in terms of simpler ones; the body of the table may be another form of it, made for
speed. Any other is written by its name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.ops import special
from autograd.show.formulas.expressions import Call, Expression, Name, Number
from autograd.show.formulas.symbols import Symbol, expression
from autograd.table import Primitive


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softplus(x: Any, beta: Any, threshold: Any) -> Any:
    return np.where(x * beta > threshold, x, np.log1p(np.exp(x * beta)) / beta)


_MADE_OF: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "matmul": lambda x, y: x @ y,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, negative_slope: np.where(x > 0, x, negative_slope * x),
    "threshold": lambda x, threshold, value: np.where(x > threshold, x, value),
    "hardtanh": lambda x, min_val, max_val: np.clip(x, min_val, max_val),
    "clamp": lambda x, low, high: np.clip(x, low, high),
    "clamp_max": lambda x, max: np.minimum(x, max),
    "clamp_min": lambda x, min: np.maximum(x, min),
    "hardsigmoid": lambda x: np.clip(x + 3, 0, 6) / 6,
    "hardswish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "hardshrink": lambda x, lambd: np.where(abs(x) <= lambd, 0, x),
    "softshrink": lambda x, lambd: np.where(abs(x) <= lambd, 0, x - np.sign(x) * lambd),
    "sigmoid": _sigmoid,
    "logsigmoid": lambda x: -np.log1p(np.exp(-x)),
    "softplus": _softplus,
    "silu": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "elu": lambda x, alpha, scale, input_scale: np.where(
        x > 0, scale * x, scale * alpha * np.expm1(input_scale * x)
    ),
    "gelu": lambda x, approximate: x * (1 + special.erf(x * math.sqrt(0.5))) / 2,  # noqa: ARG005  the default of it
    "smooth_l1": lambda x, beta: np.where(abs(x) < beta, x * x / (2 * beta), abs(x) - beta / 2),
    "huber": lambda x, delta: np.where(abs(x) <= delta, x * x / 2, delta * (abs(x) - delta / 2)),
    "soft_margin": lambda x, target: np.log1p(np.exp(-target * x)),
    "binary_cross_entropy": lambda x, target: (
        -(target * np.maximum(np.log(x), -100) + (1 - target) * np.maximum(np.log1p(-x), -100))
    ),
    "binary_cross_entropy_with_logits": lambda x, target: (1 - target) * x + np.log1p(np.exp(-x)),
    "lerp": lambda start, end, weight: start + weight * (end - start),
    "where": lambda condition, x, y: np.where(condition, x, y),
    "logit": lambda x: np.log(x / (1 - x)),
    "entr": lambda x: np.where(x > 0, -x * np.log(x), np.where(x < 0, -math.inf, x)),
    "xlogy": lambda x, y: np.where(x == 0, 0, x * np.log(y)),
    "xlog1py": lambda x, y: np.where(x == 0, 0, x * np.log1p(y)),
    "sinc": lambda x: np.where(x == 0, 1, np.sin(math.pi * x) / (math.pi * x)),
    "remainder": lambda x, y: x - y * np.floor(x / y),
    "round": lambda x, decimals: np.rint(x * 10**decimals) / 10**decimals,
}


def forward(p: Primitive) -> Expression:
    """What an operation computes of its parameters.

    >>> from autograd.show.formulas.notation import text
    >>> from autograd.table import registry
    >>> text(forward(registry()["softplus"]))
    'where(x * beta > threshold, x, log1p(exp(x * beta)) / beta)'
    >>> text(forward(registry()["tanh"]))
    'tanh(x)'
    """
    made_of = _MADE_OF.get(p.name)
    if made_of is None:
        return Call(p.name, tuple(map(Name, p.parameters)), (), p.function)
    return expression(made_of(*(Symbol(Name(name)) for name in p.parameters)))


def spelled_out(e: Expression) -> Expression:
    """An expression in which what is written in terms of simpler operations is.

    >>> from autograd.show.formulas.notation import text
    >>> text(spelled_out(Call("relu", (Call("silu", (Name("y"),)),))))
    'maximum(y / (1 + exp(-y)), 0)'
    """
    if not isinstance(e, Call):
        return e
    arguments = tuple(map(spelled_out, e.arguments))
    made_of = _MADE_OF.get(e.op)
    if made_of is None or e.options or e.op in _AS_THEY_ARE:
        return Call(e.op, arguments, e.options, e.compute)
    given = (a.value if isinstance(a, Number) else Symbol(a) for a in arguments)
    return expression(made_of(*given))


_AS_THEY_ARE = {
    "add", "sub", "mul", "div", "neg", "pow", "matmul", "square", "reciprocal", "where", "sigmoid", "xlogy",
}  # fmt: skip
"""Operations that every notation has, or that another form would make less exact."""
