"""What is in a network: the filters of a convolution, what layers make of an image, and who attends to whom."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd.errors import ArgumentError, ShapeError
from nn.module import Module
from nn.plots.canvas import bar, grid, numbers, panels

_MOST = 64  # pictures in a figure


def filters(layer: Any, channel: int | None = None, most: int = _MOST, ax: Any = None) -> Any:
    """Draw the filters of a convolution: red adds to the result, blue takes away.

    Args:
        layer: a convolution, of Keras's face too, or its weights (O, C, kH, kW) or (O, C, k); the latter are drawn as
            images (C, k).
        channel: which input channel is drawn; None for the mean over them, of one channel that one.
        most: how many filters are drawn.
        ax: axes, one for each filter; by default those of a figure.

    Returns:
        The figure, or the axes that were given.

    Raises:
        ShapeError: if the weights are not those of a convolution.
        ArgumentError: if there is no such channel.

    >>> import nn
    >>> figure = filters(nn.Conv2d(1, 6, 3))
    >>> len(figure.axes), figure.axes[0].images[0].get_array().shape  # and a bar of colours
    (7, (3, 3))
    """
    op = "filters"
    weights = numbers(op, "the weights", _weights(layer))
    if weights.ndim not in (3, 4):
        raise ShapeError(
            f"{op}: needs the weights (O, C, kH, kW) or (O, C, k) of a convolution, got {weights.shape}"
        )
    channels = weights.shape[1]
    what = ""
    if weights.ndim == 4:
        if channel is None:
            what = "" if channels == 1 else f", mean of {channels} input channels"
            weights = weights.mean(1)
        elif not 0 <= channel < channels:
            raise ArgumentError(f"{op}: there is no input channel {channel}, there are {channels}")
        else:
            what, weights = f", input channel {channel}", weights[:, channel]
    shown = weights[:most]
    _not_empty(op, shown)
    reach = float(np.abs(shown).max()) or 1.0
    title = f"Filters{what}" if len(shown) == len(weights) else f"Filters{what}: {most} of {len(weights)}"
    options = {"cmap": "RdBu_r", "vmin": -reach, "vmax": reach}
    return _pictures(list(shown), [str(k) for k in range(len(shown))], title, "weight", options, ax)


def _weights(layer: Any) -> Any:
    """The weights of a layer (O, C, …); Keras's kernels are (…, C, O)."""
    if hasattr(layer, "kernel"):
        n = layer.kernel.ndim
        return layer.kernel.permute(n - 1, n - 2, *range(n - 2))
    return getattr(layer, "weight", layer)


def activations(model: Any, image: Any, layer: Any, most: int = _MOST, ax: Any = None) -> Any:
    """Draw what a layer makes of an image: a picture for each of its channels.

    Args:
        model: the network, which is run in eval mode.
        image: (C, H, W), or a batch of which the first is taken; (H, W, C) for a model of Keras's face, unless its
            layers have `data_format="channels_first"`.
        layer: one of its layers, or the name of one, as `named_modules` has it.
        most: how many channels are drawn.
        ax: axes, one for each channel; by default those of a figure.

    Returns:
        The figure, or the axes that were given.

    Raises:
        ArgumentError: if the layer is not in the model, or was not used.
        ShapeError: if its result has no channels of pixels.

    >>> import nn
    >>> model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU())
    >>> figure = activations(model, autograd.rand(1, 8, 8), layer="1")
    >>> len(figure.axes), figure.axes[0].images[0].get_array().shape
    (5, (8, 8))
    """
    op = "activations"
    named = dict(model.named_modules())
    name = layer if isinstance(layer, str) else next((n for n, m in named.items() if m is layer), None)
    if name is None or name not in named:
        raise ArgumentError(f"{op}: the model has no layer {layer!r}, but {', '.join(filter(None, named))}")
    pixels = numbers(op, "image", image).astype(np.float32)
    pixels = pixels[None] if pixels.ndim == 3 else pixels[:1]
    found = numbers(op, "the result", _result_of(model, named[name], pixels))
    if found.ndim != 4:
        raise ShapeError(f"{op}: {name!r} gives {found.shape}, which are not channels of pixels (1, C, H, W)")
    if any(getattr(m, "data_format", None) == "channels_last" for m in named.values()):
        found = np.moveaxis(found, -1, 1)
    _not_empty(op, found[:1, :most])
    shown = found[0, :most]
    kind = type(named[name]).__name__
    title = f"Activations of {name or 'the model'} ({kind})"
    title += "" if len(shown) == found.shape[1] else f": {most} of {found.shape[1]} channels"
    low = min(0.0, float(shown.min()))
    options = {"cmap": "viridis", "vmin": low, "vmax": max(float(shown.max()), low + 1e-12)}
    return _pictures(list(shown), [str(k) for k in range(len(shown))], title, "activation", options, ax)


def _result_of(model: Module, layer: Module, pixels: Any) -> Any:
    """What a layer gives while the model is run on pixels."""
    results: list[Any] = []
    handle = layer.register_forward_hook(lambda _module, _inputs, output: results.append(output))
    training = [m for m in model.modules() if m.training]
    model.eval()
    try:
        with autograd.no_grad():
            model(autograd.tensor(pixels))
    finally:
        handle.remove()
        for m in training:
            m.training = True
    if not results:
        raise ArgumentError("activations: the layer is in the model, but the model did not use it")
    return results[-1]


def attention_maps(weights: Any, queries: Any = None, keys: Any = None, ax: Any = None) -> Any:
    """Draw which places (columns) each place (row) attends to, a picture for each head.

    Args:
        weights: (L, S), (heads, L, S), or (1, heads, L, S), as `MultiheadAttention` returns with
            `average_attn_weights=False`; each row sums to 1.
        queries: a name for each row, such as words.
        keys: a name for each column (those of the rows, if there are as many).
        ax: axes, one for each head; by default those of a figure.

    Returns:
        The figure, or the axes that were given.

    Raises:
        ShapeError: for weights of another shape, or names of another number.

    >>> figure = attention_maps([[1.0, 0.0], [0.25, 0.75]], queries=["the", "end"])
    >>> figure.axes[0].images[0].get_array().tolist()
    [[1.0, 0.0], [0.25, 0.75]]
    """
    op = "attention_maps"
    found = numbers(op, "weights", weights)
    if found.ndim == 4 and len(found) == 1:
        found = found[0]
    found = found[None] if found.ndim == 2 else found
    if found.ndim != 3:
        raise ShapeError(
            f"{op}: weights have shape (L, S), (heads, L, S) or (1, heads, L, S), got {found.shape}"
        )
    _not_empty(op, found)
    rows = None if queries is None else list(queries)
    columns = rows if keys is None and found.shape[1] == found.shape[2] else keys
    columns = None if columns is None else list(columns)
    for names, size, what in ((rows, found.shape[1], "queries"), (columns, found.shape[2], "keys")):
        if names is not None and len(names) != size:
            raise ShapeError(f"{op}: there are {size} {what}, but names of {len(names)}")
    size = max(2.6, min(7.0, 0.32 * max(found.shape[1:]) + 1.2))
    heads = ["" if len(found) == 1 else f"head {h}" for h in range(len(found))]
    options = {"cmap": "viridis", "vmin": 0.0, "vmax": max(float(found.max()), 1e-12)}
    result = _pictures(list(found), heads, "Attention", "attention weight", options, ax, size)
    axes = result.axes[: len(found)] if ax is None else list(np.ravel(ax))
    for place in axes:
        place.set(xlabel="attended to", ylabel="attending")
        for names, set_ticks, turned in ((rows, place.set_yticks, 0), (columns, place.set_xticks, 90)):
            if names is not None:
                set_ticks(range(len(names)), [str(n) for n in names], rotation=turned)
            else:
                set_ticks(
                    np.unique(
                        np.linspace(0, (found.shape[2] if turned else found.shape[1]) - 1, 6).astype(int)
                    )
                )
    return result


def _not_empty(op: str, images: Any) -> None:
    if not images.size:
        raise ShapeError(f"{op}: there is nothing to draw, the images have shape {images.shape}")


def _pictures(
    images: list[Any],
    titles: list[str],
    title: str,
    label: str,
    options: dict[str, Any],
    ax: Any,
    size: float = 1.25,
) -> Any:
    """Images of one scale of colours side by side, with a bar that explains it."""
    if ax is None:
        rows, columns = grid(len(images))
        result, axes = panels(rows, columns, size, size + 0.15)
        figure = result
        for unused in axes[len(images) :]:
            unused.remove()
        axes = axes[: len(images)]
        figure.set_size_inches(max(columns * size + 1.4, 4.6), rows * (size + 0.15) + 0.6)
        figure.suptitle(title)
    else:
        axes, result = list(np.ravel(ax)), ax
        figure = axes[0].figure
    drawn = None
    for place, image, name in zip(axes, images, titles, strict=False):
        drawn = place.imshow(image, interpolation="nearest", **options)
        place.set_title(name, fontsize=10)
        place.set_xticks([])
        place.set_yticks([])
    bar(figure, drawn, axes, label)
    return result
