"""What holds for every test: generated inputs are the same in each run, so that a change is what turned it red.

`make test-fresh` (FIGWRIGHT_FRESH=1) draws new ones; what it finds becomes an `@example` or a case of its own.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("fresh", deadline=None)
settings.load_profile("fresh" if os.environ.get("FIGWRIGHT_FRESH") else "repeatable")
