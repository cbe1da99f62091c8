"""Networks of many kinds become ONNX files that onnxruntime runs to the same numbers, or no file at all."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional

from netbuilder.exchange import onnx_out
from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.examples import InputSpec, free_axes, trial_sizes
from netbuilder.exchange.onnx_out import export


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.GELU(), nn.Linear(32, 10))

    def forward(self, x):
        return self.net(x)


class Cnn(nn.Module):
    """BatchNorm and Dropout: only right in eval mode."""

    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.up, self.drop = nn.ConvTranspose2d(8, 4, 2, stride=2), nn.Dropout(0.5)
        self.out = nn.Linear(4 * 64, 10)

    def forward(self, image):
        x = torch.max_pool2d(torch.relu(self.norm1(self.conv1(image))), 2)
        return self.out(self.drop(torch.relu(self.up(x))).flatten(1))


class Recurrent(nn.Module):
    def __init__(self, kind=nn.LSTM, **options):
        super().__init__()
        self.cell = kind(8, 16, batch_first=True, **options)
        self.out = nn.Linear(16 * (2 if options.get("bidirectional") else 1), 3)

    def forward(self, x):
        y, _ = self.cell(x)
        return self.out(y)


class WithStates(nn.Module):
    """Two layers in both directions, with states going in and out."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(8, 16, num_layers=2, bidirectional=True, batch_first=True)

    def forward(self, x, h0, c0):
        y, (h, c) = self.cell(x, (h0, c0))
        return y, h, c


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(12, 16)
        self.attend = nn.MultiheadAttention(16, 4, batch_first=True)
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.out = nn.Linear(16, 5)

    def forward(self, tokens):
        x = self.embed(tokens)
        y, weights = self.attend(x, x, x)
        return self.out(self.layer(x + y)), weights


class Halved(nn.Module):
    """Accepts even lengths only: what a U-Net does."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv1d(2, 4, 2, stride=2), nn.ConvTranspose1d(4, 2, 2, stride=2)

    def forward(self, x):
        return x + self.up(self.down(x))


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(3, 4), nn.Linear(5, 4)

    def forward(self, left, right):
        return self.a(left) * self.b(right)


class Sound(nn.Module):
    """A free length through a border, weight norm and a pool, while torch's max_pool1d alone would settle it."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.utils.parametrizations.weight_norm(nn.Conv1d(2, 4, 3))
        self.conv2 = nn.utils.parametrizations.spectral_norm(nn.Conv1d(4, 3, 1))
        self.norm = nn.InstanceNorm1d(4, affine=True)

    def forward(self, x):
        x = self.norm(self.conv1(functional.pad(x, (1, 1), mode="reflect")))
        x = functional.max_pool1d(x, 3, 2, padding=1, ceil_mode=True)
        return self.conv2(functional.lp_pool1d(x, 2.0, 2))


SEQUENCE = InputSpec("x", ("N", "T", 8))
CASES = {
    "mlp": (Mlp, [InputSpec("image", ("N", 1, 8, 8))], ["logits"]),
    "cnn": (Cnn, [InputSpec("image", ("N", 1, 8, 8))], ["logits"]),
    "lstm": (Recurrent, [SEQUENCE], ["y"]),
    "deep_lstm": (lambda: Recurrent(num_layers=2, bidirectional=True), [SEQUENCE], ["y"]),
    "states": (WithStates, [SEQUENCE, InputSpec("h0", (4, "N", 16)), InputSpec("c0", (4, "N", 16))], ["y", "h", "c"]),
    "deep_gru": (lambda: Recurrent(nn.GRU, num_layers=2, bidirectional=True), [SEQUENCE], ["y"]),
    "gru": (lambda: Recurrent(nn.GRU), [SEQUENCE], ["y"]),
    "attention": (Attention, [InputSpec("tokens", ("N", "T"), "int64", 12)], ["logits", "weights"]),
    "halved": (Halved, [InputSpec("x", ("N", 2, "L"))], ["y"]),
    "sound": (Sound, [InputSpec("x", ("N", 2, "L"))], ["y"]),
    "two_inputs": (TwoInputs, [InputSpec("left", ("N", 3)), InputSpec("right", ("N", 5))], ["y"]),
}


def settled(make):
    """A network whose BatchNorm has seen numbers, in training mode as it comes from a trainer."""
    torch.manual_seed(1)
    module = make()
    for inner in module.modules():
        if isinstance(inner, nn.BatchNorm2d):
            nn.init.normal_(inner.running_mean)
            nn.init.uniform_(inner.running_var, 0.5, 2.0)
    return module.train()


@pytest.mark.parametrize("name", CASES)
def test_the_file_gives_the_same_numbers(name, tmp_path):
    make, inputs, outputs = CASES[name]
    module = settled(make)
    heard = []
    done = export(module, inputs, outputs, tmp_path / "net.onnx", {"a": "b"}, lambda at, text: heard.append((at, text)))
    assert module.training  # the caller's network is left as it was
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]  # one file, nothing beside it
    assert done.bytes == (tmp_path / "net.onnx").stat().st_size
    assert done.batches == (2, 5)
    assert done.free_axes == free_axes(inputs)
    assert done.largest_difference < 1e-4
    assert [at for at, _ in heard] == sorted(at for at, _ in heard)
    assert heard[-1][0] == 1.0

    # The comparison again by other means: sizes and values that the export has not used.
    model = onnx.load(str(tmp_path / "net.onnx"))
    assert {p.key: p.value for p in model.metadata_props} == {"a": "b"}
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    sizes = {"N": 3, "T": 9, "L": 10}
    shown = {value.name: value.shape for value in session.get_inputs()}
    assert shown == {spec.name: list(spec.shape) for spec in inputs}
    assert [value.name for value in session.get_outputs()] == outputs
    generator = torch.Generator().manual_seed(5)
    values = onnx_out.tensors(inputs, sizes, generator)
    with torch.no_grad():
        expected = module.eval()(*values)
    got = session.run(None, {spec.name: value.numpy() for spec, value in zip(inputs, values, strict=True)})
    for one, other in zip(expected if isinstance(expected, tuple) else [expected], got, strict=True):
        np.testing.assert_allclose(other, one.numpy(), rtol=1e-4, atol=1e-5)


class Odd(nn.Module):
    """Gives an input back as it is, the same value twice, a bool, and leaves one input unused."""

    def forward(self, x, mask, unused):
        y = x * 2
        return x, y, y, mask, (x > 0)


def test_unusual_inputs_and_outputs(tmp_path):
    inputs = [InputSpec("x", ("N", 3)), InputSpec("mask", ("N", "T"), "bool"), InputSpec("unused", ("N",), "int64", 5)]
    done = export(Odd(), inputs, ["same", "y1", "y2", "m", "positive"], tmp_path / "net.onnx", {})
    assert done.largest_difference == 0.0
    names = [value.name for value in onnx.load(str(tmp_path / "net.onnx")).graph.output]
    assert names == ["same", "y1", "y2", "m", "positive"]


def test_a_network_of_fixed_size(tmp_path):
    done = export(settled(Mlp), [InputSpec("image", (4, 1, 8, 8))], ["logits"], tmp_path / "net.onnx", {})
    assert (done.batches, done.free_axes, done.sizes) == ((), (), ({},))


def test_outputs_of_a_recurrent_network_keep_their_free_axis(tmp_path):
    export(settled(Recurrent), [SEQUENCE], ["y"], tmp_path / "net.onnx", {})
    model = onnx.load(str(tmp_path / "net.onnx"))
    dims = model.graph.output[0].type.tensor_type.shape.dim
    assert [dim.dim_param or dim.dim_value for dim in dims] == ["N", "T", 3]


def test_a_recurrent_network_can_be_exported_after_it_was_analysed(tmp_path):
    """torch remembers the kernel it took for fake tensors; that must not fix the time axis (see _recurrent_layers)."""
    module = settled(Recurrent)
    with FakeTensorMode(allow_non_fake_inputs=True):
        module(torch.empty(2, 5, 8))
    for _ in range(2):
        done = export(module, [SEQUENCE], ["y"], tmp_path / "net.onnx", {})
        assert len({sizes["T"] for sizes in done.sizes}) == 3
    with FakeTensorMode(allow_non_fake_inputs=True):
        assert tuple(module(torch.empty(2, 5, 8)).shape) == (2, 5, 3)


def test_nothing_of_this_machine_is_in_the_file(tmp_path):
    export(settled(Cnn), CASES["cnn"][1], ["logits"], tmp_path / "net.onnx", {})
    data = (tmp_path / "net.onnx").read_bytes()
    assert Path(__file__).name.encode() not in data
    assert b"site-packages" not in data
    assert b"stack_trace" not in data


def test_metadata_survives_with_any_text(tmp_path):
    metadata = {"project": 'Ziffern "ü" \u202e', "blocks": json.dumps({"conv1": "Conv2d"})}
    export(settled(Mlp), CASES["mlp"][1], ["logits"], tmp_path / "net.onnx", metadata)
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map == metadata


def refused(tmp_path, module, inputs, outputs=("y",)):
    """The sentence with which an export is refused; an older file stays as it was and nothing else is left."""
    old = tmp_path / "net.onnx"
    old.write_bytes(b"older")
    with pytest.raises(ExportError) as caught:
        export(module, inputs, list(outputs), old, {})
    assert old.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["net.onnx"]
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    return str(caught.value)


def test_a_plain_rnn_with_free_time_is_refused_in_words(tmp_path):
    sentence = refused(tmp_path, settled(lambda: Recurrent(nn.RNN)), [SEQUENCE])
    assert sentence.startswith("Axis T of x can't stay free in ONNX")
    assert sentence.endswith("write a number for T in the shape of x.")


def test_adaptive_pooling_with_free_height_and_width_is_refused_in_words(tmp_path):
    module = nn.Sequential(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 2))
    sentence = refused(tmp_path, module, [InputSpec("x", ("N", 1, "H", "W"))])
    assert "Write numbers for H, W" in sentence


def test_numbers_that_differ_are_refused(tmp_path, monkeypatch):
    """A converter that gets one weight wrong by a little: only the comparison can see that."""
    convert = onnx_out._convert

    def wrong(module, *arguments):
        with torch.no_grad():
            module.net[1].weight[0, 0] += 1.0
        return convert(module, *arguments)

    monkeypatch.setattr(onnx_out, "_convert", wrong)
    sentence = refused(tmp_path, settled(Mlp), CASES["mlp"][1], ["logits"])
    assert "other numbers than the network for logits" in sentence


def test_a_size_that_is_baked_in_is_refused(tmp_path, monkeypatch):
    class Baked(nn.Module):
        def forward(self, x):
            return x * torch.ones(int(x.shape[0]), 1)

    convert = onnx_out._convert
    monkeypatch.setattr(
        onnx_out,
        "_convert",
        lambda m, i, o, e: convert(m, [InputSpec("x", (2, 3))], o, e),  # forgets the free axis
    )
    sentence = refused(tmp_path, Baked(), [InputSpec("x", ("N", 3))])
    assert "onnxruntime with N = 5" in sentence


def test_weights_that_are_not_numbers_are_refused(tmp_path):
    module = settled(Mlp)
    with torch.no_grad():
        module.net[1].bias[0] = float("nan")
    assert "infinite or undefined numbers" in refused(tmp_path, module, CASES["mlp"][1], ["logits"])


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ExportError, match="is not a place for a file"):
        export(settled(Mlp), CASES["mlp"][1], ["logits"], tmp_path / "missing" / "net.onnx", {})


def test_only_an_older_export_is_replaced(tmp_path):
    target = tmp_path / "notes.txt"
    target.write_text("mine")
    with pytest.raises(ExportError, match=r"notes\.txt is there already and is no \.onnx file, so it is not replaced"):
        export(nn.Linear(4, 3), [InputSpec("x", ("N", 4))], ["y"], target, {})
    assert target.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_sizes_are_distinct_and_what_the_network_accepts():
    trials = trial_sizes(Halved(), CASES["halved"][1])
    assert {sizes["N"] for sizes in trials} == {2, 5}
    assert len({sizes["L"] for sizes in trials}) == 3
    assert all(sizes["L"] % 2 == 0 for sizes in trials)
    with pytest.raises(ExportError, match="does not run on example inputs with free axes L"):
        trial_sizes(nn.Linear(1000, 3), [InputSpec("x", ("N", "L"))])


def test_the_exporter_says_nothing_by_itself(tmp_path, capfd):
    export(settled(Recurrent), [SEQUENCE], ["y"], tmp_path / "net.onnx", {})
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
