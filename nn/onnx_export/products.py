"""Products: matrices, linear layers, contractions, attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx_export.elementwise import is_traced, kind_of, number
from nn.onnx_export.graph import Graph
from nn.onnx_export.table import writes


@writes("matmul")
def _matmul(g: Graph, out: Any, x: Any, y: Any) -> str:
    return g.node("MatMul", g.value(x, out.dtype), g.value(y, out.dtype))


@writes("linear")
def _linear(g: Graph, out: Any, x: Any, weight: Any, bias: Any) -> str:
    if x.ndim == 2:
        return g.node("Gemm", x, weight, bias, transB=1)
    if is_traced(weight):
        turned = g.node("Transpose", weight, perm=[1, 0])
    else:
        turned = g.constant(np.asarray(weight.array).T, g.value(weight) + "_turned")
    product = g.node("MatMul", x, turned)
    return product if bias is None else g.node("Add", product, bias)


@writes("contract")
def _contract(g: Graph, out: Any, x: Any, y: Any, indices: tuple[str, str, str]) -> str:
    letters: dict[str, str] = {}
    for index in "".join(indices):  # ONNX knows the letters only
        letters.setdefault(index, "abcdefghijklmnopqrstuvwxyz"[len(letters)])
    left, right, result = ("".join(letters[i] for i in part) for part in indices)
    return g.node("Einsum", x, y, equation=f"{left},{right}->{result}")


@writes("attention")
def _attention(
    g: Graph, out: Any, query: Any, key: Any, value: Any, mask: Any, kept: Any,
    causal: bool, scale: float, factor: float,
) -> Any:  # fmt: skip
    if kept is not None:
        return NotImplemented
    scaled = g.node("Mul", query, number(g, scale, out))
    scores = g.node("MatMul", scaled, g.node("Transpose", key, perm=[0, 1, 3, 2]))
    if causal:
        later = np.triu(np.full((query.shape[2], key.shape[2]), -np.inf, kind_of(out)), 1)
        scores = g.node("Add", scores, g.constant(later))
    if mask is not None:
        if kind_of(mask).kind == "b":
            scores = g.node("Where", mask, scores, number(g, -np.inf, out))
        else:
            scores = g.node("Add", scores, g.value(mask, out.dtype))
    chances = g.node("Softmax", scores, axis=-1)
    if mask is not None:  # a row in which everything is masked gives zeros
        highest = g.node("ReduceMax", scores, g.numbers([3]), keepdims=1)
        nothing = g.node("Equal", highest, number(g, -np.inf, out))
        chances = g.node("Where", nothing, number(g, 0, out), chances)
    return g.node("MatMul", chances, value)
