"""Keras runs on PyTorch here, which is in the environment already; it must be told before it is imported."""

import os

os.environ["KERAS_BACKEND"] = "torch"
