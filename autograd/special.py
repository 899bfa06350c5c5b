"""The names of `torch.special`: functions of mathematical physics and statistics, elementwise.

>>> from autograd import special
>>> special.expit(0.0)
array(0.5)
"""

from autograd.kernels.softmax import log_softmax, logsumexp, softmax
from autograd.ops.activation import sigmoid as expit
from autograd.ops.bessel import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    i0,
    i0e,
    i1,
    i1e,
    modified_bessel_i0,
    modified_bessel_i1,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from autograd.ops.elementwise import exp2, expm1, log1p
from autograd.ops.gamma import digamma, polygamma, zeta
from autograd.ops.gamma import digamma as psi
from autograd.ops.gamma import igamma as gammainc
from autograd.ops.gamma import igammac as gammaincc
from autograd.ops.gamma import lgamma as gammaln
from autograd.ops.gamma import mvlgamma as multigammaln
from autograd.ops.polynomial import (
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
)
from autograd.ops.rounding import round
from autograd.ops.special import (
    entr,
    erf,
    erfc,
    erfcx,
    erfinv,
    log_ndtr,
    logit,
    ndtr,
    ndtri,
    sinc,
    xlog1py,
    xlogy,
)

__all__ = [
    # error function and normal distribution
    "erf", "erfc", "erfcx", "erfinv", "ndtr", "ndtri", "log_ndtr",
    # gamma
    "gammaln", "digamma", "psi", "polygamma", "multigammaln", "gammainc", "gammaincc", "zeta",
    # Bessel
    "i0", "i0e", "i1", "i1e", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "modified_bessel_i0",
    "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1", "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1", "spherical_bessel_j0", "airy_ai",
    # orthogonal polynomials
    "chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w",
    "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w", "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l",
    "legendre_polynomial_p",
    # probabilities and information
    "expit", "logit", "entr", "xlogy", "xlog1py", "softmax", "log_softmax", "logsumexp",
    # the rest
    "exp2", "expm1", "log1p", "round", "sinc",
]  # fmt: skip
