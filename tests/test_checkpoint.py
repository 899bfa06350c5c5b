"""Checkpointing: the same numbers as without, less saved, any nesting, any order."""

import contextlib
import gc
import weakref

import numpy as np
import pytest

import autograd
import nn
from autograd import errors, graph
from autograd.checkpoint import checkpoint, checkpoint_sequential


def random(*shape, seed=0, requires_grad=True):
    values = np.random.default_rng(seed).normal(size=shape)
    return autograd.tensor(values, requires_grad=requires_grad)


def block(x, w):
    return ((x @ w).tanh() * x).exp().log1p()


def test_gradients_are_those_without_a_checkpoint():
    x, w = random(4, 3), random(3, 3, seed=1)
    calls = []

    def counted(x, w):
        calls.append(1)
        return block(x, w)

    out = checkpoint(counted, x, w, use_reentrant=False)
    np.testing.assert_array_equal(out.array, block(x, w).array)
    out.sum().backward()
    assert len(calls) == 2
    gx, gw = autograd.grad(block(x, w).sum(), (x, w))
    np.testing.assert_array_equal(x.grad.array, gx.array)
    np.testing.assert_array_equal(w.grad.array, gw.array)


def test_what_the_function_closes_over_gets_gradients_and_higher_orders_work():
    x, w = random(4, 3), random(3, 3, seed=1)

    def plain(x):
        return block(x, w)

    def derivatives(f):
        (g,) = autograd.grad((f(x) ** 2).sum(), x, create_graph=True)
        gg = autograd.grad((g**2).sum(), (x, w), create_graph=True)
        third = autograd.grad(gg[0].sum(), w)
        return [t.array for t in (g, *gg, *third)]

    for ours, expected in zip(
        derivatives(lambda x: checkpoint(plain, x, use_reentrant=False)), derivatives(plain), strict=True
    ):
        np.testing.assert_allclose(ours, expected, rtol=1e-10)


def test_less_is_kept():
    x = random(1000)
    kept = []

    def f(x):
        y = x.exp()
        kept.append(weakref.ref(y.array))
        return y.sin().sum()

    gc.disable()
    try:
        out = checkpoint(f, x)
        assert kept[0]() is None
        out.backward()
        assert kept[1]() is None
    finally:
        gc.enable()
    np.testing.assert_allclose(x.grad.array, np.cos(np.exp(x.array)) * np.exp(x.array))


def test_nested_checkpoints():
    x, w = random(4, 3), random(3, 3, seed=1)
    runs = {"inner": 0, "outer": 0}

    def inner(x):
        runs["inner"] += 1
        return block(x, w)

    def outer(x):
        runs["outer"] += 1
        h = checkpoint(inner, x * 2)
        return checkpoint(inner, h * 0.5).sin()

    out = checkpoint(outer, x)
    (g,) = autograd.grad(out.sum(), x, create_graph=True)
    plain = block(block(x * 2, w) * 0.5, w).sin()
    (expected,) = autograd.grad(plain.sum(), x, create_graph=True)
    np.testing.assert_allclose(g.array, expected.array, rtol=1e-12)
    second, third = (autograd.grad((t**2).sum(), w)[0].array for t in (g, expected))
    np.testing.assert_allclose(second, third, rtol=1e-10)


def test_a_long_chain_of_checkpoints_does_not_recurse():
    x = autograd.tensor(1.0, dtype=autograd.float64, requires_grad=True)
    y = x
    for _ in range(3000):
        y = checkpoint(lambda t: (t * t).sqrt(), y)
    y.backward()
    assert x.grad.item() == pytest.approx(1.0)


def test_arguments_of_every_kind():
    def f(x, scale, pair, *, shift, name=None):
        assert name == "n"
        return x * scale + pair[0] * shift, {"twice": x * 2}, None

    x, shift = random(3), random(3, seed=1)
    first, rest, none = checkpoint(f, x, 3, (x, 1), shift=shift, name="n")
    assert none is None
    (first * rest["twice"] ** 2).sum().backward()
    a, b = x.grad.array.copy(), shift.grad.array.copy()
    x.grad = shift.grad = None
    first, rest, none = f(x, 3, (x, 1), shift=shift, name="n")
    (first * rest["twice"] ** 2).sum().backward()
    np.testing.assert_allclose(a, x.grad.array)
    np.testing.assert_allclose(b, shift.grad.array)


def test_a_retained_graph_is_computed_again_each_time():
    x = random(3)
    calls = []

    def f(x):
        calls.append(1)
        return x.exp().sin().sum()

    y = checkpoint(f, x)
    y.backward(retain_graph=True)
    y.backward()
    assert len(calls) == 3
    np.testing.assert_allclose(x.grad.array, 2 * np.cos(np.exp(x.array)) * np.exp(x.array))
    with pytest.raises(errors.GraphFreedError):
        y.backward()


@pytest.mark.parametrize("preserve", [True, False])
def test_random_numbers_are_repeated(preserve):
    x = autograd.ones(1000, requires_grad=True)
    autograd.manual_seed(0)
    mask = []

    def dropout(x):
        mask.append(autograd.rand(1000) > 0.5)
        return x * x * mask[-1]

    y = checkpoint(dropout, x, preserve_rng_state=preserve)
    autograd.rand(7)
    before = autograd.get_rng_state()
    y.sum().backward()
    assert (mask[0] == mask[1]).all().item() is preserve
    if preserve:
        assert autograd.equal(autograd.get_rng_state(), before)
        assert autograd.equal(x.grad, 2.0 * mask[0])


def test_modules_and_sequences():
    def model():
        autograd.manual_seed(3)
        return nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))

    x = autograd.randn(5, 4)
    plain, saving = model(), model()
    plain(x).pow(2).sum().backward()
    out = checkpoint_sequential(saving, 2, x, use_reentrant=False)
    out.pow(2).sum().backward()
    for p, q in zip(plain.parameters(), saving.parameters(), strict=True):
        np.testing.assert_array_equal(p.grad.array, q.grad.array)
    assert autograd.equal(checkpoint_sequential(list(saving), 10**6, x), plain(x))
    with pytest.raises(errors.ArgumentError, match="at least 1 segment"):
        checkpoint_sequential(saving, 0, x)
    with pytest.raises(errors.ArgumentError, match="'wrong'"):
        checkpoint_sequential(saving, 1, x, wrong=1)


def test_the_second_run_must_do_the_same():
    x = random(3)
    calls = []

    def other_shapes(x):
        calls.append(1)
        return (x * x).exp() if len(calls) == 1 else (x[:2] * x[:2]).exp().sum() * x

    with pytest.raises(errors.CheckpointError, match=r"saved tensor 0 .*\(3,\).*\(2,\)"):
        checkpoint(other_shapes, x).sum().backward()
    calls.clear()

    def fewer(x):
        calls.append(1)
        return (x * x).exp() if len(calls) == 1 else x.exp()

    with pytest.raises(errors.CheckpointError, match=r"saved 3 tensors.*and 1 when"):
        checkpoint(fewer, x).sum().backward()
    assert x.grad is None
    with pytest.raises(errors.ArgumentError, match="determinism_check"):
        checkpoint(fewer, x, determinism_check="all")


def test_an_argument_written_to_is_noticed():
    x = random(3)
    y = x * 1
    out = checkpoint(lambda t: t.exp() * t, y)
    y.add_(1)
    with pytest.raises(errors.InPlaceError, match="'checkpoint' saved"):
        out.sum().backward()


def test_an_error_in_the_second_run_reaches_the_caller():
    x = random(3)
    calls = []

    def fails(x):
        calls.append(1)
        if len(calls) > 1:
            raise ZeroDivisionError
        return x.exp()

    with pytest.raises(ZeroDivisionError):
        checkpoint(fails, x).sum().backward()
    assert autograd.is_grad_enabled()
    assert x.grad is None


def test_contexts_and_early_stop():
    log = []

    @contextlib.contextmanager
    def noted(what):
        log.append(what)
        yield
        log.append(f"end {what}")

    def f(x):
        y = x.exp()
        log.append("late")
        return y + 1

    x = random(3)
    for early_stop in (True, False):
        log.clear()
        checkpoint(
            f, x, context_fn=lambda: (noted("first"), contextlib.nullcontext()), early_stop=early_stop
        ).sum().backward()
        assert log == ["first", "late", "end first", *["late"] * (not early_stop)]


def test_under_other_hooks_and_without_recording():
    x = random(3)
    packed = []
    with graph.saved_tensors_hooks(lambda t: packed.append(t.shape) or t.clone(), lambda t: t):
        y = checkpoint(lambda t: t.exp().sin(), x * 2)
    assert packed == [(3,)]  # what is saved is the argument
    y.sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * np.cos(np.exp(2 * x.array)) * np.exp(2 * x.array))
    with autograd.no_grad():
        assert not checkpoint(autograd.exp, x).requires_grad


def test_pytorchs_path():
    torch = autograd
    x = random(3)
    torch.utils.checkpoint.checkpoint(torch.sin, x, use_reentrant=False).sum().backward()
    np.testing.assert_allclose(x.grad.array, np.cos(x.array))
    from autograd.utils.checkpoint import checkpoint as the_same

    assert the_same is checkpoint


@pytest.mark.parametrize("use_reentrant", [True, False])
def test_numbers_are_pytorchs(use_reentrant):
    torch = pytest.importorskip("torch")
    from torch.utils.checkpoint import checkpoint as theirs

    values, weight = np.random.default_rng(0).normal(size=(2, 4, 4))

    def run(lib, checkpoint):
        x, w = (lib.tensor(a, requires_grad=True) for a in (values, weight))
        h = checkpoint(lambda t: (t @ w).tanh(), x, use_reentrant=use_reentrant)
        y = checkpoint(lambda a, b: (a * b).sin() @ w, h, x, use_reentrant=use_reentrant)
        (y * y).sum().backward()
        return [t.detach().numpy() for t in (y, x.grad, w.grad)]

    for a, b in zip(run(autograd, checkpoint), run(torch, theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)
