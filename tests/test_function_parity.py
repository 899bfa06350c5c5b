"""`Function` beside PyTorch's: the same class, run in both."""

import numpy as np
import pytest

import autograd

torch = pytest.importorskip("torch")


class Ours:
    """The package's own names, arranged as PyTorch's."""

    autograd = autograd
    tensor = staticmethod(autograd.tensor)
    ones = staticmethod(autograd.ones)
    zeros = staticmethod(autograd.zeros)
    no_grad = autograd.no_grad
    is_tensor = staticmethod(autograd.is_tensor)
    is_grad_enabled = staticmethod(autograd.is_grad_enabled)


def plain(value):
    if isinstance(value, (autograd.Tensor, torch.Tensor)):
        return value.requires_grad, value.is_leaf, value.detach().numpy().tolist()
    if isinstance(value, (tuple, list)):
        return type(value), [plain(v) for v in value]
    return value


def function(lib, forward, backward, **more):
    members = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
    members.update({name: staticmethod(f) for name, f in more.items()})
    return type("My", (lib.autograd.Function,), members).apply


def leaf(lib, *values):
    return lib.tensor(list(values), requires_grad=True)


def results_that_are_no_tensors(lib, log):
    def backward(ctx, *g):
        log(g)
        return g[0] * 2

    x = leaf(lib, 1.0, 2.0)
    out = function(lib, lambda ctx, x: (x * 2, 5, None, "a"), backward)(x)
    log(out)
    out[0].sum().backward()
    log(x.grad)


def only_a_number(lib, log):
    log(function(lib, lambda ctx, x: 5, lambda ctx, g: None)(leaf(lib, 1.0)))
    log(function(lib, lambda ctx, x: None, lambda ctx, g: None)(leaf(lib, 1.0)))
    log(function(lib, lambda ctx, x: (x * 2,), lambda ctx, g: g)(leaf(lib, 1.0)))
    log(function(lib, lambda ctx, x: [x * 2, x * 3], lambda ctx, *g: g)(leaf(lib, 1.0)))


def keywords(lib, log):
    log(function(lib, lambda ctx, x, k=1: x * k, lambda ctx, g: g)(leaf(lib, 1.0), k=3))


def saves_a_number(lib, log):
    function(lib, lambda ctx, x: ctx.save_for_backward(5) or x * 2, lambda ctx, g: g)(leaf(lib, 1.0))


def saves_none_inputs_results_and_others(lib, log):
    def forward(ctx, x, y):
        out, third = x * y, lib.tensor([7.0, 8.0])
        ctx.save_for_backward(x, None, out, third)
        ctx.note = "kept"
        return out

    def backward(ctx, g):
        log(ctx.saved_tensors)
        log(ctx.note)
        x, _, out, third = ctx.saved_tensors
        return g * out * third, g * x

    x, y = leaf(lib, 1.0, 2.0), leaf(lib, 3.0, 4.0)
    apply = function(lib, forward, backward)
    first = lib.autograd.grad(apply(x, y).sum(), (x, y), create_graph=True)
    log(first)
    log(lib.autograd.grad((first[0] * first[1]).sum(), (x, y)))


def dirty_but_not_returned(lib, log):
    function(lib, lambda ctx, x: ctx.mark_dirty(x) or x * 2, lambda ctx, g: g)(leaf(lib, 1.0) * 1)


def dirty_but_no_input(lib, log):
    other = lib.ones(1)
    function(lib, lambda ctx, x: ctx.mark_dirty(other) or x * 2, lambda ctx, g: g)(leaf(lib, 1.0) * 1)


def double_in_place(lib):
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    return function(lib, forward, lambda ctx, g: g * 2)


def dirty_leaf(lib, log):
    double_in_place(lib)(leaf(lib, 1.0))


def dirty(lib, log):
    x = leaf(lib, 1.0, 2.0)
    y = x * 1
    z = double_in_place(lib)(y)
    log(z is y)
    log(y)
    view = y[:1]
    double_in_place(lib)(view)
    log((view, y))
    (y * y).sum().backward()
    log(x.grad)
    with lib.no_grad():
        log(double_in_place(lib)(lib.ones(1)))


def not_differentiable(lib, log):
    def forward(ctx, x):
        a, b = x * 2, x * 3
        ctx.mark_non_differentiable(b)
        return a, b, x > 1

    def backward(ctx, *g):
        log(g)
        return g[0]

    x = leaf(lib, 1.0, 2.0)
    out = function(lib, forward, backward)(x)
    log(out)
    out[0].sum().backward()
    log(x.grad)


def not_materialized(lib, log):
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 2, x * 3

    def backward(ctx, *g):
        log(g)
        return g[1] * 3

    x = leaf(lib, 1.0, 2.0)
    function(lib, forward, backward)(x)[1].sum().backward()
    log(x.grad)


def needs(lib, log):
    def backward(ctx, g):
        log(ctx.needs_input_grad)
        return g, g, None

    def forward(ctx, x, y, n):
        log(ctx.needs_input_grad)
        return x * y * n

    apply = function(lib, forward, backward)
    x, y = leaf(lib, 1.0, 1.0), leaf(lib, 2.0, 2.0)
    apply(x, lib.ones(2), 3).sum().backward()
    log(lib.autograd.grad(apply(x * 1, y, 1).sum(), y))
    with lib.no_grad():
        log(apply(x, y, 2))


def answers(value, arguments=(), n=2):
    def run(lib, log):
        apply = function(lib, lambda ctx, x, *rest: x * 2, lambda ctx, g: value(lib, g))
        x = leaf(lib, *[float(i + 1) for i in range(n)])
        apply(x, *[a(lib) for a in arguments]).sum().backward()
        log(x.grad)

    return run


def nothing_defined(lib, log):
    type("My", (lib.autograd.Function,), {}).apply(leaf(lib, 1.0))


def no_backward(lib, log):
    members = {"forward": staticmethod(lambda ctx, x: x * 2)}
    y = type("My", (lib.autograd.Function,), members).apply(leaf(lib, 1.0))
    log(y)
    y.sum().backward()


def vjp_for_backward(lib, log):
    members = {"forward": staticmethod(lambda ctx, x: x * 2), "vjp": staticmethod(lambda ctx, g: g * 7)}
    x = leaf(lib, 1.0)
    type("My", (lib.autograd.Function,), members).apply(x).sum().backward()
    log(x.grad)


def with_setup_context(lib, log):
    class My(lib.autograd.Function):
        @staticmethod
        def forward(x, k, unused=None):
            return x * k, x + 1

        @staticmethod
        def setup_context(ctx, inputs, output):
            log(inputs)
            log(output)
            x, ctx.k, _ = inputs
            ctx.save_for_backward(x, output[0])

        @staticmethod
        def backward(ctx, g, h):
            x, out = ctx.saved_tensors
            return g * ctx.k * x + h * out, None, None

        @staticmethod
        def jvp(ctx, *tangents):
            raise AssertionError("never called")

    x = leaf(lib, 1.0, 2.0)
    a, b = My.apply(x, 3, None)
    (first,) = lib.autograd.grad((a * b).sum(), x, create_graph=True)
    log(first)
    log(lib.autograd.grad(first.sum(), x))


def grad_modes(lib, log):
    def backward(ctx, g):
        log(lib.is_grad_enabled())
        return g * g

    def forward(ctx, x):
        log((x.requires_grad, lib.is_grad_enabled()))
        return x * 2

    x = leaf(lib, 2.0)
    apply = function(lib, forward, backward)
    apply(x).backward()
    (g,) = lib.autograd.grad(apply(x) * x, x, create_graph=True)
    log(g)
    log(lib.autograd.grad(g.sum(), x))


def input_as_it_came(lib, log):
    x = leaf(lib, 1.0, 2.0)
    y = function(lib, lambda ctx, x: x, lambda ctx, g: g * 7)(x)
    log((y is x, y))
    y.sum().backward()
    log(x.grad)
    a, b = function(lib, lambda ctx, x: (x, x), lambda ctx, g, h: g * 2 + h * 3)(x)
    log(lib.autograd.grad((a * b).sum(), x))


def saved_twice_swept(lib, log):
    apply = function(
        lib, lambda ctx, x: ctx.save_for_backward(x) or x * 2, lambda ctx, g: g * ctx.saved_tensors[0]
    )
    y = apply(leaf(lib, 1.0)).sum()
    y.backward()
    y.backward()


def unsaved_twice_swept(lib, log):
    x = leaf(lib, 1.0)
    y = function(lib, lambda ctx, x: x * 2, lambda ctx, g: g * 2)(x).sum()
    y.backward()
    y.backward()
    log(x.grad)


def names(lib, log):
    y = function(lib, lambda ctx, x, n, c: x * 2, lambda ctx, g: (g, None, None))(
        leaf(lib, 1.0), 3, lib.ones(1)
    )
    log(y.grad_fn.name())
    log([None if n is None else n.name().split("::")[-1] for n, _ in y.grad_fn.next_functions])


PROGRAMS = [
    results_that_are_no_tensors, only_a_number, keywords, saves_a_number, saves_none_inputs_results_and_others,
    dirty_but_not_returned, dirty_but_no_input, dirty_leaf, dirty, not_differentiable, not_materialized, needs,
    nothing_defined, no_backward, vjp_for_backward, with_setup_context, grad_modes, input_as_it_came,
    saved_twice_swept, unsaved_twice_swept, names,
]  # fmt: skip
NUMBER, WHOLE = (lambda lib: 3), (lambda lib: lib.tensor([1, 2]))
ANSWERS = {
    "too many": answers(lambda lib, g: (g, g)),
    "too many, but None": answers(lambda lib, g: (g, None)),
    "too few": answers(lambda lib, g: g, [NUMBER]),
    "another shape": answers(lambda lib, g: lib.zeros(5)),
    "a smaller shape": answers(lambda lib, g: g[:1]),
    "a larger shape": answers(lambda lib, g: lib.ones(3, 2)),
    "another dtype": answers(lambda lib, g: g.double()),
    "for whole numbers": answers(lambda lib, g: (g, g), [WHOLE]),
    "for a number": answers(lambda lib, g: (g, g), [NUMBER]),
    "None": answers(lambda lib, g: None),
    "text": answers(lambda lib, g: "text"),
}


def outcome(lib, program):
    """What a program logs, and the error it ends with."""
    seen = []
    try:
        program(lib, lambda value: seen.append(plain(value)))
    except (RuntimeError, TypeError, NotImplementedError) as error:
        return seen, error
    return seen, None


def same_outcome(program):
    ours, theirs = outcome(Ours, program), outcome(torch, program)
    assert ours[0] == theirs[0]
    assert isinstance(ours[1], type(theirs[1]))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_what_functions_do_is_what_pytorchs_do(program):
    same_outcome(program)


@pytest.mark.parametrize("name", ANSWERS)
def test_what_backward_may_return(name):
    same_outcome(ANSWERS[name])


def test_messages_name_the_function_and_the_fix():
    x = autograd.ones(2, requires_grad=True)

    def apply(**members):
        return function(Ours, members.pop("forward"), members.pop("backward"), **members)

    with pytest.raises(autograd.AutogradError, match=r"My: save_for_backward keeps tensors.*ctx\.value = 5"):
        apply(forward=lambda ctx, x: ctx.save_for_backward(5), backward=None)(x)
    with pytest.raises(autograd.AutogradError, match=r"My: mark_dirty .*shape \(2,\).*return every input"):
        apply(forward=lambda ctx, x: ctx.mark_dirty(x) or x * 1, backward=None)(x * 1)
    with pytest.raises(autograd.AutogradError, match="My: defines both backward and vjp"):
        apply(forward=lambda ctx, x: x, backward=lambda ctx, g: g, vjp=lambda ctx, g: g)(x)
    np.testing.assert_array_equal(x.array, [1, 1])
