"""ASP.NET: attribute routes, conventional MVC and Web API routes, minimal APIs, and Web Forms pages.

Records: ``route`` (verbs, pattern), ``convention`` (verbs, controller, action, api), ``minimal`` (verb, pattern,
handler), ``page``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.csharp_outline import CsType, Member, Outline, find, nodes, outline_of, raw, string_text

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "AspNet"]

VERBS = {
    "HttpGet": "GET", "HttpPost": "POST", "HttpPut": "PUT", "HttpDelete": "DELETE", "HttpPatch": "PATCH",
    "HttpHead": "HEAD", "HttpOptions": "OPTIONS",
}  # fmt: skip
MINIMAL = {"MapGet": "GET", "MapPost": "POST", "MapPut": "PUT", "MapDelete": "DELETE", "MapPatch": "PATCH"}
BY_NAME = ("Get", "Post", "Put", "Delete", "Patch", "Head", "Options")
PARAMETER = re.compile(r"\{\*{0,2}(\w{1,80})[^{}]{0,200}\}")
PAGES = (".aspx.cs", ".ashx.cs", ".asmx.cs")


class AspNet:
    """See the module's docstring."""

    name = "aspnet"
    languages = frozenset({"csharp"})
    markers = (b"Controller", b"MapGet", b"MapPost", b"MapPut", b"MapDelete", b"MapPatch", b"System.Web", b"Page")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with routes and pages."""
        if root is None:
            return facts
        outline = outline_of(root)
        wirings: list[Wiring] = []
        for declared in outline.types:
            wirings.extend(_controller(declared))
            if path.endswith(PAGES) and "." not in declared.scope and declared.bases:
                wirings.append(Wiring("aspnet", "page", declared.scope, declared.line))
        wirings.extend(_minimal(outline))
        return msgspec.structs.replace(facts, wirings=facts.wirings + tuple(wirings)) if wirings else facts

    def link(self, project: Project) -> Linking:
        """Routes and their handlers."""
        found = list(_linked(project))
        return Linking(tuple(symbol for symbol, _ in found), tuple(edge for _, edge in found))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """No entities are declared here."""
        return ""


def _controller(declared: CsType) -> Iterator[Wiring]:
    bases = [b.partition("<")[0].rpartition(".")[2] for b in declared.bases]
    is_controller = declared.name.endswith("Controller") or find(declared.attributes, "ApiController") is not None
    if not (is_controller or any(b.endswith("Controller") for b in bases)) or "abstract" in declared.modifiers:
        return
    name = declared.name.partition("<")[0].removesuffix("Controller")
    area = find(declared.attributes, "Area", "RouteArea")
    prefixes = [a.texts[0] for a in declared.attributes if a.name in ("Route", "RoutePrefix") and a.texts] or [""]
    api = "ApiController" in bases or find(declared.attributes, "ApiController") is not None
    for member in declared.members:
        if member.kind != "method" or "public" not in member.modifiers or "static" in member.modifiers:
            continue
        if find(member.attributes, "NonAction", "ChildActionOnly") is not None:
            continue
        action = find(member.attributes, "ActionName")
        names = (name, action.texts[0] if action is not None and action.texts else member.name)
        yield from _action(member, names, prefixes, area.texts[0] if area is not None and area.texts else "", api)


def _action(member: Member, names: tuple[str, str], prefixes: list[str], area: str, api: bool) -> Iterator[Wiring]:
    verbs: list[str] = []
    patterns: list[tuple[str, int]] = []
    for attribute in member.attributes:
        if attribute.name in VERBS:
            verbs.append(VERBS[attribute.name])
        if attribute.name == "AcceptVerbs":
            verbs.extend(v.upper() for v in attribute.texts if v.isalpha())
        if attribute.name in (*VERBS, "Route") and attribute.texts:
            patterns.append((attribute.texts[0], attribute.line))
    routed = bool(patterns) or any(prefixes)
    if not routed:
        conventional = next((v.upper() for v in BY_NAME if member.name.startswith(v)), "") if api else ""
        verb = "|".join(verbs) or conventional or "GET"
        yield Wiring("aspnet", "convention", member.scope, member.line, (verb, area, *names, "api" if api else ""))
        return
    for pattern, line in patterns or [("", member.line)]:
        for prefix in prefixes:
            full = pattern[1:] if pattern.startswith("~") else pattern
            rooted = full.startswith("/") or not prefix
            written = full if rooted else f"{prefix}/{full}"
            yield Wiring(
                "aspnet", "route", member.scope, line,
                ("|".join(verbs) or ("GET" if patterns or not api else "ANY"), _pattern(written, area, *names)),
            )  # fmt: skip


def _pattern(written: str, area: str, controller: str, action: str) -> str:
    for token, value in (("controller", controller), ("action", action), ("area", area)):
        written = re.sub(r"(?i)\[" + token + r"\]", lambda _, v=value: v, written)  # type: ignore[misc]
    parts = [p for p in written.strip("/").split("/") if p]
    return "/" + PARAMETER.sub(r"{\1}", "/".join(parts))


def _minimal(outline: Outline) -> Iterator[Wiring]:
    """``app.MapGet("/orders/{id}", handler)``; groups of the same file add their prefixes."""
    known: dict[str, dict[str, str]] = {}
    for scope, body in outline.bodies():
        groups = known.setdefault(scope, {})
        for call in nodes(body, "variable_declarator", "invocation_expression"):
            if call.type == "variable_declarator":
                inner = next((n for n in nodes(call, "invocation_expression") if _called(n) == "MapGroup"), None)
                if inner is not None:
                    name = raw(call.child_by_field_name("name"), 100)
                    groups[name] = groups.get(_receiver(inner), "") + "/" + (_first(inner) or "").strip("/")
                continue
            called = _called(call)
            if called not in MINIMAL:
                continue
            pattern = _first(call)
            if pattern is None:
                continue
            arguments = call.child_by_field_name("arguments")
            handler = arguments.named_child(1) if arguments is not None and arguments.named_child_count > 1 else None
            value = handler.named_child(0) if handler is not None and handler.named_child_count else None
            named = (
                raw(value, 200)
                if value is not None and value.type in ("identifier", "member_access_expression")
                else ""
            )
            full = _pattern(f"{groups.get(_receiver(call), '')}/{pattern}", "", "", "")
            yield Wiring("aspnet", "minimal", scope, call.start_point[0] + 1, (MINIMAL[called], full, named))


def _called(call: Any) -> str:
    function = call.child_by_field_name("function")
    return raw(function.child_by_field_name("name"), 60).partition("<")[0] if function is not None else ""


def _receiver(call: Any) -> str:
    function = call.child_by_field_name("function")
    return raw(function.child_by_field_name("expression"), 100) if function is not None else ""


def _first(call: Any) -> str | None:
    arguments = call.child_by_field_name("arguments")
    first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
    return string_text(first.named_child(0), {}) if first is not None and first.named_child_count else None


def _linked(project: Project) -> Iterator[tuple[Symbol, Dependency]]:
    for path, wiring in project.wirings("aspnet"):
        handler = project.symbol_at(path, wiring.scope)
        sure = "exact"
        if wiring.kind == "route":
            verbs, pattern = wiring.args
        elif wiring.kind == "convention":
            verbs, area, controller, action, api = wiring.args
            sure = "inferred"  # by the default route, which a project may change
            action = "" if action == "Index" or api else action
            pattern = "/" + "/".join(p for p in ("api" if api else "", area, controller, action) if p)
        elif wiring.kind == "minimal":
            verbs, pattern, named = wiring.args
            found = project.resolve(path, wiring.scope, named).target if named else ""
            handler = found if found and project.definition(found) is not None else handler
        elif wiring.kind == "page":
            verbs, pattern = "GET|POST", "/" + path.removesuffix(".cs")
        else:
            continue
        for verb in verbs.split("|"):
            identifier = f"route:{verb} {pattern}"
            symbol = Symbol(identifier, "route", path, wiring.line, wiring.line, "csharp")
            yield symbol, Dependency(identifier, handler, "handle", path, wiring.line, sure)


FRAMEWORK = AspNet()
