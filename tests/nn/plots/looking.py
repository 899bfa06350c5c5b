"""What is in a figure that was drawn."""

from matplotlib.colors import to_hex
from matplotlib.text import Text


def render(drawn):
    """Draw it, so that everything has its place, and return the figure."""
    figure = drawn if hasattr(drawn, "savefig") else drawn.figure
    figure.canvas.draw()
    return figure


def lines(ax):
    """Of each line its label, colour and points."""
    return [
        (
            line.get_label(),
            to_hex(line.get_color()).upper(),
            list(map(float, line.get_xdata())),
            list(map(float, line.get_ydata())),
        )
        for line in ax.lines
    ]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def image(ax):
    return ax.images[0].get_array().tolist()


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


def assert_legible(figure):
    """No text smaller than 12 pixels, and nothing that reaches out of the figure."""
    for text in figure.findobj(Text):
        assert text.get_fontsize() * figure.dpi / 72 >= 12, text
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    slack = 0.02
    assert -slack <= box.x0, box
    assert box.x1 <= width + slack, box
    assert -slack <= box.y0, box
    assert box.y1 <= height + slack, box
