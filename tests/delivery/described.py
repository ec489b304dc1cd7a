"""Calls and answers against a recorded description of a forge's API (tests/delivery/shapes): what does not fit, in words.

A description names calls, the query and body that each takes, and the fields of what it answers, with their types; a name
that it does not have is a misfit, and so is a missing one that it requires.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

SHAPES = Path(__file__).parent / "shapes"
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
}  # fmt: skip
TEXT = {"string": r".*", "integer": r"-?\d+", "boolean": r"true|false", "array": r".*"}


def misfits(
    forge: str, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any], answer: Any
) -> list[str]:
    """Of one call that was answered with success. ``path`` is without the query, its parts escaped as they were sent."""
    described = description(forge)
    call = next((one for name, one in described["calls"].items() if _is_call(name, method, path)), None)
    if call is None:
        return [f"{method} {path} is not described"]
    found = [*_query(call, query)]
    if "body" in call:
        found += _value(described, {"schema": call["body"]}, dict(body), "the body")
    elif body:
        found.append("a body is not described")
    wanted = call["answer"]
    found += _value(described, _named(wanted), answer, "the answer")
    return [f"{method} {path}: {one}" for one in found]


@cache
def description(forge: str) -> Any:
    return json.loads((SHAPES / f"{forge}.json").read_text("utf-8"))


def _is_call(name: str, method: str, path: str) -> bool:
    verb, _, shape = name.partition(" ")
    return verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", shape), path) is not None


def _named(wanted: Any) -> Any:
    return [{"schema": wanted[0]}] if isinstance(wanted, list) else {"schema": wanted}


def _query(call: Mapping[str, Any], query: Mapping[str, str]) -> Iterator[str]:
    known = call.get("query", {})
    yield from (f"the query {name} is not described" for name in sorted(query.keys() - known.keys()))
    yield from (f"the query {name} is missing" for name in call.get("required", ()) if name not in query)
    for name in sorted(query.keys() & known.keys()):
        kind, text = known[name], query[name]
        fits = text in kind if isinstance(kind, list) else re.fullmatch(TEXT[kind], text)
        if not fits:
            yield f"the query {name}={text} is none of {kind}"


def _value(described: Mapping[str, Any], kind: Any, value: Any, where: str) -> Iterator[str]:
    """``kind``: a type's name, a list of allowed strings, a schema, or a list of one schema."""
    if isinstance(kind, list) and isinstance(kind[0], dict):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for at, one in enumerate(value):
            yield from _value(described, kind[0], one, f"{where}[{at}]")
    elif isinstance(kind, list):
        if value not in kind:
            yield f"{where} is {value!r}, none of {kind}"
    elif isinstance(kind, dict):
        yield from _fields(described, described["schemas"][kind["schema"]], value, where)
    elif value is not None and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{where} is no {kind}: {value!r}"


def _fields(described: Mapping[str, Any], schema: Mapping[str, Any], value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no object"
        return
    fields = schema["fields"]
    yield from (f"{where} has {name}, which is not described" for name in sorted(value.keys() - fields.keys()))
    yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
    for name in sorted(value.keys() & fields.keys()):
        yield from _value(described, fields[name], value[name], f"{where}.{name}")
