"""gradcheck and gradgradcheck beside PyTorch's."""

import numpy as np
import pytest

import autograd
from autograd import errors
from autograd.primitive import primitive


def leaf(values, dtype=autograd.float64):
    return autograd.tensor(values, dtype=dtype, requires_grad=True)


def test_gradcheck_passes_right_and_catches_wrong_derivatives():
    @primitive(x=lambda g, x: g * 2.1 * x)
    def wrong_square(x):
        return x * x

    @primitive(x=lambda g, x: g * 2 * x)
    def right_square(x):
        return x * x

    x = leaf([0.5, -1.5])
    assert autograd.gradcheck(right_square, (x,))
    with pytest.raises(
        errors.GradcheckError,
        match=r"(?s)Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor\(\[\[.*"
        r"\nanalytical:tensor.*by input 0 \(element 1 of shape \(2,\)\) is -3.15, finite differences give -3",
    ):
        autograd.gradcheck(wrong_square, (x,))
    assert not autograd.gradcheck(wrong_square, (x,), raise_exception=False)


def test_gradgradcheck_catches_a_wrong_second_derivative():
    @primitive(x=lambda g, out: g * 2 * np.sqrt(np.abs(out)) * 1.0)
    def square_of_positive(x):
        return x * x

    class Flat(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * 2 * x.detach()

    x = leaf([0.5, 1.5])
    assert autograd.gradgradcheck(square_of_positive, (x,))
    assert autograd.gradcheck(Flat.apply, (x,))
    with pytest.raises(errors.GradcheckError):
        autograd.gradgradcheck(Flat.apply, (x,))


def checks(lib):
    """(name, gradcheck's arguments and options) for functions written for either library."""
    x = lib.tensor([0.5, -1.5, 2.0], dtype=lib.float64, requires_grad=True)
    y = lib.tensor([1.0, 0.3, -0.7], dtype=lib.float64, requires_grad=True)
    fixed = lib.tensor([1.0, 2.0, 3.0], dtype=lib.float64)

    class Wrong(lib.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a * a

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 2 * a * a

    class Fickle(lib.autograd.Function):
        calls = 0

        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            Fickle.calls += 1
            return g * (2 + 1e-7 * Fickle.calls)

    return {
        "one": (lambda a: a.sin(), (x,), {}),
        "bare tensor": (lambda a: a.sin(), x, {}),
        "two in, two out": (lambda a, b: (a * b, (a + b).exp()), (x, y), {}),
        "a constant among them": (lambda a, b, n: a * b**n, (x, fixed, 2), {}),
        "an output without a gradient": (lambda a: (a.sum(), a.detach() * 3), (x,), {}),
        "a list of outputs": (lambda a: [a * 2, a.sum()], (x,), {}),
        "an unused input": (lambda a, b: a * 2, (x, y), {}),
        "wrong": (Wrong.apply, (x,), {}),
        "wrong, False": (Wrong.apply, (x,), {"raise_exception": False}),
        "second output wrong": (lambda a: (a * 2, Wrong.apply(a)), (x,), {}),
        "wrong by the second input": (lambda a, b: a + Wrong.apply(b), (x, y), {}),
        "detached": (lambda a: a * a.detach(), (x,), {}),
        "fickle": (Fickle.apply, (x,), {}),
        "fickle, allowed": (Fickle.apply, (x,), {"nondet_tol": 1e-4}),
        "loose": (Wrong.apply, (x,), {"atol": 100.0}),
        "nothing to check": (lambda a: a * 2, (fixed,), {}),
        "no gradient at all, rightly": (lambda a: (a > 0).double(), (x,), {}),
        "no gradient at all, wrongly": (lambda a: a.detach() * 2, (x,), {}),
        "empty": (lambda a: a[:0], (x,), {}),
        "options": (
            lambda a: a.sin(),
            (x,),
            {"fast_mode": False, "check_undefined_grad": True, "check_grad_dtypes": True, "masked": False},
        ),
    }


class Ours:
    """The package's own names, arranged as PyTorch's."""

    tensor = staticmethod(autograd.tensor)
    float64 = autograd.float64
    autograd = autograd


@pytest.mark.parametrize("name", checks(Ours))
def test_verdicts_are_pytorchs(name):
    torch = pytest.importorskip("torch")

    def verdict(lib):
        func, inputs, options = checks(lib)[name]
        try:
            return lib.autograd.gradcheck(func, inputs, **options)
        except (RuntimeError, ValueError) as error:
            return str(error).split(",\n")[0]

    ours, theirs = verdict(Ours), verdict(torch)
    if isinstance(theirs, str):
        same_text = theirs.startswith(("Jacobian mismatch", "Backward is not reentrant"))
        assert isinstance(ours, str)
        assert not same_text or ours.split(",")[0].split(":")[0] == theirs.split(",")[0]
    else:
        assert ours is theirs


def test_gradgradcheck_takes_pytorchs_options():
    x, y = leaf([0.5, -1.5]), leaf([2.0, 0.3])

    def f(a, b):
        return (a * b).sin(), a.exp()

    assert autograd.gradgradcheck(f, (x, y), gen_non_contig_grad_outputs=True, fast_mode=True)
    assert autograd.gradgradcheck(f, (x, y), (leaf([1.0, 2.0]), autograd.ones(2, dtype=autograd.float64)))
    assert autograd.gradcheck(lambda a: (a.sum(), 5, "text", None), (x,))
    assert autograd.gradcheck(f, (x, y), check_batched_grad=True, check_grad_dtypes=True)


def test_what_cannot_be_checked():
    with pytest.warns(UserWarning, match="float64"), pytest.raises(errors.GradcheckError):
        autograd.gradcheck(autograd.tanh, (leaf([0.5], autograd.float32),))
    with pytest.warns(UserWarning, match="float64"):
        assert autograd.gradcheck(
            autograd.tanh, (leaf([0.5], autograd.float32),), eps=1e-2, atol=1e-2, rtol=1e-2
        )
    with pytest.raises(errors.ArgumentError, match="requires_grad"):
        autograd.gradcheck(autograd.tanh, (autograd.tensor([0.5], dtype=autograd.float64),))
    with pytest.raises(errors.ArgumentError, match="forward mode"):
        autograd.gradcheck(autograd.tanh, (leaf([0.5]),), check_forward_ad=True)
