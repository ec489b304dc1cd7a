"""Secrets and personal data out of what is sent: any JSON value in, the same with placeholders out, and how many.

Secrets are found by detect-secrets, line by line and by its detectors alone: its filters would let a file allow its own
secrets by a comment, and its verification would call the providers. E-mail, card, IP and MAC addresses are found by
langchain's detectors. Names of people, phone numbers and postal addresses are found by neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

__all__ = ["KEPT", "Redactor", "count_secrets"]

KEPT = frozenset({"model", "role", "type", "id", "tool_call_id", "object"})
_LONGEST_LINE = 20_000  # detectors are regular expressions: what is longer is left out whole
_KEY_BLOCK = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)


class Redactor:
    """Lives for one run; ``count`` is how many places were redacted. Lines already seen are remembered."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[str, int]] = {}

    def clean(self, value: Any) -> tuple[Any, int]:
        """The value with every text redacted, keys and protocol words aside."""
        if isinstance(value, str):
            return self.clean_text(value)
        if isinstance(value, list):
            done = [self.clean(item) for item in value]
            return [item for item, _ in done], sum(count for _, count in done)
        if isinstance(value, dict):
            found: dict[str, Any] = {}
            total = 0
            for key, item in value.items():
                found[key], count = (item, 0) if key in KEPT and isinstance(item, str) else self.clean(item)
                total += count
            return found, total
        return value, 0

    def clean_text(self, text: str) -> tuple[str, int]:
        """A text of any number of lines."""
        shown, blocks = _KEY_BLOCK.subn("[redacted: private key]", text)
        parts = [self._line(line) for line in shown.split("\n")]
        return "\n".join(line for line, _ in parts), blocks + sum(count for _, count in parts)

    def _line(self, line: str) -> tuple[str, int]:
        if len(line) < 6:
            return line, 0
        known = self._lines.get(line)
        if known is None:
            known = self._lines[line] = _redact(line)
        return known


def count_secrets(text: str) -> int:
    """Lines that hold what looks like a secret; personal data is none."""
    lines = text.split("\n")
    return sum(
        any(any(len(value) >= 4 for value in _secrets(plugin, line[:_LONGEST_LINE])) for _, plugin in _plugins())
        for line in lines
    )


def _redact(line: str) -> tuple[str, int]:
    if len(line) > _LONGEST_LINE:
        return f"[left out: a line of {len(line)} characters]", 1
    found: dict[str, str] = {}
    for kind, plugin in _plugins():
        for value in _secrets(plugin, line):
            if value and len(value) >= 4:
                found.setdefault(value, kind)
    for kind, detect in _personal():
        for match in detect(line):
            found.setdefault(match["value"], kind)
    shown, count = line, 0
    for value in sorted(found, key=lambda v: (-len(v), v)):  # a secret may hold a shorter one
        if value in shown:
            count += shown.count(value)
            shown = shown.replace(value, f"[redacted: {found[value].lower()}]")
    return shown, count


def _secrets(plugin: Any, line: str) -> Iterator[str]:
    """Whole matches of a detector's patterns (some mark only a prefix as the secret), and strings of high entropy."""
    patterns = getattr(plugin, "denylist", None)
    if patterns is not None:
        for pattern in patterns:
            yield from (match[0] for match in pattern.finditer(line))
        return
    limit = getattr(plugin, "entropy_limit", None)
    for value in plugin.analyze_string(line):
        if limit is None or plugin.calculate_shannon_entropy(value) > limit:
            yield value


@cache
def _plugins() -> Sequence[tuple[str, Any]]:
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    known: dict[str, Any] = get_mapping_from_secret_type_to_class()
    return tuple((kind, known[kind]()) for kind in sorted(known) if kind != "Public IP (ipv4)")


@cache
def _personal() -> Sequence[tuple[str, Any]]:
    from langchain.agents.middleware import pii

    return (
        ("e-mail address", pii.detect_email),
        ("card number", pii.detect_credit_card),
        ("ip address", pii.detect_ip),
        ("mac address", pii.detect_mac_address),
    )
