"""demo: the main job from nothing to a compared ONNX file, in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from netbuilder.cli.errors import BadInput
from netbuilder.cli.export import choose_network, export_to, sentences
from netbuilder.cli.files import from_template, write
from netbuilder.cli.screen import console, text
from netbuilder.cli.train import Bars, Lines, finish, start, test_values, watch
from netbuilder.training.run import runs_folder


def show(folder: Path | None, template: str, settings: list[str]) -> int:
    """Copies a preset, trains it with progress bars, tests, exports, compares, and says where everything lies."""
    folder = folder if folder is not None else own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} can't be made: {error.strerror}.") from error
    screen = console()

    def heading(words: str) -> None:
        screen.print(text(words, "bold"))

    file = folder / f"{template}.netbuilder"
    project = msgspec.structs.replace(from_template(template), title=file.stem)
    network = choose_network(project, "")
    write(project, file)
    heading(f"1. The preset {template} as a project of its own")
    heading("2. Training; Ctrl-C stops it")
    run = start(project, settings, "", "", runs_folder(file), file)
    finish(run, watch(run, Bars() if sys.stdout.isatty() else Lines()))
    for name, value in sorted(test_values(run).items()):
        heading(f"   Test {name}: {value:.4f}")
    heading("3. Export to ONNX, compared with onnxruntime")
    facts = export_to(project, file, network, run, "best", file.with_suffix(".onnx"), quiet=False)
    for line in sentences(facts):
        screen.print(text(line))
    heading("Everything lies here:")
    for what, where in (("project", file), ("run", run.path), ("ONNX file", facts["path"])):
        screen.print(text(f"   {what:10} {where}"))
    screen.print(text(f"   netbuilder summary {file} shows the network; netbuilder --help all that there is."))
    return 0


def own_folder() -> Path:
    """Where the demonstration goes unless a person says otherwise."""
    import platformdirs

    return Path(platformdirs.user_data_dir("netbuilder", appauthor=False)) / "demo"
