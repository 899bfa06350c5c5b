"""What happens to a node as it is recorded in a mode that asks for it: anomaly mode, saved-tensor hooks, `show.record`.

Recording looks at one flag, `Mode.watched`; all else is here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import AnomalyError
from autograd.modes import Mode
from autograd.saved import pack
from autograd.tape import Frames, Node, extras_of, where

_ROOT = __file__.rpartition(os.sep)[0].rpartition(os.sep)[0]
_OURS = tuple(f"{_ROOT}{os.sep}{package}{os.sep}" for package in ("autograd", "nn", "optim"))
_FRAMES = 3  # how many of the user's calls are shown


def watch(node: Node, mode: Mode, outs: Sequence[Any], inputs: Sequence[Any]) -> None:
    """Do with a new node, its raw results and inputs, what the mode asks for."""
    if mode.recorder is not None:
        mode.recorder.add(node, users_frames(), outs, inputs)
    if mode.anomaly:
        extras_of(node).origin = users_frames()
        if mode.check_nan:
            _check_results(node, outs, inputs)
    if mode.hooks is not None:
        pack(node, mode)


def watch_write(node: Node, mode: Mode, out: Any, inputs: Sequence[Any]) -> None:
    """The same for the node of an in-place write, or of a view that reads what was written.

    What was in the memory before is not looked at: it may never have been set.
    """
    if mode.recorder is not None:
        mode.recorder.add(node, users_frames(), (out,), inputs)
    if mode.anomaly:
        extras_of(node).origin = users_frames()


def is_ours(file: str) -> bool:
    """Whether a file of code is one of this project."""
    return file.startswith(_OURS)


def users_frames(frame: Any = None) -> Frames:
    """The innermost calls outside this project, outermost first: from a frame outwards, or from here."""
    frames: list[tuple[str, int, str]] = []
    if frame is None:
        frame = sys._getframe(2)  # noqa: SLF001  # what traceback.extract_stack uses, without reading the sources
    while frame is not None and len(frames) < _FRAMES:
        file = frame.f_code.co_filename
        if not is_ours(file):
            frames.append((file, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return tuple(reversed(frames))


def _has_nan(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and bool(np.isnan(value).any())


def _check_results(node: Node, outs: Sequence[Any], inputs: Sequence[Any]) -> None:
    """Raise at the first NaN in a result."""
    from autograd.arguments import describe  # it stands above

    for out in outs:
        if not _has_nan(out):
            continue
        p = node.primitive
        got: list[str] = []
        entered = False
        for name, value in zip(p.parameters, inputs, strict=False):
            for i, part in enumerate(value) if name in p.sequences else ((None, value),):
                if isinstance(part, np.ndarray):
                    entered = entered or _has_nan(part)
                    element = "" if i is None else f"[{i}]"
                    got.append(f"{name}{element}: {describe(part)}" + " with NaN" * _has_nan(part))
        raise AnomalyError(
            f"forward: '{p.name}' returned NaN in {int(np.isnan(out).sum())} of {out.size} elements "
            f"of its result {describe(out)}"
            + (f" ({', '.join(got)})" if got else "")
            + ("; the NaN was in its input" if entered else "")
            + f".\nIt was called here:\n{where(extras_of(node).origin)}"
        )
