"""Masks that tell attention which steps may not be looked at."""

from netbuilder.blocks.params import Int
from netbuilder.blocks.pieces import Phrase
from netbuilder.blocks.spec import Block, Port

_MARKS_HELP = (
    "What True means: blocked for MultiheadAttention and transformer layers, allowed for ScaledDotProductAttention."
)


def _marks(blocked: str, allowed: str) -> Phrase:
    return Phrase(
        name="marks",
        default="blocked",
        phrases={"blocked": blocked, "allowed": allowed},
        required=True,
        help=_MARKS_HELP,
    )


CAUSAL_MASK = Block(
    name="CausalMask",
    category="Attention",
    summary="Keeps each step of a sequence from looking at later ones, as language models need.",
    formula="y[t, s] = whether s is later than t",
    inputs=(Port("x", "N T *", role="sequence", help="The sequence; only its length and device matter."),),
    outputs=(Port("y", "", dtype="bool", help="T x T: for each step which ones it may not look at."),),
    call="{y} = torch.ones({x}.shape[1], {x}.shape[1], dtype=torch.bool, device={x}.device).{marks}",
    params=(_marks("triu(1)", "tril()"),),
    brief="True is {marks}",
    synonyms=("attention mask", "look-ahead", "autoregressive", "triangular", "gpt"),
)

PADDING_MASK = Block(
    name="PaddingMask",
    category="Attention",
    summary="Marks the steps of a sequence that only fill gaps, told by their number.",
    formula="y[t] = whether x[t] is padding_idx",
    inputs=(Port("x", "N T", role="class", dtype="int64", help="Whole numbers, such as the words of a text."),),
    outputs=(Port("y", "N T", dtype="bool", help="One True or False for each step."),),
    call="{y} = {x} {marks} {padding_idx}",
    params=(
        Int(name="padding_idx", default=0, required=True, help="The number that fills gaps."),
        _marks("==", "!="),
    ),
    brief="gaps hold {padding_idx}",
    synonyms=("attention mask", "key_padding_mask", "pad token", "gaps", "variable length"),
)

LENGTH_MASK = Block(
    name="LengthMask",
    category="Attention",
    summary="Marks the steps that lie behind the end of each sequence, told by its length.",
    formula="y[t] = whether t is at or behind length",
    inputs=(
        Port("x", "N T *", role="sequence", help="The sequences; only how long the longest may be matters."),
        Port("length", "N", dtype="int64", help="How many steps of each sequence count."),
    ),
    outputs=(Port("y", "N T", dtype="bool", help="One True or False for each step."),),
    call="{y} = torch.arange({x}.shape[1], device={x}.device) {marks} {length}[:, None]",
    params=(_marks(">=", "<"),),
    brief="True is {marks}",
    synonyms=("attention mask", "key_padding_mask", "sequence length", "gaps", "variable length"),
)
