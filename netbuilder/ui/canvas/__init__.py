"""The canvas: a graph drawn as nodes, links and frames, and the gestures that edit it."""
