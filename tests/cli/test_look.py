"""check, summary and code: what they print, with problems and with hostile text in the project."""

import json

import msgspec
import torch
from immutables import Map

from netbuilder.graph.file import save
from netbuilder.graph.model import Node
from tests.compiler.loop_examples import looped


def changed(project, graph, **nodes):
    """The project with these nodes in one graph replaced or added."""
    held = project.graphs[graph]
    for id, node in nodes.items():
        held = msgspec.structs.replace(held, nodes=held.nodes.set(id, node))
    return msgspec.structs.replace(project, graphs=project.graphs.set(graph, held))


def test_a_sound_project_has_no_errors(run, project_file):
    code, out, err = run("check", project_file)
    assert (code, err) == (0, "")
    assert "error" not in out or "0 errors" in out


def test_errors_come_first_with_their_repairs_and_exit_code_1(run, project_file, make_project):
    project = make_project()
    held = project.graphs["classifier"]
    links = {end: link for end, link in held.links.items() if "flatten1" not in (end.node, link.source.node)}
    end = next(end for end in held.links if end.node == "linear1")
    first = held.links[next(end for end in held.links if end.node == "flatten1")]
    links[end] = msgspec.structs.replace(first, target=end)  # the image goes into Linear as it is
    held = msgspec.structs.replace(held, links=Map(links), nodes=held.nodes.delete("flatten1"))
    save(msgspec.structs.replace(project, graphs=project.graphs.set("classifier", held)), project_file)
    code, out, err = run("check", project_file)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    found = [line for line in lines[:-1] if not line.startswith(" ")]
    kinds = [line.split()[0] for line in found]
    assert kinds == sorted(kinds, key=["error", "warning", "hint"].index)
    assert kinds[0] == "error"
    at = next(at for at, line in enumerate(lines) if " classifier.linear1: " in line)
    assert lines[at + 1].startswith("    can be mended: ")
    assert "Flatten" in lines[at + 1]
    assert lines[-1].startswith(f"{kinds.count('error')} error")
    code, out, _ = run("check", project_file, "--json")
    found = json.loads(out)
    assert code == 1
    assert found["errors"] == kinds.count("error")
    problem = next(each for each in found["problems"] if each["node"] == "linear1")
    assert any("Flatten" in repair["label"] for repair in problem["repairs"])


def test_what_comes_after_an_error_is_unknown_in_the_summary(run, project_file, make_project):
    save(changed(make_project(), "classifier", linear1=Node("Linear", Map({"out_features": -1}))), project_file)
    code, out, err = run("summary", project_file)
    assert (code, err) == (0, "")
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["linear2"][2] == "?"
    assert "what comes after it is not known" in out


def test_unknown_blocks_and_wrong_parameters_are_told_once_each(run, project_file, make_project):
    hostile = "\x1b[2J[red]Frobnicate[/red]"
    project = changed(
        make_project(),
        "classifier",
        linear1=Node("Linear", Map({"out_features": "x"})),
        other=Node(hostile, Map({})),
    )
    save(project, project_file)
    code, out, _ = run("check", project_file)
    assert code == 1
    assert "\x1b" not in out
    assert "[red]Frobnicate[/red]" in out  # as it is, and not as markup
    errors = [line for line in out.splitlines() if line.startswith("error ")]
    assert sum("classifier.linear1" in line for line in errors) == 1
    assert any('out_features: expected int, got "x"' in line for line in errors)
    assert sum("classifier.other" in line for line in errors) == 1


def test_settings_that_train_would_refuse_are_problems(run, project_file, make_project):
    project = make_project()
    for settings, words in (({"epochs": "x"}, 'Setting epochs: expected int, got "x".'), ({"best": "foo"}, "foo")):
        save(msgspec.structs.replace(project, settings=Map({"training": Map(settings)})), project_file)
        code, out, _ = run("check", project_file)
        assert code == 1
        line = next(line for line in out.splitlines() if line.startswith("error training: Setting "))
        assert words in line
        code, out, _ = run("check", project_file, "--json")
        (problem,) = (each for each in json.loads(out)["problems"] if each["severity"] == "error")
        assert code == 1
        assert (problem["graph"], problem["node"], problem["rule"]) == ("training", "", "settings")
        assert problem["message"] in line
        code, _, err = run("train", project_file)
        assert code == 2
        assert problem["message"] in err


def test_summary_is_a_table_with_totals(run, project_file):
    code, out, err = run("summary", project_file)
    assert (code, err) == (0, "")
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line.strip()}
    assert rows["classifier"] == ["classifier"]
    assert rows["image"] == ["image", "Input", "N", "x", "1", "x", "8", "x", "8", "0", "0"]
    assert rows["linear1"] == ["linear1", "Linear", "N", "x", "8", "520", "512"]
    assert rows["total"] == ["total", "610", "592"]
    order = [line.split()[0] for line in out.splitlines() if line.strip()]
    assert order.index("image") < order.index("linear1") < order.index("logits") < order.index("total")


def test_code_is_a_module_that_runs(run, project_file):
    code, out, err = run("code", project_file)
    assert (code, err) == (0, "")
    module = {"__name__": "model"}
    exec(compile(out, "model.py", "exec"), module)
    network = module["Classifier"]()
    assert network(torch.zeros(3, 1, 8, 8)).shape == (3, 10)
    assert callable(module["train_step"])


def test_titles_can_not_break_the_source(run, project_file, make_project):
    hostile = 'a"""\nimport os\nos.abort()\n"""\x1b[31m\u202e'
    project = changed(make_project(), "classifier", linear1=Node("Linear", Map({"out_features": 8}), title=hostile))
    save(msgspec.structs.replace(project, title=hostile), project_file)
    code, out, _ = run("code", project_file)
    assert code == 0
    assert "\x1b" not in out
    exec(compile(out, "model.py", "exec"), {"__name__": "model"})


def test_a_recurrent_network_is_told_in_order_with_its_sequences(run, tmp_path):
    file = tmp_path / "loop.netbuilder"
    save(looped(), file)
    code, out, _ = run("summary", file, "--json")
    assert code == 0
    nodes = json.loads(out)["networks"][0]["nodes"]
    assert [node["node"] for node in nodes] == ["delay1", "x", "concat1", "linear1", "tanh1", "y"]
    assert [node["shape"] for node in nodes] == ["N x 8", "N x T x 6", "N x 14", "N x 8", "N x 8", "N x T x 8"]
    code, out, _ = run("code", file)
    assert (code, "for x_t in x.unbind(1):" in out) == (0, True)
    assert run("check", file)[0] == 0
