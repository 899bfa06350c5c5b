"""The table that every primitive must have a row in: the families' lists, joined.

Write a row in the list of its family, with `Case`, `on` and the array makers of case.py:

    from tests.case import Case, Given, Mask, Real, Whole, on
"""

from __future__ import annotations

from tests import (
    op_cases_attention,
    op_cases_conv,
    op_cases_decompositions,
    op_cases_elementwise,
    op_cases_embedding,
    op_cases_index,
    op_cases_linalg,
    op_cases_loss,
    op_cases_nn,
    op_cases_norm,
    op_cases_parts,
    op_cases_recurrent,
    op_cases_reduce,
    op_cases_shape,
    op_cases_special,
    op_cases_windows,
)
from tests.case import Case

CASES: list[Case] = [
    *op_cases_attention.CASES,
    *op_cases_conv.CASES,
    *op_cases_decompositions.CASES,
    *op_cases_elementwise.CASES,
    *op_cases_embedding.CASES,
    *op_cases_index.CASES,
    *op_cases_linalg.CASES,
    *op_cases_loss.CASES,
    *op_cases_nn.CASES,
    *op_cases_norm.CASES,
    *op_cases_parts.CASES,
    *op_cases_recurrent.CASES,
    *op_cases_reduce.CASES,
    *op_cases_shape.CASES,
    *op_cases_special.CASES,
    *op_cases_windows.CASES,
]
