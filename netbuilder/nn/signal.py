"""Sound and other signals as pictures of their frequencies, in plain torch. Signals are float32, N x any x L."""

import math

import torch
import torch.nn.functional as F


def stft(
    x: torch.Tensor,
    n_fft: int = 400,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
    center: bool = True,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The short-time Fourier transform: real and imaginary part, each N x any x (n_fft / 2 + 1) x frames.

    n_fft: samples in a frame. hop_length: samples from frame to frame, half a frame where it is None. win_length: how
    many of them the window leaves, all where it is None. center: the signal is mirrored at both ends, so that the
    middle of frame k is at sample k · hop_length. Raises ValueError where the signal is too short.
    """
    return _frames(x, n_fft, hop_length, win_length, window, center)


def inverse_stft(
    real: torch.Tensor,
    imaginary: torch.Tensor,
    n_fft: int = 400,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
) -> torch.Tensor:
    """The signal that a centred short-time Fourier transform was made of.

    real, imaginary: N x any x (n_fft / 2 + 1) x frames; the other numbers as they were in stft. Gives N x any x
    (frames - 1) · hop_length, one more where n_fft is odd.
    """
    hop = n_fft // 2 if hop_length is None else hop_length
    long = n_fft if win_length is None else win_length
    before = (n_fft - long) // 2
    shape = _WINDOWS[window](long, device=real.device, dtype=real.dtype)
    shape = F.pad(shape, (before, n_fft - long - before))[:, None]
    flat = torch.complex(real, imaginary).reshape(-1, *real.shape[-2:])
    frames = torch.fft.irfft(flat, n_fft, dim=1) * shape
    size = (1, n_fft + hop * (real.shape[-1] - 1))
    added = F.fold(frames, size, (1, n_fft), stride=(1, hop))[:, 0, 0]
    windows = F.fold(shape.square().expand(1, -1, real.shape[-1]), size, (1, n_fft), stride=(1, hop))[:, 0, 0]
    found = (added / windows.clamp(min=1e-11))[:, n_fft // 2 : size[1] - n_fft // 2]
    return found.reshape(*real.shape[:-2], -1)


def spectrogram(
    x: torch.Tensor,
    n_fft: int = 400,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: str = "hann",
    center: bool = True,
    power: float = 2.0,
) -> torch.Tensor:
    """How strong each frequency is in each frame: |STFT| to this power, N x any x (n_fft / 2 + 1) x frames.

    power 2 is energy, 1 magnitude; the other numbers as in stft.
    """
    return _strength(x, n_fft, hop_length, win_length, window, center, power)


def mel_spectrogram(
    x: torch.Tensor,
    sample_rate: int = 16000,
    n_fft: int = 400,
    hop_length: int | None = None,
    win_length: int | None = None,
    n_mels: int = 80,
    f_min: float = 0.0,
    f_max: float | None = None,
    power: float = 2.0,
    mel_scale: str = "htk",
    norm: str = "none",
) -> torch.Tensor:
    """A spectrogram whose frequencies are gathered into bands as the ear hears them: N x any x n_mels x frames.

    sample_rate in samples a second; f_min and f_max in Hz, f_max half the rate where it is None. mel_scale and norm
    as in _mel_bands.
    """
    strength = _strength(x, n_fft, hop_length, win_length, "hann", True, power)
    bands = _mel_bands(n_fft // 2 + 1, n_mels, sample_rate, f_min, f_max, mel_scale, norm, x.device)
    return bands.to(strength.dtype) @ strength


def mfcc(
    x: torch.Tensor,
    sample_rate: int = 16000,
    n_fft: int = 400,
    hop_length: int | None = None,
    n_mels: int = 80,
    n_mfcc: int = 20,
) -> torch.Tensor:
    """Mel-frequency cepstral coefficients: the cosine transform (type 2, orthonormal) of a mel spectrogram in
    decibels, N x any x n_mfcc x frames. Davis and Mermelstein, 1980.
    """
    strength = _strength(x, n_fft, hop_length, None, "hann", True, 2.0)
    bands = _mel_bands(n_fft // 2 + 1, n_mels, sample_rate, 0.0, None, "htk", "none", x.device)
    loud = 10 * (bands.to(strength.dtype) @ strength).clamp(min=1e-10).log10()
    places = (torch.arange(n_mels, device=x.device) + 0.5) * (math.pi / n_mels)
    waves = torch.cos(torch.arange(n_mfcc, device=x.device)[:, None] * places) * math.sqrt(2 / n_mels)
    waves = torch.cat([waves[:1] / math.sqrt(2), waves[1:]])
    return waves.to(loud.dtype) @ loud


def decibels(x: torch.Tensor, multiplier: float = 10.0, floor: float = 1e-10) -> torch.Tensor:
    """multiplier · log10 of x, which is taken to be at least `floor`; 10 for energies, 20 for magnitudes."""
    return multiplier * x.clamp(min=floor).log10()


def _frames(
    x: torch.Tensor, n_fft: int, hop_length: int | None, win_length: int | None, window: str, center: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """As stft."""
    hop = n_fft // 2 if hop_length is None else hop_length
    long = n_fft if win_length is None else win_length
    least = n_fft // 2 + 1 if center else n_fft
    if x.shape[-1] < least:
        raise ValueError(f"a signal of {x.shape[-1]} samples is too short for frames of {n_fft}: it needs {least}")
    flat = x.reshape(-1, x.shape[-1])
    shape = _WINDOWS[window](long, device=x.device, dtype=x.dtype)
    found = torch.stft(flat, n_fft, hop, long, shape, center=center, pad_mode="reflect", return_complex=True)
    parts = torch.view_as_real(found).view(*x.shape[:-1], *found.shape[-2:], 2)
    return parts[..., 0], parts[..., 1]


def _strength(
    x: torch.Tensor,
    n_fft: int,
    hop_length: int | None,
    win_length: int | None,
    window: str,
    center: bool,
    power: float,
) -> torch.Tensor:
    """As spectrogram."""
    real, imaginary = _frames(x, n_fft, hop_length, win_length, window, center)
    energy = real.square() + imaginary.square()
    return energy if power == 2 else energy.clamp(min=1e-20) ** (power / 2)


def _mel_bands(
    n_freqs: int,
    n_mels: int,
    sample_rate: int,
    f_min: float,
    f_max: float | None,
    mel_scale: str,
    norm: str,
    device: torch.device,
) -> torch.Tensor:
    """n_mels x n_freqs: triangles over the frequencies 0 to sample_rate / 2, evenly spaced on the mel scale.

    mel_scale "htk": 2595 · log10(1 + f / 700) (O'Shaughnessy, 1987); "slaney": even below 1000 Hz, logarithmic above
    (Slaney: Auditory toolbox, 1998). norm "slaney" gives every triangle the same area, "none" the same height.
    """
    top = sample_rate / 2 if f_max is None else f_max
    low, high = _mel(f_min, mel_scale), _mel(top, mel_scale)
    corners = _hertz(torch.linspace(low, high, n_mels + 2, device=device), mel_scale)
    freqs = torch.linspace(0, sample_rate / 2, n_freqs, device=device)
    widths = (corners[1:] - corners[:-1])[:, None]
    away = corners[:, None] - freqs
    bands = torch.minimum(-away[:-2] / widths[:-1], away[2:] / widths[1:]).clamp(min=0)
    return bands * (2 / (corners[2:] - corners[:-2]))[:, None] if norm == "slaney" else bands


def _mel(hertz: float, scale: str) -> float:
    if scale == "htk":
        return 2595 * math.log10(1 + hertz / 700)
    return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * math.log(hertz / 1000) / math.log(6.4)


def _hertz(mels: torch.Tensor, scale: str) -> torch.Tensor:
    if scale == "htk":
        return 700 * (10 ** (mels / 2595) - 1)
    return torch.where(mels < 15, mels * 200 / 3, 1000 * torch.exp((mels - 15) * (math.log(6.4) / 27)))


_WINDOWS = {"hann": torch.hann_window, "hamming": torch.hamming_window, "blackman": torch.blackman_window}
