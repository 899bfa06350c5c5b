"""Why a parameter got no gradient: what can be found from the graph of the loss, and from what was seen.

A backward pass with hooks on every node finds where the gradient becomes zero: an operation that gets one that is not,
and passes zeros on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd.errors import ArgumentError, GraphFreedError
from autograd.show.watching.numbers import Observation
from autograd.show.watching.tape import Tape
from autograd.sweep import sweep
from autograd.tape import AccumulateGrad, AnyNode, Cotangents, Node, Variable, reachable

Reason = Literal["frozen", "no graph", "not used", "detached", "unreached", "zero"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter without a gradient.

    reason:  frozen: its requires_grad is False; no graph: the loss has no history; not used: no operation took it;
             detached: what was computed from it was taken without its history; unreached: what was computed from it
             does not lead to the loss; zero: it has a gradient, but that is 0 everywhere
    why:     the same in words, with the operation and the line where it is known, and the fix
    """

    parameter: str
    reason: Reason
    why: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.why}"


def missing(
    parameters: Sequence[tuple[str, Any]],
    tape: Tape,
    loss: Any,
    history: Sequence[Observation],
    called: set[str],
) -> list[Missing]:
    """The parameters that get no gradient from `loss`, or got none in the last step that was seen."""
    if loss is None:
        return _from_history(parameters, tape, history, called)
    if not isinstance(loss, Variable) or loss.array.size != 1:
        got = f"shape {loss.array.shape}" if isinstance(loss, Variable) else type(loss).__name__
        raise ArgumentError(f"missing: the loss is a tensor of one number, got {got}")
    root = loss.current_node()
    if root is None:
        why = (
            "the loss has no history: it was computed inside no_grad(), or from numbers or detached tensors alone; "
            "compute it from the model's result, outside"
        )
        return [_frozen(name, p) or Missing(name, "no graph", why) for name, p in parameters]
    nodes = reachable([root])
    if any(isinstance(n, Node) and n.freed for n in nodes):
        raise GraphFreedError(
            "missing: backward has been through the graph of this loss and freed it; call missing(loss) before "
            "loss.backward(), or loss.backward(retain_graph=True)"
        )
    reached = set(nodes)
    flow = _Flow(root, nodes, np.ones(loss.array.shape, loss.array.dtype))
    found = []
    for name, p in parameters:
        frozen = _frozen(name, p)
        node = p.current_node()
        if frozen is not None:
            found.append(frozen)
        elif node not in reached:
            found.append(_unreached(name, node, tape, called))
        elif flow.is_zero(node):
            found.append(Missing(name, "zero", flow.why(node, tape)))
    return found


def _frozen(name: str, p: Any) -> Missing | None:
    if p.requires_grad:
        return None
    return Missing(name, "frozen", "frozen: its requires_grad is False; p.requires_grad_() lets it learn")


def _unreached(name: str, node: Any, tape: Tape, called: set[str]) -> Missing:
    """Why no path leads from the loss to a parameter."""
    layer = name.rpartition(".")[0]
    uses = tape.used(node.seq) if node is not None else []
    if not uses:
        if tape.operations and layer not in called:
            return Missing(
                name, "not used", f"not used: the layer '{layer}' was not called in the forward pass"
            )
        return Missing(
            name,
            "not used",
            "not used: no recorded operation took it; a forward pass that reads it by .data, .detach() or inside "
            "no_grad() leaves no history",
        )
    led_to = tape.computed_from(node.seq)
    cuts = tape.cuts(led_to)
    if cuts:
        made, taker = cuts[0]
        source = tape.operations.get(made)
        what = f"the result of {source}" if source is not None else "the parameter"
        return Missing(
            name,
            "detached",
            f"detached: {taker} took {what} without its history; leave out .detach(), .data or no_grad() there",
        )
    ends = ", ".join(str(o) for o in tape.ends(led_to)[:3])
    return Missing(
        name,
        "unreached",
        f"not in the graph of the loss: the last that was computed from it is {ends}, and the loss does not use that, "
        "or takes it by an operation without a derivative (argmax, a comparison, item(), numpy(), detach())",
    )


class _Flow:
    """One backward pass over a graph: which nodes got a gradient of zeros, and which passed zeros on."""

    def __init__(self, root: AnyNode, nodes: Sequence[AnyNode], seed: Any) -> None:
        self._upstream: dict[AnyNode, bool] = {}  # node -> whether anything but zeros came
        self._passed: dict[
            tuple[AnyNode, AnyNode], bool
        ] = {}  # (node, parent) -> whether it passed anything on
        self._takers: dict[AnyNode, list[Node]] = {}
        handles = []
        for n in nodes:
            if isinstance(n, Node):
                handles.append(n.register_hook(_Look(self, n)))
                for parent in n.parents:
                    self._takers.setdefault(parent, []).append(n)
        leaves = [n for n in nodes if isinstance(n, AccumulateGrad)]
        try:
            gradients = sweep([(root, seed)], retain_graph=True, create_graph=False, targets=leaves)
        finally:
            for handle in handles:
                handle.remove()
        self._nonzero = {n: _any(g) for n, g in gradients.items()}

    def note(self, n: Node, inputs: Any, outputs: Any) -> None:
        """What came to a node and what it passed on."""
        self._upstream[n] = any(_any(g) for g in outputs)
        slots = n.slots()
        for i, gradient in zip(slots, inputs, strict=True):
            if i is not None:
                key = n, n.parents[i]
                whole = isinstance(gradient, Cotangents) or (gradient is None and n.primitive.selects)
                self._passed[key] = self._passed.get(key, False) or whole or _any(gradient)

    def is_zero(self, leaf: AnyNode) -> bool:
        """Whether the gradient of a leaf is 0 everywhere, or there is none."""
        return not self._nonzero.get(leaf, False)

    def why(self, leaf: AnyNode, tape: Tape) -> str:
        """Where on the way from the loss to a leaf the gradient became zero."""
        blamed: dict[str, None] = {}
        seen, stack = {leaf}, [leaf]
        while stack:
            n = stack.pop()
            for taker in self._takers.get(n, ()):
                if self._upstream.get(taker, False) and not self._passed.get((taker, n), False):
                    blamed[_blame(taker, n, tape)] = None
                elif taker not in seen and not self._upstream.get(taker, False):
                    seen.add(taker)
                    stack.append(taker)
        reasons = "; ".join(list(blamed)[:3]) or "the paths to it cancel each other out"
        return f"its gradient is zero: {reasons}"


class _Look:
    """After a node has passed its gradient on."""

    def __init__(self, flow: _Flow, n: Node) -> None:
        self.flow, self.n = flow, n

    def __call__(self, inputs: Any, outputs: Any) -> None:
        self.flow.note(self.n, inputs, outputs)


def _any(gradient: Any) -> bool:
    """Whether a gradient is not zero everywhere."""
    return gradient is not None and bool(np.any(getattr(gradient, "array", gradient)))


def _blame(taker: Node, n: AnyNode, tape: Tape) -> str:
    """Why an operation passes zeros on to one of its inputs."""
    operation = tape.operations.get(taker.seq)
    where = str(operation) if operation is not None else f"'{taker.primitive.name}'"
    saved = {key[0]: array for key, array in taker.saved() if isinstance(array, np.ndarray)}
    zeros = [name for name, a in saved.items() if a.size and not a.any()]
    op = taker.primitive.name
    if op == "relu":
        return f"every unit of {where} is zero for these examples (dead): a lower learning rate, or LeakyReLU, helps"
    mine = {d.parameter for p, d in zip(taker.parents, taker.derivatives, strict=True) if p is n}
    others = [name for name in zeros if name not in mine and name != "out"]
    if op in ("mul", "matmul", "linear") and others:
        return f"{where} multiplies it by zeros ('{others[0]}' is 0 everywhere)"
    return f"{where} passes zeros on: its derivative is 0 here"


def _from_history(
    parameters: Sequence[tuple[str, Any]], tape: Tape, history: Sequence[Observation], called: set[str]
) -> list[Missing]:
    """The parameters without a gradient in the last step that was seen, and what that step says about them."""
    if not history:
        return [frozen for name, p in parameters if (frozen := _frozen(name, p)) is not None]
    last: Mapping[tuple[str, str], Observation] = {
        (row.what, row.name): row for row in history if row.step == history[-1].step
    }
    found: list[Missing] = []
    for name, p in parameters:
        frozen = _frozen(name, p)
        gradient = last.get(("parameter gradient", name))
        if frozen is not None:
            found.append(frozen)
        elif gradient is None:
            found.append(_unreached(name, p.current_node(), tape, called))
        elif gradient.norm == 0 and not gradient.nans + gradient.infinities:
            layer = last.get(("activation gradient", name.rpartition(".")[0]))
            where = (
                "no gradient comes back to its layer's result"
                if layer is None or layer.norm == 0
                else "its layer's result has a gradient, so its input was 0"
            )
            found.append(
                Missing(name, "zero", f"its gradient is zero: {where}; missing(loss) says where it becomes 0")
            )
    return found
