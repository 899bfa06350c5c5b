"""`torch.utils.checkpoint`'s names; they are defined in `autograd.checkpoint`."""

from autograd.checkpoint import CheckpointError, checkpoint, checkpoint_sequential, noop_context_fn

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn"]
