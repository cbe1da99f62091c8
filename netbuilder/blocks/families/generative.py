"""What variational, diffusion and adversarial models are drawn with."""

from netbuilder.blocks.params import Choice, Float, Inferred, Int, Param
from netbuilder.blocks.spec import IN_NETWORKS, Block, Port

_HOME = "netbuilder.nn.generative"
_HO = "Ho and others: Denoising diffusion probabilistic models, 2020"
_TIME = Port("t", "N", role="class", dtype="int64", help="For each sample a step of the diffusion, counted from 0.")
_DIFFUSION: tuple[Param, ...] = (
    Int(
        name="steps",
        default=1000,
        low=1,
        high=100_000,
        help="How many steps the diffusion has; the same number wherever this diffusion is drawn.",
    ),
    Choice(
        name="schedule",
        default="linear",
        options=("linear", "cosine"),
        help="How the noise grows: linear as in the first paper, cosine gentler, for small images.",
    ),
)

REPARAMETERIZE = Block(
    name="Reparameterize",
    category="Generative",
    summary="Draws a latent vector around a mean so that gradients still reach mean and spread.",
    formula="z = mu + exp(logvar / 2) · noise, in training and afterwards",
    inputs=(
        Port("mu", "N *", role="vector", dtype="float32", help="The mean of each number."),
        Port("logvar", "N *", role="vector", dtype="float32", help="The logarithm of each number's variance."),
    ),
    outputs=(
        Port(
            "z",
            "N *",
            role="vector",
            dtype="float32",
            help="A sample, also after training, as in the paper; for the likeliest one link mu itself.",
        ),
    ),
    call="{z} = {mu} + torch.exp(0.5 * {logvar}) * torch.randn_like({mu})",
    synonyms=("vae", "variational", "latent", "sample", "reparametrization trick", "gaussian"),
    source="Kingma and Welling: Auto-encoding variational Bayes, 2013",
)

RANDOM_TIMESTEP = Block(
    name="RandomTimestep",
    category="Generative",
    summary="Draws a step of a diffusion for each sample of the batch.",
    formula="t = a random whole number from 0 to steps − 1, for each sample",
    inputs=(Port("x", "N *", help="Any batch; only how many samples it has counts."),),
    outputs=(_TIME,),
    call="{t} = torch.randint(0, {steps}, ({x}.shape[0],), device={x}.device)",
    params=_DIFFUSION[:1],
    brief="{steps} steps",
    synonyms=("diffusion", "time step", "random step", "ddpm", "noise level"),
    source=_HO,
)

ADD_NOISE = Block(
    name="AddNoise",
    category="Generative",
    summary="Buries data in noise, as deep as the step of a diffusion says.",
    formula="y = √ᾱ[t] · x + √(1 − ᾱ[t]) · noise",
    inputs=(
        Port("x", "N *", role="image", dtype="float32", help="The clean data."),
        Port("noise", "N *", dtype="float32", help="Normal noise in the same shape."),
        _TIME,
    ),
    outputs=(Port("y", "N *", role="image", dtype="float32", help="The noisy data that the network is to clean."),),
    function=f"{_HOME}.add_noise",
    params=_DIFFUSION,
    brief="{steps} steps, {schedule}",
    synonyms=("diffusion", "forward process", "q sample", "ddpm", "corrupt"),
    source=_HO,
)

NOISE_VELOCITY = Block(
    name="NoiseVelocity",
    category="Generative",
    summary="What a denoiser is to say that tells data and noise at once: easier to learn than the noise alone.",
    formula="y = √ᾱ[t] · noise − √(1 − ᾱ[t]) · x",
    inputs=(
        Port("x", "N *", role="image", dtype="float32", help="The clean data."),
        Port("noise", "N *", dtype="float32", help="The noise that it is buried in, in the same shape."),
        _TIME,
    ),
    outputs=(
        Port("y", "N *", dtype="float32", help="What the network should say; samplers then predict with velocity."),
    ),
    function=f"{_HOME}.noise_velocity",
    params=_DIFFUSION,
    brief="{steps} steps, {schedule}",
    synonyms=("diffusion", "v-prediction", "velocity", "target", "ddpm"),
    source="Salimans and Ho: Progressive distillation for fast sampling of diffusion models, 2022",
)

NOISE_SCHEDULE = Block(
    name="NoiseSchedule",
    category="Generative",
    summary="Says how much of the data and how much noise there is at a step of a diffusion.",
    formula="signal = √ᾱ[t], noise = √(1 − ᾱ[t])",
    inputs=(_TIME,),
    outputs=(
        Port("signal", "N", dtype="float32", help="What the clean data is multiplied by."),
        Port("noise", "N", dtype="float32", help="What the noise is multiplied by."),
    ),
    call="{outputs} = noise_level({inputs}{params})",
    like=f"{_HOME}.noise_level",
    uses=(f"{_HOME}.noise_level",),
    params=_DIFFUSION,
    brief="{steps} steps, {schedule}",
    synonyms=("beta schedule", "alpha bar", "diffusion", "cosine schedule", "linear schedule", "signal to noise"),
    source=f"{_HO}; Nichol and Dhariwal: Improved denoising diffusion probabilistic models, 2021",
)

VECTOR_QUANTIZE = Block(
    name="VectorQuantize",
    category="Generative",
    summary="Replaces each vector by the nearest one of a learned code book, so that data becomes a few symbols.",
    formula="y = e[k] with k = argmin of |x − e[k]|; the gradient passes from y to x unchanged",
    inputs=(Port("x", "N C *", role="image", dtype="float32", help="Vectors, or maps whose channels are vectors."),),
    outputs=(
        Port("y", "N C *", role="image", dtype="float32", help="The nearest code vectors, in the same shape."),
        Port("indices", "N *", dtype="int64", help="The numbers of those vectors in the code book."),
        Port("loss", role="loss", dtype="float32", help="Teaches the code book; add it to what is trained on."),
    ),
    module=f"{_HOME}.VectorQuantize",
    params=(
        Inferred(name="num_channels", axis="x.C", required=True, help="How long vectors are; taken from the link."),
        Int(name="num_codes", default=512, low=1, high=2**20, help="How many vectors the code book holds."),
        Float(
            name="commitment",
            default=0.25,
            low=0.0,
            high=100.0,
            help="How strongly what comes in is pulled to the code book, beside the book being pulled to it.",
        ),
    ),
    graphs=IN_NETWORKS,
    brief="{num_codes} codes",
    synonyms=("vq-vae", "codebook", "discrete", "straight-through", "tokens", "quantise"),
    source="Van den Oord and others: Neural discrete representation learning, 2017",
)

GRADIENT_REVERSAL = Block(
    name="GradientReversal",
    category="Generative",
    summary="Lets values through and turns gradients around, so that what comes before learns to hide something.",
    formula="y = x; gradient of x = −scale · gradient of y",
    inputs=(Port("x", "N *", dtype="float32", help="Any tensor."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same numbers."),),
    call="{y} = {x}.detach() + {scale} * ({x}.detach() - {x})",
    params=(Float(name="scale", default=1.0, low=0.0, high=1e6, help="How much stronger or weaker gradients become."),),
    brief="scale {scale}",
    synonyms=("adversarial", "domain adaptation", "dann", "reverse gradient", "flip gradient"),
    source="Ganin and Lempitsky: Unsupervised domain adaptation by backpropagation, 2014",
)
