"""A table of layers with inputs, for the export to ONNX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import autograd
import nn
from autograd import rand, randn, tensor


class Case(NamedTuple):
    """A layer with inputs.

    make:   () -> the layer
    inputs: () -> its inputs
    fixed:  whether a batch of another size is not possible, or is another graph
    dim:    the dimension of the batch
    """

    make: Callable[[], nn.Module]
    inputs: Callable[[], tuple[Any, ...]]
    fixed: bool = False
    dim: int = 0


CASES: dict[str, Case] = {}


def layer(make: Callable[[], nn.Module], *inputs: Any, fixed: bool = False, dim: int = 0) -> None:
    """Enter a layer; an input is a shape, or a function that makes it."""

    def made() -> tuple[Any, ...]:
        return tuple(given() if callable(given) else randn(*given) for given in inputs)

    autograd.manual_seed(0)
    name = repr(make()).split("\n")[0]
    while name in CASES:
        name += "'"
    CASES[name] = Case(make, made, fixed, dim)


def signs() -> Any:
    return tensor([1.0, -1.0])


def chances(*shape: int) -> Callable[[], Any]:
    return lambda: rand(*shape)


def classes() -> Any:
    return tensor([1, 2])


def several(*kinds: Callable[..., nn.Module]) -> Iterator[tuple[int, Callable[..., nn.Module]]]:
    return enumerate(kinds, 1)


SIZES = {1: (8,), 2: (8, 6), 3: (4, 6, 4)}

# linear
layer(nn.Identity, (2, 3))
layer(lambda: nn.Linear(3, 4), (2, 3))
layer(lambda: nn.Linear(3, 4, bias=False), (2, 5, 3))
layer(lambda: nn.Linear(3, 4), (3,), fixed=True)
layer(lambda: nn.LazyLinear(4), (2, 3))
layer(lambda: nn.Bilinear(3, 4, 2), (2, 3), (2, 4))
layer(nn.Flatten, (2, 3, 4))
layer(lambda: nn.Unflatten(1, (2, 3)), (2, 6))

# tables
for padding in (None, 1):
    layer(lambda padding=padding: nn.Embedding(5, 3, padding), lambda: tensor([[1, 2], [3, 4]]))
for mode in ("sum", "mean"):
    layer(lambda mode=mode: nn.EmbeddingBag(5, 3, mode=mode), lambda: tensor([[1, 2], [3, 4]]))
layer(lambda: nn.EmbeddingBag(5, 3, mode="max"), lambda: tensor([[1, 2], [3, 4]]), fixed=True)
layer(
    lambda: nn.EmbeddingBag(5, 3, mode="sum"), lambda: tensor([[1, 2], [3, 4]]), lambda: None, chances(2, 2)
)

# dropout: nothing, in evaluation mode
for kind in (nn.Dropout, nn.Dropout1d, nn.AlphaDropout, nn.FeatureAlphaDropout):
    layer(kind, (2, 3, 4))
layer(nn.Dropout2d, (2, 3, 4, 4))
layer(nn.Dropout3d, (2, 3, 4, 4, 4))

# attention
layer(lambda: nn.MultiheadAttention(8, 2, batch_first=True), *[(2, 5, 8)] * 3)
layer(lambda: nn.MultiheadAttention(8, 2, kdim=6, vdim=7), (5, 2, 8), (4, 2, 6), (4, 2, 7), dim=1)
layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 5, 8))
layer(lambda: nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", norm_first=True), (5, 2, 8), dim=1)
layer(lambda: nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), (2, 5, 8), (2, 4, 8))
layer(lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 2), (2, 5, 8))
layer(
    lambda: nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), 2),
    (2, 5, 8),
    (2, 4, 8),
)
layer(lambda: nn.Transformer(8, 2, 1, 1, 16, batch_first=True), (2, 5, 8), (2, 4, 8))

# normalisation
for n, kind in several(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d):
    layer(lambda kind=kind: kind(3), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(3, affine=False), (2, 3, *SIZES[n]))
for n, kind in several(nn.LazyBatchNorm1d, nn.LazyBatchNorm2d, nn.LazyBatchNorm3d):
    layer(kind, (2, 3, *SIZES[n]))
layer(lambda: nn.BatchNorm1d(3), (2, 3))
layer(lambda: nn.BatchNorm2d(3, track_running_stats=False), (2, 3, 4, 4))
for n, kind in several(nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d):
    layer(lambda kind=kind: kind(3, affine=True), (2, 3, *SIZES[n]))
for n, kind in several(nn.LazyInstanceNorm1d, nn.LazyInstanceNorm2d, nn.LazyInstanceNorm3d):
    layer(kind, (2, 3, *SIZES[n]))
layer(lambda: nn.InstanceNorm2d(3, track_running_stats=True), (2, 3, 4, 4))
for shape, affine in (((4,), True), ((3, 4), True), ((4,), False)):
    layer(lambda shape=shape, affine=affine: nn.LayerNorm(shape, elementwise_affine=affine), (2, 3, 4))
layer(lambda: nn.LayerNorm(4, bias=False), (2, 3, 4))
layer(lambda: nn.GroupNorm(2, 4), (2, 4, 5))
layer(lambda: nn.GroupNorm(2, 4, affine=False), (2, 4, 5, 3))
layer(lambda: nn.RMSNorm(4), (2, 3, 4))
layer(lambda: nn.LocalResponseNorm(2), (2, 4, 5, 5))

# convolutions
for n, kind in several(nn.Conv1d, nn.Conv2d, nn.Conv3d):
    layer(lambda kind=kind: kind(2, 4, 3, stride=2, padding=1, groups=2), (2, 2, *SIZES[n]))
    layer(lambda kind=kind: kind(2, 3, 2, dilation=2, bias=False), (2, 2, *SIZES[n]))
for n, kind in several(nn.LazyConv1d, nn.LazyConv2d, nn.LazyConv3d):
    layer(lambda kind=kind: kind(4, 3), (2, 2, *SIZES[n]))
for mode in ("reflect", "replicate", "circular", "zeros"):
    layer(lambda mode=mode: nn.Conv2d(2, 4, 3, padding="same", padding_mode=mode), (2, 2, 8, 7))
layer(lambda: nn.Conv2d(2, 4, 4, padding="same"), (2, 2, 8, 7))
layer(lambda: nn.Conv2d(2, 4, 3), (2, 8, 8), fixed=True)
for n, kind in several(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d):
    layer(lambda kind=kind: kind(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2), (2, 2, *SIZES[n]))
    layer(lambda kind=kind: kind(2, 3, 2, dilation=2), (2, 2, *SIZES[n]))
for n, kind in several(nn.LazyConvTranspose1d, nn.LazyConvTranspose2d, nn.LazyConvTranspose3d):
    layer(lambda kind=kind: kind(4, 3), (2, 2, *SIZES[n]))
layer(lambda: nn.Unfold(2, padding=1, stride=2, dilation=2), (2, 3, 6, 6))
layer(lambda: nn.Fold((4, 4), 2), (2, 12, 9))

# recurrent layers
for kind in (nn.RNN, nn.LSTM, nn.GRU):
    layer(lambda kind=kind: kind(3, 4), (5, 2, 3), dim=1)
    layer(lambda kind=kind: kind(3, 4, 2, batch_first=True, bidirectional=True), (2, 5, 3))
    layer(lambda kind=kind: kind(3, 4, bias=False, batch_first=True), (2, 5, 3))
layer(lambda: nn.RNN(3, 4, nonlinearity="relu"), (5, 2, 3), (1, 2, 4), dim=1)
layer(lambda: nn.LSTM(3, 4, proj_size=2), (5, 2, 3), dim=1)
layer(lambda: nn.GRU(3, 4), (5, 3), fixed=True)
for kind in (nn.RNNCell, nn.LSTMCell, nn.GRUCell):
    layer(lambda kind=kind: kind(3, 4), (2, 3))

# distances
layer(nn.PairwiseDistance, (2, 3), (2, 3))
layer(lambda: nn.PairwiseDistance(3.0), (2, 3), (2, 3))
layer(nn.CosineSimilarity, (2, 3), (2, 3))

# pools
for n, kind in several(nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d):
    layer(lambda kind=kind: kind(3, 2, 1), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(3, 2, 1, ceil_mode=True, count_include_pad=False), (2, 3, *SIZES[n]))
layer(lambda: nn.AvgPool2d(3, divisor_override=5), (3, 8, 8), fixed=True)
for n, kind in several(nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d):
    layer(lambda kind=kind: kind(2), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(3, 2, 1, ceil_mode=True), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(2, return_indices=True), (2, 3, *SIZES[n]))
layer(lambda: nn.MaxPool2d(2, dilation=2), (2, 3, 8, 8))
for n, kind in several(nn.LPPool1d, nn.LPPool2d, nn.LPPool3d):
    layer(lambda kind=kind: kind(2, 2), (2, 3, *SIZES[n]))
for n, kind in several(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d):
    layer(lambda kind=kind: kind(1), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(3), (2, 3, *SIZES[n]))
for n, kind in several(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d):
    layer(lambda kind=kind: kind(2), (2, 3, *SIZES[n]))
    layer(lambda kind=kind: kind(3), (2, 3, *SIZES[n]))
samples = rand(2, 3, 2), rand(2, 3, 3)
layer(lambda: nn.FractionalMaxPool2d(2, output_size=3, _random_samples=samples[0]), (2, 3, 8, 8), fixed=True)
layer(
    lambda: nn.FractionalMaxPool3d(2, output_size=2, _random_samples=samples[1]), (2, 3, 5, 5, 5), fixed=True
)
layer(lambda: nn.MaxUnpool1d(2), (1, 1, 2), lambda: tensor([[[1, 2]]]))
layer(lambda: nn.MaxUnpool2d(2), (1, 1, 2, 2), lambda: tensor([[[[0, 3], [8, 11]]]]))
layer(lambda: nn.MaxUnpool3d(2), (1, 1, 1, 1, 2), lambda: tensor([[[[[1, 14]]]]]))

# borders, sizes, places
for n in (1, 2, 3):
    x = (2, 3, *SIZES[n])
    for kind in ("Circular", "Reflection", "Replication", "Zero"):
        layer(lambda kind=kind, n=n: getattr(nn, f"{kind}Pad{n}d")(2), x)
    layer(lambda n=n: getattr(nn, f"ConstantPad{n}d")(1, 1.5), x)
layer(lambda: nn.ZeroPad2d((1, -1, -2, 2)), (2, 3, 4, 4))
layer(lambda: nn.ChannelShuffle(2), (2, 4, 3, 3))
layer(lambda: nn.PixelShuffle(2), (2, 4, 3, 3))
layer(lambda: nn.PixelUnshuffle(2), (2, 4, 4, 4))
for mode in ("nearest", "nearest-exact", "bilinear", "bicubic"):
    layer(lambda mode=mode: nn.Upsample(scale_factor=2, mode=mode), (2, 3, 4, 5))
    layer(lambda mode=mode: nn.Upsample(size=(5, 3), mode=mode), (2, 3, 4, 5))
layer(lambda: nn.Upsample(scale_factor=2.5, mode="bilinear", align_corners=True), (2, 3, 4, 5))
layer(lambda: nn.Upsample(scale_factor=1.5, mode="linear"), (2, 3, 4))
layer(lambda: nn.Upsample(scale_factor=2, mode="trilinear"), (2, 3, 4, 3, 2))
layer(lambda: nn.UpsamplingBilinear2d(scale_factor=2), (2, 3, 4, 4))
layer(lambda: nn.UpsamplingNearest2d(scale_factor=3), (2, 3, 4, 4))

# activations
for make in (
    lambda: nn.Threshold(0.1, 2.0), nn.ReLU, lambda: nn.ReLU(inplace=True), nn.ReLU6, nn.LeakyReLU, nn.PReLU,
    lambda: nn.PReLU(4), nn.RReLU, nn.ELU, lambda: nn.ELU(1.5, inplace=True), nn.SELU, lambda: nn.CELU(1.5),
    nn.GELU, lambda: nn.GELU("tanh"), nn.SiLU, nn.Mish, nn.GLU, nn.Sigmoid, nn.LogSigmoid, nn.Hardsigmoid,
    nn.Hardswish, nn.Tanh, lambda: nn.Hardtanh(-0.5, 0.7), nn.Tanhshrink, nn.Softplus,
    lambda: nn.Softplus(2.0, 1.0), nn.Softsign, nn.Hardshrink, nn.Softshrink, lambda: nn.Softmax(1),
    lambda: nn.Softmin(1), lambda: nn.LogSoftmax(-1),
):  # fmt: skip
    layer(make, (3, 4))
layer(nn.Softmax2d, (2, 3, 4, 4))

# losses
for kind in (nn.L1Loss, nn.MSELoss, nn.SmoothL1Loss, nn.HuberLoss, nn.PoissonNLLLoss):
    layer(kind, (2, 3), (2, 3))
layer(lambda: nn.SmoothL1Loss(reduction="sum", beta=0.3), (2, 3), (2, 3))
layer(lambda: nn.HuberLoss(reduction="none", delta=0.4), (2, 3), (2, 3))
layer(nn.GaussianNLLLoss, (2, 3), (2, 3), chances(2, 3))
layer(nn.CrossEntropyLoss, (2, 3), classes)
layer(nn.CrossEntropyLoss, (2, 3), chances(2, 3))
layer(
    lambda: nn.CrossEntropyLoss(tensor([1.0, 2, 3])),
    (2, 3, 4),
    lambda: tensor([[0, 1, 2, 0], [-100, 2, 1, 1]]),
)
layer(nn.NLLLoss, (2, 3), classes)
layer(nn.NLLLoss, (2, 3, 1, 2), lambda: tensor([[[1, 2]], [[0, 1]]]))
layer(nn.BCELoss, chances(2, 3), chances(2, 3))
layer(nn.BCEWithLogitsLoss, (2, 3), chances(2, 3))
layer(lambda: nn.BCEWithLogitsLoss(pos_weight=tensor(2.0)), (2, 3), chances(2, 3))
layer(lambda: nn.KLDivLoss(reduction="sum"), (2, 3), chances(2, 3))
layer(lambda: nn.KLDivLoss(reduction="batchmean"), (2, 3), chances(2, 3))
layer(lambda: nn.KLDivLoss(reduction="none", log_target=True), (2, 3), (2, 3))
layer(nn.MarginRankingLoss, (2,), (2,), signs)
layer(nn.HingeEmbeddingLoss, (2,), signs)
layer(nn.SoftMarginLoss, (2,), signs)
layer(nn.MultiMarginLoss, (2, 3), classes)
layer(lambda: nn.MultiMarginLoss(p=2, margin=0.5, weight=tensor([1.0, 2, 3])), (2, 3), classes)
layer(nn.MultiLabelMarginLoss, (2, 3), lambda: tensor([[1, -1, 0], [0, 1, -1]]))
layer(nn.MultiLabelSoftMarginLoss, (2, 3), chances(2, 3))
layer(nn.CosineEmbeddingLoss, (2, 3), (2, 3), signs)
layer(nn.TripletMarginLoss, *[(2, 3)] * 3)
layer(nn.TripletMarginWithDistanceLoss, *[(2, 3)] * 3)
