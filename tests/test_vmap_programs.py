"""vmap's own rules: in_dims, out_dims, nesting, chunks, randomness, in-place writes, Function, and its errors."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import Function, vmap
from autograd.checkpoint import checkpoint
from autograd.errors import ArgumentError, BatchingError, DimensionError, GradientError
from autograd.func import batching_rule, grad, jacrev, vjp
from autograd.primitive import Array
from tests.test_ops import close

X = np.arange(24.0).reshape(2, 3, 4)


def equal(found: Any, expected: Any) -> None:
    assert tuple(found.shape) == np.shape(expected)
    np.testing.assert_allclose(found.array, expected, rtol=1e-12)


# ------------------------------------------------------------------------------------------------ in and out


def test_in_dims_and_out_dims() -> None:
    x = autograd.tensor(X)
    for dim in (0, 1, 2, -1, -3):
        for out in (0, 1, -1):
            found = vmap(lambda a: a.sum(0), in_dims=dim, out_dims=out)(x)
            equal(found, np.moveaxis(np.moveaxis(X, dim, 0).sum(1), 0, out))


def test_nested_structures() -> None:
    pair = namedtuple("pair", "left right")
    w, b = autograd.tensor(X[:, 0]), autograd.tensor(X[0].T)

    def f(parameters: Any, items: Any, scale: Any) -> Any:
        assert scale == 10
        (bias,) = items
        return {"sum": parameters["w"].sum() + bias, "both": pair(parameters["w"] * scale, [bias])}

    found = vmap(f, in_dims=({"w": 0}, [1], None), out_dims={"sum": 0, "both": pair(1, [0])})(
        {"w": w}, [b[:, :2]], 10
    )
    equal(found["sum"], X[:, 0].sum(1)[:, None] + X[0, :2])
    equal(found["both"].left, X[:, 0].T * 10)
    equal(found["both"].right[0], X[0, :2])
    assert isinstance(found["both"], pair)


def test_what_does_not_depend_on_the_examples_is_repeated() -> None:
    found = vmap(lambda a: autograd.ones(2))(autograd.zeros(3, 1))
    equal(found, np.ones((3, 2)))
    assert vmap(lambda a: (a, 7), out_dims=(0, None))(autograd.zeros(3))[1] == 7


def test_keyword_arguments_are_passed_on() -> None:
    equal(vmap(lambda a, dim: a.sum(dim))(autograd.tensor(X), dim=-1), X.sum(-1))


@pytest.mark.parametrize("chunk", [1, 2, 5, 100])
def test_chunks(chunk: int) -> None:
    x = autograd.arange(12.0).reshape(3, 4)
    found = vmap(lambda a: (a * 2, a.sum()), in_dims=1, out_dims=(1, 0), chunk_size=chunk)(x)
    equal(found[0], x.array * 2)
    equal(found[1], x.array.sum(0))


def test_no_examples() -> None:
    assert vmap(lambda a: a.reshape(2, -1).sum(1))(autograd.zeros(0, 4)).shape == (0, 2)


def test_vmap_of_vmap() -> None:
    x, y = autograd.tensor(X[0]), autograd.tensor(X[1])
    pairs = vmap(vmap(autograd.dot, in_dims=(None, 0)), in_dims=(0, None))(x, y)
    equal(pairs, X[0] @ X[1].T)
    twice = vmap(vmap(vmap(lambda a, b: a * b + 1, (0, None)), (0, None)), (0, None))
    equal(twice(autograd.tensor(X), autograd.tensor(2.0)), X * 2 + 1)
    inner = vmap(lambda a: vmap(lambda b: a @ b)(y))(x)  # the outer example is a constant of the inner vmap
    equal(inner, X[0] @ X[1].T)


def test_numbers_of_one_example_promote_like_numbers() -> None:
    scales = autograd.tensor([1.0, 2.0], dtype=autograd.float64)
    found = vmap(lambda s: s * autograd.ones(3))(scales)
    assert found.dtype is autograd.float32


def test_what_one_example_says_about_itself() -> None:
    def f(a: Any) -> Any:
        assert (a.shape, a.ndim, a.dim(), a.size(1), a.numel(), len(a)) == ((3, 4), 2, 2, 4, 12, 3)
        assert a.dtype is autograd.float64
        assert a.is_floating_point()
        assert [tuple(row.shape) for row in a] == [(4,)] * 3
        assert "level=1" in repr(a)
        return a.T.float().to(autograd.float64) + a.new_ones(4, 3) + autograd.zeros_like(a).T

    equal(vmap(f)(autograd.tensor(X)), np.swapaxes(X, 1, 2) + 1)


# ------------------------------------------------------------------------------------------------ indices


def test_an_index_of_each_example() -> None:
    x, i = autograd.tensor(X), autograd.tensor([[2, 0], [1, 1]])
    equal(vmap(lambda a, k: a[k])(x, i), np.stack([X[0][[2, 0]], X[1][[1, 1]]]))
    equal(vmap(lambda a, k: a[:, k])(x, i), np.stack([X[0][:, [2, 0]], X[1][:, [1, 1]]]))
    equal(vmap(lambda k: x[0, :, k])(i), np.stack([X[0][:, [2, 0]], X[0][:, [1, 1]]]))
    equal(vmap(lambda a, k: a[k[0], :])(x, i), np.stack([X[0][2], X[1][1]]))
    equal(vmap(lambda a, k: a[k[0], ..., k[1]])(x, i), np.array([X[0][2, 0], X[1][1, 1]]))
    equal(vmap(lambda a: a[[0, 2], :, None])(x), X[:, [0, 2], :, None])
    both = np.stack([X, X + 1])
    apart = both[:, [0, 1], :, [0, 1]].swapaxes(0, 1)
    equal(vmap(lambda a: a[[0, 1], :, [0, 1]])(autograd.tensor(both)), apart)


def test_a_lookup_adds_up_in_the_table() -> None:
    table = autograd.tensor(X[0], requires_grad=True)
    vmap(lambda k: table[k])(autograd.tensor([2, 0, 2])).sum().backward()
    equal(table.grad, [[1.0] * 4, [0.0] * 4, [2.0] * 4])


# ------------------------------------------------------------------------------------------------ in place


def test_writes_in_place() -> None:
    x = autograd.tensor(X[0].copy())

    def f(a: Any) -> Any:
        b = a.clone()
        b[0] = 100.0
        b[1:3] += a[0]
        b.mul_(2).add_(a)
        c = b.new_zeros(4)
        c[a[0].long() * 0 + 2] = b[3]
        c[3] = a[1]
        return b, c

    b, c = vmap(f)(x)
    expected = X[0].copy()
    expected[:, 0] = 100
    expected[:, 1:3] += X[0][:, :1]
    expected = expected * 2 + X[0]
    equal(b, expected)
    equal(c, np.stack([np.zeros(3), np.zeros(3), expected[:, 3], X[0][:, 1]], 1))
    equal(x, X[0])


def test_writes_in_place_reach_the_input_and_have_gradients() -> None:
    x = autograd.tensor(X[0].copy(), requires_grad=True)
    y = x * 1
    vmap(lambda a: a.mul_(a[0].detach() + 1))(y)
    equal(y, X[0] * (X[0][:, :1] + 1))
    y.sum().backward()
    equal(x.grad, np.broadcast_to(X[0][:, :1] + 1, (3, 4)))


def test_a_write_of_examples_into_one_tensor_is_refused() -> None:
    shared = autograd.zeros(4)
    with pytest.raises(BatchingError, match="new_zeros"):
        vmap(lambda a: shared.add_(a))(autograd.tensor(X[0]).float())
    with pytest.raises(BatchingError, match="new_zeros"):
        vmap(lambda a: shared.copy_(a))(autograd.tensor(X[0]).float())

    def assign(a: Any) -> Any:
        shared[0] = a[0]
        return a

    with pytest.raises(BatchingError, match="new_zeros"):
        vmap(assign)(autograd.tensor(X[0]))
    equal(shared, np.zeros(4))


# ------------------------------------------------------------------------------------------------ random numbers


def test_randomness() -> None:
    x = autograd.zeros(50, 8)
    for draw in (
        lambda a: a + autograd.randn(8), lambda a: a + autograd.rand_like(a), lambda a: autograd.bernoulli(a + 0.5),
        lambda a: autograd.randperm(8), lambda a: autograd.randint(100, (8,)), lambda a: nn.functional.dropout(a + 1),
        lambda a: a.clone().uniform_(), lambda a: autograd.normal(a, 1.0),
    ):  # fmt: skip
        same = vmap(draw, randomness="same")(x).array
        assert (same == same[0]).all()
        different = vmap(draw, randomness="different")(x).array
        assert different.shape == (50, 8)
        assert (different != different[0]).any()
        with pytest.raises(BatchingError, match="random operation"):
            vmap(draw)(x)


def test_distributions_of_each_example() -> None:
    rates = autograd.tensor([[1.0, 1000.0], [1000.0, 1.0]])
    drawn = vmap(autograd.poisson, randomness="different")(rates).array
    assert ((drawn > 500) == (rates.array > 500)).all()
    weights = autograd.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    chosen = vmap(lambda w: autograd.multinomial(w, 4, replacement=True), randomness="different")(weights)
    equal(chosen, [[0] * 4, [2] * 4])
    with pytest.raises(BatchingError, match="differ"):
        vmap(autograd.poisson, randomness="same")(rates)


def test_randomness_of_nested_levels() -> None:
    x = autograd.zeros(4, 5)
    found = vmap(vmap(lambda a: a + autograd.rand(()), randomness="same"), randomness="different")(x).array
    assert (found == found[:, :1]).all()
    assert (found[1:] != found[0]).all()


# ------------------------------------------------------------------------------------------------ Function


class Cube(Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(ctx: Any, x: Any, y: Any) -> Any:
        ctx.save_for_backward(x, y)
        return x**3 * y

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        x, y = ctx.saved_tensors
        return g * 3 * x**2 * y, (g * x**3).sum()


def test_function_by_its_operations() -> None:
    x, y = (
        autograd.tensor(X[0], requires_grad=True),
        autograd.tensor(2.0, dtype=autograd.float64, requires_grad=True),
    )
    out = vmap(lambda a: Cube.apply(a, y))(x)
    equal(out, X[0] ** 3 * 2)
    out.sum().backward()
    equal(x.grad, 6 * X[0] ** 2)
    equal(y.grad, (X[0] ** 3).sum())
    equal(vmap(grad(lambda a: Cube.apply(a, y).sum()))(x), 6 * X[0] ** 2)
    equal(vmap(vmap(lambda a: Cube.apply(a, y)))(x), X[0] ** 3 * 2)
    equal(vmap(jacrev(lambda a: Cube.apply(a, y)))(x), np.stack([np.diag(6 * row**2) for row in X[0]]))


def test_function_by_its_own_method() -> None:
    class Double(Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x * 2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            pass

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

        @staticmethod
        def vmap(info: Any, in_dims: Any, x: Any) -> Any:
            assert (info.batch_size, info.randomness, in_dims) == (3, "error", (0,))
            return Double.apply(x.t()), 1

    equal(vmap(Double.apply, out_dims=0)(autograd.tensor(X[0])), X[0] * 2)


def test_function_without_either_is_refused() -> None:
    class Plain(Cube):
        generate_vmap_rule = False

    with pytest.raises(BatchingError, match="generate_vmap_rule"):
        vmap(lambda a: Plain.apply(a, a))(autograd.tensor(X[0]))


def test_a_primitive_of_the_users_own() -> None:
    @autograd.primitive(x=lambda g, x: g * 3 * x * x)
    def cube(x: Array) -> Array:
        return x * x * x

    with pytest.raises(BatchingError, match="batching_rule"):
        vmap(cube)(autograd.ones(2))
    batching_rule(cube)
    equal(vmap(grad(lambda a: cube(a).sum()))(autograd.tensor(X[0])), 3 * X[0] ** 2)


# ------------------------------------------------------------------------------------------------ mistakes

ONE, TWO = autograd.zeros(3), autograd.zeros(3, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: vmap(lambda a: a, in_dims=None)(ONE), BatchingError, "in_dims"),
        (lambda: vmap(lambda a: a, in_dims="0")(ONE), ValueError, "in_dims"),
        (lambda: vmap(lambda a: a, in_dims=(0, 0))(ONE), ValueError, "structure"),
        (lambda: vmap(lambda a, b: a, in_dims=(0, (0, 0)))(ONE, ONE), ValueError, "structure"),
        (lambda: vmap(lambda a: a, in_dims=(None,))(ONE), ValueError, "all in_dims are None"),
        (lambda: vmap(lambda: ONE)(), ValueError, "no inputs"),
        (lambda: vmap(lambda a: a)(3.0), ValueError, "not a tensor"),
        (lambda: vmap(lambda a: a, in_dims=1)(ONE), ValueError, "in_dim=1"),
        (lambda: vmap(lambda a: a, in_dims=(0.5,))(ONE), ValueError, "integer or None"),
        (lambda: vmap(lambda a: a)(autograd.tensor(1.0)), ValueError, "0-d"),
        (lambda: vmap(lambda a, b: a)(ONE, autograd.zeros(4)), ValueError, r"\[3, 4\]"),
        (lambda: vmap(lambda a: 1.0)(ONE), ValueError, "must only return tensors"),
        (lambda: vmap(lambda a: None)(ONE), ValueError, "must only return tensors"),
        (lambda: vmap(lambda a: (a, a), out_dims=(0, 0, 0))(ONE), ValueError, "out_dims"),
        (lambda: vmap(lambda a: a, out_dims="0")(ONE), ValueError, "out_dims"),
        (lambda: vmap(lambda a: a, out_dims=None)(ONE), ValueError, "out_dims is None"),
        (lambda: vmap(lambda a: a, out_dims=1)(ONE), DimensionError, "out_dim 1"),
        (lambda: vmap(lambda a: a, randomness="some")(ONE), ArgumentError, "randomness"),
        (lambda: vmap(lambda a: a, chunk_size=0)(ONE), ValueError, "chunk_size"),
        (lambda: vmap(lambda a: a if a > 0 else -a)(ONE), RuntimeError, "control flow"),
        (lambda: vmap(lambda a: a * a.item())(ONE), RuntimeError, "item"),
        (lambda: vmap(lambda a: a * float(a))(ONE), RuntimeError, "float"),
        (lambda: vmap(lambda a: a.tolist())(TWO), RuntimeError, "tolist"),
        (lambda: vmap(lambda a: autograd.tensor(a.numpy()))(TWO), RuntimeError, "numpy"),
        (lambda: vmap(lambda a: autograd.tensor(np.asarray(a)))(TWO), RuntimeError, "ndarray"),
        (lambda: vmap(lambda a: ONE[: a.sum().long()])(TWO), RuntimeError, "slice"),
        (lambda: vmap(autograd.nonzero)(TWO), RuntimeError, "depends on values"),
        (lambda: vmap(lambda a: a[a > 0])(TWO), RuntimeError, "mask"),
        (lambda: vmap(lambda a: a.requires_grad_())(TWO), GradientError, "func.grad"),
        (lambda: vmap(lambda a: a.sum().backward())(TWO), GradientError, "func.grad"),
        (lambda: vmap(lambda a: a.reshape(5))(TWO), RuntimeError, "reshape"),
        (lambda: vmap(lambda a: a.sum(1))(TWO), DimensionError, "dim 1"),
        (lambda: vmap(lambda a: a @ ONE)(TWO), RuntimeError, "matmul"),
    ],
)  # fmt: skip
def test_mistakes(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_value_kept_from_a_vmap_is_refused() -> None:
    kept: list[Any] = []
    vmap(lambda a: kept.append(a) or a)(ONE)
    with pytest.raises(BatchingError, match="returned"):
        kept[0] + 1


def test_errors_say_that_shapes_have_one_more_dimension() -> None:
    with pytest.raises(RuntimeError) as caught:
        vmap(lambda a: a + autograd.zeros(7))(TWO)
    assert any("vmap" in note for note in caught.value.__notes__)


def test_the_levels_are_left_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        vmap(lambda a: 1 / 0)(ONE)
    assert autograd.rand(2).shape == (2,)


# ------------------------------------------------------------------------------------------------ gradients of batches


def test_a_mapped_product_runs_the_function_once() -> None:
    calls = []

    def f(a: Any) -> Any:
        calls.append(1)
        return nn.functional.cross_entropy(a.reshape(2, 2), autograd.tensor([0, 1])) * a.sin()

    x = autograd.tensor(X[0, 0])
    _, pull = vjp(f, x)
    (rows,) = vmap(pull)(autograd.eye(4, dtype=autograd.float64))
    assert calls == [1]
    eye = autograd.eye(4, dtype=autograd.float64)
    close([rows.array], [np.stack([pull(eye[i])[0].array for i in range(4)])], 1e-12, "")


def test_gradients_in_a_mapped_function_are_those_of_func() -> None:
    x = autograd.ones(3, 2, requires_grad=True)
    for call in (
        lambda v: autograd.grad((v * v).sum(), v),
        lambda v: autograd.grad([(v * v).sum()], [v]),
        lambda v: autograd.backward((v * v).sum()),
        lambda v: autograd.backward((x * x).sum(), inputs=[v]),
    ):
        with pytest.raises(GradientError, match=r"autograd\.func\.grad"):
            autograd.vmap(call)(x)
    assert x.grad is None


def test_positions_and_reductions_of_examples_of_examples() -> None:
    rng = np.random.default_rng(0)
    x = autograd.tensor(rng.integers(0, 2, (2, 3, 4)))
    found = vmap(vmap(lambda v: autograd.nonzero_static(v, size=3)))(x)
    rows = [[autograd.nonzero_static(x[a, b], size=3).tolist() for b in range(3)] for a in range(2)]
    assert found.tolist() == rows
    y = autograd.tensor(rng.normal(size=(2, 3, 4)))
    i = autograd.tensor(rng.integers(0, 4, (2, 3, 5)))
    s = autograd.tensor(rng.normal(size=(2, 3, 5)))

    def largest(v: Any, index: Any, source: Any) -> Any:
        return autograd.index_reduce(v, 0, index, source, "amax")

    both = vmap(vmap(largest))(y, i, s)
    assert both.tolist() == [
        [largest(y[a, b], i[a, b], s[a, b]).tolist() for b in range(3)] for a in range(2)
    ]
    one = vmap(largest, (None, 0, None))(y[0, 0], i[0], s[0, 0])
    assert one.tolist() == [largest(y[0, 0], i[0, b], s[0, 0]).tolist() for b in range(3)]


def test_a_checkpoint_computes_again_at_the_levels_of_its_first_run() -> None:
    x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    masks: list[Any] = []

    def dropped(v: Any) -> Any:
        masks.append(autograd.rand(3))
        return (v * masks[-1]).exp()

    y = checkpoint(dropped, x, use_reentrant=False)
    (rows,) = autograd.grad(y, x, autograd.eye(3), is_grads_batched=True)
    assert autograd.equal(*masks)
    assert autograd.allclose(rows.diagonal(), masks[0] * y)
    z = vmap(lambda v: checkpoint(lambda u: u.sin().exp(), v, use_reentrant=False))(x)
    (g,) = autograd.grad(z.sum(), x)  # after vmap has returned
    assert autograd.allclose(g, x.cos() * z)
    each = vmap(grad(lambda v: checkpoint(lambda u: u.sin().exp(), v, use_reentrant=False)))(x)
    assert autograd.allclose(each, g)


def test_a_batch_of_gradients_is_not_written_to_grad() -> None:
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    y.retain_grad()
    (rows,) = autograd.grad(y * y, x, autograd.eye(2), is_grads_batched=True)
    assert rows.tolist() == [[8.0, 0.0], [0.0, 16.0]]
    assert y.grad is None
