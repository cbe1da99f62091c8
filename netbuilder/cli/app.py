"""The commands with their options and help. What they do stands in the modules that they import when called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import netbuilder

HELP = """Design neural networks by wiring blocks, train them here, take them away as ONNX or as PyTorch.

Without a command the window opens:

\b
    netbuilder                         the welcome page
    netbuilder digits.netbuilder       this project
    netbuilder --template cnn_digits   a copy of this preset

The same from the terminal, from nothing to a file that other programs run:

\b
    netbuilder new --template cnn_digits digits.netbuilder
    netbuilder train digits.netbuilder --set epochs=3
    netbuilder export digits.netbuilder --to digits.onnx

Exit codes: 0 done, 1 it did not succeed, 2 bad input (one line on stderr says what), 130 interrupted.
"""

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A project file (NAME.netbuilder).", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for other programs.")]
RunFolder = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's folder, or its name as `netbuilder runs FILE` shows it: looked for in --runs, in runs/ here, and "
        "among the runs of projects that were not saved.",
        show_default=False,
    ),
]
RunsFolder = Annotated[Path | None, typer.Option("--runs", metavar="DIR", help="Where the run lies.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"netbuilder {netbuilder.__version__}")
        raise typer.Exit


@app.callback(help=HELP)
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("window", hidden=True)
def window(
    project: Annotated[Path | None, typer.Argument(metavar="PROJECT", help="A project file.")] = None,
    template: Annotated[str, typer.Option(metavar="NAME", help="Begin with a copy of this preset.")] = "",
    quit_when_ready: Annotated[bool, typer.Option("--quit-when-ready", hidden=True)] = False,
) -> int:
    """Open the window."""
    from netbuilder.cli.window import open_window

    return open_window(project, template, quit_when_ready)


@app.command()
def new(
    file: File,
    template: Annotated[
        str, typer.Option(metavar="NAME", help="The preset to copy: cnn_digits, mlp_digits. Without: an empty project.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Make a project file.

    \b
    Example: netbuilder new --template mlp_digits first.netbuilder
    """
    from netbuilder.cli.files import new_project

    new_project(file, template, force)


@app.command()
def check(file: File, json: Json = False) -> int:
    """List a project's problems and what mends them.

    Exit code 1 if there are errors; warnings and hints alone give 0.
    """
    from netbuilder.cli.files import read

    project = read(file)  # what is wrong with a file is told before torch is imported, which takes a second
    from netbuilder.cli.look import check_project

    return check_project(project, file, json)


@app.command()
def summary(
    file: File,
    network: Annotated[str, typer.Option(metavar="NAME", help="Only this network.")] = "",
    json: Json = False,
) -> int:
    """Show the networks as tables.

    For each node its block, output shape (a letter is a free axis), parameters and multiply-adds for one sample.
    """
    from netbuilder.cli.files import read

    project = read(file)  # what is wrong with a file is told before torch is imported, which takes a second
    from netbuilder.cli.look import summarise

    return summarise(project, file, network, json)


@app.command()
def code(file: File) -> int:
    """Print the project's PyTorch source.

    What trains and what is exported is exactly this text, which runs with nothing but torch.

    \b
    Example: netbuilder code digits.netbuilder > model.py
    """
    from netbuilder.cli.files import read

    project = read(file)  # what is wrong with a file is told before torch is imported, which takes a second
    from netbuilder.cli.look import print_code

    return print_code(project)


@app.command()
def trust(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help="Trust all of it without asking, for scripts.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="No longer trust it.")] = False,
    json: Json = False,
) -> int:
    """Show the Python code that a project brings along, and trust it on this machine.

    Blocks of your own code run only where you have trusted this very text; if it changes, it is asked for again.
    Exit code 1 if some of it stays untrusted.
    """
    from netbuilder.cli.trust import trust_project

    return trust_project(file, yes=yes, forget=forget, json=json)


@app.command()
def data(
    file: File,
    add: Annotated[
        Path | None,
        typer.Option("--add", metavar="PATH", help="Look what this file or folder is, and add it to the project."),
    ] = None,
    name: Annotated[str, typer.Option(metavar="NAME", help="What it is called; else after the file.")] = "",
    begin: Annotated[
        bool, typer.Option("--begin", help="With --add: begin a network that learns from it, ready to train.")
    ] = False,
    scan: Annotated[
        str, typer.Option("--scan", metavar="NAME", help="Look at every value of this data set again.")
    ] = "",
    json: Json = False,
) -> int:
    """List a project's data sets; add one, or look at one again.

    What is added is guessed as in the window; its path is allowed on this machine and kept relative where it can be.

    \b
    Example: netbuilder new mine.netbuilder
             netbuilder data mine.netbuilder --add measurements.csv --begin
             netbuilder train mine.netbuilder
    """
    from netbuilder.cli.data import work_on_data

    return work_on_data(file, add, name, begin=begin, scan=scan, json=json)


@app.command()
def train(
    file: File,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A setting for this run only, as often as needed: epochs, batch_size, eval_batch_size, seed, device, "
            "precision, compile, start_from, threads, best, best_direction, checkpoint_seconds, preview_every, "
            "preview_share, keep_data, reading_processes.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="NAME", help="auto, cuda, mps or cpu.")] = "",
    training: Annotated[str, typer.Option(metavar="NAME", help="Which training graph, where there are several.")] = "",
    runs: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the run goes; runs/ beside FILE.")] = None,
    start_from: Annotated[
        str,
        typer.Option(metavar="DIR", help="Begin with the weights of another run (its folder), or of a checkpoint."),
    ] = "",
    allow_data: Annotated[
        bool,
        typer.Option("--allow-data", help="Let it read data outside of its folder, now and later on this machine."),
    ] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Start the run, print its folder and return.")] = False,
    json: Json = False,
) -> int:
    """Train a project and watch it. The window shows the same run when it is open.

    Ctrl-C asks the run to stop with a checkpoint; `netbuilder resume RUN` goes on from there. A second Ctrl-C only
    stops watching. With --json each line is one JSON object.

    Wrong settings are refused before anything is made (exit code 2). Errors in the graphs are found by the run itself:
    it fails with a sentence (exit code 1), and its folder stays with log.txt; `netbuilder check FILE` lists them all.

    \b
    Example: netbuilder train digits.netbuilder --set epochs=3 --set seed=1 --device cpu
    """
    from netbuilder.cli.train import train_project

    return train_project(
        file,
        set_ or [],
        device,
        training,
        runs,
        start_from=start_from,
        allow_data=allow_data,
        detach=detach,
        json=json,
    )


@app.command()
def export(
    file: File,
    network: Annotated[str, typer.Option(metavar="NAME", help="Which network, where there are several.")] = "",
    run: Annotated[
        str, typer.Option(metavar="RUN", help="A run's folder or name. Default: the newest with weights.")
    ] = "",
    checkpoint: Annotated[str, typer.Option(metavar="NAME", help="best, last, or one such as step-120.")] = "best",
    runs: Annotated[Path | None, typer.Option(metavar="DIR", help="Where runs lie; runs/ beside FILE.")] = None,
    untrained: Annotated[bool, typer.Option("--untrained", help="Random weights instead of a run's.")] = False,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Default: NAME-NETWORK.onnx beside the project.")
    ] = None,
    json: Json = False,
) -> int:
    """Export a trained network as an ONNX file.

    The file is checked, and kept only if onnxruntime gives the same numbers as PyTorch at two batch sizes.

    \b
    Example: netbuilder export digits.netbuilder --checkpoint last --to digits.onnx
    """
    from netbuilder.cli.export import export_project

    return export_project(file, network, run, checkpoint, to, runs, untrained=untrained, json=json)


@app.command()
def picture(
    file: File,
    graph: Annotated[str, typer.Argument(metavar="GRAPH", help="Which graph. Default: the largest network.")] = "",
    to: Annotated[
        Path | None,
        typer.Option("--to", "-o", metavar="FILE", help="Ends in .png, .svg or .pdf. Default: NAME-GRAPH.svg."),
    ] = None,
    theme: Annotated[str, typer.Option(metavar="NAME", help="Colours: light or dark.")] = "light",
    scale: Annotated[float, typer.Option(min=0.05, max=8.0, help="Pixels of a PNG for one of the canvas.")] = 2.0,
    clear: Annotated[bool, typer.Option("--clear", help="Leave the background transparent.")] = False,
) -> int:
    """Write a picture of a graph, with the shapes that analysis finds.

    \b
    Example: netbuilder picture digits.netbuilder classifier -o classifier.svg
    """
    from netbuilder.cli.picture import write_picture

    return write_picture(file, graph, to, theme, scale, clear=clear)


@app.command()
def sample(
    file: File,
    graph: Annotated[str, typer.Option(metavar="NAME", help="Which preview graph, where there are several.")] = "",
    run: Annotated[
        str, typer.Option(metavar="RUN", help="A run's folder or name. Default: the newest with weights.")
    ] = "",
    checkpoint: Annotated[str, typer.Option(metavar="NAME", help="best, last, or one such as step-120.")] = "best",
    seed: Annotated[int, typer.Option(min=0, help="Start of the random numbers.")] = 0,
    count: Annotated[int, typer.Option(min=1, max=256, help="How many samples.")] = 16,
    part: Annotated[str, typer.Option(metavar="NAME", help="Whose samples: test, validation or train.")] = "test",
    first: Annotated[int, typer.Option(min=0, help="The number of the first of them.")] = 0,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NODE.NAME=VALUE", help="A parameter of a block that samples."),
    ] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="COLUMN=VALUE", help="Your own value: text, numbers, a picture's path."),
    ] = None,
    latent: Annotated[
        list[str] | None, typer.Option(metavar="NODE.AXIS=NUMBER", help="An axis of the noise that things are made of.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Only say what can be set.")] = False,
    runs: Annotated[Path | None, typer.Option(metavar="DIR", help="Where runs lie; runs/ beside FILE.")] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Default: NAME-GRAPH beside the project.")] = None,
    json: Json = False,
) -> int:
    """Use what was trained: a preview graph with a run's weights.

    Pictures and curves are written into a folder, texts and probabilities are printed.

    \b
    Example: netbuilder sample digits.netbuilder --input image=mine.png --count 1
             netbuilder sample text.netbuilder --input "text=def add(" --set generate1.temperature=0.7
    """
    from netbuilder.cli.sample import sample_project

    values = {"set": set_ or [], "input": input_ or [], "latent": latent or []}
    return sample_project(
        file, graph, run, checkpoint, runs, to, values,
        seed=seed, count=count, part=part, first=first, listing=listing, json=json,
    )  # fmt: skip


@app.command("runs")
def list_runs(
    file: File,
    folder: Annotated[
        Path | None, typer.Option("--runs", metavar="DIR", help="Where runs lie; runs/ beside FILE.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those of other projects in the folder too.")] = False,
    json: Json = False,
) -> int:
    """List the runs of a project, newest first.

    With how they stand and what they reached on the test data; --json also names their checkpoints.
    """
    from netbuilder.cli.runs import show_runs

    return show_runs(file, folder, json, everything=everything)


@app.command()
def pause(run: RunFolder, runs: RunsFolder = None) -> None:
    """Let a run hold after its present step."""
    from netbuilder.cli.runs import steer

    steer(run, runs, "pause")


@app.command()
def resume(run: RunFolder, runs: RunsFolder = None) -> None:
    """Let a run go on.

    One that was paused simply goes on; one that was stopped, lost or failed starts from its last checkpoint.
    """
    from netbuilder.cli.runs import steer

    steer(run, runs, "resume")


@app.command()
def stop(run: RunFolder, runs: RunsFolder = None) -> None:
    """Ask a run to end, with a checkpoint."""
    from netbuilder.cli.runs import steer

    steer(run, runs, "stop")


@app.command()
def demo(
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where everything goes; a folder of your own data by default.")
    ] = None,
    template: Annotated[str, typer.Option(metavar="NAME", help="The preset to train.")] = "cnn_digits",
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting of the run.")] = None,
) -> int:
    """Show the whole way in the terminal.

    Copies a preset, trains it, tests it, exports it, compares the file with onnxruntime, says where everything lies.
    """
    from netbuilder.cli.demo import show

    return show(folder, template, set_ or [])
