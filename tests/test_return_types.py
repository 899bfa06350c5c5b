"""Tuples of results whose elements have names: PyTorch's types, fields and text; and that they are tuples."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import return_types

torch = pytest.importorskip("torch")

VECTOR = [3.0, 1.0, 2.0]
MATRIX = [[4.0, 1.0], [1.0, 3.0]]  # symmetric and positive-definite
NAMES = sorted(n for n, c in vars(return_types).items() if hasattr(c, "_fields") and not n.startswith("_"))

# What to call, on a package, a vector and a matrix, for each type of the module.
CALLS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "aminmax": lambda m, x, a: x.aminmax(),
    "cummax": lambda m, x, a: x.cummax(0),
    "cummin": lambda m, x, a: x.cummin(0),
    "frexp": lambda m, x, a: m.frexp(x),
    "geqrf": lambda m, x, a: m.geqrf(a),
    "histogram": lambda m, x, a: x.histogram(2),
    "histogramdd": lambda m, x, a: m.histogramdd(a, [2, 2]),
    "kthvalue": lambda m, x, a: x.kthvalue(2),
    "linalg_cholesky_ex": lambda m, x, a: m.linalg.cholesky_ex(a),
    "linalg_eigh": lambda m, x, a: m.linalg.eigh(a.diag().diag()),
    "linalg_inv_ex": lambda m, x, a: m.linalg.inv_ex(a),
    "linalg_ldl_factor": lambda m, x, a: m.linalg.ldl_factor(a),
    "linalg_ldl_factor_ex": lambda m, x, a: m.linalg.ldl_factor_ex(a),
    "linalg_lstsq": lambda m, x, a: m.linalg.lstsq(a, a),
    "linalg_lu": lambda m, x, a: m.linalg.lu(a),
    "linalg_lu_factor": lambda m, x, a: m.linalg.lu_factor(a),
    "linalg_lu_factor_ex": lambda m, x, a: m.linalg.lu_factor_ex(a),
    "linalg_qr": lambda m, x, a: m.linalg.qr(a),
    "linalg_slogdet": lambda m, x, a: m.linalg.slogdet(a),
    "linalg_solve_ex": lambda m, x, a: m.linalg.solve_ex(a, a),
    "linalg_svd": lambda m, x, a: m.linalg.svd(a),
    "lu_unpack": lambda m, x, a: m.lu_unpack(*m.linalg.lu_factor(a)),
    "max": lambda m, x, a: x.max(0),
    "median": lambda m, x, a: x.median(0),
    "min": lambda m, x, a: x.min(0),
    "mode": lambda m, x, a: x.mode(),
    "nanmedian": lambda m, x, a: x.nanmedian(0),
    "qr": lambda m, x, a: m.qr(a),
    "slogdet": lambda m, x, a: a.slogdet(),
    "sort": lambda m, x, a: x.sort(),
    "svd": lambda m, x, a: m.svd(a),
    "topk": lambda m, x, a: x.topk(2),
    "triangular_solve": lambda m, x, a: m.triangular_solve(a, a),
}


def called(name: str, package: Any) -> Any:
    return CALLS[name](package, package.tensor(VECTOR), package.tensor(MATRIX))


@pytest.mark.filterwarnings("ignore:torch.* is deprecated:UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_results_are_shown_as_in_pytorch(name: str) -> None:
    """The name of the type, the fields and the text."""
    found, expected = called(name, autograd), called(name, torch)
    assert type(found) is getattr(return_types, name)
    assert type(expected).__name__ == type(found).__name__
    assert found._fields == found.__match_args__ == type(expected).__match_args__
    for field, value, other in zip(found._fields, found, expected, strict=True):
        assert getattr(found, field) is value
        if name != "histogramdd" or field != "bin_edges":
            assert tuple(value.shape) == tuple(other.shape)
    assert repr(found).replace("autograd.", "torch.") == repr(expected)


def test_every_type_of_pytorch_is_here() -> None:
    theirs = {c.__name__ for c in torch.return_types.all_return_types if not c.__name__.endswith("_out")}
    complex_or_private = {n for n in theirs if n.startswith("_")} | {"linalg_eig"}
    assert theirs - complex_or_private - set(NAMES) == set()


@pytest.mark.parametrize("name", NAMES)
def test_they_are_tuples(name: str) -> None:
    kind = getattr(return_types, name)
    count = len(kind._fields)
    made = kind(*range(count))
    assert isinstance(made, tuple)
    assert made == tuple(range(count))
    assert hash(made) == hash(tuple(range(count)))
    assert (made[0], made[-1], made[:1], len(made)) == (0, count - 1, (0,), count)
    first, *others = made
    assert [first, *others] == list(range(count))
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert type(again) is kind
        assert again == made
    with pytest.raises(AttributeError):
        setattr(made, kind._fields[0], 1)
    with pytest.raises(AttributeError):
        made.another = 1
    with pytest.raises(TypeError, match=rf"{name}: {count + 1} values were given for the fields"):
        kind(*range(count + 1))


def test_a_copy_holds_copies() -> None:
    found = autograd.tensor(VECTOR).sort()
    again = copy.deepcopy(found)
    assert type(again) is return_types.sort
    assert again.values is not found.values
    assert again.values.tolist() == [1.0, 2.0, 3.0]


def test_they_match_patterns() -> None:
    match autograd.tensor(VECTOR).max(0):
        case return_types.max(values, indices):
            assert (values.item(), indices.item()) == (3.0, 0)
        case _:
            pytest.fail("max(0) is a return_types.max")
