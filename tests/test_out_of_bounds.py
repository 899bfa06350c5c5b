"""No argument reaches memory that is not the tensor's, or keeps a routine of LAPACK going for ever."""

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd import errors
from autograd.ops import registry

INF, NAN = float("inf"), float("nan")


def large():
    """Large enough that rows are added up by a product with a sparse matrix."""
    return autograd.zeros(300, 128)


# ------------------------------------------------------------------------------------------------ indices


@pytest.mark.parametrize("wrong", [300, 10**6, -301, -(2**40)])
@pytest.mark.parametrize("method", ["index_put", "index_put_"])
def test_rows_added_out_of_range(method, wrong):
    x = large()
    index = autograd.full((200,), 1, dtype=autograd.int64)
    index[7] = wrong
    with pytest.raises(
        errors.DimensionError, match=rf"index {wrong} is out of range .* size 300; .*\(300, 128\)"
    ):
        getattr(x, method)((index,), autograd.ones(200, 128), accumulate=True)
    assert not x.any()


def test_rows_added_at_negative_positions_count_from_the_end():
    x = large()
    index = autograd.full((200,), -300, dtype=autograd.int64)
    index[0] = -1
    x.index_put_((index,), autograd.ones(200, 128), accumulate=True)
    assert x[:, 0].nonzero().flatten().tolist() == [0, 299]
    assert x[0, 0].item() == 199


@pytest.mark.parametrize("column", [10, -11])
def test_a_position_in_no_column_is_not_in_another_row(column):
    x = autograd.zeros(30, 10)
    with pytest.raises(errors.DimensionError, match=f"index {column} is out of range"):
        x.index_put((autograd.tensor([1]), autograd.tensor([column])), autograd.ones(1), accumulate=True)


def test_values_that_do_not_fit_what_they_are_added_to():
    with pytest.raises(errors.ShapeError, match=r"x\[index\] \+= value: .* value \(3,\)"):
        autograd.zeros(5, 4).index_put((autograd.tensor([0]),), autograd.ones(3), accumulate=True)


def test_indices_written_to_before_backward():
    places = np.arange(500)
    weight = autograd.ones(1000, 64, requires_grad=True)
    out = F.embedding(autograd.from_numpy(places), weight).sum()
    places[:] = 10**7
    with pytest.raises(errors.DimensionError, match="index 10000000 is out of range"):
        out.backward()


@pytest.mark.parametrize("op", ["mixed", "mixed_back", "bag_sum"])
@pytest.mark.parametrize("wrong", [10, 10**8, -1])
def test_products_with_sparse_matrices(op, wrong):
    x, index = np.ones((10, 8)), np.full((6, 2), wrong)
    forward = registry()[op].forward
    calls = {
        "mixed": (x, np.ones((6, 2)), index),
        "mixed_back": (np.ones((6, 8)), np.ones((6, 2)), index, 10),
        "bag_sum": (x, None, index[:, 0], np.arange(6), 6),
    }
    with pytest.raises(errors.PositionError, match=f"{wrong} is not one of the 10 rows"):
        forward(*calls[op])


def test_the_derivative_of_sums_in_bags():
    derivative = registry()["bag_sum"].derivatives["weight"]
    with pytest.raises(errors.PositionError, match="10 is not one of the 10 rows"):
        derivative.formula(np.ones((6, 8)), None, np.full(6, 10), np.arange(6), (10, 8))


def test_a_mixture_of_no_rows():
    found = registry()["mixed"].forward(np.ones((10, 8)), np.ones((6, 0)), np.zeros((6, 0), np.intp))
    np.testing.assert_array_equal(found, np.zeros((6, 8)))


@pytest.mark.parametrize(("images", "rows"), [(0, 2), (1, 0)])
def test_no_points_of_a_grid(images, rows):
    x = autograd.ones(images, 1, 2, 2, requires_grad=True)
    grid = autograd.zeros(images, rows, 2, 2, requires_grad=True)
    F.grid_sample(x, grid, align_corners=False).sum().backward()
    assert grid.grad.shape == grid.shape
    assert not x.grad.any()


def test_a_mean_of_power_0():
    with pytest.raises(errors.ArgumentError, match="lp_pool1d: norm_type must not be 0"):
        F.lp_pool1d(autograd.ones(1, 1, 2), 0, 2)


# ------------------------------------------------------------------------------------------------ pivots


def factors(n=4):
    a = autograd.zeros(n, n)  # whose pivots come in pairs
    for i in range(n):
        a[i, n - 1 - i] = 1.0 + i
    return autograd.linalg.ldl_factor(a + a.mT)


def test_pairs_of_negative_pivots_solve():
    ld, pivots = factors()
    assert (pivots < 0).any()
    a = autograd.zeros(4, 4)
    for i in range(4):
        a[i, 3 - i] = 1.0 + i
    b = autograd.arange(4.0)[:, None]
    x = autograd.linalg.ldl_solve(ld, pivots, b)
    np.testing.assert_allclose(((a + a.mT) @ x).numpy(), b.numpy(), atol=1e-6)


@pytest.mark.parametrize("wrong", [0, 5, -5, 10**6, -(10**6), 2**32 + 1])
def test_ldl_pivots_that_name_no_row(wrong):
    ld, _ = factors()
    pivots = autograd.tensor([1, 2, 3, wrong], dtype=autograd.int64)
    with pytest.raises(
        errors.PositionError, match=f"ldl_solve: pivots must be 1 to 4 or -1 to -4.*got {wrong}"
    ):
        autograd.linalg.ldl_solve(ld, pivots, autograd.ones(4, 1))


@pytest.mark.parametrize("pivots", [[1, 2, 3, -4], [-1, 2, 3, 4], [-1, -1, -1, 4], [-2, -2, -3, 4]])
def test_a_negative_pivot_alone(pivots):
    ld, _ = factors()
    with pytest.raises(errors.PositionError, match="come in pairs"):
        autograd.linalg.ldl_solve(ld, autograd.tensor(pivots), autograd.ones(4, 1))


@pytest.mark.parametrize("wrong", [0, -1, 3, 10**6])
def test_lu_pivots_that_name_no_row(wrong):
    packed, _ = autograd.linalg.lu_factor(autograd.tensor([[4.0, 2.0], [2.0, 5.0]]))
    pivots = autograd.tensor([wrong, 2], dtype=autograd.int32)
    for call in (
        lambda: autograd.linalg.lu_solve(packed, pivots, autograd.ones(2, 1)),
        lambda: autograd.lu_unpack(packed, pivots),
    ):
        with pytest.raises(errors.PositionError, match=f"pivots must be between 1 and 2, .* got {wrong}"):
            call()


# ------------------------------------------------------------------------------------------------ LAPACK


@pytest.mark.parametrize("value", [INF, -INF, NAN])
@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
@pytest.mark.parametrize("name", ["svd", "svdvals", "pinv", "matrix_rank", "cond"])
def test_singular_values_of_what_is_not_finite(name, dtype, value):
    rng = np.random.default_rng(0)
    for n in range(9):
        a = autograd.tensor(rng.normal(size=(3, 3)), dtype=dtype)
        a[n // 3, n % 3] = value
        with pytest.raises(errors.LinAlgError, match=r"shape \(3, 3\): the matrix holds inf or nan"):
            getattr(autograd.linalg, name)(a)


@pytest.mark.parametrize("name", ["inv", "solve", "solve_ex"])
def test_numbers_too_small_to_compute_with(name):
    a = autograd.full((2, 2), 1e-45)
    with pytest.raises(errors.LinAlgError, match=r"linalg\.\w+: .*(too small|singular)"):
        getattr(autograd.linalg, name)(*(a,) * (1 if name == "inv" else 2))


@pytest.mark.parametrize("driver", ["gelsd", "gelss"])
def test_least_squares_of_what_is_not_finite(driver):
    a = autograd.ones(4, 3)
    a[1, 1] = INF
    with pytest.raises(errors.LinAlgError, match=r"lstsq: .* shape \(4, 3\): the matrix holds inf or nan"):
        autograd.linalg.lstsq(a, autograd.ones(4, 1), driver=driver)


@pytest.mark.parametrize("driver", ["gels", "gelsy", "gelsd", "gelss"])
def test_least_squares_of_no_columns(driver):
    found = autograd.linalg.lstsq(autograd.eye(4, 3), autograd.ones(4, 0), driver=driver)
    assert found.solution.shape == (3, 0)
    assert found.rank.item() == 3 if driver != "gels" else found.rank.numel() == 0


@pytest.mark.parametrize("shape", [(), (3,), (16,), (5, 4), (4, 5), (2, 3, 4)])
@pytest.mark.parametrize("name", ["linalg_ldl_factor_ex", "leading_minors", "linalg_cholesky"])
def test_factors_of_what_is_not_square(name, shape):
    with pytest.raises(errors.AutogradError, match=r"square|matri|at least two-dim"):
        registry()[name].function(autograd.ones(*shape))


@pytest.mark.parametrize(
    ("a", "b"),
    [((3, 4), (3, 2)), ((9,), (3, 2)), ((3, 3), (4, 2)), ((3, 3), (3,)), ((0, 3), (3, 2)), ((1, 1), (3, 2))],
)
def test_triangular_systems_of_shapes_that_do_not_fit(a, b):
    solve = registry()["linalg_solve_triangular"].function
    with pytest.raises(errors.ShapeError, match=r"linalg\.solve_triangular: needs square matrices"):
        solve(autograd.ones(*a), autograd.ones(*b), True, False)


@pytest.mark.parametrize(("ld", "b"), [((4,), (4, 1)), ((4, 3), (4, 1)), ((4, 4), (3, 1)), ((4, 4), (4,))])
def test_ldl_systems_of_shapes_that_do_not_fit(ld, b):
    solve = registry()["linalg_ldl_solve"].function
    with pytest.raises(errors.ShapeError, match=r"linalg\.ldl_solve"):
        solve(autograd.ones(*ld), np.arange(1, ld[-1] + 1), autograd.ones(*b))


# ------------------------------------------------------------------------------------------------ views


def moved(how):
    """A tensor that a view of it was made of, and the view, after one of them was changed; and what is written."""
    base = autograd.zeros(10000)
    if how == "a base resized":
        view = base[5000:]
        base.resize_(2)
    elif how == "a base with other data":
        view = base[5000:]
        base.data = autograd.zeros(2)
    elif how == "a base strided anew":
        base = autograd.ones(10000, requires_grad=True) * 2
        view = base[5000:]
        base.as_strided_((2,), (1,), 0)
    else:
        base = autograd.from_numpy(np.zeros(10000, np.float32)[2:4])
        view = base.as_strided((5000,), (1,), 0)
    return base, view


HOW = ["a base resized", "a base with other data", "a base strided anew", "a view that reaches further"]


@pytest.mark.parametrize("how", HOW)
def test_a_write_to_a_view_that_its_base_does_not_hold(how):
    _, view = moved(how)
    before = view.detach().clone()
    with pytest.raises(
        errors.InPlaceError, match=r"mul_: the view of shape \(5000,\) has elements .* clone\(\)"
    ):
        view.mul_(autograd.full((5000,), 3.0, requires_grad=True))
    assert (view.detach() == before).all()
    with pytest.raises(errors.InPlaceError, match=r"the view of shape \(5000,\)"):
        view[0] = autograd.tensor(3.0, requires_grad=True)
    assert (view.detach() == before).all()


def test_a_view_read_after_a_write_to_a_base_that_does_not_hold_it():
    base, view = moved("a view that reaches further")
    base.mul_(autograd.ones(2, requires_grad=True))
    for _ in range(2):
        with pytest.raises(errors.InPlaceError, match=r"the view of shape \(5000,\)"):
            view.sum()


def test_a_view_of_what_lies_between_its_base_elements():
    base = autograd.from_numpy(np.zeros(10)[::2])
    view = base.as_strided((9,), (1,), 0)
    base.mul_(autograd.ones(5, dtype=autograd.float64, requires_grad=True))
    with pytest.raises(errors.InPlaceError, match=r"the view of shape \(9,\)"):
        view.sum()


@pytest.mark.parametrize("move", ["data", "set_", "share_memory_", "resize_"])
def test_a_view_with_other_memory_is_a_view_no_longer(move):
    base = autograd.zeros(4)
    view, weight = base[1:3], autograd.full((2,), 3.0, requires_grad=True)
    other = autograd.ones(400)[100:102]
    if move == "data":
        view.data = other
    elif move == "set_":
        view.set_(other)
    elif move == "share_memory_":
        view.share_memory_().fill_(1.0)
    else:
        view.resize_(100).fill_(1.0).resize_(2)
    view.mul_(weight)
    view.sum().backward()
    assert not base.requires_grad
    assert base.tolist() == [0.0] * 4
    assert weight.grad.tolist() == [1.0, 1.0]


def test_views_of_a_field_of_records():
    records = np.zeros(6, [("a", "<f4"), ("b", "<i2")])
    base = autograd.from_numpy(records["a"])
    view, weight = base[2:5], autograd.arange(6.0, requires_grad=True)
    base.add_(weight)
    (view * autograd.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert weight.grad.tolist() == [0.0, 0.0, 1.0, 10.0, 100.0, 0.0]


@pytest.mark.parametrize(
    ("shape", "strides", "offset"), [((11,), (4,), 0), ((2,), (4,), -4), ((2,), (2**40,), 0)]
)
def test_the_primitive_behind_as_strided(shape, strides, offset):
    strided = registry()["strided"].forward
    with pytest.raises(errors.ShapeError, match="outside of the memory"):
        strided(np.zeros(10, np.float32), shape, strides, offset, None)


def test_a_step_that_no_address_has():
    with pytest.raises(errors.ArgumentError, match=r"unfold: .*too large"):
        autograd.zeros(10).unfold(0, 3, 2**62)
