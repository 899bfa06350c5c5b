"""Spectral normalisation: a weight divided by its largest singular value."""

from __future__ import annotations

from typing import Any, TypeVar

from autograd import Tensor, dot, mv
from autograd.errors import ArgumentError, DimensionError
from autograd.modes import no_grad
from nn.functional import normalize
from nn.functional.given import whole
from nn.module import Module
from nn.utils.parametrize import register_parametrization

AnyModule = TypeVar("AnyModule", bound=Module)


def output_dim(module: Module) -> int:
    """The dimension of a layer's weight that counts its outputs: 1 for a transposed convolution, else 0."""
    return int(bool(getattr(module, "transposed", False)))


def as_matrix(weight: Any, dim: int) -> Any:
    """A weight as a matrix with one row for each index along a dimension."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.dim()) if d != dim))
    return weight.reshape(weight.shape[0], -1)


def check_iterations(n: int) -> None:
    """Raise unless there is at least one power iteration.

    Raises:
        ArgumentError: if not.
    """
    whole("spectral_norm", n_power_iterations=n)
    if n <= 0:
        raise ArgumentError(f"Expected n_power_iterations to be positive, but got n_power_iterations={n}")


def random_direction(like: Any, n: int, eps: float) -> Any:
    """A random vector of length 1."""
    return normalize(like.new_empty(n).normal_(0, 1), dim=0, eps=eps)


class _SpectralNorm(Module):
    """W / σ, where u and v are brought nearer to the first singular vectors each time it is called in training."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Any, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        ndim = weight.dim()
        if not -ndim <= dim < ndim:
            raise DimensionError(
                f"Dimension out of range (expected to be in range of [-{ndim}, {ndim - 1}] but got {dim})"
            )
        check_iterations(n_power_iterations)
        self.dim = dim % ndim
        self.eps = eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            with no_grad():
                matrix = as_matrix(weight, self.dim)
                rows, columns = matrix.shape
                u = random_direction(matrix, rows, eps)
                v = random_direction(matrix, columns, eps)
            self.register_buffer("_u", u)
            self.register_buffer("_v", v)
            self._iterate(matrix, 15)

    def _iterate(self, matrix: Any, n: int) -> None:
        with no_grad():
            for _ in range(n):
                self._u.copy_(normalize(mv(matrix, self._v), dim=0, eps=self.eps))
                self._v.copy_(normalize(mv(matrix.mT, self._u), dim=0, eps=self.eps))

    def forward(self, weight: Any) -> Any:
        """Return the weight divided by its largest singular value."""
        if weight.dim() == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._iterate(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next iteration writes to them
        return weight / dot(u, mv(matrix, v))

    def right_inverse(self, value: Any) -> Any:
        """Return the value: it is taken to be the original."""
        return value


def spectral_norm(
    module: AnyModule,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> AnyModule:
    """Divide a weight by its largest singular value σ (Miyato et al., 2018): W / σ(W). The layer is then 1-Lipschitz.

    σ ≈ uᵀ W v, where u and v are kept as buffers and improved by power iterations each time the weight is read in
    training mode. A weight with more than two dimensions is seen as a matrix; a vector is divided by its length.

    Args:
        module: the module.
        name: the name of the parameter.
        n_power_iterations: how many for each reading.
        eps: the smallest length that is divided by.
        dim: the dimension that counts the outputs; 1 for transposed convolutions and else 0, if left out.

    Raises:
        ArgumentError: if there is no such tensor, or no iteration.
        DimensionError: if it does not have the dimension.

    >>> import autograd, nn
    >>> from nn.utils.parametrizations import spectral_norm
    >>> layer = spectral_norm(nn.Linear(20, 40))
    >>> 0.9 < autograd.linalg.matrix_norm(layer.weight, 2).item() < 1.1
    True
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ArgumentError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    part = _SpectralNorm(weight, n_power_iterations, output_dim(module) if dim is None else dim, eps)
    return register_parametrization(module, name, part)
