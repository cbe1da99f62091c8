"""Python that a person wrote into a node: the function that it becomes, written only where the text is trusted."""

from __future__ import annotations

from netbuilder.blocks.code import PART, function, text_of, words
from netbuilder.blocks.spec import Block
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.text import Text, safe
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Values, natural_key


class NotTrusted(ValueError):
    """Code that nobody on this machine has trusted; the message is a sentence."""


def function_name(graph: str, node: str) -> str:
    """What a node's function is called in the source: no two nodes of a project have the same."""
    end = f"_{len(graph)}" if "_" in node else ""  # a_b's c and a's b_c
    return safe(f"{graph}_{node}{end}")


def definition(name: str, block: Block, values: Values, trust: Trust) -> str:
    """The node's code as a function of this name: the one way from a file's code to source. Raises NotTrusted."""
    if not trust.trusts(text_of(block, values)):
        raise NotTrusted(f"The code of {name} has not been trusted on this machine.")
    takes, gives, code = (str(block.value(values, name)) for name in ("takes", "gives", "code"))
    return function(name, words(takes), words(gives), code)


def functions(wiring: Wiring, trust: Trust) -> list[Text]:
    """The functions of a graph's own code, for the nodes that are needed. Raises NotTrusted."""
    parts = []
    for id in sorted(wiring.of_part(PART), key=natural_key):
        if id not in wiring.needed:
            continue
        text = Text()
        name = function_name(wiring.name, id)
        owner = (wiring.name, id)
        text.lines = definition(name, wiring.blocks[id], wiring.graph.nodes[id].params, trust).split("\n")
        text.owners = dict.fromkeys(range(1, len(text.lines) + 1), owner)
        parts.append(text)
    return parts


def untrusted(wiring: Wiring, trust: Trust) -> tuple[str, ...]:
    """The nodes of a graph whose code nobody here has trusted."""
    return tuple(
        id for id in wiring.of_part(PART) if not trust.trusts(text_of(wiring.blocks[id], wiring.graph.nodes[id].params))
    )
