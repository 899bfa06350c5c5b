"""In-place writes and views: values, gradients, version counters; compared with PyTorch where it is installed."""

import numpy as np
import pytest

import autograd
from autograd import errors


def leaf(values):
    return autograd.tensor(values, dtype=autograd.float64, requires_grad=True)


def test_in_place_arithmetic_on_a_result():
    x = leaf([1.0, 2.0])
    y = x * 1
    y += 1
    y *= x
    y -= x * 0.5
    y /= 2
    y **= 2
    y.sum().backward()
    v = np.array([1.0, 2.0])
    inner = ((v + 1) * v - v * 0.5) / 2
    np.testing.assert_allclose(y.detach().array, inner**2)
    np.testing.assert_allclose(x.grad.array, 2 * inner * (2 * v + 0.5) / 2)


def test_mul_in_place_by_itself():
    x = leaf([1.0, 3.0])
    y = x * 1
    y.mul_(y)
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 6.0]


def test_in_place_keeps_the_memory():
    y = autograd.zeros(3)
    shared = y.numpy()
    y += 2
    assert shared.tolist() == [2.0, 2.0, 2.0]


def test_setitem_cuts_and_carries_gradients():
    x, v = leaf([1.0, 2.0, 3.0]), leaf(10.0)
    y = x * 2
    y[1] = v
    (y * y).sum().backward()
    assert y.tolist() == [2.0, 10.0, 6.0]
    assert x.grad.tolist() == [8.0, 0.0, 24.0]
    assert v.grad.item() == 20.0


def test_writing_into_fresh_zeros_makes_them_differentiable():
    x = leaf([1.0, 2.0, 3.0])
    out = autograd.zeros(3, dtype=autograd.float64)
    for i in range(3):
        out[i] = x[i] ** 2
    assert out.requires_grad
    out.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_writing_to_a_view_reaches_the_base():
    x = leaf([1.0, 2.0, 3.0, 4.0])
    base = x * 1
    view = base[1:3]
    view.mul_(10.0)
    assert base.tolist() == [1.0, 20.0, 30.0, 4.0]
    (base * autograd.tensor([1.0, 2.0, 3.0, 4.0], dtype=autograd.float64)).sum().backward()
    assert x.grad.tolist() == [1.0, 20.0, 30.0, 4.0]


def test_writing_to_the_base_reaches_older_views():
    x = leaf([1.0, 2.0, 3.0, 4.0])
    base = x * 1
    view = base.reshape(2, 2)[1]
    base.mul_(autograd.tensor([1.0, 1.0, 5.0, 7.0], dtype=autograd.float64))
    assert view.tolist() == [15.0, 28.0]
    view.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 5.0, 7.0]


def test_sibling_views_see_each_other():
    x = leaf(np.arange(6.0).reshape(2, 3))
    base = x * 1
    row, column = base[0], base[:, 1]
    row *= 3
    assert column.tolist() == [3.0, 4.0]
    column.sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 3, 0], [0, 1, 0]])


def test_views_of_transposed_and_strided_bases():
    x = leaf(np.arange(24.0).reshape(2, 3, 4))
    base = x * 1
    view = base.permute(2, 0, 1)[::2, :, 1:]
    view.mul_(2.0)
    (base * base).sum().backward()
    expected = x.detach().array.copy()
    factor = np.ones_like(expected)
    factor.transpose(2, 0, 1)[::2, :, 1:] = 2
    np.testing.assert_allclose(x.grad.array, 2 * expected * factor**2)


def test_views_of_a_base_without_gradient_join_the_graph():
    x = leaf([5.0, 6.0])
    buffer = autograd.zeros(4, dtype=autograd.float64)
    view = buffer[1:3]
    view.copy_(x)
    assert buffer.requires_grad
    (buffer * buffer).sum().backward()
    assert x.grad.tolist() == [10.0, 12.0]


def test_versions_are_shared_by_views_and_detach_but_not_by_data():
    y = autograd.zeros(4)
    view, cut, data = y[:2], y.detach(), y.data
    y += 1
    assert (y._version, view._version, cut._version, data._version) == (1, 1, 1, 0)
    view += 1
    cut += 1
    assert y._version == 3
    data += 1
    data[:1].add_(0)
    assert (y._version, data._version, data[1:]._version) == (3, 2, 2)
    assert y.tolist() == [4.0, 4.0, 3.0, 3.0]


def test_in_place_on_what_was_not_saved_is_fine():
    x = leaf([1.0, 2.0])
    y = x * 1
    z = y + 1  # saves nothing
    y += 100
    (z.sum() + y.sum()).backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_relu_saves_its_result_only():
    x = leaf([-1.0, 2.0])
    y = x * 1
    z = y.relu()
    y.zero_()
    z.sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]
    w = (x * 1).relu()
    out = w * 1.0
    w.add_(1.0)
    with pytest.raises(errors.InPlaceError, match="its result"):
        out.sum().backward()


def test_leaf_is_writable_inside_no_grad():
    x = leaf([1.0, 2.0])
    with autograd.no_grad():
        x -= 0.5
        x[0] = 7.0
    assert x.tolist() == [7.0, 1.5]
    assert x.is_leaf
    assert x.requires_grad
    (x * x).sum().backward()
    assert x.grad.tolist() == [14.0, 3.0]


def test_a_leaf_changed_after_it_was_saved():
    w, x = leaf([1.0]), leaf([2.0])
    y = (w * x).sum()
    with autograd.no_grad():
        w.add_(1.0)
    with pytest.raises(errors.InPlaceError, match="version 1, saved at version 0"):
        y.backward()


def test_read_only_arrays_are_not_written():
    a = np.zeros(3)
    a.flags.writeable = False
    with pytest.raises(errors.InPlaceError, match=r"read-only.*clone\(\)"):
        autograd.from_numpy(a).add_(1)


def test_overwriting_leaves_a_gradient_of_zeros():
    for write in (lambda y: y.zero_(), lambda y: y.fill_(2), lambda y: y.copy_(autograd.ones(2))):
        x = leaf([1.0, 2.0])
        y = write(x * 3)
        assert y.requires_grad
        y.sum().backward()
        assert x.grad.tolist() == [0.0, 0.0]


def test_a_view_whose_base_was_written_is_written_inside_no_grad():
    x = leaf([1.0, 2.0])
    y = x * 1
    v = y[:1]
    y.mul_(3)
    with autograd.no_grad():
        v.fill_(5.0)
    (v * v).sum().backward()
    assert y.tolist() == [5.0, 6.0]
    assert x.grad.tolist() == [30.0, 0.0]


def test_a_view_made_inside_no_grad_is_a_constant():
    x = leaf([1.0, 2.0])
    y = x * 1
    with autograd.no_grad():
        v = y[:1]
        v.mul_(2)
    assert not v.requires_grad
    assert not v[0].requires_grad
    y.mul_(3)
    assert v.tolist() == [6.0]
    assert not v.requires_grad
    with pytest.raises(errors.InPlaceError, match=r"made inside no_grad"):
        v.mul_(2)
    with pytest.raises(errors.InPlaceError, match=r"made inside no_grad"):
        v[0] = 2
    buffer = autograd.zeros(2, dtype=autograd.float64)
    with autograd.no_grad():
        part = buffer[:1]
    part += 1  # nothing to record
    with pytest.raises(errors.InPlaceError, match=r"made inside no_grad"):
        part.mul_(y[:1])
    assert buffer.tolist() == [1.0, 0.0]


def test_copies_have_nodes_of_their_own():
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    y = x * 1
    y.copy_(w)
    assert not y.is_leaf
    y.mul_(2)
    y.sum().backward()
    assert w.grad.tolist() == [2.0, 2.0]
    assert x.grad.tolist() == [0.0, 0.0]


def test_the_retained_gradient_of_a_base_has_that_of_a_written_view():
    x = leaf([1.0, 2.0])
    y = x * 1
    y.retain_grad()
    v = y[:1]
    v.mul_(3)
    v.sum().backward()
    assert y.grad.tolist() == [1.0, 0.0]
    assert x.grad.tolist() == [3.0, 0.0]


def test_views_cannot_be_detached_in_place():
    y = leaf([1.0, 2.0]) * 1
    with pytest.raises(errors.GradientError, match=r"detach_.*view.*detach\(\)"):
        y[:1].detach_()
    assert not y.detach_().requires_grad


def test_fill_zero_copy():
    t = autograd.ones(2, 2)
    assert t.fill_(3).tolist() == [[3.0, 3.0], [3.0, 3.0]]
    assert t.zero_().tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert t.copy_(autograd.tensor([1, 2])).tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_ndarray_and_tensor_share_memory_both_ways():
    a = np.zeros(3, np.float32)
    t = autograd.from_numpy(a)
    a[0] = 5
    t[1] = 6
    assert t.tolist() == [5.0, 6.0, 0.0]
    assert a.tolist() == [5.0, 6.0, 0.0]


# a program is a list of steps on named tensors; both libraries run it
def _program(rng):
    return [
        (rng.integers(8), int(rng.integers(4)), int(rng.integers(3)), float(rng.uniform(0.5, 1.5)))
        for _ in range(rng.integers(2, 7))
    ]


def _run(lib, steps, x0, w0):
    x = lib.tensor(x0, requires_grad=True)
    w = lib.tensor(w0, requires_grad=True)
    tensors = [x * 1.0]
    for kind, which, row, scale in steps:
        t = tensors[which % len(tensors)]
        if kind == 0:
            tensors.append(t[row % t.shape[0]] if t.dim() > 1 else t)
        elif kind == 1:
            tensors.append(t.t() if t.dim() == 2 else t[1:] if t.shape[0] > 1 else t)
        elif kind == 2:
            t.mul_(scale)
        elif kind == 3:
            t.add_(w[0, 0] * scale)
        elif kind == 4 and t.dim() == 2:
            t[row % t.shape[0]] = w[0, : t.shape[1]] * scale if t.shape[1] <= w.shape[1] else scale
        elif kind == 5:
            t += scale
        elif kind == 6:
            t.copy_(t.detach() * 0.5 + w.sum() * scale)
        else:
            tensors.append(t * scale)
    total = sum((t * (i + 1.5)).sum() for i, t in enumerate(tensors))
    total.backward()
    return [float(total.detach()), x.grad, w.grad]


def test_random_programs_of_writes_and_views_match_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    for number in range(1500):
        steps = _program(rng)
        x0, w0 = rng.normal(size=(3, 4)), rng.normal(size=(2, 4))
        theirs = _run(torch, steps, x0, w0)
        ours = _run(autograd, steps, x0, w0)
        for a, b in zip(ours, theirs, strict=True):
            if b is None or a is None:
                assert a is None or not np.any(a.array), (number, steps)
                assert b is None or not b.any(), (number, steps)
                continue
            a = a if isinstance(a, float) else a.array
            np.testing.assert_allclose(
                a, np.asarray(b), rtol=1e-9, atol=1e-12, err_msg=f"program {number}: {steps}"
            )


def test_retain_grad_follows_an_in_place_write():
    x = leaf([1.0, 2.0])
    y = x * 2
    y.retain_grad()
    y.mul_(3)
    (y * y).sum().backward()
    assert y.grad.tolist() == [12.0, 24.0]
    assert x.grad.tolist() == [72.0, 144.0]


def test_keyword_operands_in_place():
    x, y = autograd.ones(2, dtype=autograd.float64), leaf([3.0, 4.0])
    x.mul_(other=y)
    x.sum().backward()
    assert y.grad.tolist() == [1.0, 1.0]


def test_numbers_that_cannot_be_stored():
    with pytest.raises(errors.DTypeError, match="int64"):
        autograd.tensor([1, 2])[0] = float("nan")
    with pytest.raises(errors.DTypeError, match="uint8"):
        autograd.tensor([1, 2], dtype=autograd.uint8)[0] = 300
