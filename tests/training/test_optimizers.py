"""Optimizers, their groups and schedules: torch's own numbers, and every state of theirs survives a checkpoint."""

import copy
import math

import msgspec
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from netbuilder.blocks.algorithms import ALGORITHMS
from netbuilder.blocks.schedules import SCHEDULES
from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.training import checkpoint, schedules
from netbuilder.training.averages import Average
from netbuilder.training.checkpoint import State
from netbuilder.training.errors import WorkError
from netbuilder.training.optimizers import build_optimizers
from netbuilder.training.schedules import Length

CPU = torch.device("cpu")
LENGTH = Length(epochs=6, steps=30)


def networks(seed=0, sparse=False):
    torch.manual_seed(seed)
    if sparse:
        return {"a": nn.Embedding(9, 4, sparse=True)}
    layers = nn.Linear(6, 4, bias=False), nn.Tanh(), nn.Linear(4, 6, bias=False)
    return {"a": nn.Sequential(*layers), "b": nn.Linear(6, 6, bias=False)}


def plan(**values):
    held = {"node": "opt", "algorithm": "Adam", "arguments": {"lr": 0.01}, "networks": ("a", "b"), "losses": ("loss",)}
    return OptimizerPlan(**{**held, **values})


def learn(made, optimizer, steps, first=0):
    for step in range(first, first + steps):
        chance = torch.Generator().manual_seed(step)
        x = torch.randn(8, 6, generator=chance)

        def loss(x=x, chance=chance):
            optimizer.zero_grad()
            if "b" not in made:
                found = made["a"](torch.arange(8) % 7).square().mean()
            else:
                found = (made["b"](made["a"](x)) - x).square().mean()
            found.backward()
            return found

        loss()
        optimizer.step(loss) if isinstance(optimizer, torch.optim.LBFGS) else optimizer.step()
        if optimizer.schedule is not None and not isinstance(optimizer.schedule, schedules.ReduceLROnPlateau):
            optimizer.schedule.step()


def resumed(tmp_path, made, optimizers, one):
    """New networks and optimizers with the state of these, through a checkpoint on disk."""
    path = checkpoint.write(checkpoint.take(made, optimizers, CPU, State()), tmp_path)
    fresh = networks(seed=9, sparse="b" not in made)
    others = build_optimizers([one], fresh, LENGTH)
    checkpoint.put(checkpoint.read(path), fresh, others, CPU)
    return fresh, others


def same(one, other):
    return all(torch.equal(a, b) for n in one for a, b in zip(one[n].parameters(), other[n].parameters(), strict=True))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_goes_on_from_a_checkpoint_to_the_bit(tmp_path, algorithm):
    made = networks(sparse=algorithm == "SparseAdam")
    values = {param.name: param.default for param in ALGORITHMS[algorithm]}
    one = plan(algorithm=algorithm, arguments=values, networks=tuple(made))
    optimizers = build_optimizers([one], made, LENGTH)
    assert [id(p) for p in optimizers["opt"].parameters] == [id(p) for net in made.values() for p in net.parameters()]
    learn(made, optimizers["opt"], 3)
    fresh, others = resumed(tmp_path, made, optimizers, one)
    steps = 1 if algorithm == "LBFGS" else 4  # its sums differ from one time to the next, without any checkpoint too
    learn(made, optimizers["opt"], steps, first=3)
    learn(fresh, others["opt"], steps, first=3)
    if algorithm == "LBFGS":
        for a, b in zip(optimizers["opt"].parameters, others["opt"].parameters, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-4)
    else:
        assert same(made, fresh)


def values_of(schedule):
    return {param.name: param.default for param in SCHEDULES[schedule]}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_goes_on_from_a_checkpoint_to_the_bit(tmp_path, schedule):
    one = plan(schedule=schedule, schedule_arguments=values_of(schedule), schedule_unit="step")
    made = networks()
    optimizers = build_optimizers([one], made, LENGTH)
    optimizer, rates = optimizers["opt"], []
    learn(made, optimizer, 8)
    if schedule == "plateau":
        for value in (3.0, 2.0, *[2.0] * 14):
            schedules.end_epoch([one], optimizers, {"loss": value})
    fresh, others = resumed(tmp_path, made, optimizers, one)
    for step in range(8, 30):
        rates.append(optimizer.param_groups[0]["lr"])
        for nets, opts in ((made, optimizers), (fresh, others)):
            learn(nets, opts["opt"], 1, first=step)
            schedules.end_epoch([msgspec.structs.replace(one)], opts, {"loss": 2.0})
        assert [g["lr"] for g in optimizer.param_groups] == [g["lr"] for g in others["opt"].param_groups]
    assert same(made, fresh)
    assert schedule == "constant" or len(set(rates)) > 1


def rates(one, count, length=LENGTH):
    made = networks()
    (optimizer,) = build_optimizers([one], made, length).values()
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        optimizer.schedule.step()
    return found


def test_a_cosine_over_the_whole_run_ends_at_its_lowest_point():
    arguments = {"T_max": None, "eta_min": 0.001}
    found = rates(plan(schedule="cosine", schedule_arguments=arguments, schedule_unit="step"), 31)
    expected = [0.001 + 0.009 * (1 + math.cos(math.pi * at / 30)) / 2 for at in range(31)]
    assert found == pytest.approx(expected)
    by_epoch = rates(plan(schedule="cosine", schedule_arguments=arguments), 7)
    assert by_epoch == pytest.approx(expected[::5])


def test_a_warm_up_rises_and_then_falls_along_a_cosine():
    arguments = {"warmup": 10, "start_factor": 0.1, "T_max": None, "eta_min": 0.0}
    found = rates(plan(schedule="warm-up then cosine", schedule_arguments=arguments, schedule_unit="step"), 31)
    rise = [0.01 * (0.1 + 0.9 * at / 10) for at in range(10)]
    fall = [0.01 * (1 + math.cos(math.pi * at / 20)) / 2 for at in range(21)]
    assert found == pytest.approx(rise + fall, abs=1e-12)


def test_schedules_count_the_steps_that_their_optimizer_makes():
    one = plan(schedule="cosine", schedule_arguments={"T_max": None, "eta_min": 0.0}, schedule_unit="step")
    sparse = msgspec.structs.replace(one, every=3, start=4, accumulate=2)  # due in 6, 9, ..., 27: 8 times
    assert schedules.updates(sparse, 30) == 4
    assert rates(sparse, 5)[-1] == pytest.approx(0.0)
    assert schedules.updates(one, 30) == 30
    assert schedules.updates(msgspec.structs.replace(one, start=100), 30) == 1


def test_what_does_not_fit_the_run_is_a_sentence():
    cycle = plan(schedule="one-cycle", schedule_arguments={"max_lr": 0.1, "total_steps": 10}, schedule_unit="step")
    with pytest.raises(
        WorkError, match=r"'one-cycle' of the .* 'opt' can't be made: its cycle ends after 10 of 30; leave total_steps"
    ):
        build_optimizers([cycle], networks(), LENGTH)
    warm = plan(schedule="warm-up then cosine", schedule_arguments={**values_of("warm-up then cosine"), "warmup": 6})
    with pytest.raises(WorkError, match="its warm-up takes 6 of 6"):
        build_optimizers([warm], networks(), LENGTH)
    muon = plan(algorithm="Muon", arguments={"lr": 0.01}, networks=("a",))
    with pytest.raises(WorkError, match=r"The optimizer 'opt' \(Muon\) can't be made: .*2D"):
        build_optimizers([muon], {"a": nn.Linear(2, 2)}, LENGTH)
    with pytest.raises(WorkError, match="nothing to train"):
        build_optimizers([plan(networks=("a",))], {"a": nn.ReLU()}, LENGTH)


def test_a_plateau_looks_at_what_names_the_best_and_else_at_its_own_loss():
    one = plan(schedule="plateau", schedule_arguments={**values_of("plateau"), "mode": "max", "patience": 0})
    optimizers = build_optimizers([one], networks(), LENGTH)
    for accuracy in (0.5, 0.6, 0.7):
        schedules.end_epoch([one], optimizers, {"loss": 1.0, "accuracy": accuracy}, "accuracy")
    assert optimizers["opt"].param_groups[0]["lr"] == 0.01
    for loss in (1.0, 0.9):
        schedules.end_epoch([one], optimizers, {"loss": loss, "accuracy": 0.9})
    assert optimizers["opt"].param_groups[0]["lr"] == pytest.approx(0.001)
    schedules.end_epoch([one], optimizers, {})  # an epoch without its figure changes nothing
    assert optimizers["opt"].param_groups[0]["lr"] == pytest.approx(0.001)


def test_networks_have_rates_of_their_own():
    made = networks()
    one = plan(algorithm="SGD", arguments={"lr": 0.1, "weight_decay": 0.0}, groups={"b": {"lr": 0.0}})
    (optimizer,) = build_optimizers([one], made, LENGTH).values()
    before = copy.deepcopy(made)
    learn(made, optimizer, 2)
    assert torch.equal(made["b"].weight, before["b"].weight)
    assert not torch.equal(made["a"][0].weight, before["a"][0].weight)
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.0]
    lbfgs = plan(algorithm="LBFGS", arguments={"lr": 1.0}, groups={"b": {"lr": 0.5}})
    with pytest.raises(WorkError, match=r"\(LBFGS\) can't be made: .*parameter groups"):
        build_optimizers([lbfgs], made, LENGTH)


def test_an_average_is_torchs_to_the_bit():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 4), nn.BatchNorm1d(4), nn.Linear(4, 6))
    theirs, ours = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9)), Average({"net": net}, 0.9)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        net(torch.randn(8, 6)).square().mean().backward()
        optimizer.step()
        theirs.update_parameters(net)
        ours.update()
    kept = ours.networks["net"].state_dict()
    assert all(torch.equal(kept[name], tensor) for name, tensor in theirs.module.state_dict().items())
    assert not torch.equal(kept["0.weight"], net[0].weight)
    assert torch.equal(kept["1.running_mean"], net[1].running_mean)
    assert not any(parameter.requires_grad for parameter in ours.networks["net"].parameters())
