"""Checkpoints: everything comes back to the bit, every flipped bit is noticed, nothing is half written."""

import errno
import random

import pytest
import torch
from torch import nn

from netbuilder.training import checkpoint, files
from netbuilder.training.checkpoint import Best, CheckpointError, Position, State
from netbuilder.training.keeper import Keeper

CPU = torch.device("cpu")


class Tied(nn.Module):
    """A decoder that shares the encoder's weight, one weight that is not contiguous, and batch statistics."""

    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(6, 4), nn.Linear(4, 6, bias=False)
        self.decode.weight = nn.Parameter(torch.randn(4, 6).t())
        self.again = nn.Linear(6, 4)
        self.again.weight = self.encode.weight
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.3)

    def forward(self, x):
        return self.decode(self.drop(self.norm(self.encode(x) + self.again(x))))


OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.95), amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, centered=True),
}


def make(optimizer="adam", seed=0):
    torch.manual_seed(seed)
    net = Tied()
    return {"net": net}, {"opt": OPTIMIZERS[optimizer](net.parameters())}


def learn(networks, optimizers, steps):
    for _ in range(steps):
        x = torch.randn(8, 6)
        optimizers["opt"].zero_grad()
        (networks["net"](x) - x).square().mean().backward()
        optimizers["opt"].step()


def flat(networks):
    return {name: tensor.clone() for name, tensor in networks["net"].state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_going_on_from_a_checkpoint_gives_the_same_bits(tmp_path, optimizer):
    networks, optimizers = make(optimizer)
    learn(networks, optimizers, 5)
    state = State(Position(1, 2, 5), 3.25, {"loss": [0.1, 8]}, {"loss": 0.3}, Best(0.3, 4), "abc")
    path = checkpoint.write(checkpoint.take(networks, optimizers, CPU, state), tmp_path)
    learn(networks, optimizers, 7)
    expected = flat(networks)

    networks, optimizers = make(optimizer, seed=99)
    snapshot = checkpoint.read(path)
    checkpoint.put(snapshot, networks, optimizers, CPU)
    learn(networks, optimizers, 7)
    assert same(flat(networks), expected)
    plain = snapshot.state.optimizers
    assert plain
    assert (
        State(*[getattr(snapshot.state, f) for f in ("position", "elapsed", "sums", "values", "best", "source")])
        == state
    )


def together(snapshot):
    return {**snapshot.weights, **snapshot.optimizers, **snapshot.random}


def test_a_snapshot_is_a_copy(tmp_path):
    networks, optimizers = make()
    learn(networks, optimizers, 1)
    snapshot = checkpoint.take(networks, optimizers, CPU, State())
    before = {name: tensor.clone() for name, tensor in together(snapshot).items()}
    learn(networks, optimizers, 3)
    optimizers["opt"].param_groups[0]["lr"] = 7.0
    after = together(snapshot)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert snapshot.state.optimizers["opt"]["groups"][0]["lr"] == 0.01


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path):
    networks, optimizers = make()
    learn(networks, optimizers, 2)
    path = checkpoint.write(checkpoint.take(networks, optimizers, CPU, State(Position(0, 2, 2))), tmp_path)
    chance = random.Random(0)
    for name in sorted(each.name for each in path.iterdir()):
        whole = (path / name).read_bytes()
        for _ in range(40):
            data = bytearray(whole)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            (path / name).write_bytes(data)
            if name != checkpoint.FACTS and not (name == checkpoint.MANIFEST and _means_the_same(data, whole)):
                with pytest.raises(CheckpointError, match="step-2"):
                    checkpoint.read(path)
        (path / name).write_bytes(whole[: len(whole) // 2])
        if name != checkpoint.FACTS:
            with pytest.raises(CheckpointError, match="damaged"):
                checkpoint.read(path)
        (path / name).write_bytes(whole)
    checkpoint.read(path)


def _means_the_same(data, whole):
    """A flipped space, or a flip in the line of a file that is not read for resuming."""
    return all(line in bytes(data) for line in whole.splitlines() if b"safetensors" in line or b"state" in line)


def test_a_missing_file_is_named(tmp_path):
    networks, optimizers = make()
    path = checkpoint.write(checkpoint.take(networks, optimizers, CPU, State()), tmp_path)
    (path / checkpoint.WEIGHTS).unlink()
    with pytest.raises(CheckpointError, match=r"weights\.safetensors"):
        checkpoint.read(path)


def test_weights_of_another_network_are_refused_by_name(tmp_path):
    networks, optimizers = make()
    path = checkpoint.write(checkpoint.take(networks, optimizers, CPU, State()), tmp_path)
    assert checkpoint.read_weights(path)["net"].keys() == networks["net"].state_dict().keys()
    wider = {"net": nn.Sequential(nn.Linear(6, 5))}
    with pytest.raises(CheckpointError, match="does not fit the network 'net'"):
        checkpoint.load_weights(wider, path)


def test_a_disk_that_is_full_leaves_the_checkpoint_before(tmp_path, monkeypatch):
    networks, optimizers = make()
    first = checkpoint.take(networks, optimizers, CPU, State(Position(0, 1, 1)))
    keeper = Keeper(tmp_path, 0.0)
    keeper.save(first)
    keeper.wait()
    learn(networks, optimizers, 1)

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.os, "fsync", full)
        keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(0, 2, 2))))
        with pytest.raises(OSError, match="No space") as caught:
            keeper.wait()
    assert "disk is full" in files.explain(caught.value, "Writing")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.json", "step-1"]
    snapshot, notes = Keeper(tmp_path, 0.0).newest()
    assert (snapshot.state.position.step, notes) == (1, [])


def test_last_best_and_the_newest_three_are_kept(tmp_path):
    networks, optimizers = make()
    keeper = Keeper(tmp_path, 0.0)
    for step in range(1, 9):
        snapshot = checkpoint.take(networks, optimizers, CPU, State(Position(step, 0, step)))
        if step == 3:
            keeper.note_best(snapshot)
        keeper.save(snapshot)
        keeper.wait()
    assert sorted(path.name for path in tmp_path.glob("step-*")) == ["step-3", "step-6", "step-7", "step-8"]
    assert keeper.best_path() == tmp_path / "step-3"


def test_the_end_of_an_epoch_takes_the_place_of_its_last_step(tmp_path):
    """The last step may be written while its epoch's figures are not yet known; the best checkpoint has them."""
    networks, optimizers = make()
    keeper = Keeper(tmp_path, 0.0)
    keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(0, 4, 4))))
    keeper.note_best(checkpoint.take(networks, optimizers, CPU, State(Position(1, 0, 4), values={"loss": 0.5})))
    keeper.finish(checkpoint.take(networks, optimizers, CPU, State(Position(1, 0, 4), values={"loss": 0.5})))
    keeper.wait()
    assert checkpoint.read(keeper.best_path()).state.position == Position(1, 0, 4)
    assert checkpoint.read(keeper.best_path()).state.values == {"loss": 0.5}


def test_the_best_is_written_with_the_next_checkpoint_though_it_is_older(tmp_path):
    networks, optimizers = make()
    keeper = Keeper(tmp_path, 0.0)
    keeper.note_best(checkpoint.take(networks, optimizers, CPU, State(Position(1, 0, 4))))
    learn(networks, optimizers, 1)
    keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(1, 1, 5))))
    keeper.wait()
    assert sorted(path.name for path in tmp_path.glob("step-*")) == ["step-4", "step-5"]
    best = checkpoint.read_weights(keeper.best_path())["net"]
    last = checkpoint.read_weights(tmp_path / "step-5")["net"]
    assert not same(best, last)


def test_a_damaged_last_one_is_passed_over_and_said(tmp_path):
    networks, optimizers = make()
    keeper = Keeper(tmp_path, 0.0)
    for step in (1, 2):
        keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(0, step, step))))
        keeper.wait()
    weights = tmp_path / "step-2" / checkpoint.WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x55")
    snapshot, notes = Keeper(tmp_path, 0.0).newest()
    assert snapshot.state.position.step == 1
    assert len(notes) == 1
    assert "step-2 is damaged" in notes[0]
    (tmp_path / "step-1" / checkpoint.MANIFEST).write_bytes(b"[]")
    with pytest.raises(CheckpointError, match="No checkpoint of this run can be used"):
        Keeper(tmp_path, 0.0).newest()


def test_weights_that_are_no_numbers_are_not_kept(tmp_path):
    networks, optimizers = make()
    keeper = Keeper(tmp_path, 0.0)
    keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(0, 1, 1))))
    keeper.wait()
    with torch.no_grad():
        networks["net"].encode.weight[0, 0] = float("nan")
    keeper.save(checkpoint.take(networks, optimizers, CPU, State(Position(0, 2, 2))))
    keeper.wait()
    assert [path.name for path in tmp_path.glob("step-*")] == ["step-1"]


def test_the_first_layer_that_does_not_fit_is_named_whatever_order_the_file_has():
    small = nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 3))
    large = nn.Sequential(nn.Linear(4, 9), nn.Linear(9, 3))
    weights = {f"net.{key}": tensor for key, tensor in small.state_dict().items()}
    for order in (list(weights), list(reversed(weights))):
        with pytest.raises(checkpoint.CheckpointError, match=r"0\.weight is \[8, 4\]"):
            checkpoint.put_weights({"net": large}, {key: weights[key] for key in order}, "step-1")
