"""What steers gradients."""

from tests.blocks.cases.case import ANY, Case

LAYERS: dict[str, tuple[Case, ...]] = {"Detach": ANY}
NO_SIGNATURE = {"Detach"}
