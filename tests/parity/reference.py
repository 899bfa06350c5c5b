"""PyTorch's reference inputs of elementwise operations: extremal and large values, nothing, and any memory layout.

python -m tests.parity.reference abs pow     says what differs for these operations
python -m tests.parity.reference             … for all elementwise ones
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.testing._internal.opinfo.core import BinaryUfuncInfo, UnaryUfuncInfo

from tests.parity.compare import differences, quiet
from tests.parity.exclusions import TOLERANCES
from tests.parity.op_db import DIFFERENTIABLE, OPS, call_of, rewritten, shared
from tests.parity.seeds import each_seeded
from tests.parity.translate import UntranslatableError, mapped, tensors_in

LARGEST = 1_000
"""Elements of the largest sample that is compared: more of the same takes time and shows nothing new."""


def elementwise() -> list[str]:
    """The operations that have such inputs and are ours too."""
    return [name for name in shared() if isinstance(OPS[name], (BinaryUfuncInfo, UnaryUfuncInfo))]


def samples(name: str, dtype: Any) -> Iterator[Any]:
    """PyTorch's sample calls, without those of numbers alone (see `op_db`) and the reflected ones of numbers."""
    op = OPS[name]
    with quiet():
        made = list(each_seeded((op.reference_inputs_func or op.sample_inputs_func)(op, "cpu", dtype, False)))
    for sample in made:
        tensors = list(tensors_in([sample.input, *sample.args]))
        reflected = name.startswith("__") and not isinstance(sample.input, torch.Tensor)
        if tensors and not reflected and all(t.numel() <= LARGEST for t in tensors):
            yield sample


def _leaf(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.dtype.is_floating_point:
        return value.detach().requires_grad_()
    return value


def _has_nan(value: Any) -> bool:
    return any(bool(torch.isnan(t).any()) for t in tensors_in(value))


def _without_nan(value: Any) -> Any:
    return torch.nan_to_num(value, 0.5, torch.inf, -torch.inf) if isinstance(value, torch.Tensor) else value


def failures(name: str, dtype: Any) -> list[str]:
    """What differs over all samples: results and, for floats, first derivatives.

    Derivatives at nan are not compared: those of PyTorch's own vectorised and scalar loops differ.
    """
    op, function = OPS[name], rewritten(name)
    if function is None:
        return [f"{name}: not here"]
    if dtype not in op.supported_dtypes("cpu"):
        return []
    order = int(dtype in DIFFERENTIABLE and op.supports_autograd)
    excluded = DIFFERENT.get(op.name, lambda tensors: False)
    found = []
    for sample in samples(name, dtype):
        call = call_of(sample)
        calls = (
            [(call, 0), (mapped(call, _without_nan), order)] if order and _has_nan(call) else [(call, order)]
        )
        for (args, named), up_to in calls:
            if excluded(list(tensors_in([args, named]))):
                continue
            if up_to:
                args, named = mapped((args, named), _leaf)
            try:
                reports = differences(
                    op.op, function, args, named, order=up_to,
                    process=sample.output_process_fn_grad, tolerance=TOLERANCES.get(name, 1.0),
                )  # fmt: skip
            except UntranslatableError:
                continue
            found += [f"{r}\n      in {sample.summary()}" for r in reports]
    return found


def _where(test: Callable[[Any], Any]) -> Callable[[list[Any]], bool]:
    """Whether an element of any tensor passes the test."""
    return lambda tensors: any(bool(test(t.double()).any()) for t in tensors)


def _both_zero(tensors: list[Any]) -> bool:
    return bool(((tensors[0] == 0) & (tensors[-1] == 0)).any())


def _poles(t: Any) -> Any:
    return ((t <= 0) & (t == t.round())) | (t < -100)


_NAN = _where(torch.isnan)
_INFINITE = _where(torch.isinf)

_POLYNOMIALS = (
    *(f"{kind}chebyshev_polynomial_{letter}" for kind in ("", "shifted_") for letter in "tuvw"),
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
)  # fmt: skip

DIFFERENT: dict[str, Callable[[list[Any]], bool]] = {
    # of nan: PyTorch forgets it, and returns 0 or 1
    **dict.fromkeys(("sign", "sgn", "igamma", "igammac"), _NAN),
    # at infinity: PyTorch's derivative is inf / inf
    "copysign": _INFINITE,
    # at the origin: PyTorch's derivative is 0 / 0
    "hypot": _both_zero,
    # at the poles PyTorch's trigamma is some large number, as sin πx is not quite 0; for the same reason it is not
    # exact far below 0. At infinity the others are nan
    "digamma": _where(_poles),
    "polygamma": _where(lambda t: _poles(t) | torch.isinf(t)),
    "special.polygamma": _where(_poles),
    # of large numbers: PyTorch's is nan where the terms have fallen to 0
    "special.zeta": _where(lambda t: t > 1e10),
    # far out: PyTorch's erfcx, by which it divides, loses its digits
    "special.log_ndtr": _where(lambda t: t < -50),
    # of so large a degree: PyTorch takes a cosine, or stops once a value is nan; here the recurrence has all its steps
    **dict.fromkeys(
        (f"special.{name}" for name in _POLYNOMIALS),
        lambda tensors: bool((tensors[-1].double().abs() > 1000).any()),
    ),
    # far below 0 the phase is lost in rounding; at infinity PyTorch's is nan
    "special.airy_ai": _where(lambda t: (t < -1e4) | torch.isinf(t)),
}
"""Operation -> for which tensors PyTorch's results are not ours; the reason stands beside each."""


def main(names: list[str]) -> None:
    """Print what differs."""
    for name in names or elementwise():
        for dtype in (*DIFFERENTIABLE, torch.int64, torch.uint8, torch.bool, torch.float16):
            found = failures(name, dtype)
            if found:
                print(f"{name} {dtype}: {len(found)} differences, such as {found[0]}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
