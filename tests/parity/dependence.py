"""Which inputs a gradient depends on: by some PyTorch has a derivative of 0, by others none.

python -m tests.parity.dependence max_pool2d prelu    says what differs for these operations
python -m tests.parity.dependence                     … for all of them
"""

from __future__ import annotations

import sys
from typing import Any

import torch

import autograd
from tests.parity.compare import outcome, paired, quiet
from tests.parity.op_db import OPS, call_of, rewritten, samples, shared
from tests.parity.translate import Translator, UntranslatableError

MOST = 24
"""How many samples of an operation are taken, evenly chosen."""

Dependence = dict[tuple[int, int], bool]
"""(i, j) -> whether the gradient by input i has one by input j."""


def dependence(grad: Any, results: list[Any], inputs: list[Any]) -> Dependence:
    """What each gradient of the results' sum depends on."""
    total = sum(r.sum() for r in results)
    found: Dependence = {}
    for i, g in enumerate(grad(total, inputs, create_graph=True, allow_unused=True)):
        second = (
            grad(g.sum(), inputs, retain_graph=True, allow_unused=True)
            if g is not None and g.requires_grad
            else [None] * len(inputs)
        )
        found |= {(i, j): h is not None for j, h in enumerate(second)}
    return found


def differences(name: str) -> list[str]:
    """Where a gradient has a derivative in one library and none in the other."""
    op, function = OPS[name], rewritten(name)
    if function is None or not op.supports_autograd or torch.float64 not in op.supported_dtypes("cpu"):
        return []
    found = []
    made = list(samples(name, torch.float64, requires_grad=True))
    for sample in made[:: -(-len(made) // MOST) or 1]:
        args, named = call_of(sample)
        translate = Translator()
        try:
            our_args, our_named = translate(args), translate(named)
        except UntranslatableError:
            continue
        theirs, error = outcome(op.op, args, named)
        ours, problem = outcome(function, our_args, our_named)
        if error is not None or problem is not None:
            continue  # another test's matter
        pairs, _ = paired(theirs, ours)
        pairs = [(e, f) for e, f in pairs if isinstance(e, torch.Tensor) and e.requires_grad]
        leaves = translate.differentiable()
        if not pairs or not leaves:
            continue
        with quiet():
            try:
                expected = dependence(torch.autograd.grad, [e for e, _ in pairs], [t for t, _ in leaves])
            except (RuntimeError, NotImplementedError):
                continue  # PyTorch has no second derivative
            actual = dependence(autograd.grad, [f for _, f in pairs], [o for _, o in leaves])
        found += [
            f"the gradient by input {i} {'has' if has else 'lacks'} one by input {j} in PyTorch only\n"
            f"      in {sample.summary()}"
            for (i, j), has in expected.items()
            if has != actual[i, j]
        ]
    return found


def main(names: list[str]) -> None:
    """Print what differs."""
    for name in [n for n in OPS if n in names or OPS[n].name in names] or shared():
        try:
            found = differences(name)
        except Exception as error:  # noqa: BLE001  # reported
            found = [repr(error)]
        for f in found if names else found[:1]:
            print(f"{name} ({len(found)}): {f[:300]}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
