"""The recorded graph in the user's hands: hooks on saved tensors, and gradient edges.

It has the names of `torch.autograd.graph`. How a node saves is in `saved`, what the tape is in `tape`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.backward import GradientEdge
from autograd.errors import GradientError
from autograd.modes import Mode, ModeSwitch
from autograd.saved import Hooks
from autograd.tape import TapeNode as Node
from autograd.tape import Variable, bump, source

__all__ = [
    "GradientEdge",
    "Node",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
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
    return GradientEdge(*source(node))


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
