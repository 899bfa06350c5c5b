"""A hook on several tensors at once: it waits until a sweep has computed all their gradients, or the first of them.

`autograd.graph.register_multi_grad_hook` hangs a `Part` on each tensor; `sweep` hands it the gradient and says what
else it will reach. What has come in is kept with the sweep, so threads do not meet, and a sweep that fails leaves
nothing behind.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

from autograd.tape import AnyNode, reachable

Run = tuple[dict[Any, Any], "set[AnyNode] | None", "dict[Together, dict[int, Any]]"]
"""One sweep: the nodes that wait for their turn, the nodes it is limited to (None for all), and the gradients that each
`Together` has got so far.
"""


class Together:
    """The hook of several tensors, which it does not keep alive."""

    def __init__(self, nodes: Sequence[AnyNode], hook: Callable[[Any], None], first_only: bool) -> None:
        self.nodes = [weakref.ref(node) for node in nodes]
        self.hook = hook
        self.first_only = first_only

    def receive(self, index: int, gradient: Any, run: Run) -> None:
        """Take the gradient of one tensor; call the hook if that was all it waits for."""
        waiting, needed, found = run
        if self.first_only:
            if self not in found:
                found[self] = {}
                self.hook(gradient)
            return
        if self not in found:
            this: Any = self.nodes[index]()
            reached = set(reachable([*waiting, this]))  # the first to be reached: all others come later
            if needed is not None:
                reached &= needed
            found[self] = {i: None for i, node in enumerate(self.nodes) if node() in reached}
        gradients = found[self]
        gradients[index] = gradient
        if all(g is not None for g in gradients.values()):
            self.hook([gradients.get(i) for i in range(len(self.nodes))])


class Part:
    """One tensor's place in a `Together`."""

    def __init__(self, whole: Together, index: int) -> None:
        self.whole = whole
        self.index = index

    def receive(self, gradient: Any, run: Run) -> None:
        """Take the tensor's gradient in a sweep."""
        self.whole.receive(self.index, gradient, run)
