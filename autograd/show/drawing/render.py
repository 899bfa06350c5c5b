"""Rendering DOT text: by the `dot` program if there is one, else by pygraphviz, which brings Graphviz with it.

Both run in a process of their own, so that what Graphviz prints, or a crash of it, stays there.
"""

from __future__ import annotations

import sys
from typing import Literal

from autograd.errors import RenderError

Format = Literal["svg", "png", "pdf", "json0"]
"""json0: where everything is put, as data."""

_PYGRAPHVIZ = """
import sys, pygraphviz
picture = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode()).draw(format=sys.argv[1], prog="dot")
sys.stdout.buffer.write(picture)
"""

HOW_TO_INSTALL = """\
Install one of these:
  - Graphviz, so that its program `dot` is on the PATH:
      apt install graphviz | dnf install graphviz | brew install graphviz | winget install graphviz
  - pygraphviz, which brings Graphviz with it:
      pip install 'tapegrad[render]'
The DOT text needs neither: print(drawing.dot), or drawing.save("graph.dot")."""


def render(dot: str, format: Format) -> bytes:
    """Return the picture of a graph in the DOT language.

    Raises:
        RenderError: if there is no renderer, or none that can do it.
    """
    failures = []
    for renderer in (_by_dot, _by_pygraphviz):
        picture, problem = renderer(dot, format)
        if picture:
            return picture
        failures.append(problem)
    raise RenderError(
        f"draw: no {format.upper()} picture could be made: {'; '.join(failures)}.\n{HOW_TO_INSTALL}"
    )


def _by_dot(dot: str, format: Format) -> tuple[bytes, str]:
    """The picture, or why there is none."""
    import shutil

    if shutil.which("dot") is None:
        return b"", "the program `dot` was not found"
    import graphviz

    try:
        return graphviz.pipe("dot", format, dot.encode(), quiet=True), "`dot` wrote nothing"
    except (graphviz.CalledProcessError, graphviz.ExecutableNotFound, OSError) as error:
        return b"", f"`dot` failed ({_reason(getattr(error, 'stderr', b''), error)})"


def _by_pygraphviz(dot: str, format: Format) -> tuple[bytes, str]:
    """The picture, or why there is none."""
    if not has_pygraphviz():
        return b"", "pygraphviz is not installed"
    import subprocess

    command = [sys.executable, "-P", "-c", _PYGRAPHVIZ, format]  # -P: no module of the working directory
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, check=False)
    except OSError as error:
        return b"", f"pygraphviz failed ({error})"
    if done.returncode:
        return b"", f"pygraphviz failed ({_reason(done.stderr, f'exit status {done.returncode}')})"
    return done.stdout, "pygraphviz wrote nothing"


def has_pygraphviz() -> bool:
    """Whether pygraphviz is installed."""
    from importlib.util import find_spec

    return find_spec("pygraphviz") is not None


def _reason(stderr: bytes | str | None, otherwise: object) -> str:
    """The last line that a renderer printed."""
    text = stderr.decode(errors="replace") if isinstance(stderr, bytes) else stderr or ""
    lines = text.strip().splitlines()
    return lines[-1] if lines else str(otherwise)
