"""Tensors print as PyTorch's do: over a table of values, under every print option, and with what has a gradient."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autograd

VALUES = """
1 | 1.0 | -2.5 | True | 1e-9 | 1e10 | nan | inf | -inf | -0.0 | 0.0 | 123456789.0
[] | [[]] | [[], []] | [1, 2, 3] | [1, -20, 300] | [True, False] | [[True], [False]] | [[[1]]]
[1.0, 2.0, 3.0] | [1.0, 2.5] | [0.1, 0.22, 0.333] | [1e-5, 1.0] | [1e-3, 1.0] | [1e5, 1.0] | [1e5, 1.5] | [1e8, 1.0]
[1e9, 2e9] | [0.0001, 0.0002] | [0.00001, 0.00002] | [nan, 1.0] | [inf, 1.0] | [-inf, 1.5] | [nan, inf, -inf]
[nan, nan] | [inf, 1e10] | [nan, 1e-10] | [-0.0, 0.0] | [-0.0, 1.5] | [0.0, 0.0] | [1.5, nan, inf, -inf, -0.0]
[1000.0, 2000.5] | [1001.0, 0.5] | [999.0, 0.999] | [12345.678, 0.1] | [100000.0] | [99999999.0, 1.0] | [100000001.0]
[[1.0, -1.0], [0.5, 20.0]] | [[1e-7, 1.0], [3.0, 4.0]] | [[[1, 2], [3, 4]], [[5, 6], [7, 8]]] | [-1e-10] | [1.0000001]
"""
PLAIN = [text.strip() for line in VALUES.strip().splitlines() for text in line.split("|")]

ARRAYS = {
    "int8": np.array([-1, 2], np.int8),
    "int16": np.array([-1, 2], np.int16),
    "int32": np.array([[1], [2]], np.int32),
    "uint8": np.array([1, 255], np.uint8),
    "float16": np.array([1.25, 65504.0], np.float16),
    "float16 alone": np.array(0.1, np.float16),
    "float64": np.array([1.25, -3e-5]),
    "float64 alone": np.array(3.14159265358979),
    "empty (0, 3)": np.zeros((0, 3), np.float32),
    "empty int64 (2, 0)": np.zeros((2, 0), np.int64),
    "empty bool": np.zeros(0, np.bool_),
    "empty (1, 0, 0)": np.zeros((1, 0, 0), np.float32),
    "one row": np.arange(30),
    "rows": np.arange(30.0, dtype=np.float32),
    "1000": np.arange(1000),
    "1001": np.arange(1001),
    "2000 floats": np.arange(2000.0, dtype=np.float32),
    "three dimensions": np.arange(24).reshape(2, 3, 4),
    "four dimensions": np.arange(16.0, dtype=np.float32).reshape(2, 2, 2, 2),
    "large": np.arange(3000).reshape(30, 100),
    "large of three": np.arange(2400.0, dtype=np.float32).reshape(4, 20, 30),
    "wide": np.zeros((2, 2000), np.float32),
    "high": np.ones((2000, 2), np.float32),
    "thin": np.zeros((7, 1, 300), np.float32),
    "normal": np.random.default_rng(0).standard_normal((3, 4)),
    "normal, wrapped": np.random.default_rng(1).standard_normal((3, 40)).astype(np.float32),
    "millions": np.random.default_rng(2).standard_normal(50) * 1e6,
    "millionths": np.random.default_rng(3).standard_normal(5) * 1e-6,
    "of every size": np.exp(np.random.default_rng(4).standard_normal(6) * 10),
    "integers, wrapped": np.random.default_rng(5).integers(-(10**9), 10**9, (2, 13)),
    "summarised": (np.random.default_rng(6).standard_normal((40, 40)) * 1e5).astype(np.float32),
}

OPTIONS: list[dict[str, Any]] = [
    {},
    {"precision": 2},
    {"precision": 8},
    {"sci_mode": True},
    {"sci_mode": False},
    {"linewidth": 60},
    {"edgeitems": 2, "threshold": 20},
    {"profile": "short"},
]

RECORDED = [
    "x", "x * 2", "(x * 2).sum()", "x / 3", "x + x", "-x", "x.exp()", "x.log()", "x.sin()", "x.tanh()", "x.sigmoid()",
    "x.relu()", "x.sqrt()", "x.abs()", "x.mean()", "x.prod()", "x.std()", "x.var()", "x.cumsum(0)", "x.clone()",
    "x.detach()", "x.expand(2, 2)", "x.permute(0)", "x.unsqueeze(0)", "x.squeeze()", "x.flip(0)", "x.softmax(0)",
    "x.log_softmax(0)", "x.logsumexp(0)", "x.masked_fill(x > 1, 0.0)", "x.rsqrt()", "x.erf()", "x.floor()", "x.amax()",
    "x.lerp(x, 0.5)", "x.roll(1)", "t.cat([x, x])", "t.stack([x, x])", "t.where(x > 1, x, x * 0)", "x.minimum(x)",
    "x ** 3", "t.zeros(400, 2).add(x)", "(x * 2).to(t.float32).requires_grad", "x.double().dtype",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _settings_restored() -> Iterator[None]:
    yield
    autograd.set_printoptions(profile="default")


def same(ours: Any, theirs: Any) -> None:
    """The same text; whether dtype= has a line of its own depends on the length of "autograd."."""
    ours, theirs = (re.sub(r",\s+dtype=", ", dtype=", text) for text in (repr(ours), repr(theirs)))
    assert ours.replace("autograd.", "torch.") == theirs


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_prints_as_pytorch(options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    numbers = {"nan": float("nan"), "inf": float("inf")}
    data = [eval(text, numbers) for text in PLAIN]
    try:
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**options)
        autograd.set_printoptions(**options)
        for value in data:
            same(autograd.tensor(value), torch.tensor(value))
        for array in ARRAYS.values():
            same(autograd.from_numpy(array), torch.from_numpy(array))
    finally:
        torch.set_printoptions(profile="default")


def test_prints_as_pytorch_with_another_default() -> None:
    torch = pytest.importorskip("torch")
    try:
        for library in (torch, autograd):
            library.set_default_dtype(library.float64)
        for array in ARRAYS.values():
            same(autograd.from_numpy(array), torch.from_numpy(array))
    finally:
        torch.set_default_dtype(torch.float32)
        autograd.set_default_dtype(autograd.float32)


@pytest.mark.parametrize("expression", RECORDED)
def test_prints_its_origin_as_pytorch(expression: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = (
        eval(expression, {"t": t, "x": t.tensor([1.0, 2.0], requires_grad=True)}) for t in (autograd, torch)
    )
    same(ours, theirs)


def test_layout() -> None:
    """Without PyTorch: the whole of it in one example."""
    x = autograd.tensor([[1.0, -0.5], [float("nan"), 1e-3]], dtype=autograd.float64)
    assert repr(x) == "tensor([[ 1.0000, -0.5000],\n        [    nan,  0.0010]], dtype=autograd.float64)"
    assert repr(x * 1e-5) == (
        "tensor([[ 1.0000e-05, -5.0000e-06],\n        [        nan,  1.0000e-08]], dtype=autograd.float64)"
    )
    assert repr(autograd.arange(2000)) == "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])"
    assert repr(autograd.zeros(2, 0)) == "tensor([], size=(2, 0))"
    assert repr(autograd.ones(1, requires_grad=True) * 2) == "tensor([2.], grad_fn=<MulBackward0>)"
