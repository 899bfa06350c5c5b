"""The tape: what an operation leaves behind. It knows no operation.

Every recorded operation leaves one `Node`. A node points to the nodes of its inputs and never to its own result,
so a graph has no reference cycles and is freed the moment its last tensor is dropped. A tensor points to its node;
a leaf that requires a gradient points to an `AccumulateGrad`, which is where the gradient ends up.
"""

from __future__ import annotations

import functools
import itertools
import weakref
from _thread import allocate_lock  # threading.Lock, without the rest of threading
from collections.abc import Callable, Iterable
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.dtypes import Array
from autograd.errors import GraphFreedError
from autograd.layout import own
from autograd.storage import clock, note_write

if TYPE_CHECKING:
    from autograd.table import Derivative, Primitive
    from autograd.tensor import Tensor


_new: Any = object.__new__  # these two are asked for at every gradient
_ndarray = np.ndarray


class Variable:
    """The part of a tensor that the tape sees. `Tensor` adds the methods, and no state.

    array:    the ndarray that holds the values
    node:     what computed it, or None where no gradient is needed
    base:     for a view: (the tensor it is a view of, when its node was known to be right); else None. The tensor is
              None for `.data`, which is a view of no tensor; the time is `record.CONSTANT` for a view made inside
              no_grad()
    leaf:     where a gradient is accumulated, once there is such a place
    """

    __slots__ = ("__dict__", "__weakref__", "array", "base", "leaf", "node")

    array: Array
    node: AnyNode | None
    base: tuple[Variable | None, int] | None
    leaf: AccumulateGrad | None

    def current_node(self) -> AnyNode | None:
        """Its node; for a view whose storage was written to since, a new one that reads the base as it is now."""
        raise NotImplementedError

    def astype(self, dtype: Any) -> Any:
        """A recorded conversion to another dtype."""
        raise NotImplementedError

    def alias(self) -> Any:
        """The same values, as a node of their own."""
        raise NotImplementedError


Frames = tuple[tuple[str, int, str], ...]
"""Calls in the user's code: file, line and function of each, outermost first."""


def where(frames: Frames) -> str:
    """The calls as a traceback prints them."""
    import traceback  # on use: for error messages alone

    summaries = [traceback.FrameSummary(file, line, name) for file, line, name in frames]
    return "".join(traceback.format_list(summaries)).rstrip()


class Extras:
    """What few nodes need: hooks, a retained gradient, where the user's code made the node."""

    __slots__ = (
        "hooks",
        "materialize",
        "metadata",
        "node_hooks",
        "origin",
        "outputs",
        "packed",
        "post_hooks",
        "pre_hooks",
        "record",
        "retained",
    )

    def __init__(self) -> None:
        self.hooks: dict[int, Any] = {}  # on the tensor: gradient -> gradient or None; or a `together.Part`
        self.pre_hooks: dict[int, Callable[[Any], Any]] = {}  # on the node: (gradients,) -> gradients or None
        self.node_hooks: dict[
            int, Callable[[Any, Any], Any]
        ] = {}  # on the node, after it: (inputs', outputs')
        self.post_hooks: dict[int, Callable[[], None]] = {}  # on a leaf, once .grad is written
        self.retained: AccumulateGrad | None = None
        self.materialize = True  # whether outputs without a gradient get zeros
        self.origin: Frames = ()  # where the user's code made it, in anomaly mode
        self.record: Any = None  # what `show.record` keeps of it
        self.packed = False  # whether what it saved is in the hands of the user's hooks
        self.metadata: dict[Any, Any] = {}  # the user's own
        self.outputs: tuple[
            tuple[tuple[int, ...], np.dtype[Any]] | None, ...
        ] = ()  # of each output, where there are several; None for one that is not a tensor


class TapeNode:
    """A node of the graph: an operation (`Node`), or the place of a leaf's gradient (`AccumulateGrad`)."""

    __slots__ = ()


class Node(TapeNode):
    """One recorded operation.

    parents, derivatives, values: for each input that needs a gradient, its node, the derivative, and what the
        formula named (the value itself if it is one, a tuple if there are several); values is None once a sweep has
        freed it, and the rest stays, so that the graph can still be looked at
    shape:     of the result (None where there are several)
    broadcasts: whether a contribution may have to be summed back to its input's shape
    """

    __slots__ = (
        "__weakref__",
        "broadcasts",
        "derivatives",
        "extras",
        "parents",
        "primitive",
        "seq",
        "shape",
        "values",
    )

    primitive: Primitive
    seq: int
    parents: tuple[AnyNode, ...]
    derivatives: tuple[Derivative, ...]
    values: tuple[Any, ...] | None
    shape: tuple[int, ...] | None
    broadcasts: bool
    extras: Extras | None

    def name(self) -> str:
        """The operation's name as PyTorch writes it, such as `MulBackward0`."""
        return self.primitive.title

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for whatever the user wants to keep with the node."""
        return extras_of(self).metadata

    @property
    def freed(self) -> bool:
        """Whether a sweep has dropped what it saved, so that there is no second one through it."""
        return self.values is None

    @property
    def edges(self) -> tuple[Edge, ...]:
        """For each input that needs a gradient: (its node, the derivative, what the formula named); () once freed."""
        if self.values is None:
            return ()
        return tuple(
            (parent, d, value if d.count > 1 else (value,) if d.count else ())
            for parent, d, value in zip(self.parents, self.derivatives, self.values, strict=True)
        )

    def saved(self) -> list[tuple[tuple[str, int | None], Any]]:
        """What it saved of its inputs and its result: ((parameter, element of a sequence or None), array).

        What saved-tensor hooks have packed is not among it, and once the node is freed there is nothing.
        """
        if self.extras is not None and self.extras.packed:
            return []
        p = self.primitive
        values = {name: v for edge in self.edges for name, v in zip(edge[1].names, edge[2], strict=True)}
        tensors: list[tuple[tuple[str, int | None], Any]] = []
        for name in ("out", *p.arrays):
            if name in values and (name in p.sequences or (name == "out" and p.several)):
                tensors += [((name, i), part) for i, part in enumerate(values[name])]
            elif name in values:
                tensors.append(((name, None), values[name]))
        return tensors

    def saves(self) -> list[str]:
        """The arguments, and "out", that it saved each as one array; also once the node is freed."""
        if self.extras is not None and self.extras.packed and not self.freed:
            return []
        p, named = self.primitive, {name for d in self.derivatives for name in d.names}
        out = ["out"] if "out" in named and not p.several else []
        return out + [a for a in p.arrays if a in named and a not in p.sequences]

    def _parent_of(self, parameter: str) -> AnyNode | None:
        """The node of one of its arguments, if that needs a gradient."""
        pairs = zip(self.parents, self.derivatives, strict=True)
        return next((parent for parent, d in pairs if d.parameter == parameter), None)

    def slots(self) -> list[int | None]:
        """For each input that has a derivative, which of `parents` is its node; None where it needs no gradient."""
        p = self.primitive
        places = {(d.parameter, d.element): i for i, d in enumerate(self.derivatives)}
        found: list[int | None] = []
        for name in p.differentiable:
            if (
                name in p.sequences
            ):  # it is not on record how many elements there were after the last of these
                last = max((e for n, e in places if n == name and e is not None), default=-1)
                found += [places.get((name, i)) for i in range(last + 1)]
            else:
                found.append(places.get((name, None)))
        return found

    @property
    def next_functions(self) -> tuple[tuple[AnyNode | None, int], ...]:
        """For each input that has a derivative, its node and the number of that operation's result it was.

        (None, 0) stands for an input that needs no gradient. A sweep that frees the node leaves them as they are.
        """
        return tuple((None, 0) if i is None else seen_source(self.parents[i]) for i in self.slots())

    def register_hook(self, hook: Callable[[Any, Any], Any]) -> RemovableHandle:
        """Call `hook(grad_inputs, grad_outputs)` after this node in each sweep; it may return new grad_inputs.

        There is one gradient for each of `next_functions`, None where none is needed.
        """
        return RemovableHandle(extras_of(self).node_hooks, hook)

    def register_prehook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad_outputs)` before this node in each sweep; it may return new grad_outputs."""
        return RemovableHandle(extras_of(self).pre_hooks, hook)

    def __repr__(self) -> str:
        return f"<{self.name()} #{self.seq}>"


class SeenNode(Node):
    """A node that a program has looked at: `_saved_x` is the tensor it saved of its argument x.

    It is a class of its own because `__getattr__` makes every attribute ten times slower, and a sweep reads a dozen of
    each node.
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        """`_saved_x`, where `_saved_self` is that of the first argument and `_saved_result` the result."""
        if name.startswith("_saved_"):
            arrays, wanted = self.primitive.arrays, name.removeprefix("_saved_")
            key = {"result": "out", **dict(zip(("self", "other"), arrays, strict=False))}.get(wanted, wanted)
            if self.freed and key in self.saves():
                raise freed_value_error(self)
            for (parameter, element), array in self.saved():
                if parameter == key and element is None:
                    return wrap(array, self if key == "out" else self._parent_of(parameter))
        raise AttributeError(f"'Node' object has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        names = {"out": "result", **dict(zip(self.primitive.arrays, ("self", "other"), strict=False))}
        return [*super().__dir__(), *(f"_saved_{names.get(key, key)}" for key in self.saves())]


def freed_value_error(node: Node) -> GraphFreedError:
    """What is raised where a program asks for what a node saved, and it is freed."""
    return GraphFreedError(
        f"{node.name()}: what it saved was freed by backward; pass retain_graph=True to it"
    )


@functools.cache
def _seen_class(title: str) -> type[SeenNode]:
    """The class of the seen nodes of one operation, called as it is: programs ask for `type(y.grad_fn).__name__`."""
    return type(title, (SeenNode,), {"__slots__": (), "__module__": __name__})


def seen(node: AnyNode) -> AnyNode:
    """The node as a program sees it."""
    if type(node) is Node:
        node.__class__ = _seen_class(node.name())
    return node


ACCUMULATING = allocate_lock()
"""Held while gradients are written to leaves: threads may meet in one."""


def seen_source(node: AnyNode) -> tuple[AnyNode, int]:
    """`source` for a program to look at."""
    maker, number = source(node)
    return seen(maker), number


def source(node: AnyNode) -> tuple[AnyNode, int]:
    """The node of an operation and the number of its result, where `node` may stand for one of several results."""
    if isinstance(node, Node) and node.primitive.selects and node.values is not None:
        return node.parents[0], node.values[0]
    return node, 0


class AccumulateGrad(TapeNode):
    """The end of every path: it holds a leaf's gradient."""

    __slots__ = ("__weakref__", "dtype", "extras", "grad", "owner", "seq", "shape")

    parents: tuple[AnyNode, ...] = ()
    edges: tuple[Edge, ...] = ()

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.seq = next(clock)
        self.shape = shape
        self.grad: Tensor | None = None
        self.dtype = dtype
        self.extras: Extras | None = None
        self.owner: weakref.ref[Any] | None = None

    @property
    def variable(self) -> Tensor | None:
        """The leaf itself, while it exists: the graph does not keep it alive."""
        return None if self.owner is None else self.owner()

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for whatever the user wants to keep with the node."""
        return extras_of(self).metadata

    def register_hook(self, hook: Callable[[Any, Any], Any]) -> RemovableHandle:
        """Call `hook((), (gradient,))` after each `backward` that has added to the leaf's `.grad`."""
        return RemovableHandle(extras_of(self).node_hooks, hook)

    def register_prehook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook((gradient,))` before `backward` adds to the leaf's `.grad`; it may return another gradient."""
        return RemovableHandle(extras_of(self).pre_hooks, hook)

    def name(self) -> str:
        """The name PyTorch has for it."""
        return "AccumulateGrad"

    @property
    def next_functions(self) -> tuple[tuple[AnyNode | None, int], ...]:
        """None: it is the end."""
        return ()

    def accumulate(self, gradient: Any) -> None:
        """Add `gradient` to what is there. The result owns its memory and shares it with nothing."""
        held = self.grad
        if (
            held is None
            and type(gradient) is _ndarray
            and gradient.base is None
            and gradient.dtype is self.dtype
            and gradient.flags.c_contiguous
            and getrefcount(gradient) <= 2  # its name here, and getrefcount's own
        ):  # what `own` returns as it is
            self.grad = tensor = _new(tensor_class)
            tensor.array = gradient
            tensor.node = tensor.base = tensor.leaf = None
        elif isinstance(gradient, Variable):  # the sweep recorded itself: so does the sum
            self.grad = wrap(gradient.array.copy(), gradient.node) if held is None else held + gradient
        elif held is None:
            self.grad = wrap(own(gradient, self.dtype, names=1))
        elif held.node is not None or not held.array.flags.writeable:
            self.grad = wrap(own(held.array + gradient, self.dtype))
        else:
            np.add(held.array, gradient, out=held.array)
            bump(held)

    def __repr__(self) -> str:
        return f"<AccumulateGrad #{self.seq}>"


AnyNode = Node | AccumulateGrad
Edge = tuple[AnyNode, "Derivative", tuple[Any, ...]]


class Cotangents:
    """The gradients of one operation's several outputs, on their way to its node."""

    shape = None  # as its node's is: it is never unbroadcast

    def __init__(self, parts: dict[int, Any]) -> None:
        self.parts = parts

    def __add__(self, other: Cotangents) -> Cotangents:
        parts = dict(self.parts)
        for i, g in other.parts.items():  # an output contributes again where a formula used it
            parts[i] = parts[i] + g if i in parts else g
        return Cotangents(parts)

    def complete(self, extras: Extras) -> tuple[Any, ...]:
        """One gradient per output; for those that nothing was computed from zeros, or None if so asked."""
        return tuple(
            self.parts[i]
            if i in self.parts
            else np.zeros(*facts)
            if extras.materialize and facts is not None
            else None
            for i, facts in enumerate(extras.outputs)
        )


class RemovableHandle:
    """Returned by every `register_…hook`; `remove()` takes the hook off again."""

    _numbers = itertools.count()

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self._hooks = hooks
        self.id = next(self._numbers)
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook off."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def added(hooks: dict[int, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    """The handle of a hook that is now the last of those, or the first."""
    later = dict(hooks) if prepend else {}
    for number in later:
        del hooks[number]
    handle = RemovableHandle(hooks, hook)
    hooks.update(later)
    return handle


def extras_of(node: AnyNode) -> Extras:
    """The node's extras, made if it has none yet."""
    if node.extras is None:
        node.extras = Extras()
    return node.extras


tensor_class: Any = Variable
"""The class of results. It is `Tensor`, which stands above this module: tensor.py binds it."""


def bind(result_class: type[Variable]) -> None:
    """Make `result_class` the class of every result."""
    global tensor_class  # noqa: PLW0603  # set once, at the end of tensor.py
    tensor_class = result_class


def wrap(array: Any, node: AnyNode | None = None) -> Tensor:
    """A tensor on `array`, without a copy."""
    tensor: Tensor = object.__new__(tensor_class)
    tensor.array = array if isinstance(array, np.ndarray) else np.asarray(array)
    tensor.node = node
    tensor.base = None
    tensor.leaf = None
    return tensor


def raw(value: Any) -> Any:
    """The array of a tensor; anything else as it is."""
    return value.array if isinstance(value, Variable) else value


def bump(tensor: Variable) -> None:
    """Note an in-place write to the tensor's storage; what is outside the graph (`.data`) counts its own writes."""
    note_write(tensor.array if tensor.base is None else counted(tensor))


def counted(tensor: Variable) -> Any:
    """What the writes to a tensor are counted by: its array, or for `.data` and views of it that tensor itself."""
    base = tensor.base
    if base is None:
        return tensor.array
    if base[0] is None:
        return tensor
    return tensor.array if base[0].base is None else base[0]


def reachable(roots: Iterable[AnyNode]) -> list[AnyNode]:
    """Every node that the roots were computed from, and the roots, newest first."""
    seen = set(roots)
    stack = list(seen)
    while stack:
        for parent in stack.pop().parents:
            if parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(seen, key=lambda node: node.seq, reverse=True)
