"""`python -m netbuilder` is the command `netbuilder`."""

import sys

from netbuilder.cli import main

if __name__ == "__main__":
    sys.exit(main())
