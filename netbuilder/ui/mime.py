"""What a block travels as when it is dragged from the palette onto the canvas: its name in UTF-8."""

MIME = "application/x-netbuilder-block"
