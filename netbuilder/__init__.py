"""Design neural networks by wiring blocks, watch them train, and take them away as ONNX or readable PyTorch."""

# The one place that states the version; hatchling reads it from this text, so importing stays free of cost.
__version__ = "0.1.0"
