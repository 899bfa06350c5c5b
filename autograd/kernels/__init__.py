"""Fused kernels: hand-tuned forward bodies with a joint backward each.

Their references, composed of small primitives, are what the tests compare them with and what create_graph
differentiates. `autograd.ops` exports their functions.
"""
