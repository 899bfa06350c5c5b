"""Hooks on saved tensors, gradient edges, and the order and rules of hooks, side by side with PyTorch's."""

import gc
import pickle
import weakref

import numpy as np
import pytest

import autograd
from autograd import errors, graph


def leaf(*values, dtype=None):
    return autograd.tensor(values[0] if len(values) == 1 else list(values), dtype=dtype, requires_grad=True)


class Recorder:
    """Hooks that keep what they are given as NumPy arrays, and count."""

    def __init__(self):
        self.packed, self.unpacked = [], 0

    def pack(self, t):
        self.packed.append(t.shape)
        assert not autograd.is_grad_enabled()
        return t.numpy().copy()

    def unpack(self, a):
        self.unpacked += 1
        return autograd.from_numpy(a)


# -- hooks on saved tensors ------------------------------------------------------------------------------------------


def test_each_array_a_formula_names_is_packed_once_and_unpacked_in_backward():
    r = Recorder()
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with graph.saved_tensors_hooks(r.pack, r.unpack):
        z = (x * y).tanh() + x
    assert r.packed == [(2,), (2,), (2,)]  # x and y for the product, tanh's result; add saves nothing
    assert r.unpacked == 0
    z.sum().backward()
    assert r.unpacked == 3
    np.testing.assert_allclose(x.grad.array, 1 + (1 - np.tanh([3, 8]) ** 2) * [3, 4], rtol=1e-5)


def test_hooks_follow_pytorchs_counts():
    torch = pytest.importorskip("torch")

    def counts(lib, hooks):
        seen = []
        x = lib.tensor([[1.0, 2.0], [3.0, 4.5]], requires_grad=True)
        programs = [
            lambda: x * x,
            lambda: x * 2,
            lambda: x.exp(),
            lambda: x.relu(),
            lambda: x @ x,
            lambda: x.sum(0),
            lambda: x.t() + 1,
            lambda: x / x,
            lambda: x.softmax(1),
            lambda: x**2,
        ]
        for program in programs:
            n = []
            with hooks(lambda t, n=n: n.append(1) or t, lambda t: t):
                program().sum().backward()
            seen.append(len(n))
        return seen, x.grad.tolist()

    ours = counts(autograd, graph.saved_tensors_hooks)
    theirs = counts(torch, torch.autograd.graph.saved_tensors_hooks)
    assert ours[0] == theirs[0]
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-6)


def test_hooks_let_memory_go_and_work_at_any_order():
    x = leaf(0.5, -1.5, dtype=autograd.float64)
    store = {}

    def pack(t):
        store[len(store)] = t.numpy().copy()
        return len(store) - 1

    with graph.saved_tensors_hooks(pack, lambda i: autograd.from_numpy(store[i])):
        y = x.exp()
        array = weakref.ref(y.array)
        z = (y * y).sum()
    del y
    gc.collect()
    assert array() is None
    (first,) = autograd.grad(z, x, create_graph=True)
    (second,) = autograd.grad(first.sum(), x, create_graph=True)
    (third,) = autograd.grad(second.sum(), x)
    np.testing.assert_allclose(first.array, 2 * np.exp(2 * x.array))
    np.testing.assert_allclose(second.array, 4 * np.exp(2 * x.array))
    np.testing.assert_allclose(third.array, 8 * np.exp(2 * x.array))


@pytest.mark.parametrize("kernel", ["softmax", "log_softmax", "logsumexp"])
def test_hooks_reach_fused_kernels(kernel):
    r = Recorder()
    x = autograd.tensor(np.random.default_rng(0).normal(size=(3, 4)), requires_grad=True)
    weights = autograd.tensor(np.random.default_rng(1).normal(size=(3, 4) if "softmax" in kernel else 3))
    (plain,) = autograd.grad((getattr(x, kernel)(1) * weights).sum(), x)
    with graph.saved_tensors_hooks(r.pack, r.unpack):
        loss = (getattr(x, kernel)(1) * weights).sum()
    (hooked,) = autograd.grad(loss, x, create_graph=True)
    assert r.packed
    np.testing.assert_array_equal(hooked.array, plain.array)
    (second,) = autograd.grad((hooked * hooked).sum(), x)
    assert np.abs(second.array).max() > 0


def test_hooks_reach_sequences_several_results_and_functions():
    class Product(autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a * b

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g * b, g * a

    r = Recorder()
    x = autograd.tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    with graph.saved_tensors_hooks(r.pack, r.unpack):
        values, _ = x.sort(1, descending=True)
        y = Product.apply(autograd.cat([values, x.flip(1)]), autograd.ones(4, 3, dtype=autograd.float64))
        z = (y[[0, 2]] ** 2).sum()
    n = len(r.packed)
    (g,) = autograd.grad(z, x, create_graph=True)
    assert r.unpacked == n
    np.testing.assert_allclose(g.array, [[0, 4, 8], [0, 0, 0]])
    (second,) = autograd.grad(g.sum(), x)
    np.testing.assert_allclose(second.array, [[4, 4, 4], [0, 0, 0]])


def test_a_retained_graph_unpacks_each_time():
    r = Recorder()
    x = leaf(1.0, 2.0)
    with graph.saved_tensors_hooks(r.pack, r.unpack):
        y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert (len(r.packed), r.unpacked) == (2, 4)
    assert x.grad.tolist() == [4.0, 8.0]
    with pytest.raises(errors.GraphFreedError):
        y.backward()


def test_the_innermost_hooks_are_used_and_backward_needs_none_active():
    outer, inner = Recorder(), Recorder()
    x = leaf(1.0, 2.0)
    with graph.saved_tensors_hooks(outer.pack, outer.unpack):
        y = x.exp()
        with graph.saved_tensors_hooks(inner.pack, inner.unpack):
            z = y.exp()
        w = z.exp()
    assert (len(outer.packed), len(inner.packed)) == (2, 1)
    w.sum().backward()
    assert (outer.unpacked, inner.unpacked) == (2, 1)


def test_what_hooks_may_not_do():
    x = leaf(1.0, 2.0)

    def run(pack, unpack):
        with graph.saved_tensors_hooks(pack, unpack):
            return (x * x).sum()

    with pytest.raises(errors.InPlaceError, match=r"pack hook.*\(2,\).*'mul'"):
        run(lambda t: t.mul_(2), lambda t: t)
    with pytest.raises(TypeError, match="unpack hook must return a tensor, got int"):
        run(lambda t: t, lambda t: 5).backward()
    with pytest.raises(errors.ShapeError, match=r"\(1,\).*\(2,\).*'mul'"):
        run(lambda t: t, lambda t: t[:1]).backward()
    with pytest.raises(ZeroDivisionError):
        run(lambda t: t, lambda t: 1 / 0).backward()
    with pytest.raises(ZeroDivisionError):
        run(lambda t: 1 / 0, lambda t: t)
    assert x.grad is None
    assert autograd.is_grad_enabled()
    (x * x).sum().backward()  # nothing of the hooks is left
    assert x.grad is not None


def test_a_tensor_kept_as_it_was_is_checked_for_writes():
    """Here PyTorch gives a wrong gradient without a word."""
    x = leaf(1.0, 2.0)
    y = x * 1
    with graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        z = (y * y).sum()
    y.add_(1)
    with pytest.raises(errors.InPlaceError, match="version 1, saved at version 0"):
        z.backward()
    y = x * 1
    with graph.saved_tensors_hooks(lambda t: t.clone(), lambda t: t):
        z = (y * y).sum()
    y.add_(1)
    z.backward()
    assert x.grad.tolist() == [2.0, 4.0]


def test_disabled_hooks():
    with graph.disable_saved_tensors_hooks("no way"), pytest.raises(RuntimeError, match="no way"):
        graph.saved_tensors_hooks(lambda t: t, lambda t: t).__enter__()
    with (
        graph.saved_tensors_hooks(lambda t: t, lambda t: t),
        pytest.raises(RuntimeError, match="not here"),
    ):
        graph.disable_saved_tensors_hooks("not here").__enter__()
    x = leaf(2.0)
    with graph.save_on_cpu(pin_memory=True):
        (x * x).backward()
    assert x.grad.item() == 4.0


# -- gradient edges --------------------------------------------------------------------------------------------------


def test_gradient_edges_are_inputs_and_outputs():
    torch = pytest.importorskip("torch")

    def results(lib, graph):
        x = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = x * 3
        edge = graph.get_gradient_edge(y)
        first, second = y[:1], y[1:]
        loss = (first * second).sum()
        a, b, c = x.unbind()
        parts = a * b + c * c
        edges = [graph.get_gradient_edge(t) for t in (a, c)]
        return [
            lib.autograd.grad(loss, edge, retain_graph=True)[0].tolist(),
            lib.autograd.grad(edge, x, grad_outputs=lib.tensor([1.0, 2.0, 3.0]))[0].tolist(),
            [g.tolist() for g in lib.autograd.grad(parts, edges, retain_graph=True)],
            lib.autograd.grad(edges[1], x, grad_outputs=lib.tensor(5.0))[0].tolist(),
            [e.output_nr for e in edges],
            edges[0].node.name(),
        ]

    class ours:  # the package's own names, arranged as PyTorch's
        tensor = staticmethod(autograd.tensor)
        autograd = autograd

    assert results(ours, graph) == results(torch, torch.autograd.graph)
    x = leaf(2.0)
    (x * x).backward(inputs=[graph.get_gradient_edge(x)])
    assert x.grad.item() == 4.0
    with pytest.raises(errors.GradientError, match=r"\(2,\) does not require"):
        graph.get_gradient_edge(autograd.ones(2))
    with pytest.raises(errors.GradientError, match="no leaf"):
        (x * 3).backward(inputs=[graph.get_gradient_edge(x * 2)])


def test_next_functions_names_and_metadata_are_pytorchs():
    torch = pytest.importorskip("torch")

    def names(node):
        return [None if n is None else (n.name().split("::")[-1], i) for n, i in node.next_functions]

    def seen(lib):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        fixed = lib.tensor([1.0, 2.0])
        return [
            names((x * fixed).grad_fn),
            names((fixed * x).grad_fn),
            names((x * 2).grad_fn),
            names((x.unbind()[1] * 2).grad_fn),
            x.unbind()[1].grad_fn.name(),
            names(lib.cat([fixed, x]).grad_fn),
            names((x + x.exp()).grad_fn),
        ]

    assert seen(autograd) == seen(torch)
    x = leaf(1.0)
    y = x * 2
    y.grad_fn.metadata["note"] = 5
    assert y.grad_fn.metadata == {"note": 5}
    assert isinstance(y.grad_fn, graph.Node)
    z = (y * 2).exp()
    assert [type(n).__name__ for n in (z.grad_fn, z.grad_fn.next_functions[0][0])] == [
        "ExpBackward0",
        "MulBackward0",
    ]
    assert type((y * 2).exp().grad_fn) is type(z.grad_fn)
    accumulate = y.grad_fn.next_functions[0][0]
    assert isinstance(accumulate, graph.Node)
    assert accumulate.variable is x
    del x
    assert accumulate.variable is None


def test_increment_version():
    x, y = autograd.ones(2), autograd.ones(2)
    graph.increment_version(x)
    graph.increment_version([x, y])
    assert (x._version, y._version) == (2, 1)


# -- what is freed ---------------------------------------------------------------------------------------------------


def test_a_graph_that_saved_no_arrays_can_be_swept_again():
    """As in PyTorch: only what was saved is freed."""
    torch = pytest.importorskip("torch")

    def twice(lib, f):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y = f(x)
        y.backward()
        try:
            y.backward()
        except RuntimeError:
            return "freed"
        return x.grad.tolist()

    programs = [
        lambda x: (x + 1).sum(),
        lambda x: (-x).view(2, 1).mean(),
        lambda x: (x * 3).sum(),
        lambda x: x.exp().sum(),
        lambda x: (x * x).sum(),
    ]
    for program in programs:
        assert twice(autograd, program) == twice(torch, program)
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    shared = x + 1
    (shared * w).sum().backward()
    (shared * w).sum().backward()
    assert x.grad.tolist() == [6.0, 8.0]


def test_grad_through_a_freed_graph_says_so():
    x = leaf(1.0, 2.0)
    y = x * x
    y.sum().backward()
    for allow_unused in (False, True):
        with pytest.raises(errors.GraphFreedError, match="'mul'"):
            autograd.grad(y.sum(), x, allow_unused=allow_unused)
    (g,) = autograd.grad((y * 3).sum(), y)  # it does not pass through the freed part
    assert g.tolist() == [3.0, 3.0]


# -- hooks: order and rules ------------------------------------------------------------------------------------------


def hook_log(lib):
    """What every kind of hook sees, in order, in a small graph."""
    log = []

    def note(what):
        def hook(*values):
            def plain(v):
                return None if v is None else tuple(map(plain, v)) if isinstance(v, tuple) else v.tolist()

            log.append((what, plain(values)))

        return hook

    x = lib.tensor([1.0, 2.0], requires_grad=True)
    y = x * lib.tensor([5.0, 7.0])
    y.grad_fn.register_prehook(note("node pre"))
    y.grad_fn.register_hook(note("node post"))
    y.register_hook(note("tensor 1"))
    y.register_hook(lambda g: g * 10)
    y.retain_grad()
    y.register_hook(lambda g: g + 1)
    y.register_hook(note("tensor 2"))
    leaf_node = y.grad_fn.next_functions[0][0]
    leaf_node.register_hook(note("leaf node post"))
    x.register_post_accumulate_grad_hook(lambda t: log.append(("post accumulate", t.grad.tolist())))
    x.register_hook(note("leaf tensor"))
    z = y.sum()
    captured = lib.autograd.grad(z, y, retain_graph=True)[0].tolist()  # not the node's own hooks
    log.append(("captured", captured, y.grad.tolist()))
    lib.autograd.grad(z, x, retain_graph=True)
    log.append("grad by x is done")
    z.backward()
    log.append((x.grad.tolist(), y.grad.tolist()))
    return log


class Ours:
    """The package's own names, arranged as PyTorch's."""

    tensor = staticmethod(autograd.tensor)
    ones = staticmethod(autograd.ones)
    autograd = autograd


def test_hooks_run_in_pytorchs_order_on_the_same_values():
    torch = pytest.importorskip("torch")
    assert hook_log(Ours) == hook_log(torch)


def test_leaves_are_hooked_after_the_rest_and_among_themselves_in_pytorchs_order():
    """Nothing is written to a leaf before the whole sweep has succeeded; PyTorch writes to each as it is reached."""
    torch = pytest.importorskip("torch")

    def order(lib):
        a, b, seen = lib.ones(1, requires_grad=True), lib.ones(1, requires_grad=True), []
        c, d = a * 2, b * 3
        e = c * d
        for name, t in {"a": a, "b": b, "c": c, "d": d, "e": e}.items():
            t.register_hook(lambda g, name=name: seen.append(name))
        for name, t in {"A": a, "B": b}.items():
            t.register_post_accumulate_grad_hook(lambda t, name=name: seen.append(name))
        e.sum().backward()
        return seen

    ours, theirs = order(Ours), order(torch)
    assert ours == ["e", "d", "c", "b", "a", "B", "A"]
    for names in ("edc", "ba", "BA"):
        assert [n for n in ours if n in names] == [n for n in theirs if n in names]


def test_prehooks_of_leaves():
    x = leaf(1.0, 2.0)
    node = (x * 1).grad_fn.next_functions[0][0]
    node.register_prehook(lambda g: (g[0] * 3,))
    x.sum().backward()
    x.sum().backward(inputs=[x])
    assert x.grad.tolist() == [6.0, 6.0]
    assert autograd.grad(x.sum(), x)[0].tolist() == [1.0, 1.0]  # nothing is accumulated


def test_hooks_may_be_removed_while_they_run():
    torch = pytest.importorskip("torch")

    def log(lib):
        x = lib.tensor([1.0], requires_grad=True)
        y, seen, handles = x * 2, [], []
        handles.append(y.register_hook(lambda g: (seen.append("first"), [h.remove() for h in handles])[2:]))
        handles[0].remove()
        handles.clear()

        def first(g):
            seen.append("first")
            for h in handles:
                h.remove()

        handles.append(y.register_hook(first))
        handles.append(y.register_hook(lambda g: seen.append("second")))
        y.sum().backward(retain_graph=True)
        seen.append("again")
        y.sum().backward()
        with y.register_hook(lambda g: seen.append("never")):
            pass
        return seen

    assert log(Ours) == log(torch) == ["first", "second", "again"]


def test_hooks_before_an_in_place_operation_stay_where_they_were():
    torch = pytest.importorskip("torch")

    def log(lib):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y, seen = x * 2, []
        y.register_hook(lambda g: seen.append(("old", g.tolist())))
        y.retain_grad()
        y.mul_(3)
        y.register_hook(lambda g: seen.append(("new", g.tolist())))
        y.sum().backward()
        return seen, y.grad.tolist(), x.grad.tolist()

    assert log(Ours) == log(torch)


def test_an_error_in_a_hook_leaves_everything_as_it_was():
    def boom(*_):
        raise ValueError("boom")

    for place in ("tensor", "node", "prehook", "leaf", "leaf prehook"):
        x = leaf(1.0, 2.0)
        x.grad = autograd.ones(2)
        y = x * 2
        z = y * 1
        z.retain_grad()
        {
            "tensor": y.register_hook,
            "node": y.grad_fn.register_hook,
            "prehook": y.grad_fn.register_prehook,
            "leaf": x.register_hook,
            "leaf prehook": y.grad_fn.next_functions[0][0].register_prehook,
        }[place](boom)
        with pytest.raises(ValueError, match="boom"):
            z.sum().backward()
        assert x.grad.tolist() == [1.0, 1.0]
        assert z.grad is None
        assert autograd.is_grad_enabled()


KERNELS = {
    "cross_entropy": (lambda t, x, w: t.nn.functional.cross_entropy(x, t.tensor([0, 2]), w[0]), [()]),
    "layer_norm": (lambda t, x, w: t.nn.functional.layer_norm(x, (3,), w[0], w[1]), [(2, 3)]),
    "gelu": (lambda t, x, w: t.nn.functional.gelu(x), [(2, 3)]),
}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("library", ["tapegrad", "torch"])
@pytest.mark.parametrize(("kernel", "shapes"), KERNELS.values(), ids=KERNELS)
def test_hooks_on_a_fused_kernel_see_the_gradients_of_its_results(kernel, shapes, library, create_graph):
    t = pytest.importorskip(library)
    values = np.arange(6.0).reshape(2, 3) / 4

    def gradient(hook):
        x = t.tensor(values, requires_grad=True)
        w = t.tensor([[1.0, 2.0, 3.0], [0.5, 0.0, 1.0]], dtype=t.float64)
        y = kernel(t, x, w)
        if hook is not None:
            y.grad_fn.register_hook(hook)
        (g,) = t.autograd.grad((y * y).sum(), x, create_graph=create_graph)
        return g

    seen = []

    def look(inputs, outputs):
        seen.append(([tuple(g.shape) for g in inputs if g is not None], [tuple(g.shape) for g in outputs]))

    plain = gradient(None)
    np.testing.assert_allclose(gradient(look).detach().numpy(), plain.detach().numpy())
    assert seen == [([(2, 3)], shapes)]
    doubled = gradient(lambda inputs, outputs: (inputs[0] * 2, *inputs[1:]))
    np.testing.assert_allclose(doubled.detach().numpy(), 2 * plain.detach().numpy())


def test_node_hooks_answers_are_checked():
    x = leaf(1.0, 2.0)

    def with_hook(hook, pre=False):
        y = x * 2
        (y.grad_fn.register_prehook if pre else y.grad_fn.register_hook)(hook)
        y.sum().backward()

    with pytest.raises(TypeError, match="must return a tuple or None, got Tensor"):
        with_hook(lambda gi, go: gi[0])
    with pytest.raises(TypeError, match="must return a tuple or None, got Tensor"):
        with_hook(lambda go: go[0], pre=True)
    with pytest.raises(errors.ArgumentError, match="3 gradients in the place of 2"):
        with_hook(lambda gi, go: (gi[0],) * 3)
    with pytest.raises(errors.GradientError, match="a gradient where there is none"):
        with_hook(lambda gi, go: (gi[0], gi[0]))
    assert x.grad is None
    with_hook(lambda gi, go: (None, None))
    assert x.grad is None
    with_hook(lambda gi, go: None)
    with_hook(lambda go: (go[0] * 2,), pre=True)
    assert x.grad.tolist() == [6.0, 6.0]


def test_hooks_run_recorded_under_create_graph():
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda g: g * x)
    modes = []
    x.register_post_accumulate_grad_hook(lambda t: modes.append(autograd.is_grad_enabled()))
    (g,) = autograd.grad(y, x, create_graph=True)
    (second,) = autograd.grad(g, x)
    assert (g.item(), second.item()) == (18.0, 12.0)  # 2x², 4x
    (x * x).backward()
    (x * x).backward(create_graph=True)
    assert modes == [False, True]


# -- grad and backward -----------------------------------------------------------------------------------------------


def test_errors_of_grad_and_backward_are_pytorchs_kind():
    torch = pytest.importorskip("torch")

    def kinds(lib):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        z = lib.tensor([1.0], requires_grad=True)
        programs = [
            lambda: x.sum().backward(inputs=[]),
            lambda: x.sum().backward(inputs=[lib.ones(1)]),
            lambda: lib.autograd.grad(x.sum(), lib.ones(1)),
            lambda: lib.autograd.grad(x.sum(), lib.ones(1), allow_unused=True),
            lambda: lib.autograd.backward([x.sum(), x.sum()], [None]),
            lambda: lib.autograd.backward([x.sum()], lib.tensor(1.0)),
            lambda: lib.autograd.backward(x.sum(), (lib.tensor(2.0),)),
            lambda: lib.autograd.backward(x.sum(), lib.tensor(2)),
            lambda: lib.autograd.backward(x * 2, lib.ones(1)),
            lambda: lib.autograd.backward([]),
            lambda: lib.autograd.grad([], []),
            lambda: lib.autograd.grad(x.sum(), []),
            lambda: [g.tolist() for g in lib.autograd.grad((x * x).sum(), [x, x])],
            lambda: lib.autograd.grad(x * x, x, lib.tensor([[1.0, 0.0], [0.0, 1.0]]), is_grads_batched=True)[
                0
            ].tolist(),
            lambda: lib.autograd.grad((x * x).sum(), x, is_grads_batched=True),
            lambda: (x * x).sum().backward(inputs=x),
            lambda: lib.autograd.grad(x.sum(), x.sum()),
            lambda: lib.autograd.grad(3.0, x),
            lambda: lib.autograd.grad(x.sum(), 3.0),
            lambda: [g.tolist() for g in lib.autograd.grad(x.sum(), [x, z], materialize_grads=True)],
            lambda: lib.autograd.grad(x.sum(), [x, z], materialize_grads=True, allow_unused=False),
            lambda: lib.autograd.grad((x * x).sum(), {"a": x})["a"].tolist(),
            lambda: [
                g.tolist() for g in lib.autograd.grad([x.sum(), x * 2], x, [None, lib.tensor([1.0, 3.0])])
            ],
        ]
        answers = []
        for i, program in enumerate(programs):
            try:
                answers.append((i, program()))
            except (RuntimeError, TypeError, ValueError) as error:
                kinds = [k for k in (RuntimeError, TypeError, ValueError) if isinstance(error, k)]
                answers.append((i, kinds))
        return answers, x.grad.tolist()

    ours, theirs = kinds(Ours), kinds(torch)
    for (i, mine), (_, their) in zip(ours[0], theirs[0], strict=True):
        both = isinstance(mine, list) and isinstance(their, list) and their and isinstance(their[0], type)
        assert set(their) <= set(mine) or {RuntimeError} == set(their) if both else mine == their, i
    assert ours[1] == theirs[1]


def test_batched_upstream_gradients():
    x = autograd.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * x
    (jacobian,) = autograd.grad(y, x, autograd.eye(3), is_grads_batched=True, create_graph=True)
    assert jacobian.tolist() == [[2.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 6.0]]
    (second,) = autograd.grad(jacobian.sum(), x)
    assert second.tolist() == [2.0, 2.0, 2.0]
    with pytest.raises(errors.ShapeError, match="counts the same batch"):
        autograd.grad([y, y], x, [autograd.ones(2, 3), autograd.ones(4, 3)], is_grads_batched=True)
    with pytest.raises(errors.ArgumentError, match="needs grad_outputs"):
        autograd.grad((x * x).sum(), x, is_grads_batched=True)


def test_a_root_that_is_no_input_is_not_hooked():
    """Of the tensors that `backward` begins at, only those among `inputs` are come to."""
    x = autograd.tensor(2.0, requires_grad=True)
    w = autograd.tensor(3.0, requires_grad=True)
    seen = []
    x.register_hook(seen.append)
    autograd.autograd.backward([x, x * w], inputs=[w])
    assert seen == []
    assert x.grad is None
    assert w.grad.item() == 2


def test_bools_that_were_unpickled_are_bools():
    """NumPy gives them an object of their own for a dtype."""
    x = autograd.from_numpy(pickle.loads(pickle.dumps(np.array([True]))))
    with pytest.raises(TypeError, match="relu"):
        x.relu()
