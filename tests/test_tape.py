"""The tape and the sweep: accumulation, freeing, ownership, order, modes, hooks."""

import copy
import gc
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import autograd
from autograd import errors, tape


def leaf(*values, dtype=None):
    return autograd.tensor(values[0] if len(values) == 1 else list(values), dtype=dtype, requires_grad=True)


def test_gradients_of_a_diamond_add_up():
    a = leaf(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad.item() == 4.0
    d = a * 2
    (d * d).backward()
    assert a.grad.item() == 4.0 + 8 * 3.0


def test_second_backward_accumulates_on_leaves_only():
    x = leaf(2.0)
    y = x * x
    y.retain_grad()
    z = y * 3
    z.backward(retain_graph=True)
    assert (x.grad.item(), y.grad.item()) == (12.0, 3.0)
    z.backward()
    assert x.grad.item() == 24.0


def test_a_retained_gradient_that_is_an_input_is_added_once():
    x = leaf([1.0, 2.0])
    y = x * 2
    y.retain_grad()
    z = y * 3
    z.retain_grad()
    z.sum().backward(inputs=[y, x])
    assert [t.grad.tolist() for t in (x, y, z)] == [[6.0, 6.0], [3.0, 3.0], [1.0, 1.0]]


def test_a_gradient_that_is_no_number_is_an_error():
    x = leaf([1.0, 2.0])
    with pytest.raises(errors.ArgumentError, match="gradients are tensors or None, got str"):
        x.sum().backward("a")
    assert x.grad is None


def test_freed_graph_names_the_operation_and_the_fix():
    x = leaf(2.0)
    y = x * x
    y.backward()
    with pytest.raises(errors.GraphFreedError, match=r"'mul'.*retain_graph=True"):
        y.backward()
    assert x.grad.item() == 4.0


def test_an_error_halfway_leaves_every_grad_as_it_was():
    x, w = leaf(2.0), leaf(5.0)
    shared = x * x
    (shared * w).backward()
    before = x.grad.item(), w.grad.item()
    late = leaf(7.0)  # newer than the freed part: reached before the error
    with pytest.raises(errors.GraphFreedError):
        (shared * late).backward()
    assert (x.grad.item(), w.grad.item()) == before
    assert late.grad is None


def test_grad_owns_its_memory():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    upstream = autograd.tensor([10.0, 20.0])
    (x + y).backward(upstream)
    assert not np.shares_memory(x.grad.array, y.grad.array)
    assert not np.shares_memory(x.grad.array, upstream.array)
    x.grad.array[:] = 0
    assert y.grad.tolist() == [10.0, 20.0]
    assert upstream.tolist() == [10.0, 20.0]


def test_grad_does_not_alias_what_a_retained_graph_saved():
    x = leaf(1.0, 2.0)
    y = leaf(3.0, 4.0)
    out = (x * y).sum()
    out.backward(retain_graph=True)
    x.grad.array[:] = -1
    y.grad.array[:] = -1
    x.grad = y.grad = None
    out.backward()
    assert x.grad.tolist() == [3.0, 4.0]
    assert y.grad.tolist() == [1.0, 2.0]


def test_grad_of_a_transposed_use_is_contiguous_and_writable():
    x = autograd.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    x.t().backward(autograd.tensor(np.arange(6.0).reshape(3, 2)))
    assert x.grad.is_contiguous()
    assert x.grad.array.flags.writeable
    assert x.grad.array.base is None
    np.testing.assert_array_equal(x.grad.array, np.arange(6.0).reshape(3, 2).T)


def test_upstream_gradient_is_never_changed():
    g = np.array([1.0, 2.0])
    g.flags.writeable = False
    x = leaf(1.0, 2.0, dtype=autograd.float64)
    y = x * 1.0
    z = y + y + y  # accumulates at y
    z.backward(autograd.from_numpy(g))
    assert x.grad.tolist() == [3.0, 6.0]


def test_frozen_inputs_get_nothing_and_cost_no_edge():
    x, frozen = leaf(1.0, 2.0), autograd.tensor([3.0, 4.0])
    y = x * frozen
    assert len(y.grad_fn.edges) == 1
    y.sum().backward()
    assert frozen.grad is None
    assert x.grad.tolist() == [3.0, 4.0]


def test_the_formula_decides_what_is_saved():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    assert (x + y).grad_fn.saved() == []
    (kept,) = (x * autograd.tensor([5.0, 6.0])).grad_fn.saved()
    assert kept[0] == ("y", None)
    r = x.relu()
    (kept,) = r.grad_fn.saved()
    assert kept[0] == ("out", None)
    assert kept[1] is r.array


def test_next_functions_and_names():
    x = leaf(1.0)
    y = (x * 2).exp()
    assert y.grad_fn.name() == "ExpBackward0"
    assert y.grad_fn.next_functions[0][0].name() == "MulBackward0"
    assert y.grad_fn.next_functions[0][0].next_functions[0][0].name() == "AccumulateGrad"
    assert x.grad_fn is None


# -- memory ---------------------------------------------------------------------------------------------------------


def test_graph_dies_with_its_last_tensor_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = leaf(1.0, 2.0)
        y = (x * x).tanh()
        intermediate = weakref.ref(y)
        node = weakref.ref(y.grad_fn)
        z = y.exp().sum()
        del y
        assert intermediate() is None  # the graph holds nodes, never tensors
        assert node() is not None
        z.backward()
        del z
        assert node() is None
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_backward_frees_what_was_saved():
    x = autograd.ones(1000, requires_grad=True)
    y = x.exp()
    array = weakref.ref(y.array)
    z = y.sum()
    del y
    assert array() is not None
    z.backward()
    assert array() is None


def test_training_leaves_no_growth_without_the_collector():
    rng = np.random.default_rng(0)
    w1, w2 = (autograd.tensor(rng.normal(size=s), requires_grad=True) for s in ((8, 16), (16, 3)))
    data = autograd.tensor(rng.normal(size=(32, 8)))

    def step():
        loss = ((data @ w1).relu() @ w2).logsumexp(1).mean()
        w1.grad = w2.grad = None
        loss.backward()
        with autograd.no_grad():
            for w in (w1, w2):
                w -= 0.01 * w.grad

    for _ in range(5):
        step()
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(200):
            step()
        assert len(gc.get_objects()) - before <= 5
        assert gc.collect() == 0
    finally:
        gc.enable()


MILLION = """
import gc, time
import numpy as np
import autograd
gc.disable()
x = autograd.tensor(1.0, requires_grad=True)
y = x
for _ in range(1_000_000):
    y = y + 1e-6
assert len(gc.get_objects()) < 10_000_000
y.backward()
assert x.grad.item() == 1.0, x.grad
y = x
for _ in range(1_000_000):
    y = y * 1.0
import weakref
first = weakref.ref(y.grad_fn)
del y
assert first() is None
assert gc.collect() < 100
print("done")
"""


@pytest.mark.slow
def test_a_million_nodes_are_built_swept_and_freed():
    run = subprocess.run(
        [sys.executable, "-c", MILLION], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "done"


# -- higher orders --------------------------------------------------------------------------------------------------


def test_derivatives_of_any_order():
    x = leaf(0.7, dtype=autograd.float64)
    y = x.sin()
    expected = [np.cos, lambda v: -np.sin(v), lambda v: -np.cos(v), np.sin, np.cos]
    for exact in expected:
        (y,) = autograd.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(exact(0.7), abs=1e-12)


def test_create_graph_into_grad():
    x = leaf(3.0)
    (x**3).backward(create_graph=True)
    assert x.grad.item() == 27.0
    assert x.grad.requires_grad
    g = x.grad
    x.grad = None
    g.backward()
    assert x.grad.item() == 18.0


def test_hessian_vector_product_matches_the_hessian():
    a = np.random.default_rng(0).normal(size=(4, 4))
    x = autograd.tensor(np.random.default_rng(1).normal(size=4), requires_grad=True)
    v = autograd.tensor(np.random.default_rng(2).normal(size=4))
    f = (x @ autograd.tensor(a) @ x).exp().log()
    (g,) = autograd.grad(f, x, create_graph=True)
    (hv,) = autograd.grad(g, x, grad_outputs=v)
    np.testing.assert_allclose(hv.array, (a + a.T) @ v.array, rtol=1e-9)


# -- grad() ---------------------------------------------------------------------------------------------------------


def test_grad_leaves_grad_alone_and_prunes():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    gx, gy = autograd.grad(z, (x, y))
    assert (gx.item(), gy.item()) == (3.0, 2.0)
    assert x.grad is None
    assert y.grad is None


def test_grad_with_respect_to_intermediates_and_their_ancestors():
    x = leaf(2.0)
    y = x * x
    z = y * x
    gy, gx = autograd.grad(z, (y, x))
    assert gy.item() == 2.0
    assert gx.item() == 12.0


def test_unused_inputs():
    x, unused = leaf(1.0, 2.0), leaf(1.0, 2.0)
    with pytest.raises(errors.GradientError, match=r"inputs\[1\].*\(2,\).*allow_unused=True"):
        autograd.grad(x.sum(), (x, unused))
    assert autograd.grad(x.sum(), (x, unused), allow_unused=True)[1] is None
    zeros = autograd.grad(x.sum(), (x, unused), materialize_grads=True)[1]
    assert zeros.tolist() == [0.0, 0.0]


def test_lists_of_outputs():
    x = leaf(1.0, 2.0)
    (g,) = autograd.grad([x.sum(), x * 3], x, grad_outputs=[None, autograd.tensor([1.0, 10.0])])
    assert g.tolist() == [4.0, 31.0]
    autograd.backward([x.sum(), (x * x).sum()])
    assert x.grad.tolist() == [3.0, 5.0]


def test_backward_inputs_limits_what_is_written():
    x, y = leaf(2.0), leaf(3.0)
    h = x * 1.0
    z = h * y
    z.backward(inputs=[x, h])
    assert (x.grad.item(), h.grad.item()) == (3.0, 3.0)
    assert y.grad is None


# -- modes ----------------------------------------------------------------------------------------------------------


def test_no_grad_family():
    x = leaf(1.0)
    with autograd.no_grad():
        assert not (x * 2).requires_grad
        with autograd.enable_grad():
            assert (x * 2).requires_grad
    assert (x * 2).requires_grad

    @autograd.no_grad()
    def silent(t):
        return t * 2

    @autograd.no_grad
    def bare(t):
        return t * 2

    assert not silent(x).requires_grad
    assert not bare(x).requires_grad
    with autograd.set_grad_enabled(False):
        assert not autograd.is_grad_enabled()
    assert autograd.is_grad_enabled()
    autograd.set_grad_enabled(False)
    assert not (x * 2).requires_grad
    autograd.set_grad_enabled(True)
    with autograd.inference_mode():
        assert not (x * 2).requires_grad
        assert autograd.is_inference_mode_enabled()
    assert not autograd.is_inference_mode_enabled()


def test_no_grad_ends_after_an_exception():
    with pytest.raises(ZeroDivisionError), autograd.no_grad():
        1 / 0  # noqa: B018
    assert autograd.is_grad_enabled()


def test_grad_mode_belongs_to_the_thread():
    seen = []
    with autograd.no_grad():
        worker = threading.Thread(target=lambda: seen.append(autograd.is_grad_enabled()))
        worker.start()
        worker.join()
    assert seen == [True]


def test_threads_build_and_sweep_graphs_at_once():
    def work(seed, out):
        rng = np.random.default_rng(seed)
        x = autograd.tensor(rng.normal(size=50), requires_grad=True)
        y = x
        for _ in range(200):
            y = (y * 1.01).sin()
        y.sum().backward()
        out[seed] = x.grad.array

    alone: dict = {}
    together: dict = {}
    for seed in range(8):
        work(seed, alone)
    threads = [threading.Thread(target=work, args=(seed, together)) for seed in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for seed in range(8):
        np.testing.assert_array_equal(alone[seed], together[seed])


# -- hooks ----------------------------------------------------------------------------------------------------------


def test_tensor_hooks_see_and_replace_the_gradient():
    x = leaf(2.0)
    y = x * 3
    seen = []
    handle = y.register_hook(lambda g: seen.append(g.item()))
    y.register_hook(lambda g: g * 10)
    (y * 1).backward()
    assert seen == [1.0]
    assert x.grad.item() == 30.0
    handle.remove()
    x.grad = None
    (x * 3).backward()
    assert x.grad.item() == 3.0


def test_leaf_hooks_run_once_on_the_whole_gradient():
    x = leaf(2.0)
    calls = []
    x.register_hook(lambda g: calls.append(g.item()))
    (x * x + x).backward()
    assert calls == [5.0]


def test_post_accumulate_hook_gets_the_leaf():
    x = leaf(2.0)
    seen = []
    x.register_post_accumulate_grad_hook(lambda p: seen.append((p is x, p.grad.item())))
    (x * 5).backward()
    assert seen == [(True, 5.0)]


def test_node_hooks():
    x, y = leaf(2.0), leaf(3.0)
    z = x * y
    seen = []

    def hook(grad_inputs, grad_outputs):
        seen.append(([g.item() for g in grad_inputs], [g.item() for g in grad_outputs]))
        return grad_inputs[0] * 100, grad_inputs[1]

    z.grad_fn.register_hook(hook)
    z.grad_fn.register_prehook(lambda grads: (grads[0] * 2,))
    z.backward()
    assert seen == [([6.0, 4.0], [2.0])]
    assert (x.grad.item(), y.grad.item()) == (600.0, 4.0)


def test_grad_of_a_non_leaf_warns_with_the_fix():
    y = leaf(2.0) * 3
    with pytest.warns(UserWarning, match="retain_grad"):
        assert y.grad is None


def test_every_node_is_younger_than_its_inputs():
    x = leaf(1.0, 2.0)
    y = (x * x).sum() + x.exp().sum()
    for node in tape.reachable([y.current_node()]):
        for edge in node.edges:
            assert edge[0].seq < node.seq


def test_hooks_must_keep_shape_and_dtype():
    for answer in (lambda g: g[:2], lambda g: g.sum(), lambda g: g.double()):
        x = autograd.ones(3, requires_grad=True)
        y = x * 2
        y.register_hook(answer)
        with pytest.raises(errors.ShapeError, match="hook: returned"):
            y.sum().backward()
        assert x.grad is None
    x = autograd.ones(3, requires_grad=True)
    x.register_hook(lambda g: 5)
    with pytest.raises(errors.ArgumentError, match="hook: must return a tensor"):
        x.sum().backward()


def test_inputs_given_twice_get_their_gradient_once():
    x = leaf(2.0)
    (x * 3).backward(inputs=[x, x])
    assert x.grad.item() == 3.0


def test_gradients_of_an_input_given_twice_share_no_memory():
    x = leaf([1.0, 2.0])
    first, second = autograd.grad((x * 3).sum(), (x, x))
    first.zero_()
    assert second.tolist() == [3.0, 3.0]
    upstream = autograd.ones(2)
    (g,) = autograd.grad(x, x, upstream)
    g.zero_()
    assert upstream.tolist() == [1.0, 1.0]


def test_threads_may_meet_in_one_leaf():
    w = autograd.ones(100_000, requires_grad=True)

    def work():
        for _ in range(20):
            (w * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert w.grad.min().item() == w.grad.max().item() == 160.0


def test_a_read_only_grad_is_replaced():
    x = autograd.ones(3, requires_grad=True)
    x.grad = autograd.ones(1).expand(3)
    x.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_no_grad_on_a_generator_function():
    x = leaf(1.0)

    @autograd.no_grad()
    def results():
        given = yield x * 2
        yield x * given

    generator = results()
    assert not next(generator).requires_grad
    assert (x * 2).requires_grad
    second = generator.send(3)
    assert second.item() == 3.0
    assert not second.requires_grad


def test_whole_numbers_carry_no_gradient():
    x = leaf(1.5, 2.5)
    for whole in (x.long(), x.int(), x.bool(), x.to(autograd.int64), x.type_as(autograd.tensor(1))):
        assert not whole.requires_grad
    (x - x.long()).sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]
    with pytest.raises(errors.DTypeError, match="float"):
        x.data = autograd.tensor([1, 2])


def test_no_warning_reaches_the_user():
    program = (
        "import autograd, warnings\n"
        "big = autograd.tensor([3e38, float('inf'), 0.0, -1.0], requires_grad=True)\n"
        "out = big * big + (big - big) + big.exp() + big.log() + big / 0 + big.sqrt() + big @ big + big.float()\n"
        "out.sum().backward(); out.sum()\n"
        "big.grad.mul_(big.grad); (big * 3e38).sum().backward()\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""


def test_a_generator_in_a_mode_handles_what_is_thrown_into_it():
    seen = []

    @autograd.no_grad()
    def numbers():
        try:
            while True:
                try:
                    seen.append((yield autograd.is_grad_enabled()))
                except ValueError:
                    seen.append(("caught", autograd.is_grad_enabled()))
        finally:
            seen.append(autograd.is_grad_enabled())

    generator = numbers()
    assert next(generator) is False
    generator.send(5)
    assert generator.throw(ValueError()) is False
    generator.close()
    assert seen == [5, ("caught", False), False]
    assert autograd.is_grad_enabled()


def test_a_gradient_of_zeros_made_for_want_of_one_can_be_differentiated():
    x, w = leaf(1.0, 2.0), leaf(3.0)
    gx, gw = autograd.grad((x * x).sum(), [x, w], create_graph=True, materialize_grads=True)
    assert gw.requires_grad
    assert autograd.grad(gx.sum() + gw, [x, w], materialize_grads=True)[1].item() == 0.0
    assert not autograd.grad((x * x).sum(), [x, w], materialize_grads=True)[1].requires_grad


def test_deep_copies_share_memory_as_the_tensors_do():
    x = autograd.arange(6.0).view(2, 3)
    y, z = copy.deepcopy([x.t(), x[1:]])
    assert y.stride() == (1, 3)
    z[0, 1] = 9.0
    assert y.tolist() == [[0.0, 3.0], [1.0, 9.0], [2.0, 5.0]]
    assert x[1, 1].item() == 4.0
    flipped, repeated = copy.deepcopy([autograd.from_numpy(np.arange(3.0)[::-1]), autograd.ones(1).expand(4)])
    assert flipped.tolist() == [2.0, 1.0, 0.0]
    assert repeated.tolist() == [1.0] * 4
