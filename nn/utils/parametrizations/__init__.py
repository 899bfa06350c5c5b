"""Parametrizations that are often used: weight normalisation, spectral normalisation, orthogonal matrices."""

from nn.utils.parametrizations.magnitude import weight_norm
from nn.utils.parametrizations.orthogonality import orthogonal
from nn.utils.parametrizations.spectrum import spectral_norm

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]
