"""Coverage that a test run wrote: the text of a Cobertura, JaCoCo or LCOV report in, lines that ran and could run by file out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from agent.errors import InputError

__all__ = ["matched", "read_coverage"]

Counts = dict[str, tuple[int, int]]


def read_coverage(name: str, text: str) -> Counts:
    """Path as the report writes it -> (ran, could). Raises InputError when it is none of the three formats."""
    if text.lstrip().startswith("<"):
        try:
            root = fromstring(text, forbid_dtd=False)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise InputError(f"{name} is not a coverage report that can be read ({error}): give another.") from None
        found = _jacoco(root) if root.tag == "report" else _cobertura(root)
    else:
        found = _lcov(text)
    if not found:
        raise InputError(f"{name} holds no line counts of any file: give a Cobertura, JaCoCo or LCOV report.")
    return found


def _cobertura(root: Element) -> Counts:
    lines: dict[str, dict[str, bool]] = {}
    for one in root.iter("class"):
        path = one.get("filename") or ""
        for line in one.iter("line"):
            seen = lines.setdefault(path, {})
            number = line.get("number") or ""
            seen[number] = seen.get(number, False) or (line.get("hits") or "0") != "0"
    return {path: (sum(of.values()), len(of)) for path, of in lines.items() if path}


def _jacoco(root: Element) -> Counts:
    found: Counts = {}
    for package in root.iter("package"):
        for source in package.iter("sourcefile"):
            for counter in source.iter("counter"):
                if counter.get("type") == "LINE":
                    missed, ran = _number(counter.get("missed")), _number(counter.get("covered"))
                    found[f"{package.get('name') or ''}/{source.get('name') or ''}".lstrip("/")] = (ran, ran + missed)
    return found


def _lcov(text: str) -> Counts:
    found: dict[str, dict[str, bool]] = {}
    path = ""
    for line in text.splitlines():
        if line.startswith("SF:"):
            path = line[3:].strip()
        elif line.startswith("DA:") and path:
            number, _, hits = line[3:].partition(",")
            seen = found.setdefault(path, {})
            seen[number] = seen.get(number, False) or hits.partition(",")[0].strip() not in ("0", "")
    return {path: (sum(of.values()), len(of)) for path, of in found.items()}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def matched(counts: Mapping[str, tuple[int, int]], paths: Iterable[str]) -> Counts:
    """The counts by the repository's paths: the one path that ends as the report's does, or the report's that ends as it."""
    by_name: dict[str, list[str]] = {}
    for path in sorted(paths):
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    found: Counts = {}
    for written, (ran, could) in sorted(counts.items()):
        plain = written.replace("\\", "/").removeprefix("./")
        ends = [
            path
            for path in by_name.get(plain.rpartition("/")[2], [])
            if path == plain or path.endswith(f"/{plain}") or plain.endswith(f"/{path}")
        ]
        if len(ends) == 1 or plain in ends:
            found[plain if plain in ends else ends[0]] = (ran, could)
    return found
