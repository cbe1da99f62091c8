"""Blocks that take a network and call it, mostly many times."""

from netbuilder.blocks.calling import caller_ports
from netbuilder.blocks.params import Bool, Choice, Float, Int, NetworkRef, Param
from netbuilder.blocks.spec import IN_STEPS, IN_TRAINING, Block, Port, Ports

_HOME = "netbuilder.nn.sampling"


def _caller(
    name: str,
    function: str,
    summary: str,
    formula: str,
    ref: NetworkRef,
    inputs: tuple[Port, ...],
    output: Port,
    params: tuple[Param, ...],
    **more: object,
) -> Block:
    """A block of a function (network, inputs, *conditions, parameters) of netbuilder.nn.sampling."""
    fields: dict[str, object] = {
        "name": name,
        "category": "Sampling",
        "summary": summary,
        "formula": formula,
        "inputs": inputs,
        "outputs": (output,),
        "ports": caller_ports(Ports(inputs, (output,)), ref),
        "call": f"{{outputs}} = {function}({{network}}, {{inputs}}{{params}})",
        "like": f"{_HOME}.{function}",
        "uses": (f"{_HOME}.{function}",),
        "params": (ref, *params),
        "graphs": IN_STEPS,
        **more,
    }
    return Block(**fields)  # type: ignore[arg-type]


def _network(text: str, *, gives: str = "float32", timed: bool = False) -> NetworkRef:
    return NetworkRef(name="network", default="", required=True, help=text, gives=gives, timed=timed)


_DENOISER = _network(
    "The network that says which noise is in its input: one input for the noisy data, one called t for the step, "
    "any others (a class label) become inputs of this node.",
    timed=True,
)
_NOISE = Port("noise", "N *", role="image", dtype="float32", help="Normal noise in the shape of what is made.")
_SAMPLES = Port("y", "N *", role="image", dtype="float32", help="The samples, one for each sample of noise.")
_SCHEDULE = Choice(
    name="schedule",
    default="linear",
    options=("linear", "cosine"),
    help="How the noise grows; as in AddNoise, with which the network was trained.",
)
_PREDICTS = Choice(
    name="predicts",
    default="noise",
    options=("noise", "velocity"),
    help="What the network was trained to say: the noise that AddNoise was given, or what NoiseVelocity gives.",
)
_CLIP = Float(
    name="clip",
    default=None,
    optional=True,
    low=1e-3,
    high=1e6,
    advanced=True,
    help="How far from zero data can be; guesses beyond it are cut off, which makes samples sharper.",
)
_DIFFUSION_WORDS = ("diffusion", "generate images", "denoise", "reverse process", "sampler")

_DDPM = (
    Int(
        name="steps",
        default=1000,
        low=1,
        high=100_000,
        help="How many steps the diffusion has; as in AddNoise, with which the network was trained.",
    ),
    _SCHEDULE,
    _PREDICTS,
    _CLIP,
)
_DDIM = (
    Int(name="steps", default=50, low=1, high=100_000, help="How many steps are gone; 20 to 100 are usual."),
    Int(
        name="trained_steps",
        default=1000,
        low=1,
        high=100_000,
        help="How many steps the diffusion has with which the network was trained, as in AddNoise.",
    ),
    _SCHEDULE,
    Float(
        name="eta",
        default=0.0,
        low=0.0,
        high=1.0,
        help="How much fresh noise each step adds: 0 none, so that equal noise gives equal samples; 1 as in DDPM.",
    ),
    _PREDICTS,
    _CLIP,
)
_FRAMES = Int(
    name="frames",
    default=9,
    low=2,
    high=256,
    help="How many states are given, evenly spaced: the noise first, the finished sample last.",
)
_CHAIN = Port("y", "N S *", role="image", dtype="float32", help="The states of each sample on its way, S of them.")
_CHAIN_WORDS = ("chain", "noise to image", "steps of a diffusion", "trajectory", "film strip")

DDPM_SAMPLE = _caller(
    "DDPMSample",
    "ddpm_sample",
    "Makes samples of noise by going backwards through a diffusion, step by step.",
    "x[t − 1] = mean of what x[t] can come from + σ[t] · noise, from t = steps − 1 to 0",
    _DENOISER,
    (_NOISE,),
    _SAMPLES,
    _DDPM,
    analysis={"steps": 1},
    brief="{network}, {steps} steps",
    synonyms=("ddpm", *_DIFFUSION_WORDS),
    source="Ho and others: Denoising diffusion probabilistic models, 2020, algorithm 2",
)

DDIM_SAMPLE = _caller(
    "DDIMSample",
    "ddim_sample",
    "Makes samples of noise by going backwards through a diffusion in a few large steps.",
    "x' = √ᾱ' · (x − √(1 − ᾱ) · ε) / √ᾱ + √(1 − ᾱ' − σ²) · ε + σ · noise, with ε = network(x, t)",
    _DENOISER,
    (_NOISE,),
    _SAMPLES,
    _DDIM,
    analysis={"steps": 1},
    brief="{network}, {steps} steps",
    synonyms=("ddim", "fast sampling", *_DIFFUSION_WORDS),
    source="Song, Meng, Ermon: Denoising diffusion implicit models, 2020",
)

DDPM_CHAIN = _caller(
    "DDPMChain",
    "ddpm_chain",
    "Makes samples as DDPMSample does and gives the way there: from noise to picture.",
    "y[:, s] = x after s · steps / (frames − 1) steps of DDPMSample",
    _DENOISER,
    (_NOISE,),
    _CHAIN,
    (_FRAMES, *_DDPM),
    analysis={"steps": 1},
    brief="{network}, {frames} frames",
    synonyms=("ddpm", *_CHAIN_WORDS, *_DIFFUSION_WORDS),
    source=DDPM_SAMPLE.source,
)

DDIM_CHAIN = _caller(
    "DDIMChain",
    "ddim_chain",
    "Makes samples as DDIMSample does and gives the way there: from noise to picture.",
    "y[:, s] = x after s · steps / (frames − 1) steps of DDIMSample",
    _DENOISER,
    (_NOISE,),
    _CHAIN,
    (_FRAMES, *_DDIM),
    analysis={"steps": 1},
    brief="{network}, {frames} frames",
    synonyms=("ddim", *_CHAIN_WORDS, *_DIFFUSION_WORDS),
    source=DDIM_SAMPLE.source,
)

GENERATE = _caller(
    "Generate",
    "generate",
    "Continues texts and other sequences of tokens, one token after another.",
    "token[T + 1] ~ softmax(network(tokens) / temperature), again and again",
    _network("The network that scores which token may come next.", gives="int64"),
    (Port("tokens", "N T", dtype="int64", help="How each sequence begins: at least one token."),),
    Port("y", "N T'", dtype="int64", help="The sequences with what was added."),
    (
        Int(name="length", default=100, low=1, high=100_000, help="How many tokens are added."),
        Float(
            name="temperature",
            default=1.0,
            low=0.0,
            high=100.0,
            help="How daring it is: 0 takes the best each time, 1 goes by the network's probabilities, more is wilder.",
        ),
        Int(name="top_k", default=0, low=0, high=2**24, help="How many of the best tokens may be drawn; 0 is all."),
        Int(
            name="context",
            default=0,
            low=0,
            high=2**20,
            help="How many of the last tokens the network sees; 0 is all, for networks that take any length.",
        ),
        Int(
            name="dim",
            default=-1,
            low=-3,
            high=2,
            advanced=True,
            help="Which axis of the network's output holds a score for each token: -1 the last; 1 for N V T.",
        ),
    ),
    analysis={"length": (1, 2)},
    brief="{network}, {length} tokens",
    synonyms=("autoregressive", "language model", "text generation", "top-k", "temperature", "gpt", "sample text"),
    source="Fan, Lewis, Dauphin: Hierarchical neural story generation, 2018 (top-k)",
)

ROLL_OUT = _caller(
    "RollOut",
    "roll_out",
    "Continues a series: what the network foresees becomes part of what it sees next.",
    "x[T + 1] = network(the newest T steps), again and again",
    _network("The network that foresees the next step of a series, or the next one at each step."),
    (Port("x", "N T *", role="sequence", dtype="float32", help="How each series begins."),),
    Port("y", "N T' *", role="sequence", dtype="float32", help="What comes after it, without the beginning."),
    (Int(name="steps", default=10, low=1, high=100_000, help="How many steps are foreseen."),),
    analysis={"steps": (1, 2)},
    brief="{network}, {steps} steps",
    synonyms=("forecast", "predict series", "autoregressive", "time series", "simulate", "future"),
)

LATENT_WALK = _caller(
    "LatentWalk",
    "latent_walk",
    "Shows what lies between two latent vectors: what a decoder makes of points on the way.",
    "y = decoder((1 − s) · start + s · end) for s from 0 to 1",
    _network("The network that makes something of a latent vector: a decoder or generator."),
    (
        Port("start", "N *", role="vector", dtype="float32", help="Where the way begins."),
        Port("end", "N *", role="vector", dtype="float32", help="Where it ends, in the same shape."),
    ),
    Port("y", "N *", role="image", dtype="float32", help="The results on the way, sample after sample."),
    (
        Int(name="steps", default=8, low=2, high=10_000, help="How many points there are, both ends included."),
        Bool(
            name="spherical",
            default=False,
            help="Whether the way follows a circle, where normal noise is at home, instead of a line.",
        ),
    ),
    analysis={"steps": (1, 2)},
    brief="{network}, {steps} points",
    synonyms=("interpolate", "interpolation", "slerp", "latent space", "morph", "vae", "gan"),
    source="White: Sampling generative networks, 2016 (spherical)",
)

GRADIENT_PENALTY = _caller(
    "GradientPenalty",
    "gradient_penalty",
    "Keeps a critic's slope near 1 between real and made data, which steadies the training of a GAN.",
    "loss = weight · mean of (|∇critic(ε · real + (1 − ε) · fake)| − center)²",
    _network("The critic or discriminator whose slope is held."),
    (
        Port("real", "N *", role="image", dtype="float32", help="Real data."),
        Port("fake", "N *", role="image", dtype="float32", help="Made data in the same shape; it is not trained."),
    ),
    Port("loss", role="loss", dtype="float32", help="The penalty, a mean over the batch; added to the critic's loss."),
    (
        Float(name="weight", default=10.0, low=0.0, high=1e6, help="How much the penalty counts."),
        Float(
            name="center",
            default=1.0,
            low=0.0,
            high=1e3,
            advanced=True,
            help="Which slope is wanted: 1, or 0 for none.",
        ),
    ),
    part="loss",
    gradients=True,
    holds=("real", "fake"),
    graphs=IN_TRAINING,
    brief="{network}, × {weight}",
    synonyms=("wgan-gp", "wasserstein", "lipschitz", "critic", "discriminator", "gan", "stabilize"),
    source="Gulrajani and others: Improved training of Wasserstein GANs, 2017",
)
