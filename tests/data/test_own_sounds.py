"""A person's own sounds: every width of number, one rate and one length, and what is spoilt left out by name."""

import struct
import wave

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load, samples
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from tests.data.own import opened, rows, scanned


def sound(path, values, rate=8000, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, values, rate, **how)
    return path


def tone(hertz, rate=8000, seconds=0.1):
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def test_a_folder_for_each_class(tmp_path):
    for at, name in enumerate(("low", "high")):
        for number in range(3):
            sound(tmp_path / "s" / name / f"{number}.wav", tone(200 + 900 * at, seconds=0.1 + 0.01 * number))
    found, notes = scanned(tmp_path, "sound_folder", path="s")
    waveform, label = found.columns
    assert (waveform.shape, waveform.axes, waveform.role, waveform.facts["rate"]) == ((1, 960), "C T", "sequence", 8000)
    assert (label.classes, label.facts["counts"], notes) == (("high", "low"), (3, 3), ())
    some = rows(opened(tmp_path, "sound_folder", path="s"), [0, 5])
    assert np.allclose(some["waveform"][0, 0, :800], tone(1100), atol=1e-4)
    assert not some["waveform"][0, 0, 800:].any()
    assert some["label"].tolist() == [0, 1]


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_width(tmp_path, subtype):
    sound(tmp_path / "s/a.wav", tone(300), subtype=subtype)
    found = rows(opened(tmp_path, "sound_folder", path="s"))["waveform"][0, 0]
    assert np.abs(found - tone(300)).max() < {"PCM_U8": 0.01}.get(subtype, 1e-4)


def test_as_the_standard_library_wrote_it(tmp_path):
    (tmp_path / "s").mkdir()
    values = np.random.default_rng(0).integers(-(2**15), 2**15, 500, dtype=np.int16)
    with wave.open(str(tmp_path / "s/a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(11_025)
        file.writeframes(values.tobytes())
    assert np.array_equal(
        rows(opened(tmp_path, "sound_folder", path="s"))["waveform"][0, 0], values / np.float32(2**15)
    )


def test_rates_lengths_and_channels(tmp_path):
    sound(tmp_path / "s/a.wav", np.stack([tone(300, 16_000), -tone(500, 16_000)], axis=1), 16_000)
    sound(tmp_path / "s/b.flac", tone(300))
    sound(tmp_path / "s/c.ogg", tone(300))
    table = opened(tmp_path, "sound_folder", path="s", channels="stereo", length=400)
    assert table.columns[0].shape == (2, 400)
    assert table.columns[0].facts["rate"] == 8000
    both = rows(table)["waveform"]
    expected = resample_poly(tone(300, 16_000), 1, 2)[:400]
    assert np.allclose(both[0, 0], expected, atol=1e-3)
    assert np.allclose(both[1, 0], tone(300)[:400], atol=1e-4)
    assert np.array_equal(both[1, 0], both[1, 1])
    mono = rows(opened(tmp_path, "sound_folder", path="s", rate=16_000))["waveform"]
    assert mono.shape == (3, 1, 1600)
    assert np.allclose(mono[0, 0], (tone(300, 16_000) - tone(500, 16_000)) / 2, atol=1e-4)


def test_parts_by_folders(tmp_path):
    for part, count in (("train", 4), ("test", 2)):
        for number in range(count):
            sound(tmp_path / "s" / part / "a" / f"{number}.wav", tone(300))
    found, _ = scanned(tmp_path, "sound_folder", path="s", split="given", validation=0)
    assert [samples(part) for part in load(found, 0, place=Place(tmp_path))] == [4, 0, 2]


def test_a_spoilt_sound_is_left_out_by_name_and_the_run_meets_the_same_list(tmp_path):
    for number in range(2):
        sound(tmp_path / f"s/a/{number}.wav", tone(300))
    whole = (tmp_path / "s/a/0.wav").read_bytes()
    (tmp_path / "s/a/cut.wav").write_bytes(whole[:600])
    (tmp_path / "s/a/none.wav").write_bytes(b"RIFF")
    (tmp_path / "s/a/empty.wav").touch()
    (tmp_path / "s/a/silent.wav").write_bytes(whole[:40] + struct.pack("<I", 0))
    piped = bytearray(whole)
    piped[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "s/a/piped.wav").write_bytes(piped)
    found, notes = scanned(tmp_path, "sound_folder", path="s")
    assert found.samples == 3
    assert notes[0].startswith("4 sounds that can't be read are left out: ")
    assert "cut.wav' is no sound that can be read (it is unfinished: 1,600 bytes should follow, 556 do)" in notes[0]
    again = read(found, Place(tmp_path))
    assert again.rows.paths == ("a/0.wav", "a/1.wav", "a/piped.wav")
    (tmp_path / "s/a/1.wav").unlink()
    with pytest.raises(DataError, match=r"1\.wav"):
        rows(again, [1])


def test_nothing_to_hear_is_said(tmp_path):
    (tmp_path / "s").mkdir()
    with pytest.raises(DataError, match="There is no sound in"):
        opened(tmp_path, "sound_folder", path="s")
    (tmp_path / "s/a.wav").write_text("no sound")
    with pytest.raises(DataError, match=r"None of the 1 sounds in .* can be read: .*a\.wav"):
        opened(tmp_path, "sound_folder", path="s")
    sound(tmp_path / "s/a.wav", np.array([np.nan, 0.5, np.inf], dtype=np.float32), subtype="FLOAT")
    assert rows(opened(tmp_path, "sound_folder", path="s"))["waveform"].tolist() == [[[0.0, 0.5, 0.0]]]
