"""Rules about what a block says itself that it cannot do, when a node fails: halves, squares, frames, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from immutables import Map

from netbuilder.blocks.code import Code
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.merging import resized
from netbuilder.compiler.types import TensorType
from netbuilder.compiler.walk import Seen
from netbuilder.graph.model import Value

Fix = Callable[[Context, str, TensorType], Iterator[Repair]]


def _limit(context: Context, id: str, seen: Seen) -> Finding | None:
    assert seen.failure is not None
    if not seen.failure.own:
        return None
    kinds = [kind for kinds in seen.inputs.values() for kind in kinds if kind is not None]
    text = f"{id} cannot work with {' and '.join(map(context.shape, kinds))}. {seen.failure.text}"

    def repairs() -> Iterator[Repair]:
        if kinds and (fix := _FIXES.get(context.graph.nodes[id].block)):
            yield from fix(context, id, kinds[0])
        yield from back_to_defaults(context, id)
        yield repair.remove(context, id)

    return Finding(id, text, repairs)


def back_to_defaults(context: Context, id: str) -> Iterator[Repair]:
    """Each changed parameter by itself; nobody wants their own lines thrown away."""
    node = context.graph.nodes[id]
    for param in context.blocks[id].typed(node.params):
        if not isinstance(param, Code) and node.params.get(param.name, param.default) != param.default:
            yield repair.set_param(context, id, param.name, param.default)


def _even(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    link = context.first_input(id)
    names = {param.name for param in context.blocks[id].typed()}
    dim = context.wiring.value(id, "dim") if "dim" in names else -1
    axis = dim if isinstance(dim, int) and -len(kind.dims) <= dim < len(kind.dims) else -1
    if link is not None:
        size = kind.dims[axis][0] + kind.dims[axis][0] % 2
        yield from resized(context, link, (size, size))


def _shuffled(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    factor, link = context.wiring.value(id, "upscale_factor"), context.first_input(id)
    if isinstance(factor, int) and link is not None:
        size = -(-kind.dims[1][0] // factor**2) * factor**2
        yield from resized(context, link, (size, size))
        yield repair.insert(context, link.target, "Conv2d", Map(out_channels=size, kernel_size=1))


def _unshuffled(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    factor = context.wiring.value(id, "downscale_factor")
    if isinstance(factor, int):
        fits = (f for f in range(factor, 0, -1) if all(dim[0] % f == 0 for dim in kind.dims[2:]))
        yield repair.set_param(context, id, "downscale_factor", next(fits))


def _slopes(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    yield repair.set_param(context, id, "num_parameters", kind.dims[1][0])
    yield repair.set_param(context, id, "num_parameters", 1)


def _positions(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    yield repair.set_param(context, id, "num_positions", kind.dims[1][0])


def _steps(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    trained = context.wiring.value(id, "trained_steps")
    if isinstance(trained, int):
        yield repair.set_param(context, id, "steps", trained)


def _frames(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    size = 1 << (kind.dims[-1][0].bit_length() - 1)
    n_fft = context.wiring.value(id, "n_fft")
    if isinstance(n_fft, int) and size < n_fft:
        yield repair.set_param(context, id, "n_fft", size)


def _border(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    most: Value = max(min(dim[0] for dim in kind.dims[2:]) - 1, 0)
    yield repair.set_param(context, id, "padding", most)


def _means(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    for name in ("mean", "std"):
        held = context.wiring.value(id, name)
        if isinstance(held, tuple) and held and len(held) != kind.dims[1][0] <= 64:
            yield repair.set_param(context, id, name, (held[0],) * kind.dims[1][0])


def _cropped(context: Context, id: str, kind: TensorType) -> Iterator[Repair]:
    yield repair.set_param(context, id, "size", min(dim[0] for dim in kind.dims[2:]))


_FIXES: Mapping[str, Fix] = {
    "GLU": _even,
    "RotaryEmbedding": _even,
    "SinusoidalPositions": _even,
    "PixelShuffle": _shuffled,
    "PixelUnshuffle": _unshuffled,
    "PReLU": _slopes,
    "LearnedPositions": _positions,
    "DDIMSample": _steps,
    "Normalize": _means,
    "RandomCrop": _cropped,
    **dict.fromkeys(("STFT", "Spectrogram", "MelSpectrogram", "MFCC"), _frames),
    **{f"{kind}Pad{rank}d": _border for kind in ("Reflection", "Circular") for rank in (1, 2, 3)},
}
EXPLAIN: tuple[tuple[str, Explain], ...] = (("limits", _limit),)
