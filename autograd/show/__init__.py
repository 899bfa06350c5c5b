"""Looking at a graph.

    record      keep what the sweep frees, and where in the program each operation was
    trace       the recorded graph as plain data
    draw        its picture
    page        a page to step through it, forward and backward
    draw_module the picture of a model: its modules, shapes and parameters
    explain     the chain rule from a result to an input, in words, mathematics and numbers
    explain_op  the card of one operation
    formula     a derivative of the table, written as text, LaTeX or JavaScript
    watch       a model while it trains, layer by layer

From the tape to the picture: `tensors` and `values` read what was recorded into a `graph`, with `labels` for names;
what `record` kept is computed again by `replay`. The packages make something of it: `formulas` writes derivatives,
`drawing` makes pictures, `page` the page, `explaining` the explanations; `watching` looks at models in training.
"""

from autograd.drawing import draw
from autograd.show.drawing.architecture import draw_module
from autograd.show.drawing.drawing import Drawing
from autograd.show.explaining.explain import Explanation, Explanations, explain
from autograd.show.explaining.op_card import OpCard, explain_op
from autograd.show.formulas.formula import Formula, formula
from autograd.show.graph import Graph, GraphEdge, GraphNode, Numbers, Source
from autograd.show.page import Page, page
from autograd.show.record import record
from autograd.show.trace import trace
from autograd.show.watching.missing import Missing
from autograd.show.watching.numbers import Observation
from autograd.show.watching.report import Finding
from autograd.show.watching.watch import Watch, watch

__all__ = [
    "Drawing",
    "Explanation",
    "Explanations",
    "Finding",
    "Formula",
    "Graph",
    "GraphEdge",
    "GraphNode",
    "Missing",
    "Numbers",
    "Observation",
    "OpCard",
    "Page",
    "Source",
    "Watch",
    "draw",
    "draw_module",
    "explain",
    "explain_op",
    "formula",
    "page",
    "record",
    "trace",
    "watch",
]
