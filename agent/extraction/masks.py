"""Named masks for what may differ between two right answers: text in, the same text with such places made alike and counted out.

They are the last resort, after the clock, chance and order have been fixed; each one that was needed is published by its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["MASKS", "mask"]

MASKS: Sequence[tuple[str, re.Pattern[str]]] = (
    # The same scheme and the same cost: what was hashed cannot be told, the salt is chance that no seed reaches
    (
        "password hash",
        re.compile(
            r"(\$2[abxy]?\$\d\d\$)[./A-Za-z0-9]{53}|(\$argon2(?:id|i|d)\$v=\d+\$[mtp=,\d]+\$)[+/A-Za-z0-9]+\$[+/A-Za-z0-9]+"
        ),
    ),
    (
        "password hash",
        re.compile(r"((?:pbkdf2|scrypt)[_:][a-z0-9:$]{1,60}?\$)[A-Za-z0-9+/]{1,64}\$[A-Za-z0-9+/=]{16,200}"),
    ),
    ("object address", re.compile(r"( at )0x[0-9a-f]{6,16}")),
    ("message id", re.compile(r"(?im)^(message-id:\s*)<[^>\n]{1,200}>")),
    ("mime boundary", re.compile(r"(={15})\d{10,24}(==)")),
    ("server port", re.compile(r"((?:127\.0\.0\.1|localhost):)\d{4,5}\b")),
)


def mask(text: str) -> tuple[str, dict[str, int]]:
    """The text with what the masks cover made alike, and how often each was needed."""
    counted: dict[str, int] = {}
    for name, pattern in MASKS:
        text, times = pattern.subn(lambda found: "".join(group or "" for group in found.groups()) + "*", text)
        if times:
            counted[name] = counted.get(name, 0) + times
    return text, counted
