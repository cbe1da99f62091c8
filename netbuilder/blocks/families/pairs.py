"""Learning by comparison: pairs and triplets from a batch, and what is measured of embeddings."""

from netbuilder.blocks.spec import IN_TRAINING, Block, Port

_HOME = "netbuilder.nn.pairs"
_CLASS = Port("target", "N", role="class", dtype="int64", help="The number of each sample's class.")

DRAW_TRIPLETS = Block(
    name="DrawTriplets",
    category="Data",
    summary="Finds for each sample of a batch one of the same class and one of another, at random.",
    formula="positive = another sample of its class, negative = one of another class",
    inputs=(Port("x", "N *", help="The batch, for example of images."), _CLASS),
    outputs=(
        Port("positive", "N *", help="One of the same class for each; the sample itself where it is alone in it."),
        Port("negative", "N *", help="One of another class for each; the sample itself where there is no other."),
    ),
    call="{positive}, {negative} = draw_triplets({x}, {target})",
    like=f"{_HOME}.draw_triplets",
    uses=(f"{_HOME}.draw_triplets",),
    synonyms=("triplet", "anchor", "metric learning", "siamese", "face recognition", "pairs", "contrastive"),
    source="Schroff and others: FaceNet, 2015",
)

NEAREST_NEIGHBOR_ACCURACY = Block(
    name="NearestNeighborAccuracy",
    category="Metric",
    part="metric",
    summary="The share of samples whose nearest other sample is of their class: how good an embedding is.",
    formula="value = mean of (target of argmin |embedding − others| = target)",
    inputs=(
        Port("embedding", "N F", role="vector", dtype="float32", help="The vector that stands for each sample."),
        _CLASS,
    ),
    outputs=(Port("value", dtype="float32", help="A number from 0 to 1; neighbours are looked for in the batch."),),
    call="{value} = nearest_neighbor_accuracy({embedding}, {target})",
    like=f"{_HOME}.nearest_neighbor_accuracy",
    uses=(f"{_HOME}.nearest_neighbor_accuracy",),
    graphs=IN_TRAINING,
    synonyms=("recall at 1", "1-nn", "knn", "retrieval", "metric learning", "face recognition", "embedding"),
    source="Oh Song et al., Deep metric learning via lifted structured feature embedding (2016)",
)
