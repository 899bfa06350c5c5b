"""The table of batching rules, complete: every family's rules assigned, and what has none, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.batching import (
    rules_attention,
    rules_conv,
    rules_embedding,
    rules_index,
    rules_linalg,
    rules_losses,
    rules_norm,
    rules_order,
    rules_products,
    rules_recurrent,
    rules_shape,
    rules_windows,
)
from autograd.batching.rules import along_dim, assign_families, batches, line_up, over_dims
from autograd.hidden import Rule
from autograd.kernels import softmax
from autograd.ops import activation, extremum, order, rank, reduce, scan, variance

__all__ = [
    "batching_rule", "rules_attention", "rules_conv", "rules_embedding", "rules_index", "rules_linalg",
    "rules_losses", "rules_norm", "rules_order", "rules_products", "rules_recurrent", "rules_shape",
    "rules_windows",
]  # fmt: skip

batches(
    reduce.sum_, reduce.mean_, reduce.prod_, variance.var_, variance.std_, reduce.norm_, reduce.all, reduce.any,
    reduce.count_nonzero, extremum.amax, extremum.amin, extremum.argmax, extremum.argmin, softmax.logsumexp_,
    rank.median_, rank.argmedian, rank.argkth, rank.argmode,
)(over_dims)  # fmt: skip

batches(
    softmax.softmax_,
    softmax.log_softmax_,
    scan.cumsum_,
    scan.cumprod_,
    scan.logcumsumexp_,
    scan.latest,
    order.argsort,
    order.first_of,
    activation.glu,
)(along_dim)

assign_families()


def batching_rule(function: Callable[..., Any], rule: Rule = line_up) -> None:
    """Say how vmap applies a primitive of your own: elementwise unless a rule is given.

    A rule gets (primitive, level, arguments); the arguments that differ between examples are hidden values with their
    `level`, and hold all examples in their `value`, first dimension first. It returns such a whole value.

    >>> import autograd
    >>> @autograd.primitive(x=lambda g, x: g * 3 * x * x)
    ... def cube(x):
    ...     return x * x * x
    >>> batching_rule(cube)
    >>> autograd.vmap(cube)(autograd.tensor([1.0, 2.0]))
    tensor([1., 8.])
    """
    batches(function)(rule)
