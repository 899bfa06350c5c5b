"""A hook on several tensors at once, and tensors written in place after they were saved."""

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd import errors, graph


def leaf(*values):
    return autograd.tensor(list(values), requires_grad=True)


def listed(gradients):
    return [None if g is None else g.tolist() for g in gradients]


def test_all_waits_for_what_the_sweep_will_reach():
    x, w, other, seen = leaf(1.0, 2.0), leaf(3.0, 4.0), leaf(5.0), []
    h = x * w
    handle = graph.register_multi_grad_hook((x, h, w, other), lambda gs: seen.append(listed(gs)))
    (h * 2).sum().backward()
    (x * 7).sum().backward()
    assert seen == [[[6.0, 8.0], [2.0, 2.0], [2.0, 4.0], None], [[7.0, 7.0], None, None, None]]
    handle.remove()
    (x * 7).sum().backward()
    assert len(seen) == 2


def test_all_in_a_sweep_limited_to_some_inputs():
    x, w, seen = leaf(1.0, 2.0), leaf(3.0, 4.0), []
    graph.register_multi_grad_hook((x, w), lambda gs: seen.append(listed(gs)))
    autograd.grad((x * w).sum(), w)
    assert seen == [[None, [1.0, 2.0]]]


def test_any_is_called_once_with_the_first():
    x, w, seen = leaf(1.0, 2.0), leaf(3.0, 4.0), []
    h = x * w
    with graph.register_multi_grad_hook((x, w, h), lambda g: seen.append(g.tolist()), mode="any"):
        (h * 5).sum().backward()
        (w * 6).sum().backward()
    (w * 6).sum().backward()
    assert seen == [[5.0, 5.0], [6.0, 6.0]]


def test_an_error_in_the_hook_leaves_gradients_and_the_next_sweep_alone():
    x, w, seen = leaf(1.0), leaf(3.0), []

    def hook(gradients):
        seen.append(listed(gradients))
        if len(seen) == 1:
            raise KeyError

    graph.register_multi_grad_hook((x, w), hook)
    with pytest.raises(KeyError):
        (x * w).sum().backward()
    assert x.grad is None
    assert w.grad is None
    (x * w).sum().backward()
    assert seen == [[[3.0], [1.0]]] * 2
    assert x.grad.tolist() == [3.0]


def test_it_makes_no_cycle():
    gc.collect()
    gc.disable()
    try:
        x, w = leaf(1.0), leaf(3.0)
        graph.register_multi_grad_hook((x, w), lambda _: None)
        (x * w).sum().backward()
        there = weakref.ref(x.current_node())
        del x, w
        assert there() is None
    finally:
        gc.enable()


def test_it_wants_a_mode_and_gradients():
    with pytest.raises(errors.ArgumentError, match="mode"):
        graph.register_multi_grad_hook((leaf(1.0),), print, mode="some")
    with pytest.raises(errors.GradientError, match="tensor 1"):
        graph.register_multi_grad_hook((leaf(1.0), autograd.ones(2)), print)


def test_saved_tensors_may_be_written_to():
    x = leaf(1.0, 2.0)
    with graph.allow_mutation_on_saved_tensors():
        b = x.clone()
        out = b**2
        e = b.exp()
        e.view(-1).mul_(3.0)
        b.sin_()
        (out + e).sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * x.array + 3 * np.exp(x.array), rtol=1e-6)
    with (
        graph.allow_mutation_on_saved_tensors(),
        pytest.raises(errors.GradientError, match="inside itself"),
        graph.allow_mutation_on_saved_tensors(),
    ):
        pass


def test_output_nr():
    a, b = (leaf(1.0, 2.0) * 1).unbind()
    assert (a.output_nr, b.output_nr, leaf(1.0).output_nr, autograd.ones(1).output_nr) == (0, 1, 0, 0)
    assert graph.get_gradient_edge(b).output_nr == 1
