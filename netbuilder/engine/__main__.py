"""`python -m netbuilder.engine`: the engine's process."""

import os
import sys

from netbuilder.engine.server import main

code = main()
sys.stderr.flush()
os._exit(code)  # a thread waits for stdin; an orderly end would wait for it, and Python aborts instead
