"""Losses that torch lacks: of generative models, segmentation, contrast and style; and sums of losses."""

from netbuilder.blocks.families.losses import CLASS, LOGITS, LOSS
from netbuilder.blocks.params import Bool, Float
from netbuilder.blocks.spec import IN_STEPS, Block, Port

_SCORE = "logits"
_REAL = Port("real", "N *", role=_SCORE, dtype="float32", help="The scores that real samples got.")
_FAKE = Port("fake", "N *", role=_SCORE, dtype="float32", help="The scores that made samples got.")
_SCORES = Port("logits", "N *", role=_SCORE, dtype="float32", help="The scores that samples got, before any sigmoid.")
_BCE = "F.binary_cross_entropy_with_logits"

GAUSSIAN_KL = Block(
    name="GaussianKL",
    category="Loss",
    part="loss",
    summary="Keeps a VAE's latent distribution near the standard normal, so that one can sample from it.",
    formula="loss = −½ · sum of (1 + logvar − mu² − exp(logvar)), mean over the batch",
    inputs=(
        Port("mu", "N *", role="vector", dtype="float32", help="The means that the encoder gives."),
        Port("logvar", "N *", role="vector", dtype="float32", help="The logarithms of its variances."),
    ),
    outputs=LOSS,
    call="{loss} = -0.5 * (1 + {logvar} - {mu}.square() - {logvar}.exp()).sum() / {mu}.shape[0]",
    graphs=IN_STEPS,
    synonyms=("vae", "variational autoencoder", "kullback leibler", "kl divergence", "latent", "beta-vae"),
    source="Kingma and Welling, Auto-encoding variational Bayes (2013)",
)

DICE_LOSS = Block(
    name="DiceLoss",
    category="Loss",
    part="loss",
    summary="Measures how little a segmentation overlaps with the truth, however small the thing is.",
    formula="loss = 1 − mean of (2 · overlap + smooth) / (found + true + smooth)",
    inputs=(
        Port("logits", "N C *", role="logits", dtype="float32", help="A score for each class at each place."),
        Port("target", "N *", help="The class of each place (int64), or a mask of 0 and 1 for each channel (float32)."),
    ),
    outputs=LOSS,
    call="{loss} = dice_loss({logits}, {target}{params})",
    uses=("netbuilder.nn.losses.dice_loss",),
    like="netbuilder.nn.losses.dice_loss",
    params=(
        Float(
            name="smooth",
            default=1.0,
            low=1e-12,
            high=1e6,
            advanced=True,
            help="Added above and below, so that a class that is nowhere divides nothing by zero.",
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("segmentation", "overlap", "u-net", "medical", "mask", "sorensen"),
    source="Milletari et al., V-Net (2016)",
)

FOCAL_LOSS = Block(
    name="FocalLoss",
    category="Loss",
    part="loss",
    summary="Cross entropy that looks at hard samples most: for classes of which one is very common.",
    formula="loss = mean of −(1 − p)^gamma · log(p), p = softmax(logits)[target]",
    inputs=(LOGITS, CLASS),
    outputs=LOSS,
    call="{loss} = focal_loss({logits}, {target}{params})",
    uses=("netbuilder.nn.losses.focal_loss",),
    like="netbuilder.nn.losses.focal_loss",
    params=(
        Float(
            name="gamma", default=2.0, low=0.0, high=100.0, help="How little easy samples count; 0 is cross entropy."
        ),
    ),
    graphs=IN_STEPS,
    synonyms=("imbalanced", "rare classes", "classification", "object detection", "segmentation"),
    source="Lin et al., Focal loss for dense object detection (2017)",
)

SIGMOID_FOCAL_LOSS = Block(
    name="SigmoidFocalLoss",
    category="Loss",
    part="loss",
    summary="Looks at hard yes-or-no answers most: for things that are rarely there.",
    formula="loss = mean of −a · (1 − p)^gamma · log(p), p the probability of the right answer",
    inputs=(
        _SCORES,
        Port("target", "N *", dtype="float32", help="Yes is 1 and no is 0, as float32 in the same shape."),
    ),
    outputs=LOSS,
    call="{loss} = sigmoid_focal_loss({logits}, {target}{params})",
    uses=("netbuilder.nn.losses.sigmoid_focal_loss",),
    like="netbuilder.nn.losses.sigmoid_focal_loss",
    params=(
        Float(
            name="alpha",
            default=0.25,
            low=-1.0,
            high=1.0,
            help="How much a yes counts; a no counts the rest to 1; below 0 both count 1.",
        ),
        Float(name="gamma", default=2.0, low=0.0, high=100.0, help="How little easy answers count."),
    ),
    graphs=IN_STEPS,
    synonyms=("imbalanced", "binary", "object detection", "retinanet", "rare"),
    source="Lin et al., Focal loss for dense object detection (2017)",
)

INFO_NCE_LOSS = Block(
    name="InfoNCELoss",
    category="Loss",
    part="loss",
    summary="Learns without labels: each vector must find its partner among all of the batch.",
    formula="loss = mean of −log softmax(cos(query, key) / temperature) at its own key",
    inputs=(
        Port("query", "N F", role="vector", dtype="float32", help="A vector for each sample."),
        Port("key", "N F", role="vector", dtype="float32", help="Its partner: another view of the sample, its text."),
    ),
    outputs=LOSS,
    call="{loss} = info_nce({query}, {key}{params})",
    uses=("netbuilder.nn.losses.info_nce",),
    like="netbuilder.nn.losses.info_nce",
    params=(
        Float(
            name="temperature",
            default=0.07,
            low=1e-4,
            high=100.0,
            help="How sharply it chooses: small values look at the most similar ones only.",
        ),
        Bool(name="symmetric", default=False, help="Whether each key must find its query too, as in CLIP."),
    ),
    graphs=IN_STEPS,
    synonyms=("contrastive", "self-supervised", "simclr", "clip", "nt-xent", "embeddings", "representation"),
    source="van den Oord et al., Representation learning with contrastive predictive coding (2018)",
)

STYLE_LOSS = Block(
    name="StyleLoss",
    category="Loss",
    part="loss",
    summary="Measures how differently two pictures are painted, from a network's features of both.",
    formula="loss = mean of (G(features) − G(target))², G = f · fᵀ / (C · places)",
    inputs=(
        Port("features", "N C *", dtype="float32", help="Features of the picture that is made."),
        Port("target", "N C *", dtype="float32", help="Features of the picture whose style is wanted."),
    ),
    outputs=LOSS,
    call="{loss} = style_loss({features}, {target})",
    uses=("netbuilder.nn.losses.style_loss",),
    like="netbuilder.nn.losses.style_loss",
    graphs=IN_STEPS,
    synonyms=("gram matrix", "style transfer", "texture", "perceptual"),
    source="Gatys et al., Image style transfer using convolutional neural networks (2016)",
)

TOTAL_VARIATION_LOSS = Block(
    name="TotalVariationLoss",
    category="Loss",
    part="loss",
    summary="Makes pictures smooth: measures how much neighbouring pixels differ.",
    formula="loss = mean of |x[i+1, j] − x[i, j]| + mean of |x[i, j+1] − x[i, j]|",
    inputs=(Port("x", "N C H W", role="image", dtype="float32", help="The pictures."),),
    outputs=LOSS,
    call="{loss} = total_variation({x})",
    uses=("netbuilder.nn.losses.total_variation",),
    like="netbuilder.nn.losses.total_variation",
    graphs=IN_STEPS,
    synonyms=("smooth", "denoise", "style transfer", "regularization", "super-resolution"),
    source="Rudin, Osher and Fatemi, Nonlinear total variation based noise removal algorithms (1992)",
)

ALL_REAL_LOSS = Block(
    name="AllRealLoss",
    category="Loss",
    part="loss",
    summary="A generator's loss: its samples should be taken for real ones.",
    formula="loss = −mean of log σ(logits)",
    inputs=(_SCORES,),
    outputs=LOSS,
    call=f"{{loss}} = {_BCE}({{logits}}, torch.ones_like({{logits}}))",
    graphs=IN_STEPS,
    synonyms=("gan", "generator", "adversarial", "non-saturating", "ones"),
    source="Goodfellow et al., Generative adversarial nets (2014)",
)

ALL_FAKE_LOSS = Block(
    name="AllFakeLoss",
    category="Loss",
    part="loss",
    summary="Half of a discriminator's loss: made samples should be recognised.",
    formula="loss = −mean of log(1 − σ(logits))",
    inputs=(_SCORES,),
    outputs=LOSS,
    call=f"{{loss}} = {_BCE}({{logits}}, torch.zeros_like({{logits}}))",
    graphs=IN_STEPS,
    synonyms=("gan", "discriminator", "adversarial", "zeros"),
    source="Goodfellow et al., Generative adversarial nets (2014)",
)

DISCRIMINATOR_LOSS = Block(
    name="DiscriminatorLoss",
    category="Loss",
    part="loss",
    summary="A discriminator's loss: real samples should score high, made ones low.",
    formula="loss = −mean of log σ(real) − mean of log(1 − σ(fake))",
    inputs=(_REAL, _FAKE),
    outputs=LOSS,
    call=f"{{loss}} = {_BCE}({{real}}, torch.ones_like({{real}}))\n"
    f"{{loss}} += {_BCE}({{fake}}, torch.zeros_like({{fake}}))",
    graphs=IN_STEPS,
    synonyms=("gan", "adversarial", "real or fake", "dcgan"),
    source="Goodfellow et al., Generative adversarial nets (2014)",
)

HINGE_DISCRIMINATOR_LOSS = Block(
    name="HingeDiscriminatorLoss",
    category="Loss",
    part="loss",
    summary="A discriminator's loss that stops pushing scores beyond 1 and -1.",
    formula="loss = mean of max(0, 1 − real) + mean of max(0, 1 + fake)",
    inputs=(_REAL, _FAKE),
    outputs=LOSS,
    call="{loss} = F.relu(1 - {real}).mean() + F.relu(1 + {fake}).mean()",
    graphs=IN_STEPS,
    synonyms=("gan", "adversarial", "geometric gan", "sagan", "biggan"),
    source="Lim and Ye, Geometric GAN (2017)",
)

HINGE_GENERATOR_LOSS = Block(
    name="HingeGeneratorLoss",
    category="Loss",
    part="loss",
    summary="The generator's side of the hinge loss: its samples should score high.",
    formula="loss = −mean of fake",
    inputs=(_FAKE,),
    outputs=LOSS,
    call="{loss} = -{fake}.mean()",
    graphs=IN_STEPS,
    synonyms=("gan", "adversarial", "geometric gan", "sagan", "biggan"),
    source="Lim and Ye, Geometric GAN (2017)",
)

WASSERSTEIN_CRITIC_LOSS = Block(
    name="WassersteinCriticLoss",
    category="Loss",
    part="loss",
    summary="A critic's loss: how far apart real and made samples score; needs a gradient penalty or clipped weights.",
    formula="loss = mean of fake − mean of real",
    inputs=(_REAL, _FAKE),
    outputs=LOSS,
    call="{loss} = {fake}.mean() - {real}.mean()",
    graphs=IN_STEPS,
    synonyms=("gan", "wgan", "adversarial", "earth mover", "discriminator"),
    source="Arjovsky et al., Wasserstein GAN (2017)",
)

WASSERSTEIN_GENERATOR_LOSS = Block(
    name="WassersteinGeneratorLoss",
    category="Loss",
    part="loss",
    summary="A generator's loss: the critic should score its samples high.",
    formula="loss = −mean of fake",
    inputs=(_FAKE,),
    outputs=LOSS,
    call="{loss} = -{fake}.mean()",
    graphs=IN_STEPS,
    synonyms=("gan", "wgan", "adversarial", "earth mover"),
    source="Arjovsky et al., Wasserstein GAN (2017)",
)

_MOST = 6
_TERM = "[[ + {{weight{at}}} * {{loss{at}}}]]"

WEIGHTED_SUM = Block(
    name="WeightedSum",
    category="Loss",
    part="loss",
    summary="Adds losses, each times its weight: what counts more gets a larger one.",
    formula="loss = weight1 · loss1 + weight2 · loss2 + ...",
    inputs=tuple(
        Port(f"loss{at}", role="loss", dtype="float32", optional=at > 1, help=f"Loss number {at}.")
        for at in range(1, _MOST + 1)
    ),
    outputs=(Port("loss", role="loss", dtype="float32", help="The weighted sum, one number."),),
    call="{loss} = {weight1} * {loss1}" + "".join(_TERM.format(at=at) for at in range(2, _MOST + 1)),
    params=tuple(
        Float(name=f"weight{at}", default=1.0, advanced=at > 2, help=f"How much loss number {at} counts.")
        for at in range(1, _MOST + 1)
    ),
    graphs=IN_STEPS,
    brief="{weight1}, {weight2}",
    synonyms=("combine losses", "total loss", "beta", "lambda", "multi-task", "auxiliary loss"),
)
