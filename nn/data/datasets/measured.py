"""Measured data: the sets that come with scikit-learn, as tensors with names and units.

Inputs are float32, classes int64. Columns have the units they were measured in: take their mean and deviation over the
training part, and standardise all parts with them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.data.datasets.table import Table


def _loaded(name: str, **options: Any) -> Any:
    from sklearn import datasets

    return getattr(datasets, f"load_{name}")(**options)


def _table(name: str, features: list[str], classes: list[str], target: str) -> Table:
    found = _loaded(name)
    x, y = found.data.astype(np.float32), found.target.astype(np.int64)
    return Table(x, y, features=features, classes=classes, target=target)


def digits(images: bool = False) -> Table:
    """1,797 handwritten digits, of 43 people: x (1797, 64), the brightness of 8 × 8 pixels from 0 to 1; y 0 to 9.

    Args:
        images: give x the shape (1797, 1, 8, 8), as convolutions take it.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998.

    >>> data = digits(images=True)
    >>> data, data.x.max().item(), data.y[:5].tolist()
    (Table(1797 samples, x (1797, 1, 8, 8), y digit of 10), 1.0, [0, 1, 2, 3, 4])
    """
    found = _loaded("digits")
    x = (found.data / 16).astype(np.float32)
    return Table(
        x.reshape(-1, 1, 8, 8) if images else x,
        found.target.astype(np.int64),
        features=() if images else [f"brightness of row {i // 8}, column {i % 8}" for i in range(64)],
        classes="0123456789",
        target="digit",
    )


def iris() -> Table:
    """150 flowers of three kinds of iris: x (150, 4), lengths and widths in cm; y 0 to 2.

    Source: R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 1936.

    >>> iris().features
    ('sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)')
    """
    parts = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    return _table("iris", parts, ["setosa", "versicolor", "virginica"], "kind of iris")


def wine() -> Table:
    """178 wines of three growers of one region of Italy: x (178, 13), a chemical analysis; y 0 to 2.

    The alcohol is in percent by volume; the source gives no units for the other columns.

    Source: M. Forina et al., PARVUS, 1988; S. Aeberhard et al., UCI Machine Learning Repository, 1991.

    >>> wine()
    Table(178 samples, x (178, 13), y grower of 3)
    """
    features = [
        "alcohol (% vol)", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
        "nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "OD280/OD315 of diluted wines", "proline",
    ]  # fmt: skip
    return _table("wine", features, ["grower 1", "grower 2", "grower 3"], "grower")


def breast_cancer() -> Table:
    """569 tumours of the breast: x (569, 30), what was measured on images of cell nuclei; y 0 malignant, 1 benign.

    Of ten measures (radius, texture, …) the mean over the nuclei, its standard error, and the mean of the three largest
    ("worst"). Lengths are in pixels, areas in pixels².

    Source: W. N. Street, W. H. Wolberg and O. L. Mangasarian, Nuclear feature extraction for breast tumor diagnosis,
    SPIE 1905, 1993.

    >>> data = breast_cancer()
    >>> data.features[:4], data.classes
    (('mean radius (px)', 'mean texture', 'mean perimeter (px)', 'mean area (px²)'), ('malignant', 'benign'))
    """
    measures = [
        "radius (px)", "texture", "perimeter (px)", "area (px²)", "smoothness", "compactness", "concavity",
        "concave points", "symmetry", "fractal dimension",
    ]  # fmt: skip
    features = [f"{kind} {measure}" for kind in ("mean", "error of", "worst") for measure in measures]
    return _table("breast_cancer", features, ["malignant", "benign"], "diagnosis")


def diabetes() -> Table:
    """442 people with diabetes: x (442, 10), what was known at first; y (442, 1), how far it had come after a year.

    y is a measure without unit, from 25 to 346, float32.

    Source: B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, Annals of Statistics 32, 2004.

    >>> data = diabetes()
    >>> data, data.x[0, :4].tolist(), data.features[2]
    (Table(442 samples, x (442, 10), y progression after a year), [59.0, 2.0, 32.0..., 101.0], 'body mass (kg/m²)')
    """
    found = _loaded("diabetes", scaled=False)
    features = [
        "age (years)", "sex (1 or 2)", "body mass (kg/m²)", "mean blood pressure (mmHg)", "total cholesterol (mg/dl)",
        "LDL (mg/dl)", "HDL (mg/dl)", "total cholesterol / HDL", "log of triglycerides", "blood sugar (mg/dl)",
    ]  # fmt: skip
    x, y = found.data.astype(np.float32), found.target.astype(np.float32)[:, None]
    return Table(x, y, features=features, target="progression after a year")
