"""`examples/deploy_onnx.py`: trained here, run by onnxruntime."""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import pytest

import autograd

FILE = Path(__file__).resolve().parent.parent / "examples" / "deploy_onnx.py"


@pytest.fixture(scope="module")
def deploy():
    """The program, as a module."""
    spec = importlib.util.spec_from_file_location("deploy_onnx_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_deployed_reads_as_well_as_the_model(deploy, tmp_path, capsys):
    accuracy = deploy.main(["--epochs", "3", "--seed", "1", "--out", str(tmp_path / "new")])
    assert accuracy > 0.93
    printed = capsys.readouterr().out
    assert f"test accuracy in onnxruntime: {accuracy:.2%} of 360 images" in printed
    difference = float(printed.split("between the probabilities: ")[1].split()[0])
    assert difference < 1e-5
    file = tmp_path / "new" / "digits.onnx"
    graph = onnx.load(file).graph
    assert [n.op_type for n in graph.node].count("Conv") == 2
    assert [d.dim_param or d.dim_value for d in graph.input[0].type.tensor_type.shape.dim] == ["batch", 8, 8]
    run = deploy.Runtime(file)
    images = deploy.load_parts(1)[1][0]
    chances, digits = run(images.numpy()[:5])
    np.testing.assert_allclose(chances.sum(1), 1, rtol=1e-5)
    assert (chances.argmax(1) == digits).all()


def test_a_difference_is_an_error(deploy, tmp_path):
    import nn

    autograd.manual_seed(0)
    model = deploy.Deployed(deploy.Reader()).eval()
    other = deploy.Deployed(deploy.Reader()).eval()
    file = tmp_path / "m.onnx"
    nn.export_onnx(model, autograd.rand(2, 8, 8), file, output_names=["probabilities", "digits"])
    run = deploy.Runtime(file)
    images = autograd.rand(50, 8, 8) * 16
    assert deploy.compare(model, run, images) < 1e-5
    with pytest.raises(RuntimeError, match="reads other digits"):
        deploy.compare(other, run, images)
