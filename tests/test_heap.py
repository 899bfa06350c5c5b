"""Freed memory is used again: training takes no new pages from the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
import autograd
import nn.functional as F

x, g = autograd.randn(256, 1024, requires_grad=True), autograd.randn(256, 1024)

def step():
    x.grad = None
    F.softplus(F.gelu(x)).backward(g)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

for _ in range(5):
    step()
before = faults()
for _ in range(10):
    step()
print((faults() - before) / 10)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have other rules")
def test_a_step_takes_no_new_pages() -> None:
    """An array of a megabyte is 256 pages, and a step makes about twenty."""
    command = [sys.executable, "-c", PROGRAM]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert float(output) < 200
