"""`gradcheck` and `gradgradcheck`: derivatives against central finite differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backward import grad
from autograd.dtypes import Array
from autograd.errors import ArgumentError, GradcheckError
from autograd.modes import enable_grad, no_grad
from autograd.tape import Variable, wrap


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,  # noqa: ARG001  # PyTorch's signature
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,  # noqa: ARG001  # PyTorch's signature
    masked: bool | None = None,  # noqa: ARG001  # PyTorch's signature
) -> bool:
    """Check the first derivatives of `func` at `inputs` against (f(x + eps) − f(x − eps)) / (2 eps).

    Each entry of the Jacobian, the derivative of one output element by one input element, must agree to within
    atol + rtol · |numerical|.

    Args:
        func: a function of tensors that returns a tensor or several; outputs that are not tensors do not count.
        inputs: a tensor or a sequence of arguments; those that require a gradient are checked.
        eps: the step of the finite difference.
        atol, rtol: absolute and relative tolerance.
        raise_exception: raise on a mismatch; otherwise return False.
        nondet_tol: how far two backward passes over the same graph may differ.
        check_grad_dtypes: check that each gradient has the dtype of its input.
        check_batched_grad: check `grad(…, is_grads_batched=True)` as well.
        check_undefined_grad, fast_mode, masked: accepted; the whole Jacobian is always compared.
        check_forward_ad, check_batched_forward_grad: there is no forward mode; True is an error.
        check_backward_ad: must be True.

    Raises:
        GradcheckError: naming the input and the output of a Jacobian that does not match, its worst entry, and both
            Jacobians, of shape (input elements, output elements).
        ArgumentError: if no input requires a gradient.

    >>> import autograd
    >>> x = autograd.tensor([0.3, 0.7], dtype=autograd.float64, requires_grad=True)
    >>> gradcheck(autograd.tanh, (x,))
    True
    """
    if check_forward_ad or check_batched_forward_grad or not check_backward_ad:
        raise ArgumentError("gradcheck: there is no forward mode; only check_backward_ad=True can be checked")
    arguments = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    try:
        checked = _checked("gradcheck", arguments)
        with enable_grad():
            outputs = _outputs(func(*arguments))
            differentiable = [(o, out) for o, out in outputs if out.current_node() is not None]
            for o, out in differentiable or outputs:  # with none, all have to be constant
                _check_output(func, arguments, checked, o, out, eps, (rtol, atol), nondet_tol)
                if check_grad_dtypes:
                    _check_dtypes(out, arguments, checked)
                if check_batched_grad:
                    _check_batched(out, arguments, checked, o)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check the second derivatives of `func`: `gradcheck` of its gradient, as a function of inputs and upstream.

    Args: as for `gradcheck`, and
        grad_outputs: the upstream gradients; random by default.
        gen_non_contig_grad_outputs: let those be views with gaps.
        check_fwd_over_rev: there is no forward mode; True is an error.
        check_rev_over_rev: must be True.

    >>> import autograd
    >>> x = autograd.tensor([0.3, 0.7], dtype=autograd.float64, requires_grad=True)
    >>> gradgradcheck(autograd.tanh, (x,))
    True
    """
    if check_fwd_over_rev or not check_rev_over_rev:
        raise ArgumentError(
            "gradgradcheck: there is no forward mode; only check_rev_over_rev=True can be checked"
        )
    arguments = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    checked = _checked("gradgradcheck", arguments)
    with enable_grad():
        outputs = [out for _, out in _outputs(func(*arguments)) if out.current_node() is not None]
    if grad_outputs is None:
        upstream = _random_like(outputs, gen_non_contig_grad_outputs)
    else:
        upstream = [grad_outputs] if isinstance(grad_outputs, Variable) else list(grad_outputs)
    upstream = [g if g.current_node() is not None else g.detach().requires_grad_() for g in upstream]

    def gradient(*values: Any) -> tuple[Any, ...]:
        given, cotangents = values[: len(arguments)], values[len(arguments) :]
        results = [out for _, out in _outputs(func(*given)) if out.current_node() is not None]
        chosen = [given[i] for i in checked]
        found: tuple[Any, ...] = grad(results, chosen, cotangents, create_graph=True, materialize_grads=True)
        return found

    return gradcheck(
        gradient,
        (*arguments, *upstream),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random_like(outputs: Sequence[Any], gaps: bool) -> list[Any]:
    """Random upstream gradients, the same each time."""
    rng = np.random.default_rng(0)
    values = [rng.standard_normal((*out.array.shape, 2)).astype(out.array.dtype) for out in outputs]
    return [wrap(v[..., 0] if gaps else np.array(v[..., 0])) for v in values]


def _checked(what: str, arguments: Sequence[Any]) -> list[int]:
    """The positions of the inputs to differentiate by."""
    chosen = [i for i, a in enumerate(arguments) if isinstance(a, Variable) and a.current_node() is not None]
    if not chosen:
        raise ArgumentError(f"{what}: no input requires a gradient; create one with requires_grad=True")
    for i in chosen:
        if arguments[i].array.dtype != np.float64:
            warnings.warn(
                f"{what}: input {i} is {arguments[i].array.dtype}; finite differences need dtype=float64, so the check "
                "will likely fail",
                UserWarning,
                stacklevel=3,
            )
    return chosen


def _outputs(result: Any) -> list[tuple[int, Any]]:
    """The outputs that may have a gradient, with their numbers."""
    several = result if isinstance(result, (tuple, list)) else (result,)
    return [
        (o, out) for o, out in enumerate(several) if isinstance(out, Variable) and out.array.dtype.kind == "f"
    ]


def _check_output(
    func: Callable[..., Any],
    arguments: Sequence[Any],
    checked: Sequence[int],
    o: int,
    out: Any,
    eps: float,
    tolerances: tuple[float, float],
    nondet_tol: float,
) -> None:
    """Raise unless each Jacobian of one output is right."""
    rtol, atol = tolerances
    sources = [arguments[i] for i in checked]
    analytical = _jacobians(out, sources)
    again = _jacobians(out, sources)
    for i, first, second in zip(checked, analytical, again, strict=True):
        numerical = _numerical(func, arguments, i, o, out.array.size, eps)
        bad = ~np.isclose(first, numerical, rtol, atol, equal_nan=True)
        if bad.any():
            worst = np.unravel_index(np.argmax(np.where(bad, np.abs(first - numerical), -1.0)), bad.shape)
            raise GradcheckError(
                f"Jacobian mismatch for output {o} with respect to input {i},\nnumerical:{wrap(numerical)}\n"
                f"analytical:{wrap(first)}\n"
                f"The derivative of output {o} (element {worst[1]} of shape {out.array.shape}) by input {i} (element "
                f"{worst[0]} of shape {arguments[i].array.shape}) is {first[worst]:.8g}, finite differences give "
                f"{numerical[worst]:.8g}; {int(bad.sum())} of {bad.size} entries differ."
            )
        if np.max(np.abs(first - second), initial=0.0) > nondet_tol:
            raise GradcheckError(
                f"Backward is not reentrant: two backward passes with the same upstream gradient gave different "
                f"gradients of output {o} with respect to input {i}, by up to {np.max(np.abs(first - second)):.3g}; "
                f"the tolerance nondet_tol is {nondet_tol}."
            )


def _check_dtypes(out: Any, arguments: Sequence[Any], checked: Sequence[int]) -> None:
    """Raise unless gradients have their inputs' dtypes."""
    if out.current_node() is None:
        return
    sources = [arguments[i] for i in checked]
    found = grad(out, sources, wrap(np.ones_like(out.array)), retain_graph=True, allow_unused=True)
    for i, g in zip(checked, found, strict=True):
        if g is not None and g.array.dtype != arguments[i].array.dtype:
            raise GradcheckError(
                f"the gradient by input {i} is {g.array.dtype}, the input {arguments[i].array.dtype}"
            )


def _check_batched(out: Any, arguments: Sequence[Any], checked: Sequence[int], o: int) -> None:
    """Raise unless a batch of upstream gradients gives what each of them gives."""
    if out.current_node() is None or not out.array.size:
        return
    sources = [arguments[i] for i in checked]
    upstream = np.random.default_rng(0).standard_normal((2, *out.array.shape)).astype(out.array.dtype)
    options: dict[str, Any] = {"retain_graph": True, "allow_unused": True}
    batched = grad(out, sources, wrap(upstream), is_grads_batched=True, **options)
    for k in range(2):
        for i, g, row in zip(checked, grad(out, sources, wrap(upstream[k]), **options), batched, strict=True):
            if g is not None and not np.allclose(g.array, row.array[k]):
                raise GradcheckError(f"a batch of upstream gradients of output {o} gives others of input {i}")


def _jacobians(out: Any, inputs: list[Any]) -> list[Array]:
    """∂out/∂input for each input, of shape (input elements, output elements)."""
    jacobians = [np.zeros((t.array.size, out.array.size), out.array.dtype) for t in inputs]
    if out.current_node() is None:
        return jacobians
    for column in range(out.array.size):
        unit = np.zeros(out.array.shape, out.array.dtype)
        unit.flat[column] = 1.0
        found = grad(out, inputs, wrap(unit), retain_graph=True, allow_unused=True)
        for jacobian, gradient in zip(jacobians, found, strict=True):
            if gradient is not None:
                jacobian[:, column] = gradient.array.ravel()
    return jacobians


def _numerical(
    func: Callable[..., Any], arguments: Sequence[Any], i: int, o: int, size: int, eps: float
) -> Array:
    """∂output_o/∂input_i by central differences, of shape (input elements, output elements)."""
    source = arguments[i].array
    jacobian = np.zeros((source.size, size))

    def value(element: int, step: float) -> Array:
        moved = source.copy()
        moved.flat[element] += step
        given = [wrap(moved) if a is arguments[i] else a for a in arguments]
        given = [g.requires_grad_() if j == i else g for j, g in enumerate(given)]
        with enable_grad():
            out: Array = dict(_outputs(func(*given)))[o].array
        return out.astype(np.float64).ravel()

    for element in range(source.size):
        with no_grad():
            jacobian[element] = (value(element, eps) - value(element, -eps)) / (2 * eps)
    return jacobian
