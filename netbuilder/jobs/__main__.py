"""`python -m netbuilder.jobs`: the process of one job; with `--stay`, of one after the other."""

import os
import sys

from netbuilder.jobs.worker import main

code = main(stay="--stay" in sys.argv[1:])
sys.stderr.flush()
os._exit(code)  # a thread may still wait for stdin, which would hold up an orderly end
