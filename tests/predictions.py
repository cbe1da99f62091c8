"""An exported file against the trained model: what counts in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.training.run import Run


def check_predictions(target: Path, run: Run) -> None:
    """The file's predictions on the test images against those of the trained model, made anew from the run."""
    import numpy as np
    import onnxruntime
    import torch

    from netbuilder.compiler import program
    from netbuilder.data.loaders import load as load_data
    from netbuilder.training.checkpoint import load_weights

    project, recorded = run.project(), run.recorded()
    built = program.build(project, recorded.training, Catalogue.builtin())
    model = built.networks["classifier"]()
    load_weights({"classifier": model}, run.checkpoint("best").path)
    model.eval()
    test = load_data(project.datasets["digits"], recorded.settings.seed, "cpu").test
    with torch.no_grad():
        gives = model(test["image"])
    gives = [gives] if isinstance(gives, torch.Tensor) else gives  # the network may give more than its logits
    outputs = [tensor.numpy() for tensor in gives]
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    results = session.run(None, {given.name: test["image"].numpy()})
    assert len(results) == len(outputs)
    for one, other in zip(results, outputs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)
    at = next(at for at, output in enumerate(session.get_outputs()) if output.name == "logits")
    found, expected = results[at], outputs[at]
    assert (found.argmax(1) == expected.argmax(1)).all()
    accuracy = (found.argmax(1) == test["label"].numpy()).mean()
    assert accuracy == pytest.approx(run.results()["test"]["accuracy"], abs=1e-6)
