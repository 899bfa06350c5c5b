"""Random tensors, and the generators they are drawn from."""
