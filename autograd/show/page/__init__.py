"""The step-through page: one HTML file, without a server or a network, in which the chain rule is walked through.

document    `page` and `Page`: puts everything into one file
reading     what is shown of a graph, and checks of its gradients
contents    what the page holds: nodes, edges, formulas, and the numbers of each recording
operations  the JavaScript of operations, printed from the table of derivatives
modules     which nodes belong together
layout      where Graphviz puts everything
assets      the page itself: HTML, CSS, and JavaScript by concept
"""

from autograd.show.page.document import Page, page

__all__ = ["Page", "page"]
