"""The weights of a layer, in the order and the shapes that Keras has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import bump, wrap
from nn import members
from nn.keras import constraints, initializers, regularizers
from nn.members import BUFFERS
from nn.parameter import Buffer, Parameter

if TYPE_CHECKING:
    from nn.module import Module

    Base = Module
else:
    Base = object


class Weights(Base):
    """The part of `Layer` that makes weights, lists them, reads and writes them.

    Learnt weights are `Parameter`s, the others buffers, such as moving means. `get_weights` and `set_weights` have
    Keras' order: a layer's own parameters, its buffers, then those of the layers inside.
    """

    name: str
    dtype: str
    built: bool
    _trainable: bool

    def add_weight(
        self,
        shape: Sequence[int] | None = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,  # Keras' signature
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",  # Keras' signature
        overwrite_with_gradient: bool = False,  # Keras' signature
        name: str | None = None,
    ) -> Any:
        """Make a weight, as an attribute of the layer called `name`, and return it.

        Args:
            shape: () if left out.
            initializer: a name, an object, an array or a function of a shape; glorot_uniform if left out.
            dtype: the layer's if left out.
            trainable: whether it is a `Parameter`; else it is a `Buffer`.
            autocast, aggregation, overwrite_with_gradient: accepted.
            regularizer: a penalty on it, which becomes part of `losses`.
            constraint: a function that the weight is passed through after each step of `fit`.
            name: the attribute's name; "variable" and a number if left out.

        Raises:
            ShapeError: if the initializer made another shape.
        """
        kind = np.dtype(self.dtype if dtype is None else getattr(dtype, "name", dtype))
        sizes = tuple(int(n) for n in shape or ())
        make = initializers.get(initializer)
        if make is None:
            make = initializers.GlorotUniform() if kind.kind == "f" else initializers.Zeros()
        made = make(sizes, dtype=kind.name)
        values = np.asarray(made.array if isinstance(made, Tensor) else made, kind)
        if values.shape != sizes:
            raise ShapeError(
                f"{self.name}: the initializer made shape {values.shape} for a weight of shape {sizes}"
            )
        if not values.flags.writeable or not values.flags.owndata:
            values = values.copy(order="K")
        if name is None:
            name = f"variable{sum(1 for _ in self.own_weights()) or ''}"
        weight: Any
        if trainable:
            weight = Parameter(wrap(values), requires_grad=self._trainable and kind.kind == "f")
        else:
            weight = Buffer(wrap(values))
        if regularizer is not None:
            self.__dict__.setdefault("_penalties", {})[name] = regularizers.get(regularizer)
        if constraint is not None:
            self.__dict__.setdefault("_constraints", {})[name] = constraint
        if hasattr(type(self), name) or name in ("name", "dtype", "built"):
            name = f"{name}_"
        weight.__dict__["path"] = f"{self.name}/{name}"
        setattr(self, name, weight)
        return weight

    def set_rules(self, kind: str, initializer: Any, regularizer: Any = None, constraint: Any = None) -> None:
        """Keep how a kind of weight is made, as the attributes kernel_initializer and so on."""
        self.__dict__[f"{kind}_initializer"] = initializers.get(initializer)
        self.__dict__[f"{kind}_regularizer"] = regularizers.get(regularizer)
        self.__dict__[f"{kind}_constraint"] = constraints.get(constraint)

    def make_weight(
        self, name: str, shape: Sequence[int], kind: str | None = None, initializer: Any = None
    ) -> Any:
        """Make a weight by the rules of its kind, which is `name` if left out."""
        rules = vars(self)
        kind = name if kind is None else kind
        return self.add_weight(
            shape,
            rules[f"{kind}_initializer"] if initializer is None else initializer,
            regularizer=rules[f"{kind}_regularizer"],
            constraint=rules[f"{kind}_constraint"],
            name=name,
        )

    def weight_losses(self) -> list[Tensor]:
        """The penalties on its own weights."""
        penalties = self.__dict__.get("_penalties")
        return [penalty(getattr(self, name)) for name, penalty in penalties.items()] if penalties else []

    def apply_constraints(self) -> None:
        """Pass the weights that have a constraint, here and in the layers inside, through it."""
        for module in self.modules():
            for name, constraint in module.__dict__.get("_constraints", {}).items():
                weight = getattr(module, name)
                held = constraint(weight.detach())
                weight.array[...] = held.array if isinstance(held, Tensor) else held
                bump(weight)

    # -- lists -----------------------------------------------------------------------------------------------------

    def own_weights(self) -> Iterable[tuple[str, Any]]:
        """(name, weight) of the layer's own, those that are learnt first."""
        return [
            pair
            for kinds in (members.PARAMETERS, BUFFERS)
            for pair in members.named(self, kinds)
            if pair[1] is not None
        ]

    def parts_in_order(self) -> list[Any]:
        """The modules inside, in Keras' order."""
        return list(self.children())

    def _weight_list(self) -> list[Any]:
        found: list[Any] = []
        seen: set[int] = set()
        stack: list[Any] = [self]
        while stack:
            module = stack.pop()
            if isinstance(module, Weights):
                own, inside = module.own_weights(), module.parts_in_order()
            else:
                own = [
                    pair
                    for kinds in (members.PARAMETERS, BUFFERS)
                    for pair in members.named(module, kinds)
                    if pair[1] is not None
                ]
                inside = list(module.children())
            for _, weight in own:
                if id(weight) not in seen:
                    seen.add(id(weight))
                    found.append(weight)
            stack.extend(reversed(inside))
        return found

    @property
    def weights(self) -> list[Any]:
        """All weights, in Keras' order."""
        return self._weight_list()

    variables = weights

    @property
    def trainable_weights(self) -> list[Any]:
        """Those that are learnt."""
        return [weight for weight in self._weight_list() if weight.requires_grad]

    trainable_variables = trainable_weights

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Those that are not: frozen ones, and buffers such as moving means."""
        return [weight for weight in self._weight_list() if not weight.requires_grad]

    non_trainable_variables = non_trainable_weights

    @property
    def trainable(self) -> bool:
        """Whether its weights are learnt; setting it holds for the layers inside as well."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for module in self.modules():
            if isinstance(module, Weights):
                module.__dict__["_trainable"] = bool(value)
        for parameter in self.parameters():
            parameter.requires_grad_(bool(value))

    def count_params(self) -> int:
        """How many numbers the weights hold.

        Raises:
            ArgumentError: if they are not made yet.
        """
        if not self.built:
            raise ArgumentError(
                f"count_params: {self.name!r} is not built, its weights are made for the first input; call it, build() "
                "it, or give its first layer an input_shape"
            )
        return sum(weight.array.size for weight in self._weight_list())

    # -- values ----------------------------------------------------------------------------------------------------

    def get_weights(self) -> list[Any]:
        """Copies of the weights as ndarrays, in Keras' order and shapes.

        >>> from nn import keras
        >>> layer = keras.layers.Dense(2)
        >>> layer.build((None, 3))
        >>> [w.shape for w in layer.get_weights()]
        [(3, 2), (2,)]
        """
        return [np.array(weight.array, order="C") for weight in self._weight_list()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Write the weights, from arrays in the order and shapes of `get_weights`, which are Keras'.

        Raises:
            ArgumentError: if there are too few or too many.
            ShapeError: if one has another shape; nothing is changed.
        """
        held = self._weight_list()
        if len(held) != len(weights):
            hint = "" if self.built else "; it is not built yet, its weights are made for the first input"
            raise ArgumentError(
                f"set_weights: {self.name!r} has {len(held)} weights, got {len(weights)} arrays{hint}"
            )
        arrays = [np.asarray(value) for value in weights]
        for number, (weight, array) in enumerate(zip(held, arrays, strict=True)):
            if weight.array.shape != array.shape:
                raise ShapeError(
                    f"set_weights: weight {number} of {self.name!r} has shape {weight.array.shape}, got {array.shape}"
                )
        for weight, array in zip(held, arrays, strict=True):
            weight.array[...] = array
            bump(weight)
