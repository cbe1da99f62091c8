"""Blocks whose functions are ours go through ONNX too, where they mean something in use."""

from pathlib import Path
from typing import Any

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import Weights
from netbuilder.graph.model import Project
from tests.compiler.projects import graph, project


def heard() -> Project:
    """Mel bands of a wave, noisy as a diffusion makes them, augmented (in training), and quantized."""
    nodes: dict[str, Any] = {
        "wave": ("Input", {"shape": "N 320"}),
        "noise": ("Input", {"shape": "N 8 11"}),
        "t": ("Input", {"shape": "N", "dtype": "int64"}),
        "mel1": ("MelSpectrogram", {"n_fft": 64, "n_mels": 8}),
        "decibels1": "Decibels",
        "mask1": "RandomMask",
        "noisy": ("AddNoise", {"steps": 20, "schedule": "cosine"}),
        "codes": ("VectorQuantize", {"num_codes": 5}),
        "found": "Output",
        "indices": "Output",
    }
    links = ["wave.x > mel1.x", "mel1.y > decibels1.x", "decibels1.y > mask1.x", "mask1.y > noisy.x"]
    links += ["noise.x > noisy.noise", "t.x > noisy.t", "noisy.y > codes.x", "codes.y > found.x"]
    return project(model=graph(nodes, [*links, "codes.indices > indices.x"]))


def test_signals_noise_and_code_books_export_and_agree(tmp_path: Path) -> None:
    """export_network compares the file with the network in onnxruntime, and raises where they differ."""
    to = tmp_path / "model.onnx"
    export_network(heard(), "model", Weights(), to, Catalogue.builtin())
    assert to.stat().st_size > 1000
