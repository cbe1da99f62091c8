"""How a block that takes a network calls it: which of the network's inputs gets what. Imports no torch.

The block gives a main input (what is denoised, continued, judged), after it the number of the step where it is
`timed`, and then the network's other inputs in natural order, which the block has ports for. A network's own inputs
stand in the natural order of their names, so the number of the step is known by its name (or else is the second), and
the main input is the first other one of the right dtype (or the first at all). Of a network with several outputs,
logits count, or else the first: a decoder may show what it attends to beside what it says.
"""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.blocks.families.structure import network_ports
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import Block, Port, Ports
from netbuilder.graph.model import NONE, Project, Values

TIMES = ("t", "time", "timestep", "timesteps", "step", "steps")


def order(inputs: tuple[Port, ...], ref: NetworkRef) -> tuple[str, ...]:
    """The network's inputs in the order in which the block gives them: main, time if it is timed, conditions."""
    rest = list(inputs)
    time = None
    if ref.timed and len(rest) > 1:
        time = next((port for port in rest if port.name.lower() in TIMES), rest[1])
        rest.remove(time)
    main = next((port for port in rest if port.dtype == ref.gives), rest[0] if rest else None)
    first = [port for port in (main, time) if port is not None]
    return tuple(port.name for port in [*first, *(port for port in rest if port is not main)])


def caller_ports(fixed: Ports, ref: NetworkRef) -> Callable[[Values, Project], Ports]:
    """The ports of a block that calls the network which `ref` names: its own, then one for each condition."""

    def ports(params: Values, project: Project) -> Ports:
        inputs = _inputs(ref, params, project)
        by_name = {port.name: port for port in inputs}
        taken = {port.name for port in (*fixed.inputs, *fixed.outputs)}
        conditions = order(inputs, ref)[1 + ref.timed :]
        more = (by_name[name] for name in conditions)
        return Ports((*fixed.inputs, *(_apart(port, taken) for port in more)), fixed.outputs)

    return ports


def spelled(block: Block, values: Values, project: Project) -> dict[str, str]:
    """How source names the networks that a block calls, by parameter, where more than a name is needed."""
    found: dict[str, str] = {}
    for param in block.typed(values):
        if isinstance(param, NetworkRef) and param.gives:
            inputs = _inputs(param, values, project)
            own, given, taken = (
                tuple(port.name for port in inputs),
                order(inputs, param),
                _taken(param, values, project),
            )
            if own != given or taken:
                network = param.source(values.get(param.name, param.default))
                own, given = (tuple("net_" if name == "net" else name for name in names) for names in (own, given))
                found[param.name] = f"lambda {', '.join(given)}: {network}({', '.join(own)}){taken}"
    return found


def _inputs(ref: NetworkRef, params: Values, project: Project) -> tuple[Port, ...]:
    return _ports(ref, params, project).inputs


def _taken(ref: NetworkRef, params: Values, project: Project) -> str:
    """Which of several outputs counts, as an index: the first of logits, else the first; "" where there is one."""
    outputs = _ports(ref, params, project).outputs
    if len(outputs) < 2:
        return ""
    return f"[{next((at for at, port in enumerate(outputs) if port.role == 'logits'), 0)}]"


def _ports(ref: NetworkRef, params: Values, project: Project) -> Ports:
    return network_ports(NONE.set("network", params.get(ref.name, ref.default)), project)


def _apart(port: Port, taken: set[str]) -> Port:
    """The port under a name that the block itself does not use."""
    if port.name not in taken:
        return port
    return Port(f"{port.name}_", port.axes, role=port.role, dtype=port.dtype, help=port.help, title=port.title)
