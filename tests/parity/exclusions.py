"""What of PyTorch's databases of operations and modules is not compared, and why.

Anything that is not listed here is shared, and must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _because(reason: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), reason)


OPERATIONS: dict[str, str] = {
    **_because(
        "complex numbers are out of scope",
        """
        cdouble cfloat chalf complex imag polar view_as_complex view_as_real
        fft.fft fft.fft2 fft.fftn fft.fftshift fft.hfft fft.hfft2 fft.hfftn fft.ifft fft.ifft2 fft.ifftn
        fft.ifftshift fft.ihfft fft.ihfft2 fft.ihfftn fft.irfft fft.irfft2 fft.irfftn fft.rfft fft.rfft2 fft.rfftn
        istft stft linalg.eig linalg.eigvals
        """,
    ),
    **_because("sparse tensors are out of scope", "sparse.mm.reduce sparse.sampled_addmm to_sparse"),
    **_because(
        "masked tensors are a package of PyTorch's own, outside its tensor API",
        """
        masked.amax masked.amin masked.argmax masked.argmin masked.cumprod masked.cumsum masked.log_softmax
        masked.logaddexp masked.logsumexp masked.mean masked.median masked.norm masked.normalize masked.prod
        masked.softmax masked.softmin masked.std masked.sum masked.var
    """,
    ),
    **_because(
        "kernels for one device, which the CPU does not have",
        """
        jiterator_2inputs_2outputs jiterator_4inputs_with_extra_args jiterator_binary jiterator_binary_return_by_ref
        jiterator_unary torch._scaled_mm torch._scaled_mm_v2 torch.ops.aten._efficient_attention_forward
        torch.ops.aten._flash_attention_forward
    """,
    ),
    **_because(
        "an internal function that no program calls by name",
        """
        _batch_norm_with_update _chunk_cat _native_batch_norm_legit _segment_reduce.lengths _segment_reduce.offsets
        _softmax_backward_data _unsafe_masked_index _unsafe_masked_index_put_accumulate _upsample_bilinear2d_aa
        max_pool2d_with_indices_backward native_batch_norm native_dropout_backward native_group_norm native_layer_norm
        torch.ops.aten._safe_softmax.default slice hash_tensor grid_sampler_2d grid_sampler_3d
    """,
    ),
    **_because("a dtype that NumPy does not have", "bfloat16"),
    **_because(
        "random: values cannot be equal; tests/test_random.py has its distribution",
        """
        bernoulli cauchy exponential geometric log_normal multinomial normal normal.in_place normal.number_mean
        rand_like randint randint_like randn randn_like uniform nn.functional.dropout nn.functional.rrelu
        nn.functional.alpha_dropout nn.functional.dropout2d nn.functional.dropout3d nn.functional.feature_alpha_dropout
    """,
    ),
    **_because(
        "uninitialised memory: there are no values to compare",
        """
        empty empty_like empty_permuted empty_strided new_empty new_empty_strided resize_ resize_as_
    """,
    ),
    **_because(
        "random projections: an approximation that differs from call to call", "pca_lowrank svd_lowrank"
    ),
    **_because(
        "signal windows are a package of PyTorch's own, outside its tensor API",
        """
        signal.windows.bartlett signal.windows.blackman signal.windows.cosine signal.windows.exponential
        signal.windows.gaussian signal.windows.general_cosine signal.windows.general_hamming signal.windows.hamming
        signal.windows.hann signal.windows.kaiser signal.windows.nuttall
    """,
    ),
}
"""Operation -> why it is not compared."""

SAMPLES: dict[str, Callable[[Any], bool]] = {
    # where the windows are is random unless the numbers for it are given
    **dict.fromkeys(
        ("nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool3d"),
        lambda sample: sample.kwargs.get("_random_samples") is None,
    ),
    # PyTorch rounds the weights for 8-bit images to 16 bits, so numbers may differ by 1: see tests/nn/test_pooling.py
    **dict.fromkeys(
        (
            "nn.functional.interpolate.bilinear",
            "nn.functional.interpolate.bicubic",
            "nn.functional.upsample_bilinear",
        ),
        lambda sample: str(sample.input.dtype) == "torch.uint8",
    ),
    # gradients as sparse tensors, which are out of scope
    **dict.fromkeys(
        ("nn.functional.embedding", "nn.functional.embedding_bag"),
        lambda sample: sample.kwargs.get("sparse", False),
    ),
    # which weights are dropped is random
    "nn.functional.scaled_dot_product_attention": lambda sample: sample.kwargs["dropout_p"] > 0,
    # …; and PyTorch's half precision rounds scores and masks in one step, which large scores make visible
    "nn.functional.multi_head_attention_forward": lambda s: s.args[9] > 0 or s.input.dtype.itemsize == 2,
    # PyTorch's half precision overflows on the way and returns nan; here it goes through single precision
    "matrix_exp": lambda sample: sample.input.dtype.itemsize == 2,
    # PyTorch's exponential overflows in half precision; here there is none
    "nn.functional.soft_margin_loss": lambda sample: sample.input.dtype.itemsize == 2,
    # the distance is a module of PyTorch's, which takes PyTorch's tensors; tests/nn/test_loss.py has others
    "nn.functional.triplet_margin_with_distance_loss": lambda sample: "distance_function" in sample.kwargs,
    # PyTorch subtracts points and adds heights in 8 bits, where they wrap around
    **dict.fromkeys(
        ("trapezoid", "trapz", "cumulative_trapezoid"), lambda s: str(s.input.dtype) == "torch.uint8"
    ),
}
"""Operation -> which of its samples are not compared; the reason stands beside each."""

ERRORS: dict[str, Callable[[Any], bool]] = {}
"""Operation -> which of the errors PyTorch lists are none here; the reason stands beside each."""


def _elements(x: Any, indices: Any, dim: int) -> Any:
    """The elements of x at indices along a dimension, which they may lack."""
    return x.gather(dim, indices if indices.ndim == x.ndim else indices.unsqueeze(dim))


def _values_and_elements(position: int) -> Callable[[Any, Any, Any], Any]:
    """Values, and for indices the elements that they name; `position` is that of the argument `dim`."""

    def chosen(result: Any, args: Any, named: Any) -> Any:
        dim = named["dim"] if "dim" in named else args[position] if len(args) > position else -1
        return result[0], _elements(args[0], result[1], dim)

    return chosen


def _sorted_by_pytorch(result: Any, args: Any, named: Any) -> Any:
    """The elements in order, where the order of equal ones is not promised and PyTorch does not keep it."""
    kept = named.get("stable") or str(args[0].dtype).rpartition(".")[2] not in ("uint8", "bool", "float16")
    return result if kept else _elements(args[0], result[-1] if isinstance(result, tuple) else result, 0)


INVARIANTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    # which of several equal elements PyTorch takes is decided by the steps of its selection algorithm
    "kthvalue": _values_and_elements(2),
    "topk": _values_and_elements(2),
    "mode": _values_and_elements(1),
    "sort": _sorted_by_pytorch,
    "argsort": _sorted_by_pytorch,
}
"""Operation -> what is compared instead of the result, where there are several right ones; from result, args, named."""

VARIANTS: dict[tuple[str, str], str] = {}
"""(operation, "method" or "in place") -> why that form is not compared."""

TOLERANCES: dict[str, float] = {
    # PyTorch's derivative is 1/6 in single precision, also for float64
    "nn.functional.hardsigmoid": 10.0,
    # PyTorch's own float64 values are wrong from the sixth digit on, as the integrals that define them show
    # (1/π ∫ cos(nθ - x sin θ) dθ for Jₙ): parts of its kernels have constants in single precision
    **dict.fromkeys(
        (
            "special.airy_ai",
            "special.bessel_j0",
            "special.bessel_j1",
            "special.bessel_y0",
            "special.bessel_y1",
        ),
        1e4,
    ),
    "logcumsumexp": 20.0,  # PyTorch's float32 derivative takes logarithms of gradients, and is the less exact one
}
"""Operation -> how many times the usual tolerance; the reason stands beside each."""

ORDERS: dict[str, int] = {
    # its second derivatives at 0 are nan in PyTorch; here they are 0, those of the first derivative it takes there
    "linalg.norm.subgradients_at_zero": 1,
    # PyTorch's gradient is that of the elements that were overwritten; ours is checked by finite differences
    "as_strided_scatter": 0,
}
"""Operation -> the highest derivative that is compared; the reason stands beside each."""

TRIANGLES: dict[str, int] = {"cholesky_inverse": 0, "cholesky_solve": 1}
"""Operation -> which argument is given as a triangle: PyTorch has derivatives by elements that it never reads."""

MODULES: dict[str, str] = {
    "Container": "an empty base class, from before Module could hold modules itself",
    "CrossMapLRN2d": "another form of LocalResponseNorm, which PyTorch keeps for old files and does not document",
    "SyncBatchNorm": "statistics over several processes",
}
"""Module -> why it is not compared."""

MODULE_SAMPLES: dict[str, Callable[[Any], bool]] = {}
"""Module -> which of its samples are not compared; the reason stands beside each."""

MODULE_ERRORS: dict[str, Callable[[Any], bool]] = {}
"""Module -> which of the errors PyTorch lists are none here; the reason stands beside each."""

MODULE_TOLERANCES: dict[str, float] = {
    # norms of 4 numbers make a rounding error of the first step ten times as large by the third; float64 agrees
    **dict.fromkeys(("TransformerDecoderLayer", "TransformerDecoder"), 10.0),
    "Hardsigmoid": 1e3,  # PyTorch's derivative is 1/6 in single precision, also for float64
}
"""Module -> how many times the usual tolerance; the reason stands beside each."""

MODULE_SIGNATURES: dict[str, str] = {}
"""Module -> arguments of PyTorch's that it does not take; the reason stands beside each."""
