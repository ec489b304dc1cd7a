"""Which path tells that a web process is up: the graph's routes in, candidates out, the best first."""

from __future__ import annotations

import re

from agent.containers.tree import under
from agent.domain.code import DependencyGraph

__all__ = ["health_candidates", "probe"]

_BEST = ("/healthz", "/health", "/actuator/health", "/readyz", "/livez", "/ping", "/status", "/api/health", "/up", "/login",
         "/login/", "/accounts/login/", "/signin", "/")  # fmt: skip
_AVOID = re.compile(r"(?i)logout|delete|remove|export|download|admin|reset|register|signoff|close|new|edit|static")
_PARAMETER = re.compile(r"[<{:*\[?\]}>]|\(\?P")
_MOST = 8


def health_candidates(graph: DependencyGraph | None, folder: str = "") -> tuple[str, ...]:
    """Paths of existing GET routes without parameters, the likeliest to answer first; ``/`` when nothing better is known."""
    found: dict[str, int] = {}
    for symbol in graph.symbols if graph else ():
        if symbol.kind != "route" or symbol.role == "test" or not under(symbol.path, folder):
            continue
        method, _, path = symbol.id.removeprefix("route:").partition(" ")
        if method not in ("GET", "ANY", "HEAD") or not path.startswith("/") or _PARAMETER.search(path):
            continue
        found[path] = _rank(path)
    best = sorted((rank, len(path), path) for path, rank in found.items() if rank < 90)
    paths = [path for _, _, path in best][:_MOST]
    return tuple(paths if "/" in paths else [*paths, "/"])


def _rank(path: str) -> int:
    if path in _BEST:
        return _BEST.index(path)
    last = path.rstrip("/").rpartition("/")[2]
    if last in ("health", "healthz", "ping", "status", "status.php", "health.php"):
        return 4
    if last.startswith("login"):
        return 12
    return 90 if _AVOID.search(path) else 40 + path.count("/")


def probe(runtime: str, version: str, port: int, path: str) -> tuple[str, ...]:
    """A command in exec form that succeeds when the path answers below 400, with what the image has anyway."""
    if runtime == "python":
        module = "httplib" if version.startswith("2") else "http.client"
        script = (
            f"import sys, {module} as h; c = h.HTTPConnection('127.0.0.1', {port}, timeout=4); "
            f"c.request('GET', '{path}'); sys.exit(c.getresponse().status >= 400)"
        )
        return ("python", "-c", script)
    if runtime == "node":
        script = (
            f"require('http').get({{host: '127.0.0.1', port: {port}, path: '{path}', timeout: 4000}}, "
            "function (r) { process.exit(r.statusCode >= 400 ? 1 : 0); }).on('error', function () { process.exit(1); });"
        )
        return ("node", "-e", script)
    if runtime == "php":
        script = (
            f"$c = stream_context_create(['http' => ['timeout' => 4, 'follow_location' => 0]]); "
            f"exit(@file_get_contents('http://127.0.0.1:{port}{path}', false, $c) === false ? 1 : 0);"
        )
        return ("php", "-r", script)
    if runtime == "ruby":
        script = f"require 'net/http'; exit(Net::HTTP.get_response('127.0.0.1', '{path}', {port}).code.to_i < 400)"
        return ("ruby", "-e", script)
    # bash's own sockets: images of Java servers have neither curl nor wget.
    script = (
        f"exec 3<>/dev/tcp/127.0.0.1/{port} && printf 'GET {path} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 "
        '&& read -t 4 -r _ code _ <&3 && [ "$code" -lt 400 ]'
    )
    return ("bash", "-c", script)
