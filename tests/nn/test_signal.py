"""Signals against scipy and against written formulas."""

import math

import numpy as np
import pytest
import scipy.fft
import scipy.signal
import torch

from netbuilder.nn import signal

WAVES = torch.randn(3, 500, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
FRAMES = [(64, 16, 64, "hann"), (50, 10, 40, "hamming"), (33, 11, 33, "blackman")]


@pytest.mark.parametrize(("n_fft", "hop", "long", "window"), FRAMES)
def test_stft_is_scipys(n_fft, hop, long, window):
    real, imaginary = signal.stft(WAVES, n_fft, hop, long, window, center=False)
    shape = np.zeros(n_fft)
    before = (n_fft - long) // 2
    shape[before : before + long] = scipy.signal.get_window(window, long)
    frames = [WAVES[:, at : at + n_fft].numpy() * shape for at in range(0, 500 - n_fft + 1, hop)]
    expected = np.stack([scipy.fft.rfft(frame) for frame in frames], axis=-1)
    np.testing.assert_allclose(torch.complex(real, imaginary).numpy(), expected, atol=1e-10)


def test_centred_frames_mirror_the_ends():
    real, imaginary = signal.stft(WAVES, 64, 16)
    padded = torch.from_numpy(np.pad(WAVES.numpy(), ((0, 0), (32, 32)), mode="reflect"))
    other = signal.stft(padded, 64, 16, center=False)
    assert real.shape == (3, 33, 500 // 16 + 1)
    torch.testing.assert_close((real, imaginary), other)


@pytest.mark.parametrize(("n_fft", "hop", "long", "window"), FRAMES)
def test_the_inverse_gives_the_signal_back(n_fft, hop, long, window):
    waves = WAVES[:, None].expand(-1, 2, -1)
    parts = signal.stft(waves, n_fft, hop, long, window)
    back = signal.inverse_stft(*parts, n_fft, hop, long, window)
    assert back.shape[:2] == (3, 2)
    torch.testing.assert_close(back, waves[..., : back.shape[-1]])
    theirs = torch.istft(
        torch.complex(*parts).flatten(0, 1), n_fft, hop, long, signal._WINDOWS[window](long, dtype=torch.float64)
    )
    torch.testing.assert_close(back.flatten(0, 1), theirs)


def test_a_tone_stands_at_its_frequency():
    time = torch.arange(1600) / 16000
    tone = 0.5 * torch.sin(2 * math.pi * 1000 * time)[None]
    energy = signal.spectrogram(tone, 160, 80)
    assert energy.shape == (1, 81, 21)
    inside = energy[0, :, 2:-2]
    assert (inside.argmax(dim=0) == 10).all()  # 1000 Hz / (16000 Hz / 160)
    # A wave of height a gives a · sum(window) / 2 at its frequency.
    torch.testing.assert_close(inside[10], torch.full((17,), (0.5 * 80 / 2) ** 2), rtol=1e-3, atol=0)
    torch.testing.assert_close(signal.spectrogram(tone, 160, 80, power=1.0) ** 2, energy, rtol=1e-4, atol=1e-8)


def test_the_mel_scales_are_those_of_their_papers():
    """The values that librosa's documentation gives for hz_to_mel, and HTK's formula."""
    for hertz, mels in ((60, 0.9), (110, 1.65), (220, 3.3), (440, 6.6), (1000, 15.0), (6400, 42.0)):
        assert signal._mel(hertz, "slaney") == pytest.approx(mels)
    assert signal._mel(1000, "htk") == pytest.approx(999.9855, abs=1e-3)
    for scale in ("htk", "slaney"):
        for hertz in (0.0, 100.0, 999.0, 1000.0, 5000.0):
            assert signal._hertz(torch.tensor(signal._mel(hertz, scale)), scale).item() == pytest.approx(
                hertz, abs=1e-2
            )


@pytest.mark.parametrize("scale", ["htk", "slaney"])
@pytest.mark.parametrize("norm", ["none", "slaney"])
def test_the_filter_bank_is_made_of_triangles(scale, norm):
    bank = signal._mel_bands(129, 10, 8000, 100.0, 3500.0, scale, norm, torch.device("cpu")).double()
    corners = signal._hertz(torch.linspace(signal._mel(100, scale), signal._mel(3500, scale), 12), scale).tolist()
    for band, (low, middle, high) in enumerate(zip(corners, corners[1:], corners[2:], strict=False)):
        height = 2 / (high - low) if norm == "slaney" else 1.0
        for at, value in enumerate(bank[band].tolist()):
            expected = height * np.interp(at * 8000 / 2 / 128, [low, middle, high], [0, 1, 0])
            assert value == pytest.approx(expected, abs=1e-4 * height)


def test_mel_and_mfcc_follow_from_the_spectrogram():
    waves = WAVES.float()
    mel = signal.mel_spectrogram(waves, 8000, 64, 32, n_mels=12)
    bank = signal._mel_bands(33, 12, 8000, 0.0, None, "htk", "none", torch.device("cpu"))
    torch.testing.assert_close(mel, torch.einsum("mf,nft->nmt", bank, signal.spectrogram(waves, 64, 32)))
    found = signal.mfcc(waves, 8000, 64, 32, n_mels=12, n_mfcc=5)
    loud = 10 * np.log10(np.maximum(mel.numpy(), 1e-10))
    np.testing.assert_allclose(found, scipy.fft.dct(loud, axis=1, norm="ortho")[:, :5], atol=1e-3)


def test_decibels():
    found = signal.decibels(torch.tensor([1.0, 100.0, 0.0]))
    assert found.tolist() == pytest.approx([0, 20, -100])


def test_a_signal_that_is_too_short_is_named():
    with pytest.raises(ValueError, match="a signal of 10 samples is too short for frames of 64: it needs 33"):
        signal.stft(torch.zeros(1, 10), 64)
