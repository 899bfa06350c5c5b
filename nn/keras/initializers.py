"""What weights start from: by name or as objects, called with a shape.

A kernel's last two dimensions are its inputs and outputs, those before them the window: (in, out), (h, w, in, out).
Its fan-in is inputs · window, its fan-out outputs · window.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.tape import wrap
from nn import init
from nn.keras.configuration import Configured, named
from nn.keras.floats import floatx
from nn.keras.naming import snake_case
from nn.keras.random import seeded


class Initializer(Configured):
    """Base class: define `__call__(shape, dtype=None)`, which returns a tensor."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """The values."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(shape, dtype): define it")


class _Random(Initializer):
    """Draws from the process's generator, or with a seed the same numbers on each call."""

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise ArgumentError(f"{type(self).__name__}: the seed is an integer or None, got {seed!r}")
        self.seed = None if seed is None else int(seed)

    def _truncated(self, shape: Sequence[int], mean: float, std: float, dtype: Any) -> Tensor:
        return init.trunc_normal_(
            _empty(shape, dtype), mean, std, mean - 2 * std, mean + 2 * std, seeded(self.seed)
        )


class Zeros(Initializer):
    """0 everywhere."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return init.zeros_(_empty(shape, dtype))


class Ones(Initializer):
    """1 everywhere."""

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return init.ones_(_empty(shape, dtype))


class Constant(Initializer):
    """One value everywhere, or an array that broadcasts."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return _filled(shape, dtype, self.value)


class Identity(Initializer):
    """`gain` on the diagonal of a matrix.

    >>> Identity(2.0)((2, 2))
    tensor([[2., 0.],
            [0., 2.]])
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        if len(shape) != 2:
            raise ShapeError(f"Identity: makes matrices, got shape {tuple(shape)}")
        return _filled(shape, dtype, self.gain * np.eye(shape[0], shape[1]))


class RandomNormal(_Random):
    """Normal, of that mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return init.normal_(_empty(shape, dtype), self.mean, self.stddev, seeded(self.seed))


class TruncatedNormal(_Random):
    """Normal, within two standard deviations of the mean."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return self._truncated(shape, self.mean, self.stddev, dtype)


class RandomUniform(_Random):
    """Even between minval and maxval."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        return init.uniform_(_empty(shape, dtype), self.minval, self.maxval, seeded(self.seed))


_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")


class VarianceScaling(_Random):
    """Of variance scale / fan, so that signals keep their size from layer to layer.

    Args:
        scale: the numerator.
        mode: "fan_in", "fan_out" or "fan_avg", their mean.
        distribution: "truncated_normal", "untruncated_normal" or "uniform".
        seed: draw the same numbers on each call.
        input_axes, output_axes: which dimensions are the inputs and outputs, if not the last two.

    Raises:
        ArgumentError: for another mode or distribution, or a scale that is not positive.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(seed)
        distribution = "truncated_normal" if distribution.lower() == "normal" else distribution.lower()
        if scale <= 0:
            raise ArgumentError(f"VarianceScaling: the scale must be positive, got {scale}")
        if mode not in _MODES or distribution not in _DISTRIBUTIONS:
            raise ArgumentError(
                f"VarianceScaling: the mode is one of {_MODES}, the distribution one of {_DISTRIBUTIONS}; got "
                f"{mode!r} and {distribution!r}"
            )
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        fan_in, fan_out = fans(shape, self.input_axes, self.output_axes)
        fan = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, fan)
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return init.uniform_(_empty(shape, dtype), -limit, limit, seeded(self.seed))
        if self.distribution == "untruncated_normal":
            return init.normal_(_empty(shape, dtype), 0.0, math.sqrt(variance), seeded(self.seed))
        return self._truncated(shape, 0.0, math.sqrt(variance) / _WITHIN_TWO, dtype)


_WITHIN_TWO = 0.87962566103423978  # the standard deviation of a normal variable that is cut off at ±2


class _Scaled(VarianceScaling):
    """Variance scaling with settings that have a name."""

    settings: tuple[float, str, str]

    def __init__(
        self,
        seed: int | None = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.settings, seed, input_axes, output_axes)


class GlorotUniform(_Scaled):
    """Even within ±√(6 / (fan_in + fan_out)) (Glorot & Bengio, 2010)."""

    settings = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (fan_in + fan_out) (Glorot & Bengio, 2010)."""

    settings = (1.0, "fan_avg", "truncated_normal")


class LecunNormal(_Scaled):
    """Truncated normal of variance 1 / fan_in (LeCun et al., 1998)."""

    settings = (1.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Even within ±√(3 / fan_in) (LeCun et al., 1998)."""

    settings = (1.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / fan_in, for relu (He et al., 2015)."""

    settings = (2.0, "fan_in", "truncated_normal")


class HeUniform(_Scaled):
    """Even within ±√(6 / fan_in), for relu (He et al., 2015)."""

    settings = (2.0, "fan_in", "uniform")


class Orthogonal(_Random):
    """`gain` times a random matrix with orthonormal columns, or rows if there are fewer (Saxe et al., 2013).

    >>> q = Orthogonal(seed=0)((4, 2))
    >>> (q.T @ q).allclose(Identity()((2, 2)), atol=1e-6)
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Tensor:
        """The values."""
        if len(shape) < 2:
            raise ShapeError(f"Orthogonal: needs 2 dimensions or more, got shape {tuple(shape)}")
        made = _empty(shape, dtype)
        flat = wrap(made.array.reshape(-1, shape[-1]))
        init.orthogonal_(flat, self.gain, seeded(self.seed))
        return made


def fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """The fan-in and fan-out of a kernel of that shape.

    >>> fans((3, 3, 8, 16))
    (72, 144)
    """
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[i] for i in input_axes), math.prod(shape[i] for i in output_axes)
    if len(shape) < 2:
        size = shape[0] if shape else 1
        return size, size
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def _filled(shape: Sequence[int], dtype: Any, values: Any) -> Tensor:
    """A tensor with these values, which are a number or an array that broadcasts."""
    return _empty(shape, dtype).copy_(wrap(np.asarray(values)))


def _empty(shape: Sequence[int], dtype: Any) -> Tensor:
    return wrap(
        np.empty(tuple(shape), np.dtype(floatx() if dtype is None else getattr(dtype, "name", dtype)))
    )


_CLASSES: tuple[type[Initializer], ...] = (
    Zeros, Ones, Constant, Identity, RandomNormal, TruncatedNormal, RandomUniform, VarianceScaling, GlorotUniform,
    GlorotNormal, LecunNormal, LecunUniform, HeNormal, HeUniform, Orthogonal,
)  # fmt: skip

KNOWN: dict[str, Any] = {
    **{cls.__name__: cls for cls in _CLASSES},
    **{snake_case(cls.__name__): cls for cls in _CLASSES},
    "normal": RandomNormal, "uniform": RandomUniform, "zero": Zeros, "one": Ones,
    "OrthogonalInitializer": Orthogonal, "IdentityInitializer": Identity,
}  # fmt: skip

zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_normal, random_uniform, truncated_normal, variance_scaling = (
    RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling,
)  # fmt: skip
glorot_uniform, glorot_normal, he_normal, he_uniform = GlorotUniform, GlorotNormal, HeNormal, HeUniform
lecun_normal, lecun_uniform = LecunNormal, LecunUniform


def get(identifier: Any) -> Any:
    """An initializer from its name, its configuration, an object, or an array that holds the values.

    >>> get("he_normal").scale
    2.0
    """
    if identifier is None:
        return None
    if isinstance(identifier, (np.ndarray, Tensor)):
        return Constant(np.asarray(identifier))
    return named("initializer", identifier, KNOWN)
