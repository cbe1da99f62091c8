"""`python -m netbuilder.engine`: the engine's process."""

import sys

from netbuilder.engine.server import main

sys.exit(main())
