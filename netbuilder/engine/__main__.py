"""`python -m netbuilder.engine`: the engine's process."""

import os
import sys

from netbuilder.engine.server import main

code = main()
sys.stdout.flush()
os._exit(code)  # the thread that waits for stdin would make an ordinary exit abort
