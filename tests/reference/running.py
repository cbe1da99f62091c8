"""What every reference network must do on real tensors."""

from pathlib import Path

import torch

from netbuilder.exchange.onnx_out import Exported
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import Weights
from netbuilder.graph.model import Project
from tests.reference.nets import CATALOGUE, FREE, Net, inputs, made, reports


def learns(net: Net) -> None:
    """It gives the shapes that analysis says, finite numbers, and a finite gradient to every parameter."""
    module, batch = made(net), 1 if net.large else FREE["N"]
    assert sum(parameter.numel() for parameter in module.parameters()) == net.parameters
    given = module(*inputs(net, N=batch))
    given = given if isinstance(given, tuple) else (given,)
    facts = reports(net.file)[net.network].nodes
    flows = [flow for id in sorted(facts) if not facts[id].outputs for (flow,) in facts[id].inputs.values()]
    sizes = {**FREE, "N": batch}
    assert [list(y.shape) for y in given] == [[sizes.get(size, size) for size in flow.shape] for flow in flows]
    assert all(y.isfinite().all() for y in given)
    torch.stack([y.square().mean() for y in given]).sum().backward()
    for name, parameter in module.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def exported(project: Project, network: str, folder: Path) -> Exported:
    """Its ONNX file gives onnxruntime the numbers that torch gives, whatever the sizes of its free axes."""
    done = export_network(project, network, Weights(), folder / f"{network}.onnx", CATALOGUE)
    assert Path(done.path).stat().st_size == done.bytes
    assert len(done.sizes) >= 2
    assert done.largest_relative_difference < 2e-5
    assert done.note == ""
    return done
