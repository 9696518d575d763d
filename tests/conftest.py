"""What holds for every test."""

from __future__ import annotations

import signal
import sys

from hypothesis import settings

# The same examples in each run, and no verdict on how fast the machine is.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# A run in the background ignores Ctrl-C, and its children would inherit that; here they shall not.
signal.signal(signal.SIGINT, signal.default_int_handler)

# pytest-xdist's main program has no __spec__, which multiprocessing's spawned children ask for.
sys.modules["__main__"].__dict__.setdefault("__spec__", None)
