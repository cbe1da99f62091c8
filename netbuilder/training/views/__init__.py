"""What the View nodes of a preview graph draw: pictures as PNG; curves and texts as JSON, for the window to set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from netbuilder.training.views.boxes import boxes
from netbuilder.training.views.drawn import Drawn, Given, Names, ViewError
from netbuilder.training.views.heat import confusion, heat
from netbuilder.training.views.images import images, maps, picture, strip
from netbuilder.training.views.masks import masks
from netbuilder.training.views.planes import decisions, scatter
from netbuilder.training.views.rows import curves, texts

__all__ = ["Drawn", "ViewError", "draw", "picture"]

_NONE: Names = {}
_VIEWS: Mapping[str, Callable[[Mapping[str, Tensor], Given, Names], Drawn]] = {
    "ViewImages": images,
    "ViewStrip": strip,
    "ViewMaps": maps,
    "ViewCurve": curves,
    "ViewText": texts,
    "ViewScatter": scatter,
    "ViewMap": decisions,
    "ViewHeat": heat,
    "ViewConfusion": confusion,
    "ViewMasks": masks,
    "ViewBoxes": boxes,
}


def draw(block: str, inputs: Mapping[str, Tensor], given: Given, names: Names = _NONE) -> Drawn:
    """What a View node shows of the tensors at its ports.

    given: the values of its parameters; names: by port the names of the classes or tokens there. Raises ViewError.
    """
    if block not in _VIEWS:
        raise ViewError(f"There is no way to show a {block}.")
    return _VIEWS[block](inputs, given, names)
