"""Where a graph begins and ends, where data enters, and a network put inside another graph."""

from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.params import Choice, DatasetRef, Int, NetworkRef, Param, Shape
from netbuilder.blocks.pieces import Place, in_order
from netbuilder.blocks.spec import IN_NETWORKS, IN_STEPS, Block, Port, Ports
from netbuilder.graph.model import NONE, Node, Project, Value, Values

_DTYPES = ("float32", "int64", "bool")


def _role(axes: str, dtype: str) -> str:
    """What a tensor with these axes most likely is; decides only colours and what is suggested."""
    count = len(axes.split())
    if dtype != "float32":
        return "class" if dtype == "int64" and count == 1 else "tensor"
    return {2: "vector", 3: "sequence", 4: "image"}.get(count, "tensor")


def _input_port(name: str, params: Values, title: str = "") -> Port:
    """The port that an Input's parameters describe. Values that are wrong are reported elsewhere."""
    axes, dtype = params.get("shape", ""), params.get("dtype", _DTYPES[0])
    shape = axes if isinstance(axes, str) else ""
    kind = dtype if isinstance(dtype, str) else "any"
    return Port(name, shape, role=_role(shape, kind), dtype=kind, title=title)


def _input_ports(params: Values, project: Project) -> Ports:
    return Ports(outputs=(_input_port("x", params),))


def _place(what: str) -> Place:
    return Place(
        name="place",
        advanced=True,
        help=f"Where it stands among the network's {what}, from 1; empty: behind those that have a place, by name.",
    )


INPUT = Block(
    name="Input",
    category="Structure",
    part="input",
    summary="Where data enters the network.",
    formula="x = what the network is called with",
    outputs=(Port("x", help="What the network is called with."),),
    ports=_input_ports,
    params=(
        Shape(
            name="shape",
            default="",
            help='Sizes of the axes with N, the batch, first: "N 1 8 8" is a batch of grey 8 x 8 images. A letter is '
            "a size that may differ from call to call. Left empty, the data that is linked to the network decides.",
        ),
        Choice(
            name="dtype",
            default="float32",
            options=_DTYPES,
            help="What the numbers are: float32 for measurements, int64 for classes and tokens, bool for masks.",
        ),
        Choice(
            name="steps",
            default="sequence",
            options=("sequence", "constant"),
            beside="delay",
            help="In a network with a Delay, which works step by step: a sequence gives one entry of its second axis, "
            "time, to each step; a constant is the same in all steps.",
        ),
        _place("inputs"),
    ),
    graphs=IN_NETWORKS,
    brief="{shape}",
    synonyms=("entry", "start", "source", "argument", "placeholder"),
)

OUTPUT = Block(
    name="Output",
    category="Structure",
    part="output",
    summary="What the network gives back.",
    formula="the network's result = x",
    inputs=(Port("x", help="What the network gives back under this node's name."),),
    params=(
        Choice(
            name="steps",
            default="all",
            options=("all", "last"),
            beside="delay",
            help="In a network with a Delay, which works step by step: give back what arrives here in all steps, one "
            "after the other along the second axis, or only in the last step.",
        ),
        _place("outputs"),
    ),
    graphs=IN_NETWORKS,
    synonyms=("result", "end", "return", "prediction"),
)


def _nodes(project: Project, network: Value, block: str) -> list[tuple[str, Node]]:
    graph = project.graphs.get(network) if isinstance(network, str) else None
    if graph is None or graph.kind != "network":
        return []
    found = [(id, node) for id, node in graph.nodes.items() if node.block == block]
    return in_order(found)


def network_ports(params: Values, project: Project) -> Ports:
    """One input for each Input node of the network that is named, one output for each Output, in the order of their
    places; ports have their ids."""
    network = params.get("network", "")
    inputs = tuple(_input_port(id, node.params, node.title) for id, node in _nodes(project, network, INPUT.name))
    outputs = tuple(
        Port(id, role="logits" if "logits" in id else "tensor", title=node.title)
        for id, node in _nodes(project, network, OUTPUT.name)
    )
    return Ports(inputs, outputs)


def _placement_params(repeat: int) -> tuple[Param, ...]:
    """What stands where a network is put inside another one; all but the network itself is for networks only."""
    return (
        NetworkRef(name="network", default="", help="Which network of this project stands here."),
        Arguments(
            name="arguments",
            default=NONE,
            help="Values for the network's arguments in this place: numbers, or expressions over the arguments of the "
            "network around it, such as =channels * 2.",
        ),
        Int(
            name="repeat",
            default=repeat,
            low=1,
            high=100_000,
            help="How many stand here in a row: what one gives goes into the next one's first inputs.",
        ),
        Choice(
            name="weights",
            default="own",
            options=("own", "shared"),
            help="Whether this place has weights of its own, or shares them with every other place in this graph that "
            "has the same network, the same arguments and shares too. All copies in a row share then as well.",
        ),
    )


NETWORK = Block(
    name="Network",
    category="Structure",
    part="network",
    summary="Puts a network of this project here as one node.",
    formula="outputs = network(inputs)",
    ports=network_ports,
    params=_placement_params(1),
    brief="{network}",
    synonyms=("model", "placement", "submodule", "nested", "function"),
)

REPEAT = Block(
    name="Repeat",
    category="Structure",
    part="network",
    summary="Puts a network of this project here several times in a row.",
    formula="outputs = network(... network(inputs))",
    ports=network_ports,
    params=_placement_params(2),
    graphs=IN_NETWORKS,
    brief="{repeat} times {network}",
    synonyms=("loop", "stack", "stage", "blocks", "times", "depth", "repeat layers"),
)


def data_ports(params: Values, project: Project) -> Ports:
    """One output for each column of the data set that is named."""
    name = params.get("dataset", "")
    dataset = project.datasets.get(name) if isinstance(name, str) else None
    if dataset is None:
        return Ports()
    return Ports(
        outputs=tuple(
            Port(column.id, f"N {column.axes}".strip(), role=column.role, dtype=column.dtype, title=column.name)
            for column in dataset.columns
        )
    )


DATA = Block(
    name="Data",
    category="Data",
    part="data",
    summary="Gives one batch of a data set, column by column.",
    formula="column = batch[column]",
    ports=data_ports,
    params=(DatasetRef(name="dataset", default="", help="Which data set of this project the batches come from."),),
    graphs=IN_STEPS,
    brief="{dataset}",
    synonyms=("dataset", "loader", "batch", "samples", "digits"),
)
