"""What an Envoy route may do, by name: a front and the canary's numbers in, YAML anchors out, to which routes refer."""

from __future__ import annotations

import json
from typing import Any

from agent.containers.facade.state import Canary, FacadeState, upstream_name
from agent.containers.facade.table import HOME

__all__ = ["ENVOY_TYPE", "actions", "fallback_name", "flow", "label", "no_key", "set_cookie"]

ENVOY_TYPE = "type.googleapis.com/envoy.extensions"
SHADOW = "x-figwright-shadow"


def actions(home: str, live: dict[str, Canary], state: FacadeState) -> list[str]:
    """The named actions of one front."""
    # A connection that was never made carried no request: trying again cannot double a write. Nothing else is retried.
    once = {"timeout": f"{state.timeout_seconds}s", "retry_policy": {"retry_on": "connect-failure", "num_retries": 1}}
    lines = [_anchor(home, {"cluster": home, **once})]
    for name, canary in live.items():
        service = upstream_name(name)
        lines.append(_anchor(f"{service}.whole", {"cluster": service, **once}, home))
        if canary.reads or canary.mirror:
            lines.append(_anchor(f"{service}.reads", _reads(service, home, canary, state), home))
        if 0 < canary.reads < 100:
            newcomer: dict[str, Any] = {"cluster": home}
            if canary.mirror:
                newcomer["request_mirror_policies"] = [{"cluster": service}]
            lines.append(_anchor(f"{service}.newcomers", newcomer | once, home))
        if 0 < canary.writes < 100:
            split = {"weighted_clusters": _weighted(service, home, canary.writes), "hash_policy": _hash_policy(state)}
            lines.append(_anchor(f"{service}.writes", split | once, home))
    return lines


def _reads(service: str, home: str, canary: Canary, state: FacadeState) -> dict[str, Any]:
    """Reads may be tried again, and while the monolith still has all data it stands in for a dead service."""
    action: dict[str, Any] = {}
    target = fallback_name(service, home) if not canary.writes else service
    if canary.reads == 0:
        action["cluster"] = home
        action["request_mirror_policies"] = [{"cluster": service}]
    elif canary.reads == 100:
        action["cluster"] = target
    else:
        action["weighted_clusters"] = _weighted(target, home, canary.reads, service if canary.mirror else "")
        action["hash_policy"] = _hash_policy(state)
        if canary.mirror:
            action["request_mirror_policies"] = [{"cluster_header": SHADOW}]
    action["timeout"] = f"{state.timeout_seconds}s"
    retry: dict[str, Any] = {"retry_on": "connect-failure,refused-stream", "num_retries": 1}
    if canary.reads and not canary.writes:
        kind = f"{ENVOY_TYPE}.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig"
        retry["retry_priority"] = {
            "name": "envoy.retry_priorities.previous_priorities",
            "typed_config": {"@type": kind, "update_frequency": 1},
        }
    action["retry_policy"] = retry
    return action


def _weighted(target: str, home: str, percent: int, shadow: str = "") -> dict[str, Any]:
    """The service first: a key that it has at 10 % it keeps at 20 %. Only what the monolith answers is mirrored."""
    chosen: dict[str, Any] = {"name": target, "weight": percent}
    rest: dict[str, Any] = {"name": home, "weight": 100 - percent}
    if shadow:
        chosen["request_headers_to_remove"] = [SHADOW]
        header = {"header": {"key": SHADOW, "value": shadow}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        rest["request_headers_to_add"] = [header]
    return {"clusters": [chosen, rest], "use_hash_policy": True}


def _hash_policy(state: FacadeState) -> list[dict[str, Any]]:
    return [{"header": {"header_name": state.header}, "terminal": True}, {"cookie": {"name": state.cookie}}]


def no_key(state: FacadeState) -> tuple[dict[str, Any], ...]:
    """Matches a request that has neither the header nor the cookie. Without a key a weighted cluster is chosen by chance."""
    cookie = f"(?:.*[; ])?{state.cookie}=[^;].*"
    return (
        {"name": state.header.lower(), "string_match": {"safe_regex": {"regex": ".+"}}, "invert_match": True,
         "treat_missing_header_as_empty": True},
        {"name": "cookie", "string_match": {"safe_regex": {"regex": cookie}}, "invert_match": True,
         "treat_missing_header_as_empty": True},
    )  # fmt: skip


def set_cookie(state: FacadeState) -> dict[str, Any]:
    value = f"{state.cookie}=%REQ(X-REQUEST-ID)%; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
    header = {"header": {"key": "set-cookie", "value": value}, "append_action": "APPEND_IF_EXISTS_OR_ADD"}
    return {"response_headers_to_add": [header]}


def _anchor(name: str, action: dict[str, Any], home: str = "") -> str:
    known = label(name, home)
    return f"      {known}: &{known} {flow(action)}"


def label(name: str, home: str = "") -> str:
    """An anchor's name: of one front's own when there are several."""
    return name if home in ("", HOME) else f"{name}.{home}"


def fallback_name(service: str, home: str) -> str:
    return f"{service}-else-{home}"


def flow(value: Any) -> str:
    """A value in YAML's flow style; JSON is YAML, and quotes everything that could be taken for something else."""
    return json.dumps(value, ensure_ascii=False)
