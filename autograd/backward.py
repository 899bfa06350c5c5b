"""`backward` and `grad`: what a user calls to run the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.constants import one
from autograd.errors import ArgumentError, GradientError, ShapeError
from autograd.sweep import own, sweep
from autograd.tape import ACCUMULATING, AccumulateGrad, AnyNode, Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

Tensors = Any  # a tensor or a sequence of them


def backward(
    tensors: Tensors,
    grad_tensors: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensors | None = None,
) -> None:
    """Add the gradient of the sum of `tensors` to the `.grad` of each leaf they were computed from.

    leaf.grad += Σ_t grad_tensor_tᵀ · ∂t/∂leaf

    Args:
        tensors: one tensor or several; each a single number unless its grad_tensor is given.
        grad_tensors: the upstream gradients, of the same shapes; None stands for 1.
        retain_graph: keep what was saved, so that the graph can be swept again. Default: create_graph.
        create_graph: record the sweep, so that gradients can be differentiated again.
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
    roots = _roots("backward", _several(tensors), _gradients(tensors, grad_tensors), create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    ends: list[tuple[AnyNode, Any]]
    if inputs is None:
        found = sweep(roots, retain, create_graph)
        ends = [(leaf, leaf) for leaf in found]
    else:
        chosen = _several(inputs)
        if not chosen:
            raise ArgumentError("backward: inputs is empty; leave it out to reach every leaf")
        targets = [_target("backward", i, t) for i, t in enumerate(chosen)]
        found = sweep(roots, retain, create_graph, targets)
        leaves = {
            node: _end(t) for node, t in zip(targets, chosen, strict=True)
        }  # a tensor may be given twice
        ends = [(node, leaf) for node, leaf in leaves.items() if node in found]
    with ACCUMULATING:
        for node, leaf in ends:
            if create_graph:
                leaf.accumulate(found.pop(node))
            else:
                leaf.accumulate(own(found.pop(node), leaf.dtype))
    for _, leaf in ends:
        if leaf.extras is not None:
            for hook in tuple(leaf.extras.post_hooks.values()):
                hook()


def grad(
    outputs: Tensors,
    inputs: Tensors,
    grad_outputs: Tensors | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """Return the gradient of the sum of `outputs` with respect to each of `inputs`; no `.grad` is touched.

    Args:
        outputs, grad_outputs, retain_graph, create_graph: as for `backward`.
        inputs: one tensor or several, leaves or results.
        allow_unused: give None for an input that the outputs do not depend on, instead of an error.
        materialize_grads: give zeros for it.

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
    chosen = _several(inputs)
    roots = _roots("grad", _several(outputs), _gradients(outputs, grad_outputs), create_graph)
    targets = [_target("grad", i, t) for i, t in enumerate(chosen)]
    retain = create_graph if retain_graph is None else retain_graph
    found = sweep(roots, retain, create_graph, targets)
    results: list[Any] = []
    for i, (node, t) in enumerate(zip(targets, chosen, strict=True)):
        if node not in found:
            if materialize_grads:
                results.append(wrap(np.zeros_like(t.array)))
            elif allow_unused:
                results.append(None)
            else:
                raise GradientError(
                    f"grad: the outputs do not depend on inputs[{i}], of shape {t.array.shape}; pass "
                    "allow_unused=True to get None for it, or materialize_grads=True to get zeros"
                )
        elif create_graph:
            gradient = found[node]
            results.append(gradient if isinstance(gradient, Variable) else wrap(np.array(gradient)))
        else:
            results.append(wrap(own(np.array(found[node]), t.array.dtype)))
    return tuple(results)


def _several(tensors: Tensors) -> tuple[Any, ...]:
    return (tensors,) if isinstance(tensors, Variable) else tuple(tensors)


def _gradients(tensors: Tensors, gradients: Tensors | None) -> tuple[Any, ...]:
    if gradients is None:
        return (None,) if isinstance(tensors, Variable) else (None,) * len(tuple(tensors))
    given = _several(gradients) if isinstance(gradients, (Variable, tuple, list)) else (gradients,)
    if len(given) != len(_several(tensors)):
        raise ArgumentError(f"backward: {len(_several(tensors))} tensors but {len(given)} gradients")
    return given


def _roots(
    what: str, tensors: Sequence[Any], gradients: Sequence[Any], create_graph: bool
) -> list[tuple[AnyNode, Any]]:
    """Where the sweep starts: each tensor's node and its upstream gradient, checked."""
    roots: list[tuple[AnyNode, Any]] = []
    for t, g in zip(tensors, gradients, strict=True):
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
            gradient = one(t.array.dtype) if t.array.ndim == 0 else np.ones(t.array.shape, t.array.dtype)
        else:
            gradient = g.array if isinstance(g, Variable) else np.asarray(g)
            if gradient.shape != t.array.shape:
                raise ShapeError(
                    f"{what}: the gradient has shape {gradient.shape}, its tensor {t.array.shape}; they must be equal"
                )
            if gradient.dtype != t.array.dtype:
                gradient, g = gradient.astype(t.array.dtype), None
        if create_graph:
            roots.append((node, g if isinstance(g, Variable) else wrap(gradient)))
        else:
            roots.append((node, gradient))
    return roots


def _target(what: str, i: int, t: Any) -> AnyNode:
    node: AnyNode | None = t.current_node()
    if node is None:
        raise GradientError(
            f"{what}: inputs[{i}], of shape {t.array.shape}, does not require a gradient; "
            "create it with requires_grad=True"
        )
    return node


def _end(t: Any) -> AccumulateGrad:
    """Where the tensor's `.grad` is kept."""
    if t.leaf is None:
        t.leaf = AccumulateGrad(t.array.shape, t.array.dtype)
    return t.leaf  # type: ignore[no-any-return]  # t is any tensor
