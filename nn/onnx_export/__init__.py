"""Writing a model as ONNX, for programs that run it without Python.

The model is run once on an example. What it computes from it is written down operation by operation (`traced` values,
in a `graph`), each as the nodes of ONNX that `table` says; a run with a larger batch shows what depends on the size of
the batch (`batch`); `model` makes it a file. The table is in `elementwise`, `shapes`, `indexing`, `reductions`,
`products`, `windows`, `normalisation`, `recurrence` and `losses`.
"""

__all__: list[str] = []
