"""What `import autograd` costs beside `import numpy`, each in fresh interpreters, in turn.

python benchmarks/import_time.py [--rounds N] [--python PATH]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from timer import ONE_THREAD

BAR = 1.5
PROGRAM = "from time import perf_counter as t; start = t(); import {}; print(t() - start)"


def seconds(python: str, module: str) -> float:
    """The time of one import, told by a new interpreter that is isolated from the directory and the environment."""
    command = [python, "-I", "-c", PROGRAM.format(module)]
    finished = subprocess.run(
        command, env=os.environ | ONE_THREAD, check=True, stdout=subprocess.PIPE, text=True
    )
    return float(finished.stdout)


def measure(python: str, rounds: int) -> dict[str, list[float]]:
    """Import times by module. The first import of each is not counted: it writes the bytecode."""
    modules = ("autograd", "numpy")
    for module in modules:
        seconds(python, module)
    times: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(rounds):
        for module in modules:
            times[module].append(seconds(python, module))
    return times


def main() -> None:
    """Print both minima and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument(
        "--python", default=sys.executable, help="interpreter of an environment that holds tapegrad"
    )
    options = parser.parse_args()
    times = measure(options.python, options.rounds)
    ours, numpy = min(times["autograd"]), min(times["numpy"])
    print(f"autograd {ours * 1e3:.1f} ms, numpy {numpy * 1e3:.1f} ms: ratio {ours / numpy:.2f} (bar {BAR})")


if __name__ == "__main__":
    main()
