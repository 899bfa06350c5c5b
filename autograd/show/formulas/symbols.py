"""Symbols: a reader of the table of derivatives. Passed through a formula, they write down what it does.

A symbol stands for a matrix, or for an array in an elementwise formula. It answers to operators, to NumPy's functions
by its dispatch protocols (NEP 13 and 18), and to the operations of the table; it is no array, for it has no numbers. A
formula that looks at numbers or sizes, or hands its arguments to compiled code, cannot be passed through: `SymbolError`
says why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from autograd.errors import ArgumentError
from autograd.hidden import Hidden, Level
from autograd.show.formulas.expressions import Call, Expression, Name, Number


class SymbolError(ArgumentError):
    """A formula does with its arguments what symbols cannot do."""


_OPS = {
    "multiply": "mul", "subtract": "sub", "divide": "div", "negative": "neg", "absolute": "abs", "power": "pow",
    "float_power": "pow", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh",
    "arccosh": "acosh", "arctanh": "atanh", "equal": "eq", "not_equal": "ne", "less": "lt", "less_equal": "le",
    "greater": "gt", "greater_equal": "ge", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor",
    "invert": "not", "logical_and": "and", "logical_or": "or", "logical_not": "not", "fabs": "abs",
    "concatenate": "cat", "clip": "clip",
}  # fmt: skip
"""NumPy's names for operations that the table calls otherwise."""


def _sizes(*_: Any) -> NoReturn:
    raise SymbolError("it computes with sizes")


class Named(int):
    """A size, or an option such as `dim`: a number that is written by its name, and computes no further."""

    name: str

    def __new__(cls, value: int, name: str) -> Named:
        """The number with a name."""
        self = super().__new__(cls, value)
        self.name = name
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _sizes
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _sizes
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _sizes  # what is written holds for all
    __hash__ = int.__hash__


class Order(Named):
    """How often a function is differentiated: a number that is written by its name, also with a number added."""

    added = 0

    def __add__(self, other: Any) -> Any:
        more = type(self)(int(self) + int(other), self.name)
        more.added = self.added + int(other)
        return more

    def __lt__(self, other: Any) -> Any:  # it is 1 or more in all that is written
        return int(self) < int(other)

    def __bool__(self) -> Any:
        return True

    __hash__ = int.__hash__


class Shape(tuple[int, ...]):
    """The shape of a symbol, written by its name, as are the sizes in it."""

    name: str

    def __new__(cls, name: str) -> Shape:
        """The shape called so."""
        self = super().__new__(cls, (Named(2, f"{name}[0]"), Named(2, f"{name}[1]")))
        self.name = name
        return self

    __eq__ = __ne__ = _sizes
    __hash__ = tuple.__hash__

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise SymbolError("it computes with sizes")
        return Named(2, f"{self.name}[{index}]")


class Symbol(Hidden):
    """An expression in the place of an array.

    >>> x = Symbol(Name("x"))
    >>> from autograd.show.formulas.notation import text
    >>> text((-x / np.sqrt(x * x + 1)).value)
    '-x / sqrt(x**2 + 1)'
    """

    __slots__ = ()
    __array_priority__ = 1000
    dtype = np.dtype(float)
    ndim = 2
    size = 4

    def __init__(self, value: Expression, level: Level | None = None) -> None:  # as `Hidden` is made
        super().__init__(value, SYMBOLS)

    def __repr__(self) -> str:
        return f"<a symbol in the place of {type(self.value).__name__.lower()}>"

    # -- what NumPy and the table ask of it ---------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """Write down a ufunc, or one of its methods."""
        if options.get("out") is not None:
            raise SymbolError(f"{ufunc.__name__}: a symbol cannot be written over")
        if method == "__call__":
            return called(_OPS.get(ufunc.__name__, ufunc.__name__), inputs, options, ufunc)
        if method == "reduce" and ufunc in (np.add, np.maximum, np.minimum):
            op = {np.add: "sum", np.maximum: "max", np.minimum: "min"}[ufunc]
            return called(op, inputs, options, ufunc.reduce)
        raise SymbolError(f"{ufunc.__name__}.{method}: cannot be written down")

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        """Write down a function of NumPy."""
        name = function.__name__
        if name in ("shape", "ndim", "size"):
            return getattr(self, name)
        if function is np.asarray:
            return self
        if options.get("out") is not None:
            raise SymbolError(f"{name}: a symbol cannot be written over")
        return called(_OPS.get(name, name), args, options, function)

    def __array__(self, *_: Any, **__: Any) -> Any:
        """Refuse: it has no numbers."""
        raise SymbolError("a symbol has no numbers")

    def __bool__(self) -> bool:
        raise SymbolError("a formula asks for the numbers of an array")

    def __iter__(self) -> Any:
        raise SymbolError("a formula goes through the elements of an array")

    def __len__(self) -> int:
        raise SymbolError("a formula asks for the length of an array")

    @property
    def shape(self) -> Any:
        """Its shape, a name too."""
        return Shape(f"{self.value.name}.shape" if isinstance(self.value, Name) else "result.shape")

    # -- operators ----------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Any:
        return called("add", (self, other), {}, np.add)

    def __radd__(self, other: Any) -> Any:
        return called("add", (other, self), {}, np.add)

    def __sub__(self, other: Any) -> Any:
        return called("sub", (self, other), {}, np.subtract)

    def __rsub__(self, other: Any) -> Any:
        return called("sub", (other, self), {}, np.subtract)

    def __mul__(self, other: Any) -> Any:
        return called("mul", (self, other), {}, np.multiply)

    def __rmul__(self, other: Any) -> Any:
        return called("mul", (other, self), {}, np.multiply)

    def __truediv__(self, other: Any) -> Any:
        return called("div", (self, other), {}, np.divide)

    def __rtruediv__(self, other: Any) -> Any:
        return called("div", (other, self), {}, np.divide)

    def __matmul__(self, other: Any) -> Any:
        return called("matmul", (self, other), {}, np.matmul)

    def __rmatmul__(self, other: Any) -> Any:
        return called("matmul", (other, self), {}, np.matmul)

    def __pow__(self, other: Any) -> Any:
        return called("pow", (self, other), {}, np.power)

    def __rpow__(self, other: Any) -> Any:
        return called("pow", (other, self), {}, np.power)

    def __neg__(self) -> Any:
        return called("neg", (self,), {}, np.negative)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return called("abs", (self,), {}, np.absolute)

    def __invert__(self) -> Any:
        return called("not", (self,), {}, np.logical_not)

    def __and__(self, other: Any) -> Any:
        return called("and", (self, other), {}, np.logical_and)

    def __rand__(self, other: Any) -> Any:
        return called("and", (other, self), {}, np.logical_and)

    def __or__(self, other: Any) -> Any:
        return called("or", (self, other), {}, np.logical_or)

    def __ror__(self, other: Any) -> Any:
        return called("or", (other, self), {}, np.logical_or)

    def __lt__(self, other: Any) -> Any:
        return called("lt", (self, other), {}, np.less)

    def __le__(self, other: Any) -> Any:
        return called("le", (self, other), {}, np.less_equal)

    def __gt__(self, other: Any) -> Any:
        return called("gt", (self, other), {}, np.greater)

    def __ge__(self, other: Any) -> Any:
        return called("ge", (self, other), {}, np.greater_equal)

    def __eq__(self, other: object) -> Any:
        return called("eq", (self, other), {}, np.equal)

    def __ne__(self, other: object) -> Any:
        return called("ne", (self, other), {}, np.not_equal)

    __hash__ = object.__hash__

    def __getitem__(self, index: Any) -> Any:
        return called("getitem", (self, index), {}, _getitem)

    # -- methods that formulas use ------------------------------------------------------------------------------

    @property
    def T(self) -> Any:
        """Transposed."""
        return called("T", (self,), {}, np.transpose)

    @property
    def mT(self) -> Any:
        """With the last two dimensions exchanged."""
        return called("T", (self,), {}, np.matrix_transpose)

    def astype(self, dtype: Any, *_: Any, **__: Any) -> Any:
        """In another dtype."""
        return called("astype", (self, dtype), {}, _astype)

    def reshape(self, *shape: Any) -> Any:
        """In another shape."""
        return called("reshape", (self, shape[0] if len(shape) == 1 else shape), {}, np.reshape)

    def sum(self, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
        """Added up."""
        return called("sum", (self,), {"axis": axis, "keepdims": keepdims}, np.sum)


def _getitem(x: Any, index: Any) -> Any:
    return x[index]


def _astype(x: Any, dtype: Any) -> Any:
    return np.asarray(x).astype(dtype)


def called(op: str, arguments: Any, options: Any, compute: Callable[..., Any]) -> Any:
    """The symbol of an operation. A factor of 1 is left out; the cases of a negated condition change places."""
    found = tuple(expression(a) for a in arguments)
    if op == "mul" and Number(1) in found:
        return Symbol(found[1] if found[0] == Number(1) else found[0])
    if op == "mul" and found[0] == Number(-1):
        return Symbol(Call("neg", (found[1],), (), np.negative))
    if op == "neg" and isinstance(found[0], Number):
        return Symbol(Number(-found[0].value))
    if op == "div" and found[1] == Number(1):
        return Symbol(found[0])
    if op == "constant_in":  # which means something only where a formula is recorded
        return Symbol(found[0])
    if op == "zeros_like":
        return Symbol(Number(0))
    if op == "where" and isinstance(found[0], Call) and found[0].op == "not":
        found = (found[0].arguments[0], found[2], found[1])
    return Symbol(Call(op, found, tuple((k, expression(v)) for k, v in options.items()), compute))


def expression(value: Any) -> Expression:
    """What an argument of an operation is in an expression."""
    if isinstance(value, Symbol):
        return value.value
    if isinstance(value, Order) and value.added:
        return Call("add", (Name(value.name), Number(value.added)), (), np.add)
    if isinstance(value, (Named, Shape)):
        return Name(value.name)
    if isinstance(value, (bool, np.bool_)) or value is None or isinstance(value, (str, np.dtype, type)):
        return value
    if isinstance(value, slice):
        return slice(
            *(None if end is None else expression(end) for end in (value.start, value.stop, value.step))
        )
    if isinstance(value, (int, float, np.number)):
        return Number(value)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return Number(value.item())
    if isinstance(value, (tuple, list)):
        return tuple(map(expression, value))
    if value is Ellipsis:
        return value
    raise SymbolError(f"{type(value).__name__} cannot be written in a formula")


def _operation(function: Any, level: Level, given: list[Any]) -> Any:  # noqa: ARG001  # as rules are called
    """Write down an operation of the table, or a function made of them."""
    name = getattr(function, "name", None) or function.__name__.strip("_")
    return called(name, given, {}, getattr(function, "function", function))


SYMBOLS = Level(0, 0, "error", _operation)
"""The level that symbols are at: an operation that meets one is written down."""
