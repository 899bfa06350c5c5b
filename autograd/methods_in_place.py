"""The in-place operations as methods of a tensor: `x.add_(y)`, `x += y`, `x[i] = y`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd import inplace, ops, sampling
from autograd.inplace import in_place
from autograd.ops import arithmetic

if TYPE_CHECKING:
    from autograd.tensor import Tensor


def _in_place(name: str, function: Callable[..., Any]) -> Callable[..., Tensor]:
    """The method `name` that overwrites its tensor with `function(tensor, …)`."""

    def method(self: Any, *args: Any, **named: Any) -> Tensor:
        return in_place(name, function, self, *args, **named)

    method.__name__ = name
    method.__doc__ = f"In-place version of `{function.__name__}`."
    return method


class InPlaceOperations:
    """What overwrites a tensor."""

    __slots__ = ()

    __iadd__ = _in_place("add_", arithmetic.add)
    __isub__ = _in_place("sub_", arithmetic.sub)
    __imul__ = _in_place("mul_", arithmetic.mul)
    __itruediv__ = _in_place("div_", arithmetic.div)
    __ipow__ = _in_place("pow_", arithmetic.pow)
    __imatmul__ = _in_place("matmul_", ops.matmul)
    __ifloordiv__ = _in_place("floor_divide_", ops.floor_divide)
    __imod__ = _in_place("remainder_", ops.remainder)

    def __setitem__(self: Any, key: Any, value: Any) -> None:
        inplace.set_item(self, key, value)

    # -- in place --------------------------------------------------------------------------------------------------

    add_ = _in_place("add_", ops.add)
    sub_ = _in_place("sub_", ops.sub)
    mul_ = _in_place("mul_", ops.mul)
    div_ = _in_place("div_", ops.div)
    pow_ = _in_place("pow_", ops.pow)
    neg_ = _in_place("neg_", ops.neg)
    abs_ = _in_place("abs_", ops.abs)
    exp_ = _in_place("exp_", ops.exp)
    log_ = _in_place("log_", ops.log)
    sqrt_ = _in_place("sqrt_", ops.sqrt)
    clamp_ = clip_ = _in_place("clamp_", ops.clamp)
    relu_ = _in_place("relu_", ops.relu)
    sigmoid_ = _in_place("sigmoid_", ops.sigmoid)
    tanh_ = _in_place("tanh_", ops.tanh)
    lerp_ = _in_place("lerp_", ops.lerp)
    addcmul_ = _in_place("addcmul_", ops.addcmul)
    addcdiv_ = _in_place("addcdiv_", ops.addcdiv)
    masked_fill_ = _in_place("masked_fill_", ops.masked_fill)
    scatter_ = _in_place("scatter_", ops.scatter)
    scatter_add_ = _in_place("scatter_add_", ops.scatter_add)
    index_add_ = _in_place("index_add_", ops.index_add)
    index_copy_ = _in_place("index_copy_", ops.index_copy)
    index_fill_ = _in_place("index_fill_", ops.index_fill)
    index_put_ = _in_place("index_put_", ops.index_put)

    def copy_(self: Any, source: Any, non_blocking: Any = False) -> Tensor:
        """Overwrite with `source`, broadcast to this shape and converted to this dtype."""
        return inplace.copy_(self, source)

    def fill_(self: Any, value: Any) -> Tensor:
        """Overwrite every element with `value`."""
        return inplace.copy_(self, value)

    def zero_(self: Any) -> Tensor:
        """Overwrite every element with 0."""
        return inplace.copy_(self, 0)

    normal_ = sampling.normal_
    uniform_ = sampling.uniform_
    bernoulli_ = sampling.bernoulli_
    exponential_ = sampling.exponential_
    random_ = sampling.random_
