"""`DataLoader` without workers, beside PyTorch's: batches, lengths, attributes, mistakes; and which order it takes."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import AutogradError
from nn.data import DataLoader, Dataset, IterableDataset, TensorDataset

from .both import Ours, agree, outcome
from .test_dataset import pair, squares, stream

torch = pytest.importorskip("torch")
pytest.importorskip("torch.utils.data")


def batches(T, *arguments, **options):
    return list(T.data.DataLoader(*arguments, **options))


PROGRAMS = [
    lambda T: batches(T, pair(T)),
    lambda T: batches(T, pair(T), 2),
    lambda T: batches(T, pair(T), batch_size=2, drop_last=True),
    lambda T: batches(T, pair(T), batch_size=4, drop_last=True),
    lambda T: batches(T, pair(T), batch_size=None),
    lambda T: batches(T, squares(T), batch_size=3),
    lambda T: batches(T, [1, 2, 3], batch_size=2),
    lambda T: batches(T, range(5), batch_size=2),
    lambda T: batches(T, "abc", batch_size=2),
    lambda T: batches(T, [np.ones(2), np.zeros(2)], batch_size=None),
    lambda T: batches(T, {"a": 1, "b": 2}, sampler=["b", "a"]),
    lambda T: batches(T, {"a": 1, "b": 2}, batch_sampler=[["b", "a"], ["a"]]),
    lambda T: batches(T, pair(T), sampler=[2, 0], batch_size=2),
    lambda T: batches(T, pair(T), batch_sampler=[[2, 0], [1]]),
    lambda T: batches(T, pair(T), batch_sampler=T.data.BatchSampler([2, 1, 0], 2, True)),
    lambda T: batches(T, pair(T), 2, collate_fn=lambda samples: [len(samples), samples[0]]),
    lambda T: batches(T, pair(T), batch_size=None, collate_fn=lambda sample: sample[1]),
    lambda T: batches(T, pair(T), batch_size=None, sampler=[[0, 2], [1]]),
    lambda T: batches(T, [], batch_size=2),
    lambda T: batches(T, stream(T, 1, 2, 3, 4, 5), batch_size=2),
    lambda T: batches(T, stream(T, 1, 2, 3, 4, 5), batch_size=2, drop_last=True),
    lambda T: batches(T, stream(T, 1, 2, 3, 4), batch_size=2),
    lambda T: batches(T, stream(T, 1, 2, 3), batch_size=None),
    lambda T: batches(T, stream(T), batch_size=2),
    lambda T: batches(T, stream(T, 1, 2), batch_size=2, shuffle=False),
    lambda T: [len(T.data.DataLoader(range(7), n, drop_last=d)) for n in (1, 2, 7, 8) for d in (False, True)],
    lambda T: [len(T.data.DataLoader(stream(T, *range(7)), n, drop_last=d)) for n in (2, 7) for d in (False, True)],
    lambda T: [len(T.data.DataLoader(stream(T, 1, 2, 3), None)), len(T.data.DataLoader([1, 2, 3], None))],
    lambda T: len(T.data.DataLoader([1, 2], batch_sampler=[[0], [1], [0]])),
    lambda T: len(T.data.DataLoader([1], sampler=[0] * 3)),
    lambda T: len(iter(T.data.DataLoader(range(7), 2))),
    lambda T: sorted(x.item() for x in T.data.DataLoader(range(9), shuffle=True)),
    lambda T: [sorted(b.tolist()) for b in T.data.DataLoader(range(9), 9, shuffle=True, drop_last=True)],
    lambda T: [[x.tolist() for x in loader] for loader in [T.data.DataLoader(range(3), 2)] for _ in range(2)],
    lambda T: [getattr(T.data.DataLoader(range(3), 2), n) for n in ("batch_size", "num_workers", "drop_last",
               "prefetch_factor", "persistent_workers", "timeout", "pin_memory", "generator", "worker_init_fn",
               "multiprocessing_context")],
    lambda T: T.data.DataLoader(range(3), batch_sampler=[[0]]).batch_size,
    lambda T: T.data.DataLoader(range(3), None).batch_sampler,
    lambda T: [type(T.data.DataLoader(range(3), shuffle=s).sampler).__name__ for s in (None, False, True, 1)],
    lambda T: T.data.DataLoader(range(3), num_workers=1).prefetch_factor,
]  # fmt: skip

MISTAKES = [
    lambda T: T.data.DataLoader([1], num_workers=-1),
    lambda T: T.data.DataLoader([1], timeout=-1),
    lambda T: T.data.DataLoader([1], prefetch_factor=2),
    lambda T: T.data.DataLoader([1], num_workers=1, prefetch_factor=-1),
    lambda T: T.data.DataLoader([1], persistent_workers=True),
    lambda T: T.data.DataLoader(stream(T, 1), shuffle=True),
    lambda T: T.data.DataLoader(stream(T, 1), sampler=[0]),
    lambda T: T.data.DataLoader(stream(T, 1), batch_sampler=[[0]]),
    lambda T: T.data.DataLoader([1], sampler=[0], shuffle=True),
    lambda T: T.data.DataLoader([1], batch_sampler=[[0]], batch_size=2),
    lambda T: T.data.DataLoader([1], batch_sampler=[[0]], shuffle=True),
    lambda T: T.data.DataLoader([1], batch_sampler=[[0]], sampler=[0]),
    lambda T: T.data.DataLoader([1], batch_sampler=[[0]], drop_last=True),
    lambda T: T.data.DataLoader([1], batch_size=None, drop_last=True),
    lambda T: T.data.DataLoader([1], batch_size=0),
    lambda T: T.data.DataLoader([1], batch_size=1.5),
    lambda T: T.data.DataLoader([], shuffle=True),
    lambda T: T.data.DataLoader([1], multiprocessing_context="fork"),
    lambda T: T.data.DataLoader([1], num_workers=1, multiprocessing_context="knife"),
    lambda T: T.data.DataLoader([1], num_workers=1, multiprocessing_context=3),
    lambda T: iter(T.data.DataLoader([1], timeout=1)),
    lambda T: setattr(T.data.DataLoader([1]), "batch_size", 2),
    lambda T: setattr(T.data.DataLoader([1]), "sampler", [0]),
    lambda T: setattr(T.data.DataLoader([1]), "dataset", [0]),
    lambda T: len(T.data.DataLoader([1], sampler=iter([0]))),
    lambda T: len(T.data.DataLoader(squares(T), batch_sampler=iter([[0]]))),
    lambda T: batches(T, squares(T), sampler=[7]),
    lambda T: batches(T, [1, None]),
    lambda T: batches(T, iter([1, 2])),
]


@pytest.mark.parametrize("program", range(len(PROGRAMS)))
def test_programs_give_what_they_give_in_pytorch(program):
    assert not isinstance(agree(PROGRAMS[program], torch), Exception)


@pytest.mark.parametrize("program", range(len(MISTAKES)))
def test_mistakes_raise_the_same_type(program):
    assert isinstance(agree(MISTAKES[program], torch), Exception)


@pytest.mark.parametrize("program", [*range(16), *range(17, 24)])
def test_mistakes_of_arguments_are_our_errors_and_name_the_loader(program):
    error = outcome(MISTAKES[program], Ours)
    assert isinstance(error, AutogradError)
    with pytest.raises(AutogradError, match=r"DataLoader|BatchSampler"):
        raise error


def seeded(seed=0):
    return autograd.Generator().manual_seed(seed)


def test_the_order_of_an_epoch_is_what_the_generator_draws():
    data = TensorDataset(autograd.arange(10))
    loader = DataLoader(data, batch_size=4, shuffle=True, generator=seeded(7))
    epochs = [[i for (b,) in loader for i in b.tolist()] for _ in range(3)]
    g = seeded(7)
    for epoch in epochs:
        autograd.randint(0, 2**63 - 1, (1,), generator=g)
        assert epoch == autograd.randperm(10, generator=g).tolist()


def test_every_way_of_reading_has_the_same_order():
    x = autograd.arange(20)

    class Plain(Dataset):
        def __getitem__(self, i):
            return (x[i],)

        def __len__(self):
            return 20

    def order(data, **options):
        autograd.manual_seed(3)
        loader = DataLoader(data, batch_size=6, shuffle=True, **options)
        return [[i for (b,) in loader for i in b.tolist()] for _ in range(2)]

    first = order(TensorDataset(x))
    assert first == order(Plain())
    assert first == order(TensorDataset(x), collate_fn=lambda s: [autograd.stack([t for (t,) in s])])
    assert first[0] != first[1]


def test_two_passes_at_once():
    loader = DataLoader(range(4), batch_size=2)
    pairs = [(a.tolist(), b.tolist()) for a in loader for b in loader]
    assert pairs == [([a, a + 1], [b, b + 1]) for a in (0, 2) for b in (0, 2)]


def test_stop_iteration_in_a_data_set_does_not_end_the_pass():
    class Short(Dataset):
        def __getitem__(self, i):
            return next(iter([]))

        def __len__(self):
            return 3

    with pytest.raises(AutogradError, match="raised StopIteration"):
        list(DataLoader(Short(), batch_size=2))


def test_a_stream_that_is_longer_than_it_says_is_warned_of():
    class Longer(IterableDataset):
        def __iter__(self):
            return iter(range(4))

        def __len__(self):
            return 2

    loader = DataLoader(Longer(), batch_size=None)
    assert [x for x in loader] == [0, 1, 2, 3]  # noqa: C416  # list() would ask for the length
    assert len(loader) == 2
    with pytest.warns(UserWarning, match="reported to be 2 .* but 3 samples"):
        assert list(loader) == [0, 1, 2, 3]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loader = DataLoader(Longer(), batch_size=2)
        assert len(loader) == 1
        assert [b.tolist() for b in loader] == [[0, 1], [2, 3]]


def test_a_model_learns_from_batches():
    g = seeded(1)
    x = autograd.randn(128, 3, generator=g)
    y = x @ autograd.tensor([[1.0], [-2.0], [0.5]])
    model = nn.Linear(3, 1)
    for _ in range(30):
        for inputs, targets in DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True):
            loss = nn.functional.mse_loss(model(inputs), targets)
            model.zero_grad()
            loss.backward()
            with autograd.no_grad():
                for p in model.parameters():
                    p -= 0.1 * p.grad
    np.testing.assert_allclose(model.weight.detach().numpy(), [[1.0, -2.0, 0.5]], atol=1e-4)


PROGRAM = """
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split
from torch.utils.data.dataloader import default_collate
from torch.utils.data.dataset import Subset
from torch.utils.data.sampler import SubsetRandomSampler
from torch.utils.data.distributed import DistributedSampler
from torch.utils.checkpoint import checkpoint

class Cubes(Dataset[torch.Tensor]):
    def __init__(self, n: int):
        self.x = torch.linspace(-1, 1, n)[:, None]
    def __len__(self):
        return len(self.x)
    def __getitem__(self, i):
        return {"x": self.x[i], "y": self.x[i] ** 3}

data = Cubes(64)
assert isinstance(data, torch.utils.data.Dataset)
loader: DataLoader[torch.Tensor] = DataLoader(data, batch_size=16, sampler=range(64))
model = torch.nn.Linear(1, 1)
for p in model.parameters():
    torch.nn.init.zeros_(p)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
losses = []
for epoch in range(3):
    for batch in loader:
        loss = torch.nn.functional.mse_loss(checkpoint(model, batch["x"], use_reentrant=False), batch["y"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
train, test = random_split(data, [48, 16], generator=torch.Generator().manual_seed(0))
sizes = [len(train), len(test), len(loader), len(torch.utils.data.DataLoader(train, 10, shuffle=True))]
"""


def test_a_program_with_only_its_imports_changed():
    theirs, ours = {}, {}
    exec(PROGRAM, theirs)
    program = PROGRAM.replace("import torch\n", "import tapegrad as torch\n").replace(
        "from torch.", "from tapegrad."
    )
    exec(program, ours)
    np.testing.assert_allclose(ours["losses"], theirs["losses"], rtol=1e-4)
    assert ours["sizes"] == theirs["sizes"] == [48, 16, 4, 5]


def test_it_is_loaded_on_use():
    program = (
        "import sys, nn; assert 'nn.data' not in sys.modules; nn.data.DataLoader; "
        "assert 'multiprocessing' not in sys.modules; assert 'data' in dir(nn); import tapegrad; "
        "assert tapegrad.utils.data.DataLoader is nn.data.DataLoader"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
