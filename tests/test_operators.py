"""Python's operators beside objects that a tensor does not know: their own class is asked, as PyTorch's tensors do."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.errors import DTypeError


def _left(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: (name, self.value, type(other).__name__)


class Metres:
    """A number with a unit, or a tensor of them; its operators tell which of them was called."""

    def __init__(self, value: Any) -> None:
        self.value = value

    __radd__, __rsub__, __rmul__, __rtruediv__ = map(_left, ("radd", "rsub", "rmul", "rtruediv"))
    __rfloordiv__, __rmod__, __rpow__, __rmatmul__ = map(_left, ("rfloordiv", "rmod", "rpow", "rmatmul"))
    __rand__, __ror__, __rxor__, __rlshift__, __rrshift__ = map(
        _left, ("rand", "ror", "rxor", "rlshift", "rrshift")
    )
    __lt__, __le__, __gt__, __ge__, __eq__, __ne__ = map(_left, ("lt", "le", "gt", "ge", "eq", "ne"))
    __hash__ = None  # type: ignore[assignment]  # as for every class with __eq__


OPERATORS = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow,
    operator.matmul, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift, operator.lt,
    operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
]  # fmt: skip
REFLECTED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


@pytest.mark.parametrize("op", OPERATORS, ids=lambda op: op.__name__)
@pytest.mark.parametrize("example", [[1.0, 2.0], [1, 2]])
def test_the_other_class_is_asked(op: Any, example: list[Any]) -> None:
    name = op.__name__.rstrip("_")
    expected = (REFLECTED.get(name, "r" + name), 3, "Tensor")
    assert op(autograd.tensor(example), Metres(3)) == expected
    torch = pytest.importorskip("torch")
    assert op(torch.tensor(example), Metres(3)) == expected


@pytest.mark.parametrize("op", OPERATORS[:-2], ids=lambda op: op.__name__)
@pytest.mark.parametrize("other", [object(), "text", None, [1, 2]], ids=["object", "str", "None", "list"])
def test_an_object_that_knows_nothing_is_an_error(op: Any, other: Any) -> None:
    x = autograd.tensor([1, 2])
    with pytest.raises(DTypeError, match="needs"):
        op(x, other)
    assert x.tolist() == [1, 2]


def test_functions_and_writes_ask_nobody() -> None:
    x = autograd.ones(2)
    for call in (
        lambda: autograd.mul(x, Metres(3)),
        lambda: x.add_(Metres(3)),
        lambda: autograd.eq(x, Metres(3)),
    ):
        with pytest.raises(DTypeError, match="got Metres"):
            call()
    with pytest.raises(DTypeError, match="got Metres"):
        x += Metres(3)
    assert x.tolist() == [1.0, 1.0]


def test_a_wrapper_around_tensors_keeps_the_gradient() -> None:
    class Scaled:
        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __rmul__(self, other: Any) -> Any:
            return Scaled(other * self.inner)

    x, y = (autograd.tensor([1.0, 2.0], requires_grad=True) for _ in range(2))
    (x * Scaled(y)).inner.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1.0, 2.0])
    np.testing.assert_array_equal(y.grad.numpy(), [1.0, 2.0])
