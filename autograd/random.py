"""Random tensors, and the generators they are drawn from.

Every function draws from the process's `default_generator`, or from the `generator=` it is given. float32 numbers
are drawn as float32.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import create, devices, dtypes
from autograd.errors import ArgumentError, DTypeError, ShapeError
from autograd.hidden import LEVELS, Hidden, all_examples
from autograd.ops.identity import constant_in
from autograd.tape import Variable, wrap

if TYPE_CHECKING:
    from autograd.tensor import Tensor

__all__ = [
    "Generator", "default_generator", "manual_seed", "seed", "initial_seed", "get_rng_state", "set_rng_state",
    "rand", "randn", "randint", "randperm", "normal", "bernoulli", "multinomial", "poisson",
]  # fmt: skip

_WORD = (1 << 64) - 1
_STATE_BYTES = 16 + 16 + 8 + 8 + 8  # state, increment, seed, and NumPy's half-used 64-bit word


class Generator:
    """A source of random numbers with a state of its own (NumPy's PCG64).

    >>> import autograd
    >>> g = Generator().manual_seed(1)
    >>> a = autograd.rand(2, generator=g)
    >>> bool((a == autograd.rand(2, generator=g.manual_seed(1))).all())
    True
    """

    def __init__(self, device: Any = None) -> None:
        self.device = devices.check(device)
        self._rng: np.random.Generator | None = None
        self.manual_seed(67280421310721)  # PyTorch's default seed

    def manual_seed(self, seed: int) -> Generator:
        """Start anew from `seed`, any integer of 64 bits; negative ones count from the top.

        Raises:
            ArgumentError: if it is not an integer of 64 bits.
        """
        try:
            number = int(seed)
        except (TypeError, ValueError, OverflowError):
            number = _WORD + 1  # no seed either
        if not -(1 << 63) <= number <= _WORD:
            raise ArgumentError(f"manual_seed: the seed must be an integer of 64 bits, got {seed!r}")
        self._seed = number & _WORD
        self._rng = None
        return self

    @property
    def rng(self) -> np.random.Generator:
        """NumPy's generator, made on first use: importing `numpy.random` takes a third of NumPy's own time."""
        if self._rng is None:
            self._rng = np.random.Generator(np.random.PCG64(self._seed))
        return self._rng

    def seed(self) -> int:
        """Start anew from a seed that the system draws, and return it."""
        import secrets  # on use, with all that it brings

        self.manual_seed(secrets.randbits(63))
        return self._seed

    def initial_seed(self) -> int:
        """The seed it was last started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """Its state, as a uint8 tensor."""
        state: Any = self.rng.bit_generator.state
        inner = state["state"]
        data = inner["state"].to_bytes(16, "little") + inner["inc"].to_bytes(16, "little")
        data += self._seed.to_bytes(8, "little") + state["has_uint32"].to_bytes(8, "little")
        data += state["uinteger"].to_bytes(8, "little")
        return wrap(np.frombuffer(data, np.uint8).copy())

    def set_state(self, new_state: Any) -> Generator:
        """Go back to a state that `get_state` returned; returns the generator.

        Raises:
            ArgumentError: if it is not such a state.
        """
        array = new_state.array if isinstance(new_state, Variable) else new_state
        if getattr(array, "dtype", None) != np.uint8 or array.shape != (_STATE_BYTES,):
            raise ArgumentError(
                f"set_state: needs a uint8 tensor of {_STATE_BYTES} elements, as get_state() returns"
            )
        data = array.tobytes()
        numbers = [
            int.from_bytes(data[a:b], "little") for a, b in ((0, 16), (16, 32), (32, 40), (40, 48), (48, 56))
        ]
        self.rng.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": numbers[0], "inc": numbers[1]},
            "has_uint32": numbers[3],
            "uinteger": numbers[4],
        }
        self._seed = numbers[2]
        return self

    def clone_state(self) -> Generator:
        """Another generator in the same state."""
        other = Generator()
        other.set_state(self.get_state())
        return other

    def __repr__(self) -> str:
        return f"Generator(seed={self._seed})"


default_generator = Generator()
"""What is drawn from where no generator is given: one for the process."""


def manual_seed(seed: int) -> Generator:
    """Start the default generator anew from `seed`, and return it.

    >>> import autograd
    >>> manual_seed(0)
    Generator(seed=0)
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default generator anew from a seed that the system draws, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed the default generator was last started from."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The default generator's state, as a uint8 tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Put the default generator back into a state that `get_rng_state` returned."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:  # noqa: ARG001  # PyTorch's signature
    """Put the default generator back afterwards to where it is now, unless `enabled` is False.

    >>> import autograd
    >>> with fork_rng():
    ...     first = autograd.rand(3)
    >>> autograd.equal(first, autograd.rand(3))
    True
    """
    state = default_generator.get_state() if enabled else None
    try:
        yield
    finally:
        if state is not None:
            default_generator.set_state(state)


def source(generator: Generator | None) -> Any:
    """The NumPy generator to draw from; under vmap, one that draws for all examples at once.

    Raises:
        ArgumentError: if it is not a `Generator`.
        BatchingError: under vmap with randomness="error".
    """
    if generator is not None and not isinstance(generator, Generator):
        raise ArgumentError(
            f"generator: needs an autograd.Generator, got {generator!r}; autograd.Generator().manual_seed(3) makes one"
        )
    rng = default_generator.rng if generator is None else generator.rng
    levels = LEVELS.get()
    if levels:
        from autograd.batching.randomness import MappedSource  # stands above: it has a tensor's methods

        return MappedSource(rng, levels)
    return rng


def _array(drawn: Any) -> Any:
    """What was drawn as an array; under vmap it may be a value for each example."""
    return drawn if isinstance(drawn, Hidden) else np.asarray(drawn)


# ------------------------------------------------------------------------------------------ raw draws


def draw_uniform(shape: tuple[int, ...], dtype: Any, generator: Generator | None = None) -> Any:
    """Numbers in [0, 1): float32 and float64 as such, float16 rounded down from float32."""
    rng, kind = source(generator), np.dtype(dtype)
    if kind == np.float16:
        return (np.floor(rng.random(shape, np.float32) * np.float32(2048)) / np.float32(2048)).astype(kind)
    if kind.kind != "f":
        raise DTypeError(f"rand: draws floating-point numbers, not {kind}; use randint")
    return _array(rng.random(shape, kind))


def draw_normal(shape: tuple[int, ...], dtype: Any, generator: Generator | None = None) -> Any:
    """Numbers of the standard normal distribution."""
    rng, kind = source(generator), np.dtype(dtype)
    if kind.kind != "f":
        raise DTypeError(f"randn: draws floating-point numbers, not {kind}; use randint")
    if kind == np.float16:
        return _array(rng.standard_normal(shape, np.float32)).astype(kind)
    return _array(rng.standard_normal(shape, kind))


def draw_integers(
    low: int, high: int, shape: tuple[int, ...], dtype: Any, generator: Generator | None = None
) -> Any:
    """Integers in [low, high)."""
    if not low < high:
        raise ArgumentError(f"randint: needs low < high, got low={low}, high={high}")
    kind = np.dtype(dtype)
    drawn = source(generator).integers(low, high, shape, np.int64)
    return _array(drawn).astype(kind)


# ------------------------------------------------------------------------------------------ what users call


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Numbers drawn evenly from [0, 1), of a shape.

    >>> rand(2, 3).shape
    autograd.Size([2, 3])
    """
    devices.check(device, "rand", **place)
    array = draw_uniform(
        create.checked_shape("rand", sizes, size),
        create.checked_dtype(dtype),
        generator,
    )
    return create.made("rand", array, requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Numbers drawn from the normal distribution of mean 0 and variance 1, of a shape."""
    devices.check(device, "randn", **place)
    array = draw_normal(
        create.checked_shape("randn", sizes, size),
        create.checked_dtype(dtype),
        generator,
    )
    return create.made("randn", array, requires_grad)


def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = "int64",
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Integers drawn evenly from [low, high), of a shape: `randint(10, (2,))` or `randint(5, 10, (2,))`.

    Raises:
        ArgumentError: if there is no integer in [low, high).

    >>> x = randint(3, 5, (100,))
    >>> x.min().item(), x.max().item()
    (3, 4)
    """
    devices.check(device, "randint", **place)
    if size is None and isinstance(high, (tuple, list)):
        high, size = None, high
    if low is None or high is None:
        low, high = 0, low if high is None else high
    if high is None:
        raise ArgumentError("randint: needs a bound, as in randint(10, (2, 3))")
    if size is None:
        raise ArgumentError("randint: needs a size, as in randint(0, 10, (2, 3))")
    shape = create.checked_shape("randint", tuple(size))
    try:
        first, last = operator.index(low), operator.index(high)
    except TypeError:
        raise ArgumentError(f"randint: the bounds are integers, got {low!r} and {high!r}") from None
    array = draw_integers(first, last, shape, dtypes.numpy_dtype(dtype), generator)
    return create.made("randint", array, requires_grad)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Any = "int64",
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """The integers from 0 to n - 1 in random order."""
    devices.check(device, "randperm", **place)
    (count,) = create.checked_shape("randperm", (n,))
    array = source(generator).permutation(count).astype(dtypes.numpy_dtype(dtype))
    return create.made("randperm", array, requires_grad)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Numbers drawn from normal distributions: of one mean and deviation and a size, or of a tensor of either.

    Raises:
        ArgumentError: if a deviation is negative.

    >>> import autograd
    >>> normal(0.0, 1.0, (2, 3)).shape, normal(autograd.tensor([1.0, 2.0])).shape
    (autograd.Size([2, 3]), autograd.Size([2]))
    """
    devices.check(device, "normal", **place)
    if isinstance(mean, Hidden) or isinstance(std, Hidden):
        return _normal_of_examples(mean, std, generator)  # type: ignore[no-any-return]  # it has a tensor's methods
    m, s = (create.raw_array("normal", v) for v in (mean, std))
    if s.size and s.min() < 0:
        raise ArgumentError(f"normal: the standard deviation must not be negative, got {s.min()}")
    if size is None:
        if not isinstance(mean, Variable) and not isinstance(std, Variable):
            raise ArgumentError(
                "normal: needs a size when mean and std are numbers, as in normal(0, 1, (2, 3))"
            )
        try:
            shape = np.broadcast_shapes(m.shape, s.shape)
        except ValueError as error:
            raise ShapeError(f"normal: mean {m.shape} and std {s.shape} do not broadcast") from error
        kind = np.result_type(*(v.dtype for v, t in ((m, mean), (s, std)) if isinstance(t, Variable)))
        kind = kind if kind.kind == "f" else dtypes.default_dtype()
    else:
        shape, kind = create.checked_shape("normal", tuple(size)), create.checked_dtype(dtype)
    array = draw_normal(shape, kind, generator)
    array *= s.astype(kind)
    array += m.astype(kind)
    return _drawn_from(create.made("normal", array, requires_grad), mean, std)


def _drawn_from(drawn: Tensor, *given: Any) -> Tensor:
    """The numbers, with a gradient of 0 by what they were drawn from, as PyTorch has it."""
    for parameter in given:
        if getattr(parameter, "requires_grad", False):
            drawn = constant_in(drawn, parameter)
    return drawn


def _normal_of_examples(mean: Any, std: Any, generator: Generator | None) -> Any:
    """Normal numbers under vmap, of means or deviations that differ between the examples."""
    shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
    kind = np.dtype((mean if isinstance(mean, Hidden) else std).dtype)
    deviations = all_examples(std)
    if np.min(getattr(deviations, "array", deviations), initial=0) < 0:
        raise ArgumentError("normal: the standard deviation must not be negative")
    return draw_normal(tuple(shape), kind, generator) * std + mean


def bernoulli(input: Any, p: float | None = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability given by each element (or by `p` for all), else 0, in the dtype of `input`.

    Raises:
        ArgumentError: if a probability is not in [0, 1].

    >>> import autograd
    >>> bernoulli(autograd.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if isinstance(input, Hidden) or isinstance(p, Hidden):
        bernoulli_checked(all_examples(input) if p is None else all_examples(p))
        uniform = draw_uniform(tuple(input.shape), np.float64, generator)
        return (uniform < (input if p is None else p)).astype(input.dtype)  # type: ignore[no-any-return]
    chances = input.array if isinstance(input, Variable) else np.asarray(input)
    if p is None and chances.dtype.kind != "f":
        raise DTypeError(
            f"bernoulli: probabilities are floating-point numbers, got {chances.dtype}; use .float()"
        )
    given = chances if p is None else np.asarray(p)
    bernoulli_checked(given)
    uniform = source(generator).random(chances.shape, np.float64 if given.dtype == np.float64 else np.float32)
    drawn = create.made("bernoulli", (uniform < given).astype(chances.dtype))
    return drawn if p is not None else _drawn_from(drawn, input)


def bernoulli_checked(chances: Any) -> None:
    """Raise unless all are probabilities."""
    given = np.asarray(getattr(chances, "array", chances))
    if given.size and not (given.min() >= 0 and given.max() <= 1):
        raise ArgumentError(f"bernoulli: probabilities must be in [0, 1], got {given.min()} to {given.max()}")


def poisson(input: Any, generator: Generator | None = None) -> Tensor:
    """Numbers drawn from the Poisson distributions whose rates are the elements, in the dtype of `input`.

    Raises:
        ArgumentError: if a rate is negative.
    """
    rates = all_examples(input).array
    if rates.size and not rates.min() >= 0:
        raise ArgumentError(f"poisson: rates must not be negative, got {rates.min()}")
    rng = source(generator)
    if LEVELS.get():
        drawn = rng.of_distributions(lambda numbers, array: numbers.poisson(array), input)
        return create.made("poisson", drawn.astype(rates.dtype))
    return _drawn_from(wrap(np.asarray(rng.poisson(rates)).astype(rates.dtype)), input)


def multinomial(
    input: Any, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Indices drawn with the weights in a row: (N,) → (num_samples,), (M, N) → (M, num_samples).

    Raises:
        ShapeError: if there are more than two dimensions.
        ArgumentError: if weights are negative, not finite or all 0, or too few are positive to draw without
            replacement.

    >>> import autograd
    >>> multinomial(autograd.tensor([0.0, 1.0, 0.0]), 3, replacement=True)
    tensor([1, 1, 1])
    """
    if len(input.shape) not in (1, 2):
        raise ShapeError(f"multinomial: weights have shape (N) or (M, N), got {tuple(input.shape)}")
    if LEVELS.get():
        found = source(generator).of_distributions(
            lambda rng, weights: _multinomial(rng, weights, num_samples, replacement), input
        )
        return create.made("multinomial", found)
    return wrap(_multinomial(source(generator), input.array, num_samples, replacement))


def _multinomial(rng: np.random.Generator, weights: Any, num_samples: int, replacement: bool) -> Any:
    """Indices drawn with the weights in the last dimension."""
    if weights.dtype.kind != "f":
        raise DTypeError(
            f"multinomial: weights are floating-point numbers, got {weights.dtype}; use .float()"
        )
    rows = weights.reshape(-1, weights.shape[-1]).astype(np.float64)
    if not np.isfinite(rows).all() or (rows < 0).any() or not (rows.sum(1) > 0).all():
        raise ArgumentError("multinomial: weights must be finite, not negative, and not all 0 in a row")
    positive = int((rows > 0).sum(1).min()) if rows.size else 0
    if num_samples < 1 or (not replacement and num_samples > positive):
        raise ArgumentError(
            f"multinomial: cannot draw {num_samples} samples from {rows.shape[1]} weights, {positive} positive, "
            "without replacement; pass replacement=True"
        )
    if replacement:
        ends = np.cumsum(rows, 1)
        points = rng.random((len(rows), num_samples)) * ends[:, -1:]
        drawn = np.stack([np.searchsorted(e, u, "right") for e, u in zip(ends, points, strict=True)])
        last = (
            rows.shape[1] - 1 - np.argmax(rows[:, ::-1] > 0, 1)
        )  # rounding must not reach a weight of 0 at the end
        drawn = np.minimum(drawn, last[:, None])
    else:  # the largest of log(weight) + Gumbel noise are a sample without replacement
        with np.errstate(divide="ignore"):
            keys = np.log(rows) - np.log(rng.standard_exponential(rows.shape))
        drawn = np.argsort(-keys, 1)[:, :num_samples]
    return drawn.astype(np.int64).reshape(*weights.shape[:-1], num_samples)
