"""Sound and other signals as pictures of their frequencies."""

from netbuilder.blocks.params import Bool, Choice, Float, Int, Param
from netbuilder.blocks.spec import Block, Port

_HOME = "netbuilder.nn.signal"
_WAVE = Port("x", "N * L", role="sequence", dtype="float32", help="Signals; the last axis is time, sample by sample.")
_WORDS = ("audio", "sound", "frequency", "fourier")
_N_FFT = Int(
    name="n_fft",
    default=400,
    low=2,
    high=2**20,
    help="How many samples a frame has: more tell frequencies finer, fewer tell moments finer.",
)
_HOP = Int(
    name="hop_length",
    default=None,
    optional=True,
    low=1,
    high=2**20,
    help="How many samples lie between the starts of two frames; none is half a frame.",
)
_WIN = Int(
    name="win_length",
    default=None,
    optional=True,
    low=1,
    high=2**20,
    advanced=True,
    help="How many samples the window spans, at most n_fft; none is all of them.",
)
_FRAMES: tuple[Param, ...] = (_N_FFT, _HOP, _WIN)
_WINDOW = Choice(
    name="window",
    default="hann",
    options=("hann", "hamming", "blackman"),
    advanced=True,
    help="How each frame fades in and out.",
)
_CENTER = Bool(
    name="center",
    default=True,
    advanced=True,
    help="Whether the signal is mirrored at both ends, so that frames are centred at their moments.",
)
_POWER = Float(
    name="power", default=2.0, low=0.1, high=10.0, help="What magnitudes are raised to: 2 is energy, 1 leaves them."
)
_RATE = Int(name="sample_rate", default=16000, low=1, high=10**9, help="How many samples a second has.")
_MELS = Int(name="n_mels", default=80, low=1, high=2**14, help="How many bands there are.")
_STFT = "Allen and Rabiner: A unified approach to short-time Fourier analysis and synthesis, 1977"

STFT = Block(
    name="STFT",
    category="Signal",
    summary="Splits a signal into short frames and says which waves each is made of.",
    formula="X[f, k] = sum over l of w[l] · x[k · hop + l] · exp(−2πi · f · l / n_fft)",
    inputs=(_WAVE,),
    outputs=(
        Port("real", "N * F T", dtype="float32", help="The real part: frequencies down, frames across."),
        Port("imaginary", "N * F T", dtype="float32", help="The imaginary part, in the same shape."),
    ),
    call="{outputs} = stft({inputs}{params})",
    like=f"{_HOME}.stft",
    uses=(f"{_HOME}.stft",),
    params=(*_FRAMES, _WINDOW, _CENTER),
    brief="frames of {n_fft}",
    synonyms=("short-time fourier transform", "fft", "spectrum", *_WORDS),
    source=_STFT,
)

INVERSE_STFT = Block(
    name="InverseSTFT",
    category="Signal",
    summary="Makes a signal again of what STFT has split it into.",
    formula="x = overlapped and added frames, divided by the overlapped windows",
    inputs=(
        Port("real", "N * F T", dtype="float32", help="The real part: frequencies down, frames across."),
        Port("imaginary", "N * F T", dtype="float32", help="The imaginary part, in the same shape."),
    ),
    outputs=(Port("y", "N * L'", role="sequence", dtype="float32", help="The signal."),),
    call="{outputs} = inverse_stft({inputs}{params})",
    like=f"{_HOME}.inverse_stft",
    uses=(f"{_HOME}.inverse_stft",),
    params=(*_FRAMES, _WINDOW),
    brief="frames of {n_fft}",
    synonyms=("istft", "vocoder", "synthesis", *_WORDS),
    source=_STFT,
)

SPECTROGRAM = Block(
    name="Spectrogram",
    category="Signal",
    summary="Shows how strong each frequency of a signal is at each moment, as a picture.",
    formula="y[f, k] = |STFT(x)[f, k]| to this power",
    inputs=(_WAVE,),
    outputs=(Port("y", "N * F T", dtype="float32", help="Strengths: frequencies down, frames across."),),
    function=f"{_HOME}.spectrogram",
    params=(*_FRAMES, _WINDOW, _CENTER, _POWER),
    brief="frames of {n_fft}",
    synonyms=("power spectrum", "magnitude", *_WORDS),
    source=_STFT,
)

MEL_SPECTROGRAM = Block(
    name="MelSpectrogram",
    category="Signal",
    summary="Shows how strong a signal is in bands as wide as the ear hears them, as a picture.",
    formula="y = mel filter bank · |STFT(x)| to this power",
    inputs=(_WAVE,),
    outputs=(Port("y", "N * F T", dtype="float32", help="Strengths: bands down, frames across."),),
    function=f"{_HOME}.mel_spectrogram",
    params=(
        _RATE,
        *_FRAMES,
        _MELS,
        Float(name="f_min", default=0.0, low=0.0, high=1e9, advanced=True, help="The lowest frequency in Hz."),
        Float(
            name="f_max",
            default=None,
            optional=True,
            low=1e-3,
            high=1e9,
            advanced=True,
            help="The highest frequency in Hz; none is half the sample rate.",
        ),
        _POWER,
        Choice(
            name="mel_scale",
            default="htk",
            options=("htk", "slaney"),
            advanced=True,
            help="How the ear's scale is spelled as a formula: htk as in torchaudio, slaney as in librosa.",
        ),
        Choice(
            name="norm",
            default="none",
            options=("none", "slaney"),
            advanced=True,
            help="Whether wide bands are lowered so that all have one area (slaney, as in librosa), or not.",
        ),
    ),
    brief="{n_mels} bands",
    synonyms=("mel filter bank", "melspectrogram", "speech", "fbank", *_WORDS),
    source="Stevens, Volkmann, Newman: A scale for the measurement of pitch, 1937",
)

MFCC = Block(
    name="MFCC",
    category="Signal",
    summary="Sums up the colour of a sound in a few numbers for each moment.",
    formula="y = DCT of 10 · log10 of a mel spectrogram",
    inputs=(_WAVE,),
    outputs=(Port("y", "N * F T", dtype="float32", help="The coefficients down, frames across."),),
    function=f"{_HOME}.mfcc",
    params=(
        _RATE,
        _N_FFT,
        _HOP,
        _MELS,
        Int(name="n_mfcc", default=20, low=1, high=2**14, help="How many numbers are kept for each moment."),
    ),
    brief="{n_mfcc} coefficients",
    synonyms=("cepstrum", "cepstral coefficients", "speech", "timbre", *_WORDS),
    source="Davis and Mermelstein: Comparison of parametric representations for word recognition, 1980",
)

DECIBELS = Block(
    name="Decibels",
    category="Signal",
    summary="Turns strengths into decibels, so that soft and loud can be compared.",
    formula="y = multiplier · log10(max(x, floor))",
    inputs=(Port("x", "N *", dtype="float32", help="Strengths that are not negative, such as a spectrogram."),),
    outputs=(Port("y", "N *", dtype="float32", help="The same in decibels."),),
    function=f"{_HOME}.decibels",
    params=(
        Float(
            name="multiplier",
            default=10.0,
            low=1e-3,
            high=1e3,
            help="What the logarithm is multiplied by: 10 for energies, 20 for magnitudes.",
        ),
        Float(
            name="floor", default=1e-10, low=1e-30, high=1e6, advanced=True, help="What smaller numbers are taken for."
        ),
    ),
    synonyms=("db", "logarithm", "loudness", "amplitude to db", "log mel"),
)
