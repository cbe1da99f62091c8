"""Values of a person's own: pictures, texts, numbers, as the data's columns have them; else a sentence."""

import math
import wave as wavefile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from PIL import Image

from netbuilder.data.builtin_text import CHARACTERS, DIGITS, WORDS
from netbuilder.data.errors import DataError
from netbuilder.data.treat import Fitted
from netbuilder.graph.model import Column
from netbuilder.sampling.own import own_value, tokens_of

GREY = Column("image", shape=(1, 8, 8), axes="C H W", role="image")
COLOR = Column("image", shape=(3, 4, 6), axes="C H W", role="image")
TEXT = Column("text", shape=(16,), dtype="int64", axes="T", role="token", classes=CHARACTERS)
NUMBER = Column("digits", shape=(5,), dtype="int64", axes="T", role="token", classes=DIGITS)
SPOKEN = Column("words", shape=(6,), dtype="int64", axes="T", role="token", classes=WORDS)
LABEL = Column("label", dtype="int64", role="class", classes=("cat", "dog"))
FEATURES = Column("features", shape=(3,), axes="F", role="vector")


def saved(tmp_path, array, name="mine.png"):
    Image.fromarray(array).save(tmp_path / name)
    return str(tmp_path / name)


def test_a_picture_in_the_columns_size_is_taken_as_it_is(tmp_path):
    levels = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    value, notes = own_value(GREY, saved(tmp_path, levels))
    assert value.shape == (1, 8, 8)
    assert value.dtype == np.float32
    assert np.allclose(value[0], levels / 255)
    assert notes == ()


def test_other_sizes_and_colours_are_brought_into_form(tmp_path):
    colors = np.zeros((40, 60, 3), dtype=np.uint8)
    colors[..., 0] = 255
    value, notes = own_value(COLOR, saved(tmp_path, colors))
    assert value.shape == (3, 4, 6)
    assert value[0].min() == 1.0
    assert value[1:].max() == 0.0
    assert notes == ("The picture was made 6 x 4 points large.",)
    grey, _ = own_value(GREY, saved(tmp_path, colors))
    assert grey.shape == (1, 8, 8)


def test_dark_on_light_is_exchanged_where_the_data_is_light_on_dark(tmp_path):
    paper = np.full((8, 8), 255, dtype=np.uint8)
    paper[2:6, 4] = 0
    known = Column("image", shape=(1, 8, 8), axes="C H W", facts=Map(mean=0.3, low=0.0, high=1.0))
    value, notes = own_value(known, saved(tmp_path, paper))
    assert value[0, 3, 4] == 1.0
    assert value[0, 0, 0] == 0.0
    assert "exchanged" in notes[0]


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(30)])
def test_what_is_no_picture_is_a_sentence(tmp_path, content):
    path = tmp_path / "mine.png"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"mine\.png"):
        own_value(GREY, str(path))
    with pytest.raises(DataError, match="There is no picture at"):
        own_value(GREY, str(tmp_path / "gone.png"))


def test_a_truncated_picture_is_a_sentence(tmp_path):
    path = Path(saved(tmp_path, np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"The picture 'mine\.png' is damaged"):
        own_value(GREY, str(path))


@given(st.text(alphabet="".join(CHARACTERS[:-1]), min_size=1, max_size=16))
def test_characters_become_their_numbers_and_back(text):
    value, _ = own_value(TEXT, text)
    assert "".join(CHARACTERS[at] for at in value) == text


def test_unknown_characters_take_the_sign_for_them_and_long_texts_their_end():
    assert tokens_of(TEXT, "é") == [len(CHARACTERS) - 1]
    value, notes = own_value(TEXT, "x" * 10 + "def add(self, y)")
    assert "".join(CHARACTERS[at] for at in value) == "def add(self, y)"
    assert notes == ("Only the last 16 of 26 characters or words are seen.",)


def test_numbers_in_digits_and_words_are_padded():
    assert [DIGITS[at] for at in own_value(NUMBER, " 305 ")[0]] == ["3", "0", "5", "<pad>", "<pad>"]
    assert [WORDS[at] for at in own_value(SPOKEN, "Twenty  one")[0]][:3] == ["twenty", "one", "<pad>"]


def test_classes_and_rows_of_numbers():
    assert own_value(LABEL, " dog ")[0] == 1
    value, _ = own_value(FEATURES, "1.5; ? -2e3")
    assert value[0] == 1.5
    assert math.isnan(value[1])
    assert value[2] == -2000
    fitted = Fitted((0.0, 7.0, 0.0), (1.0, 1.0, 0.0), (0.5, 2.0, 1000.0))
    assert own_value(FEATURES, "1.5 ? -2000", fitted)[0].tolist() == [1.0, 3.0, -2.0]


def test_a_sound_is_brought_to_the_rate_and_length_of_the_data(tmp_path):
    wave = Column("waveform", shape=(1, 400), axes="C T", role="sequence", facts=Map(rate=4000))
    seconds = np.arange(1600) / 16000
    with wavefile.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes((np.sin(2 * np.pi * 500 * seconds) * 30000).astype("<i2").tobytes())
    value, _ = own_value(wave, str(tmp_path / "tone.wav"))
    assert value.shape == (1, 400)
    expected = np.sin(2 * np.pi * 500 * np.arange(400) / 4000) * 30000 / 32768
    assert np.abs(value[0, 20:-20] - expected[20:-20]).max() < 0.02
    (tmp_path / "no.wav").write_bytes(b"RIFFnothing")
    with pytest.raises(DataError, match=r"no\.wav.* is no sound that can be read"):
        own_value(wave, str(tmp_path / "no.wav"))


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        (LABEL, "cow", "'label' has no class 'cow'; it has cat, dog"),
        (FEATURES, "1, 2", "takes 3 numbers, and 2 were given"),
        (FEATURES, "1 two 3", "number 2 is 'two', which is none"),
        (NUMBER, "12a", "knows no 'a'; it knows 0, 1"),
        (NUMBER, "", "at least one character"),
        (SPOKEN, "one eleventy", "knows no 'eleventy'"),
        (Column("mask", shape=(4, 4), dtype="int64", axes="H W"), "x", "what the network is to find"),
    ],
)
def test_what_does_not_fit_is_a_sentence(column, text, says):
    with pytest.raises(DataError, match=says):
        own_value(column, text)
