"""Random programs of views, in-place writes and other operations: what `program` runs in both libraries.

python -m tests.parity.programs 10000       runs that many and prints the first that differs
python -m tests.parity.programs 1 4711      runs the program of one seed
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import torch

import autograd
from autograd import tape
from autograd.tape import Variable
from tests.parity import out_of_place, seeds
from tests.parity.program import Program

SHAPES = [
    (),
    (3,),
    (4,),
    (2, 3),
    (3, 2),
    (2, 1),
    (1, 3),
    (3, 3),
    (2, 3, 2),
    (2, 2, 2),
    (1, 4, 1),
    (4, 2),
    (0, 2),
]


class Writer:
    """Makes up one program."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.program = Program(seed)
        for names, library in (
            (self.program.ours, autograd),
            (self.program.theirs, torch),
            (self.program.pure, out_of_place.Library()),
        ):
            assert names is not None
            names["m"] = library
        self.count = 0
        self.unnoticed = (
            False  # whether there was a write to `.data`, after which no gradient can be relied on
        )

    def chance(self, p: float) -> bool:
        return bool(self.rng.random() < p)

    def one(self, choices: Any) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def number(self) -> float:
        return round(float(self.rng.uniform(-1.5, 1.5)), 2)

    def names(self) -> list[str]:
        return [
            n for n, v in self.program.ours.items() if isinstance(v, Variable) and v.array.dtype.kind == "f"
        ]

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self.program.ours[name].shape)

    def fresh(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def leaf(self) -> None:
        shape = self.one(SHAPES)
        values = self.rng.uniform(-2, 2, shape).round(2)
        name = self.fresh("x")
        wants = self.chance(0.75)
        p = self.program
        p.lines.append(
            f"{name} = m.tensor({values.tolist()}, dtype=m.float64, requires_grad={wants})"
            + (f".reshape{shape}" if 0 in shape else "")
        )
        assert p.theirs is not None
        p.ours[name] = autograd.tensor(values, requires_grad=wants)
        p.theirs[name] = torch.tensor(values, requires_grad=wants)
        p.pure[name] = out_of_place.Tensor.of(torch.tensor(values))
        if wants:
            p.pure[name].requires_grad_()
            p.leaves.append(name)

    def dim(self, shape: tuple[int, ...], new: int = 0) -> int:
        n = max(len(shape) + new, 1)
        return int(self.rng.integers(-n, n))

    def index(self, shape: tuple[int, ...]) -> str:
        """A basic index: integers, slices, None, `...`."""
        parts = []
        dots = False
        left = list(shape)
        while left and (dots or self.chance(0.75)):
            kind = self.rng.random()
            n = left[0]
            if kind < 0.4 and n:
                parts.append(str(int(self.rng.integers(-n, n))))
                left.pop(0)
            elif kind < 0.8:
                a, b, c = (
                    str(int(v)) if self.chance(0.5) else ""
                    for v in (
                        self.rng.integers(-n - 1, n + 2),
                        self.rng.integers(-n - 1, n + 2),
                        self.rng.integers(1, 3),
                    )
                )
                parts.append(f"{a}:{b}" + (f":{c}" if c else ""))
                left.pop(0)
            elif kind < 0.9:
                parts.append("None")
            elif not dots:
                dots = True
                parts.append("...")
                left = left[int(self.rng.integers(0, len(left) + 1)) :]
        return ", ".join(parts) or "..."

    def view(self, x: str) -> str:  # noqa: C901  # a line for each kind
        """An expression for a view of x."""
        s = self.shape(x)
        n = len(s)
        d = self.dim(s)
        size = s[d] if n else 1
        kinds = ["index"] * 8 + [
            "detach",
            "data",
            "unsqueeze",
            "squeeze",
            "reshape",
            "view",
            "expand",
            "flatten",
            "contiguous",
            "ravel",
        ]
        if n:
            kinds += [
                "transpose",
                "permute",
                "narrow",
                "split",
                "chunk",
                "tensor_split",
                "unfold",
                "movedim",
                "swapaxes",
                "squeeze_dim",
            ]
        if n and size:
            kinds += ["select", "unbind"]
        if n == 2:
            kinds += ["t", "T"]
        if n > 1:
            kinds += ["diagonal", "mT", "transpose"]
        kind = self.one(kinds)
        k = int(self.rng.integers(1, 4))
        pick = int(self.rng.integers(max(size, 1)))
        match kind:
            case "index":
                return f"{x}[{self.index(s)}]"
            case "detach":
                return f"{x}.detach()"
            case "data":
                return f"{x}.data"
            case "t" | "contiguous" | "ravel" | "flatten" | "squeeze":
                return f"{x}.{kind}()"
            case "T" | "mT":
                return f"{x}.{kind}"
            case "unsqueeze":
                return f"{x}.unsqueeze({self.dim(s, 1)})"
            case "squeeze_dim":
                return f"{x}.squeeze({d})"
            case "reshape" | "view":
                total = int(np.prod(s))
                shapes = [(total,), (1, *s), (*s, 1), (-1,)] if total else [s]
                shapes += [(a, total // a) for a in (2, 3) if total and total % a == 0]
                return f"{x}.{kind}({self.one(shapes)})"
            case "expand":
                sizes = tuple(int(self.rng.integers(1, 4)) if v == 1 else v for v in s)
                return f"{x}.expand({(2, *sizes) if self.chance(0.3) else sizes})"
            case "transpose" | "swapaxes":
                return f"{x}.{kind}({d}, {self.dim(s)})"
            case "movedim":
                return f"{x}.movedim({d}, {self.dim(s)})"
            case "permute":
                return f"{x}.permute({tuple(int(i) for i in self.rng.permutation(n))})"
            case "select":
                return f"{x}.select({d}, {pick})"
            case "narrow":
                start = int(self.rng.integers(0, size + 1))
                return f"{x}.narrow({d}, {start}, {int(self.rng.integers(0, size - start + 1))})"
            case "split":
                return f"{x}.split({k}, {d})[{pick // k}]"  # of size k or what is left
            case "chunk" | "tensor_split":
                return f"{x}.{kind}({k}, {d})[{-1 if self.chance(0.5) else 0}]"
            case "unbind":
                return f"{x}.unbind({d})[{pick}]"
            case "unfold":
                return f"{x}.unfold({d}, {min(k, size)}, {k})"
            case _:
                return f"{x}.diagonal({int(self.rng.integers(-1, 2))}, 0, 1)"

    def operand(self, shape: tuple[int, ...]) -> str:
        """A tensor that broadcasts to the shape, or a number."""
        fitting = [n for n in self.names() if _broadcasts(self.shape(n), shape)]
        return self.one(fitting) if fitting and self.chance(0.7) else str(self.number())

    def apart(self, x: str, y: str) -> str:
        """y, as a copy where its memory overlaps that of x: what a write then does is not said."""
        ours = self.program.ours
        expanded = 0 in ours[x].array.strides
        if (
            (y == x and not expanded)
            or y not in ours
            or not np.may_share_memory(ours[x].array, ours[y].array)
        ):
            return y
        return f"({y} * 1)"

    def result(self, x: str) -> str:
        """An expression for a new tensor."""
        s = self.shape(x)
        kinds = [
            "times",
            "plus",
            "square",
            "number",
            "tanh",
            "sin",
            "relu",
            "clone",
            "sum",
            "sum_dim",
            "masked_fill",
            "self_times",
            "where",
            "div",
        ]
        if s:
            kinds += ["advanced", "cat", "flip", "cumsum", "index_select"]
        kind = self.one(kinds)
        d = self.dim(s)
        match kind:
            case "times" | "where":
                y = self.operand(s)
                return f"{x} * {y}" if kind == "times" else f"m.where({x} > 0, {x}, {y})"
            case "plus":
                return f"{x} + {self.operand(s)}"
            case "div":
                return f"{x} / 2"
            case "number":
                return f"{x} * {self.number()}"
            case "self_times":
                return f"{x} * {x}"
            case "square" | "tanh" | "sin" | "relu" | "clone" | "sum":
                return f"{x}.{kind}()"
            case "sum_dim" | "cumsum":
                return f"{x}.{kind.partition('_')[0]}({d})"
            case "masked_fill":
                return f"{x}.masked_fill({x} > 0.3, {self.number()})"
            case "advanced":
                return f"{x}[{self.advanced(s)}]"
            case "cat":
                return f"m.cat([{x}, {x}], {d})"
            case "flip":
                return f"{x}.flip({d})"
            case _:
                at = [int(i) for i in self.rng.integers(0, s[d], 2)] if s[d] else []
                return f"{x}.index_select({d}, m.tensor({at}, dtype=m.int64))"

    def advanced(self, shape: tuple[int, ...]) -> str:
        """An index with an integer list or a mask."""
        n = shape[0]
        if self.chance(0.5):
            return f"m.tensor({[bool(b) for b in self.rng.integers(0, 2, n)]}, dtype=m.bool)"
        return str([int(i) for i in self.rng.integers(-n, n, int(self.rng.integers(1, 4)))] if n else [])

    def write(self, x: str) -> str:  # noqa: C901  # a line for each kind
        """A statement that writes to x."""
        s = self.shape(x)
        y = self.apart(x, self.operand(s))
        kinds = [
            "add_",
            "sub_",
            "mul_",
            "number",
            "fill_",
            "zero_",
            "copy_",
            "masked_fill_",
            "unary",
            "+=",
            "*=",
            "addcmul_",
            "lerp_",
        ] + ["setitem"] * 4
        if any(n > 1 and not step for n, step in zip(s, self.program.ours[x].array.strides, strict=True)):
            kinds = ["add_", "mul_", "number", "fill_", "zero_", "copy_", "unary", "setitem"]  # expanded
        elif s:
            kinds += [
                "set_advanced",
                "index_put_",
                "index_fill_",
                "+=item",
                "masked_scatter_",
                "index_add_",
                "index_copy_",
                "scatter_",
            ]
        kind = self.one(kinds)
        d = self.dim(s)
        size = s[d] if s else 1
        match kind:
            case "add_" | "sub_" | "mul_":
                return f"{x}.{kind}({y})"
            case "number":
                return f"{x}.{self.one(['add_', 'mul_', 'sub_', 'div_'])}({self.number() or 1.0})"
            case "fill_":
                scalars = [n for n in self.names() if self.shape(n) == ()]
                return f"{x}.fill_({self.one(scalars) if scalars and self.chance(0.5) else self.number()})"
            case "zero_":
                return f"{x}.zero_()"
            case "copy_":
                fitting = [n for n in self.names() if _broadcasts(self.shape(n), s)]
                return f"{x}.copy_({self.apart(x, self.one(fitting))})"
            case "masked_fill_":
                return f"{x}.masked_fill_({x} > {self.number()}, {self.number()})"
            case "unary":
                return f"{x}.{self.one(['tanh_', 'neg_', 'relu_', 'sigmoid_', 'abs_'])}()"
            case "+=" | "*=":
                return f"{x} {kind} {y}"
            case "addcmul_":
                fitting = [n for n in self.names() if _broadcasts(self.shape(n), s)]
                y, z = (self.apart(x, self.one(fitting)) for _ in range(2))
                return f"{x}.addcmul_({y}, {z}, value={self.number()})"
            case "lerp_":
                same = [n for n in self.names() if self.shape(n) == s]
                return f"{x}.lerp_({self.apart(x, self.one(same))}, {self.number()})"
            case "setitem" | "+=item":
                index = self.index(s)
                part = self.part(x, index)
                if kind == "+=item":
                    return f"{x}[{index}] += {self.apart(x, self.operand(part))}"
                return f"{x}[{index}] = {self.apart(x, self.operand(part))}"
            case "set_advanced":
                index = self.advanced(s)
                return f"{x}[{_distinct(index)}] = {self.number()}"
            case "index_put_":
                n = s[0]
                at = [int(i) for i in self.rng.integers(0, n, 3)] if n else []
                value = self.operand((len(at), *s[1:]))
                value = (
                    self.apart(x, value) if value in self.names() else f"m.tensor({value}, dtype=m.float64)"
                )
                return f"{x}.index_put_((m.tensor({at}, dtype=m.int64),), {value}, accumulate=True)"
            case "index_fill_":
                at = [int(i) for i in self.rng.integers(0, size, 2)] if size else []
                return f"{x}.index_fill_({d}, m.tensor({at}, dtype=m.int64), {self.number()})"
            case "scatter_":
                at = self.rng.integers(0, max(size, 1), s) if 0 not in s else np.zeros(s, int)
                return (
                    f"{x}.scatter_({d}, m.tensor({at.tolist()}, dtype=m.int64).reshape({s}), {self.number()})"
                )
            case "masked_scatter_":
                same = [n for n in self.names() if self.shape(n) == s]
                return f"{x}.masked_scatter_({x} > {self.number()}, {self.one(same)} * 1)"
            case _:
                at = [int(i) for i in self.rng.permutation(size)]
                same = [n for n in self.names() if self.shape(n) == s]
                return f"{x}.{kind}({d}, m.tensor({at}, dtype=m.int64), {self.one(same)} * 1)"

    def part(self, x: str, index: str) -> tuple[int, ...]:
        """The shape of x[index]."""
        names = {"x": self.program.ours[x].detach(), "m": autograd}
        return tuple(eval(f"x[{index}]", names).shape)  # the program is ours

    def step(self) -> None:  # noqa: C901  # a line for each kind
        """Add one line."""
        names = self.names()
        x = self.one(names[-6:] if self.chance(0.6) else names)
        if self.program.ours[x].is_leaf and self.program.ours[x].requires_grad:
            x = self.one(names)
        kind = self.rng.random()
        p = self.program
        if kind < 0.33:
            line = f"{self.fresh('v')} = {self.view(x)}"
        elif kind < 0.52:
            line = f"{self.fresh('y')} = {self.result(x)}"
        elif kind < 0.94:
            if not p.ours[x].numel():
                return  # PyTorch takes some empty views for no views
            if p.ours[x].base is not None and tape.counted(p.ours[x]) is not p.ours[x].array:
                if self.chance(0.7):
                    return
                self.unnoticed = True
            line = self.write(x)
        elif kind < 0.96:
            copied = ".clone()" if 0 in p.ours[x].array.strides else ""
            line = f"{self.fresh('x')} = {x}.detach(){copied}.requires_grad_()"
        elif kind < 0.98:
            line = f"{x}.retain_grad()"
        else:
            line = (
                f"{x}.detach_()"
                if p.ours[x].base is not None
                else f"{self.fresh('y')} = ({self.result(x)}).detach_()"
            )
        if self.chance(0.02 if kind < 0.33 else 0.1):
            line = f"with m.no_grad(): {line}"
            if kind < 0.33:
                p.theirs = None  # its view claims to require a gradient, and never gets one
        if not p.run(line):
            return
        if ".requires_grad_()" in line and "no_grad" not in line.partition("requires")[0]:
            p.leaves.append(line.partition(" = ")[0])
        if "retain_grad" in line and not p.ours[x].is_leaf:
            p.retained.append(x)
        p.check()

    def finish(self) -> None:
        """Differentiate."""
        p = self.program
        wanted = [n for n in self.names() if p.ours[n].requires_grad and self.chance(0.6)]
        if not wanted or self.unnoticed:
            return
        if any(
            not np.isfinite(p.ours[n].array).all() or np.abs(p.ours[n].array).max(initial=0) > 1e8
            for n in self.names()
        ):
            return
        terms = [
            f"({n} * {self.number() or 1.0}).sin().sum()"
            if self.chance(0.3)
            else f"({n} * {self.number() or 1.0}).sum()"
            for n in wanted
        ]
        p.backward(f"({' + '.join(terms)}).backward()")

    def write_program(self) -> None:
        for _ in range(int(self.rng.integers(1, 4))):
            self.leaf()
            if self.chance(0.8):
                self.program.run(f"{self.fresh('y')} = x{self.count - 1} * {self.number() or 1.0}")
        for _ in range(int(self.rng.integers(3, 16))):
            self.step()
        self.finish()


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def _distinct(index: str) -> str:
    """A list of positions without one that occurs twice: which of two values is kept is not said."""
    if not index.startswith("["):
        return index
    return index.partition(",")[0].rstrip("]") + "]"


def run(seed: int) -> None:
    """Make up the program of a seed and compare.

    Raises:
        DifferentError: with the program's text.
    """
    seeds.seed(seed)
    Writer(seed).write_program()


def main(count: int, first: int = 0) -> None:
    """Run programs until one differs."""
    for seed in range(first, first + count):
        run(seed)
    sys.stdout.write(f"{count} programs agree\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
