"""Sources that read a person's own files. Declarations only."""

from __future__ import annotations

from netbuilder.data.own_arrays import CIFAR, IDX, NUMPY
from netbuilder.data.own_hub import HUB
from netbuilder.data.own_pictures import IMAGE_FOLDER, IMAGE_TABLE
from netbuilder.data.own_sounds import SOUND_FOLDER
from netbuilder.data.own_tables import TABLE
from netbuilder.data.own_texts import TEXT
from netbuilder.data.source import Source

OWN: tuple[Source, ...] = (TABLE, IMAGE_FOLDER, IMAGE_TABLE, NUMPY, IDX, CIFAR, TEXT, SOUND_FOLDER, HUB)
