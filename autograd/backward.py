"""`backward` and `grad`: what a user calls to run the sweep."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd import dtypes
from autograd.constants import one
from autograd.errors import ArgumentError, GradientError, ShapeError
from autograd.hidden import Hidden
from autograd.layout import own
from autograd.modes import current_mode, reset_mode, set_mode
from autograd.sweep import as_tensor, sweep
from autograd.tape import ACCUMULATING, AccumulateGrad, AnyNode, Cotangents, Variable, extras_of, wrap

Tensors = Any  # a tensor or a gradient edge, or a sequence of them


class GradientEdge(NamedTuple):
    """A place in the graph where a gradient flows: a node, and which of its operation's results is meant."""

    node: AnyNode
    output_nr: int = 0
    ownership_token: Any = None


def backward(
    tensors: Tensors,
    grad_tensors: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Tensors | None = None,
    inputs: Tensors | None = None,
) -> None:
    """Add the gradient of the sum of `tensors` to the `.grad` of each leaf they were computed from.

    leaf.grad += Σ_t grad_tensor_tᵀ · ∂t/∂leaf

    Args:
        tensors: one tensor or several; each a single number unless its grad_tensor is given.
        grad_tensors: the upstream gradients, of the same shapes; None stands for 1.
        retain_graph: keep what was saved, so that the graph can be swept again. Default: create_graph.
        create_graph: record the sweep, so that gradients can be differentiated again.
        grad_variables: an older name of grad_tensors.
        inputs: write to the `.grad` of these tensors alone.

    Raises:
        GradientError: if a tensor needs no gradient, or is not a single number and has no grad_tensor.
        ShapeError: if a grad_tensor has another shape than its tensor.
        GraphFreedError, InPlaceError, AnomalyError: if the graph cannot be swept.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    if grad_variables is not None:
        if grad_tensors is not None:
            raise ArgumentError("backward: grad_variables is an older name of grad_tensors; pass one of them")
        grad_tensors = grad_variables
    outputs = _several("backward", tensors)
    roots = _roots("backward", outputs, _gradients("backward", outputs, grad_tensors), create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        found = sweep(roots, retain, create_graph, None, True)
        _accumulate(found, None, create_graph)
    else:
        chosen = _several("backward", tuple(inputs.values()) if isinstance(inputs, Mapping) else inputs)
        if not chosen:
            raise ArgumentError("backward: inputs is empty; leave it out to reach every leaf")
        targets = [_target("backward", i, t)[0] for i, t in enumerate(chosen)]
        places = {
            node: _end(node, t) for node, t in zip(targets, chosen, strict=True)
        }  # a tensor may be given twice
        found = sweep(roots, retain, create_graph, targets, True)
        _accumulate(found, places, create_graph)


def _accumulate(
    found: dict[Any, Any], places: dict[AnyNode, AccumulateGrad] | None, create_graph: bool
) -> None:
    """Add what the sweep found to the leaves, then run the hooks that wait for it.

    places:  where the gradient of each node is kept; None where all are leaves, which keep their own
    """
    hooked: list[AccumulateGrad] = []
    shown: dict[AccumulateGrad, Any] = {}
    ACCUMULATING.acquire()
    try:
        for node in [*found] if places is None else places:
            leaf: Any = node
            if places is not None:
                leaf = places[node]
                if node not in found or (node.extras is not None and node.extras.retained is leaf):
                    continue  # the sweep wrote it
            if leaf.extras is not None:
                hooked.append(leaf)
                if leaf.extras.node_hooks:
                    shown[leaf] = as_tensor(found[node])
            leaf.accumulate(found.pop(node))
    finally:
        ACCUMULATING.release()
    if not hooked:
        return
    mode = set_mode(current_mode().but(grad=create_graph))
    try:
        for leaf in hooked:
            extras = extras_of(leaf)
            for after in tuple(extras.post_hooks.values()):
                after()
            for hook in tuple(extras.node_hooks.values()) if leaf in shown else ():
                hook((), (shown[leaf],))
    finally:
        reset_mode(mode)


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """Return the gradient of the sum of `outputs` with respect to each of `inputs`; no `.grad` is touched.

    Args:
        outputs, grad_outputs, retain_graph, create_graph: as for `backward`.
        inputs: one tensor or several, leaves or results; for a dict of tensors a dict is returned.
        only_inputs: an argument of old programs; gradients of others are never computed.
        allow_unused: give None for an input that the outputs do not depend on, instead of an error.
        is_grads_batched: the first dimension of each of grad_outputs counts a batch; so does that of each result.
        materialize_grads: give zeros for an input that the outputs do not depend on (with create_graph a leaf, so that
            it can be differentiated as the others can).

    Raises: as `backward`, and
        GradientError: if the outputs do not depend on an input.

    >>> import autograd
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> (first,) = grad(x**3, x, create_graph=True)
    >>> (second,) = grad(first, x)
    >>> first.item(), second.item()
    (27.0, 18.0)
    """
    if materialize_grads and allow_unused is False:
        raise ArgumentError(
            "grad: materialize_grads=True needs allow_unused=True (or leave allow_unused out)"
        )
    if not only_inputs:
        raise ArgumentError("grad: only_inputs=False is not supported; use backward() to write to every leaf")
    if isinstance(inputs, Mapping):
        found = grad(
            outputs,
            tuple(inputs.values()),
            grad_outputs,
            retain_graph,
            create_graph,
            only_inputs,
            allow_unused,
            is_grads_batched,
            materialize_grads,
        )
        return dict(zip(inputs, found, strict=True))
    given = _several("grad", outputs)
    chosen = _several("grad", inputs)
    if not chosen:
        raise ArgumentError("grad: inputs is empty; name the tensors to differentiate by")
    gradients = _gradients("grad", given, grad_outputs)
    retain = create_graph if retain_graph is None else retain_graph
    rules = create_graph, allow_unused is True, materialize_grads
    if is_grads_batched:
        return _batched(given, chosen, gradients, retain, *rules)
    return _grad(given, chosen, gradients, retain, *rules)


def _grad(
    outputs: Sequence[Any],
    inputs: Sequence[Any],
    gradients: Sequence[Any],
    retain_graph: bool,
    create_graph: bool,
    allow_unused: bool,
    materialize: bool,
) -> tuple[Any, ...]:
    roots = _roots("grad", outputs, gradients, create_graph)
    targets = [_target("grad", i, t) for i, t in enumerate(inputs)]
    found = sweep(roots, retain_graph, create_graph, [node for node, _ in targets])
    last = {node: i for i, (node, _) in enumerate(targets)}  # an input may be given twice
    results: list[Any] = []
    for i, ((node, number), t) in enumerate(zip(targets, inputs, strict=True)):
        gradient = found.pop(node, None) if last[node] == i else found.get(node)
        if isinstance(gradient, tuple):
            gradient = gradient[number]
        if gradient is None:
            shape = _shape(node, number)
            if materialize:
                kind = t.array.dtype if isinstance(t, Variable) else None
                zeros = wrap(np.zeros(shape, kind))
                results.append(zeros.requires_grad_() if create_graph else zeros)
            elif allow_unused:
                results.append(None)
            else:
                raise GradientError(
                    f"grad: the outputs do not depend on inputs[{i}], of shape {shape}; pass "
                    "allow_unused=True to get None for it, or materialize_grads=True to get zeros"
                )
        elif isinstance(gradient, Hidden):
            results.append(gradient)
        elif create_graph:
            results.append(gradient if isinstance(gradient, Variable) else wrap(np.array(gradient)))
        else:
            kind = t.array.dtype if isinstance(t, Variable) else gradient.dtype
            results.append(wrap(own(gradient, kind, names=1)))
    return tuple(results)


def _batched(
    outputs: Sequence[Any], inputs: Sequence[Any], gradients: Sequence[Any], retain_graph: bool, *rules: bool
) -> tuple[Any, ...]:
    """One sweep for a whole batch of upstream gradients, mapped over its first dimension."""
    from autograd.batching.vmap import vmap  # it stands above: it needs the operations

    if any(g is None for g in gradients):
        raise ArgumentError("grad: is_grads_batched=True needs grad_outputs for each of the outputs")
    given = [as_tensor(g) for g in gradients]
    sizes = {len(g.array) if g.array.ndim else 0 for g in given}
    if len(sizes) != 1 or 0 in sizes:
        raise ShapeError(
            f"grad: with is_grads_batched=True the first dimension of each of grad_outputs counts the same batch, "
            f"of at least one element; got shapes {[g.array.shape for g in given]}"
        )
    reached: list[bool] = []

    def found(*element: Any) -> tuple[Any, ...]:
        results = _grad(outputs, inputs, element, retain_graph, *rules)
        reached[:] = [r is not None for r in results]
        return tuple(r for r in results if r is not None)

    batches = iter(vmap(found)(*given))
    return tuple(next(batches) if there else None for there in reached)


def _several(what: str, tensors: Tensors) -> tuple[Any, ...]:
    """One or several tensors or gradient edges, as a tuple."""
    if isinstance(tensors, Variable):
        return (tensors,)
    several = (tensors,) if isinstance(tensors, (GradientEdge, Hidden)) else tensors
    if not isinstance(several, Sequence) and not hasattr(several, "__iter__"):
        raise ArgumentError(f"{what}: needs a tensor or a sequence of tensors, got {type(tensors).__name__}")
    several = tuple(several)
    for t in several:
        if isinstance(t, Hidden):
            raise GradientError(
                f"{what}: not inside a function that vmap maps; use autograd.func.grad there, or {what}() on "
                "what vmap returns"
            )
        if not isinstance(t, (Variable, GradientEdge)):
            raise ArgumentError(f"{what}: needs tensors, got {type(t).__name__}")
    return several


def _gradients(what: str, tensors: Sequence[Any], gradients: Tensors | None) -> tuple[Any, ...]:
    if gradients is None:
        return (None,) * len(tensors)
    given = tuple(gradients) if isinstance(gradients, (tuple, list)) else (gradients,)
    if len(given) != len(tensors):
        raise GradientError(
            f"{what}: got {len(tensors)} tensors but {len(given)} gradients; pass one for each, or None for 1"
        )
    return given


def _shape(node: AnyNode, number: int) -> tuple[int, ...]:
    """The shape of one of a node's results."""
    facts = None if node.extras is None or node.shape is not None else node.extras.outputs[number]
    return node.shape or () if facts is None else facts[0]


def _roots(
    what: str, tensors: Sequence[Any], gradients: Sequence[Any], create_graph: bool
) -> list[tuple[AnyNode, Any]]:
    """Where the sweep starts: each tensor's node and its upstream gradient, checked."""
    roots: list[tuple[AnyNode, Any]] = []
    for t, g in zip(tensors, gradients):  # noqa: B905  # equal; `strict` takes as long as the rest
        if isinstance(t, GradientEdge):
            roots.append(_root_of_edge(what, t, g, create_graph))
            continue
        node = t.current_node()
        if node is None:
            raise GradientError(
                f"{what}: the {t.array.dtype} tensor of shape {t.array.shape} does not require a gradient and has no "
                "grad_fn. Create the tensors it should be differentiated by with requires_grad=True, and compute it "
                "outside no_grad() and without detach()."
            )
        if g is None:
            if t.array.size != 1:
                raise GradientError(
                    f"{what}: a gradient can be left out only for a single number, but the tensor has shape "
                    f"{t.array.shape}. Reduce it first, with .sum() or .mean(), or pass a gradient of that shape."
                )
            gradient: Any = one(t.array.dtype) if t.array.ndim == 0 else np.ones(t.array.shape, t.array.dtype)
        else:
            gradient = g if isinstance(g, Hidden) else g.array if isinstance(g, Variable) else np.asarray(g)
            if gradient.shape != t.array.shape:
                raise ShapeError(
                    f"{what}: the gradient has shape {gradient.shape}, its tensor {t.array.shape}; they must be equal"
                )
            if gradient.dtype != t.array.dtype:
                if np.dtype(gradient.dtype).kind not in "fiub":
                    raise ArgumentError(f"{what}: gradients are tensors or None, got {type(g).__name__}")
                gradient, g = gradient.astype(t.array.dtype), None
        if create_graph:
            roots.append((node, g if isinstance(g, Variable) else as_tensor(gradient)))
        else:
            roots.append((node, gradient))
    return roots


def _root_of_edge(what: str, edge: GradientEdge, g: Any, create_graph: bool) -> tuple[AnyNode, Any]:
    """Where the sweep starts, for a gradient edge."""
    shape = _shape(edge.node, edge.output_nr)
    if g is None:
        if shape != () and shape != (1,) * len(shape):
            raise GradientError(
                f"{what}: a gradient can be left out only for a single number, but the edge has shape {shape}"
            )
        g = wrap(np.ones(shape, dtypes.default_dtype()))
    given: Any = g if isinstance(g, (Variable, Hidden)) else wrap(np.asarray(g))
    if tuple(given.shape) != shape:
        raise ShapeError(
            f"{what}: the gradient has shape {tuple(given.shape)}, its edge {shape}; they must be equal"
        )
    gradient = given if create_graph or isinstance(given, Hidden) else given.array
    return edge.node, gradient if edge.node.shape is not None else Cotangents({edge.output_nr: gradient})


def _target(what: str, i: int, t: Any) -> tuple[AnyNode, int]:
    """The node whose gradient is asked for, and of which of its results."""
    if isinstance(t, GradientEdge):
        return t.node, t.output_nr
    node: AnyNode | None = t.current_node()
    if node is None:
        raise GradientError(
            f"{what}: inputs[{i}], of shape {t.array.shape}, does not require a gradient; "
            "create it with requires_grad=True"
        )
    return node, 0


def _end(node: AnyNode, t: Any) -> AccumulateGrad:
    """Where the tensor's `.grad` is kept."""
    if isinstance(t, GradientEdge):
        if isinstance(node, AccumulateGrad):
            return node
        raise GradientError(
            f"backward: {node.name()} is no leaf, so a gradient edge to it has no .grad; pass its tensor, or use grad()"
        )
    if t.leaf is None:
        t.leaf = AccumulateGrad(t.array.shape, t.array.dtype)
        t.leaf.owner = weakref.ref(t)
    return t.leaf  # type: ignore[no-any-return]  # t is any tensor
