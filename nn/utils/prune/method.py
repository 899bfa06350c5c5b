"""What every pruning method does: put a mask on a parameter, combine it with an earlier one, and take it off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from autograd import ones_like
from autograd.errors import ArgumentError, DimensionError, ShapeError
from nn.module import Module


class BasePruningMethod(ABC):
    """A hook that multiplies a parameter by a mask before each `forward`.

    A method of your own defines `compute_mask` and `PRUNING_TYPE`: "unstructured" chooses among the elements that are
    left, "structured" among the channels along `dim` that are left, "global" gets everything.

    >>> import autograd, nn
    >>> class Positive(BasePruningMethod):
    ...     PRUNING_TYPE = "unstructured"
    ...
    ...     def compute_mask(self, t, default_mask):
    ...         return default_mask * (t > 0)
    >>> layer = nn.Linear(1, 2)
    >>> layer.bias.data = autograd.tensor([1.0, -1.0])
    >>> method = Positive.apply(layer, "bias")
    >>> layer.bias_mask
    tensor([1., 0.])
    """

    PRUNING_TYPE: str
    _tensor_name: str | None = None

    @abstractmethod
    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Return the mask: 0 where the parameter is to be 0, and 1 elsewhere.

        Args:
            t: the importance of each element; the parameter itself unless it was given.
            default_mask: the mask so far, which the result is to respect.
        """

    def __call__(self, module: Module, inputs: Any) -> None:
        """Compute the pruned parameter before `forward`."""
        setattr(module, self._name(), self.apply_mask(module))

    def _name(self) -> str:
        if self._tensor_name is None:
            raise ArgumentError(f"{type(self).__name__}: it has not been applied to a parameter yet")
        return self._tensor_name

    def apply_mask(self, module: Module) -> Any:
        """Return mask · parameter."""
        name = self._name()
        original = getattr(module, f"{name}_orig")
        return getattr(module, f"{name}_mask").to(original.dtype) * original

    @classmethod
    def apply(
        cls, module: Module, name: str, *args: Any, importance_scores: Any = None, **kwargs: Any
    ) -> BasePruningMethod:
        """Prune a parameter by this method, on top of an earlier one if there is one.

        Args:
            module: the module.
            name: the name of the parameter.
            args, kwargs: of the method.
            importance_scores: a tensor of the parameter's shape that stands for it when the mask is computed.

        Returns:
            The hook that is now on the module.

        Raises:
            ShapeError: if the scores have another shape. Nothing has been changed then, nor if the mask fails.
        """
        method: BasePruningMethod = cls(*args, **kwargs)
        method._tensor_name = name
        tensor = getattr(module, name)
        scores = checked_scores(importance_scores, tensor)
        hooks = module._forward_pre_hooks  # noqa: SLF001  # PyTorch's name
        earlier = [
            (k, h)
            for k, h in hooks.items()
            if isinstance(h, BasePruningMethod) and h._tensor_name == name  # noqa: SLF001
        ]
        if earlier:
            number, hook = earlier[0]
            container = (
                PruningContainer(*hook) if isinstance(hook, PruningContainer) else PruningContainer(hook)
            )
            container.add_pruning_method(method)
            mask = container.compute_mask(scores, getattr(module, f"{name}_mask").detach().clone())
            del hooks[number]
            method = container
        else:
            mask = method.compute_mask(scores, ones_like(tensor))
            delattr(module, name)
            module.register_parameter(f"{name}_orig", tensor)
        module.register_buffer(f"{name}_mask", mask)
        method(module, ())
        module.register_forward_pre_hook(method)
        return method

    def prune(self, t: Any, default_mask: Any = None, importance_scores: Any = None) -> Any:
        """Return the tensor, pruned; it belongs to no module.

        Args:
            t: the tensor.
            default_mask: a mask to be respected.
            importance_scores: a tensor that stands for it when the mask is computed.
        """
        scores = checked_scores(importance_scores, t)
        return t * self.compute_mask(scores, ones_like(t) if default_mask is None else default_mask)

    def remove(self, module: Module) -> None:
        """Make the parameter an ordinary one again, with the values it has."""
        name = self._name()
        weight = self.apply_mask(module)
        original = getattr(module, f"{name}_orig")
        for key in (name, f"{name}_orig", f"{name}_mask"):
            if hasattr(module, key):
                delattr(module, key)
        original.data = weight.detach()
        setattr(module, name, original)


def checked_scores(scores: Any, tensor: Any) -> Any:
    """The importance of each element of a tensor: the given scores, or the tensor itself.

    Raises:
        ShapeError: if the scores have another shape.
    """
    if scores is None:
        return tensor
    if scores.shape != tensor.shape:
        raise ShapeError(
            f"importance_scores should have the same shape as the parameter, got {tuple(scores.shape)} vs "
            f"{tuple(tensor.shape)}"
        )
    return scores


class PruningContainer(BasePruningMethod):
    """Several methods that prune one parameter, one after the other: each on what the ones before have left.

    Args:
        args: the methods, all for a parameter of the same name.

    >>> import autograd, nn
    >>> import nn.utils.prune as prune
    >>> layer = prune.l1_unstructured(nn.Linear(4, 2), "weight", amount=2)
    >>> layer = prune.l1_unstructured(layer, "weight", amount=3)
    >>> hook = next(iter(layer._forward_pre_hooks.values()))
    >>> type(hook).__name__, len(hook), layer.weight_mask.sum()
    ('PruningContainer', 2, tensor(3.))
    """

    def __init__(self, *args: BasePruningMethod) -> None:
        self._pruning_methods: tuple[BasePruningMethod, ...] = ()
        if args:
            self._tensor_name = args[0]._tensor_name  # noqa: SLF001  # of the same family
        for method in args:
            self.add_pruning_method(method)

    def add_pruning_method(self, method: Any) -> None:
        """Add a method.

        Raises:
            ArgumentError: if it is none, or for a parameter of another name.
        """
        if not isinstance(method, BasePruningMethod):
            raise ArgumentError(f"{type(method)} is not a BasePruningMethod subclass")
        if method._tensor_name != self._tensor_name:  # noqa: SLF001
            raise ArgumentError(
                f"Can only add pruning methods acting on the parameter named '{self._tensor_name}' to PruningContainer "
                f"{self}. Found '{method._tensor_name}'"  # noqa: SLF001
            )
        self._pruning_methods += (method,)

    def __len__(self) -> int:
        return len(self._pruning_methods)

    def __iter__(self) -> Iterator[BasePruningMethod]:
        return iter(self._pruning_methods)

    def __getitem__(self, idx: int) -> BasePruningMethod:
        return self._pruning_methods[idx]

    def compute_mask(self, t: Any, default_mask: Any) -> Any:
        """Return the mask so far, further pruned by the method that was added last."""
        method = self._pruning_methods[-1]
        left = _what_is_left(method, t.dim(), default_mask)
        mask = default_mask.to(t.dtype).clone()
        mask[left] = method.compute_mask(t[left], default_mask[left]).to(mask.dtype)
        return mask


def _what_is_left(method: Any, ndim: int, mask: Any) -> Any:
    """The index of what a method is to choose from."""
    kind = method.PRUNING_TYPE
    if kind == "unstructured":
        return mask == 1
    index: list[Any] = [slice(None)] * ndim
    if kind == "structured":
        if not hasattr(method, "dim"):
            raise ArgumentError(
                'Pruning methods of PRUNING_TYPE "structured" need to have the attribute `dim` defined.'
            )
        dim = method.dim + ndim if method.dim < 0 else method.dim
        if dim < 0:
            raise DimensionError(f"Index is out of bounds for tensor with dimensions {ndim}")
        index[dim] = mask.sum(dim=[d for d in range(ndim) if d != dim]) != 0
    elif kind != "global":
        raise ArgumentError(f"Unrecognized PRUNING_TYPE {kind}")
    return tuple(index)
