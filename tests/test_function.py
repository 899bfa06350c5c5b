"""`Function`: hand-written backward."""

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd import errors


def leaf(*values):
    return autograd.tensor(
        values[0] if len(values) == 1 else list(values), dtype=autograd.float64, requires_grad=True
    )


class Exp(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        out = x.exp()
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, g):
        (out,) = ctx.saved_tensors
        return g * out


class MulAdd(autograd.Function):
    @staticmethod
    def forward(ctx, x, y, scale):
        ctx.save_for_backward(x, y)
        ctx.scale = scale
        return x * y * scale, x + y

    @staticmethod
    def backward(ctx, g_product, g_sum):
        x, y = ctx.saved_tensors
        gx = g_product * y * ctx.scale + g_sum if ctx.needs_input_grad[0] else None
        gy = g_product * x * ctx.scale + g_sum if ctx.needs_input_grad[1] else None
        return gx, gy, None


def test_first_and_second_derivatives():
    x = leaf(0.3, -1.2)
    assert autograd.gradcheck(Exp.apply, (x,))
    assert autograd.gradgradcheck(Exp.apply, (x,))


def test_several_results_and_arguments():
    x, y = leaf(2.0, 3.0), leaf(5.0, 7.0)
    assert autograd.gradcheck(lambda a, b: MulAdd.apply(a, b, 3.0), (x, y))
    assert autograd.gradgradcheck(lambda a, b: MulAdd.apply(a, b, 3.0), (x, y))
    product, _ = MulAdd.apply(x, autograd.tensor([1.0, 1.0], dtype=autograd.float64), 3.0)
    product.sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_setup_context():
    class Square(autograd.Function):
        @staticmethod
        def forward(x):
            return x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = leaf(3.0)
    Square.apply(x).backward()
    assert x.grad.item() == 6.0


def test_non_differentiable_results():
    class Split(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            mask = x > 0
            positive = x * mask
            ctx.mark_non_differentiable(mask)
            ctx.save_for_backward(mask)
            return positive, mask

        @staticmethod
        def backward(ctx, g, _):
            (mask,) = ctx.saved_tensors
            return g * mask

    x = leaf(-1.0, 2.0)
    positive, mask = Split.apply(x)
    assert not mask.requires_grad
    positive.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]


def test_mark_dirty():
    class Double_(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return 2 * g

    x = leaf(1.0, 2.0)
    y = x * 1
    z = Double_.apply(y)
    assert z is y
    assert y.tolist() == [2.0, 4.0]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_an_input_returned_as_it_came():
    class Identity(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 7

    x = leaf(1.0)
    y = Identity.apply(x)
    assert y is not x
    y.backward()
    assert x.grad.item() == 7.0


def test_once_differentiable():
    class Once(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @autograd.function.once_differentiable
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 2 * x * g

    x = leaf(3.0)
    (g,) = autograd.grad(Once.apply(x), x, create_graph=True)
    assert g.item() == 6.0
    with pytest.raises(errors.GradientError, match="once_differentiable"):
        autograd.grad(g, x)


def test_wrong_number_and_shape_of_gradients():
    class TooFew(autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, g):
            return g

    class WrongShape(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return autograd.zeros(5, dtype=autograd.float64)

    with pytest.raises(errors.GradientError, match=r"TooFew.*1 gradients for 2"):
        TooFew.apply(leaf(1.0), leaf(2.0)).backward()
    with pytest.raises(errors.ShapeError, match=r"WrongShape.*\(5,\).*\(2,\)"):
        WrongShape.apply(leaf(1.0, 2.0)).sum().backward()


def test_saved_tensor_changed_in_place():
    x = leaf(1.0, 2.0)
    y = x * 1
    z = Exp.apply(y)
    z.add_(1.0)
    with pytest.raises(errors.InPlaceError, match="version 1, saved at version 0"):
        z.sum().backward()


def test_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        y = Exp.apply(x)
        node = weakref.ref(y.grad_fn)
        y.sum().backward()
        del y
        assert node() is None
        np.testing.assert_allclose(x.grad.array, np.exp([1.0, 2.0]))
    finally:
        gc.enable()


def test_results_nobody_used_get_zeros_or_none():
    seen = []

    def two_results(materialize):
        class Two(autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.set_materialize_grads(materialize)
                return x * 2, x * 3

            @staticmethod
            def backward(ctx, first, second):
                seen.append(None if second is None else second.tolist())
                return first * 2

        return Two.apply

    x = leaf(1.0, 1.0)
    for materialize in (True, False):
        two_results(materialize)(x)[0].sum().backward()
    assert seen == [[0.0, 0.0], None]
    assert x.grad.tolist() == [4.0, 4.0]


class Doubled(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_mark_dirty_on_a_view_reaches_the_base():
    x = leaf(1.0, 1.0, 1.0)
    y = x * 1
    Doubled.apply(y[:2])
    assert y.tolist() == [2.0, 2.0, 1.0]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 1.0]


def test_mark_dirty_on_a_leaf_is_refused():
    with pytest.raises(errors.InPlaceError, match=r"Doubled.*leaf"):
        Doubled.apply(leaf(1.0))


def test_backward_may_return_arrays_but_nothing_else():
    class Arrays(autograd.Function):
        answer = staticmethod(lambda g: g.array * 3)

        @classmethod
        def forward(cls, ctx, x):
            return x * 3

        @classmethod
        def backward(cls, ctx, g):
            return cls.answer(g)

    x = leaf(1.0, 2.0)
    Arrays.apply(x).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    Arrays.answer = staticmethod(lambda g: "three")
    with pytest.raises(errors.GradientError, match=r"Arrays.*str"):
        Arrays.apply(x).sum().backward()


def test_the_node_of_a_call_shows_what_its_ctx_has():
    class Scaled(autograd.Function):
        @staticmethod
        def forward(ctx, x, scale):
            ctx.scale = scale
            out = x.exp() * scale
            ctx.save_for_backward(x, out)
            return out

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[1], None

    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = Scaled.apply(x, 3.0)
    node = y.grad_fn
    assert (node.scale, node.needs_input_grad) == (3.0, (True, False))
    a, b = node.saved_tensors
    assert autograd.equal(a, x)
    assert autograd.equal(b, y)
    (g,) = autograd.grad((a * 2 + b).sum(), x)
    assert autograd.allclose(g, 2 + y)
    with pytest.raises(errors.GraphFreedError, match="freed"):
        _ = node.saved_tensors
    with pytest.raises(AttributeError):
        _ = node.other


def test_what_an_operation_saved_is_seen_at_its_node():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    w = autograd.tensor([3.0, 4.0], requires_grad=True)
    assert autograd.equal((x * w).grad_fn._saved_self, x)
    assert autograd.equal((x * w).grad_fn._saved_other, w)
    y = x.exp()
    assert autograd.equal(y.grad_fn._saved_result, y)
    assert autograd.equal(x.pow(2).grad_fn._saved_self, x)
    assert autograd.grad(y.grad_fn._saved_result.sum(), x)[0].tolist() == y.tolist()
    with pytest.raises(AttributeError, match="'Node' object has no attribute '_saved_self'"):
        _ = (x + w).grad_fn._saved_self  # a sum saves nothing
    total = (x * w).sum()
    product = total.grad_fn.next_functions[0][0]
    assert {"_saved_self", "_saved_other"} <= set(dir(product))
    assert "_saved_result" not in dir(product)
    assert "_saved_result" in dir(x.exp().grad_fn)
    assert product._saved_other.tolist() == [3.0, 4.0]
    assert autograd.graph.get_gradient_edge(x.exp()).node._saved_result.tolist() == y.tolist()
    assert autograd.grad(total, w)[0].tolist() == [1.0, 2.0]  # as if nobody had looked


class Passes(autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.mark_non_differentiable(y)
        return x, y

    @staticmethod
    def backward(ctx, g, h):
        return g, h


def test_an_argument_that_is_returned_can_be_marked_and_not_be_written():
    x = autograd.ones(2, requires_grad=True) * 1
    a, b = Passes.apply(x, x * 2)
    assert a.requires_grad
    assert not b.requires_grad
    with pytest.raises(errors.InPlaceError, match="returned as it came"):
        a.mul_(2)
    with pytest.raises(errors.InPlaceError, match="returned as it came"):
        a[0].mul_(2)
    assert x.tolist() == [1.0, 1.0]
    with autograd.no_grad():
        a.mul_(3)
    assert x.tolist() == [3.0, 3.0]
