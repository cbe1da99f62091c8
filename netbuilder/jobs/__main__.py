"""`python -m netbuilder.jobs`: the process of one job."""

import os
import sys

from netbuilder.jobs.worker import main

code = main()
sys.stderr.flush()
os._exit(code)  # a thread may still wait for stdin, which would hold up an orderly end
