"""Data sets that are there without a download: those that come with scikit-learn, with Python, or with a formula.

Each function returns a `Dataset`; scikit-learn (the extra `sklearn`) is loaded by those that need it.

>>> from nn.data import DataLoader, datasets, split
>>> flowers = datasets.iris()
>>> train, test = split(flowers, (0.8, 0.2), stratify=flowers.y)
>>> x, y = next(iter(DataLoader(train, batch_size=16, shuffle=True)))
>>> x.shape, y.shape, flowers.classes
(autograd.Size([16, 4]), autograd.Size([16]), ('setosa', 'versicolor', 'virginica'))
"""

from nn.data.datasets.formulas import moons, spirals
from nn.data.datasets.measured import breast_cancer, diabetes, digits, iris, wine
from nn.data.datasets.table import Table
from nn.data.datasets.text import Characters, manual

__all__ = [
    "Table", "Characters", "digits", "iris", "wine", "breast_cancer", "diabetes", "moons", "spirals", "manual",
]  # fmt: skip
