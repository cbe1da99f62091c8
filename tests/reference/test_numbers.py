"""The smaller reference networks on real tensors: they run, learn, and give onnxruntime the same numbers."""

import pytest
from msgspec.structs import replace

from netbuilder.exchange.errors import ExportError
from tests.reference.nets import NETS, Net, load
from tests.reference.running import exported, learns

SMALL = [net for net in NETS if not net.large]


@pytest.mark.parametrize("net", SMALL, ids=lambda net: net.network)
def test_it_runs_forward_and_backward(net: Net) -> None:
    learns(net)


@pytest.mark.parametrize("net", [net for net in SMALL if net.file != "vae"], ids=lambda net: net.network)
def test_onnxruntime_gives_the_same_numbers(net: Net, tmp_path) -> None:
    done = exported(load(net.file), net.network, tmp_path)
    assert done.free_axes == (("N", "T") if net.file == "lstm_lm" else ("N",))


@pytest.mark.parametrize("network", ["encoder", "decoder"])
def test_both_halves_of_the_autoencoder_in_onnx(network: str, tmp_path) -> None:
    exported(load("vae"), network, tmp_path)


def test_the_whole_autoencoder_in_onnx_without_its_random_draw(tmp_path) -> None:
    project = load("vae")
    with pytest.raises(ExportError, match="random"):
        exported(project, "VAE", tmp_path)
    assert list(tmp_path.iterdir()) == []
    graph = project.graphs["VAE"]
    calm = replace(graph, nodes=graph.nodes.set("sample1", replace(graph.nodes["sample1"], bypassed=True)))
    exported(replace(project, graphs=project.graphs.set("VAE", calm)), "VAE", tmp_path)
