"""Samples of the modules that PyTorch's database lacks, in its form: constructor arguments, and what forward is given.

Modules with random results are here with probabilities at which they have one result, and in evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.testing import make_tensor
from torch.testing._internal.common_modules import FunctionInput, ModuleInfo, ModuleInput

Make = Callable[..., torch.Tensor]
Forward = Callable[[Make], tuple[Any, ...]]


def made(*args: Any, **named: Any) -> FunctionInput:
    """The constructor's arguments."""
    return FunctionInput(*args, **named)


def of(*shapes: tuple[int, ...]) -> Forward:
    """forward is given tensors of these shapes."""
    return lambda make: tuple(make(shape) for shape in shapes)


def module(
    cls: type[nn.Module],
    *samples: tuple[FunctionInput, Forward],
    only_evaluated: tuple[tuple[FunctionInput, Forward], ...] = (),
    train_and_eval_differ: bool = False,
) -> ModuleInfo:
    """A line of the database."""

    def inputs(
        info: Any, device: str, dtype: Any, requires_grad: bool, training: bool, **more: Any
    ) -> list[ModuleInput]:
        make = partial(make_tensor, device=device, dtype=dtype, requires_grad=requires_grad)
        chosen = [*samples, *(() if training else only_evaluated)]
        return [
            ModuleInput(made, FunctionInput(*forward(make)), desc=str(i))
            for i, (made, forward) in enumerate(chosen)
        ]

    return ModuleInfo(
        cls, module_inputs_func=inputs, train_and_eval_differ=train_and_eval_differ or bool(only_evaluated)
    )


def dropout(cls: type[nn.Module], shape: tuple[int, ...], *shapes: tuple[int, ...]) -> ModuleInfo:
    """Everything, or nothing, is kept; in evaluation everything."""
    samples = [(made(p), of(s)) for p in (0.0, 1.0) for s in (shape, *shapes)]
    return module(cls, *samples, only_evaluated=((made(), of(shape)), (made(p=0.3), of(shape))))


def indices(high: int, *shape: int) -> torch.Tensor:
    return torch.randint(high, shape)


def bags(make: Make) -> tuple[Any, ...]:
    """Ten indices in four bags, of which one is empty."""
    return indices(7, 10), torch.tensor([0, 3, 3, 8])


def weighted_bags(make: Make) -> tuple[Any, ...]:
    return (*bags(make), make((10,)))


def clusters(make: Make) -> tuple[Any, ...]:
    """Some of each cluster: the head is 0 … 3."""
    return make((8, 6)), torch.tensor([0, 3, 4, 5, 7, 9, 9, 1])


def pooled(pool: Callable[..., Any], shape: tuple[int, ...], *args: int) -> Forward:
    """Maxima and where they were."""

    def forward(make: Make) -> tuple[Any, ...]:
        values, where = pool(make(shape), *args, return_indices=True)
        return values.detach().requires_grad_(values.requires_grad), where

    return forward


def then_size(forward: Forward, size: Any) -> Forward:
    return lambda make: (*forward(make), size)


def lazy_norms(cls: type[nn.Module], spatial: tuple[int, ...]) -> ModuleInfo:
    return module(
        cls,
        (made(), of((4, 3, *spatial))),
        (made(1e-3, 0.3), of((2, 5, *spatial))),
        (made(affine=False, track_running_stats=False), of((4, 3, *spatial))),
        (made(affine=True, track_running_stats=True), of((4, 3, *spatial))),
        train_and_eval_differ=True,
    )


def manhattan(a: Any, b: Any) -> Any:
    """A distance, of tensors of either library."""
    return (a - b).abs().sum(-1)


F = torch.nn.functional
MASK = torch.tensor([[False, True, True], [False, False, True], [False, False, False]])

OTHER_MODULES: list[ModuleInfo] = [
    module(
        nn.AdaptiveLogSoftmaxWithLoss,
        (made(6, 10, [4, 7], div_value=2.0), clusters),
        (made(6, 10, cutoffs=[4], head_bias=True), clusters),
    ),
    dropout(nn.AlphaDropout, (5, 4)),
    module(nn.ChannelShuffle, (made(3), of((2, 6, 4, 5))), (made(2), of((1, 4, 3, 3)))),
    module(
        nn.CosineSimilarity,
        (made(), of((5, 4), (5, 4))),
        (made(dim=0, eps=1e-3), of((5, 4), (5, 4))),
        (made(2), of((3, 1, 4), (1, 2, 4))),
    ),
    dropout(nn.Dropout, (5, 4), ()),
    dropout(nn.Dropout1d, (3, 4, 5), (4, 5)),
    dropout(nn.Dropout2d, (3, 4, 5, 2)),
    dropout(nn.Dropout3d, (3, 4, 5, 2, 2), (4, 5, 2, 2)),
    module(
        nn.EmbeddingBag,
        (made(7, 3), bags),
        (made(7, 3, mode="sum"), bags),
        (made(7, 3, mode="sum"), weighted_bags),
        (made(7, 3, mode="max"), bags),
        (made(7, 3, padding_idx=2), lambda make: (indices(7, 4, 5),)),
        (made(7, 3, mode="max", padding_idx=-1), lambda make: (indices(7, 4, 5),)),
        (made(7, 3, mode="sum"), lambda make: (indices(7, 4, 5), None, make((4, 5)))),
        (made(7, 3, max_norm=1.0, norm_type=1.0), bags),
        (
            made(7, 3, mode="sum", include_last_offset=True),
            lambda make: (indices(7, 10), torch.tensor([0, 3, 3, 10])),
        ),
    ),
    dropout(nn.FeatureAlphaDropout, (3, 4, 5)),
    module(
        nn.Flatten,
        (made(), of((2, 3, 4))),
        (made(0, 1), of((2, 3, 4))),
        (made(start_dim=2, end_dim=-2), of((2, 3, 4, 2, 3))),
    ),
    module(
        nn.Fold,
        (made((4, 5), 2), of((2, 12, 12))),
        (made((4, 5), (2, 3), dilation=1, padding=(1, 0), stride=(2, 1)), of((12, 9))),
        (made(output_size=6, kernel_size=2, dilation=2, padding=1, stride=2), of((2, 8, 9))),
    ),
    module(nn.Hardsigmoid, (made(), of((4, 3))), (made(), of(()))),
    module(nn.Identity, (made(), of((4, 3))), (made(54, unused=0.1), of(()))),
    lazy_norms(nn.LazyBatchNorm1d, (4,)),
    lazy_norms(nn.LazyBatchNorm2d, (4, 3)),
    lazy_norms(nn.LazyBatchNorm3d, (4, 3, 2)),
    lazy_norms(nn.LazyInstanceNorm1d, (4,)),
    lazy_norms(nn.LazyInstanceNorm2d, (4, 3)),
    lazy_norms(nn.LazyInstanceNorm3d, (4, 3, 2)),
    module(nn.LazyLinear, (made(3), of((2, 5, 4))), (made(3, bias=False), of((4,)))),
    module(
        nn.MaxUnpool1d,
        (made(2), pooled(F.max_pool1d, (2, 3, 8), 2)),
        (made(3, 2, 1), then_size(pooled(F.max_pool1d, (2, 3, 9), 3, 2, 1), (2, 3, 9))),
    ),
    module(
        nn.MaxUnpool2d,
        (made(2, stride=2), pooled(F.max_pool2d, (2, 3, 4, 6), 2)),
        (made((2, 3)), pooled(F.max_pool2d, (3, 4, 6), (2, 3))),
        (made(2), then_size(pooled(F.max_pool2d, (2, 3, 5, 6), 2), [5, 6])),
    ),
    module(nn.MaxUnpool3d, (made(2), pooled(F.max_pool3d, (2, 3, 4, 4, 2), 2))),
    module(
        nn.NLLLoss2d,
        (
            made(reduction="sum"),
            lambda make: (make((2, 4, 3, 5)).log_softmax(1), indices(4, 2, 3, 5)),
        ),
    ),
    module(
        nn.PairwiseDistance,
        (made(), of((5, 4), (5, 4))),
        (made(1.0, 1e-3, True), of((5, 4), (5, 4))),
        (made(p=3, keepdim=False), of((4,), (4,))),
    ),
    module(nn.PixelShuffle, (made(3), of((2, 9, 4, 4))), (made(2), of((8, 2, 3)))),
    module(nn.PixelUnshuffle, (made(3), of((2, 1, 6, 9))), (made(2), of((2, 4, 2)))),
    module(
        nn.RReLU,
        (made(0.25, 0.25), of((4, 3))),
        only_evaluated=((made(), of((4, 3))), (made(0.1, upper=0.5), of(()))),
    ),
    module(
        nn.TransformerDecoder,
        (made(nn.TransformerDecoderLayer(4, 2, 8, 0.0), 2), of((2, 3, 4), (5, 3, 4))),
        (
            made(
                nn.TransformerDecoderLayer(4, 2, 8, 0.0, F.gelu, batch_first=True, norm_first=True),
                num_layers=2,
                norm=nn.LayerNorm(4),
            ),
            lambda make: (make((2, 3, 4)), make((2, 5, 4)), MASK),
        ),
    ),
    module(
        nn.TripletMarginLoss,
        (made(), of((5, 4), (5, 4), (5, 4))),
        (made(8.0, p=1, swap=True, reduction="sum"), of((5, 4), (5, 4), (5, 4))),
        (made(margin=3.0, eps=1e-3, reduction="none"), of((4,), (4,), (4,))),
    ),
    module(
        nn.TripletMarginWithDistanceLoss,
        (made(), of((5, 4), (5, 4), (5, 4))),
        (
            made(distance_function=manhattan, margin=9.0, swap=True, reduction="none"),
            of((5, 4), (5, 4), (5, 4)),
        ),
    ),
    module(nn.Unflatten, (made(1, (2, 2)), of((5, 4))), (made(-1, (1, -1, 2)), of((5, 4)))),
    module(
        nn.Unfold,
        (made(2), of((2, 3, 4, 5))),
        (made((2, 3), dilation=2, padding=(1, 2), stride=(1, 2)), of((3, 6, 5))),
    ),
    module(
        nn.Upsample,
        (made(scale_factor=2), of((2, 3, 4))),
        (made((5, 7)), of((2, 3, 4, 5))),
        (made(scale_factor=1.5, mode="linear"), of((2, 3, 4))),
        (made(scale_factor=(2, 1.5), mode="bilinear", align_corners=True), of((2, 3, 4, 5))),
        (made(scale_factor=2.3, mode="bicubic", recompute_scale_factor=True), of((2, 3, 4, 5))),
        (made(size=5, mode="trilinear"), of((2, 3, 4, 5, 2))),
    ),
    module(
        nn.UpsamplingBilinear2d, (made(scale_factor=2), of((2, 3, 4, 5))), (made((5, 7)), of((2, 3, 4, 5)))
    ),
    module(
        nn.UpsamplingNearest2d, (made(scale_factor=2), of((2, 3, 4, 5))), (made((5, 7)), of((2, 3, 4, 5)))
    ),
]
