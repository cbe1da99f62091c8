"""Two optimizers that take turns, a schedule each, an average and accumulation: all of it survives an interruption."""

import random
import signal

import msgspec
import pytest
import torch

from netbuilder.exchange.weights import choose
from netbuilder.training import checkpoint, client, session
from netbuilder.training.run import Run
from tests.training import adversaries
from tests.training.adversaries import PROJECT, drawn, program
from tests.training.here import epochs, new, train
from tests.training.waiting import ended, kill_all, step_of, until


@pytest.fixture(scope="module")
def patching():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def begun(folder, project=PROJECT, **settings) -> Run:
    return new(
        folder, project, **{"best": "g_loss", "best_direction": "min", "epochs": 4, "batch_size": 100, **settings}
    )


def trained(run: Run, patch, made=None, **how) -> Run:
    """`made`: a program in place of the one that the compiler gives."""
    with patch.context() as inner:
        if made is not None:
            inner.setattr(session, "build", lambda *_: made)
        return train(run, inner, **how)


def altered(change):
    """The program with a step whose report goes through `change(step, reported)`."""
    made = program()
    step_of = made.functions["train_step"]

    def train_step(batch, net, opt, step):
        return change(step, step_of(batch, net, opt, step))

    return msgspec.structs.replace(made, functions={**made.functions, "train_step": train_step})


@pytest.fixture(scope="module")
def whole(tmp_path_factory, patching):
    run = trained(begun(tmp_path_factory.mktemp("whole")), patching)
    assert run.status().state == "finished", run.status()
    return run


def held(run: Run, which: str = "last"):
    return checkpoint.read(run.checkpoint(which).path)


def same(one: checkpoint.Snapshot, other: checkpoint.Snapshot) -> bool:
    for part in ("weights", "optimizers", "random", "averages", "gradients"):
        mine, theirs = getattr(one, part), getattr(other, part)
        if mine.keys() != theirs.keys() or not all(torch.equal(mine[name], theirs[name]) for name in mine):
            return False
    return all(
        getattr(one.state, part) == getattr(other.state, part)
        for part in ("position", "sums", "values", "best", "optimizers", "schedules", "scaler", "updates")
    )


@pytest.mark.parametrize("seed", range(5))
def test_interrupted_at_random_steps_everything_ends_with_the_same_bits(whole, tmp_path, monkeypatch, seed):
    chance = random.Random(seed)
    run = begun(tmp_path, checkpoint_seconds=chance.choice([0.0, 0.001, 3600]))
    for _ in range(3):
        trained(run, monkeypatch, **{chance.choice(["stop_after", "crash_after"]): chance.randrange(1, 26)})
    trained(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    assert same(held(run), held(whole))
    assert same(held(run, "best"), held(whole, "best"))
    assert epochs(run) == epochs(whole)
    assert run.results() == whole.results()


def test_a_checkpoint_in_mid_window_holds_the_gradients_so_far(whole, tmp_path, monkeypatch):
    run = trained(begun(tmp_path), monkeypatch, stop_after=5)  # the discriminator has added one batch of two
    found = held(run)
    assert found.state.position.step == 5
    assert sorted(found.gradients) == [f"learn_d.{at}" for at in range(4)]
    assert all(bool(gradient.any()) for gradient in found.gradients.values())
    assert same(held(trained(run, monkeypatch)), held(whole))


def test_without_its_gradients_averages_or_schedules_it_would_not_end_the_same(whole, tmp_path, monkeypatch):
    """That the comparison above can fail: each part of a checkpoint is needed."""
    put = checkpoint.put
    for part, empty in (("gradients", {}), ("optimizers", None)):
        run = trained(begun(tmp_path / part), monkeypatch, stop_after=7)

        def without(snapshot, *rest, part=part, empty=empty):
            halved = {name: tensor * 0.5 if tensor.ndim else tensor for name, tensor in snapshot.optimizers.items()}
            put(msgspec.structs.replace(snapshot, **{part: halved if empty is None else empty}), *rest)

        with monkeypatch.context() as patch:
            patch.setattr(checkpoint, "put", without)
            trained(run, patch)
        assert not same(held(run), held(whole)), part


def test_losses_that_come_only_in_some_steps_are_averaged_over_those(whole):
    records = [record for record in whole.metrics()[0] if record["kind"] == "step"]
    with_both = [record["step"] for record in records if "g_loss" in record["values"]]
    assert with_both == [step + 1 for step in range(52) if step % 3 == 0 and step >= 4]
    assert all("d_loss" in record["values"] for record in records)
    first = {r["step"]: r["values"]["g_loss"] for r in records if r["epoch"] == 1 and "g_loss" in r["values"]}
    sizes = {step: 58 if step == 13 else 100 for step in first}
    mean = sum(first[step] * sizes[step] for step in first) / sum(sizes.values())
    assert epochs(whole)[1][0]["g_loss"] == pytest.approx(mean, rel=1e-12)
    assert set(epochs(whole)[1][1]) == {"d_loss", "g_loss"}


def test_rates_are_reported_by_optimizer_and_follow_their_schedules(whole):
    rates = [record["lr"] for record in whole.metrics()[0] if record["kind"] == "step"]
    generator = [rate["learn_g"] for rate in rates]
    assert max(generator) == pytest.approx(0.02, rel=0.02)
    assert generator[0] == generator[5] == pytest.approx(0.02 / 25)
    assert generator[50] == min(generator) < 0.02 / 1000  # the last of its 16 steps, not of the run's 52, has the least
    plateau = [rate["learn_d"] for rate in rates]
    assert set(plateau) <= {0.01 * 0.5**n for n in range(5)}
    validation = [epochs(whole)[epoch][1]["g_loss"] for epoch in (1, 2, 3)]
    worse = sum(value >= min(validation[:at]) * (1 - 1e-4) for at, value in enumerate(validation) if at)
    assert plateau[-1] == 0.01 * 0.5**worse  # it watches `best`


def test_figures_results_and_exports_are_of_the_averaged_weights(whole, tmp_path, monkeypatch):
    found = held(whole)
    assert found.averages.keys() == {name for name in found.weights if name.startswith("generator.")}
    assert found.state.updates == {"learn_g": 16}
    raw = {n.partition(".")[2]: t for n, t in found.weights.items() if n.startswith("generator.")}
    given = checkpoint.read_weights(whole.checkpoint("last").path)
    assert not torch.equal(given["generator"]["linear1.weight"], raw["linear1.weight"])
    assert torch.equal(given["generator"]["linear1.weight"], found.averages["generator.linear1.weight"])
    assert torch.equal(given["generator"]["norm.running_mean"], raw["norm.running_mean"])  # buffers are copied
    assert torch.equal(given["discriminator"]["linear1.weight"], found.weights["discriminator.linear1.weight"])
    assert whole.checkpoint("last").averaged == ("generator",)
    assert "moving average of the weights" in choose(whole, "last").words

    plain = drawn(learn_g={**adversaries.LEARN_G, "average": 0.0})
    run = trained(begun(tmp_path, plain), monkeypatch)
    assert run.status().state == "finished", run.status()
    assert torch.equal(held(run).weights["generator.linear1.weight"], found.weights["generator.linear1.weight"])
    assert epochs(run)[4][0] == epochs(whole)[4][0]  # training is the same,
    assert epochs(run)[4][1] != epochs(whole)[4][1]  # what is evaluated is not
    assert choose(run).words.count("average") == 0


def test_which_of_the_losses_is_no_number_is_said(tmp_path, monkeypatch):
    def explode(step, found):
        return {**found, "g_loss": found["g_loss"] / 0} if step == 9 else found

    run = trained(begun(tmp_path), monkeypatch, altered(explode))
    status = run.status()
    assert (status.state, status.error_node) == ("failed", "g_loss")
    assert "The loss 'g_loss' became infinite at step 10" in status.error


def test_every_optimizer_is_tried_on_the_checked_batch(tmp_path, monkeypatch):
    """The generator's first turn is in step 6; what is wrong with it is said before the run begins."""

    def spoil(_step, found):
        return {**found, "g_loss": found["g_loss"] * float("nan")} if "g_loss" in found else found

    run = trained(begun(tmp_path), monkeypatch, altered(spoil))
    assert run.status().error.startswith("The loss 'g_loss' is nan on the first batch already")
    assert run.status().step == 0


def test_killed_with_9_it_goes_on_to_the_same_bits(tmp_path, monkeypatch):
    """In processes of its own, at a moment that nobody chose."""
    run = begun(tmp_path, checkpoint_seconds=0.02, epochs=60)
    client.start(run)
    until(lambda: step_of(run) > 60 and bool(run.checkpoints()), "some steps", run)
    kill_all(run.path, signal.SIGKILL)
    until(lambda: not run.alive, "its end")
    assert 0 < run.checkpoint("last").step < 780
    client.resume(run)
    assert ended(run) == "finished", run.status()
    assert same(held(run), held(trained(begun(tmp_path, epochs=60), monkeypatch)))
