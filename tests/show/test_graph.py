"""What is shown of an array."""

import json
import math

import numpy as np
import pytest

from autograd.show.graph import FEW, Graph, GraphEdge, GraphNode, Numbers, number


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (2.0, "2"),
        (0.70710678, "0.7071"),
        (-1e-9, "-1e-09"),
        (123456.0, "1.235e+05"),
        (123456, "123456"),
        (np.float32(0.1), "0.1"),
        (True, "True"),
        (float("nan"), "nan"),
        (-math.inf, "-inf"),
        ([], "no elements"),
        (np.zeros((2, 0, 3)), "no elements"),
        ([1.5], "[1.5]"),
        ([1, 2, 3], "[1, 2, 3]"),
        ([[1.0, 2.0], [3.0, 4.0]], "[[1, 2], [3, 4]]"),
        (np.arange(6.0).reshape(2, 1, 3), "[[[0, 1, 2]], [[3, 4, 5]]]"),
        (np.arange(7.0), "0 … 6, mean 3"),
        (np.arange(8).reshape(2, 4), "0 … 7, mean 3.5"),
        (np.arange(8) % 2 == 0, "False … True, mean 0.5"),
        ([1.0, 2.0, 3.0, 4.0, 5.0, math.nan, math.inf, -math.inf], "1 … 5, mean 3, 1 nan, 2 inf"),
        (np.full(9, np.nan), "9 nan"),
        (np.zeros((4, 4)), "all 0"),
        ([2.5] * 7 + [math.nan], "all 2.5, 1 nan"),
        ([*range(7), math.nan], "0 … 6, mean 3, 1 nan"),
    ],
)
def test_text(values: object, text: str) -> None:
    assert str(Numbers.of(values)) == text


def test_few_are_shown_one_by_one_and_more_by_their_range() -> None:
    few, many = Numbers.of(np.ones(FEW)), Numbers.of(np.ones(FEW + 1))
    assert few.elements == (1.0,) * FEW
    assert many.elements is None
    assert (many.low, many.high, many.mean) == (1.0, 1.0, 1.0)


def test_mean_of_small_types_does_not_overflow() -> None:
    assert Numbers.of(np.full(1000, 60000, np.float16)).mean == 60000.0
    assert Numbers.of(np.full(1000, 250, np.uint8)).mean == 250.0
    assert Numbers.of(np.full(1000, np.finfo(float).max)).mean == math.inf


def test_a_strided_array_is_read_in_c_order() -> None:
    assert str(Numbers.of(np.arange(6).reshape(2, 3).T)) == "[[0, 3], [1, 4], [2, 5]]"


def test_four_significant_digits() -> None:
    assert number(1 / 3) == "0.3333"
    assert number(-20 / 3) == "-6.667"


def test_a_graph_is_plain_data() -> None:
    graph = Graph((GraphNode("n0", "leaf", value=Numbers.of([1.0])),), (GraphEdge("n0", "n0", "x", 2.0),))
    data = json.loads(graph.to_json())
    assert data["nodes"][0]["value"]["elements"] == [1.0]
    assert data["edges"] == [
        {"source": "n0", "target": "n0", "parameter": "x", "local": 2.0}
        | {"upstream": None, "contribution": None, "formula": "", "latex": ""}
    ]
    assert hash(graph) == hash(Graph(graph.nodes, graph.edges))
