"""The losses of torch.nn that compare pairs, want margins, or read sequences, each a mean over the batch."""

from netbuilder.blocks.families.losses import CLASS_WEIGHT, LOSS
from netbuilder.blocks.params import Bool, Float, Int
from netbuilder.blocks.spec import IN_STEPS, Block, Port

_SIGN = "Whether the two belong together: 1 or -1 for each sample."

HINGE_EMBEDDING_LOSS = Block(
    name="HingeEmbeddingLoss",
    category="Loss",
    part="loss",
    summary="Makes distances of like pairs small, and those of unlike pairs larger than a margin.",
    formula="loss = mean of x where target is 1, max(0, margin − x) where it is −1",
    inputs=(
        Port("x", "N *", dtype="float32", help="A distance for each pair."),
        Port("target", "N *", dtype="float32", help="Like pairs are 1 and unlike ones -1, as float32."),
    ),
    outputs=LOSS,
    call="{loss} = F.hinge_embedding_loss({x}, {target}{params})",
    like="nn.HingeEmbeddingLoss",
    params=(
        Float(name="margin", default=1.0, low=-1e6, high=1e6, help="Unlike pairs that are farther apart cost nothing."),
    ),
    graphs=IN_STEPS,
    synonyms=("metric learning", "siamese", "similarity", "pairs"),
)

COSINE_EMBEDDING_LOSS = Block(
    name="CosineEmbeddingLoss",
    category="Loss",
    part="loss",
    summary="Turns vectors of like pairs into one direction, and those of unlike pairs apart.",
    formula="loss = mean of 1 − cos(x1, x2) where target is 1, max(0, cos(x1, x2) − margin) where it is −1",
    inputs=(
        Port("x1", "N F", role="vector", dtype="float32", help="The first vector of each pair."),
        Port("x2", "N F", role="vector", dtype="float32", help="The second vector of each pair."),
        Port("target", "N", help=_SIGN),
    ),
    outputs=LOSS,
    call="{loss} = F.cosine_embedding_loss({x1}, {x2}, {target}{params})",
    like="nn.CosineEmbeddingLoss",
    params=(
        Float(name="margin", default=0.0, low=-1.0, high=1.0, help="Unlike pairs below this likeness cost nothing."),
    ),
    graphs=IN_STEPS,
    synonyms=("metric learning", "siamese", "similarity", "embeddings", "angle"),
)

MARGIN_RANKING_LOSS = Block(
    name="MarginRankingLoss",
    category="Loss",
    part="loss",
    summary="Teaches which of two things should score higher.",
    formula="loss = mean of max(0, −target · (x1 − x2) + margin)",
    inputs=(
        Port("x1", "N *", dtype="float32", help="The score of the first thing of each pair."),
        Port("x2", "N *", dtype="float32", help="The score of the second thing of each pair."),
        Port("target", "N *", help="Which should score higher: 1 for the first, -1 for the second."),
    ),
    outputs=LOSS,
    call="{loss} = F.margin_ranking_loss({x1}, {x2}, {target}{params})",
    like="nn.MarginRankingLoss",
    params=(
        Float(name="margin", default=0.0, low=-1e6, high=1e6, help="How much higher the better one should score."),
    ),
    graphs=IN_STEPS,
    synonyms=("ranking", "preference", "order", "recommendation", "search"),
)

TRIPLET_MARGIN_LOSS = Block(
    name="TripletMarginLoss",
    category="Loss",
    part="loss",
    summary="Pulls an anchor towards something like it and away from something unlike it.",
    formula="loss = mean of max(0, |anchor − positive| − |anchor − negative| + margin)",
    inputs=(
        Port("anchor", "N F", role="vector", dtype="float32", help="The vector of a sample."),
        Port("positive", "N F", role="vector", dtype="float32", help="That of one of the same kind."),
        Port("negative", "N F", role="vector", dtype="float32", help="That of one of another kind."),
    ),
    outputs=LOSS,
    call="{loss} = F.triplet_margin_loss({anchor}, {positive}, {negative}{params})",
    like="nn.TripletMarginLoss",
    params=(
        Float(
            name="margin",
            default=1.0,
            low=1e-12,
            high=1e6,
            help="How much nearer the like one must be to cost nothing.",
        ),
        Float(
            name="p", default=2.0, low=0.0, high=100.0, advanced=True, help="Which distance: 2 is the straight line."
        ),
        Float(
            name="eps",
            default=1e-6,
            low=0.0,
            high=1.0,
            advanced=True,
            help="A tiny number that keeps distances from 0.",
        ),
        Bool(
            name="swap",
            default=False,
            advanced=True,
            help="Whether the unlike one is compared with the like one where that is nearer.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("metric learning", "face recognition", "siamese", "embeddings", "similarity"),
    source="Balntas et al., Learning local feature descriptors with triplets (2016)",
)

SOFT_MARGIN_LOSS = Block(
    name="SoftMarginLoss",
    category="Loss",
    part="loss",
    summary="Measures how wrong yes-or-no answers are whose targets are 1 and -1.",
    formula="loss = mean of log(1 + exp(−target · logits))",
    inputs=(
        Port("logits", "N *", role="logits", dtype="float32", help="A score for each answer: above 0 means yes."),
        Port("target", "N *", dtype="float32", help="Yes is 1 and no is -1, as float32 in the same shape."),
    ),
    outputs=LOSS,
    call="{loss} = F.soft_margin_loss({logits}, {target})",
    like="nn.SoftMarginLoss",
    graphs=IN_STEPS,
    synonyms=("binary", "logistic", "yes or no"),
)

MULTI_MARGIN_LOSS = Block(
    name="MultiMarginLoss",
    category="Loss",
    part="loss",
    summary="Wants the right class to score higher than every other by a margin.",
    formula="loss = mean of sum of max(0, margin − logits[target] + logits)^p / C",
    inputs=(
        Port("logits", "N C", role="logits", dtype="float32", help="A score for each class."),
        Port("target", "N", role="class", dtype="int64", help="The number of the right class."),
        CLASS_WEIGHT,
    ),
    outputs=LOSS,
    call="{loss} = F.multi_margin_loss({logits}, {target}[[, weight={weight}]]{params})",
    like="nn.MultiMarginLoss",
    params=(
        Int(name="p", default=1, low=1, high=2, help="Whether what is missing counts as it is (1) or squared (2)."),
        Float(name="margin", default=1.0, low=-1e6, high=1e6, help="How much higher the right class must score."),
    ),
    graphs=IN_STEPS,
    synonyms=("classification", "hinge", "support vector machine", "svm"),
)

MULTI_LABEL_MARGIN_LOSS = Block(
    name="MultiLabelMarginLoss",
    category="Loss",
    part="loss",
    summary="Wants every class that applies to score higher than every class that does not.",
    formula="loss = mean of sum of max(0, 1 − (logits[right] − logits[wrong])) / C",
    inputs=(
        Port("logits", "N C", role="logits", dtype="float32", help="A score for each class."),
        Port("target", "N C", dtype="int64", help="The numbers of the classes that apply, then -1."),
    ),
    outputs=LOSS,
    call="{loss} = F.multilabel_margin_loss({logits}, {target})",
    like="nn.MultiLabelMarginLoss",
    graphs=IN_STEPS,
    synonyms=("multi-label", "tags", "hinge", "several classes"),
)

MULTI_LABEL_SOFT_MARGIN_LOSS = Block(
    name="MultiLabelSoftMarginLoss",
    category="Loss",
    part="loss",
    summary="Measures several yes-or-no answers about each sample, such as the tags of a picture.",
    formula="loss = −mean of target · log σ(logits) + (1 − target) · log(1 − σ(logits))",
    inputs=(
        Port("logits", "N C", role="logits", dtype="float32", help="A score for each class, before any sigmoid."),
        Port("target", "N C", dtype="float32", help="Classes that apply are 1 and others 0, as float32."),
        CLASS_WEIGHT,
    ),
    outputs=LOSS,
    call="{loss} = F.multilabel_soft_margin_loss({logits}, {target}[[, weight={weight}]])",
    like="nn.MultiLabelSoftMarginLoss",
    graphs=IN_STEPS,
    synonyms=("multi-label", "tags", "several classes", "sigmoid"),
)

CTC_LOSS = Block(
    name="CTCLoss",
    category="Loss",
    part="loss",
    summary="Teaches to read speech or handwriting where nobody says at which step each letter stands.",
    formula="loss = mean of −log P(target | logs) / its length, over all ways to place the target",
    inputs=(
        Port("logs", "N T C", role="sequence", dtype="float32", help="Log-probabilities of each class at each step."),
        Port("target", "N S", dtype="int64", help="The classes to be read, in order; what follows them is padding."),
        Port(
            "input_lengths",
            "N",
            optional=True,
            dtype="int64",
            help="How many steps count; all where nothing is linked.",
        ),
        Port(
            "target_lengths",
            "N",
            optional=True,
            dtype="int64",
            help="How many targets count; all where nothing is linked.",
        ),
    ),
    outputs=LOSS,
    call="{loss} = ctc_loss({logs}, {target}[[, input_lengths={input_lengths}]]"
    "[[, target_lengths={target_lengths}]]{params})",
    uses=("netbuilder.nn.losses.ctc_loss",),
    like="nn.CTCLoss",
    params=(
        Int(name="blank", default=0, low=0, high=2**31 - 1, help="The class that means: no letter at this step."),
        Bool(
            name="zero_infinity",
            default=False,
            help="Whether samples with too few steps for their target count as 0 instead of infinite.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("speech recognition", "handwriting", "ocr", "alignment", "sequence", "connectionist temporal"),
    source="Graves et al., Connectionist temporal classification (2006)",
)
