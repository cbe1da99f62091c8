"""`python -m netbuilder.training RUN` trains a run.

A start of its own beside trainer.py, because processes that read data run their parent's main module anew unless it
has this name; that would cost each of them an import of torch.
"""

import sys

from netbuilder.training.trainer import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
