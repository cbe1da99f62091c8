"""templates/README.md and docs/presets.md, from what stands beside the presets.

`python -m tests.templates.pages` writes them; a test holds them against what it would write.
"""

from __future__ import annotations

from pathlib import Path

from netbuilder.presets import Figure, Preset, presets

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE, PICTURES = ROOT / "templates" / "README.md", ROOT / "docs" / "presets.md"

_HEAD = """# Presets

Each preset is an ordinary project: open it, press Train, watch. Beside `NAME.netbuilder` lie `NAME.toml` (what the
card says, and the figure below) and `NAME.png` (the card's picture). Figures are of real runs with seeds 0, 1 and 2 on
one processor thread; seconds are processor time of the training, mean of the three. `benchmarks/presets.py` measures
them again, and the tests train each preset once, shortened. What they show after training is in
[docs/presets.md](../docs/presets.md).

| preset | what is measured | bound | seeds 0, 1, 2 | seconds | how |
| --- | --- | --- | --- | --- | --- |
"""


def table() -> str:
    """The text of templates/README.md."""
    rows = [_row(name, figure) for name, preset in presets().items() for figure in (preset.figure, *preset.more)]
    return _HEAD + "\n".join(rows) + "\n"


def _row(name: str, figure: Figure) -> str:
    sign = "at least" if figure.better == "max" else "at most"
    measured = ", ".join(f"{value:.4g}" for value in figure.measured)
    missed = "" if all(map(figure.reached, figure.measured)) else ", not met"
    seconds = f"{figure.seconds:.3g}" if figure.seconds else ""
    return f"| {name} | {figure.what} | {sign} {figure.bound:g}{missed} | {measured} | {seconds} | {figure.how} |"


def gallery() -> str:
    """The text of docs/presets.md."""
    parts = ["# The presets after training\n\nWhat their preview graphs show at the end of a run with seed 0.\n"]
    family = ""
    for name, preset in presets().items():
        if preset.family != family:
            family = preset.family
            parts.append(f"## {family}\n")
        parts.append(_shown(name, preset))
    return "\n".join(parts)


def _shown(name: str, preset: Preset) -> str:
    text = f"### {preset.title} (`{name}`)\n\n{preset.summary}\n"
    return f"{text}\n![{preset.title}](pictures/presets/{name}.png)\n"


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
    PICTURES.write_text(gallery(), "utf-8")
