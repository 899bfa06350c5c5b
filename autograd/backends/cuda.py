"""Switches of NVIDIA's libraries, which are not used: they may be set and have no effect."""


class _Matmul:
    """Switches of matrix products on a GPU."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


matmul = _Matmul()


def is_built() -> bool:
    """Return False: there is no support for them."""
    return False
