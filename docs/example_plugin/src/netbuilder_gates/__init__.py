"""An example of a netbuilder plug-in."""
