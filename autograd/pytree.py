"""Trees of tensors: tuples, lists and dicts, one inside the other, as functions take and return them.

A named tuple counts as a tuple and an OrderedDict as a dict; anything else, None included, is a leaf.

>>> leaves, structure = flatten({"w": 1, "b": (2, [3])})
>>> leaves, rebuilt(structure, [10, 20, 30])
([1, 2, 3], {'w': 10, 'b': (20, [30])})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from autograd.errors import ArgumentError

__all__ = ["flatten", "leaves_of", "mapped", "rebuilt", "spread_over"]


class _Leaf:
    def __repr__(self) -> str:
        return "*"


LEAF = _Leaf()
"""What stands for a leaf in a structure."""


def is_branch(tree: Any) -> bool:
    """Whether it is a tuple, a list or a dict."""
    return isinstance(tree, (tuple, list, dict))


def _like(tree: Any, children: list[Any]) -> Any:
    """A branch of the same kind with other children."""
    if isinstance(tree, dict):
        return type(tree)(zip(tree, children, strict=True))
    if hasattr(tree, "_fields"):  # a named tuple
        return type(tree)(*children)
    return tuple(children) if isinstance(tree, tuple) else children


def _children(tree: Any) -> Sequence[Any]:
    return list(tree.values()) if isinstance(tree, dict) else tree


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with `function` applied to each leaf.

    >>> mapped(lambda n: -n, {"a": (1, 2)})
    {'a': (-1, -2)}
    """
    if not is_branch(tree):
        return function(tree)
    return _like(tree, [mapped(function, child) for child in _children(tree)])


def leaves_of(tree: Any) -> Iterator[Any]:
    """Every leaf, in order."""
    if is_branch(tree):
        for child in _children(tree):
            yield from leaves_of(child)
    else:
        yield tree


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves in order, and the tree without them."""
    return list(leaves_of(tree)), mapped(lambda _: LEAF, tree)


def rebuilt(structure: Any, leaves: Sequence[Any]) -> Any:
    """The tree of this structure with these leaves."""
    rest = iter(leaves)
    return mapped(lambda _: next(rest), structure)


def spread_over(prefix: Any, tree: Any, what: str) -> list[Any]:
    """For each leaf of `tree` its value in `prefix`, a tree that ends earlier: there one value is for all below.

    Raises:
        ArgumentError: if the prefix branches where the tree does not, or otherwise.

    >>> spread_over((0, None), ([1, 2], 3), "in_dims")
    [0, 0, None]
    """
    if not is_branch(prefix):
        return [prefix for _ in leaves_of(tree)]
    if not _same_branch(prefix, tree):
        raise ArgumentError(f"{what}: {prefix!r} has not the structure of {flatten(tree)[1]!r}")
    parts = [prefix[key] for key in tree] if isinstance(tree, dict) else prefix
    pairs = zip(parts, _children(tree), strict=True)
    return [value for part, child in pairs for value in spread_over(part, child, what)]


def _same_branch(prefix: Any, tree: Any) -> bool:
    if isinstance(prefix, dict) or isinstance(tree, dict):
        return isinstance(prefix, dict) and isinstance(tree, dict) and prefix.keys() == tree.keys()
    if not is_branch(tree) or len(prefix) != len(tree):
        return False
    return isinstance(prefix, tuple) == isinstance(tree, tuple)
