"""Reads JUnit XML as runners of every language write it: files in, test cases by name out; broken XML is told, never raised.

The dialects differ in attributes (``classname`` or ``class``, with or without ``file``) and in nesting; what is the same is
a ``testcase`` with at most one of ``failure``, ``error`` and ``skipped`` in it. A file that breaks off in the middle, as
one does whose writer was killed, keeps the cases that came before the break.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from agent.domain.verdict import CaseResult

__all__ = ["LONGEST_MESSAGE", "JUnitCase", "JUnitReport", "number_twins", "read_junit"]

LONGEST_MESSAGE = 2_000
_LARGEST_FILE = 256 << 20
_MOST_CASES = 500_000
_LONGEST_NAME = 2_000
_DEEPEST = 200
# XML 1.0 allows none of these control characters, yet runners copy them from what a test printed.
_FORBIDDEN = bytes(code for code in range(32) if code not in (9, 10, 13))

Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One ``testcase``. ``suite`` is the name of the innermost suite around it; ``message`` ends with what was printed last.

    ``kind`` is the ``type`` attribute of its failure, error or skip (``pytest.xfail``), ``output`` its own system-out.
    """

    name: str
    classname: str = ""
    suite: str = ""
    file: str = ""
    line: str = ""
    status: Outcome = "passed"
    kind: str = ""
    seconds: float = 0.0
    message: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class JUnitReport:
    """All cases in the order of the files; ``trouble`` says which file is broken and how, empty when all are whole."""

    cases: tuple[JUnitCase, ...] = ()
    trouble: str = ""
    suite_errors: tuple[str, ...] = ()  # suites that report an error without a case


def read_junit(files: Iterable[bytes]) -> JUnitReport:
    """The cases of all files, in order. Never raises on any bytes."""
    cases: list[JUnitCase] = []
    troubles: list[str] = []
    errors: list[str] = []
    for number, data in enumerate(files, start=1):
        try:
            for item in _read(data):
                if isinstance(item, str):
                    errors.append(item)
                elif len(cases) < _MOST_CASES:
                    cases.append(item)
                else:
                    troubles.append(f"results hold more than {_MOST_CASES} cases")
                    break
        except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
            troubles.append(f"results file {number} is not whole XML: {str(error)[:200]}")
    return JUnitReport(tuple(cases), "; ".join(troubles[:3]), tuple(errors))


def number_twins(cases: Iterable[CaseResult]) -> tuple[CaseResult, ...]:
    """The same cases with unique IDs: what is named twice becomes ``[2]``, ``[3]`` in the order given."""
    seen: dict[str, int] = {}
    taken: set[str] = set()
    result: list[CaseResult] = []
    for case in cases:
        name = case.id
        while name in taken:
            seen[case.id] = seen.get(case.id, 1) + 1
            name = f"{case.id}[{seen[case.id]}]"
        taken.add(name)
        result.append(case if name == case.id else case.model_copy(update={"id": name}))
    return tuple(result)


def _read(data: bytes) -> Iterator[JUnitCase | str]:
    if len(data) > _LARGEST_FILE:
        raise ValueError(f"larger than {_LARGEST_FILE >> 20} MB")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.translate(None, _FORBIDDEN)
    if not data.strip():
        raise ValueError("empty")
    suites: list[str] = []
    open_cases = 0
    depth = 0
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        tag = _local(element)
        if event == "start":
            depth += 1
            if depth > _DEEPEST:
                raise ValueError(f"nested deeper than {_DEEPEST}")
            if tag == "testsuite":
                suites.append(_attribute(element, "name"))
            open_cases += tag == "testcase"
            continue
        depth -= 1
        if tag == "testcase":
            open_cases -= 1
            yield _case(element, suites[-1] if suites else "")
        elif tag == "testsuite":
            name = suites.pop() if suites else ""
            if any(_local(child) == "error" for child in element):
                yield name
        # What lies in a case is needed until the case ends; everything else is let go, for memory's sake.
        if not open_cases and tag != "error":
            element.clear()


def _case(element: Element, suite: str) -> JUnitCase:
    status: Outcome = "passed"
    kind = message = output = ""
    for child in element:
        tag = _local(child)
        if tag in ("failure", "error", "skipped") and (status == "passed" or tag == "error"):
            status = {"failure": "failed", "error": "error", "skipped": "skipped"}[tag]  # type: ignore[assignment]
            kind = _attribute(child, "type")
            message = _message(child)
        elif tag == "system-out":
            output = _text(child)[-LONGEST_MESSAGE:]
    return JUnitCase(
        name=_attribute(element, "name"),
        classname=_attribute(element, "classname") or _attribute(element, "class"),
        suite=suite,
        file=_attribute(element, "file"),
        line=_attribute(element, "line")[:20],
        status=status,
        kind=kind,
        seconds=_seconds(element),
        message=message,
        output=output,
    )


def _message(element: Element) -> str:
    short = element.get("message", "")
    text = _text(element).strip()
    whole = text if short in text else f"{short}\n{text}"
    return whole.strip()[-LONGEST_MESSAGE:]


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _attribute(element: Element, name: str) -> str:
    return str(element.get(name, ""))[:_LONGEST_NAME]


def _seconds(element: Element) -> float:
    """The ``time`` attribute; some writers put thousands separators (``1,234.5``) in it."""
    try:
        value = float(element.get("time", "0").replace(",", ""))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) and value >= 0 else 0.0


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
