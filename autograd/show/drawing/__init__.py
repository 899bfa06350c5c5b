"""From a graph to its picture.

drawing       `Drawing`: what `draw` returns, to be shown and saved
groups        which module each node belongs to
folding       what repeats is kept once
arrange       both, until a graph of any size can be read
scene         what is shown of it then
dot, colours  the scene as DOT text
render        Graphviz lays it out
architecture  `draw_module`: the modules of a model, from one run on an example
model_run     that run
products      the multiplications that operations take
"""
