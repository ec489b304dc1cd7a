"""The framework's own table of routes in, the facade's nginx configuration out: in match order, the service's routes to it, the
rest to the monolith."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["FrameworkRoute", "facade_config", "match_order", "route_expression", "routes_by_owner"]

_TOP = """\
worker_processes 1;
daemon off;
pid {work}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    merge_slashes off;
    underscores_in_headers on;
    client_max_body_size 0;
    map_hash_bucket_size 512;
    client_body_temp_path {work}/body;
    proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi;
    uwsgi_temp_path {work}/uwsgi;
    scgi_temp_path {work}/scgi;
    upstream monolith {{ server 127.0.0.1:{monolith}; }}
    upstream service {{ server 127.0.0.1:{service}; }}
    map "$request_method $uri" $upstream {{
        default monolith;
"""
_BOTTOM = """\
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://$upstream$request_uri;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_redirect off;
            proxy_next_upstream off;
            proxy_intercept_errors off;
            proxy_buffering on;
            proxy_buffer_size 64k;
            proxy_buffers 8 64k;
        }}
    }}
}}
"""
_CONVERTERS = {
    "int": r"[0-9]+",
    "float": r"[0-9]+\.[0-9]+",
    "path": r"[^/].*?",
    "uuid": r"[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}",
}
_VARIABLE = re.compile(r"<(?:(?P<kind>[A-Za-z_]\w{0,60})(?:\([^()<>]{0,120}\))?:)?\w{1,80}>")
_NAMED = re.compile(r"\(\?P<\w{1,80}>")
_VERBS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
_WEIGHTS = {"int": 50, "float": 50, "uuid": 100, "path": 200}


@dataclass(frozen=True)
class FrameworkRoute:
    """One entry of the table, for these methods (none: all). ``own``: the service serves it. ``regex``: the pattern is an
    expression already, and the table's order decides. ``expression``: the pattern is for people, this one decides, in the table's order."""

    pattern: str
    methods: tuple[str, ...]
    own: bool
    regex: bool
    expression: str = ""


def routes_by_owner(
    pattern: str, methods: tuple[str, ...], regex: bool, owner: Callable[[str], str], service: str, expression: str = ""
) -> tuple[FrameworkRoute, ...]:
    """One entry of the framework's table, as two when only some of its methods are the service's; ``owner`` tells whose a method is."""
    verbs = methods or _VERBS
    own = tuple(verb for verb in verbs if owner(verb) == service)
    if len(own) in (0, len(verbs)):
        return (FrameworkRoute(pattern, methods, bool(own), regex, expression),)
    others = tuple(verb for verb in methods if verb not in own)
    # What is named comes first, so that the rest may stand for every other method
    return (
        FrameworkRoute(pattern, own, True, regex, expression),
        FrameworkRoute(pattern, others, False, regex, expression),
    )


def facade_config(routes: Sequence[FrameworkRoute], ports: tuple[int, int, int], work: str = "{{work}}") -> str:
    """``ports``: of the facade, the monolith, the service."""
    port, monolith, service = ports
    lines = []
    for route in match_order(routes):
        expression = route_expression(route)
        methods = f"(?:{'|'.join(sorted(route.methods))})" if route.methods else "[A-Z]+"
        upstream = "service" if route.own else "monolith"
        if expression is not None:
            lines.append(f'        "~^{methods} {_quoted(expression)}$" {upstream};\n')
    top = _TOP.format(work=work, monolith=monolith, service=service)
    return top + "".join(lines) + _BOTTOM.format(port=port)


def match_order(routes: Sequence[FrameworkRoute]) -> list[FrameworkRoute]:
    """Expressions as they stand; Werkzeug's rules part by part, literal text before variables, light ones first."""
    if any(route.regex or route.expression for route in routes):
        return list(routes)
    return sorted(routes, key=lambda route: (_weight(route.pattern), route.pattern, not route.methods, route.methods))


def _weight(pattern: str) -> tuple[tuple[int, int], ...]:
    found = []
    for part in pattern.split("/"):
        kinds = [match["kind"] or "" for match in _VARIABLE.finditer(part)]
        found.append((1, sum(_WEIGHTS.get(kind, 100) for kind in kinds)) if kinds else (0, 0))
    return tuple(found)


def route_expression(route: FrameworkRoute) -> str | None:
    """A regular expression for the whole path; None for a pattern that nginx could not read."""
    if route.expression:
        text = route.expression.removeprefix("^").removesuffix("$")
        return text if _readable(text) else None
    if route.regex:
        text = _NAMED.sub("(?:", route.pattern).replace("\\Z", "").replace("\\A", "")
        ends = text.endswith("$")
        text = "/" + text.rstrip("$").removeprefix("^").removeprefix("/")
        return (text if ends or route.pattern.endswith("\\Z") else text + ".*") if _readable(text) else None
    pieces, at = [], 0
    for match in _VARIABLE.finditer(route.pattern):
        pieces.append(re.escape(route.pattern[at : match.start()]))
        pieces.append(_CONVERTERS.get(match["kind"] or "", "[^/]+"))
        at = match.end()
    pieces.append(re.escape(route.pattern[at:]))
    text = "".join(pieces)
    # Without its last slash Werkzeug redirects; the same side has to answer that
    return text.removesuffix("/") + "/?" if text.endswith("/") and text != "/" else text


def _readable(text: str) -> bool:
    try:
        re.compile(text)
    except (re.error, RecursionError):
        return False
    return not any(ord(letter) < 32 or ord(letter) == 127 for letter in text)


def _quoted(expression: str) -> str:
    return expression.replace("\\\\", "\\\\\\\\").replace('"', '\\"')
