"""A model seen while it trains, layer by layer.

watch    `watch`: hooks on the layers, in the steps that are sampled
forward  what layers compute, and the gradients that come back to them
tape     where a result was detached
numbers  from arrays to rows
report   in words
plot     in figures
events   for TensorBoard
missing  why a parameter got no gradient
"""
