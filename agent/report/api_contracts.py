"""OpenAPI 3.1 and AsyncAPI 3.0 documents for each extraction: contracts as the code shows them in, JSON texts out.

A shape that no code shows is left open (``{}`` allows anything) and said to be so, rather than invented.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from agent.domain.handover import MessageContract, RouteContract
from agent.domain.plan import Plan
from agent.report.file_names import file_names
from agent.report.visible_text import visible

__all__ = ["write_contracts"]

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<a>\w+)>|\{(?P<b>[\w.]*)(?::[^}]*)?\}|(?<=/):(?P<c>\w+)")
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TYPES = {"int": "integer", "float": "number"}
_CHANNEL_KEY = re.compile(r"[^\w.-]+")


def write_contracts(plan: Plan) -> dict[str, str]:
    """``contracts/<service>.openapi.json`` and ``.asyncapi.json`` for each service that is extracted."""
    wanted = [r.service for r in plan.handover.runbooks]
    names = file_names(wanted)
    found: dict[str, str] = {}
    for service in wanted:
        routes = [c for c in plan.handover.contracts if c.service == service]
        if routes:
            found[f"contracts/{names[service]}.openapi.json"] = _text(_openapi(plan, service, routes))
        messages = [m for m in plan.handover.messages if m.service == service and m.channel]
        if messages:
            found[f"contracts/{names[service]}.asyncapi.json"] = _text(_asyncapi(plan, service, messages))
    return found


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def _info(plan: Plan, service: str) -> dict[str, str]:
    return {
        "title": visible(f"{service} of {plan.repository.name}"),
        "version": plan.repository.commit[:12] or "0",
        "description": "As the code shows it; what it does not show is left open.",
    }


def _openapi(plan: Plan, service: str, routes: Sequence[RouteContract]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    taken: set[str] = set()
    for route in routes:
        path, kinds = _path(route.path)
        item = paths.setdefault(path, {})
        methods = [route.method.lower()] if route.method.lower() in _METHODS else ["get", "post"]
        for method in methods:
            if method not in item:
                item[method] = _operation(route, kinds, method, taken)
    return {
        "openapi": "3.1.0",
        "info": _info(plan, service),
        "paths": {p: paths[p] for p in sorted(_unambiguous(paths))},
    }


def _unambiguous(paths: dict[str, Any]) -> list[str]:
    """Paths that differ only in their parameters' names are one: the first by name stays."""
    seen: set[str] = set()
    kept = []
    for path in sorted(paths):
        shape = re.sub(r"\{[^}]*\}", "{}", path)
        if shape not in seen:
            seen.add(shape)
            kept.append(path)
    return kept


def _path(written: str) -> tuple[str, dict[str, str]]:
    """The path in OpenAPI's form, and (parameter, type)."""
    kinds: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        base = (found["a"] or found["b"] or found["c"] or "part").replace(".", "_")
        key, number = base, 2
        while key in kinds:
            key, number = f"{base}{number}", number + 1
        kinds[key] = _TYPES.get(found["kind"] or "", "string")
        return "{" + key + "}"

    path = _PARAMETER.sub(name, written)
    path = visible(path.replace("*", "{rest}") if "*" in path else path)
    if "{rest}" in path:
        kinds["rest"] = "string"
        path = path[: path.find("{rest}") + 6] + path[path.find("{rest}") + 6 :].replace("{rest}", "")
    return path if path.startswith("/") else f"/{path}", kinds


def _operation(route: RouteContract, kinds: dict[str, str], method: str, taken: set[str]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": kind}} for name, kind in kinds.items()
    ]
    seen = {("path", name) for name in kinds}
    for item in route.inputs:
        if item.place in ("query", "header") and (item.place, item.name) not in seen:
            seen.add((item.place, item.name))
            parameters.append(
                {
                    "name": visible(item.name),
                    "in": item.place,
                    "required": False,
                    "schema": {},
                    "x-evidence": str(item.location),
                }
            )
    operation: dict[str, Any] = {
        "operationId": _unique(f"{method}_{route.path}", taken),
        "summary": visible(f"answered by {route.handler}")[:200],
        "x-evidence": str(route.location),
    }
    if parameters:
        operation["parameters"] = parameters
    body = {i.name: i for i in route.inputs if i.place in ("form", "json")}
    if body and method not in ("get", "head", "delete"):
        media = (
            "application/json" if any(i.place == "json" for i in body.values()) else "application/x-www-form-urlencoded"
        )
        schema = {
            "type": "object",
            "properties": {visible(n): {"description": f"read at {i.location}"} for n, i in sorted(body.items())},
        }
        operation["requestBody"] = {"content": {media: {"schema": schema}}}
    operation["responses"] = _responses(route)
    return operation


def _responses(route: RouteContract) -> dict[str, Any]:
    places = dict(route.answers)
    found: dict[str, Any] = {}
    media: dict[str, Any] = {m: {"schema": {}} for m in sorted(places) if m != "redirect"}
    if media:
        said = ", ".join(f"{m} at {places[m]}" for m in media)
        found["200"] = {"description": f"seen: {visible(said)}", "content": media}
    if "redirect" in places:
        found["302"] = {"description": f"seen: redirect at {places['redirect']}"}
    return found or {"default": {"description": "the handler's own lines do not show what it answers"}}


def _unique(text: str, taken: set[str]) -> str:
    base = re.sub(r"\W+", "_", text).strip("_").lower()[:100] or "operation"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


def _asyncapi(plan: Plan, service: str, messages: Sequence[MessageContract]) -> dict[str, Any]:
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for item in messages:
        key = _CHANNEL_KEY.sub("-", item.channel).strip("-") or "channel"
        channels.setdefault(
            key,
            {
                "address": visible(item.channel),
                "messages": {"message": {"payload": {}, "description": "its fields are not in one place of the code"}},
            },
        )
        operations.setdefault(
            f"{item.direction}-{key}",
            {"action": item.direction, "channel": {"$ref": f"#/channels/{key}"}, "messages": [{"$ref": f"#/channels/{key}/messages/message"}],
             "description": visible(f"seen at {item.evidence.location}")},
        )  # fmt: skip
    return {
        "asyncapi": "3.0.0", "info": _info(plan, service), "channels": dict(sorted(channels.items())), "operations": dict(sorted(operations.items())),
    }  # fmt: skip
