"""Neural networks, with PyTorch's names, defaults, numbers and weights.

A model is a `Module`: layers are made in its `__init__` and used in its `forward`. `functional` has the same as plain
functions, `init` what weights start from, `utils` gradient clipping and the like, `scalar` networks of single numbers.

Loaded on use: `data`, batches from data sets; `keras`, models and training in Keras's way;
`plots`, figures of both.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nn import functional, init, modules, parameter, scalar, utils
from nn.activation import (
    CELU,
    ELU,
    GELU,
    SELU,
    Hardswish,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    RReLU,
    SiLU,
    Softplus,
    Threshold,
)
from nn.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from nn.adaptive_softmax import AdaptiveLogSoftmaxWithLoss
from nn.attention import MultiheadAttention
from nn.batchnorm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from nn.bilinear import Bilinear
from nn.container import ModuleDict, ModuleList, Sequential
from nn.conv import Conv1d, Conv2d, Conv3d
from nn.conv_lazy import (
    LazyConv1d,
    LazyConv2d,
    LazyConv3d,
    LazyConvTranspose1d,
    LazyConvTranspose2d,
    LazyConvTranspose3d,
)
from nn.conv_transpose import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from nn.distance import CosineSimilarity, PairwiseDistance
from nn.dropout import AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout
from nn.export import export_onnx
from nn.fold import Fold, Unfold
from nn.functional.linear_loss import LinearCrossEntropyOptions
from nn.lazy_layers import (
    LazyBatchNorm1d,
    LazyBatchNorm2d,
    LazyBatchNorm3d,
    LazyInstanceNorm1d,
    LazyInstanceNorm2d,
    LazyInstanceNorm3d,
    LazyLinear,
)
from nn.linear import Flatten, Identity, Linear, Unflatten
from nn.loss import GaussianNLLLoss, HuberLoss, L1Loss, MSELoss, PoissonNLLLoss, SmoothL1Loss
from nn.loss_classification import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    KLDivLoss,
    LinearCrossEntropyLoss,
    NLLLoss,
    NLLLoss2d,
)
from nn.loss_embedding import CosineEmbeddingLoss, TripletMarginLoss, TripletMarginWithDistanceLoss
from nn.loss_margin import (
    HingeEmbeddingLoss,
    MarginRankingLoss,
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
    SoftMarginLoss,
)
from nn.loss_sequence import CTCLoss
from nn.module import Module
from nn.normalization import GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm
from nn.padding import (
    CircularPad1d,
    CircularPad2d,
    CircularPad3d,
    ConstantPad1d,
    ConstantPad2d,
    ConstantPad3d,
    ReflectionPad1d,
    ReflectionPad2d,
    ReflectionPad3d,
    ReplicationPad1d,
    ReplicationPad2d,
    ReplicationPad3d,
    ZeroPad1d,
    ZeroPad2d,
    ZeroPad3d,
)
from nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter
from nn.parameter_containers import ParameterDict, ParameterList
from nn.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from nn.recurrent import GRU, LSTM, RNN
from nn.recurrent_base import RNNBase
from nn.recurrent_cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
from nn.saturation import (
    GLU,
    Hardshrink,
    Hardsigmoid,
    Hardtanh,
    LogSigmoid,
    ReLU6,
    Sigmoid,
    Softshrink,
    Softsign,
    Tanh,
    Tanhshrink,
)
from nn.softmax import LogSoftmax, Softmax, Softmax2d, Softmin
from nn.sparse import Embedding, EmbeddingBag
from nn.summary import summary
from nn.transformer import Transformer, TransformerDecoder, TransformerEncoder
from nn.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer
from nn.unpooling import (
    FractionalMaxPool2d,
    FractionalMaxPool3d,
    MaxUnpool1d,
    MaxUnpool2d,
    MaxUnpool3d,
)
from nn.upsampling import (
    ChannelShuffle,
    PixelShuffle,
    PixelUnshuffle,
    Upsample,
    UpsamplingBilinear2d,
    UpsamplingNearest2d,
)

if TYPE_CHECKING:
    from nn import data, keras, plots
else:
    _ON_USE = frozenset(("data", "keras", "plots"))

    def __getattr__(name: str) -> Any:
        """Load a package that is loaded on use, or say that there is no such name."""
        if name not in _ON_USE:
            raise AttributeError(f"module 'nn' has no attribute '{name}'", name=name)
        return import_module(f"nn.{name}")

    def __dir__() -> list[str]:
        """The names of the package, loaded or not."""
        return sorted({*globals(), *_ON_USE})


__all__ = [
    "functional", "init", "modules", "parameter", "scalar", "utils",
    "summary", "export_onnx",
    # on use
    "data", "keras", "plots",
    # the base
    "Module", "Parameter", "Buffer", "UninitializedParameter", "UninitializedBuffer",
    # containers
    "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict",
    # layers
    "Identity", "Linear", "LazyLinear", "Bilinear", "Flatten", "Unflatten", "Embedding", "EmbeddingBag",
    # dropout
    "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout",
    # attention
    "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer",
    "TransformerDecoderLayer",
    # normalisations
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d",
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyInstanceNorm1d", "LazyInstanceNorm2d",
    "LazyInstanceNorm3d", "LayerNorm", "GroupNorm", "RMSNorm", "LocalResponseNorm",
    # convolutions
    "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Unfold", "Fold",
    "LazyConv1d", "LazyConv2d", "LazyConv3d", "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d",
    # recurrent layers
    "RNNBase", "RNN", "LSTM", "GRU", "RNNCellBase", "RNNCell", "LSTMCell", "GRUCell",
    # distances
    "PairwiseDistance", "CosineSimilarity",
    # pools
    "AvgPool1d", "AvgPool2d", "AvgPool3d", "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool1d", "MaxPool2d",
    "MaxPool3d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d",
    "MaxUnpool2d", "MaxUnpool3d",
    # borders, sizes and places
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d",
    "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d", "ChannelShuffle", "PixelShuffle",
    "PixelUnshuffle", "Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d",
    # activations
    "Threshold", "ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "GLU",
    "Sigmoid", "LogSigmoid", "Hardsigmoid", "Hardswish", "Tanh", "Hardtanh", "Tanhshrink", "Softplus", "Softsign",
    "Hardshrink", "Softshrink", "Softmax", "Softmin", "LogSoftmax", "Softmax2d",
    # losses
    "L1Loss", "MSELoss", "SmoothL1Loss", "HuberLoss", "PoissonNLLLoss", "GaussianNLLLoss", "CrossEntropyLoss",
    "LinearCrossEntropyLoss", "LinearCrossEntropyOptions", "NLLLoss", "NLLLoss2d", "BCELoss", "BCEWithLogitsLoss",
    "KLDivLoss", "MarginRankingLoss", "HingeEmbeddingLoss", "SoftMarginLoss", "MultiMarginLoss",
    "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "CosineEmbeddingLoss", "TripletMarginLoss",
    "TripletMarginWithDistanceLoss", "CTCLoss", "AdaptiveLogSoftmaxWithLoss",
]  # fmt: skip
