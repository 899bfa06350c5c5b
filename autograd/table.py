"""The table itself: what a primitive and a derivative are, and the registry of them all."""

from __future__ import annotations

import functools
import inspect
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from operator import itemgetter
from types import MappingProxyType
from typing import Annotated, Any, ParamSpec, TypeVar, get_args

from autograd.errors import ArgumentError

P = ParamSpec("P")
R = TypeVar("R")

Array = Annotated[Any, "array"]
"""An array argument of a primitive: an ndarray in the body; a Tensor, ndarray or number for the caller."""

Arrays = Annotated[Sequence[Any], "arrays"]
"""An argument that is a sequence of arrays."""

_PACKAGES = ("autograd.kernels", "autograd.linalg", "autograd.ops")
"""Packages that have primitives in their modules, of which `import autograd` loads only a part."""

_REGISTRY: dict[str, Primitive] = {}
_NUMPY: dict[Any, Callable[..., Any]] = {}
_ALIASES = {
    "axis": "dim", "keepdims": "keepdim", "dim": "dims", "axis0": "dim0", "axis1": "dim1",
    "exponent": "y", "tensor": "x",
}  # fmt: skip


def _kind(annotation: Any) -> str:
    """What an annotation means, "Array" or "Arrays", also with `| None`, as text or evaluated."""
    if annotation == "Array":
        return "Array"
    if isinstance(annotation, str):
        return annotation.split(" |")[0].split(".")[-1]
    for name, alias in (("Array", Array), ("Arrays", Arrays)):
        if annotation == alias or alias in get_args(annotation):
            return name
    return ""


class Derivative:
    """One formula of the table: how a gradient passes to one argument (or one element of a sequence)."""

    __slots__ = ("count", "element", "formula", "names", "parameter")

    def __init__(
        self, parameter: str, formula: Callable[..., Any], names: tuple[str, ...], element: int | None = None
    ) -> None:
        self.parameter = parameter
        self.formula = formula
        self.names = names  # what the formula takes after g
        self.count = len(names)
        self.element = element

    def __repr__(self) -> str:
        return f"<derivative for '{self.parameter}' from {self.names}>"


class Primitive:
    """An operation of the table.

    name, forward:  what it is called, and its body on raw arrays
    parameters:     all parameter names, with `defaults` for those that have one
    arrays:         the array parameters; `sequences` are those that take a sequence of arrays
    derivatives:    parameter -> its formula, or None where it is not differentiable
    cast:           "promote" brings the arguments to their common dtype, "float" integers to the default as well,
                    "same" refuses different ones
    recover:        argument -> what makes it of residuals, for the reference, so that it need not be saved
    view:           whether the result may share memory with the first argument
    hint:           what to do about shapes that do not fit
    several:        whether the body returns several results; a formula's g and out are then tuples
    materialize:    whether g holds zeros for those of several results that no gradient came to, rather than None
    quiet:          whether the body is run without NumPy's floating-point warnings
    c_order:        whether the result is brought into C order, as PyTorch's is however the arguments lie in memory
    broadcasts:     whether what a formula returns may have to be summed back to its argument's shape
    flat:           whether derivatives have one of 0 by their arguments, rather than none
    function:       the lifted function that users call
    title:          its node's name, as PyTorch writes it
    keeps:          whether its formulas name arrays, which a sweep frees
    selects:        whether it only stands for one of another operation's results
    leading:        with how many of the first values that are saved a joint backward is called; 0 if it asks for more,
                    or if only one is saved, which is in no tuple
    """

    selects = False
    leading = 0

    def __init__(
        self,
        forward: Callable[..., Any],
        formulas: Mapping[str, Callable[..., Any] | None],
        cast: str | None = None,
        view: bool = False,
        joint: Callable[..., Any] | None = None,
        reference: Callable[..., Any] | None = None,
        recover: Mapping[str, Callable[..., Any]] | None = None,
        residuals: tuple[str, ...] = (),
        hint: str = "",
        several: bool = False,
        materialize: bool = True,
        quiet: bool = True,
        ufunc: Any = None,
        c_order: bool = False,
        broadcasts: bool = True,
        flat: bool = False,
    ) -> None:
        self.name = forward.__name__.strip("_")
        self.title = self.name.title().replace("_", "") + "Backward0"
        self.forward = forward if ufunc is None else ufunc
        self.several = several
        self.materialize = materialize
        self.quiet = quiet
        self.c_order = c_order
        self.broadcasts = broadcasts and joint is None
        self.flat = flat
        self.cast = cast
        self.view = view
        self.joint = joint
        self.reference = reference
        self.recover = {a: (f, _parameters(f)) for a, f in recover.items()} if recover else {}
        self.residuals = residuals
        self.hint = hint
        self.function: Callable[..., Any] = forward
        self.parameters = _parameters(forward)
        self.positions = {name: i for i, name in enumerate(self.parameters)}
        self.tail = forward.__defaults__ or ()  # of the last parameters
        self.defaults = dict(
            zip(self.parameters[len(self.parameters) - len(self.tail) :], self.tail, strict=True)
        )
        annotations = forward.__annotations__
        kinds = [(n, _kind(annotations[n]) if n in annotations else "Array") for n in self.parameters]
        self.sequences = frozenset([n for n, kind in kinds if kind == "Arrays"])
        self.arrays = tuple([n for n, kind in kinds if kind in ("Array", "Arrays")])
        self.derivatives: dict[str, Derivative | None] = {}
        self.takers: dict[str, Any] = {}
        self.elements: dict[tuple[str, int], Derivative] = {}  # of sequences: a derivative for each element
        self._declare(formulas)
        self._plan_saving()

    def _declare(self, formulas: Mapping[str, Callable[..., Any] | None]) -> None:
        """Fill in the derivatives; an argument that was forgotten or a name that means nothing is an error."""
        if not formulas.keys() <= set(self.arrays):
            raise TypeError(
                f"@primitive {self.name}: {sorted(set(formulas) - set(self.arrays))} are not array arguments of "
                f"{self.parameters}"
            )
        if self.joint is not None:
            asked = self.joint_names = self._names_of(self.joint)
            wanted = (
                [n for n in self.parameters if n not in self.recover] if self.reference is not None else []
            )
            names = tuple(dict.fromkeys((*(n for n in asked if n != "needs"), *wanted)))
            differentiable = [a for a in self.arrays if formulas.get(a, True) is not None]
            for i, a in enumerate(differentiable):
                self.derivatives[a] = Derivative(a, lambda gradients, *_, i=i: gradients[i], names)
            if names[: len(asked)] == asked and len(names) > 1:
                self.leading = len(asked)
        for a in self.arrays:
            if a in self.derivatives:
                continue
            if a not in formulas:
                raise TypeError(
                    f"@primitive {self.name}: array argument '{a}' needs a formula, or None if not differentiable"
                )
            formula = formulas[a]
            self.derivatives[a] = None if formula is None else Derivative(a, formula, self._names_of(formula))

    def _names_of(self, formula: Callable[..., Any]) -> tuple[str, ...]:
        """What a formula takes after g.

        Raises:
            TypeError: if it does not take g first, or asks for what there is not.
        """
        first, *names = _parameters(formula)
        unknown = [
            n for n in names if n not in self.positions and n not in ("out", "i", "needs", *self.residuals)
        ]
        if first != "g" or unknown:
            facts = {f"{a}_{fact}" for a in self.arrays for fact in ("shape", "dtype")}
            if first != "g" or not facts.issuperset(unknown):
                known = {"out", "i", "needs", *self.parameters, *facts, *self.residuals}
                raise TypeError(
                    f"@primitive {self.name}: a formula takes g first and then names among {sorted(known)}; "
                    f"got ({', '.join((first, *names))})"
                )
        return tuple(names)

    def _plan_saving(self) -> None:
        """Prepare to take what each formula names out of (result, arguments, residuals, facts)."""
        order = ["out", *self.parameters, *self.residuals]
        n_arrays = len(order)
        for a in self.arrays:
            if a not in self.sequences:
                order += f"{a}_shape", f"{a}_dtype"
        arrays = {"out", *self.arrays, *self.residuals}
        self.saves_facts = self.keeps = False
        for name, d in self.derivatives.items():
            indices = [order.index(n) for n in d.names if n in order] if d is not None else []
            self.takers[name] = itemgetter(*indices) if indices else _nothing
            if indices and max(indices) >= n_arrays:
                self.saves_facts = True
            if d is not None and not arrays.isdisjoint(d.names):
                self.keeps = True

    @property
    def differentiable(self) -> tuple[str, ...]:
        """The array arguments that have a derivative."""
        return tuple(a for a in self.arrays if self.derivatives[a] is not None)

    def bind(self, args: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
        """All arguments in the order of the parameters.

        `axis` and `keepdims` stand for `dim` and `keepdim`, `input` and `other` for the first two array arguments,
        and PyTorch's name for an argument for the one the formulas have for it (`exponent` for the `y` of `pow`).
        """
        parameters, count = self.parameters, len(args)
        if not named and count == len(parameters):
            return list(args)
        values = dict(zip(parameters, args, strict=False))
        for name, value in named.items():
            key = name if name in self.positions else _ALIASES.get(name, name)
            if (
                key not in self.positions
                and key in ("input", "other")
                and len(self.arrays) > (key == "other")
            ):
                key = self.arrays[key == "other"]
            if key not in self.positions or key in values:
                problem = "got twice" if key in self.positions else "is not one of its arguments"
                raise ArgumentError(f"{self.name}: '{name}' {problem}; it takes ({', '.join(parameters)})")
            values[key] = value
        if count > len(parameters) or any(p not in values and p not in self.defaults for p in parameters):
            missing = [p for p in parameters if p not in values and p not in self.defaults]
            problem = f"missing {missing}" if missing else f"{count} arguments are too many"
            raise ArgumentError(f"{self.name}: {problem}; it takes ({', '.join(parameters)})")
        return [values[p] if p in values else self.defaults[p] for p in parameters]

    def __repr__(self) -> str:
        formulas = ", ".join(f"{a}: {d.names if d else None}" for a, d in self.derivatives.items())
        return f"<primitive {self.name} {{{formulas}}}>"


def presented_as(function: Callable[P, R], call: Any) -> Callable[P, R]:
    """Give `call` the name, the text and the signature of `function`: `functools.wraps`, in a third of its time."""
    call.__module__ = function.__module__
    call.__name__ = function.__name__
    call.__qualname__ = function.__qualname__
    call.__doc__ = function.__doc__
    call.__annotations__ = function.__annotations__
    call.__dict__.update(function.__dict__)
    call.__wrapped__ = function
    presented: Callable[P, R] = call
    return presented


# takes anything, keeps nothing and returns None, as a function written in C
_nothing: Callable[[Any], None] = deque[Any](maxlen=0).append


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters; read off its code, which takes a tenth of `inspect.signature`'s time.

    Raises:
        TypeError: unless it is a Python function whose parameters can all be given by position.
    """
    code = getattr(function, "__code__", None)
    if (
        code is None
        or code.co_flags & (inspect.CO_VARARGS | inspect.CO_VARKEYWORDS)
        or code.co_kwonlyargcount
    ):
        raise TypeError(
            f"@primitive: needs Python functions without *args, **kwargs and keyword-only arguments, got {function!r}"
        )
    return code.co_varnames[: code.co_argcount]  # type: ignore[no-any-return]  # of any callable


def register(p: Primitive, numpy: tuple[Any, ...]) -> None:
    """Enter a primitive in the table, and as the meaning of NumPy functions on a tensor."""
    _REGISTRY[p.name] = p
    _NUMPY.update((function, p.function) for function in numpy)


def registry() -> Mapping[str, Primitive]:
    """Every primitive of the table, by name (read-only).

    >>> sorted(registry()["mul"].derivatives)
    ['x', 'y']
    >>> registry()["relu"].derivatives["x"].names
    ('out',)
    """
    _load_all()
    return MappingProxyType(_REGISTRY)


@functools.cache
def _load_all() -> None:
    """Load what `import autograd` leaves out of the table, once."""
    from pkgutil import iter_modules

    for package in map(import_module, _PACKAGES):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def in_table(p: Primitive) -> bool:
    """Whether a primitive is an entry of the table, rather than made for one node."""
    return _REGISTRY.get(p.name) is p


def implements(*functions: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a composite the meaning of NumPy functions when they are called on a tensor."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        for f in functions:
            _NUMPY[f] = function
        return function

    return register


def numpy_functions() -> Mapping[Any, Callable[..., Any]]:
    """NumPy function -> the function of the table that it means on a tensor (read-only)."""
    return MappingProxyType(_NUMPY)
