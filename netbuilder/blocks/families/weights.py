"""Looking into a network: what a layer of it has learned."""

from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.pieces import LayerPath, Phrase
from netbuilder.blocks.spec import IN_PREVIEWS, Block, Port

LAYER_WEIGHT = Block(
    name="LayerWeight",
    category="Flow",
    summary="Gives the weights of one layer of a network, such as the filters of a convolution.",
    formula="y = network.layer.weight",
    outputs=(Port("y", dtype="float32", help="The weights as they are now: O I kH kW for Conv2d, O I for Linear."),),
    call="{y} = {network}.{layer}{tensor}",
    params=(
        NetworkRef(name="network", default="", required=True, help="The network that holds the layer."),
        LayerPath(
            name="layer",
            default="",
            required=True,
            help='The id of the layer in it, such as conv1; "block1.conv1" for one in a network within it.',
        ),
        Phrase(
            name="tensor",
            default="weight",
            phrases={"weight": ".weight", "bias": ".bias", "itself": ""},
            required=True,
            help="Its weight, its bias, or the node itself where that is a Parameter.",
        ),
    ),
    graphs=IN_PREVIEWS,
    brief="{layer} {tensor}",
    synonyms=("filters", "kernels", "weights", "bias", "learned parameter", "inspect", "look inside"),
)
