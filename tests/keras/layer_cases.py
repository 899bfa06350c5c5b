"""Every layer with several sets of options, as functions of the package of layers: ours, or Keras'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A layer to be made twice, and what it is called on."""

    name: str
    make: Callable[[Any], Any]
    shapes: tuple[tuple[int, ...], ...]
    integers: int = 0  # the inputs are integers below this
    call: Mapping[str, Any] = MappingProxyType({})
    as_list: bool = False  # several inputs are given as a list
    tolerance: float = 1e-10  # of what PyTorch computes with constants of float32
    config: bool = True  # whether the configuration must be Keras' as well

    def __str__(self) -> str:
        return self.name


def _case(name: str, make: Callable[[Any], Any], *shapes: tuple[int, ...], **options: Any) -> Case:
    return Case(name, make, shapes, **options)


ROWS, STEPS, IMAGES = (4, 5), (3, 6, 4), (2, 7, 8, 3)
KW: dict[str, Any] = {"dtype": "float64"}

CASES = [
    # core
    _case("dense", lambda L: L.Dense(3, **KW), ROWS),
    _case("dense relu no bias", lambda L: L.Dense(3, activation="relu", use_bias=False, **KW), ROWS),
    _case("dense softmax", lambda L: L.Dense(3, activation="softmax", **KW), ROWS),
    _case("dense of steps", lambda L: L.Dense(3, activation="tanh", **KW), STEPS),
    _case(
        "dense regularized",
        lambda L: L.Dense(3, kernel_regularizer="l2", bias_regularizer="l1", activity_regularizer="L1L2", **KW),
        ROWS,
    ),
    *(
        _case(f"activation {name}", lambda L, name=name: L.Activation(name, **KW), ROWS)
        for name in (
            "relu", "relu6", "leaky_relu", "sigmoid", "softmax", "log_softmax", "tanh", "elu", "selu", "celu",
            "softplus", "softsign", "soft_shrink", "hard_shrink", "tanh_shrink", "silu", "swish", "gelu", "mish",
            "exponential", "hard_silu", "hard_tanh", "log_sigmoid", "squareplus", "sparse_plus",
            "sparse_sigmoid", "linear",
        )
    ),
    _case("activation hard_sigmoid", lambda L: L.Activation("hard_sigmoid", **KW), ROWS, tolerance=1e-7),
    _case("activation glu", lambda L: L.Activation("glu", **KW), (4, 6)),
    _case("rescaling", lambda L: L.Rescaling(0.5, offset=-1.0, **KW), ROWS),
    _case("embedding", lambda L: L.Embedding(7, 3, **KW), (4, 5), integers=7),
    _case("embedding regularized", lambda L: L.Embedding(7, 3, embeddings_regularizer="l2", **KW), (4, 5), integers=7),
    # activations
    _case("relu", lambda L: L.ReLU(**KW), ROWS),
    _case("relu options", lambda L: L.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.2, **KW), ROWS),
    _case("relu threshold", lambda L: L.ReLU(threshold=0.2, **KW), ROWS),
    _case("leaky relu", lambda L: L.LeakyReLU(**KW), ROWS),
    _case("leaky relu slope", lambda L: L.LeakyReLU(negative_slope=0.01, **KW), ROWS),
    _case("prelu", lambda L: L.PReLU(**KW), STEPS),
    _case("prelu shared", lambda L: L.PReLU(shared_axes=[1], **KW), STEPS),
    _case("elu", lambda L: L.ELU(alpha=0.7, **KW), ROWS),
    _case("softmax", lambda L: L.Softmax(**KW), STEPS),
    _case("softmax axis", lambda L: L.Softmax(axis=1, **KW), STEPS),
    _case("softmax axes", lambda L: L.Softmax(axis=(1, 2), **KW), STEPS),
    # convolutions
    _case("conv1d", lambda L: L.Conv1D(4, 3, **KW), STEPS),
    _case("conv1d same", lambda L: L.Conv1D(4, 4, strides=2, padding="same", activation="relu", **KW), STEPS),
    _case("conv1d causal", lambda L: L.Conv1D(4, 3, padding="causal", dilation_rate=2, **KW), STEPS),
    _case("conv1d first", lambda L: L.Conv1D(4, 2, data_format="channels_first", **KW), STEPS),
    _case("conv1d groups", lambda L: L.Conv1D(4, 2, groups=2, use_bias=False, **KW), STEPS),
    _case("conv2d", lambda L: L.Conv2D(4, 3, **KW), IMAGES),
    _case("conv2d same", lambda L: L.Conv2D(4, (3, 2), padding="same", activation="relu", **KW), IMAGES),
    _case("conv2d same strides", lambda L: L.Conv2D(4, 3, strides=2, padding="same", **KW), IMAGES),
    _case("conv2d strides", lambda L: L.Conv2D(4, (2, 3), strides=(2, 1), activation="softmax", **KW), IMAGES),
    _case("conv2d dilation", lambda L: L.Conv2D(4, 2, dilation_rate=(2, 3), use_bias=False, **KW), IMAGES),
    _case("conv2d groups", lambda L: L.Conv2D(6, 3, groups=3, **KW), IMAGES),
    _case("conv2d first", lambda L: L.Conv2D(4, 3, padding="same", data_format="channels_first", **KW), IMAGES),
    _case("conv2d regularized", lambda L: L.Conv2D(4, 3, kernel_regularizer="l1", **KW), IMAGES),
    _case("conv3d", lambda L: L.Conv3D(4, 2, padding="same", **KW), (2, 3, 4, 5, 2)),
    # transposed, and of each channel
    _case("conv1d transpose", lambda L: L.Conv1DTranspose(4, 3, strides=2, padding="same", **KW), STEPS),
    _case("conv1d transpose short", lambda L: L.Conv1DTranspose(4, 2, strides=3, use_bias=False, **KW), STEPS),
    _case("conv2d transpose", lambda L: L.Conv2DTranspose(4, (3, 2), activation="relu", **KW), IMAGES),
    _case("conv2d transpose same", lambda L: L.Conv2DTranspose(4, 4, strides=2, padding="same", **KW), IMAGES),
    _case("conv2d transpose odd", lambda L: L.Conv2DTranspose(4, 5, strides=(2, 3), padding="same", **KW), IMAGES),
    _case("conv2d transpose dilation", lambda L: L.Conv2DTranspose(4, 2, dilation_rate=2, **KW), IMAGES),
    _case("conv2d transpose longer", lambda L: L.Conv2DTranspose(4, 3, strides=2, output_padding=1, **KW), IMAGES),
    _case(
        "conv2d transpose first",
        lambda L: L.Conv2DTranspose(2, 3, strides=2, data_format="channels_first", **KW),
        IMAGES,
    ),
    _case("depthwise 1d", lambda L: L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", **KW), STEPS),
    _case("depthwise 2d", lambda L: L.DepthwiseConv2D(3, strides=2, activation="relu", **KW), IMAGES),
    _case("separable 1d", lambda L: L.SeparableConv1D(5, 3, depth_multiplier=2, **KW), STEPS),
    _case("separable 2d", lambda L: L.SeparableConv2D(5, 3, padding="same", pointwise_regularizer="l2", **KW), IMAGES),
    # pools
    _case("max 1d", lambda L: L.MaxPooling1D(2, **KW), STEPS),
    _case("max 1d same", lambda L: L.MaxPooling1D(3, strides=2, padding="same", **KW), STEPS),
    _case("max 1d first", lambda L: L.MaxPooling1D(2, data_format="channels_first", **KW), STEPS),
    _case("max 2d", lambda L: L.MaxPooling2D(**KW), IMAGES),
    _case("max 2d same", lambda L: L.MaxPooling2D(3, strides=2, padding="same", **KW), IMAGES),
    _case("max 2d first", lambda L: L.MaxPooling2D((2, 3), strides=1, data_format="channels_first", **KW), IMAGES),
    _case("max 3d", lambda L: L.MaxPooling3D(2, **KW), (2, 4, 4, 5, 2)),
    _case("average 1d", lambda L: L.AveragePooling1D(2, **KW), STEPS),
    _case("average 1d same", lambda L: L.AveragePooling1D(3, strides=1, padding="same", **KW), STEPS),
    _case("average 2d", lambda L: L.AveragePooling2D((2, 2), **KW), IMAGES),
    _case("average 2d same", lambda L: L.AveragePooling2D(3, strides=1, padding="same", **KW), IMAGES),
    _case("average 2d first", lambda L: L.AveragePooling2D(2, data_format="channels_first", **KW), IMAGES),
    _case("average 3d", lambda L: L.AveragePooling3D(2, **KW), (2, 4, 4, 5, 2)),
    _case("global max 1d", lambda L: L.GlobalMaxPooling1D(**KW), STEPS),
    _case("global max 2d", lambda L: L.GlobalMaxPooling2D(keepdims=True, **KW), IMAGES),
    _case("global max 2d first", lambda L: L.GlobalMaxPooling2D(data_format="channels_first", **KW), IMAGES),
    _case("global average 1d", lambda L: L.GlobalAveragePooling1D(**KW), STEPS),
    _case("global average 2d", lambda L: L.GlobalAveragePooling2D(**KW), IMAGES),
    _case("global average first", lambda L: L.GlobalAveragePooling1D(data_format="channels_first", **KW), STEPS),
    # shapes
    _case("flatten", lambda L: L.Flatten(**KW), IMAGES),
    _case("flatten first", lambda L: L.Flatten(data_format="channels_first", **KW), IMAGES),
    _case("reshape", lambda L: L.Reshape((4, -1), **KW), STEPS),
    _case("permute", lambda L: L.Permute((3, 1, 2), **KW), IMAGES),
    _case("repeat vector", lambda L: L.RepeatVector(3, **KW), ROWS),
    _case("zero padding 1d", lambda L: L.ZeroPadding1D((1, 2), **KW), STEPS),
    _case("zero padding 2d", lambda L: L.ZeroPadding2D(((1, 0), (2, 3)), **KW), IMAGES),
    _case("zero padding 2d first", lambda L: L.ZeroPadding2D(2, data_format="channels_first", **KW), IMAGES),
    _case("cropping 1d", lambda L: L.Cropping1D((1, 2), **KW), STEPS),
    _case("cropping 2d", lambda L: L.Cropping2D(((1, 0), (2, 1)), **KW), IMAGES),
    _case("up 1d", lambda L: L.UpSampling1D(3, **KW), STEPS),
    _case("up 2d", lambda L: L.UpSampling2D((2, 3), **KW), IMAGES),
    _case("up 2d bilinear", lambda L: L.UpSampling2D(2, interpolation="bilinear", **KW), IMAGES),
    # several inputs
    *(
        _case(name.lower(), lambda L, name=name: getattr(L, name)(**KW), ROWS, ROWS, as_list=True)
        for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
    ),
    _case("add broadcasts", lambda L: L.Add(**KW), (3, 6, 4), (3, 1, 4), (3, 6, 1), as_list=True),
    _case("concatenate", lambda L: L.Concatenate(**KW), (4, 5), (4, 2), as_list=True),
    _case("concatenate axis", lambda L: L.Concatenate(axis=1, **KW), (3, 6, 4), (3, 2, 4), as_list=True),
    _case("dot", lambda L: L.Dot(axes=1, **KW), ROWS, ROWS, as_list=True),
    _case("dot axes", lambda L: L.Dot(axes=(2, 1), normalize=True, **KW), (3, 6, 4), (3, 4, 2), as_list=True),
    # normalisations
    _case("batch norm", lambda L: L.BatchNormalization(**KW), ROWS),
    _case("batch norm of images", lambda L: L.BatchNormalization(momentum=0.8, epsilon=1e-5, **KW), IMAGES),
    _case("batch norm axis", lambda L: L.BatchNormalization(axis=1, scale=False, **KW), IMAGES),
    _case("batch norm no centre", lambda L: L.BatchNormalization(center=False, **KW), STEPS),
    _case("layer norm", lambda L: L.LayerNormalization(**KW), STEPS),
    _case("layer norm axes", lambda L: L.LayerNormalization(axis=[1, 2], epsilon=1e-5, **KW), STEPS),
    _case("group norm", lambda L: L.GroupNormalization(groups=2, **KW), STEPS),
    _case("unit norm", lambda L: L.UnitNormalization(**KW), STEPS),
    # recurrent
    _case("simple rnn", lambda L: L.SimpleRNN(5, **KW), STEPS),
    _case("simple rnn relu", lambda L: L.SimpleRNN(5, activation="relu", return_sequences=True, **KW), STEPS),
    _case("simple rnn sigmoid", lambda L: L.SimpleRNN(5, activation="sigmoid", use_bias=False, **KW), STEPS),
    _case("simple rnn backwards", lambda L: L.SimpleRNN(5, go_backwards=True, return_sequences=True, **KW), STEPS),
    _case("lstm", lambda L: L.LSTM(5, **KW), STEPS),
    _case("lstm sequences", lambda L: L.LSTM(5, return_sequences=True, return_state=True, **KW), STEPS),
    _case("lstm backwards", lambda L: L.LSTM(5, go_backwards=True, return_sequences=True, **KW), STEPS),
    _case("lstm hard", lambda L: L.LSTM(5, recurrent_activation="hard_sigmoid", **KW), STEPS, tolerance=1e-6),
    _case("lstm no bias", lambda L: L.LSTM(5, use_bias=False, kernel_regularizer="l2", **KW), STEPS),
    _case("rnn of a cell", lambda L: L.RNN(L.SimpleRNNCell(5, **KW), **KW), STEPS, config=False),
    _case(
        "rnn of lstm",
        lambda L: L.RNN(L.LSTMCell(5, **KW), return_sequences=True, return_state=True, **KW),
        STEPS,
        config=False,
    ),
    _case(
        "rnn of gru",
        lambda L: L.RNN(L.GRUCell(5, reset_after=False, **KW), go_backwards=True, return_sequences=True, **KW),
        STEPS,
        config=False,  # Keras has dtypes inside in another form
    ),
    _case(
        "rnn of cells",
        lambda L: L.RNN(
            [L.GRUCell(5, use_bias=False, kernel_regularizer="l2", **KW), L.LSTMCell(3, unit_forget_bias=False, **KW)],
            **KW,
        ),
        STEPS,
        config=False,
    ),
    _case("simple cell", lambda L: L.SimpleRNNCell(5, activation="relu", **KW), ROWS, ROWS),
    _case("gru cell", lambda L: L.GRUCell(5, recurrent_activation="hard_sigmoid", **KW), ROWS, ROWS, tolerance=1e-6),
    _case("gru cell before", lambda L: L.GRUCell(5, reset_after=False, **KW), ROWS, ROWS),
    _case("lstm no forget bias", lambda L: L.LSTM(5, unit_forget_bias=False, recurrent_regularizer="l2", **KW), STEPS),
    _case("gru", lambda L: L.GRU(5, **KW), STEPS),
    _case("gru sequences", lambda L: L.GRU(5, return_sequences=True, return_state=True, **KW), STEPS),
    _case("gru reset before", lambda L: L.GRU(5, reset_after=False, return_sequences=True, **KW), STEPS),
    _case("gru backwards", lambda L: L.GRU(5, go_backwards=True, use_bias=False, **KW), STEPS),
    _case("gru relu", lambda L: L.GRU(5, "relu", recurrent_activation="hard_sigmoid", **KW), STEPS, tolerance=1e-6),
    *(
        _case(
            f"bidirectional {mode}",
            lambda L, mode=mode: L.Bidirectional(L.LSTM(5, return_sequences=True, **KW), merge_mode=mode, **KW),
            STEPS,
            config=False,
        )
        for mode in ("concat", "sum", "mul", "ave", None)
    ),
    _case("bidirectional gru", lambda L: L.Bidirectional(L.GRU(5, **KW), **KW), STEPS, config=False),
    _case(
        "bidirectional states", lambda L: L.Bidirectional(L.GRU(5, return_state=True, **KW), **KW), STEPS, config=False
    ),
    _case("time distributed", lambda L: L.TimeDistributed(L.Dense(3, **KW), **KW), STEPS, config=False),
    _case(
        "time distributed conv", lambda L: L.TimeDistributed(L.Conv2D(3, 2, **KW), **KW), (2, 3, 4, 5, 2), config=False
    ),
    # attention
    _case("attention heads", lambda L: L.MultiHeadAttention(2, 3, **KW), STEPS, STEPS),
    _case("attention heads key", lambda L: L.MultiHeadAttention(2, 3, value_dim=5, **KW), STEPS, (3, 5, 2), (3, 5, 7)),
    _case(
        "attention heads out", lambda L: L.MultiHeadAttention(2, 3, output_shape=5, use_bias=False, **KW), STEPS, STEPS
    ),
    _case(
        "attention heads causal", lambda L: L.MultiHeadAttention(2, 3, **KW), STEPS, STEPS,
        call={"use_causal_mask": True},
    ),
    _case(
        "attention heads scores", lambda L: L.MultiHeadAttention(2, 3, **KW), STEPS, STEPS,
        call={"return_attention_scores": True},
    ),
    _case("attention", lambda L: L.Attention(use_scale=True, **KW), (3, 6, 4), (3, 5, 4), as_list=True),
    _case("attention concat", lambda L: L.Attention(score_mode="concat", **KW), (3, 6, 4), (3, 5, 4), as_list=True),
    # what acts in training only
    _case("dropout", lambda L: L.Dropout(0.5, **KW), ROWS),
    _case("spatial dropout 1d", lambda L: L.SpatialDropout1D(0.5, **KW), STEPS),
    _case("spatial dropout 2d", lambda L: L.SpatialDropout2D(0.5, **KW), IMAGES),
    _case("gaussian noise", lambda L: L.GaussianNoise(0.5, **KW), ROWS),
    _case("gaussian dropout", lambda L: L.GaussianDropout(0.5, **KW), ROWS),
    _case("alpha dropout", lambda L: L.AlphaDropout(0.5, **KW), ROWS),
    _case("activity regularization", lambda L: L.ActivityRegularization(l1=0.1, l2=0.2, **KW), ROWS),
]  # fmt: skip
