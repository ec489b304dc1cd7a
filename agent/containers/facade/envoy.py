"""The facade as an Envoy configuration: a route table and the canary's numbers in, one static YAML file out.

The numbers stand once, at the top, as YAML anchors; every route refers to them, so that a change of one number is a change
of one line. A weighted cluster is chosen by the hash of the sticky key (``use_hash_policy``), never by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from agent.containers.facade.envoy_actions import (
    ENVOY_TYPE,
    actions,
    fallback_name,
    flow,
    label,
    no_key,
    set_cookie,
)
from agent.containers.facade.patterns import one_line
from agent.containers.facade.state import Canary, FacadeState, home_name, sealed, upstream_name
from agent.containers.facade.table import HOME, FacadeRoute, Front, RouteTable, exact_path

__all__ = ["write_envoy"]

SAFE = ("GET", "HEAD")
_HEAD = """\
# The strangler facade for Envoy {version}. Written from facade/routes.json and facade/canary.json by
# `figwright canary`: change numbers there, not here.
#
# {summary}
#
# A request goes: {override} names an upstream > the first route that fits, by its service's share > the monolith.
# Shares are kept by the hash of the header {header}, or else of the cookie {cookie}. Who has neither goes to the monolith
# and gets the cookie. The answer's x-upstream says who answered.
"""
VERSION = "1.40"


def write_envoy(table: RouteTable, state: FacadeState) -> str:
    """``facade/envoy.yaml``."""
    live = {name: canary for name, canary in sorted(state.services.items()) if canary.active}
    lines = [
        _HEAD.format(
            version=VERSION,
            summary=_summary(live),
            override=state.override,
            header=state.header,
            cookie=state.cookie,
        ).rstrip("\n")
    ]
    lines += ["node:", "  id: facade", "  cluster: figwright", "  metadata:", "    actions:"]
    for front in table.fronts:
        lines += actions(home_name(table, front), live, state)
    lines += ["admin:", f"  address: {_socket('127.0.0.1', state.admin_port)}", "static_resources:", "  listeners:"]
    for front in table.fronts:
        lines += _listener(table, front, live, state)
    lines += _ready_listener(state.ready_port)
    lines.append("  clusters:")
    for front in table.fronts:
        lines += _cluster(home_name(table, front), front.address, state)
    for name, canary in live.items():
        lines += _cluster(upstream_name(name), canary.address, state)
        if canary.reads and not canary.writes:
            for front in table.fronts:
                lines += _fallback_cluster(upstream_name(name), home_name(table, front))
    return sealed("\n".join(lines) + "\n")


def _summary(live: dict[str, Canary]) -> str:
    if not live:
        return "Now: everything goes to the monolith."
    told = [
        f"{one_line(name)}: reads {c.reads} %, writes {c.writes} %"
        + (", reads mirrored" if c.mirror else "")
        + (", testers" if c.testers else "")
        for name, c in live.items()
    ]
    return "Now: " + "; ".join(told) + "; the rest to the monolith."


# --- listeners and routes ----------------------------------------------------------------------------------------


def _listener(table: RouteTable, front: Front, live: dict[str, Canary], state: FacadeState) -> list[str]:
    home = home_name(table, front)
    return [
        f"  - name: {front.name}",
        f"    address: {_socket('0.0.0.0', front.port)}",  # noqa: S104 - it is the way in
        *_MANAGER_HEAD.format(name=front.name, type=ENVOY_TYPE, log=flow(_access_log())).rstrip("\n").split("\n"),
        "              response_headers_to_add:",
        "              - header: {key: x-upstream, value: '%UPSTREAM_METADATA(figwright:name)%'}",
        "                append_action: OVERWRITE_IF_EXISTS_OR_ADD",
        f"              request_headers_to_remove: [{state.override.lower()}]",
        "              routes:",
        *_routes(front, home, live, state),
    ]


_MANAGER_HEAD = """\
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          '@type': {type}.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: {name}
          use_remote_address: true
          normalize_path: true
          upgrade_configs: [{{upgrade_type: websocket}}]
          access_log: {log}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{'@type': {type}.filters.http.router.v3.Router}}
          route_config:
            name: {name}
            virtual_hosts:
            - name: {name}
              domains: ['*']
"""


def _routes(front: Front, home: str, live: dict[str, Canary], state: FacadeState) -> Iterator[str]:
    if live:
        only = [_header(state.override.lower(), HOME)]
        yield _entry("override", {"prefix": "/", "headers": only}, home)
    for route in front.routes:
        yield (
            "              # "
            + one_line(f"{' '.join(route.methods) or 'any method'} {route.pattern} at {route.where}")
            + (f": {one_line(route.why)}" if route.why else "")
        )
        canary = live.get(route.service)
        name = upstream_name(route.service) if route.service else home
        if canary is None:
            yield _entry(name, _match(route, route.methods), home)
        else:
            yield from _live_routes(route, canary, home, state)
    yield _entry("unlisted", {"prefix": "/"}, home)


def _live_routes(route: FacadeRoute, canary: Canary, home: str, state: FacadeState) -> Iterator[str]:
    """Testers first, then reads by their share, then what is left: writes."""
    service = upstream_name(route.service)
    whole, nowhere = label(f"{service}.whole", home), home
    override = _header(state.override.lower(), service)
    yield _entry(f"{service}.tester", _match(route, route.methods, override), whole)
    if route.reads:
        action = label(f"{service}.reads", home) if canary.reads or canary.mirror else nowhere
        reads = tuple(m for m in SAFE if m in route.reads)
        if 0 < canary.reads < 100:
            newcomers = label(f"{service}.newcomers", home)
            yield _entry(f"{service}.newcomer", _match(route, reads, *no_key(state)), newcomers, set_cookie(state))
        yield _entry(f"{service}.read", _match(route, reads), action)
    others = tuple(m for m in route.methods if m not in route.reads)
    if route.methods and not others:
        return
    if canary.writes == 0:
        yield _entry(f"{service}.write", _match(route, others), nowhere)
    elif canary.writes == 100:
        yield _entry(f"{service}.write", _match(route, others), whole)
    else:
        match = _match(route, others, *no_key(state))
        yield _entry(f"{service}.write-without-key", match, nowhere, set_cookie(state))
        yield _entry(f"{service}.write", _match(route, others), label(f"{service}.writes", home))


def _entry(name: str, match: dict[str, Any], action: str, more: dict[str, Any] | None = None) -> str:
    rest = f", {flow(more)[1:-1]}" if more else ""
    return f"              - {{name: {name}, match: {flow(match)}{rest}, route: *{action} }}"


def _match(route: FacadeRoute, methods: tuple[str, ...], *headers: dict[str, Any]) -> dict[str, Any]:
    path = exact_path(route)
    match: dict[str, Any] = (
        {"path": path} if path is not None and path.isascii() else {"safe_regex": {"regex": _encoded(route.path)}}
    )
    if methods:
        wanted = sorted({*methods, *(("HEAD",) if "GET" in methods else ())})
        value: dict[str, Any] = (
            {"exact": wanted[0]} if len(wanted) == 1 else {"safe_regex": {"regex": "|".join(wanted)}}
        )
        headers = ({"name": ":method", "string_match": value}, *headers)
    if headers:
        match["headers"] = list(headers)
    return match


def _encoded(expression: str) -> str:
    """Envoy sees paths as sent: what is not ASCII is in percent-encoding, in either case."""

    def percent(found: re.Match[str]) -> str:
        sent = "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))
        return f"(?:{sent}|{sent.lower()})"

    return re.sub(r"[^\x00-\x7f]", percent, expression)


def _header(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "string_match": {"exact": value}}


def _ready_listener(port: int) -> list[str]:
    text = _MANAGER_HEAD.format(name="ready", type=ENVOY_TYPE, log="[]").rstrip("\n").split("\n")
    answer = (
        "              routes: [{match: {path: /ready}, direct_response: {status: 200, body: {inline_string: ready}}}]"
    )
    return ["  - name: ready", f"    address: {_socket('0.0.0.0', port)}", *text, answer]  # noqa: S104


def _access_log() -> list[dict[str, Any]]:
    """JSON to standard output; without queries, which carry names and tokens."""
    fields = {
        "time": "%START_TIME%",
        "method": "%REQ(:METHOD)%",
        "path": "%PATH(NQ)%",
        "status": "%RESPONSE_CODE%",
        "upstream": "%UPSTREAM_METADATA(figwright:name)%",
        "route": "%ROUTE_NAME%",
        "milliseconds": "%DURATION%",
        "bytes": "%BYTES_SENT%",
        "flags": "%RESPONSE_FLAGS%",
        "request_id": "%REQ(X-REQUEST-ID)%",
    }
    kind = f"{ENVOY_TYPE}.access_loggers.stream.v3.StdoutAccessLog"
    return [
        {"name": "envoy.access_loggers.stdout", "typed_config": {"@type": kind, "log_format": {"json_format": fields}}}
    ]


# --- clusters ----------------------------------------------------------------------------------------------------


def _cluster(name: str, address: str, state: FacadeState) -> list[str]:
    host, _, port = address.rpartition(":")
    return [
        f"  - name: {name}",
        "    type: STRICT_DNS",
        f"    connect_timeout: {state.connect_seconds}s",
        "    load_assignment:",
        f"      cluster_name: {name}",
        "      endpoints:",
        f"      - lb_endpoints: [{{endpoint: {{address: {_socket(host, int(port))}}}, "
        f"metadata: {{filter_metadata: {{figwright: {{name: {name}}}}}}}}}]",
    ]


def _fallback_cluster(service: str, home: str) -> list[str]:
    name = fallback_name(service, home)
    config = {"@type": f"{ENVOY_TYPE}.clusters.aggregate.v3.ClusterConfig", "clusters": [service, home]}
    return [
        f"  - name: {name}",
        "    connect_timeout: 1s",
        "    lb_policy: CLUSTER_PROVIDED",
        f"    cluster_type: {flow({'name': 'envoy.clusters.aggregate', 'typed_config': config})}",
    ]


def _socket(host: str, port: int) -> str:
    return f"{{socket_address: {{address: {host}, port_value: {port}}}}}"
