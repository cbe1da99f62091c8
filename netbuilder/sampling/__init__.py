"""Using what was trained: any preview graph with any checkpoint, with values, inputs and noise of one's own."""
