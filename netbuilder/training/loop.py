"""The training loop, from top to bottom."""

from __future__ import annotations

import time
from typing import Literal

import msgspec

from netbuilder.data.errors import DataError
from netbuilder.training import checkpoint
from netbuilder.training.batches import in_order
from netbuilder.training.checkpoint import Best, Position, Snapshot, State
from netbuilder.training.control import LOOK_SECONDS, Control
from netbuilder.training.journal import Journal
from netbuilder.training.keeper import Keeper
from netbuilder.training.meter import Meter
from netbuilder.training.previews import Previews
from netbuilder.training.settings import Settings
from netbuilder.training.work import Work

Outcome = Literal["finished", "stopped"]


def train(
    work: Work, start: State, journal: Journal, keeper: Keeper, control: Control, previews: Previews
) -> tuple[Outcome, State]:
    """Trains from `start` to the last epoch, or until somebody wishes a stop; gives how it ended, and where.

    A step costs the loop a few microseconds: its figures stay on the device, and whatever else there is to do
    (live figures, wishes, checkpoints) is done every 100 ms. Raises NonFinite, DataError, OSError, and what a node
    raises.
    """
    settings, net, opt = work.settings, work.net, work.opt
    train_step, clock = work.program.train_step, time.perf_counter
    lengths, count = work.lengths, sum(work.lengths)
    validation = in_order(work.data.validation, settings.eval_batch_size)
    meter = Meter(work.losses, work.metrics())
    meter.restore(start.sums, start.measured)
    add = meter.add
    state, position = start, start.position
    step, first = position.step, position.index
    began = clock() - start.elapsed
    due, reported_at, reported_step = 0.0, clock(), step
    work.train_mode(True)

    def now(epoch: int, index: int) -> State:
        where = Position(epoch, index, step)
        held = {"sums": meter.sums(), "measured": meter.measured()}
        return msgspec.structs.replace(state, position=where, elapsed=clock() - began, **held)

    def snapshot(moment: State) -> Snapshot:
        return checkpoint.take(work.networks, work.optimizers, work.device, moment, work.scaler)

    def save(moment: State) -> None:
        before = clock()
        taken = snapshot(moment)
        keeper.save(taken, clock() - before)

    def report(epoch: int) -> None:
        nonlocal reported_at, reported_step
        at = clock()
        speed = (step - reported_step) * count / len(lengths) / max(at - reported_at, 1e-9)
        rates = {node: optimizer.param_groups[0]["lr"] for node, optimizer in work.optimizers.items()}
        means, elapsed = meter.recent(), round(at - began, 4)
        journal.record("step", step=step, epoch=epoch, time=elapsed, values=means, lr=rates, speed=round(speed, 1))
        journal.progress(epoch, step, elapsed)
        reported_at, reported_step = at, step

    for epoch in range(position.epoch, settings.epochs):
        batches = work.batches(epoch)

        for index in range(first, len(batches)):
            try:
                batch = batches[index]
            except DataError:  # a file is gone, say: what was learned up to here is kept
                meter.flush(step)
                keeper.finish(snapshot(now(epoch, index)))
                raise
            add((train_step(batch, net, opt, step), lengths[index]))
            step += 1
            if clock() < due:
                continue
            meter.flush(step)
            report(epoch + 1)
            wish = control.wish()
            if wish == "pause":
                keeper.finish(snapshot(now(epoch, index + 1)))
                keeper.wait()
                journal.say("paused", epoch=epoch + 1, step=step)
                before = clock()
                control.wait()
                began += clock() - before
                reported_at = clock()
                journal.say("running")
                wish = control.wish()
            if wish == "stop":
                state = now(epoch, index + 1)
                journal.say("stopping", epoch=epoch + 1, step=step)
                keeper.finish(snapshot(state))
                return "stopped", state
            if settings.checkpoint_seconds and keeper.due():
                save(now(epoch, index + 1))
            due = clock() + LOOK_SECONDS

        first = 0
        meter.flush(step)
        trained = meter.epoch()
        validated = work.evaluate(validation)
        state = msgspec.structs.replace(state, values=validated or trained)
        work.end_epoch(state.values)
        better = is_better(state, settings)
        if better is not None:
            state = msgspec.structs.replace(state, best=Best(better, step))
            keeper.note_best(snapshot(now(epoch + 1, 0)))
        elapsed = round(clock() - began, 4)
        journal.record("epoch", step=step, epoch=epoch + 1, time=elapsed, train=trained, validation=validated)
        if settings.preview_every and (epoch + 1) % settings.preview_every == 0 and previews.due():
            for note in previews.draw(step):
                journal.note(note)
        if keeper.due():
            save(now(epoch + 1, 0))

    if step > reported_step:
        report(settings.epochs)
    state = now(settings.epochs, 0)
    keeper.finish(snapshot(state))
    return "finished", state


def is_better(state: State, settings: Settings) -> float | None:
    """The epoch's value of the metric that says what is best, if it beats the best so far; None otherwise."""
    value = state.values.get(settings.best)
    if value is None or value != value:  # no such metric, or not a number
        return None
    if state.best is None:
        return value
    wins = value > state.best.value if settings.best_direction == "max" else value < state.best.value
    return value if wins else None
