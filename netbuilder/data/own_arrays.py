"""A person's own arrays: NumPy's files, IDX files and CIFAR's binary ones. Declarations only."""

from __future__ import annotations

from netbuilder.blocks.params import Choice, Param, Text
from netbuilder.data.by_name import ByName
from netbuilder.data.own_tables import PATH, SCALES
from netbuilder.data.source import Source
from netbuilder.graph.model import NONE

KINDS = ("image", "class", "value", "vector", "sequence", "token", "tensor", "ignore")
LAYOUTS = ("channels first", "channels last", "no channels")

CLASSES: Param = Text(
    name="classes",
    default="",
    longest=20_000,
    help="Names of the classes 0, 1, 2 and so on, with commas between; empty: their numbers. A label beyond them is an "
    "error.",
)

NUMPY = Source(
    name="numpy",
    title="NumPy arrays",
    summary="Arrays of a .npy or .npz file, or of all .npy files in a folder; the first axis is the samples.",
    reader="netbuilder.data.readers.arrays.numpy_arrays",
    group="Your own",
    needs="path",
    endings=(".npy", ".npz"),
    ways=("fractions", "folds", "time", "given"),
    own=(
        PATH,
        ByName(
            name="columns",
            default=NONE,
            fields=(("as", KINDS), ("layout", LAYOUTS), ("scale", SCALES)),
            help="What each array is (image, class, value, vector, sequence, token, tensor or ignore), where an image "
            "has its channels, and how numbers are scaled. What is not said is guessed from shape and type. x_train "
            "and x_test are one column in two parts.",
        ),
        CLASSES,
    ),
)
IDX = Source(
    name="idx",
    title="IDX files (as MNIST's)",
    summary="A folder of IDX files, gzipped or not, such as train-images-idx3-ubyte and its labels; or one of them.",
    reader="netbuilder.data.readers.binary_pictures.idx",
    group="Your own",
    needs="path",
    ways=("fractions", "folds", "given"),
    own=(PATH, CLASSES),
    origin="LeCun, Cortes and Burges: The MNIST database of handwritten digits (file format), 1998",
)
CIFAR = Source(
    name="cifar",
    title="CIFAR's binary files",
    summary="The binary version of CIFAR-10 or CIFAR-100: its folder, or one of its .bin files.",
    reader="netbuilder.data.readers.binary_pictures.cifar",
    group="Your own",
    needs="path",
    endings=(".bin",),
    ways=("fractions", "folds", "given"),
    own=(
        PATH,
        Choice(
            name="kind",
            default="auto",
            options=("auto", "CIFAR-10", "CIFAR-100"),
            help="Which of the two formats it is; auto: by the names and sizes of the files.",
        ),
    ),
    origin="Krizhevsky: Learning multiple layers of features from tiny images (file format), 2009",
)
