"""Corners of PyTorch's behaviour, each looked at in both libraries."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402  # after the check that torch is there


def test_heaviside_has_no_derivative() -> None:
    """As in PyTorch, the result requires a gradient, and asking for it is an error."""
    for lib in (torch, autograd):
        x = lib.tensor([1.0, float("nan")], requires_grad=True)
        y = lib.heaviside(x, lib.ones(2))
        assert y.tolist() == [1, 0]
        assert y.requires_grad
        with pytest.raises(RuntimeError, match="not implemented"):
            y.sum().backward()


@pytest.mark.parametrize("name", ["bernoulli", "poisson", "normal_mean", "normal_std", "normal_both"])
def test_draws_have_gradients_of_0(name: str) -> None:
    """What numbers are drawn from gets a gradient of 0, as in PyTorch."""
    draws = {
        "bernoulli": lambda lib, x: lib.bernoulli(x),
        "poisson": lambda lib, x: lib.poisson(x),
        "normal_mean": lambda lib, x: lib.normal(x, 1.0),
        "normal_std": lambda lib, x: lib.normal(0.0, x),
        "normal_both": lambda lib, x: lib.normal(x, x),
    }
    for lib in (torch, autograd):
        x = lib.tensor([0.25, 0.75], requires_grad=True)
        out = draws[name](lib, x)
        assert out.requires_grad
        out.sum().backward()
        assert x.grad.tolist() == [0, 0]


ELLIPSES: list[Any] = [
    (..., 0, ...), (0, ..., ...), (..., ...), (..., ..., ...), (0, ..., 1, ...), (..., None, ...), (True, ..., ...),
    (..., slice(0, 1), ...), ([0, 1], ..., ...), (..., [0, 1], ...), (0, ..., 0, ..., 0), (0, 0, 0, ..., ...),
    (..., ..., 0), (..., [0, 1], ..., 0), (..., 0, 0, 0, 0, ...),
]  # fmt: skip


@pytest.mark.parametrize("index", ELLIPSES, ids=str)
def test_several_ellipses(index: Any) -> None:
    """Each passes over as many dimensions as are not named: reading, its gradient, and writing."""

    def read(lib: Any) -> Any:
        x = lib.arange(24.0).reshape(2, 3, 4).requires_grad_()
        y = x[index]
        (y * y).sum().backward()
        return tuple(y.shape), y.tolist(), x.grad.tolist()

    def written(lib: Any) -> Any:
        x = lib.zeros(2, 3, 4)
        x[index] = 5.0
        return x.tolist()

    for look in (read, written):
        try:
            expected = look(torch)
        except IndexError:
            with pytest.raises(IndexError):
                look(autograd)
        else:
            assert look(autograd) == expected


LAYOUTS: dict[str, Any] = {
    "C": lambda a: a,
    "Fortran": lambda a: np.asfortranarray(a),
    "step": lambda a: np.repeat(a, 2, -1)[..., ::2],
}


@pytest.mark.parametrize("dtype", ["float32", "float16"])
@pytest.mark.parametrize(
    ("scale", "offset"), [(1, 1e8), (10, 1e8), (1e3, 1e8), (1, 1e4), (1, 100), (1e18, 1e19), (1, 0)]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_variances_are_as_exact_as_pytorch(dtype: str, scale: float, offset: float, layout: str) -> None:
    """Far from 0, and of large squares, float32 alone has few digits of a variance, or none."""
    if dtype == "float16" and offset > 1e4:
        return
    rng = np.random.default_rng(0)
    few = float(np.finfo(dtype).eps) * 16
    for shape, dims in (
        ((7,), (None,)),
        ((20000,), (0,)),
        ((64, 300), (None, 0, 1)),
        ((6000, 3), (0, 1, (0, 1))),
    ):
        x = LAYOUTS[layout]((rng.normal(size=shape) * scale + offset).astype(dtype))
        exact = x.astype(np.float64)
        for dim in dims:
            means, variances = exact.mean(dim), exact.var(dim, ddof=1)
            wanted = {"var": [variances], "std": [variances**0.5], "var_mean": [variances, means]}
            wanted["std_mean"] = [variances**0.5, means]
            for name, truths in wanted.items():
                theirs = getattr(torch, name)(torch.from_numpy(x), dim=dim)
                ours = getattr(autograd, name)(autograd.from_numpy(x), dim=dim)
                theirs, ours = (r if isinstance(r, tuple) else (r,) for r in (theirs, ours))
                for truth, t, o in zip(truths, theirs, ours, strict=True):
                    size = np.maximum(
                        np.maximum(np.abs(truth), variances**0.5), 1e-300
                    )  # a mean near 0 has no more digits
                    with np.errstate(invalid="ignore"):
                        t_error, o_error = (np.max(np.abs(r.numpy() - truth) / size) for r in (t, o))
                    assert o_error <= max(2 * t_error, few) or np.isinf(t.numpy()).any(), (name, shape, dim)


@pytest.mark.parametrize("shape", [(100_000, 2), (5000, 30)])
def test_sums_of_many_rows_keep_their_digits(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).random(shape).astype(np.float32)
    truth = x.astype(np.float64).sum(0)
    for found in (
        autograd.from_numpy(x).sum(0),
        autograd.from_numpy(x.T).sum(1),
        autograd.from_numpy(x).sum(-2),
    ):
        assert np.max(np.abs(found.numpy() / truth - 1)) < 1e-6
    assert autograd.from_numpy(x).sum(0, keepdim=True).shape == (1, shape[1])
    assert autograd.from_numpy(x.T).sum(1, keepdim=True).shape == (shape[1], 1)


SHAPED: dict[str, Any] = {
    "C": lambda b: b,
    "last first": lambda b: b.permute(0, 2, 3, 1),
    "transposed": lambda b: b.transpose(1, 2),
    "with steps": lambda b: b[..., ::2].transpose(0, 1),
    "repeated": lambda b: b[:1].expand(2, 3, 4, 5),
    "repeated between": lambda b: b[:, :1].expand(2, 3, 4, 5).permute(2, 0, 1, 3),
    "matrix": lambda b: b[0, 0].t(),
    "of steps": lambda b: b[0, 0, 0, ::2],
    "number": lambda b: b[0, 0, 0, 0],
    "nothing": lambda b: b.new_zeros(2, 0, 4),
    "windows": lambda b: b.unfold(3, 2, 1),
}
LIKE: dict[str, Any] = {
    "zeros_like": lambda lib, x, **named: lib.zeros_like(x, **named),
    "ones_like": lambda lib, x, **named: lib.ones_like(x, **named),
    "empty_like": lambda lib, x, **named: lib.empty_like(x, **named),
    "full_like": lambda lib, x, **named: lib.full_like(x, 3, **named),
    "rand_like": lambda lib, x, **named: lib.rand_like(x, **named),
    "randn_like": lambda lib, x, **named: lib.randn_like(x, **named),
    "randint_like": lambda lib, x, **named: lib.randint_like(x, 2, 9, **named),
    "clone": lambda lib, x, **named: x.clone(**named),
    "to": lambda lib, x, **named: x.to(lib.float32, copy=True, **named),
    "contiguous": lambda lib, x, **named: x.contiguous(**named),
}


@pytest.mark.parametrize("name", LIKE)
@pytest.mark.parametrize("shaped", SHAPED)
@pytest.mark.parametrize("order", [None, "preserve_format", "contiguous_format", "channels_last"])
def test_order_in_memory_of_what_is_like_another(name: str, shaped: str, order: str | None) -> None:
    """Strides as in PyTorch: those of the other, without gaps, unless a memory format is asked for."""

    def look(lib: Any) -> Any:
        x = SHAPED[shaped](lib.arange(120.0).reshape(2, 3, 4, 5))
        y = LIKE[name](lib, x, **({} if order is None else {"memory_format": getattr(lib, order)}))
        return y.shape, y.stride(), y.is_contiguous(), str(y.dtype).rpartition(".")[2]

    try:
        expected = look(torch)
    except RuntimeError:
        with pytest.raises(RuntimeError):
            look(autograd)
    else:
        assert look(autograd) == expected


def test_values_of_what_is_like_another() -> None:
    x = autograd.ones(2, 3).t()
    assert autograd.zeros_like(x).tolist() == [[0, 0]] * 3
    assert autograd.full_like(x, 2.5, dtype=autograd.int64).tolist() == [[2, 2]] * 3
    assert autograd.full_like(x, 7, requires_grad=True).requires_grad
    autograd.manual_seed(0)
    drawn = autograd.rand_like(x)
    autograd.manual_seed(0)
    assert drawn.tolist() == autograd.rand(3, 2).tolist()


@pytest.mark.parametrize("dtype", ["float64", "int64", "bool"])
def test_a_repeated_tensor_in_another_dtype_can_be_viewed(dtype: str) -> None:
    for lib in (torch, autograd):
        assert lib.ones(1, 3).expand(4, 3).to(getattr(lib, dtype)).view(-1).shape == (12,)


WRITES: dict[str, Any] = {
    "set_": lambda lib, p: p.set_(lib.zeros(3)),
    "set_ to nothing": lambda lib, p: p.set_(),
    "set_ of what shares memory": lambda lib, p: p.detach().set_(lib.zeros(3)),
    "data": lambda lib, p: setattr(p, "data", lib.zeros(3)),
    "data.add_": lambda lib, p: p.data.add_(1),
    "set_ and add_": lambda lib, p: p.set_(lib.zeros(3)).add_(1),
    "add_ and data": lambda lib, p: setattr(p.add_(1), "data", lib.zeros(3)),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("saving", [True, False])
def test_other_memory_under_a_graph(name: str, saving: bool) -> None:
    """`set_` counts as a write in place of what a graph has saved, `data` does not."""

    def raises(lib: Any) -> bool:
        p = lib.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = (p * p if saving else p + 1).sum()
        with lib.no_grad():
            WRITES[name](lib, p)
        if name == "set_ to nothing":
            p = lib.zeros(0)
        try:
            y.backward()
        except RuntimeError as error:
            return "place" in str(error) or "shape" in str(error)
        return False

    assert raises(autograd) == raises(torch)


GRADIENTS: dict[str, Any] = {
    "nansum of nan": (lambda lib, x: lib.nansum(x), math.nan),
    "nansum of a number": (lambda lib, x: lib.nansum(x), 2.0),
    "logcumsumexp over rows of nothing": (lambda lib, x: lib.logcumsumexp(x, 0), [[], []]),
    "angle of nan": (lambda lib, x: lib.angle(x), [math.nan, -1.0, 0.0]),
}


@pytest.mark.parametrize("name", GRADIENTS)
@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_at_the_edge(name: str, create_graph: bool) -> None:
    function, values = GRADIENTS[name]
    found = []
    for lib, grad in ((torch, torch.autograd.grad), (autograd, autograd.grad)):
        x = lib.tensor(values, requires_grad=True)
        (g,) = grad(function(lib, x).sum(), x, create_graph=create_graph)
        found.append((tuple(g.shape), g.tolist()))
    assert found[0] == found[1]


def test_a_number_is_flipped_along_its_only_dimension() -> None:
    for lib in (torch, autograd):
        assert lib.flip(lib.tensor(1.0), (-1,)).item() == 1
        with pytest.raises(IndexError, match="out of range"):
            lib.flip(lib.tensor(1.0), (1,))
