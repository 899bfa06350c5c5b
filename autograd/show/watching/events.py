"""What `watch` saw as TensorBoard event files, by tensorboardX (extra `tensorboard`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd.show.watching.numbers import EDGES, Observation, Sums

FIELDS = ("mean", "std", "max_abs", "norm", "zeros", "dead", "saturated", "update")
"""The scalars, where there is a number."""


class Events:
    """A writer of event files.

    Scalars are tagged `what/number/name`, as in `activation/mean/0`; NaN and inf are counted where there are some, in
    `…/nonfinite/…`. Histograms are tagged `what/name`.
    """

    def __init__(self, folder: Path) -> None:
        try:
            import tensorboardX
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "watch: event files need tensorboardX: pip install 'tapegrad[tensorboard]'"
            ) from error
        self._writer: Any = tensorboardX.SummaryWriter(str(folder), write_to_disk=True)

    def write(self, rows: Sequence[Observation], histograms: Mapping[tuple[str, str], Sums]) -> None:
        """Write what was seen in one step."""
        if not rows:
            return
        for row in rows:
            what = row.what.replace(" ", "_")
            for field in FIELDS:
                value = getattr(row, field)
                if value is not None:
                    self._writer.add_scalar(f"{what}/{field}/{row.name}", value, row.step)
            if row.nans or row.infinities:
                self._writer.add_scalar(f"{what}/nonfinite/{row.name}", row.nans + row.infinities, row.step)
        for (what, name), sums in histograms.items():
            self._histogram(f"{what.replace(' ', '_')}/{name}", sums, rows[0].step)

    def _histogram(self, tag: str, sums: Sums, step: int) -> None:
        if sums.buckets is None or not sums.finite:
            return
        used = np.flatnonzero(sums.buckets)
        low, high = (
            max(int(used[0]) - 1, 0),
            int(used[-1]) + 1,
        )  # an empty bucket before: it says where the first begins
        self._writer.add_histogram_raw(
            tag,
            min=sums.low,
            max=sums.high,
            num=sums.finite,
            sum=sums.mean * sums.finite,
            sum_squares=sums.squares,
            bucket_limits=EDGES[low:high].tolist(),
            bucket_counts=sums.buckets[low:high].tolist(),
            global_step=step,
        )

    def close(self) -> None:
        """Write what is left, and end the file."""
        self._writer.close()
