"""Beside PyTorch: the same calls in both, and the same answers. Run where torch is installed."""
