"""Matrix products: dtypes, memory layouts, the fast forms, and errors. Values and derivatives are rows of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError, DTypeError, ShapeError
from autograd.kernels.linear import linear
from autograd.ops.products import product


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "int64"])
def test_dtypes_stay(dtype: str) -> None:
    x = autograd.tensor([[1, 2], [3, 4]], dtype=dtype)
    for result in (x @ x, linear(x, x, x[0]), autograd.einsum("ij,kj->ki", x, x), autograd.outer(x[0], x[0])):
        assert result.dtype == dtype
    assert (x @ x).tolist() == [[7, 10], [15, 22]]


def test_products_want_one_dtype() -> None:
    """As in PyTorch: nothing is silently computed in another precision; outer products promote."""
    x, y = autograd.ones(2, 2), autograd.ones(2, 2, dtype="float64")
    for call in (
        lambda: x @ y,
        lambda: autograd.mm(x, y),
        lambda: autograd.mv(x, y[0]),
        lambda: autograd.einsum("ij,jk->ik", x, y),
        lambda: autograd.tensordot(x, y, 1),
        lambda: autograd.inner(x, y),
        lambda: linear(x, y),
    ):
        with pytest.raises(DTypeError, match=r"one dtype, got float32 .* float64"):
            call()
    assert autograd.outer(x[0], y[0]).dtype == autograd.float64
    assert autograd.kron(x, y).dtype == autograd.float64
    assert autograd.einsum("ij,ij->ij", x, y).dtype == autograd.float64


@pytest.mark.parametrize("rows", [1, 2, 8, 40, 64, 128, 129])
@pytest.mark.parametrize(("inner", "columns"), [(1, 300), (300, 1), (64, 64), (600, 500)])
def test_products_in_every_form(rng: np.random.Generator, rows: int, inner: int, columns: int) -> None:
    """Few rows times a transposed matrix, and one inner dimension, have forms of their own."""
    x = rng.normal(size=(rows, inner)).astype("float32")
    y = rng.normal(size=(columns, inner)).astype("float32")
    exact = x.astype(float) @ y.astype(float).T
    found = product(x, y.T)
    assert found.flags.c_contiguous
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, exact, 1e-3, 1e-4 * np.sqrt(inner))
    np.testing.assert_allclose(product(x, np.ascontiguousarray(y.T)), exact, 1e-3, 1e-4 * np.sqrt(inner))


@pytest.mark.parametrize("shape", [(784,), (1, 784), (32, 784), (4, 8, 784), (0, 784)])
def test_linear_is_x_wt_plus_b(rng: np.random.Generator, shape: tuple[int, ...]) -> None:
    arrays = [rng.normal(size=s).astype("float32") for s in (shape, (512, 784), (512,))]
    x, w, b = (autograd.tensor(a, requires_grad=True) for a in arrays)
    out = linear(x, w, b)
    np.testing.assert_allclose(out.array, arrays[0] @ arrays[1].T + arrays[2], 1e-3, 1e-3)
    g = rng.normal(size=out.shape).astype("float32")
    out.backward(autograd.tensor(g))
    rows = g.reshape(-1, 512)
    np.testing.assert_allclose(x.grad.array, g @ arrays[1], 1e-3, 1e-3)
    np.testing.assert_allclose(w.grad.array, rows.T @ arrays[0].reshape(-1, 784), 1e-3, 1e-3)
    np.testing.assert_allclose(b.grad.array, rows.sum(0), 1e-3, 1e-3)
    assert w.grad.is_contiguous()
    assert [np.asarray(t.grad).dtype for t in (x, w, b)] == [np.float32] * 3
    np.testing.assert_array_equal(b.array, arrays[2])


@pytest.mark.parametrize("shape", [(), (1,), (1, 5), (4, 5), (2, 4, 5)])
def test_a_layers_bias_may_broadcast(shape: tuple[int, ...]) -> None:
    layer = nn.Linear(3, 5)
    x = autograd.ones(2, 4, 3)
    layer.bias = nn.Parameter(autograd.full(shape, 2.0))
    out = layer(x)
    assert out.tolist() == (x @ layer.weight.T + 2.0).tolist()
    out.sum().backward()
    assert layer.bias.grad.shape == shape
    assert layer.bias.grad.sum().item() == 40
    layer.bias = nn.Parameter(autograd.ones(3, 2, 4, 5))
    with pytest.raises(ShapeError, match="linear"):
        layer(x)


@pytest.mark.parametrize("bias", [None, 2.0])
def test_a_weight_of_one_row(bias: float | None) -> None:
    x, w = autograd.ones(2, 4, 3), autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = linear(x, w, None if bias is None else autograd.tensor(bias))
    assert out.tolist() == [[6.0 + (bias or 0)] * 4] * 2
    out.sum().backward()
    assert w.grad.tolist() == [8, 8, 8]


def test_frozen_inputs_cost_nothing() -> None:
    """No gradient is computed for an input that needs none."""
    x, w = autograd.ones(3, 2), autograd.ones(4, 2, requires_grad=True)
    out = linear(x, w)
    assert [node is None for node, _ in out.grad_fn.next_functions] == [True, False, True]


@pytest.mark.parametrize(("rows", "inner", "columns"), [(0, 0, 0), (3, 0, 2), (3, 2, 0), (0, 2, 3)])
def test_batches_of_empty_matrices(rows: int, inner: int, columns: int) -> None:
    x, y = np.zeros((2, rows, inner)), np.zeros((2, inner, columns))
    for left, right in ((x, y), (x, np.broadcast_to(y[0], y.shape)), (np.broadcast_to(x[0], x.shape), y)):
        assert product(left, right).shape == (2, rows, columns)
        assert not product(left, right).any()


def test_infinities_make_no_warnings() -> None:
    x = autograd.tensor([[float("inf"), 1.0]])
    assert (x @ autograd.zeros(2, 1)).isnan().all()
    assert linear(x, autograd.zeros(1, 2)).isnan().all()
    assert autograd.einsum("ij,j->i", x, autograd.zeros(2)).isnan().all()


def test_beta_0_ignores_the_input() -> None:
    nan = autograd.full((2, 2), float("nan"))
    assert autograd.addmm(nan, autograd.ones(2, 2), autograd.ones(2, 2), beta=0).tolist() == [[2.0, 2.0]] * 2


def test_einsum_with_numbers_for_letters() -> None:
    x, y = autograd.ones(2, 3), autograd.ones(3, 4)
    assert autograd.einsum(x, [0, 1], y, [1, 2], [0, 2]).shape == (2, 4)
    assert autograd.einsum(x, [..., 1], y, [1, 2]).shape == (2, 4)
    assert autograd.einsum("ij,jk->ik", [x, y]).shape == (2, 4)


def test_einsum_takes_the_cheapest_order_and_never_the_naive_one() -> None:
    """A chain over 10**13 index combinations is a few small products."""
    n = 64
    xs = [autograd.ones(n, n) for _ in range(5)]
    assert autograd.einsum("ab,bc,cd,de,ef->af", *xs)[0, 0].item() == float(n) ** 4


def test_a_chain_takes_the_cheapest_order() -> None:
    x, y, z = autograd.ones(1000, 2), autograd.ones(2, 1000), autograd.ones(1000, 1, requires_grad=True)
    product_of_three = autograd.chain_matmul(x, y, z)
    assert product_of_three.shape == (1000, 1)
    shapes = {node.shape for node, _ in product_of_three.grad_fn.next_functions if node is not None}
    assert shapes == {(2, 1)}  # y @ z first


X = autograd.ones(2, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: X @ X, ["matmul", "(2, 3)", "last dimension", ".T"]),
        (lambda: autograd.ones(4, 2, 3) @ X, ["matmul", "(4, 2, 3)", "(2, 3)"]),
        (
            lambda: autograd.ones(4, 2, 3) @ autograd.ones(5, 3, 2),
            ["matmul", "(4, 2, 3)", "(5, 3, 2)", "broadcast"],
        ),
        (lambda: X @ autograd.ones(2), ["matmul", "(2,)"]),
        (lambda: X @ autograd.tensor(1.0), ["matmul", "()"]),
        (lambda: linear(X, X.T), ["linear", "(3, 2)", "weight"]),
        (lambda: linear(X, autograd.ones(4, 3), autograd.ones(3)), ["linear", "(3,)", "bias (out)"]),
        (lambda: linear(X, autograd.ones(1, 4, 3)), ["linear", "weight", "(1, 4, 3)"]),
        (lambda: autograd.mm(X, autograd.ones(3)), ["mm", "(3,)", "2-d", "matmul"]),
        (
            lambda: autograd.bmm(autograd.ones(2, 1, 3), autograd.ones(1, 3, 1)),
            ["bmm", "2", "1", "broadcasts"],
        ),
        (lambda: autograd.dot(X, X), ["dot", "(2, 3)"]),
        (lambda: autograd.dot(X[0], X[:, 0]), ["(3,)", "(2,)"]),
        (lambda: autograd.outer(X, X[0]), ["outer", "(2, 3)"]),
        (lambda: autograd.matrix_power(X, 2), ["matrix_power", "(2, 3)", "square"]),
        (lambda: autograd.matrix_power(autograd.zeros(2, 2), -1), ["inv", "singular", "pivot 1"]),
        (lambda: autograd.cross(X[:, :2], X[:, :2]), ["cross", "3", "(2, 2)"]),
        (lambda: autograd.trace(X[0]), ["trace", "(3,)"]),
        (lambda: autograd.einsum("ij,jk->ik", X), ["einsum", "2 operands", "1"]),
        (lambda: autograd.einsum("ij,jk->ik", X, X), ["einsum", "'j'", "3 and 2", "(2, 3)"]),
        (lambda: autograd.einsum("ijk->i", X), ["einsum", "3 dimensions", "(2, 3)"]),
        (lambda: autograd.einsum("i->i", X), ["einsum", "1 dimensions", "(2, 3)"]),
        (lambda: autograd.einsum("ij->ik", X), ["einsum", "output"]),
        (lambda: autograd.einsum("ij->ii", X), ["einsum", "output", "once"]),
        (lambda: autograd.einsum("i1->i", X), ["einsum", "letters"]),
        (lambda: autograd.einsum("ii->i", X), ["einsum", "'i'", "2 and 3"]),
        (lambda: autograd.einsum("i.j->i", X), ["einsum", "..."]),
        (lambda: autograd.einsum(X, [0, 99]), ["einsum", "99"]),
        (lambda: autograd.einsum(X, X), ["einsum", "list"]),
        (lambda: autograd.tensordot(X, X, 1), ["tensordot", "(2, 3)"]),
        (lambda: autograd.tensordot(X, X, 3), ["tensordot", "3", "(2, 3)"]),
        (lambda: autograd.chain_matmul(), ["chain_matmul"]),
    ],
)
def test_errors(call: Callable[[], Any], words: list[str]) -> None:
    with pytest.raises(AutogradError) as caught:
        call()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_shape_errors_are_also_the_built_in_ones() -> None:
    for kind in (RuntimeError, ValueError, ShapeError):
        with pytest.raises(kind):
            X @ X
