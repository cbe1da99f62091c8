"""What the families of augmentation share."""

from netbuilder.blocks.params import Float, Param
from netbuilder.blocks.spec import Block, Port

HOME = "netbuilder.nn.augmentation"
IMAGES = Port("x", "N C H W", role="image", dtype="float32", help="A batch of images.")
CHANGED = Port("y", "N C H W", role="image", dtype="float32", help="The images, changed while training.")
WORDS = ("augment", "augmentation", "random", "more data", "overfitting")


def augmentation(
    name: str,
    function: str,
    summary: str,
    formula: str,
    params: tuple[Param, ...],
    *,
    inputs: tuple[Port, ...] = (IMAGES,),
    outputs: tuple[Port, ...] = (CHANGED,),
    home: str = HOME,
    brief: str = "",
    synonyms: tuple[str, ...] = (),
    source: str = "",
) -> Block:
    """A block of a function (..., training) of netbuilder.nn that does nothing where training is False."""
    return Block(
        name=name,
        category="Augmentation",
        summary=summary,
        formula=formula,
        inputs=inputs,
        outputs=outputs,
        call=f"{{outputs}} = {function}({{inputs}}{{params}}, training={{training}})",
        like=f"{home}.{function}",
        uses=(f"{home}.{function}",),
        params=params,
        idle=True,
        brief=brief,
        synonyms=(*synonyms, *WORDS),
        source=source,
    )


def chance(default: float, what: str) -> Param:
    """The parameter p."""
    return Float(name="p", default=default, low=0.0, high=1.0, help=f"The share of the images that are {what}.")
