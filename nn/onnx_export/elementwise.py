"""Operations on each element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nn.onnx_export.graph import Graph
from nn.onnx_export.table import WRITERS, Writer, writes
from nn.onnx_export.traced import Traced

FLOATING: dict[str, str] = {
    "acos": "Acos", "acosh": "Acosh", "asin": "Asin", "asinh": "Asinh", "atan": "Atan", "atanh": "Atanh",
    "ceil": "Ceil", "cos": "Cos", "cosh": "Cosh", "erf": "Erf", "exp": "Exp", "floor": "Floor", "log": "Log",
    "mish": "Mish", "reciprocal": "Reciprocal", "sigmoid": "Sigmoid", "sin": "Sin", "sinh": "Sinh",
    "sqrt": "Sqrt", "tan": "Tan", "tanh": "Tanh", "hardswish": "HardSwish",
}  # fmt: skip
"""Those that ONNX has, of one floating-point argument."""

OTHERS = {"abs": "Abs", "neg": "Neg", "sign": "Sign", "relu": "Relu"}
"""Those that keep the dtype of their argument."""

ARITHMETIC = {
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "maximum": "Max", "minimum": "Min",
    "clamp_min": "Max", "clamp_max": "Min",
}  # fmt: skip
"""Of two arguments, which are brought to the dtype of the result."""

COMPARISONS = {"eq": "Equal", "lt": "Less", "le": "LessOrEqual", "gt": "Greater", "ge": "GreaterOrEqual"}

LOGICAL = {"logical_and": "And", "logical_or": "Or", "logical_xor": "Xor"}

BITWISE = {
    "bitwise_and": ("And", "BitwiseAnd"), "bitwise_or": ("Or", "BitwiseOr"), "bitwise_xor": ("Xor", "BitwiseXor"),
}  # fmt: skip


def kind_of(x: Any) -> np.dtype[Any]:
    """The dtype of a result or an argument."""
    return np.dtype(x.dtype) if hasattr(x, "dtype") else np.asarray(x).dtype


def _unary(op: str) -> Writer:
    return lambda g, out, x: g.node(op, g.value(x, out.dtype))


def _binary(op: str) -> Writer:
    return lambda g, out, x, y: g.node(op, g.value(x, out.dtype), g.value(y, out.dtype))


def common(x: Any, y: Any) -> np.dtype[Any]:
    """The dtype in which two arguments are compared: Python numbers take that of the other."""
    if not hasattr(x, "dtype"):
        return np.result_type(kind_of(y), x) if isinstance(x, (bool, int, float)) else kind_of(y)
    if not hasattr(y, "dtype"):
        return np.result_type(kind_of(x), y) if isinstance(y, (bool, int, float)) else kind_of(x)
    a, b = kind_of(x), kind_of(y)
    if a.kind == "f" and b.kind != "f":
        return a
    return b if b.kind == "f" and a.kind != "f" else np.result_type(a, b)


def _comparison(op: str) -> Writer:
    def write(g: Graph, out: Any, x: Any, y: Any) -> str:
        kind = common(x, y)
        return g.node(op, g.value(x, kind), g.value(y, kind))

    return write


def _logical(op: str) -> Writer:
    return lambda g, out, x, y: g.node(op, g.value(x, bool), g.value(y, bool))


def _bitwise(ops: tuple[str, str]) -> Writer:
    return lambda g, out, x, y: g.node(
        ops[kind_of(out) != np.dtype(bool)], g.value(x, out.dtype), g.value(y, out.dtype)
    )


_FAMILIES: tuple[tuple[dict[str, Any], Callable[[Any], Writer]], ...] = (
    (FLOATING, _unary),
    (OTHERS, _unary),
    (ARITHMETIC, _binary),
    (COMPARISONS, _comparison),
    (LOGICAL, _logical),
    (BITWISE, _bitwise),
)
for _ops, _writer in _FAMILIES:
    WRITERS.update({name: _writer(op) for name, op in _ops.items()})


def number(g: Graph, x: float, out: Any) -> str:
    """A number in the dtype of a result."""
    return g.value(np.asarray(x, kind_of(out)))


# -- one argument ------------------------------------------------------------------------------------------------------


@writes("alias", "kinked", "clone", "copy_in_c_order")
def _same(g: Graph, out: Any, x: Any, *_: Any) -> str:
    return g.value(x)


@writes("cast")
def _cast(g: Graph, out: Any, x: Any, dtype: Any) -> str:
    return g.value(x, out.dtype)


@writes("ne")
def _ne(g: Graph, out: Any, x: Any, y: Any) -> str:
    kind = common(x, y)
    return g.node("Not", g.node("Equal", g.value(x, kind), g.value(y, kind)))


@writes("logical_not", "bitwise_not")
def _not(g: Graph, out: Any, x: Any) -> str:
    return g.node("Not", g.value(x, bool)) if kind_of(out) == np.dtype(bool) else g.node("BitwiseNot", x)


@writes("isnan")
def _isnan(g: Graph, out: Any, x: Any) -> str:
    return g.node("IsNaN", x) if kind_of(x).kind == "f" else g.node("Not", g.node("Equal", x, x))


@writes("isinf")
def _isinf(g: Graph, out: Any, x: Any) -> str:
    return g.node("IsInf", x) if kind_of(x).kind == "f" else g.node("Not", g.node("Equal", x, x))


@writes("isfinite")
def _isfinite(g: Graph, out: Any, x: Any) -> str:
    return g.node("Not", g.node("Or", _isnan(g, out, x), _isinf(g, out, x)))


@writes("square")
def _square(g: Graph, out: Any, x: Any) -> str:
    name = g.value(x, out.dtype)
    return g.node("Mul", name, name)


@writes("rsqrt")
def _rsqrt(g: Graph, out: Any, x: Any) -> str:
    return g.node("Reciprocal", g.node("Sqrt", g.value(x, out.dtype)))


@writes("exp2")
def _exp2(g: Graph, out: Any, x: Any) -> str:
    return g.node("Pow", number(g, 2, out), g.value(x, out.dtype))


@writes("expm1")
def _expm1(g: Graph, out: Any, x: Any) -> str:
    return g.node("Sub", g.node("Exp", g.value(x, out.dtype)), number(g, 1, out))


@writes("log1p")
def _log1p(g: Graph, out: Any, x: Any) -> str:
    return g.node("Log", g.node("Add", g.value(x, out.dtype), number(g, 1, out)))


@writes("log2")
def _log2(g: Graph, out: Any, x: Any) -> str:
    return g.node("Mul", g.node("Log", g.value(x, out.dtype)), number(g, 1 / math.log(2), out))


@writes("log10")
def _log10(g: Graph, out: Any, x: Any) -> str:
    return g.node("Mul", g.node("Log", g.value(x, out.dtype)), number(g, 1 / math.log(10), out))


@writes("erfc")
def _erfc(g: Graph, out: Any, x: Any) -> str:
    return g.node("Sub", number(g, 1, out), g.node("Erf", g.value(x, out.dtype)))


@writes("trunc")
def _trunc(g: Graph, out: Any, x: Any) -> str:
    name = g.value(x)
    return g.node("Mul", g.node("Sign", name), g.node("Floor", g.node("Abs", name)))


@writes("round")
def _round(g: Graph, out: Any, x: Any, decimals: int) -> Any:
    return NotImplemented if decimals else g.node("Round", x)


# -- several arguments -------------------------------------------------------------------------------------------------


@writes("where")
def _where(g: Graph, out: Any, condition: Any, x: Any, y: Any) -> str:
    return g.node("Where", g.value(condition, bool), g.value(x, out.dtype), g.value(y, out.dtype))


@writes("masked_fill")
def _masked_fill(g: Graph, out: Any, x: Any, mask: Any, value: Any) -> str:
    return g.node("Where", g.value(mask, bool), g.value(value, out.dtype), g.value(x, out.dtype))


@writes("clamp")
def _clamp(g: Graph, out: Any, x: Any, low: float, high: float) -> str:
    return g.node("Min", g.node("Max", g.value(x, out.dtype), number(g, low, out)), number(g, high, out))


@writes("floor_divide")
def _floor_divide(g: Graph, out: Any, x: Any, y: Any) -> str:
    a, b = g.value(x, out.dtype), g.value(y, out.dtype)
    if kind_of(out).kind == "f":
        return g.node("Floor", g.node("Div", a, b))
    return g.node("Div", g.node("Sub", a, g.node("Mod", a, b)), b)


@writes("remainder")
def _remainder(g: Graph, out: Any, x: Any, y: Any) -> str:
    a, b = g.value(x, out.dtype), g.value(y, out.dtype)
    if kind_of(out).kind != "f":
        return g.node("Mod", a, b)
    return g.node("Sub", a, g.node("Mul", g.node("Floor", g.node("Div", a, b)), b))


@writes("fmod")
def _fmod(g: Graph, out: Any, x: Any, y: Any) -> str:
    return g.node("Mod", g.value(x, out.dtype), g.value(y, out.dtype), fmod=1)


@writes("xlogy")
def _xlogy(g: Graph, out: Any, x: Any, y: Any) -> str:
    a = g.value(x, out.dtype)
    zero = number(g, 0, out)
    return g.node(
        "Where", g.node("Equal", a, zero), zero, g.node("Mul", a, g.node("Log", g.value(y, out.dtype)))
    )


@writes("lerp")
def _lerp(g: Graph, out: Any, start: Any, end: Any, weight: Any) -> str:
    a, b = g.value(start, out.dtype), g.value(end, out.dtype)
    return g.node("Add", a, g.node("Mul", g.value(weight, out.dtype), g.node("Sub", b, a)))


# -- activations -------------------------------------------------------------------------------------------------------


@writes("leaky_relu")
def _leaky_relu(g: Graph, out: Any, x: Any, negative_slope: float) -> str:
    return g.node("LeakyRelu", x, alpha=float(negative_slope))


@writes("threshold")
def _threshold(g: Graph, out: Any, x: Any, threshold: float, value: float) -> str:
    return g.node("Where", g.node("Greater", x, number(g, threshold, out)), x, number(g, value, out))


@writes("hardtanh")
def _hardtanh(g: Graph, out: Any, x: Any, min_val: float, max_val: float) -> str:
    return g.node("Clip", x, number(g, min_val, out), number(g, max_val, out))


@writes("hardsigmoid")
def _hardsigmoid(g: Graph, out: Any, x: Any) -> str:
    return g.node("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@writes("hardshrink")
def _hardshrink(g: Graph, out: Any, x: Any, lambd: float) -> str:
    return g.node("Shrink", x, bias=0.0, lambd=float(lambd))


@writes("softshrink")
def _softshrink(g: Graph, out: Any, x: Any, lambd: float) -> str:
    return g.node("Shrink", x, bias=float(lambd), lambd=float(lambd))


def log_sigmoid(g: Graph, x: Any) -> str:
    """log σ(x)."""
    return g.node("Neg", g.node("Softplus", g.node("Neg", x)))


@writes("logsigmoid")
def _logsigmoid(g: Graph, out: Any, x: Any) -> str:
    return log_sigmoid(g, x)


@writes("softplus")
def _softplus(g: Graph, out: Any, x: Any, beta: float, threshold: float) -> str:
    if beta == 1:
        found = g.node("Softplus", x)
        scaled = g.value(x)
    else:
        scaled = g.node("Mul", x, number(g, beta, out))
        found = g.node("Div", g.node("Softplus", scaled), number(g, beta, out))
    return g.node("Where", g.node("Greater", scaled, number(g, threshold, out)), x, found)


@writes("silu")
def _silu(g: Graph, out: Any, x: Any) -> str:
    return g.node("Mul", x, g.node("Sigmoid", x))


@writes("glu")
def _glu(g: Graph, out: Any, x: Any, dim: int) -> str:
    a, b = g.nodes_of("Split", 2, x, axis=dim % x.ndim, num_outputs=2)
    return g.node("Mul", a, g.node("Sigmoid", b))


@writes("elu")
def _elu(g: Graph, out: Any, x: Any, alpha: float, scale: float, input_scale: float) -> str:
    if input_scale == 1:
        if scale == 1:
            return g.node("Elu", x, alpha=float(alpha))
        return g.node("Selu", x, alpha=float(alpha), gamma=float(scale))
    inside = g.node("Mul", g.node("Min", x, number(g, 0, out)), number(g, input_scale, out))
    below = g.node("Mul", _minus_one(g, g.node("Exp", inside), out), number(g, scale * alpha, out))
    above = g.node("Mul", x, number(g, scale, out))
    return g.node("Where", g.node("Greater", x, number(g, 0, out)), above, below)


def _minus_one(g: Graph, name: str, out: Any) -> str:
    return g.node("Sub", name, number(g, 1, out))


@writes("gelu")
def _gelu(g: Graph, out: Any, x: Any, approximate: str) -> str:
    return g.node("Gelu", x, approximate=approximate)


def is_traced(x: Any) -> bool:
    """Whether a value depends on the inputs."""
    return isinstance(x, Traced) and x.name is not None
