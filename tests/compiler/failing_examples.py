"""For rules about nodes that fail when they are run a project in which each speaks."""

from __future__ import annotations

from typing import Any

from netbuilder.graph.model import Project
from tests.blocks.cases.case import as_given, turn
from tests.compiler.projects import chain, graph, project

ROW = ("Input", {"shape": "N 64"})
IMAGE = ("Input", {"shape": "N 3 8 8"})
STEPS = ("Input", {"shape": "N 10 12"})


def one(block: Any, shape: str = "N 64", dtype: str = "float32") -> Project:
    """x -> layer1 -> y."""
    return project(chain({"x": ("Input", {"shape": shape, "dtype": dtype}), "layer1": block, "y": "Output"}))


def several(block: Any, out: str = "y", **shapes: str) -> Project:
    """Inputs by the port that they feed."""
    nodes: dict[str, Any] = {"layer1": block, "out": "Output"}
    links = [f"layer1.{out} > out.x"]
    for port, shape in shapes.items():
        *axes, last = shape.split()
        dtype = last if last in ("int64", "bool") else "float32"
        wanted = tuple(axes if dtype == last else [*axes, last])
        nodes[f"in_{port}"] = ("Input", {"shape": " ".join(as_given(wanted)), "dtype": dtype})
        name, _, index = port.partition("_at")
        source = f"in_{port}.x"
        if (turned := turn(wanted)) is not None:  # what has no batch is the first sample of one
            nodes[f"turned_{port}"] = (turned.block, turned.params)
            links.append(f"{source} > turned_{port}.x")
            source = f"turned_{port}.y"
        links.append(f"{source} > layer1.{name}" + (f".{index}" if index else ""))
    return project(graph(nodes, links))


def after(block: Any, made: Any, shape: str) -> Project:
    """A layer with a size, then the block."""
    return project(chain({"x": ("Input", {"shape": shape}), "made": made, "layer1": block, "y": "Output"}))


def looking(layer: str, tensor: str = "weight") -> Project:
    """A preview graph that looks into a layer of x -> conv1 -> linear1 -> y."""
    nodes: dict[str, Any] = {"x": IMAGE, "conv1": ("Conv2d", {"bias": False}), "linear1": "Linear", "y": "Output"}
    given = {"network": "classifier", "layer": layer, "tensor": tensor}
    look = graph({"layer1": ("LayerWeight", given), "heat": "ViewHeat"}, ["layer1.y > heat.weights"], "preview")
    return project(chain(nodes), look=look)


# rule, project, words, fewest repairs
_ROWS: tuple[tuple[Any, ...], ...] = (
    ("rank", one("Conv2d", "N 3 20"), ("an image", "N x 3 x 20 (3 axes)"), 2),
    ("rank", one("AvgPool1d", "N 3 8 8"), ("channels first", "N x 3 x 8 x 8"), 2),
    ("rank", one("GRU", "N 1 10 12"), ("a sequence",), 1),
    ("free-size", one("Conv1d", "N T 6"), ("fixed size", "N x T x 6"), 1),
    ("number-kind", one("Dropout", "N 6", "bool"), ("true or false (bool)", "x gives"), 2),
    ("number-kind", several("MatMul", a="N 3 4", b="N 4 5 int64"), ("whole numbers (int64)", "in_b gives"), 1),
    ("unflatten", one(("Unflatten", {"unflattened_size": (3, 5)})), ("3 x 5 of axis 1", "64"), 1),
    ("unflatten", one(("SplitHeads", {"num_heads": 5}), "N 10 12"), ("num_heads of 5", "12"), 1),
    ("pieces", several(("SplitSizes", {"sizes": (20, 20)}), "y1", x="N 64"), ("20 + 20 are 40", "64"), 2),
    ("pieces", several(("Chunk", {"chunks": 5}), "y1", x="N 4"), ("5 pieces", "4, gives fewer"), 1),
    ("expand", one(("Expand", {"sizes": (-1, 128)})), ("size 1 only", "N x 64"), 1),
    ("border", one(("Pad", {"pad": (70, 0), "mode": "reflect"}), "N 3 64"), ("reflect", "70, 0"), 1),
    ("border", one(("Conv2d", {"padding": 9, "padding_mode": "reflect"}), "N 3 8 8"), ("reflect", "borders of 9"), 1),
    ("picked", one(("Select", {"index": 64})), ("index of 64", "N x 64"), 1),
    ("picked", several(("TopK", {"k": 65}), x="N 64"), ("k of 65",), 1),
    ("one-point", one("InstanceNorm2d", "N 3 1 1"), ("more than one number", "N x 3 x 1 x 1"), 1),
    ("plane", one("BatchNorm1d", "N 3 8 8"), ("1 axis", "N x 3 x 8 x 8"), 1),
    ("size-mismatch", several("Subtract", a="N 6", b="N 7"), ("puts together", "N x 6", "N x 7"), 1),
    ("size-mismatch", several("Where", condition="N 6 bool", a="N 6", b="N 3 8"), ("N x 6", "N x 3 x 8"), 0),
    ("size-mismatch", several("Stack", x_at0="N 6", x_at1="N 5"), ("stacks", "N x 6", "N x 5"), 1),
    ("size-mismatch", several("Add", x_at0="N 3 8 8", x_at1="N 3"), ("N x 3 x 8 x 8",), 1),
    ("size-mismatch", several("Add", x_at0="N 10 12", x_at1="N 12 10"), ("N x 12 x 10",), 1),
    ("size-mismatch", several("Add", x_at0="N 10 12", x_at1="N 10 6"), ("N x 10 x 6",), 1),
    ("product-mismatch", several("MatMul", a="N 3 4", b="N 5 4"), ("N x 3 x 4 and N x 5 x 4", "4 numbers"), 1),
    ("product-mismatch", several("MatMul", a="N 3 4", b="N 5 6"), ("columns of b 5",), 1),
    ("product-mismatch", several(("Einsum", {"equation": "ij,jk->ik"}), x_at0="N 3 4", x_at1="N 4 5"),
     ("input 1", "'ij'", "N x 3 x 4"), 1),
    ("product-mismatch", several("Einsum", x_at0="N 3 4", x_at1="N 5 6"), ("'j'", "4 at input 1 and 5"), 0),
    ("inputs-apart", several("ScaledDotProductAttention", query="N 7 8", key="N 9 6", value="N 9 8"),
     ("query", "key", "N x 9 x 6"), 1),
    ("inputs-apart", several("CDist", a="N 5 6", b="N 4 7"), ("a of ... x P x F",), 1),
    ("inputs-apart", several("MultiheadAttention", query="N 7 8", key_padding_mask="N 5 bool", key="N 4 8"),
     ("key_padding_mask",), 1),
    ("inputs-apart", several("TransformerEncoderLayer", x="N 7 8", src_mask="5 5 bool"), ("src_mask", "5 x 5"), 1),
    ("mask-size", several("MultiheadAttention", query="N 7 8", attn_mask="7 5 bool"), ("attn_mask", "7 x 5"), 1),
    ("mask-size", several("GRU", x="N 7 8", h0="1 N 9"), ("L x N x H at h0", "1 x N x 9"), 1),
    ("gather-index", several("Gather", x="N 3 4", index="N 3 int64"), ("as many axes", "N x 3"), 0),
    ("window-too-large", one("PatchEmbedding", "N 3 8 8"), ("16 x 16 window", "N x 3 x 8 x 8"), 1),
    ("limits", after("GLU", ("Linear", {"out_features": 7}), "N 64"), ("halved", "even", "7"), 1),
    ("limits", after("PixelShuffle", ("Conv2d", {"out_channels": 6}), "N 3 8 8"), ("4 must divide the 6",), 2),
    ("limits", one("PixelUnshuffle", "N 3 7 7"), ("divide the height, 7",), 1),
    ("limits", one(("PReLU", {"num_parameters": 5})), ("1 slope", "64 channels"), 2),
    ("limits", one(("LearnedPositions", {"num_positions": 8}), "N 10 12"), ("10 steps", "positions for 8"), 1),
    ("limits", one("MelSpectrogram", "N 150"), ("too short", "150"), 1),
    ("limits", one("RotaryEmbedding", "N 10 13"), ("13 is odd",), 1),
    ("limits", one(("ReflectionPad2d", {"padding": 9}), "N 3 8 8"), ("7 wide at most", "9"), 1),
    ("limits", one(("ConvTranspose2d", {"output_padding": 2}), "N 1 8 8"), ("utput padding must be smaller than",), 2),
    ("axis", several("Transpose", x="N 6"), ("dim1 must be -2 to 1", "N x 6"), 1),
    ("axis", one(("Flip", {"dims": (1, -1)})), ("each once",), 1),
    ("axis", one(("Mean", {"dim": 4})), ("dim must be -2 to 1",), 1),
    ("torch", one("FractionalMaxPool3d", "N 3 3 2 2"), ("layer1 does not work with N x 3 x 3 x 2 x 2",), 1),
)  # fmt: skip
_LOOKS: tuple[tuple[Any, ...], ...] = (
    ("no-layer", looking("conv9"), ("conv9, but classifier has no such layer", "conv1, linear1"), 2),
    ("no-layer", looking("conv1", "bias"), ("a bias in conv1 of classifier, which has none",), 2),
    ("no-layer", looking("linear1", "itself"), ("a learned tensor",), 2),
    ("no-layer", looking(""), ("names no layer of classifier yet",), 2),
)
ROWS = (
    *((rule, held, "classifier", "layer1", words, least) for rule, held, words, least in _ROWS),
    *((rule, held, "look", "layer1", words, least) for rule, held, words, least in _LOOKS),
)
