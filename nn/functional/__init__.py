"""Layers and losses as functions: `import nn.functional as F`."""

from autograd.kernels.attention import scaled_dot_product_attention
from autograd.kernels.linear import linear
from autograd.ops.activation import (
    gelu,
    glu,
    hardshrink,
    logsigmoid,
    prelu,
    sigmoid,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
)
from autograd.ops.distinct import one_hot
from autograd.ops.elementwise import tanh
from nn.functional.activation import (
    celu,
    celu_,
    elu,
    elu_,
    hardsigmoid,
    hardswish,
    hardtanh,
    hardtanh_,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    mish,
    relu,
    relu6,
    relu_,
    rrelu,
    rrelu_,
    selu,
    selu_,
    silu,
    softmax,
    softmin,
    threshold,
    threshold_,
)
from nn.functional.attention import multi_head_attention_forward
from nn.functional.conv import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)
from nn.functional.distance import cosine_similarity, normalize, pairwise_distance, triplet_margin_loss
from nn.functional.dropout import dropout
from nn.functional.folding import fold, unfold
from nn.functional.gumbel import gumbel_softmax
from nn.functional.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)
from nn.functional.normalization import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    local_response_norm,
    rms_norm,
)

__all__ = [
    # layers
    "linear", "dropout", "one_hot",
    # attention
    "scaled_dot_product_attention", "multi_head_attention_forward",
    # normalisations
    "batch_norm", "instance_norm", "layer_norm", "group_norm", "rms_norm", "local_response_norm",
    # convolutions
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "unfold", "fold",
    # lengths and distances
    "normalize", "cosine_similarity", "pairwise_distance",
    # activations
    "threshold", "relu", "relu6", "leaky_relu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish",
    "glu", "sigmoid", "logsigmoid", "hardsigmoid", "hardswish", "tanh", "hardtanh", "tanhshrink", "softplus",
    "softsign", "hardshrink", "softshrink", "softmax", "softmin", "log_softmax", "gumbel_softmax",
    # activations in place
    "threshold_", "relu_", "leaky_relu_", "rrelu_", "elu_", "selu_", "celu_", "hardtanh_",
    # losses
    "l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss", "cross_entropy", "nll_loss", "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "triplet_margin_loss",
]  # fmt: skip
