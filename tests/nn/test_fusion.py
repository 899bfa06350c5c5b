"""Batch norm folded into the layer before it, and modules made without drawing weights, beside PyTorch's."""

from importlib import import_module

import pytest

import nn
from nn.utils import fuse_conv_bn_eval, fuse_linear_bn_eval, skip_init
from tests.nn.both import compare, fill, ramp


def utils(n):
    return import_module(f"{n.__name__}.utils")


def positive(lib, bn):
    with lib.no_grad():
        for name, buffer in bn.named_buffers():
            if name == "running_var":
                buffer.copy_(buffer.abs() + 0.1)
    return bn


def layers(lib, n, layer, norm, *shape, **options):
    seen = []
    for bias in (True, False):
        for affine in (True, False):
            a = fill(lib, layer(bias).double()).eval()
            b = positive(lib, fill(lib, norm(affine).double())).eval()
            x = ramp(lib, *shape)
            fuse = utils(n).fuse_conv_bn_eval if hasattr(a, "kernel_size") else utils(n).fuse_linear_bn_eval
            fused = fuse(a, b, **options)
            fused.requires_grad_(False)
            seen.append([fused(x), b(a(x)), fused.state_dict(), type(fused).__name__])
    return seen


def conv(lib, n):
    return layers(
        lib, n, lambda b: n.Conv2d(2, 3, 2, bias=b), lambda a: n.BatchNorm2d(3, affine=a), 2, 2, 4, 4
    )


def conv_of_one_dimension(lib, n):
    return layers(lib, n, lambda b: n.Conv1d(2, 3, 2, bias=b), lambda a: n.BatchNorm1d(3, affine=a), 2, 2, 4)


def transposed(lib, n):
    return layers(
        lib, n, lambda b: n.ConvTranspose2d(2, 3, 2, bias=b), lambda a: n.BatchNorm2d(3, affine=a), 2, 2, 4, 4,
        transpose=True,
    )  # fmt: skip


def linear(lib, n):  # PyTorch's needs weight and bias
    return layers(lib, n, lambda b: n.Linear(3, 4, bias=b), lambda a: n.BatchNorm1d(4), 5, 3)


def skipped(lib, n):
    layer = utils(n).skip_init(n.Linear, 5, out_features=2)
    return (
        [list(p.shape) for p in layer.parameters()],
        [p.requires_grad for p in layer.parameters()],
        repr(layer),
    )


def skipped_without_a_device(lib, n):
    utils(n).skip_init(n.Identity)


def orders_in_memory(lib, n):
    model = fill(
        lib, n.Sequential(n.Conv2d(2, 3, 2), n.Sequential(n.ConvTranspose2d(3, 2, 2)), n.Linear(2, 2))
    )
    space = fill(lib, n.Conv3d(2, 3, 2))
    result = utils(n).convert_conv2d_weight_memory_format(model, lib.channels_last)
    utils(n).convert_conv3d_weight_memory_format(space, lib.channels_last_3d)
    weights = [model[0].weight, model[1][0].weight, model[2].weight, space.weight]
    return result is model, [list(w.stride()) for w in weights], weights


@pytest.mark.parametrize(
    "program",
    [orders_in_memory, conv, conv_of_one_dimension, transposed, linear, skipped, skipped_without_a_device],
    ids=lambda f: f.__name__,
)
def test_as_in_pytorch(program):
    compare(program)


def test_what_cannot_be_fused():
    with pytest.raises(ValueError, match="Fusion only for eval"):
        fuse_conv_bn_eval(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1).eval())
    with pytest.raises(ValueError, match="no running_mean"):
        fuse_conv_bn_eval(nn.Conv2d(1, 1, 1).eval(), nn.BatchNorm2d(1, track_running_stats=False).eval())
    with pytest.raises(ValueError, match=r"out_features == bn.num_features"):
        fuse_linear_bn_eval(nn.Linear(1, 3).eval(), nn.BatchNorm1d(2).eval())
    with pytest.raises(RuntimeError, match="Expected a Module"):
        skip_init(int)
