"""How fast many small pictures are read: against a DataLoader written by hand, and later epochs against tensors.

Both are told by the clock and by processor seconds: where others use the machine, the clock says as much about whom
the system serves first as about the work. The load of the machine stands beside each pair.

Makes an image folder in a temporary place and prints, of pairs measured in turns in this process:
- first epoch: speed from nothing kept to the last batch of an epoch, divided by that of the loader by hand, which has
  the same number of processes. Both begin without any process. What is kept on this machine is written meanwhile and
  afterwards by a thread: its processor seconds count as far as they fall into the epoch.
- opened again: the same with what the first reading has kept on this machine.
- later epochs: speed of an epoch's batches, divided by that of indexing tensors in memory with a shuffled order.
- streamed: an epoch that keeps nothing, divided by the loader by hand. Both have their processes already.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import psutil
import torch
from immutables import Map
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from netbuilder.data.cache import Cache
from netbuilder.data.facts import facts
from netbuilder.data.loaders import Columns, Reading, Splits, close, load
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.graph.model import Dataset as Facts
from netbuilder.training.batches import shuffled

CLASSES, BATCH = 10, 64
FIRST_LIMIT, LATER_LIMIT = 0.9, 0.9


class ByHand(Dataset[tuple[torch.Tensor, int]]):
    """What a careful person writes: a list of files, and one picture at a time as a tensor."""

    def __init__(self, root: Path, color: str) -> None:
        self.color = color
        folders = sorted(root.iterdir())
        self.samples = [(str(path), label) for label, folder in enumerate(folders) for path in sorted(folder.iterdir())]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, at: int) -> tuple[torch.Tensor, int]:
        path, label = self.samples[at]
        with Image.open(path) as image:
            array = np.asarray(image.convert(self.color), dtype=np.float32) / 255
        array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(array)), label


def make(root: Path, count: int, size: int, color: str) -> None:
    """PNG files of smooth noise, evenly in CLASSES folders."""
    chance = np.random.default_rng(0)
    depth = 1 if color == "L" else 3
    for label in range(CLASSES):
        (root / f"class{label}").mkdir(parents=True)
    for number in range(count):
        coarse = chance.integers(0, 256, (size // 4, size // 4, depth), dtype=np.uint8)
        image = Image.fromarray(coarse[:, :, 0] if depth == 1 else coarse).resize(
            (size, size), Image.Resampling.BILINEAR
        )
        image.save(root / f"class{number % CLASSES}" / f"{number:06d}.png")


def scanned(root: Path) -> tuple[Facts, Place]:
    """The data set as a project holds it after a scan, all of it for training."""
    dataset = facts("image_folder", Map(path=root.name, validation=0.0, test=0.0))
    place = Place(root.parent)
    table = read(dataset, place)
    return msgspec.structs.replace(dataset, columns=table.columns, samples=table.count), place


class Took(NamedTuple):
    """Seconds, and processor seconds of this process and all that it made."""

    wall: float
    processor: float


def timed(act: Callable[[], object]) -> Took:
    """How long it takes. Processes that come and go are looked at every 50 ms."""
    ended, spent = threading.Event(), dict[int, float]()
    us = psutil.Process()

    def look() -> None:
        for each in us.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                spent[each.pid] = sum(each.cpu_times()[:2])

    def watch() -> None:
        while not ended.wait(0.05):
            look()

    look()
    before = sum(spent.values())
    watcher = threading.Thread(target=watch)
    watcher.start()
    began, used = time.perf_counter(), time.process_time()
    act()
    wall, used = time.perf_counter() - began, time.process_time() - used
    ended.set()
    watcher.join()
    look()
    return Took(wall, used + sum(spent.values()) - before)


def walk(splits: Splits, epoch: int) -> None:
    """Through all batches of an epoch."""
    for batch in shuffled(splits.train, BATCH, 0, epoch):
        assert len(batch["label"])


def opened(dataset: Facts, place: Place, reading: Reading) -> Splits:
    """Opens the data and goes through a first epoch."""
    splits = load(dataset, 0, place=place, reading=reading)
    walk(splits, 0)
    return splits


def walk_tensors(columns: Columns, epoch: int) -> None:
    """The same by hand, of tensors in memory."""
    order = torch.randperm(len(columns["label"]), generator=torch.Generator().manual_seed(epoch))
    for index in order.split(BATCH):
        batch = {name: column[index] for name, column in columns.items()}
        assert len(batch["label"])


def loader(root: Path, color: str, workers: int, *, stay: bool = False) -> DataLoader[tuple[torch.Tensor, int]]:
    """The loader by hand."""
    data = ByHand(root, color)
    return DataLoader(
        data, BATCH, shuffle=True, num_workers=workers, persistent_workers=stay, generator=torch.Generator()
    )


def walk_loader(loader: DataLoader[tuple[torch.Tensor, int]]) -> None:
    """Through all batches of an epoch."""
    for _, labels in loader:
        assert len(labels)


def measure(root: Path, color: str, workers: int, pairs: int) -> dict[str, list[Took]]:
    """Ratios of speed by name, one of each pair."""
    dataset, place = scanned(root)
    ratios: dict[str, list[Took]] = {"first epoch": [], "opened again": [], "later epochs": [], "streamed": []}
    streamed = load(dataset, 0, place=place, reading=Reading("stream", workers))
    by_hand = loader(root, color, workers, stay=True)
    walk(streamed, 0)  # so that all processes are there
    walk_loader(by_hand)
    for pair in range(pairs):
        with tempfile.TemporaryDirectory() as kept:
            first = partial(opened, dataset, place, Reading("memory", workers, cache=Cache(Path(kept))))
            turns: dict[str, Callable[[], object]] = {
                "hand": lambda: walk_loader(loader(root, color, workers)),
                "first": first,
            }
            took = {name: timed(turns[name]) for name in (turns if pair % 2 else reversed(list(turns)))}
            while not any(path.name[0] != "." for path in Path(kept).iterdir()):
                time.sleep(0.05)  # until the disk has it; a run goes on meanwhile
            again = timed(first)
            splits = first()
            later = timed(partial(walk, splits, 1))
            tensors = timed(partial(walk_tensors, splits.train, 1))
            flows = timed(partial(walk, streamed, pair + 1))
            stays = timed(partial(walk_loader, by_hand))
        for name, theirs, ours in (
            ("first epoch", took["hand"], took["first"]),
            ("opened again", took["hand"], again),
            ("later epochs", tensors, later),
            ("streamed", stays, flows),
        ):
            ratios[name].append(Took(theirs.wall / ours.wall, theirs.processor / max(ours.processor, 1e-9)))
            print(
                f"  pair {pair + 1} (load {psutil.getloadavg()[0]:.1f}), {name}: {ours.wall:.3f} s against "
                f"{theirs.wall:.3f} s; processor seconds {ours.processor:.3f} against {theirs.processor:.3f}",
                flush=True,
            )
    close(streamed)
    return ratios


def main() -> int:
    """1 if a ratio is below its limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--color", choices=["L", "RGB"], default="RGB")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        make(root, asked.count, asked.size, asked.color)
        print(f"{asked.count:,} PNG files of {asked.size} x {asked.size}, {asked.color}, {asked.workers} processes")
        ratios = measure(root, asked.color, asked.workers, asked.pairs)
    for name, found in ratios.items():
        walls = [ratio.wall for ratio in found]
        used = statistics.median(ratio.processor for ratio in found)
        print(
            f"{name}: {statistics.median(walls):.2f} x the speed ({min(walls):.2f} to {max(walls):.2f}), by processor "
            f"seconds {used:.2f} x"
        )
    medians = {name: statistics.median(ratio.wall for ratio in found) for name, found in ratios.items()}
    return int(medians["first epoch"] < FIRST_LIMIT or medians["later epochs"] < LATER_LIMIT)


if __name__ == "__main__":
    # As a run does: a main module that processes which read would each run anew (with an import of torch) is no part.
    code = "import sys; from benchmarks.data import main; sys.exit(main())"
    sys.exit(subprocess.call([sys.executable, "-c", code, *sys.argv[1:]]))
