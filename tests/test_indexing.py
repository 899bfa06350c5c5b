"""Indexing: what PyTorch reads and writes with an index, we do, with the same gradients, views and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import ArgumentError, DimensionError, ShapeError
from autograd.ops import positions

PROGRAMS = 4000


# ------------------------------------------------------------------------------------------ random programs


def random_shape(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(
        int(n) for n in rng.choice([0, 1, 2, 3, 4], rng.integers(0, 5), p=[0.04, 0.16, 0.3, 0.3, 0.2])
    )


def random_slice(rng: np.random.Generator, n: int) -> slice:
    def end() -> int | None:
        return None if rng.random() < 0.4 else int(rng.integers(-n - 1, n + 2))

    return slice(end(), end(), None if rng.random() < 0.6 else int(rng.integers(1, 3)))


def random_index(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """An index for `shape`; now and then a part of it is out of range, or it is too long."""
    items: list[Any] = []
    left = list(shape)
    common = [(), (2,), (3,), (1, 2)][rng.integers(4)]  # the shape of the integer arrays
    dots = False
    while left and rng.random() < 0.85:
        n = left[0]
        kind = rng.choice(["int", "slice", "array", "list", "mask", "none", "dots", "number", "plane"])
        wrong = rng.random() < 0.03
        if kind == "none":
            items.append(None)
            continue
        if kind == "dots":
            if dots:
                continue
            dots = True
            items.append(...)
            left = left[int(rng.integers(0, len(left) + 1)) :]
            continue
        if kind == "slice":
            items.append(random_slice(rng, n))
        elif kind == "mask":
            items.append(rng.random(max(n + wrong, 1)) < 0.6)
        elif kind == "plane" and len(left) > 1:
            items.append(rng.random((max(n, 1), max(left.pop(1), 1))) < 0.5)
        elif n == 0 and not wrong:
            items.append(slice(None))
        else:
            low, high = (-n, n) if n and not wrong else (n, n + 1)
            if kind == "array":
                items.append(rng.integers(low, high, common))
            elif kind == "list":
                items.append(rng.integers(low, high, 2).tolist())
            elif kind == "number":
                items.append(np.asarray(rng.integers(low, high)))
            else:
                items.append(int(rng.integers(low, high)))
        left.pop(0)
    if rng.random() < 0.01:
        items += [0] * (len(left) + 1)
    return items[0] if len(items) == 1 and rng.random() < 0.7 else tuple(items)


def in_form(key: Any, form: Callable[[Any], Any]) -> Any:
    """The index with its arrays in another form."""
    if isinstance(key, tuple):
        return tuple(in_form(k, form) for k in key)
    return form(key) if isinstance(key, np.ndarray) else key


def positions_of(shape: tuple[int, ...], key: Any) -> Any:
    """Where the elements that an index reads lie in C order."""
    return autograd.tensor(np.arange(int(np.prod(shape))).reshape(shape))[key].array


def readable(shape: tuple[int, ...], key: Any) -> bool:
    try:
        positions_of(shape, key)
    except IndexError:
        return False
    return True


def programs(seed: int, count: int) -> Any:
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = random_shape(rng)
        yield rng, rng.normal(size=shape), random_index(rng, shape)


def torch_key(torch: Any, key: Any) -> Any:
    return in_form(key, lambda a: torch.from_numpy(np.array(a)))


# ------------------------------------------------------------------------------------------ against PyTorch


def test_reads_as_pytorch() -> None:
    """Values, shapes, views, errors, gradients and second derivatives of thousands of random reads."""
    torch = pytest.importorskip("torch")
    refused = 0
    for rng, data, key in programs(1, PROGRAMS):
        t = torch.tensor(data, requires_grad=True)
        try:
            expected = t[torch_key(torch, key)]
        except IndexError:
            refused += 1
            with pytest.raises(IndexError):
                autograd.tensor(data)[key]
            continue
        form = autograd.tensor if rng.random() < 0.5 else np.array
        x = autograd.tensor(data, requires_grad=True)
        if expected.numel() == 0 and not readable(data.shape, key):
            continue  # PyTorch does not look at indices that read nothing
        found = x[in_form(key, form)]
        message = f"{data.shape}[{key}]"
        assert found.shape == tuple(expected.shape), message
        np.testing.assert_array_equal(found.array, expected.detach().numpy(), message)
        if found.array.size:
            shared = expected.untyped_storage().data_ptr() == t.untyped_storage().data_ptr()
            assert np.may_share_memory(found.array, x.array) == shared, message
        weights = rng.normal(size=found.shape)
        (gradient,) = autograd.grad(found, x, autograd.tensor(weights), create_graph=True)
        (wanted,) = torch.autograd.grad(expected, t, torch.tensor(weights))
        np.testing.assert_allclose(gradient.array, wanted.numpy(), 1e-12, 1e-12, err_msg=message)
        (again,) = autograd.grad(x[key], x, autograd.tensor(weights))
        np.testing.assert_allclose(again.array, wanted.numpy(), 1e-12, 1e-12, err_msg=message)
    assert 50 < refused < PROGRAMS / 5


def test_writes_as_pytorch() -> None:
    """Results and both gradients of thousands of random writes; also += at an index, adding up where it repeats."""
    torch = pytest.importorskip("torch")
    for rng, data, key in programs(2, PROGRAMS):
        if not readable(data.shape, key):
            with pytest.raises(IndexError):
                autograd.tensor(data)[key] = 1.0
            continue
        where = positions_of(data.shape, key)
        repeats = len(np.unique(where)) < where.size
        shape = tuple(int(n) if rng.random() < 0.8 else 1 for n in where.shape)[
            int(rng.integers(0, where.ndim + 1)) :
        ]
        value = rng.normal(size=() if repeats else shape)
        message = f"{data.shape}[{key}] = {value.shape}"
        x, v = autograd.tensor(data, requires_grad=True), autograd.tensor(value, requires_grad=True)
        t, u = torch.tensor(data, requires_grad=True), torch.tensor(value, requires_grad=True)
        y, z = x * 1, t * 1
        y[in_form(key, autograd.tensor)] = v
        z[torch_key(torch, key)] = u
        np.testing.assert_array_equal(y.array, z.detach().numpy(), message)
        weights = rng.normal(size=data.shape)
        (y * autograd.tensor(weights)).sum().backward()
        (z * torch.tensor(weights)).sum().backward()
        np.testing.assert_allclose(x.grad.array, t.grad.numpy(), 1e-12, 1e-12, err_msg=message)
        wanted = np.zeros(value.shape) if u.grad is None else u.grad.numpy()
        np.testing.assert_allclose(v.grad.array, wanted, 1e-12, 1e-12, err_msg=message)


def test_adds_at_repeated_positions() -> None:
    """index_put(accumulate=True) adds once for each time a position occurs."""
    for rng, data, key in programs(3, PROGRAMS // 4):
        if not readable(data.shape, key):
            continue
        where = positions_of(data.shape, key)
        value = rng.normal(size=where.shape)
        expected = data.reshape(-1).copy()
        np.add.at(expected, where.reshape(-1), value.reshape(-1))
        key = key if isinstance(key, tuple) else (key,)
        found = autograd.index_put(autograd.tensor(data), key, autograd.tensor(value), accumulate=True)
        np.testing.assert_allclose(found.array.reshape(-1), expected, 1e-12, 1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize(
    ("rows", "width", "count"), [(65, 128, 1024), (1000, 1, 5000), (50_000, 64, 300), (7, 3, 20)]
)
def test_adding_many_rows(rng: np.random.Generator, rows: int, width: int, count: int, dtype: str) -> None:
    """Every way in which the gradient of an embedding is added up gives the same sums."""
    places = rng.integers(0, rows, count)
    values = rng.integers(-3, 4, (count, width)).astype(dtype)  # small integers: exact in any order
    table = autograd.zeros(rows, width, dtype=dtype, requires_grad=True)
    table[autograd.tensor(places)].backward(autograd.tensor(values))
    expected = np.zeros((rows, width))
    np.add.at(expected, places, values)
    assert table.grad.array.dtype == dtype
    np.testing.assert_array_equal(table.grad.array, expected)


# ------------------------------------------------------------------------------------------ views


def test_basic_indices_give_views() -> None:
    x = autograd.zeros(2, 3)
    x[0][1] = 5.0
    x[1, 2].fill_(7.0)
    x[:, 0:1] += 1.0
    assert x.tolist() == [[1.0, 5.0, 0.0], [1.0, 0.0, 7.0]]
    assert x[0, 1].shape == ()


def test_index_arrays_give_copies() -> None:
    x = autograd.zeros(3)
    x[[0, 1]].fill_(1.0)
    x[autograd.tensor([True, False, False])].fill_(1.0)
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_a_tensor_of_one_number_is_an_integer() -> None:
    """It gives a view, and stands where an integer may stand."""
    x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    x[autograd.tensor(1)][0] = 9.0
    assert x[autograd.tensor(1), np.int64(0)].item() == 9.0
    assert x[autograd.tensor(0) : autograd.tensor(1)].shape == (1, 2)


def test_uint8_tensors_are_masks() -> None:
    x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    with pytest.warns(UserWarning, match=r"uint8.*mask.*\.bool\(\)"):
        assert x[autograd.tensor([1, 0], dtype="uint8")].tolist() == [[1.0, 2.0]]


def test_a_list_with_sequences_is_an_index_for_each_dimension() -> None:
    x = autograd.arange(6).reshape(2, 3)
    assert x[[[1, 0], [2, 1]]].tolist() == [5, 1]
    assert x[[autograd.tensor([1]), autograd.tensor([0])]].tolist() == [3]
    assert x[[1, 0]].tolist() == [[3, 4, 5], [0, 1, 2]]


def test_a_later_write_to_the_index_changes_no_gradient() -> None:
    places = autograd.tensor([0, 0])
    x = autograd.zeros(2, requires_grad=True)
    y = x[places]
    places[:] = 1
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 0.0]


def test_nan_does_not_leak_through_a_write() -> None:
    """The gradient of what was overwritten is 0, even where the gradient of the new value is nan."""
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    y[0] = 3.0
    (y * autograd.tensor([float("nan"), 1.0])).sum().backward()
    assert x.grad.tolist() == [0.0, 1.0]


# ------------------------------------------------------------------------------------------ errors


X = np.zeros((3, 4))


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        (5, DimensionError, ["index 5", "axis 0", "size 3", "(3, 4)"]),
        ((0, -5), DimensionError, ["index -5", "axis 1", "size 4"]),
        (([0, 7],), DimensionError, ["index 7", "axis 0", "size 3"]),
        ((slice(None), [4]), DimensionError, ["index 4", "axis 1", "size 4"]),
        ((0, 0, 0), DimensionError, ["too many indices", "2-dimensional", "3"]),
        (slice(None, None, -1), ArgumentError, ["step", "flip"]),
        (1.5, DimensionError, ["float", "1.5"]),
        (np.array([0.0]), DimensionError, ["float64", ".long()"]),
        (np.array([True, False]), DimensionError, ["boolean", "axis 0", "size of axis is 3", "2"]),
        ((..., ..., 0), DimensionError, ["...", "second"]),
        (([0, 1], [0, 1, 2]), DimensionError, ["shape mismatch", "(2,)", "(3,)"]),
        ("a", DimensionError, ["str"]),
    ],
)
def test_bad_indices(key: Any, error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        autograd.tensor(X)[key]
    assert all(word in str(caught.value) for word in words), str(caught.value)
    x = autograd.tensor(X)
    with pytest.raises(error):
        x[key] = 1.0
    assert not x.array.any()


def test_a_value_that_does_not_fit() -> None:
    x = autograd.tensor(X)
    with pytest.raises(ShapeError) as caught:
        x[0] = autograd.ones(3)
    assert all(word in str(caught.value) for word in ("x[index] = value", "(3, 4)", "(3,)", "broadcast"))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda x: positions.gather(x, 1, autograd.tensor([[4]])),
            DimensionError,
            ["gather", "index 4", "size 4"],
        ),
        (lambda x: positions.gather(x, 1, autograd.tensor([[-1]])), DimensionError, ["gather", "index -1"]),
        (lambda x: positions.gather(x, 1, autograd.tensor([0])), ShapeError, ["gather", "(1,)", "(3, 4)"]),
        (lambda x: positions.gather(x, 2, autograd.tensor([[0]])), DimensionError, ["gather", "[-2, 1]"]),
        (lambda x: positions.gather(x, 0, autograd.ones(1, 1)), TypeError, ["gather", "float32", ".long()"]),
        (lambda x: positions.index_select(x, 0, autograd.tensor([3])), DimensionError, ["index_select", "3"]),
        (
            lambda x: positions.index_add(x, 0, autograd.tensor([0]), autograd.ones(2, 4)),
            ShapeError,
            ["index_add", "(1, 4)", "(2, 4)"],
        ),
        (
            lambda x: positions.scatter(x, 1, autograd.tensor([[0]]), x[:0, :1]),
            ShapeError,
            ["scatter"],
        ),
        (
            lambda x: positions.masked_select(x, autograd.ones(3, 4)),
            TypeError,
            ["masked_select", "float32", ".bool()"],
        ),
        (
            lambda x: positions.masked_scatter(x, autograd.tensor([True] * 4), autograd.ones(5)),
            ShapeError,
            ["masked_scatter", "12", "5"],
        ),
        (lambda x: positions.take(x, autograd.tensor([12])), DimensionError, ["12"]),
        (
            lambda x: positions.put(x, autograd.tensor([0, 1]), autograd.ones(3)),
            ShapeError,
            ["put", "2", "3"],
        ),
    ],
)
def test_bad_positions(call: Callable[[Any], Any], error: type[Exception], words: list[str]) -> None:
    with pytest.raises(error) as caught:
        call(autograd.tensor(X))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_integers_and_arrays_apart() -> None:
    """PyTorch applies integers first, NumPy counts them among the arrays: the shapes are PyTorch's."""
    x = autograd.tensor(np.arange(24.0).reshape(2, 3, 4))
    assert x[0, :, [0, 1]].shape == (3, 2)
    assert x[0, :, [0, 1]].tolist() == x.array[0][:, [0, 1]].tolist()


def test_leading_ones_of_a_written_value_do_not_count() -> None:
    """x[index] = value takes a value with more dimensions, if they are ones in front; its gradient has its shape."""
    base = autograd.arange(6.0).reshape(2, 3).requires_grad_()
    mask = autograd.tensor([False, True])
    for index, row in ((0, 0), ([1], 1), (mask, 1), ((slice(1, 2), [0, 1, 2]), 1)):
        x = base * 1
        value = autograd.tensor([[[7.0, 8.0, 9.0]]], requires_grad=True)
        x[index] = value[None]
        (x * autograd.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).sum().backward()
        assert x[row].tolist() == [7.0, 8.0, 9.0]
        assert value.grad.tolist() == [[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]][row]]]
    x = autograd.zeros(2)
    x[:] = autograd.ones(1, 1)
    assert x.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("shape", "mask"), [((3, 2), (0,)), ((3, 0), (0,)), ((3, 3, 0), (3, 0))])
def test_an_empty_mask_of_another_shape_is_refused(shape: tuple[int, ...], mask: tuple[int, ...]) -> None:
    x, empty = autograd.zeros(shape), autograd.zeros(mask, dtype=autograd.bool)
    for index in (empty, (empty, ...), (None, empty)):
        with pytest.raises(DimensionError, match=r"the shape of the mask .* does not match"):
            x[index]
    assert autograd.zeros(0, 2)[autograd.zeros(0, dtype=autograd.bool)].shape == (0, 2)
    assert autograd.zeros(2, 0)[..., autograd.zeros(0, dtype=autograd.bool)].shape == (2, 0)
