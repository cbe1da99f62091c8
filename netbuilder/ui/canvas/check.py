"""Compares a scene that followed changes with one built anew; used by tests and when hunting a fault."""

from __future__ import annotations

from netbuilder.compiler.report import GraphReport
from netbuilder.ui.canvas.scene import GraphScene


def differences(scene: GraphScene, report: GraphReport | None = None) -> list[str]:
    """What the scene shows otherwise than one made from the document now; `report` is what it was last given. What it
    has not shown of that yet is shown first."""
    fresh = GraphScene(scene.document, scene.name, scene.catalogue, scene.styling)
    fresh.reporting.show_overlay(scene.reporting.overlay.mode)
    fresh.reporting.show_trained(scene.reporting.trained, scene.reporting.run)
    fresh.show_report(report)
    for one in (scene, fresh):
        one.reporting.flush()
    ours, theirs = scene.snapshot(), fresh.snapshot()
    return [
        f"{key}: shows {ours.get(key)!r}, should be {theirs.get(key)!r}"
        for key in sorted(ours.keys() | theirs.keys(), key=repr)
        if ours.get(key) != theirs.get(key)
    ]
