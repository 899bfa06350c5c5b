"""PyTorch's `torch.utils.checkpoint`: `from tapegrad.utils.checkpoint import checkpoint`."""

from autograd.utils.checkpoint import CheckpointError, checkpoint, checkpoint_sequential, noop_context_fn

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn"]
