"""The operations that have no row in `op_rows.py`, and why."""

UNTIMED: dict[str, str] = {
    "alias": "a view of the whole, used within the engine",
    "unindex": "the gradient of `getitem`, timed with it",
    "fold": "the gradient of `unfold`, timed with it",
    "reverse_dims": "NumPy's `x.T`; `permute` is timed",
    "broadcast_shapes": "works on shapes alone",
    "one_hot": "has no counterpart of that name",
    "matrix_transpose": "`x.mT` as NumPy names it",
    "adjoint": "`x.mH`, which is `x.mT`",
    "conjugate_transpose": "`x.H`, which is `x.T`",
    "i1": "timed as the gradient of `i0`",
    "Primitive": "a class",
    "registry": "the table",
}
"""Name of a primitive or a public operation -> the reason."""
