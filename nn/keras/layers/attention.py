"""Attention: each query's mean of the values, weighted by how well their keys match it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.kernels.linear import linear
from autograd.tape import wrap
from nn import functional as F
from nn.keras import initializers
from nn.keras.graph import KerasTensor
from nn.keras.layers.core import positive
from nn.keras.layers.layer import Layer, mask_of, set_mask
from nn.parameter import Parameter


class MultiHeadAttention(Layer):
    """Attention by several heads, each with projections of its own (Vaswani et al., 2017).

    Called as `layer(query, value, key=None)`: (N, T, D), (N, S, D') → (N, T, D).

    Args:
        num_heads: how many heads.
        key_dim: the size of a head's queries and keys.
        value_dim: the size of a head's values; key_dim if left out.
        dropout: the share of the weights that is dropped in training.
        use_bias: whether the projections have biases.
        output_shape: the size of what it returns; the query's if left out.
        attention_axes, sliding_window, flash_attention, use_gate: only the defaults are taken.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
        kernel_constraint, bias_constraint: see `Dense`.
        seed: accepted.
        kwargs: see `Layer`.

    Attributes:
        query_kernel, key_kernel, value_kernel: (D, heads, size).
        query_bias, key_bias, value_bias: (heads, size), or None.
        output_kernel, output_bias: (heads, size, D) and (D,).

    >>> import autograd
    >>> from nn import keras
    >>> x = autograd.zeros(2, 5, 8)
    >>> keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x).shape
    autograd.Size([2, 5, 8])
    """

    floats_only = True
    supports_masking = True
    query_kernel: Parameter
    key_kernel: Parameter
    value_kernel: Parameter
    output_kernel: Parameter

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        sliding_window: int | None = None,
        flash_attention: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        if attention_axes not in (None, 1, (1,), [1]) or sliding_window is not None or use_gate:
            raise ArgumentError(
                "MultiHeadAttention: attention_axes other than 1, sliding_window and use_gate are not supported"
            )
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        name = type(self).__name__
        self.num_heads, self.key_dim = (
            positive(name, "num_heads", num_heads),
            positive(name, "key_dim", key_dim),
        )
        self.value_dim = positive(name, "value_dim", value_dim) if value_dim else self.key_dim
        self.dropout, self.use_bias, self.seed = float(dropout), bool(use_bias), seed
        size = output_shape[0] if isinstance(output_shape, (list, tuple)) else output_shape
        self.__dict__["_size"] = None if size is None else positive(name, "output_shape", size)
        self.__dict__["output_shape"] = None if size is None else [size]
        self.attention_axes, self.sliding_window, self.use_gate = attention_axes, sliding_window, use_gate
        self.flash_attention = flash_attention
        self.set_rules("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)
        self.set_rules("bias", bias_initializer, bias_regularizer, bias_constraint)

    def build(  # type: ignore[override]  # it takes a shape for each input, as Keras' does
        self, query_shape: Any, value_shape: Any, key_shape: Any = None
    ) -> None:
        """Make the projections."""
        self.attention_axes = (1,)
        key_shape = value_shape if key_shape is None else key_shape
        for shape in (query_shape, value_shape, key_shape):
            if shape is None or len(shape) != 3 or shape[-1] is None:
                raise ShapeError(
                    f"MultiHeadAttention {self.name!r}: takes query and value (N, steps, features), got "
                    f"{query_shape} and {value_shape}"
                )
        out = query_shape[-1] if self._size is None else self._size
        heads = self.num_heads
        plans = {
            "query": ((query_shape[-1], heads, self.key_dim), (heads, self.key_dim)),
            "key": ((key_shape[-1], heads, self.key_dim), (heads, self.key_dim)),
            "value": ((value_shape[-1], heads, self.value_dim), (heads, self.value_dim)),
            "output": ((heads, self.value_dim, out), (out,)),
        }
        for name, (kernel, bias) in plans.items():
            self.make_weight(f"{name}_kernel", kernel, kind="kernel")
            if self.use_bias:
                self.make_weight(f"{name}_bias", bias, kind="bias")

    def _heads(self, x: Any, name: str) -> Any:
        """The projection of x, head by head: (N, T, D) → (N, heads, T, size)."""
        kernel = getattr(self, f"{name}_kernel")
        bias = getattr(self, f"{name}_bias").reshape(-1) if self.use_bias else None
        flat = kernel.reshape(kernel.shape[0], -1)
        out = linear(x, flat.T, bias)
        return out.reshape(*x.shape[:2], self.num_heads, -1).transpose(1, 2)

    def call(
        self,
        query: Any,
        value: Any,
        key: Any = None,
        query_mask: Any = None,
        value_mask: Any = None,
        key_mask: Any = None,
        attention_mask: Any = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """(N, T, D), (N, S, D') → (N, T, D), and with return_attention_scores the weights (N, heads, T, S).

        Args:
            query: what is looked for.
            value: what is found.
            key: what is looked at; the value if left out.
            query_mask, value_mask, key_mask: booleans (N, T) or (N, S), from the tensors if left out.
            attention_mask: booleans that broadcast to (N, T, S).
            return_attention_scores: return the weights as well.
            use_causal_mask: step i looks at the steps up to i.
        """
        key = value if key is None else key
        query_mask = mask_of(query) if query_mask is None else query_mask
        value_mask = mask_of(value) if value_mask is None else value_mask
        key_mask = mask_of(key) if key_mask is None and key is not value else key_mask
        mask = self._mask(query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask)
        q, k, v = self._heads(query, "query"), self._heads(key, "key"), self._heads(value, "value")
        scale = 1 / math.sqrt(self.key_dim)
        share = self.dropout if self.training else 0.0
        weights = None
        if return_attention_scores:
            scores = (q * scale) @ k.transpose(-1, -2)
            if mask is not None:
                scores = scores + (1.0 - mask.to(scores.dtype)) * -1e9
            weights = F.softmax(scores, -1)
            out = F.dropout(weights, share) @ v if share else weights @ v
        else:
            out = F.scaled_dot_product_attention(q, k, v, mask, share, scale=scale)
        n, t = query.shape[:2]
        kernel = self.output_kernel
        flat = out.transpose(1, 2).reshape(n, t, -1)
        bias = self.output_bias if self.use_bias else None
        result = linear(flat, kernel.reshape(-1, kernel.shape[-1]).T, bias)
        if query_mask is not None:
            set_mask(result, query_mask)
        return (result, weights) if return_attention_scores else result

    def _mask(
        self,
        query: Any,
        value: Any,
        query_mask: Any,
        value_mask: Any,
        key_mask: Any,
        given: Any,
        causal: bool,
    ) -> Any:
        """What each query may look at: booleans (…, T, S), or None for everything."""
        found: list[Any] = []
        if query_mask is not None:
            found.append(_bools(query_mask).unsqueeze(-1))
        found += [_bools(mask).unsqueeze(-2) for mask in (value_mask, key_mask) if mask is not None]
        if causal:
            t, s = query.shape[1], value.shape[1]
            found.append(wrap(np.tril(np.ones((1, t, s), bool))))
        if given is not None:
            given = _bools(given)
            found.append(given if given.ndim > 2 else given.unsqueeze(0))
        if not found:
            return None
        mask = found[0]
        for other in found[1:]:
            mask = mask & other
        return mask if mask.ndim == 4 else mask.unsqueeze(1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The query's mask, which `call` hands on itself."""
        return None

    def _symbolic_result(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        query = args[0] if args else kwargs["query"]
        value = args[1] if len(args) > 1 else kwargs["value"]
        shape = (*query.shape[:-1], query.shape[-1] if self._size is None else self._size)
        result = KerasTensor(shape, self.dtype)
        if not kwargs.get("return_attention_scores"):
            return result
        return result, KerasTensor(
            (query.shape[0], self.num_heads, query.shape[1], value.shape[1]), self.dtype
        )


class Attention(Layer):
    """Attention without projections: softmax(query · keyᵀ) value (Luong et al., 2015).

    Called on a list: `layer([query, value])` or `layer([query, value, key])`: (N, T, D), (N, S, D) → (N, T, D).

    Args:
        use_scale: whether the scores are multiplied by a learnt number.
        score_mode: "dot", or "concat" for Σ tanh(query + key).
        dropout: the share of the weights that is dropped in training.
        seed: accepted.
        kwargs: see `Layer`.

    >>> import autograd
    >>> from nn import keras
    >>> keras.layers.Attention()([autograd.zeros(1, 2, 3), autograd.ones(1, 4, 3)]).shape
    autograd.Size([1, 2, 3])
    """

    floats_only = True
    supports_masking = True

    def __init__(
        self, use_scale: bool = False, score_mode: str = "dot", dropout: float = 0.0, seed: int | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if score_mode not in ("dot", "concat"):
            raise ArgumentError(f"Attention: score_mode is 'dot' or 'concat', got {score_mode!r}")
        self.use_scale, self.score_mode, self.dropout, self.seed = (
            bool(use_scale),
            score_mode,
            float(dropout),
            seed,
        )

    def build(self, input_shape: Any) -> None:
        """Make the learnt numbers."""
        one = initializers.Ones()
        if self.use_scale:
            self.add_weight((), one, name="scale")
        if self.score_mode == "concat":
            self.add_weight((), one, name="concat_score_weight")

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        """[(N, T, D), (N, S, D)] → (N, T, D)."""
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3):
            raise ArgumentError("Attention: takes a list [query, value] or [query, value, key]")
        q, v = inputs[0], inputs[1]
        k = inputs[2] if len(inputs) > 2 else v
        if self.score_mode == "dot":
            scores = q @ k.transpose(-1, -2)
            scores = scores * self.scale if self.use_scale else scores
        else:
            both = q.unsqueeze(-2) + k.unsqueeze(-3)
            both = both * self.scale if self.use_scale else both
            scores = self.concat_score_weight * both.tanh().sum(-1)
        counts = None if not mask or mask[1] is None else _bools(mask[1]).unsqueeze(-2)
        if use_causal_mask:
            before = wrap(np.tril(np.ones((1, *scores.shape[-2:]), bool)))
            counts = before if counts is None else counts & before
        if counts is not None:
            scores = scores - (1.0 - counts.to(scores.dtype)) * 1e9
        weights = F.softmax(scores, -1)
        share = self.dropout if self.training else 0.0
        out = (F.dropout(weights, share) if share else weights) @ v
        if mask and mask[0] is not None:
            out = out * _bools(mask[0]).to(out.dtype).unsqueeze(-1)
        return (out, weights) if return_attention_scores else out

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The query's."""
        return None if not previous_mask else previous_mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(N, T, D)."""
        return (*input_shape[0][:-1], input_shape[1][-1])


def _bools(mask: Any) -> Tensor:
    """A mask as a tensor of booleans."""
    array = mask.array if isinstance(mask, Tensor) else np.asarray(mask)
    return wrap(array.astype(bool))
