"""Tensors that come from no data: constants, learned tensors and random numbers."""

from netbuilder.blocks.params import Float, Int, Ints
from netbuilder.blocks.pieces import Axis, Phrase
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port, Ports
from netbuilder.graph.model import Project, Values


def _constant_ports(params: Values, project: Project) -> Ports:
    # A single number may go anywhere; anything larger must lie on the device of what it meets.
    like = Port("like", optional=not params.get("shape", ()), help="Any tensor; the constant lies on the same device.")
    return Ports((like,), CONSTANT.outputs)


CONSTANT = Block(
    name="Constant",
    category="Input",
    summary="Gives the same number every time, alone or as a whole tensor of it.",
    formula="y = value everywhere",
    inputs=(
        Port(
            "like", optional=True, help="Any tensor; the constant lies on the same device, so link it if it has axes."
        ),
    ),
    outputs=(Port("y", dtype="float32", help="The number, or a tensor filled with it."),),
    ports=_constant_ports,
    call="{y} = torch.full({shape}, {value}[[, device={like}.device]])",
    params=(
        Float(name="value", default=1.0, required=True, help="The number."),
        Ints(
            name="shape",
            default=(),
            low=1,
            high=2**20,
            shortest=0,
            longest=8,
            help="The sizes of all its axes, the batch too if it has one; empty for a single number.",
        ),
    ),
    brief="{value}",
    synonyms=("number", "scalar", "fixed value", "fill", "zeros", "ones", "literal"),
)

FULL_LIKE = Block(
    name="FullLike",
    category="Input",
    summary="Gives a tensor of one number, in the shape of another, such as the targets of a GAN.",
    formula="y = value everywhere, in the shape of x",
    inputs=(Port("x", help="Any tensor; only its shape, dtype and device matter."),),
    outputs=(Port("y", help="The number, as often as x has values."),),
    call="{y} = torch.full_like({x}, {value})",
    params=(Float(name="value", default=1.0, required=True, help="The number; 0 and 1 are the usual ones."),),
    brief="{value}",
    synonyms=("ones_like", "zeros_like", "constant", "real and fake labels", "fill"),
)

ARANGE = Block(
    name="Arange",
    category="Input",
    summary="Counts along an axis of another tensor: 0, 1, 2, and so on.",
    formula="y = 0, 1, ..., size of axis dim of x − 1",
    inputs=(Port("x", help="Any tensor; only the size of one axis matters."),),
    outputs=(Port("y", dtype="int64", help="Whole numbers, one axis without a batch."),),
    call="{y} = torch.arange({x}.shape[{dim}], device={x}.device)",
    params=(Axis(name="dim", default=1, required=True, help="The axis that is counted along; 0 is the batch."),),
    brief="axis {dim}",
    synonyms=("range", "count", "index", "positions", "steps"),
)

_INIT = {
    "normal": "normal_",
    "uniform": "uniform_",
    "truncated normal": "trunc_normal_",
    "xavier uniform": "xavier_uniform_",
    "zeros": "zeros_",
    "ones": "ones_",
}
_MEAN = Float(name="mean", default=0.0, help="The middle of the numbers that it starts with.")
_STD = Float(
    name="std", default=0.02, low=0.0, high=1000.0, required=True, help="How far the numbers it starts with lie apart."
)

PARAMETER = Block(
    name="Parameter",
    category="Input",
    summary="A tensor that is learned, such as a query, a token, or a table that several blocks share.",
    formula="y = W, learned",
    outputs=(Port("y", dtype="float32", help="The learned tensor; it has no batch axis unless its shape says so."),),
    make="nn.Parameter(nn.init.{init}(torch.empty({shape}){params}))",
    call="{y} = {self}",
    params=(
        Ints(
            name="shape",
            default=(64,),
            low=1,
            high=2**26,
            longest=8,
            spread=True,
            required=True,
            help="The sizes of all its axes; begin with 1 for something that each sample of a batch is to get.",
        ),
        Phrase(
            name="init",
            default="normal",
            phrases=_INIT,
            required=True,
            help="What it starts with: random numbers around zero, even ones, or zeros or ones.",
        ),
    ),
    variants=(
        (
            "init",
            {
                "normal": (_MEAN, _STD),
                "truncated normal": (_MEAN, _STD),
                "uniform": (
                    Float(name="a", default=0.0, help="The smallest number that it may start with."),
                    Float(name="b", default=1.0, help="The largest number that it may start with."),
                ),
                "xavier uniform": (
                    Float(name="gain", default=1.0, low=0.0, high=1000.0, help="What the numbers are multiplied by."),
                ),
            },
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{shape}",
    synonyms=(
        "learned tensor",
        "learned number",
        "weight",
        "variable",
        "trainable",
        "weight tying",
        "query",
        "token",
        "bias",
    ),
)

NOISE = Block(
    name="Noise",
    category="Input",
    summary="Gives new random numbers every time, such as what a generator makes images from.",
    formula="y drawn from a normal distribution, or evenly from 0 to 1",
    inputs=(Port("like", help="Any tensor with a batch; the noise gets as many samples, on the same device."),),
    outputs=(Port("y", "N *", dtype="float32", help="Random numbers, a tensor of the given size for each sample."),),
    call="{y} = torch.{distribution}({like}.shape[0], {size}, device={like}.device)",
    params=(
        Ints(
            name="size",
            default=(64,),
            low=1,
            high=2**20,
            longest=8,
            spread=True,
            required=True,
            help="The sizes of the axes after the batch, such as 64 or 4, 8, 8.",
        ),
        Phrase(
            name="distribution",
            default="normal",
            phrases={"normal": "randn", "uniform": "rand"},
            required=True,
            help="Normal numbers lie around 0 with standard deviation 1, uniform ones evenly from 0 to 1.",
        ),
    ),
    brief="{distribution}, {size}",
    synonyms=("random", "latent", "z", "gaussian", "sample", "randn", "rand"),
)

NOISE_LIKE = Block(
    name="NoiseLike",
    category="Input",
    summary="Gives new random numbers every time, in the shape of another tensor.",
    formula="y drawn from a normal distribution, or evenly from 0 to 1, in the shape of x",
    inputs=(Port("x", dtype="float32", help="Any tensor; only its shape, dtype and device matter."),),
    outputs=(Port("y", dtype="float32", help="Random numbers, as many as x has values."),),
    call="{y} = torch.{distribution}({x})",
    params=(
        Phrase(
            name="distribution",
            default="normal",
            phrases={"normal": "randn_like", "uniform": "rand_like"},
            required=True,
            help="Normal numbers lie around 0 with standard deviation 1, uniform ones evenly from 0 to 1.",
        ),
    ),
    brief="{distribution}",
    synonyms=("random", "randn_like", "rand_like", "gaussian", "diffusion noise", "epsilon"),
)

RANDOM_STEPS = Block(
    name="RandomIntegers",
    category="Input",
    summary="Draws a whole number for each sample, such as the step of a diffusion to train on.",
    formula="y drawn evenly from low, ..., high − 1",
    inputs=(Port("like", help="Any tensor with a batch; there are as many numbers, on the same device."),),
    outputs=(Port("y", "N", role="class", dtype="int64", help="One whole number for each sample."),),
    call="{y} = torch.randint({low}, {high}, ({like}.shape[0],), device={like}.device)",
    params=(
        Int(name="low", default=0, low=-(2**31), high=2**31 - 2, required=True, help="The smallest number."),
        Int(name="high", default=1000, low=-(2**31) + 1, required=True, help="One more than the largest number."),
    ),
    brief="{low} to {high}",
    synonyms=("randint", "random class", "timestep", "random step", "sample"),
)

GRID = Block(
    name="Grid",
    category="Input",
    summary="Gives the points of a square grid in the plane, to ask a network what it says of each place.",
    formula="points (x, y) with x and y in resolution even steps from low to high, row by row from the lowest y",
    inputs=(Port("like", help="Any tensor; the points lie on the same device."),),
    outputs=(
        Port("points", "M 2", role="vector", dtype="float32", help="The points, resolution · resolution of them."),
    ),
    call="{points} = plane_grid({like}{params})",
    like="netbuilder.nn.planes.plane_grid",
    uses=("netbuilder.nn.planes.plane_grid",),
    params=(
        Float(name="low", default=-1.0, low=-1e6, high=1e6, help="Where the grid begins, on both axes."),
        Float(name="high", default=1.0, low=-1e6, high=1e6, help="Where it ends, on both axes."),
        Int(name="resolution", default=64, low=2, high=512, help="How many points there are along each axis."),
    ),
    brief="{resolution} x {resolution}",
    synonyms=("meshgrid", "mesh", "coordinates", "decision boundary", "decision map", "plane", "linspace"),
)
