"""The built-in blocks, one module a family. Every module-level `Block` is found by `blocks.catalogue`."""
