"""`DataLoader` with workers: the batches of a pass without them, seeds, ends, shared memory."""

import gc
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

import autograd
from nn.data import DataLoader, TensorDataset, get_worker_info
from nn.data.blocks import CAN_SHARE, LENT

from .both import plain
from .samples import Drawn, Noted, Numbers, Uneven, Waiting, note_worker


@pytest.fixture(autouse=True)
def _none_left():
    """No worker outlives its test."""
    yield
    gc.collect()
    assert multiprocessing.active_children() == []


def seeded(seed=0):
    return autograd.Generator().manual_seed(seed)


def read(dataset, **options):
    return plain(list(DataLoader(dataset, **options)))


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 4},
        {"batch_size": 3, "drop_last": True},
        {"batch_size": None},
        {"batch_size": 30},
        {"batch_size": 4, "prefetch_factor": 5},
        {"batch_size": 1, "prefetch_factor": 1},
        {"batch_sampler": [[3, 1], [0], [19, 18, 17]]},
        {"sampler": [5, 4, 3], "batch_size": 2},
        {"batch_size": 6, "collate_fn": lambda samples: [i for i, _ in samples]},
    ],
)
def test_batches_are_those_of_one_process(workers, options):
    assert read(Numbers(), num_workers=workers, **options) == read(
        Numbers(), **{k: v for k, v in options.items() if k != "prefetch_factor"}
    )


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_ways_to_start_a_process(method):
    for context in (method, multiprocessing.get_context(method)):
        batches = read(Numbers(), batch_size=5, num_workers=2, multiprocessing_context=context)
        assert batches == read(Numbers(), batch_size=5)
        if method != "fork":
            break


def test_orders_do_not_depend_on_the_number_of_workers():
    data = TensorDataset(autograd.arange(30))

    def orders(**options):
        loader = DataLoader(data, batch_size=4, shuffle=True, generator=seeded(5), **options)
        return [[i for (b,) in loader for i in b.tolist()] for _ in range(3)]

    alone = orders()
    assert len({tuple(o) for o in alone}) == 3
    for options in ({"num_workers": 1}, {"num_workers": 3}, {"num_workers": 2, "persistent_workers": True}):
        assert orders(**options) == alone
    autograd.manual_seed(9)
    first = [plain(list(DataLoader(data, 7, shuffle=True, num_workers=n))) for n in (2,)]
    autograd.manual_seed(9)
    assert first == [plain(list(DataLoader(data, 7, shuffle=True)))]


def test_random_numbers_of_workers_are_their_own_and_reproducible():
    def drawn(seed, **options):
        loader = DataLoader(Drawn(), batch_size=3, num_workers=2, generator=seeded(seed), **options)
        return [plain(list(loader)) for _ in range(2)]

    once = drawn(1)
    assert drawn(1) == once
    assert drawn(1, persistent_workers=True) == once
    assert drawn(2) != once
    assert once[0] != once[1]
    g = seeded(1)
    base = int(autograd.randint(0, 2**63 - 1, (1,), generator=g).item())
    for batch, worker in zip(once[0], (0, 1, 0, 1), strict=True):
        _, ids, seeds, *_ = (values for _, values in batch)
        assert ids == [worker] * 3
        assert (
            abs(seeds[0] - base - worker) <= 1
        )  # (randint's bound is one lower than what the loader draws from)
    for kind in (3, 4, 5):  # random, NumPy, autograd
        numbers = [n for batch in once[0] for n in batch[kind][1]]
        assert len(set(numbers)) == 12


def test_the_programs_own_generators_are_left_alone():
    autograd.manual_seed(3)
    expected = autograd.rand(3)
    autograd.manual_seed(3)
    list(DataLoader(Drawn(), num_workers=2, generator=seeded()))
    assert autograd.equal(autograd.rand(3), expected)


@pytest.mark.parametrize("counts", [(5, 5), (1, 7), (7, 1), (0, 4), (4, 0), (0, 0), (9, 2, 5), (1, 2, 9)])
@pytest.mark.parametrize("prefetch", [1, 2, 4])
def test_streams_come_as_in_pytorch(counts, prefetch):
    torch_data = pytest.importorskip("torch.utils.data")

    class Theirs(torch_data.IterableDataset):
        def __iter__(self):
            worker = torch_data.get_worker_info().id
            return iter([100 * worker + i for i in range(counts[worker])])

    options = {"batch_size": 2, "num_workers": len(counts), "prefetch_factor": prefetch}
    ours = read(Uneven(*counts), **options)
    assert sorted(ours) == sorted(
        plain([b for i in range(len(counts)) for b in alone(Uneven(*counts), i, 2)])
    )
    if len(counts) == 2:
        found = torch_data.DataLoader(Theirs(), multiprocessing_context="fork", **options)
        assert ours == plain(list(found))


def alone(data, worker, size):
    numbers = [100 * worker + i for i in range(data.counts[worker])]
    return [autograd.tensor(numbers[i : i + size]) for i in range(0, len(numbers), size)]


def test_workers_know_who_they_are():
    assert get_worker_info() is None
    batches = read(Noted(), batch_size=2, num_workers=2, worker_init_fn=note_worker)
    assert [b[1][1] for b in batches] == [[0, 0], [1, 1], [0, 0], [1, 1]]
    assert {n for b in batches for n in b[2][1]} == {2}
    assert get_worker_info() is None


def test_workers_that_stay():
    loader = DataLoader(Numbers(), batch_size=4, num_workers=2, persistent_workers=True)
    expected = read(Numbers(), batch_size=4)
    first = iter(loader)
    assert next(first)[0].tolist() == [0, 1, 2, 3]
    processes = sorted(p.pid for p in multiprocessing.active_children())
    for _ in range(3):  # the pass above was left in the middle
        assert plain(list(loader)) == expected
        assert iter(loader) is first
        assert len(first) == 5
    assert sorted(p.pid for p in multiprocessing.active_children()) == processes
    del first, loader
    assert multiprocessing.active_children() == []


def test_streams_of_workers_that_stay():
    loader = DataLoader(Uneven(3, 5), batch_size=2, num_workers=2, persistent_workers=True)
    once = plain(list(loader))
    next(iter(loader))
    assert plain(list(loader)) == once
    assert len(once) == 5


def files_open():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_pass_that_is_left_early_leaves_nothing():
    before = files_open() if CAN_SHARE else 0
    for i, x in DataLoader(Numbers(10**6, (40, 40)), batch_size=8, num_workers=2):
        assert (x.array == i.array[:, None, None]).all()
        break
    assert multiprocessing.active_children() == []
    del i, x
    if CAN_SHARE:
        assert files_open() <= before + 2  # multiprocessing's own, at its first use


def test_reading_ahead_is_bounded():
    asked = []

    def numbers():
        for i in range(1000):
            asked.append(i)
            yield i

    class Order:
        def __iter__(self):
            return numbers()

    batches = iter(
        DataLoader(Numbers(1000), sampler=Order(), batch_size=None, num_workers=2, prefetch_factor=3)
    )
    assert len(asked) == 6
    for n in range(1, 6):
        next(batches)
        assert len(asked) == 6 + n


def test_whichever_comes_first():
    data = Waiting(multiprocessing.Event())
    loader = DataLoader(data, batch_size=1, num_workers=2, in_order=False, prefetch_factor=1)
    order = [b.item() for b in loader]
    assert sorted(order) == list(range(8))
    assert order[:4] == [1, 2, 3, 4]
    assert order.index(0) >= 4


def test_several_loaders_at_once():
    a = DataLoader(Numbers(12), batch_size=3, num_workers=2, persistent_workers=True)
    b = DataLoader(Numbers(12), batch_size=3, num_workers=1)
    for _ in range(2):
        for (i, x), (j, y) in zip(a, b, strict=True):
            assert i.tolist() == j.tolist()
            assert autograd.equal(x, y)


def test_large_arrays_lie_in_shared_memory_that_is_used_again():
    loader = DataLoader(Numbers(60, (50, 50)), batch_size=2, num_workers=2, persistent_workers=True)
    for _ in range(3):
        for i, x in loader:
            assert x.shape == (2, 50, 50)
            assert (x.array == i.array[:, None, None]).all()
            assert x.array.flags.writeable
            x += 1  # it is the program's own
        workers = loader._workers._workers
        if CAN_SHARE:
            assert x.array.base is not None
            assert all(1 <= len(w.blocks._blocks) <= 4 for w in workers)


def test_batches_stay_what_they_are_however_long_they_are_kept():
    loader = DataLoader(Numbers(120, (40, 40)), batch_size=2, num_workers=2, persistent_workers=True)
    kept = list(loader)
    blocks = [len(w.blocks._blocks) for w in loader._workers._workers]
    assert max(blocks) <= LENT + 3
    kept += list(loader)
    for number, (i, x) in enumerate(kept):
        first = 2 * (number % 60)
        assert i.tolist() == [first, first + 1]
        assert (x.array == i.array[:, None, None]).all()
    assert [len(w.blocks._blocks) for w in loader._workers._workers] == blocks


class Nested(Numbers):
    """Large and small arrays, of several kinds and layouts, deep inside a sample."""

    def __getitem__(self, i):
        large = np.arange(60 * 50, dtype=np.float64).reshape(60, 50) + i
        return {
            "tensors": [autograd.tensor(large), autograd.tensor([i])],
            "turned": large.T,
            "fortran": np.asfortranarray(large),
            "bools": large > 100,
            "name": f"sample {i}",
            "nothing": np.zeros((0, 3)),
            "numbers": large.astype(np.int8),
        }


def test_everything_in_a_batch_arrives_as_it_was():
    for options in ({"batch_size": 3}, {"batch_size": None}, {"batch_size": 2, "collate_fn": list}):
        assert read(Nested(6), num_workers=2, **options) == read(Nested(6), **options)


def test_batches_of_many_sizes():
    class Growing(Numbers):
        def __getitem__(self, i):
            return np.full(1 + (i * 7919) % 20000, i, np.float32)

    found = list(DataLoader(Growing(40), batch_size=None, num_workers=2))
    for i, x in enumerate(found):
        assert x.shape == (1 + (i * 7919) % 20000,)
        assert (x.array == i).all()


def test_workers_change_only_their_copy_of_the_data():
    class Counting(Numbers):
        count = 0

        def __getitem__(self, i):
            self.count += 1
            return self.count

    data = Counting(6)
    loader = DataLoader(data, batch_size=None, num_workers=2)
    assert list(loader) == list(loader) == [1, 1, 2, 2, 3, 3]
    assert data.count == 0
    stays = DataLoader(data, batch_size=None, num_workers=2, persistent_workers=True)
    assert [list(stays), list(stays)] == [[1, 1, 2, 2, 3, 3], [4, 4, 5, 5, 6, 6]]
