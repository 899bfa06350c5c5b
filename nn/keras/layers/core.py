"""Dense layers, and the layers that mark where a model begins or apply one function."""

from __future__ import annotations

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from nn.keras import activations
from nn.keras.graph import KerasTensor, Node, Shape
from nn.keras.layers.layer import Layer
from nn.keras.lookup import names_its_arguments
from nn.parameter import Parameter


class Dense(Layer):
    """activation(x · kernel + bias) over the last dimension: (N, …, in) → (N, …, units).

    Args:
        units: how many numbers it returns.
        activation: a name, a function or None; see `nn.keras.activations`.
        use_bias: whether there is a bias.
        kernel_initializer, bias_initializer: what the weights start from.
        kernel_regularizer, bias_regularizer, activity_regularizer: penalties, added to `losses`.
        kernel_constraint, bias_constraint: functions that the weights are passed through after each step of `fit`.
        kwargs: see `Layer`; `input_dim=3` or `input_shape=(3,)` make a first layer's weights at once.

    Attributes:
        kernel: (in, units).
        bias: (units,), or None.

    >>> import autograd
    >>> from nn import keras
    >>> layer = keras.layers.Dense(2, activation="relu", kernel_initializer="ones")
    >>> layer(autograd.tensor([[1.0, 2.0]]))
    tensor([[3., 3.]], grad_fn=<ReluBackward0>)
    """

    floats_only = True
    supports_masking = True
    kernel: Parameter
    bias: Parameter | None

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = positive("Dense", "units", units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)
        self._linear = self.activation is activations.linear

    def build(self, input_shape: Shape) -> None:
        """Make kernel and bias for inputs (N, …, in)."""
        size = last_size(self, input_shape)
        self.make_weight("kernel", (size, self.units))
        if self.use_bias:
            self.make_weight("bias", (self.units,))
        else:
            self.bias = None

    def call(self, x: Tensor) -> Tensor:
        """x (N, …, in) → (N, …, units)."""
        z: Any = x @ self.kernel
        if self.bias is not None:
            z = z + self.bias
        return z if self._linear else self.activation(z)  # type: ignore[no-any-return]  # or a function of the user's

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """(N, …, in) → (N, …, units)."""
        return (*input_shape[:-1], self.units)


class Identity(Layer):
    """x."""

    supports_masking = True

    def call(self, x: Any) -> Any:
        """x."""
        return x

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's."""
        return input_shape


class Activation(Layer):
    """A function of its input, elementwise or over the last dimension.

    Args:
        activation: a name or a function; see `nn.keras.activations`.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Activation("relu")(autograd.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    floats_only = True
    supports_masking = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, x: Tensor) -> Tensor:
        """The function's value."""
        return self.activation(x)  # type: ignore[no-any-return]  # a function of the user's, perhaps

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """The input's."""
        return input_shape


class InputLayer(Layer):
    """Where a model begins: says which shape it gets.

    Args:
        shape: without the batch's size.
        batch_size: None for any.
        dtype: "float32" if left out; integers for an Embedding.
        batch_shape: the shape with the batch's size, in the place of `shape`.
        name: its name.
        kwargs: `sparse`, `ragged`, `optional` and `input_tensor`, as Keras has them; only their defaults are taken.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        batch_shape: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        unusual = sorted(key for key, value in kwargs.items() if value)
        if unusual:
            raise ArgumentError(f"Input: {unusual} are not supported")
        super().__init__(name=name)
        if batch_shape is None:
            if shape is None:
                raise ArgumentError("Input: give the shape of one example, such as shape=(28, 28, 1)")
            sizes = (shape,) if isinstance(shape, int) else tuple(shape)
            batch_shape = (batch_size, *sizes)
        self.batch_shape = tuple(batch_shape)
        self.__dict__["dtype"] = "float32" if dtype is None else str(getattr(dtype, "name", dtype))
        self.__dict__["built"] = True
        tensor = KerasTensor(self.batch_shape, self.dtype, self.name)
        tensor.node = Node(self, (), {})
        tensor.node.outputs.append(tensor)
        self._inbound_nodes.append(tensor.node)

    def _cast(self, value: Any) -> Any:
        return value

    def call(self, x: Any) -> Any:
        """x."""
        return x

    @property
    def output(self) -> Any:
        """The symbolic tensor."""
        return self._inbound_nodes[0].outputs[0]

    def compute_output_shape(self, input_shape: Any = None) -> Any:
        """The shape that was given."""
        return self.batch_shape

    def get_config(self) -> dict[str, Any]:
        """What `__init__` needs."""
        return {
            "batch_shape": list(self.batch_shape),
            "dtype": self.dtype,
            "sparse": False,
            "ragged": False,
            "name": self.name,
            "optional": False,
        }


@names_its_arguments
def Input(
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> Any:
    """A symbolic tensor for the inputs of a model: layers are called on it, then `Model(inputs, outputs)` is made.

    Args:
        shape: without the batch's size; None where any size will do.
        batch_size: None for any.
        dtype: "float32" if left out; "int64" for an Embedding.
        batch_shape: the shape with the batch's size, in the place of `shape`.
        name: the name by which `fit` finds it in a dict of inputs.
        sparse, tensor, optional: only their defaults are taken.

    Raises:
        ArgumentError: if there is no shape.

    >>> from nn import keras
    >>> x = keras.Input(shape=(4,))
    >>> keras.Model(x, keras.layers.Dense(2)(x)).output_shape
    (None, 2)
    """
    layer = InputLayer(
        shape, batch_size, dtype, batch_shape, name, sparse=sparse, input_tensor=tensor, optional=optional
    )
    return layer.output


def positive(layer: str, what: str, value: Any) -> int:
    """A size, checked.

    Raises:
        ArgumentError: if it is not a whole number of 1 or more.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < 1:
        raise ArgumentError(f"{layer}: {what} is a whole number of 1 or more, got {value!r}")
    return int(value)


def last_size(layer: Any, shape: Any) -> int:
    """The size of the last dimension, checked.

    Raises:
        ShapeError: if there is none, or it is not known.
    """
    if not shape or len(shape) < 2 or not isinstance(shape[-1], int):
        raise ShapeError(
            f"{type(layer).__name__} {layer.name!r}: needs inputs (N, …, features) with a known number of features, "
            f"got shape {shape}"
        )
    return shape[-1]
