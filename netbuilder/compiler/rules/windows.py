"""Rules about windows that slide over something, when a node fails: kernels, patches, borders."""

from __future__ import annotations

from collections.abc import Iterator

from netbuilder.blocks.params import Size
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import is_fixed
from netbuilder.compiler.walk import Seen


def _window(context: Context, id: str, seen: Seen) -> Finding | None:
    """A kernel that is larger than what it slides over."""
    block, kind = context.blocks[id], context.type_at(id, "x")
    params = {param.name: param for param in block.parameters()}
    name = "patch_size" if "patch_size" in params else "kernel_size"
    size = params.get(name)
    if kind is None or size is None or "output_padding" in params or len(block.inputs) != 1:
        return None
    spatial = [dim[0] if is_fixed(dim) else None for dim in kind.dims[2:]]
    if isinstance(size, Size) and size.rank != len(spatial):  # patches of an image, laid out in columns
        return None
    kernel, padding, dilation = (each(context, id, name, len(spatial)) for name in (name, "padding", "dilation"))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    room = [None if size is None else size + 2 * p for size, p in zip(spatial, padding, strict=True)]
    if all(size is None or span <= size for span, size in zip(reach, room, strict=True)):
        return None
    around = f" with padding {padding[0]}" if any(padding) else ""
    window = " x ".join(map(str, reach if reach != kernel else kernel))
    text = f"{id}'s {window} window does not fit into its input, {context.shape(kind)}{around}."
    smallest = min(size for size in room if size is not None)

    def repairs() -> Iterator[Repair]:
        if smallest >= 1 and all(d == 1 for d in dilation):
            yield repair.set_param(context, id, name, smallest)
        if block.module and "padding" in params:
            short = max(span - size for span, size in zip(reach, spatial, strict=True) if size is not None)
            yield repair.set_param(context, id, "padding", (short + 1) // 2)
        yield repair.remove(context, id)

    return Finding(id, text, repairs)


def each(context: Context, id: str, name: str, rank: int) -> list[int]:
    """A Size parameter's number for each axis; 1 or 0 where the block has no such parameter or it is a word."""
    fallback = 0 if name == "padding" else 1
    names = {param.name for param in context.blocks[id].parameters()}
    value = context.wiring.value(id, name) if name in names else fallback
    if isinstance(value, tuple):
        return [item if isinstance(item, int) else fallback for item in value]
    return [value if isinstance(value, int) else fallback] * rank


EXPLAIN: tuple[tuple[str, Explain], ...] = (("window-too-large", _window),)
