"""What a thread records: the grad modes, anomaly mode, and arithmetic without warnings."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from contextvars import ContextVar, Token, copy_context
from types import TracebackType
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


class Mode:
    """What the current thread records. It is never changed, only replaced.

    anomaly:   keep the user's line with each node, and with check_nan raise at the first NaN
    hooks:     what packs and unpacks saved tensors, if anything does
    recorder:  what keeps each node and what backward sends through it, if anything does
    refusal:   why saved-tensor hooks may not be used here, if they may not
    watched:   whether a new node has more to do than to be recorded: the one flag that recording looks at
    """

    __slots__ = ("anomaly", "check_nan", "grad", "hooks", "inference", "recorder", "refusal", "watched")

    def __init__(
        self,
        grad: bool = True,
        anomaly: bool = False,
        inference: bool = False,
        check_nan: bool = True,
        hooks: Any = None,
        refusal: str | None = None,
        recorder: Any = None,
    ) -> None:
        self.grad = grad
        self.anomaly = anomaly
        self.inference = inference
        self.check_nan = check_nan
        self.hooks = hooks
        self.refusal = refusal
        self.recorder = recorder
        self.watched = anomaly or hooks is not None or recorder is not None

    def but(self, **changes: Any) -> Mode:
        """The same mode with some of it changed."""
        kept = {name: getattr(self, name) for name in self.__slots__ if name != "watched"}
        return Mode(**{**kept, **changes})


NO_GRAD = Mode(grad=False)
"""The usual mode of a backward sweep."""

MODE: ContextVar[Mode] = ContextVar("autograd_mode", default=Mode())  # noqa: B039  # Mode is frozen
# names of their own: every operation calls them, and a method would be looked up each time
current_mode, set_mode, reset_mode = MODE.get, MODE.set, MODE.reset


class ModeSwitch:
    """A context manager and decorator that changes the mode of the current thread (or context)."""

    def __init__(self) -> None:
        self._tokens: list[Token[Mode]] = []

    def _changed(self, mode: Mode) -> Mode:
        raise NotImplementedError

    def __enter__(self) -> None:
        self._tokens.append(MODE.set(self._changed(MODE.get())))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        MODE.reset(self._tokens.pop())

    def __call__(self, function: F) -> F:
        """The function in this mode; of a generator, its body wherever it runs."""
        if inspect.isgeneratorfunction(function):
            return self._generator(function)  # type: ignore[return-value]  # same signature as `function`

        @functools.wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            token = MODE.set(self._changed(MODE.get()))
            try:
                return function(*args, **kwargs)
            finally:
                MODE.reset(token)

        return switched  # type: ignore[return-value]  # same signature as `function`

    def _generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            resume, given = generator.send, None
            while True:
                token = MODE.set(self._changed(MODE.get()))
                try:
                    item = resume(given)
                except StopIteration as stop:
                    return stop.value
                finally:
                    MODE.reset(token)
                given = None
                try:
                    given = yield item
                    resume = generator.send
                except BaseException as error:  # noqa: BLE001  # the generator's own to handle, also when it is closed
                    resume, given = generator.throw, error

        return switched


class no_grad(ModeSwitch):
    """Record nothing inside: results do not require gradients. A context manager and a decorator.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> with no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """A switch, or with `@no_grad` the function in the mode."""
        switch = super().__new__(cls)
        if function is None:
            return switch
        switch.__init__()  # type: ignore[misc]  # `@no_grad` without parentheses
        return switch(function)

    def __init__(self, function: None = None) -> None:
        super().__init__()

    def _changed(self, mode: Mode) -> Mode:
        return mode.but(grad=False)


class enable_grad(no_grad):
    """Record inside, also within `no_grad`. A context manager and a decorator."""

    def _changed(self, mode: Mode) -> Mode:
        return mode.but(grad=True, inference=False)


class set_grad_enabled(ModeSwitch):
    """Turn recording on or off: at once when called, and until the end of the block as a context manager."""

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.mode = bool(mode)
        self._tokens.append(MODE.set(self._changed(MODE.get())))

    def _changed(self, mode: Mode) -> Mode:
        return mode.but(grad=self.mode)

    def __enter__(self) -> None:
        if not self._tokens:
            super().__enter__()

    def __call__(self, function: F) -> F:
        """The function in this mode; the mode here is put back."""
        MODE.reset(self._tokens.pop())
        return super().__call__(function)


class inference_mode(ModeSwitch):
    """`no_grad` for code that never trains; `inference_mode(False)` turns recording back on."""

    def __new__(cls, mode: Any = True) -> Any:
        """A switch, or with `@inference_mode` the function in the mode."""
        switch = super().__new__(cls)
        if not callable(mode):
            return switch
        switch.__init__()  # type: ignore[misc]  # `@inference_mode` without parentheses
        return switch(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.mode = bool(mode)

    def _changed(self, mode: Mode) -> Mode:
        return mode.but(grad=not self.mode, inference=self.mode)


def is_grad_enabled() -> bool:
    """Return whether operations are being recorded in this thread."""
    return MODE.get().grad


def is_inference_mode_enabled() -> bool:
    """Return whether this thread is inside `inference_mode`."""
    return MODE.get().inference


def _numpy_error_state() -> tuple[ContextVar[Any], Any]:
    """NumPy's error-state variable and its value under `np.errstate(all="ignore")`.

    Arithmetic here follows IEEE 754 without warnings, as PyTorch's does: `exp(1000)` is inf. Entering `np.errstate`
    for every operation would cost more than the operation; setting the variable it sets costs a tenth of that.
    """
    with np.errstate(all="ignore"):
        for variable, value in copy_context().items():
            if variable.name == "numpy.ufunc.extobj":
                return variable, value
    raise ImportError("this NumPy keeps its error state elsewhere; tapegrad needs NumPy 2")


NUMPY_ERRORS, QUIET = _numpy_error_state()
set_errors, reset_errors = NUMPY_ERRORS.set, NUMPY_ERRORS.reset

# Operations that can warn only at inf, nan or an overflow are run without that (`quiet=False` in the table). For them
# this filter does it, unless a program turns warnings into errors afterwards.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"autograd\.")
