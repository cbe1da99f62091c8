"""The presets: sound, tidy, explained, and as good as promised."""

import itertools
import re

import pytest

from netbuilder import resources
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.data.facts import facts
from netbuilder.graph import file
from netbuilder.presets import FAMILIES, presets
from netbuilder.training.settings import resolve, resolve_for
from tests.templates import pages
from tests.templates.running import figure, trained, training_of

CATALOGUE = Catalogue.builtin()
PROJECTS = {name: file.load(path) for name, path in resources.templates().items()}
PRESETS = presets()
WIDEST = 7.2 * 260
ALL = (
    "first_neuron", "why_nonlinear", "mlp_digits", "tabular_wine", "tabular_diabetes", "cnn_digits", "resnet_digits",
    "deep_1000", "unet_shapes", "detector_shapes", "face_like_embedding", "tones_speech", "elman_by_hand",
    "lstm_series", "gru_adding", "char_lstm", "char_gpt", "translate_numbers", "vit_digits", "autoencoder_digits",
    "denoising_digits", "vae_digits", "gan_digits", "wgan_gp_digits", "diffusion_digits", "style_transfer",
)  # fmt: skip

BY_NAME = pytest.mark.parametrize("name", PROJECTS)
BY_GRAPH = pytest.mark.parametrize(
    ("name", "graph"), [(name, graph) for name, project in PROJECTS.items() for graph in sorted(project.graphs)]
)


def test_every_family_has_its_presets():
    assert set(PROJECTS) == set(ALL)
    assert {preset.family for preset in PRESETS.values()} == set(FAMILIES)
    orders = [preset.order for preset in PRESETS.values()]
    assert len(set(orders)) == len(orders)
    families = [family for family, _ in itertools.groupby(preset.family for preset in PRESETS.values())]
    assert families == list(FAMILIES), "cards of a family stand side by side, families in their order"


@BY_NAME
def test_the_file_is_as_saving_would_write_it(name):
    data = resources.template(name).read_bytes()
    assert file.dumps(PROJECTS[name]) == data


@BY_NAME
def test_its_card_speaks_of_it(name):
    preset = PRESETS[name]
    assert preset.title == PROJECTS[name].title
    assert len(preset.title) <= 34
    assert 20 <= len(preset.summary) <= 110
    assert preset.summary.endswith(".")
    assert len(preset.figure.measured) == 3


@BY_NAME
def test_data_is_as_its_source_says(name):
    for dataset in PROJECTS[name].datasets.values():
        assert dataset == facts(dataset.source, dataset.params)


@BY_NAME
def test_nothing_is_wrong_with_it(name):
    project = PROJECTS[name]
    assert CATALOGUE.check(project) == []
    for graph, report in Analyser(CATALOGUE).analyse(project).items():
        assert [problem.message for problem in report.problems] == [], graph
        assert all(facts.state == "ok" for facts in report.nodes.values())


@BY_NAME
def test_it_trains_without_a_click_besides_train(name):
    project, training = PROJECTS[name], training_of(name)
    settings = resolve_for(project.graphs[training], project.settings[training], CATALOGUE)
    assert list(project.settings) == [training]
    assert settings.device == "auto"
    assert any(graph.kind == "preview" for graph in project.graphs.values())


@BY_GRAPH
def test_it_is_tidy(name, graph):
    held = PROJECTS[name].graphs[graph]
    places = {id: node.at for id, node in held.nodes.items()}
    for link in held.links.values():
        (x1, y1), (x2, y2) = places[link.source.node], places[link.target.node]
        loop = "Delay" in (held.nodes[link.source.node].block, held.nodes[link.target.node].block)
        assert x2 > x1 or y2 > y1 or loop, f"{link} runs backwards, and not to a row below"
    width = max(x for x, _ in places.values()) - min(x for x, _ in places.values())
    assert width <= WIDEST


@BY_GRAPH
def test_a_note_says_what_to_look_at(name, graph):
    note, *_ = sorted(PROJECTS[name].graphs[graph].frames.values(), key=lambda frame: -len(frame.text))
    assert note.title
    assert 3 <= len(re.findall(r"[.!?](?: |$)", note.text)) <= 6
    assert re.search(r"\b(watch|see|shows?|look)\b", note.text, re.IGNORECASE)
    assert "Try next:" in note.text
    nodes = {id for held in PROJECTS[name].graphs.values() for id in held.nodes}
    for id in re.findall(r"\b[a-z]+\d+\b", note.text):
        assert id in nodes, f"the note speaks of {id}"


@BY_NAME
def test_a_shortened_training_gets_where_it_should(name, tmp_path):
    preset = PRESETS[name]
    run = trained(name, tmp_path, **preset.ci.settings)
    assert not run.status().notes
    assert list(run.path.glob("preview/step-*/*")), "its previews show something"
    if preset.ci.bound is not None:
        value = figure(run, preset.figure)
        assert value >= preset.ci.bound if preset.figure.better == "max" else value <= preset.ci.bound


# The first two presets hold what they always held: the figure with each seed, in so many steps, and no wider.
STEPS = {"mlp_digits": 1200, "cnn_digits": 600}


@pytest.mark.parametrize("name", STEPS)
def test_the_first_presets_are_as_accurate_as_promised_with_each_seed(name, tmp_path):
    settings = resolve(PROJECTS[name].settings["training"])
    assert (settings.best, settings.best_direction) == ("loss", "min")
    assert settings.epochs <= 60
    for graph in PROJECTS[name].graphs.values():
        places = [node.at[0] for node in graph.nodes.values()]
        assert max(places) - min(places) <= 4 * 260
    promised = PRESETS[name].figure
    for seed in (0, 1, 2):
        run = trained(name, tmp_path, seed=seed)
        assert run.status().step == run.status().steps == STEPS[name]
        assert promised.reached(figure(run, promised)), seed


def test_the_table_and_the_gallery_are_up_to_date():
    assert pages.TABLE.read_text("utf-8") == pages.table()
    assert pages.PICTURES.read_text("utf-8") == pages.gallery()
    missing = [
        name for name in PRESETS if not (pages.PICTURES.parent / "pictures" / "presets" / f"{name}.png").is_file()
    ]
    assert not missing
