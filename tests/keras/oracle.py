"""Keras itself, with its PyTorch backend: what names, defaults and numbers are compared with."""

import os
import warnings

import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
pytest.importorskip("torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of libraries that it imports
    keras = pytest.importorskip("keras")

__all__ = ["keras"]
