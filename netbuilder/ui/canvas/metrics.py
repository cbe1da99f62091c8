"""Sizes of the canvas in scene units, which are pixels at 100 %. What is drawn or hit takes them from here; type sizes,
radii and paddings are the window's own."""

from netbuilder.ui.tokens import size

GRID = 10.0
DOT_EVERY = 20.0

NODE_WIDTH = 200.0
RADIUS = size("radius.l")
BAR = size("space.xs")  # the plate in the category's colour on the left
PAD = 14.0  # from the left edge to text
PAD_RIGHT = size("space.m")
TITLE = 30.0  # height of the title's line; a lone port stands at its middle, so that chains run straight
BRIEF = 25.0
FOOT = 25.0
ROW = 22.0  # a line with the names of ports
ROWS_PAD = 4.0
SLOT = 14.0  # from one link to the next at a port that takes many
BADGE = size("space.l")
SIGN = 14.0
SIGN_GAP = size("space.xs")
PILL = 17.0  # height of a word on a ground of its own
PILL_PAD = 7.0
MARGIN = 10.0  # what is drawn outside a node's rectangle: ports, glow

PORT = 5.0
PORT_LIT = 7.0
PORT_REACH = 10.0  # within this a press takes the port
SNAP = 30.0  # within this a dragged link jumps to a port that fits
LINK = 2.0
LINK_REACH = 6.0
POINT = 3.0  # of a disc where a link runs through a point
POINT_LIT = 5.0
POINT_REACH = 8.0
LINK_BEND = 46.0  # the shortest handle of a link's curve
WAY_BACK = 22.0  # how far a link that goes back stands off its ports
ROW_GAP = 110.0  # rows of nodes are at least so far apart, from port to port
NODE_LOW = 25.0  # half of how much farther a node reaches below its first port than above it

FRAME_TITLE = 30.0
FRAME_PAD = 14.0
FRAME_LEAST = (140.0, 70.0)
CORNER = 18.0  # of a frame, by which it can be resized
EDGE_REACH = 4.0  # within this of an edge, too

TITLE_FONT = round(size("type.title"))
TEXT_FONT = round(size("type.body"))
BADGE_FONT = round(size("type.small"))
NOTE_FONT = round(size("type.body"))

FAR = 0.4  # below this zoom nodes are plates
READABLE = 8.0  # screen pixels: smaller text is a smear
NAMELESS = 0.25  # below this there is no room for names
ZOOM_LEAST, ZOOM_MOST = 0.02, 4.0  # a fit of 10,000 nodes needs 5 %
ZOOM_STEP = 1.15
DRAG_STARTS = 4  # screen pixels before a press becomes a drag
FIT_MARGIN = 20.0
FIT_SIDES = 26.0  # links that go back stand off their ports

BUBBLE_WIDTH = 300.0  # screen pixels: a bubble keeps its size at any zoom
BUBBLE_PAD = size("space.m")
BUBBLE_GAP = size("space.s")
BUBBLE_MOST = 3  # problems in one bubble; the list in the window has them all
BUTTON = 30.0  # height of one with a label of one line
