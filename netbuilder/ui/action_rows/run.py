"""Training: the Run menu."""

from __future__ import annotations

from netbuilder.ui.action import NO_KEY, Action

ROWS: tuple[Action, ...] = (
    Action("train", "&Train", "Run", "train", ("Ctrl+R", "F5"), "train", "training", "Train the networks", tool=True),
    Action(
        "run_preview",
        "Run &preview",
        "Run",
        "run_preview",
        ("Ctrl+Shift+R",),
        "preview",
        "preview",
        "Show what this preview graph draws with the newest weights",
        tool=True,
    ),
    Action("restart_engine", "Restart the &engine", "Run", "restart_engine", NO_KEY, "restart", "project"),
)
