"""What is said of a LayerWeight that names a layer which its network does not have, or which has no such weights."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from netbuilder.blocks.params import Inferred, NetworkRef
from netbuilder.blocks.spec import Block
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.seen import Seen
from netbuilder.graph.model import natural_key

_MOST = 6  # layers that a sentence names


def _no_layer(context: Context, id: str, seen: Seen) -> Finding | None:
    if context.blocks[id].name != "LayerWeight":
        return None
    network = context.wiring.reference(id, NetworkRef)
    layer, tensor = str(context.wiring.value(id, "layer")), str(context.wiring.value(id, "tensor"))
    inner = context.into(network)
    learned = [name for name in sorted(inner.graph.nodes, key=natural_key) if _has(inner.blocks.get(name), tensor)]
    there = f"; those with {_words(tensor)} are {', '.join(learned[:_MOST])}" if learned else ""
    if len(learned) > _MOST:
        there += f" and {len(learned) - _MOST} more"
    if not layer:
        text = f"{id} names no layer of {network} yet"
    elif layer.partition(".")[0] not in inner.graph.nodes:
        text = f"{id} looks into {layer[:40]}, but {network} has no such layer"
    else:
        text = f"{id} looks for {_words(tensor)} in {layer[:40]} of {network}, which has none"

    def repairs() -> Iterator[Repair]:
        if layer in inner.graph.nodes:
            for other in ("weight", "bias", "itself"):
                if other != tensor and _has(inner.blocks.get(layer), other):
                    yield repair.set_param(context, id, "tensor", other)
        close = get_close_matches(layer, learned, 3, 0.3)
        for name in [*close, *(name for name in learned if name not in close)][:3]:
            yield repair.set_param(context, id, "layer", name)
        yield repair.remove(context, id)

    return Finding(id, f"{text}{there}.", repairs)


def _has(block: Block | None, tensor: str) -> bool:
    """Whether a layer of this block may have such weights."""
    if block is None:
        return False
    if tensor == "itself":
        return bool(block.make) and not block.module
    return bool(block.module) and any(isinstance(param, Inferred) or param.name in _LEARNED for param in block.params)


_LEARNED = ("num_embeddings", "num_parameters", "affine", "elementwise_affine")


def _words(tensor: str) -> str:
    return {"weight": "a weight", "bias": "a bias"}.get(tensor, "a learned tensor of their own")


EXPLAIN: tuple[tuple[str, Explain], ...] = (("no-layer", _no_layer),)
