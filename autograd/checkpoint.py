"""Checkpointing: save nothing in forward, compute it again in backward.

A checkpointed function is recorded as usual, but what its operations save is replaced by a number (by hooks on saved
tensors). When backward asks for the first of them, the function is run once more and all are taken from that run. So
the graph is the same with and without a checkpoint: every order of derivative, every hook and gradients of what the
function closes over come out of the same sweep.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import Any

from autograd.errors import ArgumentError, CheckpointError
from autograd.graph import saved_tensors_hooks
from autograd.hidden import LEVELS
from autograd.modes import current_mode, enable_grad
from autograd.random import default_generator
from autograd.saved import Hooks, Packed
from autograd.storage import clock
from autograd.tape import Variable, wrap

__all__ = ["CheckpointError", "checkpoint", "checkpoint_sequential", "noop_context_fn"]

Contexts = tuple[contextlib.AbstractContextManager[Any], contextlib.AbstractContextManager[Any]]

_AS_IT_IS = Hooks(lambda t: t, lambda t: t)


def noop_context_fn() -> Contexts:
    """Two contexts that do nothing: what `checkpoint` runs the function in, at first and again."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,  # noqa: ARG001  # PyTorch's signature
    context_fn: Callable[[], Contexts] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,  # noqa: ARG001  # PyTorch's signature
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """Return `function(*args, **kwargs)`, of which only the arguments are saved; backward runs it a second time.

    Args:
        function: what to run; it must do the same again when it is run again.
        args, kwargs: its arguments. Tensors among them are saved, other values are held.
        use_reentrant: accepted; both of PyTorch's ways give these results, and this one does what `False` does there.
        context_fn: returns two context managers, to run the function in at first and again.
        determinism_check: "default" compares shapes and dtypes of what is saved in the two runs, "none" nothing.
        debug: accepted; errors always say what differs.
        early_stop: end the second run once all that is needed has been computed.
        preserve_rng_state: let the default generator repeat its numbers in the second run, and no further.

    Raises:
        CheckpointError: in backward, if the second run saves other tensors than the first.
        InPlaceError: in backward, if an argument was written to in place.
        ArgumentError: if determinism_check is another.

    Source: Chen et al., "Training deep nets with sublinear memory cost", 2016.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> y = checkpoint(lambda t: (t * t).exp().log(), x)
    >>> y.sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """
    if determinism_check not in ("default", "none"):
        raise ArgumentError(
            f'checkpoint: determinism_check is "default" or "none", got {determinism_check!r}'
        )
    first, again = context_fn()
    run = _Run(function, args, kwargs, again, determinism_check == "default", early_stop, preserve_rng_state)
    with saved_tensors_hooks(run.pack, run.unpack), first:
        return function(*args, **kwargs)


class _Stopped(BaseException):
    """All that is needed has been computed. It passes through the user's `except Exception`."""


class _Run:
    """One call of a checkpointed function: how to repeat it, and what its operations save."""

    def __init__(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        context: contextlib.AbstractContextManager[Any],
        checked: bool,
        early_stop: bool,
        preserve_rng_state: bool,
    ) -> None:
        self.function = function
        self.args = tuple(map(_kept, args))
        self.kwargs = {name: _kept(value) for name, value in kwargs.items()}
        self.context = context
        self.checked = checked
        self.early_stop = early_stop
        self.state = default_generator.get_state() if preserve_rng_state else None
        self.levels = LEVELS.get()  # the running vmaps: backward may run inside others, or after them
        self.facts: list[tuple[Any, Any]] = []  # shape and dtype of each array that was saved
        self.recomputed: dict[int, Any] = {}  # those of the second run that backward has not used yet

    def pack(self, tensor: Any) -> int:
        """The number that stands for a saved tensor."""
        self.facts.append((tensor.array.shape, tensor.array.dtype))
        return len(self.facts) - 1

    def unpack(self, number: int) -> Any:
        """The tensor, from the second run."""
        if number not in self.recomputed:
            self._repeat()
        return wrap(self.recomputed.pop(number))

    def _repeat(self) -> None:
        self.recomputed = {}
        count = 0

        def take(tensor: Any) -> Any:
            nonlocal count
            if self.checked and count < len(self.facts):
                facts = tensor.array.shape, tensor.array.dtype
                if facts != self.facts[count]:
                    raise CheckpointError(_differs(count, self.facts[count], facts))
            self.recomputed[count] = tensor.array
            count += 1
            if self.early_stop and count == len(self.facts):
                raise _Stopped
            return tensor

        now = default_generator.get_state() if self.state is not None else None
        args = [_restored(value) for value in self.args]
        kwargs = {name: _restored(value) for name, value in self.kwargs.items()}
        levels = LEVELS.set(self.levels)
        closed = [level for level in self.levels if not level.open]
        for level in closed:
            level.open = True
        try:
            if self.state is not None:
                default_generator.set_state(self.state)
            with enable_grad(), saved_tensors_hooks(take, lambda t: t), self.context:
                self.function(*args, **kwargs)
        except _Stopped:
            pass
        finally:
            for level in closed:
                level.open = False
            LEVELS.reset(levels)
            if now is not None:
                default_generator.set_state(now)
        if count != len(self.facts):
            raise CheckpointError(
                f"checkpoint: the function saved {len(self.facts)} tensors when it was run first, and {count} when "
                "backward ran it again; it must do the same both times"
            )


def _differs(number: int, first: tuple[Any, Any], again: tuple[Any, Any]) -> str:
    return (
        f"checkpoint: saved tensor {number} had {first[1]} and shape {first[0]} when the function was run first, and "
        f"{again[1]} and shape {again[0]} when backward ran it again; it must do the same both times"
    )


def _kept(value: Any) -> Any:
    """An argument as it is held until the second run: of a tensor its values, packed if hooks are around."""
    if not isinstance(value, Variable):
        return value
    hooks = current_mode().hooks or _AS_IT_IS
    return Packed(value.array, hooks, "checkpoint", next(clock)), value.current_node() is not None


def _restored(value: Any) -> Any:
    """The argument again; a tensor is cut off from the graph that led to it."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], Packed):
        return wrap(value[0].array()).requires_grad_(value[1])
    return value


def checkpoint_sequential(
    functions: Iterable[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    **kwargs: Any,
) -> Any:
    """Return the functions (an `nn.Sequential`, or a list) applied one after another, checkpointed in segments.

    Args:
        functions: each takes what the one before returned.
        segments: how many, at most one for each function; all but the last are checkpointed.
        input: what the first takes.
        use_reentrant: as for `checkpoint`.
        kwargs: `preserve_rng_state`.

    Raises:
        ArgumentError: for another keyword, or fewer than one segment.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> checkpoint_sequential([autograd.square] * 3, 3, x).backward()
    >>> x.grad
    tensor(1024.)
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ArgumentError(f"checkpoint_sequential: {sorted(kwargs)} are not among its arguments")
    if segments < 1:
        raise ArgumentError(f"checkpoint_sequential: needs at least 1 segment, got {segments}")
    steps = list(functions)
    segments = max(1, min(segments, len(steps)))  # no segment is empty
    size = len(steps) // segments
    ends = [size * (i + 1) for i in range(segments - 1)]
    for start, end in zip([0, *ends], ends, strict=False):
        input = checkpoint(
            _chain(steps[start:end]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve
        )
    return _chain(steps[size * (segments - 1) :])(input)


def _chain(steps: list[Callable[..., Any]]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return run
