"""Compares what onnxruntime makes of a file with what torch gives for the same inputs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime
from torch import Tensor

from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.examples import Sizes

# Both sides compute the same sums in another order. In float32 (24 bits, 6e-8) sums over some thousand terms and some
# ten layers differ by up to about 1e-5 of the largest value; a wrong graph differs by far more than 1e-4. Measured
# against the largest value of the output, because single values near zero are differences of large ones.
TOLERANCE = {"float16": 2e-2, "bfloat16": 1e-1, "float32": 1e-4, "float64": 1e-4}
_MISSING = 1e-30  # under this an output counts as all zeros


class Difference(msgspec.Struct, frozen=True):
    """The largest difference of any value, and the largest in relation to its output's largest value."""

    absolute: float = 0.0
    relative: float = 0.0

    def __or__(self, other: Difference) -> Difference:
        return Difference(max(self.absolute, other.absolute), max(self.relative, other.relative))


class Runtime:
    """An ONNX file in onnxruntime on the CPU. Raises ExportError where it can't be loaded."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what goes wrong is raised as well
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its exceptions share no base but Exception
            raise ExportError(f"onnxruntime can't load the exported file: {first_line(error)}") from error
        self._inputs = {value.name for value in self._session.get_inputs()}

    def run(self, names: Sequence[str], inputs: Sequence[Tensor]) -> list[np.ndarray[Any, Any]]:
        """The outputs for these inputs, by position. Raises ExportError."""
        feed = {name: tensor.numpy() for name, tensor in zip(names, inputs, strict=True) if name in self._inputs}
        try:
            return list(self._session.run(None, feed))
        except Exception as error:  # its exceptions share no base but Exception
            raise ExportError(first_line(error)) from error


def first_line(error: BaseException) -> str:
    """The first line of an exception's text, without terminal colours."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].split("\x1b", 1)[0].strip() or type(error).__name__


def compare(
    expected: Sequence[Tensor], got: Sequence[np.ndarray[Any, Any]], names: Sequence[str], sizes: Sizes
) -> Difference:
    """The largest difference over all outputs. Raises ExportError for one too large, or another shape or dtype."""
    where = "with " + (", ".join(f"{axis} = {size}" for axis, size in sizes.items()) or "its fixed sizes")
    largest = Difference()
    for name, tensor, array in zip(names, expected, got, strict=True):
        largest |= _compare_one(name, tensor.detach().numpy(), array, where)
    return largest


def _compare_one(name: str, expected: np.ndarray[Any, Any], got: np.ndarray[Any, Any], where: str) -> Difference:
    if expected.shape != got.shape or expected.dtype != got.dtype:
        raise ExportError(
            f"The exported file gives {got.dtype} {_by(got.shape)} for {name} {where}, but the network gives "
            f"{expected.dtype} {_by(expected.shape)}; nothing was written."
        )
    if not np.isfinite(expected).all():
        raise ExportError(
            f"The network itself gives infinite or undefined numbers for {name}, so nothing can be compared; "
            "train it again with a smaller learning rate, or export another checkpoint."
        )
    if expected.size == 0:
        return Difference()
    wide = np.float64 if expected.dtype != np.bool_ else np.int64
    absolute = float(np.abs(expected.astype(wide) - got.astype(wide)).max())
    scale = float(np.abs(expected.astype(wide)).max())
    relative = absolute / scale if scale > _MISSING else absolute
    if not relative <= TOLERANCE.get(str(expected.dtype), 0.0):  # "not <=" is true for undefined numbers too
        raise ExportError(
            f"The exported file gives other numbers than the network for {name} {where}: they differ by "
            f"{absolute:.3g} ({relative:.2g} of the largest value); nothing was written."
        )
    return Difference(absolute, relative)


def _by(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "scalar"
