"""State dicts beside PyTorch's: hooks, classes that read and write their own, extra state, versions; and what fails."""

import copy
import gc
import pickle
import weakref
from collections import OrderedDict

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import StateDictError
from tests.nn.both import compare, fill, ramp


def model_of(lib, n):
    return fill(
        lib, n.Sequential(OrderedDict(a=n.Linear(3, 2), b=n.Sequential(n.ReLU(), n.Linear(2, 1)))).double()
    )


def metadata(lib, n):
    state = model_of(lib, n).state_dict()
    return list(state), {k: dict(v) for k, v in state._metadata.items()}, copy.deepcopy(state)._metadata[""]


def positional(lib, n):
    found = OrderedDict()
    model_of(lib, n).state_dict(found, "net.", True)
    return list(found), [t.requires_grad for t in found.values()]


def save_hooks(lib, n):
    model, seen = model_of(lib, n), []
    model.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append((prefix, keep)))
    model.b.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append((prefix, keep)))
    model.b.register_state_dict_post_hook(
        lambda m, state, prefix, meta: seen.append((list(state), prefix, dict(meta)))
    )
    model._register_state_dict_hook(lambda m, state, prefix, meta: {f"x.{k}": v for k, v in state.items()})
    return list(model.state_dict()), seen


def a_post_hook_that_returns(lib, n):
    model = model_of(lib, n)
    model.register_state_dict_post_hook(lambda m, state, prefix, meta: {})
    model.state_dict()


def load_hooks(lib, n):
    model, seen = model_of(lib, n), []
    state = model_of(lib, n).state_dict()
    state["b.1.w"] = state.pop("b.1.weight")

    def rename(m, state, prefix, meta, strict, missing, unexpected, errors):
        seen.append((m is model.b[1], sorted(state), prefix, dict(meta), strict))
        state[prefix + "weight"] = state.pop(prefix + "w") * 0 + 5

    def after(m, keys):
        seen.append((m is model, list(keys.missing_keys), list(keys.unexpected_keys)))

    model.b[1].register_load_state_dict_pre_hook(rename)
    model.register_load_state_dict_post_hook(after)
    model._register_load_state_dict_pre_hook(lambda *args: seen.append(len(args)))
    keys = model.load_state_dict(state, strict=False)
    return seen, list(keys.missing_keys), list(keys.unexpected_keys), model.b[1].weight, list(state)


def a_post_hook_forgives(lib, n):
    model = model_of(lib, n)
    model.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
    state = model.state_dict()
    del state["a.bias"]
    return list(model.load_state_dict(state))


def a_post_hook_complains(lib, n):
    model = model_of(lib, n)
    model.register_load_state_dict_post_hook(lambda m, keys: keys.unexpected_keys.append("more"))
    model.load_state_dict(model.state_dict())


def removed_hooks(lib, n):
    model, seen = model_of(lib, n), []
    handles = [
        model.register_state_dict_pre_hook(lambda *a: seen.append(1)),
        model.register_state_dict_post_hook(lambda *a: seen.append(2)),
        model.register_load_state_dict_pre_hook(lambda *a: seen.append(3)),
        model.register_load_state_dict_post_hook(lambda *a: seen.append(4)),
    ]
    model.load_state_dict(model.state_dict())
    for handle in handles:
        handle.remove()
    model.load_state_dict(model.state_dict())
    return seen


def versioned(lib, n):
    class Versioned(n.Module):
        _version = 2

        def __init__(self):
            super().__init__()
            self.scale = n.Parameter(ramp(lib, 2))
            self.register_buffer("steps", lib.tensor(0))

        def _load_from_state_dict(
            self, state_dict, prefix, local_metadata, strict, missing, unexpected, errors
        ):
            if local_metadata.get("version", 1) < 2 and prefix + "steps" not in state_dict:
                state_dict[prefix + "steps"] = lib.tensor(7)
            super()._load_from_state_dict(
                state_dict, prefix, local_metadata, strict, missing, unexpected, errors
            )
            self.sum = self.scale.sum()

    model = n.Sequential(Versioned())
    state = model.state_dict()
    versions = {k: dict(v) for k, v in state._metadata.items()}
    del state["0.steps"]
    with_version = list(model.load_state_dict(state, strict=False).missing_keys)
    keys = model.load_state_dict({"0.scale": ramp(lib, 2) * 3})
    return versions, with_version, list(keys), model[0].steps, model[0].sum


def writes_its_own(lib, n):
    class Packed(n.Module):
        def __init__(self):
            super().__init__()
            self.a = n.Parameter(ramp(lib, 2))

        def _save_to_state_dict(self, destination, prefix, keep_vars):
            super()._save_to_state_dict(destination, prefix, keep_vars)
            destination[prefix + "extra"] = lib.ones(1)

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *lists):
            self.loaded = state_dict.pop(prefix + "extra").tolist()
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *lists)

    model = n.Sequential(Packed())
    state = model.state_dict()
    return list(state), list(model.load_state_dict(state)), model[0].loaded


def extra_state(lib, n):
    class Counts(n.Module):
        def __init__(self, count):
            super().__init__()
            self.count = count

        def get_extra_state(self):
            return {"count": self.count}

        def set_extra_state(self, state):
            self.count = state["count"]

    model, other = n.Sequential(Counts(5)), n.Sequential(Counts(0))
    state = model.state_dict()
    keys = other.load_state_dict(state)
    missing = other.load_state_dict({}, strict=False)
    plain = n.Sequential(n.Identity()).load_state_dict(state, strict=False)
    return dict(state), list(keys), other[0].count, list(missing), list(plain)


def strictly_missing(lib, n):
    n.Linear(2, 2).load_state_dict({})


def misshapen(lib, n):
    n.Linear(2, 2).load_state_dict({"weight": lib.zeros(2, 3), "bias": lib.zeros(2)}, strict=False)


def not_a_dict(lib, n):
    n.Linear(2, 2).load_state_dict([1])


def order_of_missing_keys(lib, n):
    keys = model_of(lib, n).load_state_dict(
        {"z": lib.ones(1), "b.9.x": lib.ones(1), "a.q": lib.ones(1)}, strict=False
    )
    return list(keys.missing_keys), list(keys.unexpected_keys), str(keys) != ""


def none_members(lib, n):
    module = n.Module()
    module.register_parameter("p", None)
    module.register_buffer("b", None)
    module.register_module("m", None)
    found = list(module.load_state_dict({"p": lib.ones(1), "b": lib.ones(1)}, strict=False))
    return list(module.state_dict()), found, list(module._modules), list(module.children()), repr(module)


def shared_parameters(lib, n):
    model = n.Module()
    model.a = fill(lib, n.Linear(2, 2).double())
    model.b = n.Linear(2, 2).double()
    model.b.weight = model.a.weight
    model.c = model.a
    state = model.state_dict()
    copied = copy.deepcopy(model)
    return (
        list(state),
        len(list(model.parameters())),
        [k for k, _ in model.named_parameters(remove_duplicate=False)],
        copied.b.weight is copied.a.weight,
        copied.c is copied.a,
        [k for k, _ in model.named_modules(remove_duplicate=False)],
    )


def a_float_for_an_integer(lib, n):
    module = n.Module()
    module.register_buffer("steps", lib.tensor(3))
    module.load_state_dict({"steps": lib.tensor(4.5)})
    return module.steps


def assigned(lib, n):
    model = model_of(lib, n)
    state = {k: lib.ones(*v.shape) for k, v in model.state_dict().items()}
    model.a.weight.requires_grad_(False)
    old = model.a.bias
    model.load_state_dict(state, assign=True)
    return [(k, str(p.dtype)[-7:], p.requires_grad) for k, p in model.named_parameters()], old is model.a.bias


def extra_state_is_not_there(lib, n):
    n.Linear(1, 1).get_extra_state()


PROGRAMS = [
    metadata, positional, save_hooks, a_post_hook_that_returns, load_hooks, a_post_hook_forgives,
    a_post_hook_complains, removed_hooks, versioned, writes_its_own, extra_state, strictly_missing, misshapen,
    not_a_dict, order_of_missing_keys, none_members, shared_parameters, a_float_for_an_integer, assigned,
    extra_state_is_not_there,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program)


# ------------------------------------------------------------------------------------------ all or nothing


class Eager(nn.Module):
    """A module whose own code looks at what was loaded, changes it, and adds to the module."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(autograd.ones(2))
        self.lazy = nn.UninitializedParameter()
        self.register_buffer("table", autograd.zeros(1))
        self.note = "before"

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        self.register_buffer("table", autograd.zeros(*state_dict[prefix + "table"].shape))
        super()._load_from_state_dict(state_dict, prefix, *rest)
        assert self.w.tolist() == [9.0, 9.0]  # it sees what was loaded
        self.note = "after"
        self.more = nn.Parameter(autograd.ones(1))

    def set_extra_state(self, state):
        self.extra = state


@pytest.mark.parametrize("hooked", [False, True])
def test_a_failed_load_takes_everything_back(hooked):
    model = nn.Sequential(nn.Linear(2, 2), Eager(), nn.Linear(2, 2))
    if hooked:
        model[0].register_load_state_dict_post_hook(lambda module, keys: None)
    before = {k: v if k == "1.lazy" else v.clone() for k, v in model.state_dict().items()}
    table, lazy = model[1].table, model[1].lazy
    state = {k: autograd.full(v.shape, 9.0) for k, v in before.items() if k != "1.lazy"}
    state |= {"1.table": autograd.ones(5), "1.lazy": autograd.ones(4), "1._extra_state": "extra"}
    with pytest.raises(StateDictError, match=r"nothing was changed(.|\n)*size mismatch for 2.weight"):
        model.load_state_dict({**state, "2.weight": autograd.ones(7)})
    assert model[1].note == "before"
    assert not hasattr(model[1], "more")
    assert not hasattr(model[1], "extra")
    assert model[1].table is table
    assert model[1].lazy is lazy
    assert repr(lazy) == "<UninitializedParameter>"
    assert list(model.state_dict()) == list(before)
    for name, value in before.items():
        if name != "1.lazy":
            np.testing.assert_array_equal(model.state_dict()[name].array, value.array)
    model.load_state_dict(state)
    assert model[1].extra == "extra"
    assert model[1].table.tolist() == [1.0] * 5
    assert model[1].lazy.tolist() == [1.0] * 4
    assert model[2].weight.tolist() == [[9.0, 9.0]] * 2


def test_an_error_in_the_middle_takes_everything_back():
    class Fails(nn.Module):
        def set_extra_state(self, state):
            raise ZeroDivisionError

    model = nn.Sequential(nn.Linear(2, 2), Fails())
    kept = model[0].weight.clone()
    with pytest.raises(ZeroDivisionError):
        model.load_state_dict(
            {"0.weight": autograd.ones(2, 2), "0.bias": autograd.ones(2), "1._extra_state": 1}
        )
    np.testing.assert_array_equal(model[0].weight.detach().numpy(), kept.detach().numpy())


def noted(module, *rest):
    module.seen = True


def test_hooks_of_a_copy_get_the_copy():
    model = nn.Linear(1, 1)
    model.register_load_state_dict_pre_hook(noted)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        other.load_state_dict(other.state_dict())
        assert other.seen
    assert not hasattr(model, "seen")


def test_batch_norm_reads_state_dicts_without_a_count():
    def load(lib, n, metadata):
        model = n.Sequential(n.BatchNorm1d(2))
        state = OrderedDict((k, v + 1) for k, v in model.state_dict().items() if "num" not in k)
        if metadata is not None:
            state._metadata = {"0": metadata}
        keys = model.load_state_dict(state, strict=False)
        return (
            list(keys.missing_keys),
            model[0].num_batches_tracked,
            model.state_dict()._metadata["0"]["version"],
        )

    for metadata in (None, {"version": 1}, {"version": 2}):
        compare(lambda lib, n, metadata=metadata: load(lib, n, metadata))


def test_loading_leaves_nothing_behind():
    gc.collect()
    gc.disable()
    try:
        model = nn.Sequential(nn.Linear(2, 2), Eager())
        state = {k: autograd.full(v.shape, 9.0) for k, v in model.state_dict().items() if k != "1.lazy"}
        state |= {"1.table": autograd.ones(5), "1.lazy": autograd.ones(4), "1._extra_state": "extra"}
        value = weakref.ref(state["0.weight"])
        model.load_state_dict(state)
        del state
        assert value() is None
    finally:
        gc.enable()
