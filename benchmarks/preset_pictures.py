"""The pictures of the presets after a run with seed 0: of their cards, and of docs/presets.md.

A card shows the view that NAME.toml names; the gallery all that the preview graphs drew, one below the other.

python benchmarks/preset_pictures.py [--preset cnn_digits] [--runs FOLDER with runs that are there already]
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageDraw, ImageFont

from netbuilder.graph.model import natural_key
from netbuilder.presets import presets
from netbuilder.resources import template
from netbuilder.training.run import VIEWS, Run, find_runs, slug
from tests.templates.running import started
from tests.training.waiting import ended

CARD, MARGIN = (536, 248), 16
GALLERY, ROW = Path("docs/pictures/presets"), 260  # the height that a view is shown in
GROUND, INK, LINES = (24, 27, 33), (200, 204, 212), ((110, 168, 254), (255, 179, 71))


def crisp(picture: Image.Image, width: int, height: int) -> Image.Image:
    """As large as it fits: by whole factors where it is small, so that points stay points."""
    factor = min(width / picture.width, height / picture.height)
    if factor >= 1:
        factor = max(1, int(factor))
        return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    return picture.resize(
        (max(1, int(picture.width * factor)), max(1, int(picture.height * factor))), Image.Resampling.LANCZOS
    )


def curve(path: Path) -> Image.Image:
    """The first sample of a curve's file as a picture: what was drawn, and what it should be in a second colour."""
    held = json.loads(path.read_bytes())
    picture = Image.new("RGB", (520, 200), GROUND)
    pen = ImageDraw.Draw(picture)
    lines = [(at, row) for at, key in ((0, "truth"), (held["offset"], "series")) for row in held.get(key, [])[:1]]
    values = [value for _, row in lines for value in row]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    longest = max((at + len(row) for at, row in lines), default=2)
    for color, (begin, row) in zip(reversed(LINES[: len(lines)]), lines, strict=True):
        points = [
            (10 + 500 * (begin + at) / (longest - 1), 190 - 180 * (value - low) / max(high - low, 1e-9))
            for at, value in enumerate(row)
        ]
        if len(points) > 1:
            pen.line(points, fill=color, width=2)
    return picture


def mono(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font whose letters are equally wide, where the system has one."""
    try:
        return ImageFont.truetype("DejaVuSansMono.ttf", size)
    except OSError:
        return ImageFont.load_default(size)


def words(path: Path) -> Image.Image:
    """The first lines of a view's texts as a picture."""
    rows = json.loads(path.read_bytes())["rows"]
    text = "\n".join("   ".join(map(str, row.values())) for row in rows)
    lines = [line[:86] for line in text.splitlines()[:14]]
    picture = Image.new("RGB", (700, 20 + 18 * len(lines)), GROUND)
    pen = ImageDraw.Draw(picture)
    for at, line in enumerate(lines):
        pen.text((10, 10 + 18 * at), line, fill=INK, font=mono(13))
    return picture


def views(run: Run) -> dict[str, tuple[str, Image.Image]]:
    """What the last previews of a run show, by graph and node: the view's title and its picture."""
    steps = sorted(run.path.glob("preview/step-*"), key=lambda path: natural_key(path.name))
    found = {}
    for row in json.loads((steps[-1] / VIEWS).read_bytes()) if steps else ():
        path = steps[-1] / row["file"]
        if path.suffix == ".png":
            picture = Image.open(io.BytesIO(path.read_bytes()))
        else:
            picture = curve(path) if json.loads(path.read_bytes())["kind"] == "curves" else words(path)
        found[path.stem] = f"{row['graph']}: {row['title']}", picture.convert("RGBA")
    return found


def card(pictures: list[Image.Image]) -> Image.Image:
    """The first view, and others beside it while there is room, on nothing: the card's own ground shows around them."""
    made, gap = Image.new("RGBA", CARD, (0, 0, 0, 0)), 14
    room, row = CARD[0] - 2 * MARGIN, []
    for picture in pictures:
        shown = crisp(picture, CARD[0] - 2 * MARGIN, CARD[1] - 2 * MARGIN)
        if not row or shown.width + gap <= room:
            row.append(shown)
            room -= shown.width + gap
    left = (CARD[0] - sum(shown.width for shown in row) - gap * (len(row) - 1)) // 2
    for shown in row:
        made.paste(shown, (left, (CARD[1] - shown.height) // 2), shown)
        left += shown.width + gap
    return made


def gallery(found: dict[str, tuple[str, Image.Image]]) -> Image.Image:
    """All views, each under its name, in rows."""
    width, x, y, tallest = 1200, MARGIN, MARGIN, 0
    placed = []
    for title, picture in found.values():
        shown = crisp(picture, width - 2 * MARGIN, ROW)
        if x + shown.width > width - MARGIN and x > MARGIN:
            x, y, tallest = MARGIN, y + tallest + 2 * MARGIN, 0
        placed.append((title, shown, x, y))
        tallest = max(tallest, shown.height + 20)
        x += max(shown.width, 240) + MARGIN
    made = Image.new("RGB", (width, y + tallest + MARGIN), GROUND)
    pen = ImageDraw.Draw(made)
    for title, shown, left, top in placed:
        pen.text((left, top), title.replace("_", " "), fill=INK, font=ImageFont.load_default(13))
        made.paste(shown, (left, top + 20), shown)
    return made


def main() -> int:
    """1 if a preset could not be trained or shows nothing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--preset", choices=tuple(presets()), action="append")
    parser.add_argument("--runs", type=Path, help="a folder with finished runs, named after the presets")
    asked = parser.parse_args()
    failed = 0
    with ExitStack() as stack:
        parent = asked.runs or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kept = find_runs(parent)
        for name in asked.preset or presets():
            run = next((run for run in kept if slug(name) in run.name and run.recorded().settings.seed == 0), None)
            run = run or started(name, parent, seed=0)
            ended(run, longest=3600.0)
            found = views(run)
            told = presets()[name]
            if not found:
                print(f"{name}: nothing to show, {run.status()}", flush=True)
                failed += 1
                continue
            first = [found[told.picture][1]] if told.picture in found else []
            others = [shown for name, (_, shown) in found.items() if name != told.picture]
            card([*first, *others]).save(template(name).with_suffix(".png"), optimize=True)
            GALLERY.mkdir(parents=True, exist_ok=True)
            gallery(found).save(GALLERY / f"{name}.png", optimize=True)
            print(f"{name}: {', '.join(found)}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
