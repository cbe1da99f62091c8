"""The contract of the catalogue: every block's declaration holds against the installed torch and in itself."""

import inspect
import re
from functools import reduce
from importlib import import_module
from typing import get_overloads
from unicodedata import normalize

import pytest
import torch
from torch import nn
from torch.nn import functional

from netbuilder.blocks.algorithms import ALGORITHMS
from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.catalogue import CATEGORIES, Catalogue
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.help import page, page_text
from netbuilder.blocks.params import (
    Float,
    Inferred,
    NetworkRef,
    Size,
    Wrap,
)
from netbuilder.blocks.pieces import LayerPath, Phrase
from netbuilder.blocks.schedules import SCHEDULERS, SCHEDULES
from netbuilder.blocks.spec import PARTS, Ports
from netbuilder.graph.model import KINDS, NONE, Project
from netbuilder.graph.names import is_id
from tests.blocks.cases import ALWAYS_WRITTEN, NO_SIGNATURE, NOT_OFFERED_BY
from tests.blocks.limits import limits

CATALOGUE = Catalogue.builtin()
BLOCKS = [CATALOGUE[name] for name in CATALOGUE.names]
BY_NAME = pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
ROLES = {"image", "sequence", "vector", "class", "logits", "loss", "tensor"}

# Arguments of torch that no block offers: tensors, in-place work, sizes of memory, whether this is training, and what
# torch itself calls deprecated. Everything else must be declared, so that a newer torch's additions are noticed here.
NOT_OFFERED = {
    "device", "dtype", "inplace", "return_indices", "sparse", "_weight", "_freeze", "weight", "pos_weight",
    "size_average", "reduce", "reduction", "recompute_scale_factor", "maximize", "foreach", "differentiable", "fused",
    "capturable", "decoupled_weight_decay", "training",
}  # fmt: skip


def torch_callable(block):
    path = block.like or block.module or block.function
    if not path:
        return None
    return resolved(path)


def resolved(path):
    """What a dotted path names: torch's as source calls them ("nn.Linear", "F.relu"), others by their module."""
    first, *rest = path.split(".")
    if first in (homes := {"nn": nn, "F": functional, "torch": torch}):
        return reduce(getattr, rest, homes[first])
    home, _, name = path.rpartition(".")
    return getattr(import_module(home), name)


_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def torch_params(target, inputs=()):
    """By name, without those that are a block's inputs. A class that only says *args tells more in its overloads."""
    found = {name: one for name, one in inspect.signature(target).parameters.items() if one.kind not in _STARRED}
    if not found and inspect.isclass(target) and (told := get_overloads(target.__init__)):
        found = dict(inspect.signature(told[0]).parameters)
        del found["self"]
    if target is nn.RNNBase:
        del found["mode"]
    if not inspect.isclass(target):
        names = [port.name for port in inputs]
        for name in names if set(names) <= set(found) else list(found)[: len(names)]:
            del found[name]
    return found


def default_of(parameter):
    value = parameter.default
    return value.__name__ if inspect.isfunction(value) or inspect.isbuiltin(value) else value


def with_a_signature():
    return [block for block in BLOCKS if block.part in ("layer", "loss") and block.name not in NO_SIGNATURE]


def all_params(block):
    """Every parameter in every variant, with the values that bring it."""
    found = [(param, NONE) for param in block.params]
    for name, options in block.variants:
        found += [(param, NONE.set(name, option)) for option, params in options.items() for param in params]
    return found


TYPED = [
    pytest.param(
        block, param, values, id=f"{block.name}-{param.name}-{'-'.join(map(str, values.values()))}".rstrip("-")
    )
    for block in BLOCKS
    for param, values in all_params(block)
    if not isinstance(param, Inferred)
]
BY_PARAM = pytest.mark.parametrize(("block", "param", "values"), TYPED)


@pytest.mark.parametrize("block", with_a_signature(), ids=lambda block: block.name)
def test_parameters_are_torchs_own(block):
    target = torch_callable(block)
    assert target is not None, "it says neither module nor function nor like"
    theirs = torch_params(target, block.inputs)
    ours = [param for param, _ in all_params(block) if not isinstance(param, Wrap)]
    names = list(dict.fromkeys(param.name for param in ours))
    assert set(names) <= set(theirs)
    if not block.variants:
        assert names == [name for name in theirs if name in names], "not in torch's order"
    for param in ours:
        if (block.name, param.name) in ALWAYS_WRITTEN:
            assert param.required
            assert param.default == ALWAYS_WRITTEN[block.name, param.name]
        elif param.required:
            assert theirs[param.name].default is inspect.Parameter.empty
        else:
            assert default_of(theirs[param.name]) == param.default
            assert same_kind(param, default_of(theirs[param.name])) or block.part == "optimizer"
    missing = set(theirs) - set(names) - NOT_OFFERED - NOT_OFFERED_BY.get(block.name, set()) - set(block.fixed)
    assert not missing
    assert all(theirs[name].default is not inspect.Parameter.empty or name in names for name in theirs)
    assert set(block.fixed) <= set(theirs)


def same_kind(param, theirs):
    """Whether a default is of torch's type; torch writes some numbers without their fraction ("tau: float = 1")."""
    if isinstance(param, Float) and type(theirs) is int:
        return isinstance(param.default, float)
    return isinstance(param.default, type(theirs))


def test_only_spelled_operations_go_without_a_signature():
    assert {
        block.name
        for block in BLOCKS
        if block.call and block.part != "python" and not (block.like or block.module or block.function)
    } == NO_SIGNATURE


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.module], ids=lambda block: block.name)
def test_the_module_exists_and_in_sizes_are_never_typed(block):
    assert issubclass(resolved(block.module), nn.Module)
    sizes = {"in_features", "in_channels", "num_features", "normalized_shape", "num_channels", "input_size"}
    sizes |= {"embed_dim", "kdim", "vdim", "d_model", "in1_features", "in2_features"}
    assert not sizes & {param.name for param in block.typed()}
    ports = {port.name: port for port in block.inputs}
    for param in block.params:
        if isinstance(param, Inferred):
            assert param.axes
            for port, letter in param.axes:
                assert ports[port].axis(letter) is not None
                assert param.optional or not ports[port].optional


def classes_of(module, base):
    found = {name for name, one in vars(module).items() if inspect.isclass(one) and issubclass(one, base)}
    return {name for name in found if not name.startswith("_")} - {base.__name__}


def test_every_optimizer_of_torch_is_there():
    assert set(ALGORITHMS) == classes_of(torch.optim, torch.optim.Optimizer)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_optimizers_are_torchs_own(name):
    theirs = torch_params(getattr(torch.optim, name))
    del theirs["params"]
    ours = ALGORITHMS[name]
    assert [param.name for param in ours] == [key for key in theirs if key not in NOT_OFFERED]
    for param in ours:
        assert param.default == theirs[param.name].default
    weight = torch.zeros(2, 2, requires_grad=True)
    getattr(torch.optim, name)([weight], **{param.name: param.default for param in ours})


# Schedules of torch that are not offered: each is another one in other words, or takes a function or other schedules.
NO_SCHEDULE = {
    "ChainedScheduler", "ConstantLR", "CyclicLR", "LambdaLR", "LinearLR", "MultiplicativeLR", "PolynomialLR",
    "SequentialLR",
}  # fmt: skip
NO_ARGUMENT = {
    "optimizer", "last_epoch",
    "epochs", "steps_per_epoch",  # total_steps says it
    "eps",  # a change of the rate this small; the name is the algorithms' own
}  # fmt: skip


def test_schedules_are_torchs_own():
    schedulers = torch.optim.lr_scheduler
    assert {*SCHEDULERS.values(), *NO_SCHEDULE} == classes_of(schedulers, schedulers.LRScheduler)
    assert set(SCHEDULES) - set(SCHEDULERS) == {"constant", "warm-up then cosine"}
    for name, torchs in SCHEDULERS.items():
        theirs = {key: one for key, one in torch_params(getattr(schedulers, torchs)).items() if key not in NO_ARGUMENT}
        assert [param.name for param in SCHEDULES[name]] == list(theirs)
        for param in SCHEDULES[name]:
            empty = theirs[param.name].default is inspect.Parameter.empty
            # Where torch wants a number, none is the whole run: that is filled in when a run knows its length.
            assert param.required == (empty and not param.optional), (name, param.name)
            assert empty or param.default == theirs[param.name].default


def test_what_choices_bring_has_names_of_its_own():
    for block in BLOCKS:
        options = [{param.name for params in more.values() for param in params} for _, more in block.variants]
        names = [param.name for param in block.params] + [name for found in options for name in found]
        assert len(set(names)) == len(names), block.name


@BY_PARAM
def test_limits_hold_on_both_sides(block, param, values):
    assert param.check(param.default) == ""
    good, bad = limits(param)
    for value in good:
        assert param.check(value) == "", value
        assert block.check(values.set(param.name, value)) == {}
        if not (isinstance(param, Size) and param.rank == 1 and isinstance(value, tuple)):  # that is shown as one int
            assert param.parse(param.show(value)) == value
        if isinstance(param, Phrase):  # that becomes a piece of the call
            assert param.source(value) == param.phrases[value]
        elif not isinstance(param, NetworkRef | Groups | Arguments | LayerPath):  # they become names in source
            text = f"({param.source(value)},)" if getattr(param, "spread", False) else param.source(value)
            assert eval(text, {"float": float}) == written(param, value)
    for value in bad:
        wrong = param.check(value)
        assert wrong, value
        assert "\n" not in wrong
        assert list(block.check(values.set(param.name, value))) == [param.name]
    assert bool(param.check(None)) != param.optional


def written(param, value):
    """What the source says for a value."""
    if isinstance(param, Size) and param.whole and isinstance(value, int):
        return (value,) * param.rank
    return float(value) if value in ("inf", "-inf") else value


@BY_PARAM
def test_every_parameter_is_explained(block, param, values):
    assert is_sentence(param.help), param.help
    assert block.value(values, param.name) == param.default


def is_sentence(text):
    return bool(re.fullmatch(r"[A-Z][^\n]*\.", text)) and "  " not in text and len(text) < 260


@BY_NAME
def test_it_is_told_in_plain_words(block):
    assert is_sentence(block.summary)
    assert not re.search(r"[.!?] [A-Z]", block.summary), "more than one sentence"
    assert len(block.summary) <= 110
    assert block.formula
    assert "\n" not in block.formula
    assert block.synonyms
    assert len(set(block.synonyms)) == len(block.synonyms)
    assert block.part in PARTS
    assert block.graphs
    assert set(block.graphs) <= set(KINDS)
    assert CATEGORIES[block.category].startswith("category.")


@BY_NAME
def test_names_are_identifiers_and_no_port_is_called_like_a_parameter(block):
    ports = [port.name for port in (*block.inputs, *block.outputs)]
    assert len({normalize("NFKC", name) for name in ports}) == len(ports)
    params = {param.name for param, _ in all_params(block)}
    assert not params & set(ports)
    for name in [*ports, *params]:
        assert name.isidentifier()
        assert not name.startswith("_")
    reserved = {"self", "inputs", "outputs", "params", "training"}
    assert not reserved & {*ports, *params}
    assert all(is_id(port) for port in ports), ports


@BY_NAME
def test_ports_say_their_axes_role_and_meaning(block):
    for port in (*block.inputs, *block.outputs):
        assert port.role in ROLES
        assert port.dtype in ("float32", "int64", "bool", "any")
        assert is_sentence(port.help)
        letters = port.axes.split()
        assert letters.count("*") <= 1
        if "N" in letters and not port.optional and port.name not in ("h", "c"):
            assert letters[0] == "N", "the batch comes first"
    optional = [port.optional for port in block.inputs]
    assert optional == sorted(optional), "optional ports come last"
    assert not any(port.optional or port.many for port in block.outputs)


@BY_NAME
def test_what_it_does_is_said_exactly_once(block):
    if block.part in ("input", "output", "data", "network", "optimizer", "freeze", "view", "delay"):
        assert (block.call, block.module, block.function) == ("", "", "")
    elif block.stateful:
        assert block.part == "metric"
        assert (block.call, block.module, block.function, block.outputs) == ("", "", "", ())
    elif block.module or block.make:
        assert not block.function
        assert not (block.module and block.make)
        assert block.call or not block.make
        assert block.graphs == ("network",), "weights live in networks"
    else:
        assert bool(block.call) != bool(block.function)


@BY_NAME
def test_computed_ports_bear_with_every_value(block):
    if block.ports is None:
        assert block.node_ports(NONE, Project()) == Ports(block.inputs, block.outputs)
        return
    for param in block.typed():
        good, bad = limits(param)
        for value in (*good, *bad, None, -1, 10**9, (), "x"):
            assert isinstance(block.node_ports(NONE.set(param.name, value), Project()), Ports)


@BY_NAME
def test_the_line_under_the_title_can_be_shown(block):
    text = block.brief_text(NONE)
    assert "{" not in text
    assert len(text) <= 30
    for name, options in block.variants:
        assert all(block.brief_text(NONE.set(name, option)) for option in options)


@pytest.mark.parametrize(
    ("block", "value", "text"),
    [
        ("Linear", 2, "2 features"),
        ("Linear", 1, "1 feature"),
        ("Conv2d", 1, "1 filter, 3"),
        ("OneHot", 1, "1 class"),
        ("TransformerEncoderLayer", 1, "1 head, 2048 inside"),
        ("PaddingMask", 1, "gaps hold 1"),
    ],
)
def test_one_is_no_plural(block, value, text):
    block = CATALOGUE[block]
    name = block.brief.split("{")[1].split("}")[0]
    assert block.brief_text(NONE.set(name, value)) == text


@BY_NAME
def test_the_help_page_holds_everything(block):
    about, text = page(block), page_text(block)
    assert (about.title, about.summary, about.formula) == (block.name, block.summary, block.formula)
    for part in (about.summary, about.formula, *(port.help for port in (*block.inputs, *block.outputs))):
        assert part in text
    for param, _ in all_params(block):
        assert param.help in text
        shown = {(one.name, one.text) for one in about.params}
        assert (param.label or param.name, param.help) in shown
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert text.startswith(f"# {block.name}\n")
