"""Traces as JSON: OpenTelemetry's file exporter (OTLP, one request a line or one document) and Jaeger's download.

A trace becomes one operation (the route of its server span) with the code and the tables that its spans name. Attribute
names are those of OpenTelemetry's semantic conventions, old and new (``http.method``, ``http.request.method``).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.statements import tables_of

__all__ = ["is_traces", "read_traces"]

MOST_CHARS = 300_000_000


@dataclass(frozen=True)
class _Span:
    trace: str
    name: str
    attributes: Mapping[str, str]


def is_traces(text: str) -> bool:
    """Whether it begins as such a document does."""
    start = text.lstrip("\ufeff \n")
    return start.startswith("{") and any(key in text for key in ('"resourceSpans"', '"resource_spans"', '"traceID"'))


def read_traces(name: str, lines: Iterator[str], gathered: Gathered) -> int:
    """Traces with an operation and at least one name."""
    traces: dict[str, list[_Span]] = defaultdict(list)
    first: dict[str, int] = {}
    for number, document in _documents(name, lines, gathered):
        for span in _spans(document):
            traces[span.trace].append(span)
            first.setdefault(span.trace, number)
    records = 0
    for trace, spans in traces.items():
        where = Location(path=name, line=first[trace])
        operation = next(filter(None, map(_operation, spans)), "")
        code = frozenset(filter(None, map(_code, spans)))
        tables = frozenset(table for span in spans for table in _tables(span))
        if not operation:
            gathered.leave("traces without a route", where)
        elif not code and not tables:
            gathered.leave("traces that name neither code nor tables", where)
        else:
            gathered.observe(operation, code, tables, 1, where)
            records += 1
    return records


def _documents(name: str, lines: Iterator[str], gathered: Gathered) -> Iterator[tuple[int, Any]]:
    """One a line, or the whole file as one."""
    first = next(lines, "")
    try:
        yield 1, json.loads(first)
    except (ValueError, RecursionError):
        text = first + "".join(lines)
        try:
            yield 1, json.loads(text[:MOST_CHARS])
        except (ValueError, RecursionError):
            gathered.leave("documents that are no JSON", Location(path=name, line=1))
        return
    for number, line in enumerate(lines, 2):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                gathered.leave("documents that are no JSON", Location(path=name, line=number))


def _spans(document: Any) -> Iterator[_Span]:
    if not isinstance(document, dict):
        return
    for resource in _listed(document, "resourceSpans", "resource_spans"):
        for scope in _listed(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for span in _listed(scope, "spans"):
                yield _Span(
                    str(span.get("traceId", "")), str(span.get("name", "")), dict(_otlp(span.get("attributes")))
                )
    for trace in _listed(document, "data"):
        for span in _listed(trace, "spans"):
            tags = {str(t.get("key")): str(t.get("value")) for t in _listed(span, "tags")}
            yield _Span(str(span.get("traceID", "")), str(span.get("operationName", "")), tags)


def _listed(mapping: Mapping[str, Any], *keys: str) -> list[dict[str, Any]]:
    for key in keys:
        found = mapping.get(key)
        if isinstance(found, list):
            return [each for each in found if isinstance(each, dict)]
    return []


def _otlp(attributes: Any) -> Iterator[tuple[str, str]]:
    for attribute in attributes if isinstance(attributes, list) else ():
        if isinstance(attribute, dict) and isinstance(attribute.get("value"), dict):
            yield str(attribute.get("key")), str(next(iter(attribute["value"].values()), ""))


def _first(attributes: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((attributes[key] for key in keys if attributes.get(key)), "")


def _operation(span: _Span) -> str:
    route = _first(span.attributes, ("http.route", "url.template"))
    method = _first(span.attributes, ("http.request.method", "http.method"))
    if route:
        return f"{method or 'ANY'} {route if route.startswith('/') else '/' + route}"
    job = _first(span.attributes, ("messaging.destination.name", "faas.name", "celery.task_name"))
    return f"job {job}" if job else ""


def _code(span: _Span) -> str:
    function = _first(span.attributes, ("code.function.name", "code.function"))
    namespace = _first(span.attributes, ("code.namespace",))
    if namespace and function and not function.startswith(namespace):
        return f"{namespace}.{function}"
    return function or namespace


def _tables(span: _Span) -> frozenset[str]:
    named = _first(span.attributes, ("db.collection.name", "db.sql.table"))
    if named:
        return frozenset({named.rpartition(".")[2].lower()})
    text = _first(span.attributes, ("db.query.text", "db.statement"))
    return (tables_of(text) or frozenset()) if text else frozenset()
