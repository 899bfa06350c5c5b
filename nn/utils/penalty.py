"""Penalties on parameters: terms that are added to a loss to keep weights small, or few.

Regularisation keeps a model from learning the noise of its training data by heart. The ways, and where they are:

    L2 penalty          λ/2 Σ w²: small weights; with plain SGD the same as `weight_decay=λ`     l2_penalty, optim
    weight decay        w ← w − lr λ w, apart from the loss: what adaptive rules want            optim.AdamW
    L1 penalty          λ Σ |w|: many weights exactly, or nearly, 0                              l1_penalty
    elastic net         both                                                                     elastic_penalty
    dropout             activations are left out at random                                       nn.Dropout
    label smoothing     targets are not quite certain                 nn.CrossEntropyLoss(label_smoothing=0.1)
    batch norm          the noise of a batch's mean and variance                                 nn.BatchNorm1d, …
    skip connections    x + f(x): the block starts near the identity, and gradients pass by      in `forward`
    gradient clipping   no step is too large                                                     clip_grad_norm_
    early stopping      the weights that did best on data that were held back                    in the loop

In a training loop:

    loss = criterion(model(x), y) + 1e-4 * l1_penalty(model)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

Biases and the scales of normalisations are usually left alone: they do not make a model complicated. So a penalty takes
the parameters with two dimensions or more; `where=` chooses others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import Tensor, ops, zeros
from autograd.errors import ArgumentError
from autograd.ops.reduce import sum_
from autograd.tape import Variable
from nn.module import Module

Parameters = Module | Tensor | Iterable[Tensor]
Where = Callable[[str, Tensor], bool] | None


def _chosen(op: str, parameters: Any, where: Where) -> list[Any]:
    """The parameters that are penalised.

    Raises:
        ArgumentError: if there are others than tensors.
    """
    if isinstance(parameters, Module):
        named = list(parameters.named_parameters())
    else:
        listed = [parameters] if isinstance(parameters, Variable) else list(parameters)
        named = [p if isinstance(p, tuple) else ("", p) for p in listed]
    for name, p in named:
        if not isinstance(p, Variable):
            raise ArgumentError(
                f"{op}: needs a module, its parameters() or its named_parameters(), got {type(p).__name__}"
                + (f" '{name}'" if name else "")
            )
    return [p for name, p in named if p.requires_grad and (p.ndim > 1 if where is None else where(name, p))]


def _total(terms: list[Any]) -> Tensor:
    """Their sum; 0 of none."""
    if not terms:
        return zeros(())
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    found: Tensor = total
    return found


def l1_penalty(parameters: Parameters, where: Where = None) -> Tensor:
    """Σ |w|, over all elements of the parameters; its gradient is sign(w), and 0 at 0 (Tibshirani, 1996).

    Args:
        parameters: a module, its `parameters()` or its `named_parameters()`.
        where: called with name ("" if there is none) and parameter, says which to penalise; if left out those with
            two dimensions or more: weights, but no biases and no scales. Frozen parameters never count.

    Returns:
        A number, with its graph.

    Raises:
        ArgumentError: if something is not a tensor.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> _ = nn.init.constant_(layer.weight, -3.0)
    >>> penalty = l1_penalty(layer)
    >>> penalty.backward()
    >>> penalty.item(), layer.weight.grad.tolist(), layer.bias.grad
    (6.0, [[-1.0, -1.0]], None)
    """
    return _total([sum_(ops.abs(p), None, False) for p in _chosen("l1_penalty", parameters, where)])


def l2_penalty(parameters: Parameters, where: Where = None) -> Tensor:
    """Σ w² / 2, over all elements of the parameters; its gradient is w (Hoerl & Kennard, 1970).

    λ · l2_penalty added to the loss is, with plain SGD, `weight_decay=λ` of the optimizer.

    Args:
        parameters: a module, its `parameters()` or its `named_parameters()`.
        where: which to penalise, see `l1_penalty`.

    Returns:
        A number, with its graph.

    Raises:
        ArgumentError: if something is not a tensor.

    >>> import autograd, nn
    >>> layer = nn.Linear(2, 1)
    >>> _ = nn.init.constant_(layer.weight, -3.0)
    >>> l2_penalty(layer).item()
    9.0
    >>> l2_penalty(layer.named_parameters(), where=lambda name, p: name == "none").item()
    0.0
    """
    return _total([sum_(ops.square(p), None, False) * 0.5 for p in _chosen("l2_penalty", parameters, where)])


def elastic_penalty(parameters: Parameters, l1_ratio: float = 0.5, where: Where = None) -> Tensor:
    """l1_ratio · Σ |w| + (1 − l1_ratio) · Σ w² / 2: the elastic net (Zou & Hastie, 2005).

    Args:
        parameters: a module, its `parameters()` or its `named_parameters()`.
        l1_ratio: the share of the L1 penalty, in [0, 1].
        where: which to penalise, see `l1_penalty`.

    Returns:
        A number, with its graph.

    Raises:
        ArgumentError: if l1_ratio is outside [0, 1], or something is not a tensor.

    >>> import autograd, nn
    >>> elastic_penalty(nn.Parameter(autograd.tensor([[2.0, -4.0]])), l1_ratio=0.25)
    tensor(9., grad_fn=<AddBackward0>)
    """
    if not 0 <= l1_ratio <= 1:
        raise ArgumentError(f"elastic_penalty: l1_ratio must be in [0, 1], got {l1_ratio}")
    chosen = _chosen("elastic_penalty", parameters, where)
    return l1_ratio * l1_penalty(chosen, _all) + (1 - l1_ratio) * l2_penalty(chosen, _all)


def _all(name: str, p: Tensor) -> bool:  # noqa: ARG001  # every filter is called alike
    return True
