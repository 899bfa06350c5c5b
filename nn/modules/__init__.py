"""Where PyTorch keeps its layers; here is what concerns all modules, and the layers themselves are in `nn`."""
