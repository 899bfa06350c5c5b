"""Looking at a graph.

    trace       the recorded graph as plain data
    draw        its picture

From the tape to the picture: `tensors` and `values` read what was recorded into a `graph`, with `labels` for names;
`dot` writes it as DOT text; `render` has Graphviz lay it out.
"""

from autograd.drawing import draw
from autograd.show.drawing import Drawing
from autograd.show.graph import Graph, GraphEdge, GraphNode, Numbers
from autograd.show.trace import trace

__all__ = ["Drawing", "Graph", "GraphEdge", "GraphNode", "Numbers", "draw", "trace"]
