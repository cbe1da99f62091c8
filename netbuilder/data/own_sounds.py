"""A person's own sounds. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Choice, Int
from netbuilder.data.own_tables import PATH
from netbuilder.data.source import Source

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")

SOUND_FOLDER = Source(
    name="sound_folder",
    title="Sound folder",
    summary="Sounds (WAV, FLAC, OGG, MP3) in a folder for each class, perhaps below folders named train and test.",
    reader="netbuilder.data.readers.sounds.sound_folder",
    group="Your own",
    needs="path",
    endings=SOUNDS,
    ways=("fractions", "folds", "given"),
    own=(
        PATH,
        Int(
            name="rate",
            default=0,
            low=0,
            high=384_000,
            help="How many numbers a second has, in Hz; others are resampled. 0: what most of them have.",
        ),
        Int(
            name="length",
            default=0,
            low=0,
            high=10_000_000,
            help="How many numbers a sound has: longer ones are cut, shorter ones end in silence. 0: as the longest.",
        ),
        Choice(
            name="channels",
            default="mono",
            options=("mono", "stereo"),
            help="Mono: the mean of a sound's channels; stereo: two, of which a single one fills both.",
        ),
    ),
)
