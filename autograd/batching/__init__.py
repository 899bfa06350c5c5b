"""Batching: what `vmap` is made of.

hidden.py (below the operations) has the levels and what a lifted function does with a value under vmap. Here are that
value's class with a tensor's methods (`batched`), the batching rules of the table by family (`rules`, `rules_shape`,
`rules_index`, `rules_products`), and `vmap` itself.
"""
