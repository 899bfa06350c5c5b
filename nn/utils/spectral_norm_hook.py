"""The older spectral normalisation: a hook computes the weight before each `forward`; see `parametrizations`."""

from __future__ import annotations

from typing import Any, TypeVar

from autograd import dot, linalg, mv
from autograd.errors import ArgumentError, StateDictError
from autograd.modes import no_grad
from nn.functional import normalize
from nn.module import Module
from nn.parameter import Parameter, is_lazy
from nn.state import state_hooks_of
from nn.utils.parametrizations.spectrum import as_matrix, check_iterations, output_dim, random_direction

AnyModule = TypeVar("AnyModule", bound=Module)


class SpectralNorm:
    """The hook: W = W_orig / (uᵀ W_orig v), from the parameter `weight_orig` and the buffers `weight_u`, `weight_v`."""

    _version = 1
    """Since 1 the state dict has v, and not the normalised weight."""

    def __init__(
        self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        check_iterations(n_power_iterations)
        self.name = name
        self.dim = dim
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Any:
        """Return the weight; with `do_power_iteration` u and v are improved first."""
        weight, u, v = (getattr(module, f"{self.name}_{part}") for part in ("orig", "u", "v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(mv(matrix.t(), u), dim=0, eps=self.eps))
                    u.copy_(normalize(mv(matrix, v), dim=0, eps=self.eps))
                u, v = u.clone(), v.clone()  # the next iteration writes to them
        return weight / dot(u, mv(matrix, v))

    def __call__(self, module: Module, inputs: Any) -> None:
        """Compute the weight before `forward`."""
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))

    def remove(self, module: Module) -> None:
        """Make the weight a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for suffix in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + suffix)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def solve_v(self, matrix: Any, u: Any, sigma: Any) -> Any:
        """The v for which u is W v normalised, and uᵀ W v is sigma."""
        v = linalg.multi_dot([(matrix.t() @ matrix).pinverse(), matrix.t(), u.unsqueeze(1)]).squeeze(1)
        return v * (sigma / dot(u, mv(matrix, v)))


class SpectralNormLoadStateDictPreHook:
    """Reads state dicts from before version 1: v is computed from the weights with and without the norm."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        *lists: Any,
    ) -> None:
        """Bring the state dict up to date."""
        fn = self.fn
        key = prefix + fn.name
        version = local_metadata.get("spectral_norm", {}).get(f"{fn.name}.version")
        new = all(key + suffix in state_dict for suffix in ("_orig", "_u", "_v")) and key not in state_dict
        if (version is None and new) or (version is not None and version >= 1):
            return
        missing = [key + suffix for suffix in ("_orig", "", "_u") if key + suffix not in state_dict]
        if missing:
            lists[0].extend(missing if strict else [])
            return
        with no_grad():
            original, weight = state_dict[f"{key}_orig"], state_dict.pop(key)
            sigma = (original / weight).mean()
            state_dict[f"{key}_v"] = fn.solve_v(as_matrix(original, fn.dim), state_dict[f"{key}_u"], sigma)


class SpectralNormStateDictHook:
    """Notes the version in the metadata of a state dict."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(self, module: Module, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        """Note the version."""
        versions = local_metadata.setdefault("spectral_norm", {})
        key = f"{self.fn.name}.version"
        if key in versions:
            raise StateDictError(f"Unexpected key in metadata['spectral_norm']: {key}")
        versions[key] = self.fn._version  # noqa: SLF001  # PyTorch's name


def spectral_norm(
    module: AnyModule,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> AnyModule:
    """Divide a weight by its largest singular value before each `forward`; one power iteration each time in training.

    `nn.utils.parametrizations.spectral_norm` is the newer form.

    Args:
        module: the module.
        name: the name of the parameter; it becomes `weight_orig`, beside the buffers `weight_u` and `weight_v`.
        n_power_iterations: how many for each call.
        eps: the smallest length that is divided by.
        dim: the dimension that counts the outputs; 1 for transposed convolutions and else 0, if left out.

    Raises:
        ArgumentError: if it has been applied to this parameter already, or there is no such parameter with values.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     layer = spectral_norm(nn.Linear(4, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight_orig']
    """
    hook = SpectralNorm(name, n_power_iterations, output_dim(module) if dim is None else dim, eps)
    if _found(module._forward_pre_hooks, SpectralNorm, name) is not None:  # noqa: SLF001
        raise ArgumentError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    weight: Any = module._parameters[name]  # noqa: SLF001
    if weight is None:
        raise ArgumentError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ArgumentError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run the dummy "
            "forward before applying spectral normalization"
        )
    with no_grad():
        rows, columns = as_matrix(weight, hook.dim).shape
        u, v = random_direction(weight, rows, eps), random_direction(weight, columns, eps)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)  # a plain attribute, for what looks at it before the first call
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    module._register_state_dict_hook(SpectralNormStateDictHook(hook))  # noqa: SLF001
    module._register_load_state_dict_pre_hook(SpectralNormLoadStateDictPreHook(hook))  # noqa: SLF001
    return module


def _found(hooks: dict[int, Any], kind: Any, name: str) -> int | None:
    """The number of the hook of a kind on a parameter."""
    return next(
        (k for k, h in hooks.items() if isinstance(h, kind) and getattr(h, "fn", h).name == name), None
    )


def remove_spectral_norm(module: AnyModule, name: str = "weight") -> AnyModule:
    """Undo `spectral_norm`: the weight is a parameter again, with the values it has.

    Raises:
        ArgumentError: if it was not applied to this parameter.

    >>> import autograd, nn, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     layer = remove_spectral_norm(spectral_norm(nn.Linear(4, 3)))
    >>> sorted(name for name, _ in layer.named_parameters())
    ['bias', 'weight']
    """
    before = module._forward_pre_hooks  # noqa: SLF001
    number = _found(before, SpectralNorm, name)
    if number is None:
        raise ArgumentError(f"spectral_norm of '{name}' not found in {module}")
    before.pop(number).remove(module)
    hooks = state_hooks_of(module)
    for others, kind in (
        (hooks.save_after, SpectralNormStateDictHook),
        (hooks.load_before, SpectralNormLoadStateDictPreHook),
    ):
        number = _found(others, kind, name)
        if number is not None:
            del others[number]
    return module
