"""Layers that read a sequence step by step and remember."""

from netbuilder.blocks.params import Bool, Choice, Float, Inferred, Int, Param
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_SEQUENCE = Port("x", "N T F", role="sequence", dtype="float32", help="Sequences: batch, time, features.")
_READ = Port("y", "N T H", role="sequence", dtype="float32", help="What the last layer says at each step.")


def _state(name: str, optional: bool, text: str) -> Port:
    return Port(name, "L N H", optional=optional, role="tensor", dtype="float32", help=text)


_PARAMS: tuple[Param, ...] = (
    Inferred(
        name="input_size", axis="x.F", required=True, help="How many features each step has; taken from the link."
    ),
    Int(name="hidden_size", default=64, low=1, high=2**16, required=True, help="How many numbers it remembers with."),
    Int(name="num_layers", default=1, low=1, high=64, help="How many layers read one another's output."),
    Bool(name="bias", default=True, advanced=True, help="Whether learned numbers are added inside each gate."),
    Float(
        name="dropout",
        default=0.0,
        low=0.0,
        high=1.0,
        advanced=True,
        help="The share of values set to zero between layers while training; needs two layers or more.",
    ),
    Bool(name="bidirectional", default=False, help="Whether it also reads backwards, which doubles the output."),
)

RNN = Block(
    name="RNN",
    category="Recurrent",
    summary="Reads a sequence step by step with the simplest memory there is, one layer that hears itself.",
    formula="h[t] = tanh(W x[t] + b + U h[t − 1] + c), or relu of it",
    inputs=(_SEQUENCE, _state("h0", True, "What it remembers before the first step; zero unless linked.")),
    outputs=(_READ, _state("h", False, "What each layer remembers after the last step.")),
    module="nn.RNN",
    call="{y}, {h} = {self}({x}[[, {h0}]])",
    fixed={"batch_first": True},
    params=(
        *_PARAMS[:3],
        Choice(
            name="nonlinearity",
            default="tanh",
            options=("tanh", "relu"),
            help="The function that bends what it remembers; relu may grow without end.",
        ),
        *_PARAMS[3:],
    ),
    graphs=IN_NETWORKS,
    brief="{hidden_size} units",
    synonyms=("recurrent", "elman", "memory", "time series", "simple rnn"),
    source="Elman: Finding structure in time, 1990",
)

LSTM = Block(
    name="LSTM",
    category="Recurrent",
    summary="Reads a sequence step by step and learns what to keep in mind and what to forget.",
    formula="c = f · c + i · g, h = o · tanh(c), with gates f, i, o and news g made from x[t] and h",
    inputs=(
        _SEQUENCE,
        _state("h0", True, "What it says before the first step; zero unless linked, then c0 is needed too."),
        _state("c0", True, "What it remembers before the first step; zero unless linked, then h0 is needed too."),
    ),
    outputs=(
        _READ,
        _state("h", False, "What each layer says after the last step."),
        _state("c", False, "What each layer remembers after the last step."),
    ),
    module="nn.LSTM",
    call="{y}, ({h}, {c}) = {self}({x}[[, ({h0}, {c0})]])",
    fixed={"batch_first": True},
    like="nn.RNNBase",
    params=_PARAMS,
    graphs=IN_NETWORKS,
    brief="{hidden_size} units",
    synonyms=("recurrent", "rnn", "memory", "time series", "text", "remember a sequence", "long short-term memory"),
    source="Hochreiter and Schmidhuber: Long short-term memory, 1997",
)

GRU = Block(
    name="GRU",
    category="Recurrent",
    summary="Reads a sequence step by step and remembers, with fewer weights than an LSTM.",
    formula="h = (1 − z) · n + z · h, with gate z and news n made from x[t] and h",
    inputs=(_SEQUENCE, _state("h0", True, "What it remembers before the first step; zero unless linked.")),
    outputs=(_READ, _state("h", False, "What each layer remembers after the last step.")),
    module="nn.GRU",
    call="{y}, {h} = {self}({x}[[, {h0}]])",
    fixed={"batch_first": True},
    like="nn.RNNBase",
    params=_PARAMS,
    graphs=IN_NETWORKS,
    brief="{hidden_size} units",
    synonyms=("recurrent", "rnn", "memory", "time series", "text", "remember a sequence", "gated recurrent unit"),
    source="Cho and others: Learning phrase representations using RNN encoder-decoder, 2014",
)
