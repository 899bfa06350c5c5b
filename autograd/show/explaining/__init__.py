"""The chain rule in words, mathematics and numbers.

explain    `explain`: from a result back to its inputs
of_tensors, of_values  along graphs of tensors, and of `Value`s
links      the edges on the way, and how each is said
op_card    `explain_op`: the card of one operation
op_cases   its edge cases
"""
