"""A row of the table in op_cases.py: an operation, samples of its arguments, and what it must agree with.

Everything else about an operation is checked from its row by test_ops.py: values, first and second
derivatives by finite differences with a random cotangent, strided and read-only inputs, both precisions, integers,
and PyTorch where it is installed.

    Case(ops.mul, on(Real(3, 4), Real(3, 4)), numpy=np.multiply, torch="mul", elementwise=True)
    Case(ops.sum, on(Real(3, 4)), on(Real(3, 4), dim=(0, 1), keepdim=True), on(Real(0, 3)), on(Real()), torch="sum")
    Case(ops.gather, on(Real(3, 4), 1, Whole(3, 2, high=4)), torch="gather")
    Case(ops.cat, on([Real(2, 3), Real(4, 3)], dim=0), torch="cat")

An array argument is described by a `Spec`: `Real`, `Whole`, `Mask` or `Given`; what is not a `Spec` is passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


class Spec:
    """A random array argument: `draw` makes it."""

    shape: tuple[int, ...]

    def draw(self, rng: np.random.Generator) -> Array:
        raise NotImplementedError

    def resized(self, *shape: int) -> Spec:
        """The same kind of values in another shape."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, shape=shape)
        return other

    def __repr__(self) -> str:
        return "x".join(map(str, self.shape)) or "()"


class Real(Spec):
    """Floating-point numbers, uniform in [low, high).

    Args:
        avoid: points (kinks, poles) that every value keeps a distance of 0.1 from.
        apart: the values are all different, evenly spaced in random order: no ties for max and sort.
        grid: the values are low, low + grid, low + 2 grid, …: two arrays on grids apart are nowhere equal.
        grad: whether derivatives are checked for this argument.
    """

    def __init__(
        self,
        *shape: int,
        low: float = -2.0,
        high: float = 2.0,
        avoid: tuple[float, ...] = (),
        apart: bool = False,
        grid: float = 0.0,
        grad: bool = True,
    ) -> None:
        self.shape = shape
        self.low, self.high = low, high
        self.avoid, self.apart, self.grid, self.grad = avoid, apart, grid, grad

    def draw(self, rng: np.random.Generator) -> Array:
        size = int(np.prod(self.shape))
        if self.apart:
            x = self.low + (self.high - self.low) * (rng.permutation(size) + 0.5) / max(size, 1)
        else:
            x = rng.uniform(self.low, self.high, size)
        if self.grid:
            x = self.low + self.grid * np.floor((x - self.low) / self.grid)
        for point in self.avoid:
            near = np.abs(x - point) < 0.1
            x = np.where(
                near, np.where((x >= point) | (point - 0.15 < self.low), point + 0.15, point - 0.15), x
            )
        return x.reshape(self.shape)


class Whole(Spec):
    """Integers in [low, high): indices and counts."""

    def __init__(
        self, *shape: int, low: int = 0, high: int = 5, dtype: str = "int64", distinct: bool = False
    ) -> None:
        self.shape = shape
        self.low, self.high, self.dtype, self.distinct = low, high, dtype, distinct

    def draw(self, rng: np.random.Generator) -> Array:
        if self.distinct:
            drawn = rng.choice(np.arange(self.low, self.high), self.shape, replace=False)
        else:
            drawn = rng.integers(self.low, self.high, self.shape)
        return np.asarray(drawn, self.dtype)


class Mask(Spec):
    """Booleans, true with probability `p`."""

    def __init__(self, *shape: int, p: float = 0.5) -> None:
        self.shape, self.p = shape, p

    def draw(self, rng: np.random.Generator) -> Array:
        return np.asarray(rng.random(self.shape) < self.p)


class Given(Spec):
    """This very array; derivatives are checked for it if `grad` and if it is floating point."""

    def __init__(self, values: Any, dtype: Any = None, grad: bool = True) -> None:
        self.values = np.asarray(values, dtype)
        self.shape = self.values.shape
        self.grad = grad

    def draw(self, rng: np.random.Generator) -> Array:
        return self.values.copy()


class Sample:
    """One call: positional arguments and options, in which a `Spec` stands for an array (also inside a list)."""

    def __init__(self, args: tuple[Any, ...], options: Mapping[str, Any]) -> None:
        self.args = args
        self.options = dict(options)

    def __repr__(self) -> str:
        named = (f"{k}={v}" for k, v in self.options.items())
        return ",".join((*map(str, self.args), *named)).replace(" ", "")


def on(*args: Any, **options: Any) -> Sample:
    """A sample: `on(Real(3, 4), dim=1)`."""
    return Sample(args, options)


class Case:
    """One row of the table.

    Args:
        op: the function under test: a lifted primitive, or a composite.
        samples: the calls to check it on.
        numpy: the reference on ndarrays, called with the same arguments and options.
        torch: where PyTorch has the same, as "sum" or "nn.functional.gelu"; or a function of (torch, *args, **options).
        elementwise: also check it on 0-d and empty arrays and, if it has several arguments, on shapes that broadcast.
        covers: the primitives that this row is for; by default the operation's own.
        integers: the dtypes besides floats for which values and result dtypes (or a refusal) must be PyTorch's. The
            drawn numbers are rounded.
        differentiable: whether derivatives are checked at all.
        twice: whether second derivatives are.
        tolerance: of derivatives against finite differences, relative and absolute.
        torch_tolerance: of values against PyTorch, larger where PyTorch itself is less exact.
        any_layout: whether the results are the same however the arguments lie in memory.
        name: what the tests call it; by default the operation's name.
    """

    def __init__(
        self,
        op: Callable[..., Any],
        *samples: Sample,
        numpy: Callable[..., Any] | None = None,
        torch: str | Callable[..., Any] | None = None,
        elementwise: bool = False,
        covers: tuple[str, ...] | None = None,
        integers: tuple[str, ...] = (),
        differentiable: bool = True,
        twice: bool = True,
        tolerance: float = 1e-6,
        torch_tolerance: float = 1e-11,
        any_layout: bool = True,
        name: str = "",
    ) -> None:
        if numpy is None and torch is None:
            raise TypeError(f"row {name or op.__name__}: needs a reference: numpy=, torch= or both")
        self.op = op
        self.numpy, self.torch = numpy, torch
        self.integers = integers
        self.any_layout = any_layout
        self.differentiable, self.twice = differentiable, differentiable and twice
        self.tolerance, self.torch_tolerance = tolerance, torch_tolerance
        self.name = name or op.__name__.rstrip("_")
        primitive = getattr(op, "primitive", None)
        self.covers = covers if covers is not None else (primitive.name,) if primitive is not None else ()
        self.samples = (*samples, *(_resized(samples[0]) if elementwise else ()))

    def __repr__(self) -> str:
        return self.name


def _resized(sample: Sample) -> list[Sample]:
    """An elementwise sample in other shapes: 0-d, empty, and broadcasting."""
    arrays = [i for i, a in enumerate(sample.args) if isinstance(a, Spec)]

    def in_shapes(*shapes: tuple[int, ...]) -> Sample:
        args = list(sample.args)
        for i, shape in zip(arrays, shapes, strict=False):
            args[i] = args[i].resized(*shape)
        return Sample(tuple(args), sample.options)

    several = [in_shapes(*shapes) for shapes in BROADCASTING] if len(arrays) > 1 else []
    return [in_shapes(*[()] * len(arrays)), in_shapes(*[(0, 3)] * len(arrays)), *several]


BROADCASTING: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((3, 4), (4,), (3, 1)),
    ((2, 1, 3), (4, 1), (1, 3)),
    ((), (2, 3), ()),
    ((2, 3), (), (2, 1)),
    ((1, 3), (0, 1), (3,)),
)
