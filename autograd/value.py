"""The scalar engine: backpropagation on single numbers, in pure Python, to be read in one sitting.

A computation with `Value`s leaves a graph behind. Each node holds its number, the nodes it was made from (its
parents), and for each of these the local derivative: how fast this number changes with that one. The chain rule
then only multiplies and adds, edge by edge, from the result back to the inputs:

    the parent's gradient += this node's gradient × the local derivative

Numbers follow IEEE 754 (1 / 0 is inf, log(-1) is nan); the derivative at a kink is PyTorch's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import zip_longest
from operator import mul

from . import reals
from .errors import ShapeError

Operator = Callable[["Value", "Value | float"], "Value"]


def unary(op: str, doc: str, formula: Callable[[float], tuple[float, float]]) -> Callable[[Value], Value]:
    """The method for a function of x; formula(x) is the result and its derivative."""

    def method(self: Value) -> Value:
        result, dx = formula(self.data)
        return Value(result, (self,), op, "", (dx,))

    method.__name__, method.__doc__ = op.lower(), doc
    return method


def binary(op: str, formula: Callable[[float, float], tuple[float, float, float]]) -> Operator:
    """The method for an operator between x and y; formula(x, y) is the result and both derivatives."""

    def method(self: Value, other: Value | float) -> Value:
        if not isinstance(other, Value):
            return method(self, Value(other)) if reals.is_number(other) else NotImplemented
        result, dx, dy = formula(self.data, other.data)
        return Value(result, (self, other), op, "", (dx, dy))

    return method


def reflected(operator: Operator) -> Callable[[Value, float], Value]:
    """The method for an operator that finds a number on its left."""

    def method(self: Value, other: float) -> Value:
        return operator(Value(other), self) if reals.is_number(other) else NotImplemented

    return method


class Value:
    """A number that remembers how it was made, and the gradient that `backward()` leaves in it.

    `Value(data)` is a leaf. The other arguments make a node by hand: its parents, the operation, a label for
    drawings, the local derivatives. `==` asks whether two are one node; `<`, `<=`, `>`, `>=` compare their numbers.

    >>> a, b = Value(2.0), Value(-3.0, label="b")
    >>> y = (a * b + 7).relu() / b.exp()
    >>> y.backward()
    >>> y, a
    (Value(data=20.08..., grad=1), Value(data=2.0, grad=-60.25...))
    >>> x = Value(3.0)
    >>> Value(math.atan(x.data), (x,), "atan", _locals=(1 / (1 + x.data**2),)).backward()
    >>> x.grad
    0.1
    """

    # __dict__, made on use, lets a program hang fields of its own on a node, even a `_backward`
    __slots__ = ("__dict__", "__weakref__", "_op", "data", "grad", "label", "locals", "parents")

    def __init__(
        self,
        data: float,
        _children: tuple[Value, ...] = (),
        _op: str = "",
        label: str = "",
        _locals: tuple[float, ...] = (),
    ) -> None:
        self.data = data if type(data) is float else reals.number(data)
        self.grad: float = 0
        self.label = label
        self._op = _op
        self.parents = _children
        self.locals = _locals

    @property
    def edges(self) -> tuple[tuple[Value, float | None], ...]:
        """Each parent with its local derivative; None where a node made by hand has none."""
        return tuple(zip_longest(self.parents, self.locals))

    @property
    def _prev(self) -> set[Value]:
        return set(self.parents)

    def _backward(self) -> None:
        """One step of the chain rule: upstream × local derivative, added to the gradient of each parent."""
        upstream = self.grad
        for parent, local in zip(self.parents, self.locals):  # noqa: B905  to say strict=False takes time
            parent.grad += upstream * local

    def backward(self) -> None:
        """Set `grad` to d(self) / d(node) in every node that self was made from.

        A node may pass its gradient on when every node made from it has added its share: in `b = a + a; c = b + b`
        b waits for both. Leaves accumulate from call to call; an operation holds the gradient of the last call.

        >>> a = Value(1.0)
        >>> b = a + a
        >>> c = b + b
        >>> c.backward()
        >>> c.backward()
        >>> a.grad, b.grad
        (8, 2)
        """
        order = self._operations()
        for node in order:
            node.grad = 0
        self.grad += 1
        for node in reversed(order):
            node._backward()  # noqa: SLF001  its own class

    def _operations(self) -> list[Value]:
        """The operations that lead to self, each after those it uses: a depth-first search without recursion."""
        order: list[Value] = []
        path: list[Value] = []  # from self down to the node in hand
        stack: list[Value | None] = [self] if self.parents else []
        seen: set[Value] = set()
        while stack:
            node = stack.pop()
            if node is None:  # all that the end of the path uses is in order
                order.append(path.pop())
            elif node not in seen:
                seen.add(node)
                path.append(node)
                stack.append(None)
                for parent in node.parents:
                    if parent.parents and parent not in seen:
                        stack.append(parent)  # noqa: PERF401  for two parents a list is slower
        return order

    # The table of derivatives: each formula gives the result, then its derivative by each argument.

    __add__ = binary("+", lambda x, y: (x + y, 1, 1))
    __sub__ = binary("-", lambda x, y: (x - y, 1, -1))
    __mul__ = binary("*", lambda x, y: (x * y, y, x))
    __truediv__ = binary("/", lambda x, y: (z := reals.divide(x, y), reals.divide(1, y), -reals.divide(z, y)))
    _max = binary("max", lambda x, y: (reals.maximum(x, y), reals.exceeds(x, y), reals.exceeds(y, x)))
    _min = binary("min", lambda x, y: (reals.minimum(x, y), reals.exceeds(y, x), reals.exceeds(x, y)))

    __neg__ = unary("neg", "-x", lambda x: (-x, -1))
    __abs__ = unary("abs", "|x|", lambda x: (abs(x), (x > 0) - (x < 0)))
    exp = unary("exp", "e**x", lambda x: (y := reals.exp(x), y))
    log = unary("log", "The natural logarithm of x", lambda x: (reals.log(x), reals.divide(1, x)))
    sqrt = unary("sqrt", "The square root of x", lambda x: (y := reals.sqrt(x), reals.divide(1, 2 * y)))
    sin = unary("sin", "The sine of x radians", lambda x: (reals.sin(x), reals.cos(x)))
    cos = unary("cos", "The cosine of x radians", lambda x: (reals.cos(x), -reals.sin(x)))
    tanh = unary("tanh", "The hyperbolic tangent of x", lambda x: (y := math.tanh(x), 1 - y * y))
    sigmoid = unary("sigmoid", "1 / (1 + e**-x)", lambda x: (y := reals.sigmoid(x), y * (1 - y)))
    relu = unary("ReLU", "max(x, 0)", lambda x: (max(x, 0), 0 if x <= 0 else 1))
    abs = __abs__

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """x where x > 0, else slope * x.

        >>> Value(-2.0).leaky_relu(0.25)
        Value(data=-0.5, grad=0)
        """
        local = 1 if self.data > 0 else slope
        op = "LeakyReLU" if slope == 0.01 else f"LeakyReLU {slope}"
        return Value(local * self.data, (self,), op, "", (local,))

    def maximum(self, other: Value | float) -> Value:
        """The larger of x and y, nan if either is; two equal ones share the gradient.

        >>> Value(2.0).maximum(3)
        Value(data=3, grad=0)
        """
        return self._max(as_value(other))

    def minimum(self, other: Value | float) -> Value:
        """The smaller of x and y, nan if either is; two equal ones share the gradient.

        >>> Value(2.0).minimum(3)
        Value(data=2.0, grad=0)
        """
        return self._min(as_value(other))

    def __pow__(self, n: Value | float) -> Value:
        """x**n.  d/dx = n x**(n-1); where n is a Value, d/dn = x**n log(x)."""
        if not (isinstance(n, Value) or reals.is_number(n)):
            return NotImplemented
        x, k = self.data, as_value(n).data
        y, dx = reals.power(x, k), k * reals.power(x, k - 1) if k else 0
        if isinstance(n, Value):
            return Value(y, (self, n), "**", "", (dx, 0 if x == 0 <= k else y * reals.log(x)))
        return Value(y, (self,), f"**{n}", "", (dx,))

    __radd__, __rmul__ = __add__, __mul__
    __rsub__, __rtruediv__, __rpow__ = reflected(__sub__), reflected(__truediv__), reflected(__pow__)

    # What else Python expects of a number.

    def __pos__(self) -> Value:
        return self

    def __lt__(self, other: Value | float) -> bool:
        return self.data < other  # where other is a Value, Python goes on to ask other > self.data

    def __le__(self, other: Value | float) -> bool:
        return self.data <= other

    def __gt__(self, other: Value | float) -> bool:
        return self.data > other

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= other

    def __float__(self) -> float:
        return float(self.data)

    def __int__(self) -> int:
        return int(self.data)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


def dot(xs: Iterable[Value | float], ws: Iterable[Value | float], bias: Value | float = 0) -> Value:
    """x1 w1 + x2 w2 + ... + bias as one operation.  d/dxi = wi, d/dwi = xi, d/dbias = 1.

    >>> dot([1.0, 2.0], [Value(3.0), Value(4.0)], bias=0.5)
    Value(data=11.5, grad=0)
    """
    left = [x if isinstance(x, Value) else Value(x) for x in xs]
    right = [w if isinstance(w, Value) else Value(w) for w in ws]
    if len(left) != len(right):
        raise ShapeError(f"dot: {len(left)} inputs but {len(right)} weights; give one weight for each input")
    b = as_value(bias)
    x, w = [v.data for v in left], [v.data for v in right]
    return Value(sum(map(mul, x, w), b.data), (*left, *right, b), "dot", "", (*w, *x, 1))


def as_value(x: Value | float) -> Value:
    """A Value as it is, a number as a constant."""
    return x if isinstance(x, Value) else Value(x)
