"""The graph as a model of the onnx package, checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dtypes import Array
from nn.onnx_export.graph import ExportError, Graph

OPSET = 20
"""The version of the operators."""

IR_VERSION = 9
"""The version of the format, the oldest with these operators."""

Dims = list[int | str | None]


def to_model(graph: Graph, dims: dict[str, Dims], title: str) -> Any:
    """An `onnx.ModelProto`.

    Args:
        graph: what was written down.
        dims: of each input and output, its sizes: a number, a name, or None where it is not known.
        title: of the graph.

    Raises:
        ExportError: if the model is not valid, or too large for one file.
    """
    import onnx
    from onnx import checker, helper, numpy_helper

    def described(name: str, array: Array) -> Any:
        kind = helper.np_dtype_to_tensor_dtype(array.dtype)
        return helper.make_tensor_value_info(name, kind, dims[name])

    nodes = []
    for i, node in enumerate(graph.nodes):
        attributes: dict[str, Any] = {
            key: helper.np_dtype_to_tensor_dtype(value) if isinstance(value, np.dtype) else value
            for key, value in node.attributes.items()
        }
        name = f"{node.path.replace('.', '/')}/{node.op}_{i}" if node.path else f"{node.op}_{i}"
        nodes.append(helper.make_node(node.op, node.inputs, node.outputs, name=name, **attributes))
    proto = helper.make_graph(
        nodes,
        title,
        [described(name, array) for name, array in graph.inputs],
        [described(name, array) for name, array in graph.outputs],
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tapegrad",
    )
    if model.ByteSize() >= onnx.checker.MAXIMUM_PROTOBUF:
        raise ExportError(
            "export_onnx: the model is larger than 2 GB, which one file cannot hold; export parts of it"
        )
    try:
        checker.check_model(model, full_check=True)
    except (checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ExportError(f"export_onnx: the result is not a valid model: {error}") from error
    return model
