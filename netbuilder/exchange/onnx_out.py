"""Exports a network as one ONNX file, checks it, and compares it with onnxruntime before anybody sees it.

Through `torch.onnx.export(dynamo=True)` with named free axes. The file is written aside and put in its place only
after `onnx.checker` (full check) and the comparison at several sizes of every free axis; nothing else stays behind.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import onnx
import torch
from torch import Tensor, nn

from netbuilder.exchange.compare import Difference, Runtime, compare, first_line
from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.examples import BATCH_AXIS, InputSpec, free_axes, tensors, trial_sizes
from netbuilder.exchange.scans import importable
from netbuilder.exchange.target import check_target

Progress = Callable[[float, str], None]
LARGEST = 2**31 - 2**20  # protobuf's limit for one file, less the graph itself
_LONGEST_REASON = 200
_STATIC = re.compile(r"static shape of \d+ for dimension inputs\['(\w+)'\]\.shape\[(\d+)\]")


class Exported(msgspec.Struct, frozen=True):
    """What was written and how well it agrees. `sizes`: the sizes of the free axes at which it was compared."""

    path: str
    bytes: int
    opset: int
    free_axes: tuple[str, ...]
    batches: tuple[int, ...]
    sizes: tuple[dict[str, int], ...]
    largest_difference: float
    largest_relative_difference: float
    note: str = ""  # what a person should know of how it was written


def _ignore(done: float, text: str) -> None:
    pass


def export(
    module: nn.Module,
    inputs: Sequence[InputSpec],
    outputs: Sequence[str],
    to: Path,
    metadata: Mapping[str, str],
    progress: Progress = _ignore,
    scratch: Path | None = None,
    scanned: nn.Module | None = None,
) -> Exported:
    """Writes `to` and says how far onnxruntime's numbers are from torch's.

    `to` is one ONNX file; an older one is replaced, a file of any other kind is not.

    module: takes the inputs by position and gives one tensor, or a tuple of them in the order of `outputs`. It is
    copied, put into eval mode and run on the CPU. `scratch` is a folder on the same disk as `to`, one of our own where
    None. `scanned`: the same module with its loops as scans, which stay loops in the file; where that can't be written
    the loops are unrolled for one length, and the note says so. Raises ExportError with one sentence, in which case no
    file was written or replaced.
    """
    check_target(to)
    progress(0.0, "Looking for sizes that the network accepts")
    module = copy.deepcopy(module).cpu().eval()
    _check_size(module)
    trials = trial_sizes(module, inputs)
    with _folder_beside(to, scratch) as folder:
        aside = folder / "network.onnx"
        done = _Work(aside, outputs, metadata, progress)
        if scanned is None:
            found = done.write(module, module, inputs, trials)
        else:
            try:
                found = done.write(module, copy.deepcopy(scanned).cpu().eval().requires_grad_(False), inputs, trials)
            except ExportError as error:
                found = _unrolled(done, module, inputs, trials, error)
        try:
            os.replace(aside, to)
        except OSError as error:
            raise ExportError(f"{to} can't be written: {error.strerror}.") from error
    progress(1.0, "Done")
    return msgspec.structs.replace(found, path=str(to))


def _unrolled(
    work: _Work, module: nn.Module, inputs: Sequence[InputSpec], trials: Sequence[dict[str, int]], error: ExportError
) -> Exported:
    """The file with every step written out, for the lengths of the first trial."""
    lengths = {axis: size for axis, size in trials[0].items() if axis != BATCH_AXIS}
    fixed = [
        msgspec.structs.replace(spec, shape=tuple(lengths.get(axis, axis) for axis in spec.shape))  # type: ignore[arg-type]
        for spec in inputs
    ]
    fitting = [sizes for sizes in trials if all(sizes[axis] == size for axis, size in lengths.items())]
    batches = [{axis: size for axis, size in sizes.items() if axis not in lengths} for sizes in fitting]
    found = work.write(module, module, fixed, batches)
    note = "ONNX could not keep the loop as a loop, so every step is written out"
    if lengths:
        exact = " and ".join(f"{axis} = {size}" for axis, size in lengths.items())
        note += f", for {exact} only; for another length write a number into the shape of the Input"
    return msgspec.structs.replace(found, note=f"{note}. What stood in the way: {_short(str(error))}")


def _short(text: str) -> str:
    text = text.rstrip(" :")
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON].rsplit(' ', 1)[0]} ..."


class _Work:
    """One export under way: writes the file aside, checks it and compares it."""

    def __init__(self, aside: Path, outputs: Sequence[str], metadata: Mapping[str, str], progress: Progress) -> None:
        self.aside, self.outputs, self.metadata, self.progress = aside, outputs, metadata, progress

    def write(
        self,
        module: nn.Module,
        written: nn.Module,
        inputs: Sequence[InputSpec],
        trials: Sequence[dict[str, int]],
    ) -> Exported:
        """Writes `written`, and compares the file with `module`. Raises ExportError."""
        generator = torch.Generator().manual_seed(0)
        examples = [tensors(inputs, sizes, generator) for sizes in trials]
        with torch.no_grad():
            expected = [_as_tuple(module(*example)) for example in examples]
        self.progress(0.1, "Writing the network as ONNX")
        model = _convert(written, inputs, self.outputs, examples[0])
        _name_axes(model, expected, trials)
        _strip(model)
        onnx.helper.set_model_props(model, dict(self.metadata))
        self.progress(0.7, "Checking the file")
        _write(model, self.aside)
        _check(self.aside)
        try:
            difference = _compare_all(self.aside, inputs, self.outputs, examples, expected, trials, self.progress)
        except ExportError:
            with torch.no_grad():  # both runs now: the one above was before the conversion, which may do harm itself
                once, again = (_as_tuple(module(*examples[0])) for _ in range(2))
            _refuse_random(once, again, self.outputs)
            raise
        return Exported(
            path=str(self.aside),
            bytes=self.aside.stat().st_size,
            opset=next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")),
            free_axes=free_axes(inputs),
            batches=tuple(dict.fromkeys(sizes[BATCH_AXIS] for sizes in trials if BATCH_AXIS in sizes)),
            sizes=tuple(trials),
            largest_difference=difference.absolute,
            largest_relative_difference=difference.relative,
        )


def _refuse_random(once: Sequence[Tensor], again: Sequence[Tensor], outputs: Sequence[str]) -> None:
    """There is nothing to compare where the network itself gives other numbers each time."""
    for name, one, other in zip(outputs, once, again, strict=True):
        if not torch.allclose(one.double(), other.double(), equal_nan=True):
            raise ExportError(
                f"The network gives other numbers for {name} each time, because a node in it (such as Reparameterize "
                "or Noise) draws random ones even after training; bypass that node, or make an Input of what it draws."
            )


def _check_size(module: nn.Module) -> None:
    held = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    if held > LARGEST:
        raise ExportError(
            f"The network's weights take {held / 2**30:.1f} GiB, but one ONNX file holds at most 2 GiB; "
            "use fewer or smaller layers."
        )


def _as_tuple(result: Any) -> tuple[Tensor, ...]:
    return tuple(result) if isinstance(result, tuple | list) else (result,)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """The exporter's warnings and log lines speak to torch's developers, not to a person who exports."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # what goes wrong is raised as well
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def _recurrent_layers() -> Iterator[None]:
    """LSTM and GRU keep their free time axis also in the second export of a process.

    The exporter swaps the kernels of these two while it works, but torch remembers by dispatch key which kernel it
    took before (for example when the network was analysed), so that the swap has no effect (seen in torch 2.13).
    Forgetting that before and after is enough. A torch without this memory needs nothing.
    """
    memories = [getattr(op, "_dispatch_cache", {}) for op in (torch.ops.aten.lstm.input, torch.ops.aten.gru.input)]
    for memory in memories:
        memory.clear()
    try:
        yield
    finally:
        for memory in memories:
            memory.clear()


@contextlib.contextmanager
def _max_pool1d() -> Iterator[None]:
    """MaxPool1d keeps its free length axis.

    While torch traces, its max_pool1d fixes the length at the example's; the one that also gives indices does not
    (seen in torch 2.13), and its values are the same.
    """
    plain = torch.max_pool1d
    values: Any = lambda *arguments: torch.ops.aten.max_pool1d_with_indices(*arguments)[0]  # noqa: E731
    torch.max_pool1d = values
    try:
        yield
    finally:
        torch.max_pool1d = plain


def _convert(
    module: nn.Module, inputs: Sequence[InputSpec], outputs: Sequence[str], example: tuple[Tensor, ...]
) -> onnx.ModelProto:
    free = tuple({at: size for at, size in enumerate(spec.shape) if isinstance(size, str)} for spec in inputs)
    try:
        with quiet(), _recurrent_layers(), _max_pool1d(), importable(module):
            program = torch.onnx.export(
                module,
                example,
                dynamo=True,
                verbose=False,
                input_names=[spec.name for spec in inputs],
                output_names=list(outputs),
                dynamic_shapes=free,
            )
    except Exception as error:  # the exporter wraps whatever happens on its way
        raise ExportError(_why(error, inputs)) from error
    assert program is not None
    return program.model_proto


def _why(error: BaseException, inputs: Sequence[InputSpec]) -> str:
    text = str(error)
    if match := _STATIC.search(text):
        spec = next((spec for spec in inputs if spec.name == match[1]), inputs[0])
        axis = spec.shape[int(match[2])]
        return (
            f"Axis {axis} of {spec.name} can't stay free in ONNX: once exported, a block of this network (such as "
            f"nn.RNN) works for one size only; write a number for {axis} in the shape of {spec.name}."
        )
    summary = text.rpartition("## Exception summary")[2].strip() or text.strip()
    line = re.sub(r"\x1b\[[0-9;]*m", "", (summary.splitlines() or [type(error).__name__])[0])
    return f"torch can't write this network as ONNX: {re.sub(r'^<class .(.*?).>: ', '', line)}"


def _name_axes(model: onnx.ModelProto, expected: Sequence[Sequence[Tensor]], trials: Sequence[dict[str, int]]) -> None:
    """Outputs whose size follows a free axis say so; the exporter writes the example's size for some (LSTM)."""
    for at, value in enumerate(model.graph.output):
        shapes = [results[at].shape for results in expected]
        for axis, dim in enumerate(value.type.tensor_type.shape.dim):
            seen = [shape[axis] for shape in shapes]
            if dim.HasField("dim_value") and len(set(seen)) > 1:
                names = [name for name in trials[0] if [sizes[name] for sizes in trials] == seen]
                dim.dim_param = names[0] if names else f"{value.name}_{axis}"
    # Sizes of values in between can be just as wrong, and onnxruntime plans its memory by them; so can those that the
    # body of a loop gives (a GRU in each step of a Scan).
    del model.graph.value_info[:]
    for body in _bodies(model):
        del body.value_info[:]
        for value in body.output:
            for dim in value.type.tensor_type.shape.dim:
                dim.Clear()


def _bodies(model: onnx.ModelProto) -> list[onnx.GraphProto]:
    """The graphs inside of nodes (the step of a Scan), at any depth."""
    found: list[onnx.GraphProto] = []
    todo = [model.graph, *model.functions]
    while todo:
        inner = [attribute.g for node in todo.pop().node for attribute in node.attribute if attribute.HasField("g")]
        found += inner
        todo += inner
    return found


def _strip(model: onnx.ModelProto) -> None:
    """Takes out where in which file of this machine each node comes from."""
    for graph in [model.graph, *model.functions, *_bodies(model)]:
        for node in graph.node:
            del node.metadata_props[:]
            node.ClearField("doc_string")
        del graph.metadata_props[:]
        for name in ("input", "output", "value_info", "initializer"):
            for value in getattr(graph, name, ()):
                if not isinstance(value, str):
                    del value.metadata_props[:]
    model.graph.ClearField("doc_string")


@contextlib.contextmanager
def _folder_beside(to: Path, scratch: Path | None) -> Iterator[Path]:
    if scratch is not None:
        yield scratch
        return
    try:
        folder = tempfile.TemporaryDirectory(prefix=".netbuilder-", dir=to.parent)
    except OSError as error:
        raise ExportError(f"Nothing can be written to the folder {to.parent}: {error.strerror}.") from error
    with folder as name:
        yield Path(name)


def _write(model: onnx.ModelProto, path: Path) -> None:
    try:
        data = model.SerializeToString()
    except Exception as error:  # protobuf's own exception is not public
        raise ExportError(f"The network does not fit into one ONNX file of 2 GiB: {first_line(error)}") from error
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ExportError(f"The file can't be written beside its place ({path.parent}): {error.strerror}.") from error


def _check(path: Path) -> None:
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:  # its exceptions share no base but Exception
        raise ExportError(f"The exported file breaks ONNX's rules, so it was not kept: {first_line(error)}") from error


def _compare_all(
    path: Path,
    inputs: Sequence[InputSpec],
    outputs: Sequence[str],
    examples: Sequence[tuple[Tensor, ...]],
    expected: Sequence[Sequence[Tensor]],
    trials: Sequence[dict[str, int]],
    progress: Progress,
) -> Difference:
    runtime = Runtime(path)
    largest = Difference()
    for at, sizes in enumerate(trials):
        shown = ", ".join(f"{axis} = {size}" for axis, size in sizes.items()) or "its fixed sizes"
        progress(0.75 + 0.25 * at / len(trials), f"Comparing with onnxruntime at {shown}")
        try:
            got = runtime.run([spec.name for spec in inputs], examples[at])
        except ExportError as error:
            free = ", ".join(axis for axis in free_axes(inputs) if axis != BATCH_AXIS)
            advice = f" Write numbers for {free} in the Input's shape." if free else ""
            raise ExportError(f"The exported file fails in onnxruntime with {shown}: {error}.{advice}") from error
        largest |= compare(expected[at], got, outputs, sizes)
    return largest
