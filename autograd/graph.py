"""The recorded graph in the user's hands: hooks on saved tensors, and gradient edges.

It has the names of `torch.autograd.graph`. How a node saves is in `saved`, what the tape is in `tape`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.backward import GradientEdge
from autograd.errors import ArgumentError, GradientError
from autograd.modes import Mode, ModeSwitch
from autograd.saved import Hooks
from autograd.tape import RemovableHandle, Variable, bump, extras_of, seen_source
from autograd.tape import TapeNode as Node
from autograd.together import Part, Together

__all__ = [
    "GradientEdge",
    "Node",
    "allow_mutation_on_saved_tensors",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]


class saved_tensors_hooks(ModeSwitch):
    """Hand each tensor that an operation saves to `pack_hook`, and what that returned to `unpack_hook` in backward.

    An operation saves what its formulas name: `registry()[name].derivatives`. The pack hook gets each in a tensor
    outside the graph, and may return anything; of that the unpack hook makes a tensor of the same shape. Under
    `create_graph` and on a retained graph, unpacking happens each time. Innermost hooks alone are used.

    Raises:
        InPlaceError: if the pack hook writes to its argument, or if a tensor that it returned as it came was written to
            before backward.
        ArgumentError: if the unpack hook returns something else than a tensor.
        ShapeError: if it returns one of another shape.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> with saved_tensors_hooks(
    ...     lambda t: t.half(), lambda h: h.float()
    ... ):  # half the memory, a little less exact
    ...     y = x.exp().sum()
    >>> y.backward()
    >>> x.grad
    tensor([2.7188, 7.3906])
    """

    def __init__(self, pack_hook: Callable[[Any], Any], unpack_hook: Callable[[Any], Any]) -> None:
        super().__init__()
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def _changed(self, mode: Mode) -> Mode:
        if mode.refusal is not None:
            raise GradientError(mode.refusal)
        return mode.but(hooks=Hooks(self.pack_hook, self.unpack_hook))


class save_on_cpu(saved_tensors_hooks):
    """Keep saved tensors on the CPU, where all tensors are: saves them as without it. `pin_memory` has no meaning."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(_as_it_is, _as_it_is)


def _as_it_is(tensor: Any) -> Any:
    return tensor


class allow_mutation_on_saved_tensors(saved_tensors_hooks):
    """Let tensors be written in place after an operation saved them: gradients are of the values as they were saved.

    Inside, each tensor that an operation saves is copied.

    Raises:
        GradientError: if it is used inside itself.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> with allow_mutation_on_saved_tensors():
    ...     y = x.exp()
    ...     z = y.log().sum()
    ...     _ = y.zero_()
    >>> z.backward()
    >>> x.grad
    tensor([1., 1.])
    """

    def __init__(self) -> None:
        super().__init__(_copy, _as_it_is)

    def _changed(self, mode: Mode) -> Mode:
        if mode.hooks is not None and mode.hooks.pack is _copy:
            raise GradientError("allow_mutation_on_saved_tensors: cannot be used inside itself")
        return super()._changed(mode)


def _copy(tensor: Any) -> Any:
    return tensor.clone()


class disable_saved_tensors_hooks(ModeSwitch):
    """Refuse `saved_tensors_hooks` inside, with this message.

    Raises:
        GradientError: when they are used inside, or when this is used inside them.
    """

    def __init__(self, error_message: str) -> None:
        super().__init__()
        self.error_message = error_message

    def _changed(self, mode: Mode) -> Mode:
        if mode.hooks is not None:
            raise GradientError(self.error_message)
        return mode.but(refusal=self.error_message)


def get_gradient_edge(tensor: Any) -> GradientEdge:
    """Return the place in the graph where the tensor's gradient flows, for `grad` and `backward` to take.

    It keeps the graph, but not the tensor's values.

    Raises:
        GradientError: if the tensor requires no gradient.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> y = x * 3
    >>> edge = get_gradient_edge(y)
    >>> autograd.grad(y * y, edge)
    (tensor(12.),)
    """
    node = tensor.current_node()
    if node is None:
        raise GradientError(
            f"get_gradient_edge: the tensor of shape {tensor.array.shape} does not require a gradient"
        )
    return GradientEdge(*seen_source(node))


class _Handles:
    """Of a hook on several tensors; `remove()` takes it off again."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = tuple(handles)

    def remove(self) -> None:
        """Take the hook off."""
        for handle in self.handles:
            handle.remove()

    def __enter__(self) -> _Handles:
        return self

    def __exit__(self, *exception: object) -> None:
        self.remove()


def register_multi_grad_hook(
    tensors: Sequence[Any], fn: Callable[[Any], None], *, mode: str = "all"
) -> _Handles:
    """Call `fn` once in each sweep that computes gradients of these tensors; its result is ignored.

    Args:
        mode: "all" calls `fn(gradients)` once all those are there that the sweep will compute, with None for each
            other tensor; "any" calls `fn(gradient)` with the first.

    Raises:
        ArgumentError: if mode is another.
        GradientError: if a tensor requires no gradient.

    >>> import autograd
    >>> a, b = autograd.tensor(2.0, requires_grad=True), autograd.tensor(3.0, requires_grad=True)
    >>> handle = register_multi_grad_hook((a, b), print)
    >>> (a * b).backward()
    [tensor(3.), tensor(2.)]
    >>> (a * 4).backward()
    [tensor(4.), None]
    >>> handle.remove()
    """
    if mode not in ("all", "any"):
        raise ArgumentError(f'register_multi_grad_hook: mode is "all" or "any", got {mode!r}')
    nodes = []
    for i, t in enumerate(tensors):
        node = t.current_node()
        if node is None:
            raise GradientError(
                f"register_multi_grad_hook: tensor {i}, of shape {t.array.shape}, does not require a gradient"
            )
        nodes.append(node)
    whole = Together(nodes, fn, mode == "any")
    return _Handles([RemovableHandle(extras_of(n).hooks, Part(whole, i)) for i, n in enumerate(nodes)])


def increment_version(tensor: Any) -> None:
    """Note an in-place write to a tensor, or to several, that was made behind the engine's back.

    >>> import autograd
    >>> x = autograd.ones(2)
    >>> x.numpy()[0] = 5.0
    >>> increment_version(x)
    >>> x._version
    1
    """
    for t in (tensor,) if isinstance(tensor, Variable) else tensor:
        bump(t)
