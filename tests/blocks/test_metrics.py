"""Metrics that need state hold against the installed torchmetrics, which nothing imports before it must."""

import importlib
import inspect
import subprocess
import sys

import msgspec
import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Inferred
from netbuilder.compiler.analyse import Analyser
from tests.blocks.cases.case import case
from tests.blocks.test_execution import with_data

CATALOGUE = Catalogue.builtin()
BLOCKS = [CATALOGUE[name] for name in CATALOGUE.names if CATALOGUE[name].stateful]

# Arguments that no block offers, with the reason.
LEFT_OUT = {
    "validate_args": "the trainer decides",
    "multidim_average": "one number for all",
    "top_k": "TopKAccuracy has it",
    "zero_division": "0, as everybody has it",
    "normalize": "counts are what results show",
    "max_fpr": "rarely known",
    "num_outputs": "one number for all",
    "adjusted": "needs the number of inputs of a linear model",
    "base": "decibels have 10",
    "reduction": "one number for all",
    "dim": "one number for all",
    "gaussian_kernel": "as in the paper",
    "kernel_size": "follows from sigma",
    "k1": "as in the paper",
    "k2": "as in the paper",
    "return_full_image": "one number for all",
    "return_contrast_sensitivity": "one number for all",
}
ALWAYS_WRITTEN = {("PSNR", "data_range"), ("SSIM", "data_range")}  # else it is guessed anew from each batch


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_parameters_are_torchmetrics_own(block):
    home, _, name = block.stateful.rpartition(".")
    theirs = dict(inspect.signature(getattr(importlib.import_module(home), name)).parameters)
    theirs.pop("kwargs")
    names = [param.name for param in block.params]
    assert names == [name for name in theirs if name in names], "not in its order"
    for param in block.params:
        if not isinstance(param, Inferred) and (block.name, param.name) not in ALWAYS_WRITTEN:
            assert theirs[param.name].default == param.default
            assert param.optional == (param.default is None)
    assert set(theirs) - set(names) - set(block.fixed) <= set(LEFT_OUT)
    assert set(block.fixed) <= set(theirs)


def test_every_reason_for_leaving_out_is_needed():
    seen = set()
    for block in BLOCKS:
        home, _, name = block.stateful.rpartition(".")
        seen |= set(inspect.signature(getattr(importlib.import_module(home), name)).parameters)
    assert set(LEFT_OUT) <= seen


def test_the_usual_metrics_are_there():
    names = "Accuracy TopKAccuracy Precision Recall F1 AUROC ConfusionMatrix MAE RMSE R2 IoU PSNR SSIM Perplexity"
    assert {CATALOGUE[name].part for name in names.split()} == {"metric"}


def test_torchmetrics_is_not_imported_before_a_metric_is_made_and_never_brings_torchvision():
    text = """
import sys
from netbuilder.training import trainer
from netbuilder.compiler.metrics import MetricPlan
from netbuilder.training.metrics import Metrics
assert "torchmetrics" not in sys.modules
Metrics()
assert "torchmetrics" not in sys.modules
Metrics([MetricPlan("it", "torchmetrics.classification.MulticlassF1Score", {"num_classes": 3}, ("logits", "target"))])
assert "torchmetrics" in sys.modules
assert "torchvision" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", text], check=True)


@pytest.mark.parametrize(
    ("name", "first", "target", "says"),
    [
        ("F1", "N 4 6", "N int64", "it needs one row of scores, N x classes, for each target, but gets "),
        ("F1", "N 4 6", "N 5 int64", "it cannot compare logits of N x 4 x 6 and target of N x 5."),
        ("RMSE", "N 3", "N 2", "it cannot compare prediction of N x 3 and target of N x 2."),
        ("SSIM", "N 3 8 8", "N 3 8 9", "it cannot compare prediction of N x 3 x 8 x 8 and target of N x 3 x 8 x 9."),
        ("F1", "N 4", "N", "target"),
    ],
)
def test_inputs_that_do_not_belong_together_are_a_problem(name, first, target, says):
    ports = [port.name for port in CATALOGUE[name].inputs]
    project = with_data("training", name, case(**dict(zip(ports, (first, target), strict=True))))
    (problem,) = (each for each in Analyser(CATALOGUE).analyse(project)["tried"].errors if each.node == "it")
    assert says in problem.message


def test_classes_of_a_free_axis_cannot_be_counted():
    project = with_data("training", "F1", case(logits="N 4", target="N int64"))
    column = msgspec.structs.replace(project.datasets["tried"].columns[0], shape=(0,))
    columns = (column, *project.datasets["tried"].columns[1:])
    dataset = msgspec.structs.replace(project.datasets["tried"], columns=columns)
    project = msgspec.structs.replace(project, datasets=project.datasets.set("tried", dataset))
    problems = [each for each in Analyser(CATALOGUE).analyse(project)["tried"].errors if each.node == "it"]
    assert problems
