"""Places for the nodes of a graph. `sketch` says what is given and found, `arrange` finds it."""
