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
from netbuilder.training.run import Run, find_runs, slug
from tests.templates.running import started
from tests.training.waiting import ended

CARD, MARGIN = (536, 248), 20
GALLERY, ROW = Path("docs/pictures/presets"), 260  # the height that a view is shown in
GROUND, INK, LINES = (24, 27, 33), (200, 204, 212), ((110, 168, 254), (255, 179, 71), (120, 200, 140), (220, 130, 200))


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
    """The first rows of a curve's file as a picture."""
    held = json.loads(path.read_bytes())
    picture = Image.new("RGB", (520, 200), GROUND)
    pen = ImageDraw.Draw(picture)
    groups = [held.get("series", [])[:1], held.get("truth", [])[:1]]
    values = [value for group in groups for row in group for value in row]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    for color, group in zip(LINES, groups, strict=False):
        for row in group:
            if len(row) > 1:
                points = [
                    (10 + 500 * at / (len(row) - 1), 190 - 180 * (value - low) / max(high - low, 1e-9))
                    for at, value in enumerate(row)
                ]
                pen.line(points, fill=color, width=2)
    return picture


def words(path: Path) -> Image.Image:
    """The first lines of a text as a picture."""
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        held = json.loads(text)
        text = "\n".join("  ".join(map(str, row.values())) for row in held.get("rows", []))
    lines = [line[:86] for line in text.splitlines()[:14]]
    picture = Image.new("RGB", (700, 20 + 18 * len(lines)), GROUND)
    pen = ImageDraw.Draw(picture)
    for at, line in enumerate(lines):
        pen.text((10, 10 + 18 * at), line, fill=INK, font=ImageFont.load_default(14))
    return picture


def views(run: Run) -> dict[str, Image.Image]:
    """What the last previews of a run show, by graph and node."""
    steps = sorted(run.path.glob("preview/step-*"), key=lambda path: natural_key(path.name))
    found = {}
    for path in sorted(steps[-1].iterdir()) if steps else ():
        if path.suffix == ".png":
            found[path.stem] = Image.open(io.BytesIO(path.read_bytes())).convert("RGBA")
        elif path.suffix == ".json" and "series" in json.loads(path.read_bytes()):
            found[path.stem] = curve(path).convert("RGBA")
        else:
            found[path.stem] = words(path).convert("RGBA")
    return found


def card(picture: Image.Image) -> Image.Image:
    """A view in the middle of a card, on nothing, so that the card's own ground shows in either theme."""
    made = Image.new("RGBA", CARD, (0, 0, 0, 0))
    shown = crisp(picture, CARD[0] - 2 * MARGIN, CARD[1] - 2 * MARGIN)
    made.paste(shown, ((CARD[0] - shown.width) // 2, (CARD[1] - shown.height) // 2))
    return made


def gallery(found: dict[str, Image.Image]) -> Image.Image:
    """All views, each under its name, in rows."""
    width, x, y, tallest = 1200, MARGIN, MARGIN, 0
    placed = []
    for name, picture in found.items():
        shown = crisp(picture, width - 2 * MARGIN, ROW)
        if x + shown.width > width - MARGIN and x > MARGIN:
            x, y, tallest = MARGIN, y + tallest + 2 * MARGIN, 0
        placed.append((name, shown, x, y))
        tallest = max(tallest, shown.height + 20)
        x += max(shown.width, 160) + MARGIN
    made = Image.new("RGB", (width, y + tallest + MARGIN), GROUND)
    pen = ImageDraw.Draw(made)
    for name, shown, left, top in placed:
        pen.text((left, top), name.replace("_", " "), fill=INK, font=ImageFont.load_default(13))
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
            shown = found.get(told.picture) or next(iter(found.values()))
            card(shown).save(template(name).with_suffix(".png"), optimize=True)
            GALLERY.mkdir(parents=True, exist_ok=True)
            gallery(found).save(GALLERY / f"{name}.png", optimize=True)
            print(f"{name}: {', '.join(found)}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
