"""What every test needs before anything else is imported."""

import os

# Set before torch and Qt are imported anywhere: idle OpenMP threads must not spin on two shared cores, and no test
# may need a display. A person who wants to watch says QT_QPA_PLATFORM=xcb.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import HealthCheck, settings

# Deadlines measure the machine, not the code, when several test processes share two cores.
settings.register_profile(
    "netbuilder",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    # CI looks at the same examples each time, so that a change is judged by what it changed; other runs look
    # at new ones.
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("netbuilder")
