"""Containers beside PyTorch's: of modules and of parameters."""

import copy
import pickle
from collections import OrderedDict

import pytest

import autograd
import nn
from tests.nn.both import compare, fill, ramp


def layers(n, *sizes):
    return [n.Linear(k, k) for k in sizes]


def shown(container):
    return repr(container), [k for k, _ in container.named_parameters()], len(container)


def rule(text):
    def program(lib, n):
        value = eval(
            text,
            {
                "lib": lib, "n": n, "L": lambda *k: layers(n, *k), "S": lambda *k: n.Sequential(*layers(n, *k)),
                "M": lambda *k: n.ModuleList(layers(n, *k)), "OD": OrderedDict,
                "D": lambda **k: n.ModuleDict({a: n.Linear(b, b) for a, b in k.items()}),
                "P": lambda *k: n.ParameterList([lib.ones(i) for i in k]),
                "Q": lambda **k: n.ParameterDict({a: lib.ones(b) for a, b in k.items()}),
            },
        )  # fmt: skip
        return text_of(value)

    program.__name__ = text
    return program


def text_of(value):
    if isinstance(value, list | tuple):
        return [text_of(v) for v in value]
    if hasattr(value, "named_parameters") or hasattr(value, "requires_grad"):
        return repr(value).replace("torch.", "autograd.")
    return value


TEXTS = [
    # Sequential
    "S(1, 2, 3)[1:]", "S(1, 2, 3)[-1]", "S(1, 2, 3)[::2]", "S(1)[1]", "S(1)[-2]", "S(1)['0']", "S(1, 2).pop(0)",
    "S(1, 2, 3).pop(slice(1, 3))", "S(1).append(n.ReLU())", "S(1).extend(L(2, 3))", "S(1).extend(S(2))",
    "S(1, 2).insert(1, n.ReLU())", "S(1, 2).insert(-1, n.ReLU())", "S(1, 2).insert(2, n.ReLU())",
    "S(1).insert(3, n.ReLU())", "S(1) + S(2)", "S(1) + L(2)", "S(1) * 2", "2 * S(1)", "S(1) * 0", "S(1) * 1.5",
    "n.Sequential(OD(a=n.ReLU(), b=n.Tanh()))[:1]", "n.Sequential(OD(a=n.ReLU())).append(n.Tanh())",
    "n.Sequential(OD(a=n.ReLU(), b=n.Tanh())).b", "[type(m).__name__ for m in S(1, 2)]", "n.Sequential()(5)",
    "n.Sequential(3)", "S(1).append(3)", "n.Sequential(n.Identity(), None)", "n.Sequential(None)(3)", "S(1).extend(3)",
    "n.Sequential(n.ReLU)", "bool(S())", "len(S())", "S(1) in [1]",
    # ModuleList
    "M(1, 2, 3)[1:]", "M(1, 2)[-1]", "M(1)[1]", "M(1, 2).pop(0)", "M(1).append(n.ReLU())", "M(1).extend(M(2))",
    "M(1) + M(2)", "M(1) + L(2)", "M(1, 1, 1, 2)", "M(2, 1, 1)", "M()", "n.ModuleList([None, n.ReLU(), None])",
    "n.ModuleList([n.ReLU(), n.ReLU(), n.Sequential(n.ReLU()), n.Sequential(n.ReLU())])", "n.ModuleList(3)",
    "n.ModuleList([3])", "M(1).extend(3)", "[m.in_features for m in reversed(list(M(1, 2)))]",
    "n.ModuleList(x for x in L(1, 2))", "n.ModuleList(M(1, 2))",
    # ModuleDict
    "D(a=1, b=2)", "D(a=1)['b']", "D(a=1)['a']", "'a' in D(a=1), 'b' in D(a=1)", "list(D(b=1, a=2))",
    "D(a=1, b=2).pop('a')", "D(a=1).pop('b')", "list(D(a=1).keys()), len(D(a=1, b=2))", "list(D(a=1).values())",
    "list(D(a=1).items())", "n.ModuleDict([('a', n.ReLU()), ['b', n.Tanh()]])", "n.ModuleDict([('a',)])",
    "n.ModuleDict([3])", "n.ModuleDict(3)", "n.ModuleDict({'a': 3})", "n.ModuleDict({'a.b': n.ReLU()})",
    "n.ModuleDict({'forward': n.ReLU()})", "n.ModuleDict(D(a=1))", "n.ModuleDict({'a': None})",
    # ParameterList
    "P(1, 2)", "P(2)", "P()", "P(1, 2, 3)[1:]", "P(1, 2, 3)[::-1]", "P(1, 2)[-1]", "P(1)[1]", "P(1)[-2]",
    "P(1).append(lib.ones(2, 3))", "P(1).extend([lib.ones(2)])", "P(1).extend(P(2))", "P(1).extend(lib.ones(2))",
    "P(1).extend(3)", "n.ParameterList([lib.ones(1), 'text', 3, None])", "P(1)()", "P(1)(2)",
    "[p.requires_grad for p in n.ParameterList([lib.ones(1), n.Parameter(lib.ones(1), requires_grad=False)])]",
    "[k for k, _ in P(1, 2).named_parameters()]", "len(P(1, 2)), list(P(1, 2).state_dict())",
    "n.ParameterList(3)", "'0' in dir(P(1))", "n.ParameterList([lib.ones(2).double()])",
    # ParameterDict
    "Q(b=1, a=2)", "n.ParameterDict(OD(b=lib.ones(1), a=lib.ones(2)))", "Q(a=1)['a']", "Q(a=1)['b']", "Q(a=1)[3]",
    "'a' in Q(a=1), 'b' in Q(a=1)", "Q(a=1).get('b'), Q(a=1).get('b', 5), Q(a=1).get('a')",
    "list(reversed(Q(a=1, b=2)))",
    "Q(a=1).setdefault('b', lib.ones(2)), Q(a=1).setdefault('a')", "Q(a=1, b=2).pop('a')", "Q(a=1).pop('b')",
    "Q(a=1, b=2).popitem()", "Q().popitem()", "list(Q(a=1).keys()), list(Q(a=1).values()), list(Q(a=1).items())",
    "Q(a=1).fromkeys(['x', 'y'], lib.ones(2))", "Q(a=1).copy()", "Q(a=1) | Q(b=2)", "Q(a=1) | {'b': lib.ones(1)}",
    "Q(a=1).update({'a': lib.ones(5)})", "n.ParameterDict([('a', lib.ones(1)), ('b', 3)])", "n.ParameterDict([('a',)])",
    "n.ParameterDict([3])", "n.ParameterDict(3)", "n.ParameterDict({'keys': lib.ones(1)})", "Q(a=1)(3)",
    "list(Q(a=1, b=2).state_dict())", "n.ParameterDict({'a.b': lib.ones(1)})", "n.ParameterDict({3: lib.ones(1)})",
]  # fmt: skip


def changes(lib, n):
    model = n.Sequential(*layers(n, 1, 2, 3))
    seen = [shown(model)]
    model[0] = n.ReLU()
    seen.append(shown(model))
    del model[1]
    seen.append(shown(model))
    model += n.Sequential(n.Tanh())
    seen.append(shown(model))
    model *= 2
    seen.append(shown(model))
    del model[1:3]
    seen.append(shown(model))
    model.named = n.Linear(1, 1)
    seen.append(shown(model))
    return seen


def list_changes(lib, n):
    model = n.ModuleList(layers(n, 1, 2, 3))
    model[-1] = n.ReLU()
    seen = [shown(model)]
    del model[0]
    seen.append(shown(model))
    model += layers(n, 4, 4)
    seen.append(shown(model))
    model.insert(1, n.Tanh())
    seen.append(shown(model))
    del model[::2]
    seen.append(shown(model))
    return seen


def dict_changes(lib, n):
    model = n.ModuleDict({"a": n.ReLU(), "b": n.Linear(1, 1)})
    model["c"] = n.Tanh()
    model.update({"a": n.Linear(2, 2)})
    seen = [shown(model)]
    del model["b"]
    seen.append(shown(model))
    model.clear()
    seen.append(shown(model))
    return seen


def parameter_changes(lib, n):
    model = n.Module()
    model.ps = n.ParameterList([lib.ones(1), lib.ones(2)])
    model.ps[0] = lib.ones(5)
    model.ps += [lib.ones(7)]
    model.qs = n.ParameterDict({"x": lib.ones(1)})
    model.qs["y"] = lib.ones(2)
    del model.qs["x"]
    model.qs |= {"z": lib.ones(3)}
    other = copy.deepcopy(model)
    other.ps.append(lib.ones(1))
    return list(model.state_dict()), list(other.state_dict()), len(model.ps), len(other.ps), list(model.qs)


def training_a_list(lib, n):
    weights = n.ParameterList([ramp(lib, 3, 3), ramp(lib, 3)])
    extra = n.ParameterDict({"scale": ramp(lib, 1)})
    out = (ramp(lib, 2, 3) @ weights[0] + weights[1]) * extra["scale"]
    out.sum().backward()
    return [p.grad for p in weights], extra["scale"].grad


def a_class_with_its_own_call(lib, n):
    class Own(n.Module):
        def __call__(self, x):
            return x + 1

        def forward(self, x):
            raise ZeroDivisionError

    return n.Sequential(Own(), n.Identity(), Own())(1)


def a_sequential_with_a_parameter(lib, n):
    class Scaled(n.Sequential):
        def __init__(self, *parts):
            super().__init__(*parts)
            self.scale = n.Parameter(ramp(lib, 1))

        def forward(self, x):
            return super().forward(x) * self.scale

    model = fill(lib, Scaled(n.Linear(2, 2), n.Tanh()).double())
    return model(ramp(lib, 3, 2)), list(model.state_dict()), len(model)


PROGRAMS = [
    *map(rule, TEXTS), changes, list_changes, dict_changes, parameter_changes, training_a_list,
    a_class_with_its_own_call, a_sequential_with_a_parameter,
]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_as_in_pytorch(program):
    compare(program, 1e-5)


def test_pickling():
    weights = nn.ParameterDict({"a": autograd.ones(2)})
    back = pickle.loads(pickle.dumps(nn.ModuleList([weights, nn.ParameterList([autograd.ones(1)])])))
    assert list(back.state_dict()) == ["0.a", "1.0"]
    assert back[0]["a"].tolist() == [1.0, 1.0]
