"""What is said of derivatives through which no symbols can pass, where the docstring does not say it per argument."""

from __future__ import annotations

_STEP = "with dz the gradient of each step's sums: "

RECURRENT = {
    "x": _STEP + "dz w_ih",
    "h0": _STEP + "dz w_hh of the first step",
    "w_ih": _STEP + "Σ dzᵀ x over the steps",
    "w_hh": _STEP + "Σ dzᵀ h over the steps, h before each step",
    "b_ih": _STEP + "Σ dz over the steps",
    "b_hh": _STEP + "Σ dz over the steps",
}

OVER_ALL = "Σ g over the examples and places"

OF_MORE_DIMENSIONS = {("convolution", "bias"), ("transposed_convolution", "bias")}
"""Formulas that do more for arrays of three and more dimensions than symbols, which have two, show."""

DOCUMENTED: dict[str, dict[str, str]] = {
    "rnn": RECURRENT,
    "gru": RECURRENT,
    "lstm": {
        **RECURRENT,
        "c0": "dc f of the first step, with dc the gradient of each step's cell and f its forget gate",
        "w_hr": "Σ dhᵀ (o tanh(c)) over the steps",
    },
    "attention": {
        "query": "scale dS key with P = softmax(scale query keyᵀ + mask) and dS = P ∘ (g valueᵀ - Σ g ∘ out)",
        "key": "scale dSᵀ query with P = softmax(scale query keyᵀ + mask) and dS = P ∘ (g valueᵀ - Σ g ∘ out)",
        "value": "Pᵀ g with P = softmax(scale query keyᵀ + mask)",
        "mask": "P ∘ (g valueᵀ - Σ g ∘ out) with P = softmax(scale query keyᵀ + mask)",
    },
    "grid_sample": {
        "x": "at each pixel Σ w g over the points that read it with a weight w",
        "grid": "Σ (∂w / ∂grid) (g · x) over the pixels that a point reads with weights w",
    },
    "linear_cross_entropy": {
        "x": "d linear_weight with d = weight[target] (softmax - one_hot(target)) g",
        "linear_weight": "dᵀ x with d = weight[target] (softmax - one_hot(target)) g",
        "linear_bias": "Σ d over the rows with d = weight[target] (softmax - one_hot(target)) g",
    },
    "convolution": {"bias": OVER_ALL},
    "transposed_convolution": {"bias": OVER_ALL},
    "glu": {"x": "g sigmoid(b) for the half a of x, g a sigmoid(b) (1 - sigmoid(b)) for its half b"},
    "norm": {"x": "g x |x|ᵖ⁻² / outᵖ⁻¹"},
    "heaviside": {"x": "not implemented", "values": "not implemented"},
    "igamma": {"a": "not implemented: it has no closed form"},
    "igammac": {"a": "not implemented: it has no closed form"},
    "zeta": {"x": "not implemented: it has no closed form"},
    "linalg_eigh": {
        "x": "V (diag(dL) + (Vᵀ dV) ∘ E) Vᵀ with E[i, j] = 1 / (L[j] - L[i]), 0 on the diagonal",
    },
    "linalg_svd": {
        "x": "U ((K(Uᵀ dU) ∘ E) S + S (K(Vᵀ dV) ∘ E) + diag(dS)) Vᵀ with K(A) = A - Aᵀ and "
        "E[i, j] = 1 / (S[j]² - S[i]²), 0 on the diagonal; for a matrix that is not square also what lies outside "
        "the spaces of U and V",
    },
    "linalg_qr": {"x": "(dQ + Q (M + Mᵀ with half the diagonal)) R⁻ᵀ with M = triu(dR Rᵀ - Qᵀ dQ)"},
    "linalg_lu_factor_ex": {
        "x": "P L⁻ᵀ (tril(Lᵀ dL, -1) + triu(dU Uᵀ)) U⁻ᵀ for a square matrix",
    },
}
"""Operation -> argument -> its derivative in words and signs."""
