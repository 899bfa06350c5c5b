"""Run the benchmarks: every peer of a workload side by side, in turn, and a table of minima and ratios.

    benchmarks/.venv-peers/bin/python benchmarks/run.py [--only W3 W4] [--rounds N] [--save] [--gate]

`make bench` makes the environments that the peers live in, and runs this.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import import_time
from timer import ONE_THREAD
from workload import Workload

HERE = Path(__file__).resolve().parent
MODULES = {
    "W1": "w1_scalar",
    "W2a": "w2a_small",
    "W2b": "w2b_chain",
    "W3": "w3_w4_mlp",
    "W4": "w3_w4_mlp",
    "W5": "w5_cnn",
    "W6": "w6_lstm",
    "W7": "w7_gpt",
    "W8g": "w8_rows",
    "W8s": "w8_rows",
    "W8n": "w8_rows",
    "W10": "w10_long_chain",
    "W11": "w11_w12_fit",
    "W12": "w11_w12_fit",
}
IMPORT = "import"


class PeerError(Exception):
    """A peer raised an exception, or its numbers are not those of the reference."""


class Worker:
    """A peer's process and the figures collected from it."""

    def __init__(self, workload: Workload, name: str) -> None:
        environment = HERE / f".venv-{workload.peers[name].environment}"
        command = [
            environment / "bin" / "python",
            HERE / "worker.py",
            MODULES[workload.key],
            workload.key,
            name,
        ]
        self.name = name
        self.seconds: list[float] = []
        self.values: list[list[float]] = []
        self.growth: int | None = None
        self.process = subprocess.Popen(
            command,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def receive(self) -> dict[str, Any]:
        """The next reply."""
        line = self.process.stdout.readline()
        if not line:
            raise PeerError(f"its process ended with exit status {self.process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise PeerError(reply["error"])
        return reply

    def ask(self, request: str) -> dict[str, Any]:
        """Send a request and wait for its reply."""
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        return self.receive()

    def start(self) -> None:
        """Wait until the peer is built, and take the numbers of its first steps."""
        version = self.receive()["version"]
        self.label = f"{self.name} ({version})" if version else self.name
        reply = self.ask("check")
        self.values, self.growth = reply["values"], reply["growth"]

    def stop(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Report:
    """The Markdown of one workload, and what went wrong."""

    lines: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def disagreement(values: list[list[float]], expected: list[list[float]], rtol: float) -> str | None:
    """Where the numbers of a peer differ from the reference's by more than `rtol`; None where they agree."""
    for number, (got, want) in enumerate(zip(values, expected, strict=True), 1):
        if len(got) != len(want):
            return f"step {number} returned {len(got)} numbers, not {len(want)}"
        scale = max(map(abs, want))
        for a, b in zip(got, want, strict=True):
            if not math.isclose(a, b, rel_tol=rtol, abs_tol=rtol * scale):
                return f"step {number} gave {a:.7g}, not {b:.7g}"
    return None


def run(workload: Workload, rounds: int) -> Report:
    """Start the peers, see that they compute the same, time them in turn, and report."""
    workers: list[Worker] = []
    failed: dict[str, str] = {}
    try:
        for name in [workload.reference, *(name for name in workload.peers if name != workload.reference)]:
            worker = Worker(workload, name)
            try:
                worker.start()
                if workers and (fault := disagreement(worker.values, workers[0].values, workload.rtol)):
                    raise PeerError(f"disagrees with {workload.reference}: {fault}")
                workers.append(worker)
            except PeerError as error:
                worker.stop()
                failed[name] = str(error)
                if not workers:
                    raise
        for turn in range(rounds):
            progress(f"{workload.key}: round {turn + 1} of {rounds}")
            first = turn % len(workers)
            for worker in workers[first:] + workers[:first]:
                worker.seconds += worker.ask("block")["seconds"]
    finally:
        progress("")
        for worker in workers:
            worker.stop()
    return report(workload, {worker.name: worker for worker in workers}, failed)


def progress(text: str) -> None:
    """One line on the terminal that the next one replaces."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def report(workload: Workload, workers: dict[str, Worker], failed: dict[str, str]) -> Report:
    """The table of one workload and the verdict on its bar."""
    reference = workers[workload.reference]
    best = min(reference.seconds)
    header = ["peer", "minimum", "median", f"× {workload.reference}"] + ["peak memory"] * workload.memory
    rows = []
    for name in workload.peers:
        if name in failed:
            rows.append([name, failed[name].splitlines()[0]] + [""] * (len(header) - 2))
            continue
        worker = workers[name]
        times = [duration(t, workload.operations) for t in (min(worker.seconds), median(worker.seconds))]
        row = [worker.label, *times, f"{min(worker.seconds) / best:.3f}"]
        if workload.memory:
            row.append("" if worker.growth is None else f"+{worker.growth / 2**20:.0f} MiB")
        rows.append(row)

    result = Report(["", f"## {workload.key}: {workload.title}", "", *table(header, rows), ""])
    result.faults += [
        f"{workload.key}: {name}: {fault}" for name, fault in failed.items() if "disagrees" in fault
    ]
    subject = workers.get(workload.subject)
    if subject is None:
        result.lines.append(f"Bar: not measured, {workload.subject} failed.")
        result.faults.append(f"{workload.key}: {workload.subject}: {failed[workload.subject]}")
        return result
    verdict(
        result, workload.key, workload.subject, workload.reference, min(subject.seconds) / best, workload.bar
    )
    if workload.memory and subject.growth is not None and reference.growth is not None:
        growth = subject.growth / reference.growth
        verdict(result, f"{workload.key} memory", workload.subject, workload.reference, growth, 1.0)
    return result


def verdict(result: Report, what: str, subject: str, reference: str, ratio: float, bar: float) -> None:
    """Add the line that compares a ratio with its bar."""
    met = ratio <= bar
    sign = "met" if met else "**missed**"
    result.lines += [f"Bar, {what}: {subject} ≤ {bar:g} × {reference}; measured {ratio:.3f}: {sign}.", ""]
    if not met:
        result.faults.append(f"{what}: {ratio:.3f} is over the bar of {bar:g}")


def duration(seconds: float, operations: int) -> str:
    """A time in the unit it reads best in, per operation where a workload counts them."""
    if operations:
        return f"{seconds / operations * 1e6:.3f} µs an op"
    return f"{seconds * 1e6:.2f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def table(header: list[str], rows: Iterable[list[str]]) -> list[str]:
    """A Markdown table: the first column to the left, numbers to the right."""
    rule = [":---"] + ["---:"] * (len(header) - 1)
    return [f"| {' | '.join(row)} |" for row in (header, rule, *rows)]


def run_import(rounds: int) -> Report:
    """The cost of `import autograd` beside `import numpy`."""
    times = import_time.measure(str(HERE / ".venv-peers" / "bin" / "python"), rounds)
    best = min(times["numpy"])
    rows = [
        [name, duration(min(found), 0), duration(median(found), 0), f"{min(found) / best:.3f}"]
        for name, found in times.items()
    ]
    header = ["module", "minimum", "median", "× numpy"]
    result = Report(["", "## import: a fresh interpreter imports the package", "", *table(header, rows), ""])
    verdict(result, IMPORT, "autograd", "numpy", min(times["autograd"]) / best, import_time.BAR)
    return result


def machine(rounds: int) -> list[str]:
    """What the figures were measured on."""
    processor = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).is_file():
        models = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        processor = models[0] if models else processor
    return [
        "# Benchmarks",
        "",
        f"{time.strftime('%Y-%m-%d')} · {processor}, {os.cpu_count()} cores · Python {platform.python_version()}"
        f" · one thread · {rounds} rounds · load {os.getloadavg()[0]:.2f} at the start",
    ]


def main() -> None:
    """Run what was asked for, print it, and save it where that was asked for too."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    keys = [*MODULES, IMPORT]
    parser.add_argument(
        "--only", nargs="+", choices=keys, default=keys, metavar="KEY", help=f"some of: {' '.join(keys)}"
    )
    parser.add_argument("--rounds", type=int, default=15, help="blocks of each peer (15)")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results.md")
    parser.add_argument("--gate", action="store_true", help="exit with status 1 where a bar is missed")
    options = parser.parse_args()

    lines, faults = machine(options.rounds), []
    print("\n".join(lines))
    for key in options.only:
        if key == IMPORT:
            found = run_import(2 * options.rounds)
        else:
            found = run(getattr(importlib.import_module(MODULES[key]), key), options.rounds)
        print("\n".join(found.lines), flush=True)
        lines += found.lines
        faults += found.faults
    if options.save:
        text = "\n".join(lines).replace("\n\n\n", "\n\n").rstrip() + "\n"
        (HERE / "results.md").write_text(text, encoding="utf-8")
    if faults:
        print("\n".join(["Not as it should be:", *faults]), file=sys.stderr)
        sys.exit(1 if options.gate or any("disagrees" in fault for fault in faults) else 0)


if __name__ == "__main__":
    main()
