"""Adding, linking and the graphs of the project: the Graph menu."""

from __future__ import annotations

from netbuilder.ui.action import CANVAS, NO_KEY, Action, separator

BEHIND = "Search for a block, linked behind the selected one where that leads nowhere yet"

ROWS: tuple[Action, ...] = (
    Action("add_block", "Add &block…", "Graph", "search_block", ("Ctrl+Space",), "search", "project"),
    Action("add_here", "Add a block &here…", "Graph", CANVAS + "search_here", ("Tab",), "search", "canvas", tip=BEHIND),
    *(
        Action(
            f"suggestion_{number}",
            f"Add suggestion &{number}",
            "Graph/Add what often &comes next",
            CANVAS + "take_suggestion",
            (f"Alt+{number}",),
            when="selection",
            tip="Add this one of the blocks that are suggested behind the selected one, and link it",
            by=(number,),
        )
        for number in (1, 2, 3)
    ),
    Action(
        "link",
        "Lin&k to or from…",
        "Graph",
        CANVAS + "ask_for_link",
        ("J",),
        "link",
        "one",
        "Choose what the selected block is linked to, or is linked to no longer",
    ),
    separator("Graph"),
    Action("add_network", "New &network", "Graph", "add_network", NO_KEY, "network", "project"),
    Action("add_training", "New &training graph", "Graph", "add_training", NO_KEY, "training", "project"),
    Action("add_preview", "New &preview graph", "Graph", "add_preview", NO_KEY, "preview", "project"),
    separator("Graph"),
    Action("rename_graph", "&Rename this graph…", "Graph", "rename_graph", NO_KEY, "rename", "graph"),
    Action("remove_graph", "Re&move this graph", "Graph", "remove_graph", NO_KEY, "delete", "graph"),
    separator("Graph"),
    Action(
        "enter",
        "&Open the selected network",
        "Graph",
        CANVAS + "enter",
        ("Alt+Down", "Return", "Enter"),
        "enter",
        "placement",
        "Show the inside of the selected network",
    ),
    Action(
        "enter_beside",
        "Open the selected network bes&ide",
        "Graph",
        "open_beside",
        ("Ctrl+Return", "Ctrl+Enter"),
        "beside",
        "placement",
        "Show the inside of the selected network in a second view",
    ),
    Action(
        "leave",
        "Back to where it is p&laced",
        "Graph",
        "leave_network",
        ("Alt+Up",),
        "up",
        "placed",
        "Show where this network is placed",
    ),
    Action(
        "rename_placed", "Rename the &selected network…", "Graph", "rename_placed", ("Shift+F2",), "rename", "placement"
    ),
    separator("Graph"),
    Action(
        "ends",
        "Inputs and o&utputs of this network",
        "Graph",
        "edit_ends",
        ("Ctrl+Shift+U",),
        "enter",
        "inside",
        "Add, rename, order and remove what the network takes and gives",
    ),
    Action(
        "beside",
        "Op&en beside",
        "Graph",
        "open_beside",
        ("Ctrl+\\",),
        "beside",
        "graph",
        "A second view of the project: the selected network, or this graph once more",
    ),
    Action("close_beside", "Close the view besi&de", "Graph", "close_beside", ("Ctrl+Shift+\\",), "", "beside"),
    separator("Graph"),
    Action("next_graph", "Ne&xt graph", "Graph", "next_graph", ("Ctrl+PgDown",), when="graph"),
    Action("previous_graph", "Pre&vious graph", "Graph", "previous_graph", ("Ctrl+PgUp",), when="graph"),
)
