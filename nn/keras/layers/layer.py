"""`Layer`: a module that makes its weights when it first sees an input, and that can be called symbolically."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from autograd import Tensor, no_grad
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import wrap
from nn.container import ModuleList
from nn.hooks import EVERYWHERE, call
from nn.keras import regularizers
from nn.keras.configuration import Configured, described
from nn.keras.floats import float_name
from nn.keras.graph import KerasTensor, Node, Shape, leaves_of, replaced, tensors_in
from nn.keras.layers.weights import Weights
from nn.keras.lookup import NamesItsArguments, arguments_of, unexpected
from nn.keras.naming import NAMES, snake_case
from nn.module import Module

_SHAPES = ("input_shape", "input_dim", "batch_shape", "batch_input_shape", "batch_size", "input_length")


class Layer(NamesItsArguments, Weights, Configured, Module):
    """Base class of the layers: make weights in `build`, compute in `call` (or in `forward`, as in any module).

    A layer is a `Module`. It makes its weights when it is first called, for the shape of what it gets; called on what
    `Input()` returns it computes nothing and becomes part of a graph. It starts in evaluation mode, as Keras calls
    layers; `fit`, `train()` or `training=True` in the call change that.

    Args:
        activity_regularizer: a penalty on what it returns, added to `losses`.
        trainable: whether its weights are learnt.
        dtype: what it computes in; "float32" if left out. Floating inputs are cast to it.
        name: its name in the model; made from the class's if left out.
        input_shape, input_dim, batch_shape, batch_input_shape, batch_size: what it will get, for the first of a model.

    Attributes:
        built: whether the weights are there.

    >>> import autograd
    >>> from nn import keras
    >>> class Scale(keras.layers.Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones", name="factor")
    ...
    ...     def call(self, x):
    ...         return x * self.factor
    >>> Scale()(autograd.ones(1, 2))
    tensor([[1., 1.]], grad_fn=<MulBackward0>)
    """

    built: bool
    name: str
    dtype: str
    call: Callable[..., Any]
    supports_masking: bool = False
    floats_only: bool = False
    """Whether integers are cast to the layer's dtype as well."""
    input_dtype: str | None = None
    """The dtype of the symbolic input that `input_shape=` makes; None for float32."""
    _wants: frozenset[str] = (
        frozenset()
    )  # which of `training` and `mask` the class' `call` or `forward` takes
    _plain: bool = True  # whether a call is `forward` and nothing else, if its argument has no mask
    _shapes_of: tuple[str, ...] = ()  # of which arguments `build` takes the shapes, if of several
    _arguments: tuple[str, ...] = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Note what it is made with, for `get_config`."""
        made = super().__new__(cls, *args, **kwargs)
        made.__dict__["_made_with"] = (args, kwargs)
        return made

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        shape = _batch_shape(type(self).__name__, kwargs)
        for unused in ("autocast", "quantization_config"):
            if kwargs.get(unused, 0) is None or unused == "autocast":
                kwargs.pop(unused, None)
        if kwargs:
            raise unexpected(type(self).__name__, kwargs, [*arguments_of(type(self)), *_SHAPES])
        attributes = self.__dict__
        attributes["training"] = False
        attributes["name"] = NAMES.new(snake_case(type(self).__name__)) if name is None else str(name)
        attributes["dtype"] = float_name(dtype)
        attributes["_kind"] = np.dtype(attributes["dtype"])
        attributes["built"] = False
        attributes["_trainable"] = bool(trainable)
        attributes["given_shape"] = shape
        attributes["_activity"] = []
        attributes["_inbound_nodes"] = []
        attributes["activity_regularizer"] = regularizers.get(activity_regularizer)
        if self.activity_regularizer is not None:
            attributes["_plain"] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = noting(cls.build)  # type: ignore[method-assign]  # the class' own, as a decorator would
        computes = cls.call if "forward" not in cls.__dict__ and hasattr(cls, "call") else cls.forward
        names = inspect.signature(computes).parameters
        cls._wants = frozenset(name for name in ("training", "mask") if name in names)
        cls._plain = "training" not in cls._wants
        shapes = [name for name in inspect.signature(cls.build).parameters if name.endswith("_shape")]
        cls._shapes_of = tuple(name.removesuffix("_shape") for name in shapes) if len(shapes) > 1 else ()
        cls._arguments = tuple(names)[1:]

    def __setattr__(self, name: str, value: Any) -> None:
        if type(value) in (list, tuple) and value and all(isinstance(part, Module) for part in value):
            value = ModuleList(value)
        if name == "trainable":
            object.__setattr__(self, name, value)
            return
        super().__setattr__(name, value)

    # -- weights ---------------------------------------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the weights for an input of this shape; a layer with weights defines it."""
        self.adopt_lists()
        self.__dict__["built"] = True
        self.__dict__["_built_for"] = input_shape

    def _ensure_built(self, shape: Any) -> None:
        if self.built:
            return
        self.build(**shape) if self._shapes_of else self.build(shape)

    def adopt_lists(self) -> None:
        """Make a ModuleList of each list that was filled with layers after it was assigned to an attribute."""
        attributes = self.__dict__
        filled = [
            name
            for name, value in attributes.items()
            if type(value) is list and value and name[0] != "_" and all(isinstance(v, Module) for v in value)
        ]
        for name in filled:
            setattr(self, name, attributes[name])
        if filled:
            kinds = self._member_kinds
            attributes["_member_kinds"] = {name: kinds[name] for name in attributes if name in kinds}

    def _shapes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The shapes that `build` takes: that of the first argument, or a dict of several."""
        if not self._shapes_of:
            return _shape_of(args[0] if args else next(iter(kwargs.values()), None))
        given = {**dict(zip(self._arguments, args, strict=False)), **kwargs}
        return {f"{name}_shape": _shape_of(given.get(name)) for name in self._shapes_of}

    # -- calls -----------------------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Make the weights if they are not there, then run `forward` and the hooks.

        Args:
            args, kwargs: what `call` takes. `training=True` or False holds for this call, and for all layers inside.
        """
        if (
            self.built
            and self._plain
            and not kwargs
            and len(args) == 1
            and type(x := args[0]) is Tensor
            and "_keras_mask" not in x.__dict__
        ):
            kind = x.array.dtype
            if kind is not self._kind and (kind.kind == "f" or self.floats_only):
                args = (x.astype(self._kind),)
            if not self._call_hooks and not EVERYWHERE:
                return self.forward(*args)
            return call(self, args, kwargs)
        return self._call(args, kwargs)

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Every other call: symbolic ones, the first, those with arrays, masks or a mode."""
        if tensors_in(args) or tensors_in(kwargs):
            return self._symbolic(args, kwargs)
        args = tuple(replaced(argument, self._cast) for argument in args)
        kwargs = {
            key: replaced(value, _as_tensor if key.endswith("mask") else self._cast)
            if isinstance(value, (np.ndarray, list, Tensor))
            else value
            for key, value in kwargs.items()
        }
        if not self.built:
            self._ensure_built(self._shapes(args, kwargs))
        training = kwargs.pop("training", None)
        if training is None or bool(training) is self.training:
            return self._masked(args, kwargs)
        modes = [(module, module.training) for module in self.modules()]
        self.train(bool(training))
        try:
            return self._masked(args, kwargs)
        finally:
            for module, mode in modes:
                module.training = mode

    def _masked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call `forward` with the mode and the mask if it wants them, note penalties, hand the mask on."""
        wants = self._wants
        if "training" in wants:
            kwargs["training"] = self.training
        if self.__dict__["_activity"]:
            self.__dict__["_activity"] = []
        mask = masks_of(args[0]) if args else None
        if mask is not None and "mask" in wants and kwargs.get("mask") is None:
            kwargs["mask"] = mask
        if not self._call_hooks and not EVERYWHERE:
            result = self.forward(*args, **kwargs)
        else:
            result = call(self, args, kwargs)
        if self.activity_regularizer is not None:
            rows = len(leaves_of(result)[0])
            self.add_loss([self.activity_regularizer(part) / max(rows, 1) for part in leaves_of(result)])
        if args and (self.supports_masking or mask is not None):
            passed = self.compute_mask(args[0], kwargs.get("mask", mask))
            if passed is not None:
                for part, own in zip(leaves_of(result), _each(passed, result), strict=False):
                    if own is not None:
                        set_mask(part, own)
        return result

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Run `call`."""
        return self.call(*args, **kwargs)

    def _cast(self, value: Any) -> Any:
        """A tensor of the layer's dtype, if the value is an array of floats; integers as they are."""
        if isinstance(value, (np.ndarray, np.generic)):
            kept = np.asarray(value)
            if kept.dtype.kind not in "fiub":
                raise ArgumentError(f"{self.name}: takes arrays of numbers, got one of {kept.dtype}")
            value = wrap(kept)
        if not isinstance(value, Tensor):
            return value
        kind = value.array.dtype
        if kind is self._kind or not (kind.kind == "f" or self.floats_only):
            return value
        cast: Any = value.astype(self._kind)
        mask = mask_of(value)
        if mask is not None:
            set_mask(cast, mask)
        return cast

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """What mask the result has: the input's, if the layer keeps the time steps (`supports_masking`)."""
        return previous_mask if self.supports_masking else None

    # -- symbolic calls --------------------------------------------------------------------------------------------

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of what the layer returns for an input of this shape, None for unknown sizes.

        A layer that does not define it is run on zeros.
        """
        zeros = of_shapes(input_shape, lambda shape: KerasTensor(shape, self.dtype))
        return replaced(self._tried((zeros,), {}), lambda tensor: tensor.shape)

    def _symbolic(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        self._ensure_built(self._shapes(args, kwargs))
        node = Node(self, args, kwargs)
        result = self._symbolic_result(args, kwargs)
        for index, tensor in enumerate(leaves_of(result)):
            tensor.node, tensor.index = node, index
            tensor.name = NAMES.new("keras_tensor")
            node.outputs.append(tensor)
        self._inbound_nodes.append(node)
        return result

    def _symbolic_result(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a call returns, without values."""
        own = type(self).compute_output_shape is not Layer.compute_output_shape
        if own and len(args) == 1 and not tensors_in(kwargs):
            shapes = self.compute_output_shape(replaced(args[0], lambda tensor: tensor.shape))
            return of_shapes(shapes, lambda shape: KerasTensor(shape, self.dtype))
        return self._tried(args, kwargs)

    def _tried(self, args: Any, kwargs: Any) -> Any:
        """What a call returns, without values: found by calls on zeros, with two sizes for what is unknown."""
        found = []
        for size in (2, 3):

            def zeros(leaf: Any, size: int = size) -> Any:
                if not isinstance(leaf, KerasTensor):
                    return leaf
                sizes = [size if n is None else n for n in leaf.shape]
                return wrap(np.zeros(sizes, leaf.dtype))

            with no_grad():
                found.append(self(*replaced(args, zeros), **replaced(kwargs, zeros), training=False))
        second = iter(leaves_of(found[1]))

        def symbol(value: Any) -> KerasTensor:
            sizes = zip(value.shape, next(second).shape, strict=True)
            return KerasTensor(tuple(a if a == b else None for a, b in sizes), value.array.dtype.name)

        return replaced(found[0], symbol)

    @property
    def input(self) -> Any:
        """The symbolic tensors that it was called on in a functional model."""
        return self._only_node().args[0]

    @property
    def output(self) -> Any:
        """The symbolic tensors that it returned in a functional model."""
        node = self._only_node()
        return node.outputs[0] if len(node.outputs) == 1 else list(node.outputs)

    def _only_node(self) -> Any:
        if not self._inbound_nodes:
            raise ArgumentError(
                f"layer {self.name!r} was never called on a symbolic tensor, so it has no input and output; build the "
                "model from Input(), or give its first layer an input_shape"
            )
        return self._inbound_nodes[0]

    # -- penalties -------------------------------------------------------------------------------------------------

    @property
    def losses(self) -> list[Tensor]:
        """The penalties to add to the loss: of the weights, and of what the last call returned."""
        found: list[Tensor] = []
        for module in self.modules():
            if isinstance(module, Layer):
                found += module.__dict__["_activity"]
                found += module.weight_losses()
        return found

    def add_loss(self, loss: Any) -> None:
        """Add a number to `losses`, until the next call of the layer."""
        self.__dict__["_activity"] = [*self.__dict__["_activity"], *leaves_of(loss)]
        self.__dict__["_plain"] = False  # the next call begins with taking it away

    # -- configurations --------------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs to make another, as plain values; see `Configured.get_config`."""
        config = {"name": self.name, "trainable": self._trainable, "dtype": self.dtype}
        config.update(super().get_config())
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = described(self.activity_regularizer)
        elif config.get("activity_regularizer", 0) is None:
            del config["activity_regularizer"]
        return config

    # -- printing --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """Its name, and its weights' shapes."""
        own = [f"{name}={tuple(value.shape)}" for name, value in self.own_weights()]
        return ", ".join([self.name, *own])


def noting(build: Callable[..., None]) -> Callable[..., None]:
    """A layer's `build` that notes that it was called, and leaves the weights of a frozen layer frozen."""

    @functools.wraps(build)
    def noted(self: Layer, *args: Any, **kwargs: Any) -> None:
        self.adopt_lists()
        build(self, *args, **kwargs)
        self.__dict__["_built_for"] = args[0] if args else kwargs.get("input_shape")
        self.__dict__["built"] = True
        if not self.__dict__["_trainable"]:
            self.trainable = False

    return noted


def mask_of(value: Any) -> Any:
    """The mask that a tensor carries: which time steps of (N, L, …) count, as booleans (N, L); None for all."""
    return getattr(value, "_keras_mask", None) if isinstance(value, Tensor) else None


def _as_tensor(value: Any) -> Any:
    return wrap(value) if isinstance(value, np.ndarray) else value


def masks_of(value: Any) -> Any:
    """The mask of a tensor, or the list of those of a list of tensors; None if none has one."""
    if not isinstance(value, (list, tuple)):
        return mask_of(value)
    masks = [mask_of(part) for part in value]
    return None if all(mask is None for mask in masks) else masks


def set_mask(tensor: Tensor, mask: Any) -> None:
    """Let a tensor carry a mask."""
    tensor.__dict__["_keras_mask"] = mask


def is_shape(value: Any) -> bool:
    """Whether it is one shape, not a list of shapes."""
    return isinstance(value, (list, tuple)) and all(
        n is None or isinstance(n, (int, np.integer)) for n in value
    )


def _each(mask: Any, result: Any) -> list[Any]:
    return list(mask) if isinstance(mask, (list, tuple)) else [mask] * len(leaves_of(result))


def of_shapes(shapes: Any, function: Any) -> Any:
    """The structure of shapes with `function` of each in its place."""
    if is_shape(shapes):
        return function(tuple(shapes))
    if isinstance(shapes, dict):
        return {key: of_shapes(value, function) for key, value in shapes.items()}
    return type(shapes)(of_shapes(value, function) for value in shapes)


def _shape_of(value: Any) -> Any:
    return replaced(value, lambda leaf: tuple(leaf.shape) if hasattr(leaf, "shape") else None)


def _batch_shape(layer: str, kwargs: dict[str, Any]) -> Shape | None:
    """The shape of the input, batch first, from the ways in which a first layer may be given it."""
    batch = kwargs.pop("batch_size", None)
    for key in ("batch_shape", "batch_input_shape"):
        if kwargs.get(key) is not None:
            return tuple(kwargs.pop(key))
        kwargs.pop(key, None)
    dim, shape = kwargs.pop("input_dim", None), kwargs.pop("input_shape", None)
    length = kwargs.pop("input_length", None)
    if shape is not None:
        if isinstance(shape, (int, np.integer)):
            shape = (int(shape),)
        if not is_shape(shape):
            raise ShapeError(f"{layer}: input_shape is a tuple of sizes, without the batch's, got {shape!r}")
        return (batch, *shape)
    if dim is not None:
        return (batch, int(dim)) if length is None else (batch, length, int(dim))
    return (batch, length) if length is not None else None
