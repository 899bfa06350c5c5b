"""A model as a picture."""

from __future__ import annotations

from typing import Any

from autograd.errors import ArgumentError
from autograd.show.drawing.architecture import draw_module
from nn.keras.graph import replaced


def plot_model(model: Any, to_file: Any = "model.png", rankdir: str = "TB", **options: Any) -> Any:
    """Draw a model's layers, with the shapes of what passes between them, to a file; see `show.draw_module`.

    Args:
        model: a built model that knows its inputs.
        to_file: where to, ending in .png, .svg, .pdf or .dot; None to write nothing.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        options: `show_shapes`, `show_layer_names` and the like are accepted: both are always shown.

    Returns:
        The drawing, which a notebook shows.

    Raises:
        ArgumentError: if the model does not know its inputs.
        RenderError: if there is no renderer.

    >>> from nn import keras
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> [block.kind for block in keras.utils.plot_model(model, to_file=None).scene.blocks()]
    ['Dense']
    """
    from autograd import zeros

    if not model.has_graph:
        raise ArgumentError(
            f"plot_model: {model.name!r} does not know its inputs; give it an Input() or input_shape"
        )
    example = replaced(
        model.input,
        lambda tensor: zeros(*(1 if n is None else n for n in tensor.shape), dtype=tensor.dtype),
    )
    drawing = draw_module(
        model, example, direction="LR" if rankdir == "LR" else "TB", depth=options.get("depth")
    )
    if to_file is not None:
        drawing.save(to_file)
    return drawing
