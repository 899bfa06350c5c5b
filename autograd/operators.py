"""Python's operators as methods of a tensor: `x + y`, `x < y`, `-x`, `x[i]`.

Where the other operand is of a class that a tensor does not know, and that class has the reflected method (`__radd__`
of `x + y`), the operator leaves it to that class, as PyTorch's does: a number with a unit, a symbol, a wrapper around
a tensor. Functions, and operators beside anything else, raise an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd import ops
from autograd.arguments import is_operand, knows
from autograd.errors import DTypeError
from autograd.lift import operator
from autograd.ops import arithmetic

if TYPE_CHECKING:
    from autograd.tensor import Tensor

_pow = operator(arithmetic.pow_, "__rpow__")


class Operators:
    """What Python's operators mean."""

    __slots__ = ()

    # -- arithmetic ------------------------------------------------------------------------------------------------

    __add__ = __radd__ = operator(arithmetic.add, "__radd__")
    __sub__ = operator(arithmetic.sub, "__rsub__")
    __mul__ = __rmul__ = operator(arithmetic.mul, "__rmul__")
    __truediv__ = operator(arithmetic.div, "__rtruediv__")
    __floordiv__ = operator(ops.floor_divide, "__rfloordiv__")
    __mod__ = operator(ops.remainder, "__rmod__")
    __neg__ = arithmetic.neg
    __pos__ = ops.positive
    __abs__ = ops.abs

    def __pow__(self, other: Any) -> Tensor:
        arithmetic.check_power(self, other)
        return _pow(self, other)

    def __matmul__(self, other: Any) -> Tensor:
        try:
            return ops.matmul(self, other)
        except DTypeError:
            if knows(other, "__rmatmul__"):
                return NotImplemented
            raise

    def __rsub__(self, other: Any) -> Tensor:
        return arithmetic.sub(other, self)

    def __rtruediv__(self, other: Any) -> Tensor:
        return arithmetic.div(other, self)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return ops.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Tensor:
        return ops.remainder(other, self)

    def __rpow__(self, other: Any) -> Tensor:
        return arithmetic.pow(other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return ops.matmul(other, self)

    __div__ = __truediv__
    __rdiv__ = __rtruediv__  # names of Python 2 that PyTorch still has

    # -- bits ------------------------------------------------------------------------------------------------------

    __invert__ = ops.bitwise_not
    __and__ = __rand__ = operator(ops.bitwise_and, "__rand__")
    __or__ = __ror__ = operator(ops.bitwise_or, "__ror__")
    __xor__ = __rxor__ = operator(ops.bitwise_xor, "__rxor__")
    __lshift__ = operator(ops.bitwise_left_shift, "__rlshift__")
    __rshift__ = operator(ops.bitwise_right_shift, "__rrshift__")

    def __rlshift__(self, other: Any) -> Tensor:
        return ops.bitwise_left_shift(other, self)

    def __rrshift__(self, other: Any) -> Tensor:
        return ops.bitwise_right_shift(other, self)

    # -- comparisons -----------------------------------------------------------------------------------------------

    __lt__ = operator(ops.lt, "__gt__")
    __le__ = operator(ops.le, "__ge__")
    __gt__ = operator(ops.gt, "__lt__")
    __ge__ = operator(ops.ge, "__le__")

    def __eq__(self, other: object) -> Any:
        return ops.eq(self, other) if is_operand(other) else NotImplemented

    def __ne__(self, other: object) -> Any:
        return ops.ne(self, other) if is_operand(other) else NotImplemented

    __hash__ = object.__hash__  # by identity, although == compares elements

    # -- elements --------------------------------------------------------------------------------------------------

    __getitem__ = ops.getitem
