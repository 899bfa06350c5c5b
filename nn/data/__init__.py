"""Data sets, orders to read them in, and batches of them: what PyTorch has in `torch.utils.data`.

`Dataset` is what samples are read from, `Sampler` says in which order, `DataLoader` reads them in batches, if wanted in
other processes. `split` cuts a data set into parts for training, validation and test. `datasets` has real
and drawn ones.

>>> import autograd
>>> from nn.data import DataLoader, TensorDataset, split
>>> x = autograd.linspace(-1, 1, 40)[:, None]
>>> train, test = split(TensorDataset(x, x**2), (0.75, 0.25), generator=autograd.Generator().manual_seed(0))
>>> for inputs, targets in DataLoader(train, batch_size=8, shuffle=True):
...     assert autograd.equal(targets, inputs**2)
>>> len(train), len(test), len(DataLoader(train, batch_size=8))
(30, 10, 4)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nn.data.collate import collate, default_collate, default_collate_fn_map, default_convert
from nn.data.dataloader import DataLoader
from nn.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
)
from nn.data.sampler import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)
from nn.data.splitting import random_split, split
from nn.data.worker import WorkerInfo, get_worker_info

if TYPE_CHECKING:
    from nn.data import datasets
else:

    def __getattr__(name: str) -> Any:
        """Load the data sets on use, or say that there is no such name."""
        if name != "datasets":
            raise AttributeError(f"module 'nn.data' has no attribute '{name}'", name=name)
        return import_module("nn.data.datasets")


__all__ = [
    # data sets
    "Dataset", "IterableDataset", "TensorDataset", "StackDataset", "ConcatDataset", "ChainDataset", "Subset",
    "random_split", "split",
    # orders
    "Sampler", "SequentialSampler", "RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler", "BatchSampler",
    "DistributedSampler",
    # batches
    "DataLoader", "collate", "default_collate", "default_collate_fn_map", "default_convert", "get_worker_info",
    "WorkerInfo",
    # data that are there, on use
    "datasets",
]  # fmt: skip
