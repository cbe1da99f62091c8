"""Metrics that need state: right over uneven batches, however steps are put together, the same bits after a resume."""

import math

import numpy
import pytest
import torch
from sklearn import metrics as sk
from torch.nn import functional

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.metrics import MetricPlan
from netbuilder.training import metrics
from netbuilder.training.meter import Meter
from netbuilder.training.metrics import Measure, MetricError, Metrics

CATALOGUE = Catalogue.builtin()
CPU = torch.device("cpu")
CUTS = ((0, 40), (40, 80), (80, 97), (97, 98))  # batches of 40, and a last one that is cut short


def plan(name, inputs, **values):
    """As the compiler makes it."""
    block = CATALOGUE[name]
    arguments = {param.name: values.get(param.name, param.default) for param in block.typed()}
    if any(param.name == "num_classes" for param in block.params):
        arguments["num_classes"] = inputs[0].shape[1]
    arguments = {key: value for key, value in {**block.fixed, **arguments}.items() if value is not None}
    return MetricPlan("it", block.stateful, arguments, tuple(port.name for port in block.inputs), block.table)


def measured(name, inputs, cuts=CUTS, **values):
    one = Measure(plan(name, inputs, **values), CPU)
    for a, b in cuts:
        one.add(tuple(tensor[a:b] for tensor in inputs))
    return one.result().tolist()


@pytest.fixture
def scores():
    torch.manual_seed(3)
    target = torch.randint(0, 5, (98,))
    return torch.randn(98, 5) + 1.5 * functional.one_hot(target, 5), target


@pytest.fixture
def answers():
    torch.manual_seed(4)
    target = torch.randint(0, 2, (98,))
    return torch.rand(98) + target * 0.5 - 0.6, target


@pytest.fixture
def pictures():
    torch.manual_seed(5)
    target = torch.rand(98, 2, 16, 14)
    return (target + 0.1 * torch.randn_like(target)).clamp(0, 1), target


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
def test_counts_of_classes_are_sklearns_on_the_whole(scores, average):
    logits, target = scores
    said = logits.argmax(1)
    expected = {
        "Precision": sk.precision_score(target, said, average=average),
        "Recall": sk.recall_score(target, said, average=average),
        "F1": sk.f1_score(target, said, average=average),
        "IoU": sk.jaccard_score(target, said, average=average),
    }
    for name, value in expected.items():
        assert measured(name, scores, average=average) == pytest.approx(value, rel=1e-6)
    assert measured("ConfusionMatrix", scores) == sk.confusion_matrix(target, said).tolist()


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_auroc_is_sklearns_on_the_whole(scores, average):
    logits, target = scores
    chances = logits.double().softmax(1).numpy()
    value = sk.roc_auc_score(target, chances, average=average, multi_class="ovr")
    assert measured("AUROC", scores, average=average) == pytest.approx(value, rel=1e-6)
    assert measured("AUROC", scores, average=average, thresholds=1000) == pytest.approx(value, abs=5e-3)


def test_yes_or_no_is_sklearns_though_scores_look_like_probabilities(answers):
    logits, target = answers
    middle = ((logits > 0) & (logits < 1)).nonzero().flatten()
    first = torch.cat([middle, torch.tensor(sorted(set(range(98)) - set(middle.tolist())))])  # a batch of such alone
    inputs = logits[first], target[first]
    cuts = ((0, len(middle)), (len(middle), 98))
    said = logits > 0
    expected = {
        "BinaryPrecision": sk.precision_score(target, said),
        "BinaryRecall": sk.recall_score(target, said),
        "BinaryF1": sk.f1_score(target, said),
        "BinaryAUROC": sk.roc_auc_score(target, logits),
    }
    for name, value in expected.items():
        assert measured(name, inputs, cuts) == pytest.approx(value, rel=1e-6)
        for given in (target[first].float(), target[first].bool()):  # as losses and columns have it
            assert measured(name, (logits[first], given), cuts) == pytest.approx(value, rel=1e-6)
    careful = sk.precision_score(target, logits.sigmoid() > 0.6)
    assert measured("BinaryPrecision", inputs, cuts, threshold=0.6) == pytest.approx(careful, rel=1e-6)


def test_regression_is_sklearns_even_far_from_zero():
    torch.manual_seed(6)
    target = 1e4 + torch.randn(98, 3)
    inputs = target + 0.3 * torch.randn(98, 3), target
    value = sk.r2_score(target.double(), inputs[0].double())
    assert measured("R2", inputs) == pytest.approx(value, rel=1e-6)
    weighted = sk.r2_score(target.double(), inputs[0].double(), multioutput="variance_weighted")
    assert measured("R2", inputs, multioutput="variance_weighted") == pytest.approx(weighted, rel=1e-6)
    flat = tuple(tensor[:, 0].contiguous() for tensor in inputs)
    assert measured("R2", flat) == pytest.approx(sk.r2_score(flat[1].double(), flat[0].double()), rel=1e-6)
    root = sk.root_mean_squared_error(target.double().numpy().ravel(), inputs[0].double().numpy().ravel())
    assert measured("RMSE", inputs) == pytest.approx(root, rel=1e-5)
    spread = float(target.double().std(correction=0))
    assert measured("NRMSE", inputs, normalization="std") == pytest.approx(root / spread, rel=1e-5)
    assert measured("NRMSE", inputs) == pytest.approx(root / float(target.double().mean()), rel=1e-5)


def test_exact_match_asks_for_every_place_but_those_left_out():
    torch.manual_seed(8)
    target = torch.randint(0, 4, (98, 5))
    said = torch.where(torch.rand(98, 5) < 0.15, torch.randint(0, 4, (98, 5)), target)
    logits = functional.one_hot(said, 4).float().movedim(2, 1)
    right = sum(said[at].tolist() == target[at].tolist() for at in range(98)) / 98
    assert measured("ExactMatch", (logits, target)) == pytest.approx(right)
    counted = [
        all(a == b for a, b in zip(*rows, strict=True) if b != 0)
        for rows in zip(said.tolist(), target.tolist(), strict=True)
    ]
    assert measured("ExactMatch", (logits, target), ignore_index=0) == pytest.approx(sum(counted) / 98)
    assert sum(counted) / 98 > right


def test_psnr_is_its_formula(pictures):
    error = (pictures[0].double() - pictures[1].double()).square().mean()
    assert measured("PSNR", pictures) == pytest.approx(float(10 * torch.log10(1 / error)), rel=1e-6)
    assert measured("PSNR", pictures, data_range=2.0) == pytest.approx(float(10 * torch.log10(4 / error)), rel=1e-6)


def test_ssim_is_its_formula(pictures):
    def blurred(x):  # 11 wide for a sigma of 1.5; borders are mirrored
        x = functional.pad(x, (5, 5, 5, 5), mode="reflect")
        at = torch.arange(11, dtype=torch.float64) - 5
        window = torch.exp(-at.square() / (2 * 1.5**2))
        window = (window / window.sum()).outer(window / window.sum())
        return functional.conv2d(x.flatten(0, 1).unsqueeze(1), window[None, None])

    x, y = (tensor.double() for tensor in pictures)
    mx, my = blurred(x), blurred(y)
    xx, yy, xy = blurred(x * x) - mx**2, blurred(y * y) - my**2, blurred(x * y) - mx * my
    alike = (2 * mx * my + 0.01**2) * (2 * xy + 0.03**2) / ((mx**2 + my**2 + 0.01**2) * (xx + yy + 0.03**2))
    assert measured("SSIM", pictures) == pytest.approx(float(alike.mean()), rel=1e-4)


def test_perplexity_is_the_exponential_of_the_cross_entropy(scores):
    torch.manual_seed(7)
    for inputs in (scores, (torch.randn(98, 5, 4, 3), torch.randint(0, 5, (98, 4, 3)))):
        assert measured("Perplexity", inputs) == pytest.approx(float(functional.cross_entropy(*inputs).exp()), rel=1e-5)
        kept = functional.cross_entropy(*inputs, ignore_index=2).exp()
        assert measured("Perplexity", inputs, ignore_index=2) == pytest.approx(float(kept), rel=1e-5)


def test_what_is_ignored_counts_nowhere(scores):
    logits, target = scores
    kept = target != 1
    for name, average in (("F1", "micro"), ("Recall", "micro"), ("ConfusionMatrix", None)):
        more = {"average": average} if average else {}
        without = measured(name, (logits[kept], target[kept]), ((0, int(kept.sum())),), **more)
        assert measured(name, scores, ignore_index=1, **more) == without


NAMES = [name for name in CATALOGUE.names if CATALOGUE[name].stateful]


def some(name, scores, answers, pictures):
    """Inputs for a metric, by its first port."""
    first = CATALOGUE[name].inputs[0]
    if first.role == "image":
        return pictures
    if first.name == "prediction":
        return tuple(tensor.flatten(1) for tensor in pictures)
    return answers if name.startswith("Binary") else scores


@pytest.mark.parametrize("name", NAMES)
def test_a_state_goes_on_to_the_bit_wherever_it_is_cut(name, scores, answers, pictures, monkeypatch):
    monkeypatch.setattr(metrics, "MOST_STEPS", 5)
    inputs = some(name, scores, answers, pictures)
    steps = [tuple(tensor[at : at + 7] for tensor in inputs) for at in range(0, 98, 7)]
    made = (plan(name, inputs),)
    whole = Metrics(made, CPU, tables=True)
    for step in steps:
        whole.add({"it": step})
    expected = whole.values(), whole.tables()
    for cut in (1, 5, 8, 13, 14):
        before, after = Metrics(made, CPU, tables=True), Metrics(made, CPU, tables=True)
        for step in steps[:cut]:
            before.add({"it": step})
        after.add({"it": steps[3]})  # what another run had seen is forgotten
        after.restore(before.state())
        for step in steps[cut:]:
            after.add({"it": step})
        assert (after.values(), after.tables()) == expected


def test_nothing_seen_is_no_state_and_no_number(scores):
    one = Metrics((plan("F1", scores),), CPU)
    assert one.state() == b""
    assert one.values() == {}
    one.add({"it": scores})
    assert one.values() != {}
    one.reset()
    assert one.values() == {}
    one.add({"it": scores})
    one.restore(b"")
    assert one.values() == {}


def test_what_waits_is_bounded_in_steps_and_bytes(scores, monkeypatch):
    updates = []
    one = Measure(plan("F1", scores), CPU)
    update = one._metric.update
    monkeypatch.setattr(one._metric, "update", lambda *given: (updates.append(len(given[0])), update(*given)))
    for _ in range(metrics.MOST_STEPS):
        one.add(scores)
    assert updates == [metrics.MOST_STEPS * 98]
    large = torch.zeros(metrics.MOST_BYTES // 20, 5), torch.zeros(metrics.MOST_BYTES // 20, dtype=torch.int64)
    one.add(large)
    assert updates[1:] == [len(large[0])]


def test_batches_of_other_shapes_are_not_mixed():
    torch.manual_seed(8)
    parts = [(torch.randn(4, 5, length), torch.randint(0, 5, (4, length))) for length in (3, 3, 6, 2)]
    one = Measure(plan("Perplexity", parts[0]), CPU)
    for part in parts:
        one.add(part)
    total = sum(functional.cross_entropy(*part, reduction="sum") for part in parts)
    count = sum(part[1].numel() for part in parts)
    assert float(one.result()) == pytest.approx(float((total / count).exp()), rel=1e-5)


def test_half_precision_is_measured_in_full(scores):
    logits, target = scores
    rough = logits.bfloat16()
    assert measured("AUROC", (rough, target)) == measured("AUROC", (rough.float(), target))
    assert measured("Perplexity", (rough, target)) == measured("Perplexity", (rough.float(), target))


def test_a_figure_that_does_not_exist_is_no_number():
    one = Measure(plan("R2", (torch.rand(1), torch.rand(1))), CPU)
    one.add((torch.rand(1), torch.rand(1)))
    assert math.isnan(float(one.result()))


def test_what_cannot_be_measured_is_said_in_a_sentence(scores):
    one = Measure(plan("F1", scores), CPU, checked=True)
    one.add((scores[0], torch.arange(98) % 9))
    said = r"^The metric 'it' cannot be measured: a target is class 5, but there are 5 classes, counted from 0\.$"
    with pytest.raises(MetricError, match=said):
        one.result()
    skipping = Measure(plan("F1", scores, ignore_index=9), CPU, checked=True)
    skipping.add((scores[0], scores[1].where(scores[1] > 0, 9)))
    assert skipping.result() > 0


@pytest.mark.parametrize("weights", [None, (1.0, 3.0, 0.5, 2.0, 1.0)])
def test_a_loss_over_some_targets_is_exact_over_uneven_batches(weights):
    torch.manual_seed(9)
    logits, target = torch.randn(98, 5, 4), torch.randint(0, 5, (98, 4))
    target[40:80] = 2  # a batch in which every target is ignored
    weight = torch.tensor(weights) if weights else None
    meter = Meter(frozenset({"loss"}))
    for a, b in CUTS:
        loss = functional.cross_entropy(logits[a:b], target[a:b], weight, ignore_index=2)
        share = target[a:b].ne(2) if weight is None else target[a:b].ne(2).mul(weight.take(target[a:b]))
        meter.add(({"loss": (loss, share.sum())}, b - a))
    meter.flush(4)
    whole = functional.cross_entropy(logits, target, weight, ignore_index=2)
    assert meter.epoch()["loss"] == pytest.approx(float(whole), rel=1e-6)


def test_the_meter_gives_metrics_and_tables_beside_means(scores):
    f1, table = plan("F1", scores), plan("ConfusionMatrix", scores)
    table = MetricPlan("table", table.target, table.arguments, table.ports, True)
    for tables in (True, False):
        meter = Meter(metrics=Metrics((f1, table), CPU, tables=tables))
        for a, b in CUTS:
            part = scores[0][a:b], scores[1][a:b]
            meter.add(({"loss": torch.tensor(1.5), "it": part, "table": part}, b - a))
        meter.flush(4)
        assert meter.recent() == {"loss": 1.5}
        if tables:
            assert numpy.sum(meter.tables()["table"]) == 98
        else:
            assert meter.tables() == {}
        assert meter.epoch() == {"loss": 1.5, "it": pytest.approx(measured("F1", scores))}
        assert meter.epoch() == {}
        assert meter.tables() == {}
