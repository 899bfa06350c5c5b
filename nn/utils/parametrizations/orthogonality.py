"""Orthogonal matrices, as a smooth function of matrices that are free."""

from __future__ import annotations

from typing import Any, TypeVar

from autograd import Tensor, allclose, cat, eye, finfo, geqrf, linalg, randn, where, zeros_like
from autograd.errors import ArgumentError
from autograd.modes import no_grad
from nn.module import Module
from nn.utils.parametrize import register_parametrization

AnyModule = TypeVar("AnyModule", bound=Module)

MAPS = ("matrix_exp", "cayley", "householder")


def _is_orthogonal(q: Any) -> bool:
    n, k = q.shape[-2:]
    return bool(allclose(q.mT @ q, eye(k, dtype=q.dtype), atol=10.0 * n * finfo(q.dtype).eps))


def _orthogonalized(a: Any) -> Any:
    """Q of A = QR, where the diagonal of R is positive."""
    x, tau = geqrf(a)
    q = linalg.householder_product(x, tau)
    return q * x.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def _skew_map(x: Any, orthogonal_map: str) -> Any:
    """The first columns of the orthogonal matrix that belongs to A - Aᵀ, where A is the lower triangle of x."""
    n, k = x.shape[-2:]
    x = x.tril()
    if n != k:
        x = cat([x, x.new_zeros((*x.shape[:-1], n - k))], -1)
    a = x - x.mT
    if orthogonal_map == "matrix_exp":
        q = linalg.matrix_exp(a)
    else:
        identity = eye(n, dtype=a.dtype)
        q = linalg.solve(identity - 0.5 * a, identity + 0.5 * a)
    return q[..., :k]


def _householder_map(x: Any) -> Any:
    """The product of the reflections whose vectors are below the diagonal of x, times the signs on its diagonal."""
    a = x.tril(-1)
    q = linalg.householder_product(a, 2.0 / (1.0 + (a * a).sum(-2)))
    return q * x.diagonal(dim1=-2, dim2=-1).detach().int().unsqueeze(-2)


class _Orthogonal(Module):
    """The orthogonal matrix that belongs to a free one, times the matrix it started from."""

    base: Tensor | None

    def __init__(self, weight: Any, orthogonal_map: str, *, use_trivialization: bool = True) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Any) -> Any:
        """Return the orthogonal matrix."""
        transposed = x.shape[-2] < x.shape[-1]
        if transposed:
            x = x.mT
        q = _householder_map(x) if self.orthogonal_map == "householder" else _skew_map(x, self.orthogonal_map)
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if transposed else q

    def right_inverse(self, q: Any) -> Any:
        """Return the free matrix; if a base is kept, it becomes `q` made orthogonal.

        Raises:
            ArgumentError: if the shape is another one.
            NotImplementedError: for maps that cannot be inverted, if there is no base.
        """
        if q.shape != self.shape:
            raise ArgumentError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {q.shape}."
            )
        with no_grad():
            transposed = q.shape[-2] < q.shape[-1]
            tall = q.mT if transposed else q
            if not hasattr(self, "base"):
                free = self._householder_of(tall)
                return free.mT if transposed else free
            n, k = tall.shape[-2:]
            if n != k:
                tall = cat([tall, randn(*tall.shape[:-1], n - k, dtype=tall.dtype)], -1)
            self.base = tall.clone() if n == k and _is_orthogonal(tall) else _orthogonalized(tall)
            negative = zeros_like(q)  # whose map is the identity, for each of them
            negative.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
            return negative

    def _householder_of(self, tall: Any) -> Any:
        if self.orthogonal_map != "householder":
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                "use_trivialization=False."
            )
        a, tau = geqrf(tall)
        diagonal = a.diagonal(dim1=-2, dim2=-1)
        sign = diagonal.sign()
        diagonal.copy_(where(tau == 0.0, -sign, sign))  # tau is 0 where LAPACK did not reflect
        return a


def orthogonal(
    module: AnyModule,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> AnyModule:
    """Keep a matrix orthogonal: QᵀQ = I if it has at least as many rows as columns, else QQᵀ = I.

    The matrix is a function of one that is free: `matrix_exp` takes exp(A) and `cayley` (I + A/2)(I - A/2)⁻¹ of a
    skew-symmetric A; `householder` multiplies reflections. With `use_trivialization` it is that function times a matrix
    B, kept as the buffer `base` (Lezcano-Casado, 2019, "Trivializations for Gradient-Based Optimization on Manifolds"),
    and starts as the weight, made orthogonal if it is not. Leading dimensions are a batch.

    Args:
        module: the module.
        name: the name of the parameter.
        orthogonal_map: "matrix_exp", "cayley" or "householder"; the first for square matrices, else the last.
        use_trivialization: whether there is a base.

    Raises:
        ArgumentError: if there is no such matrix, or no such map.

    >>> import autograd, nn
    >>> from nn.utils.parametrizations import orthogonal
    >>> q = orthogonal(nn.Linear(20, 40)).weight
    >>> bool(autograd.allclose(q.mT @ q, autograd.eye(20), atol=1e-5))
    True
    """
    weight: Any = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ArgumentError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.dim() < 2:
        raise ArgumentError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.dim()} dimensions."
        )
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ArgumentError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    part = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, part, unsafe=True)
