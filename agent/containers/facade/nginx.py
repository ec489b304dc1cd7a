"""The facade as an nginx configuration: the same table and numbers as Envoy's, in maps that choose an upstream by name.

A chain of maps decides: request -> route -> share (``split_clients`` over the sticky key, never chance) -> override ->
upstream -> lane. Lanes are named locations, since what may be tried again differs: only reads ever are.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.containers.facade.patterns import one_line
from agent.containers.facade.state import Canary, FacadeState, home_name, sealed, upstream_name
from agent.containers.facade.table import HOME, FacadeRoute, Front, RouteTable

__all__ = ["write_nginx"]

SAFE = ("GET", "HEAD")
_TOP = """\
# The strangler facade for nginx. Written from facade/routes.json and facade/canary.json by `figwright canary`: change
# numbers there, not here.
worker_processes auto;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {{
    worker_connections 1024;
}}
http {{
    server_tokens off;
    client_max_body_size 0;  # the application decides; nginx's own limit of 1 MB breaks uploads
    merge_slashes off;
    map_hash_bucket_size 512;
    map_hash_max_size 16384;
    variables_hash_max_size 4096;
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    # Without queries, which carry names and tokens.
    log_format facade escape=json '{{"time":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,'
        '"upstream":"$sent_http_x_upstream","route":"$facade_route","seconds":"$request_time",'
        '"bytes":$body_bytes_sent,"request_id":"$request_id"}}';
    access_log /dev/stdout facade;

    map $http_upgrade $facade_connection {{
        default upgrade;
        "" close;
    }}

    # The sticky key: the header {header}, or else the cookie {cookie}. Who has neither goes to the monolith and gets the
    # cookie.
    map $http_{header_variable} $facade_key {{
        default "header:$http_{header_variable}";
        "" "cookie:$cookie_{cookie}";
    }}
    map "$http_{header_variable}$cookie_{cookie}" $facade_keyed {{
        default 1;
        "" 0;
    }}

    # The numbers.
"""


def write_nginx(table: RouteTable, state: FacadeState) -> str:
    """``facade/nginx.conf``."""
    live = {name: canary for name, canary in sorted(state.services.items()) if canary.active}
    lines = (
        _TOP.format(header=state.header, cookie=state.cookie, header_variable=_variable(state.header))
        .rstrip("\n")
        .split("\n")
    )
    for front in table.fronts:
        lines += _numbers(home_name(table, front), live)
    for front in table.fronts:
        lines += ["", f"    upstream {home_name(table, front)} {{", f"        server {front.address};", "    }"]
    for name, canary in live.items():
        lines += [f"    upstream {upstream_name(name)} {{", f"        server {canary.address};", "    }"]
    for front in table.fronts:
        lines += ["", *_front(front, home_name(table, front), live, state)]
    lines += [
        "",
        "    server {",
        f"        listen {state.ready_port};",
        "        access_log off;",
        "        location = /ready {",
        '            return 200 "ready";',
        "        }",
        "        location / {",
        "            return 404;",
        "        }",
        "    }",
        "}",
    ]
    return sealed("\n".join(lines) + "\n")


def _variable(header: str) -> str:
    return header.lower().replace("-", "_")


def _of(home: str) -> str:
    """What a front's variables end in when there are several fronts."""
    return "" if home == HOME else "_" + home.removeprefix(HOME + "-").replace("-", "_")


def _share(name: str, what: str, home: str) -> str:
    return f"$share_{upstream_name(name).replace('-', '_')}_{what}{_of(home)}"


def _numbers(home: str, live: dict[str, Canary]) -> Iterator[str]:
    """One ``split_clients`` a number; the service comes first, so that a key that it has at 10 % it keeps at 20 %."""
    for name, canary in live.items():
        for what, percent in (("reads", canary.reads), ("writes", canary.writes)):
            if 0 < percent < 100:
                yield f'    split_clients "$facade_key" {_share(name, what, home)} {{'
                yield f"        {percent}% {upstream_name(name)};"
                yield f"        * {home};"
                yield "    }"
                yield f"    map $facade_keyed {_share(name, 'keyed_' + what, home)} {{"
                yield f"        0 {home};"
                yield f"        1 {_share(name, what, home)};"
                yield "    }"


def _choice(name: str, what: str, percent: int, home: str) -> str:
    if percent in (0, 100):
        return upstream_name(name) if percent else home
    return _share(name, "keyed_" + what, home)


def _front(front: Front, home: str, live: dict[str, Canary], state: FacadeState) -> Iterator[str]:
    end = _of(home)
    yield f'    map "$request_method $uri" $route{end} {{'
    yield f"        default {home};"
    for route in front.routes:
        yield from _route_lines(route, home, live)
    yield "    }"
    yield f"    map $route{end} $share{end} {{"
    yield f"        default {home};"
    for name, canary in live.items():
        service = upstream_name(name)
        yield f"        {service}.read {_choice(name, 'reads', canary.reads, home)};"
        yield f"        {service}.write {_choice(name, 'writes', canary.writes, home)};"
    yield "    }"
    yield f'    map "$route{end} $http_{_variable(state.override)}" $upstream{end} {{'
    yield f"        default $share{end};"
    if live:
        yield f'        "~^[^ ]+ {HOME}\\z" {home};'
    for name in live:
        service = upstream_name(name)
        yield f'        "~^{service}\\.[a-z]+ {service}\\z" {service};'
    yield "    }"
    yield from _lanes(home, live)
    yield from _server(front, home, live, state)


def _route_lines(route: FacadeRoute, home: str, live: dict[str, Canary]) -> Iterator[str]:
    told = " ".join(route.methods) or "any method"
    yield f"        # {one_line(f'{told} {route.pattern} at {route.where}')}" + (
        f": {one_line(route.why)}" if route.why else ""
    )
    sign, path = ("~*", route.path[4:]) if route.path.startswith("(?i)") else ("~", route.path)
    path = path.replace("\\", "\\\\") if '"' in path else path
    if route.service not in live:
        yield f'        "{sign}^{_methods(route.methods)} {path}\\z" {home};'
        return
    service = upstream_name(route.service)
    if route.reads:
        yield f'        "{sign}^{_methods(route.reads)} {path}\\z" {service}.read;'
    others = tuple(m for m in route.methods if m not in route.reads)
    if others or not route.methods:
        yield f'        "{sign}^{_methods(others)} {path}\\z" {service}.write;'


def _methods(methods: tuple[str, ...]) -> str:
    if not methods:
        return "[A-Z]+"
    wanted = sorted({*methods, *(("HEAD",) if "GET" in methods else ())})
    return wanted[0] if len(wanted) == 1 else f"(?:{'|'.join(wanted)})"


def _lanes(home: str, live: dict[str, Canary]) -> Iterator[str]:
    end = _of(home)
    yield f'    map "$upstream{end} $route{end}" $lane{end} {{'
    yield "        default @once;"
    for name, canary in live.items():
        service = upstream_name(name)
        if canary.reads and not canary.writes:
            yield f'        "{service} {service}.read" @falls_back;'
        if canary.mirror:
            yield f'        "{home} {service}.read" @mirrored;'
    yield "    }"
    yield f"    map $route{end} $shadow{end} {{"
    yield '        default "";'
    for name, canary in live.items():
        if canary.mirror:
            yield f"        {upstream_name(name)}.read {upstream_name(name)};"
    yield "    }"
    split = [(n, c) for n, c in live.items() if 0 < c.reads < 100 or 0 < c.writes < 100]
    yield f'    map "$facade_keyed $route{end}" $new_cookie{end} {{'
    yield '        default "";'
    for name, canary in split:
        kinds = [k for k, n in (("read", canary.reads), ("write", canary.writes)) if 0 < n < 100]
        for kind in kinds:
            yield f'        "0 {upstream_name(name)}.{kind}" "$facade_set_cookie";'
    yield "    }"


def _server(front: Front, home: str, live: dict[str, Canary], state: FacadeState) -> Iterator[str]:
    end = _of(home)
    mirrors = any(canary.mirror for canary in live.values())
    falls_back = any(canary.reads and not canary.writes for canary in live.values())
    cookie = f"{state.cookie}=$request_id; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"
    yield "    server {"
    yield f"        listen {front.port};"
    yield f"        set $facade_route $route{end};"
    yield f'        set $facade_set_cookie "{cookie}";'
    yield from _sent_headers(state, "        ")
    yield "        proxy_http_version 1.1;"
    yield "        proxy_redirect off;"
    yield f"        proxy_connect_timeout {state.connect_seconds}s;"
    yield f"        proxy_read_timeout {state.timeout_seconds}s;"
    yield f"        proxy_send_timeout {state.timeout_seconds}s;"
    yield "        proxy_next_upstream off;  # nothing that may have been sent is sent again"
    yield ""
    yield "        location / {"
    yield f"            try_files /.figwright/none $lane{end};"
    yield "        }"
    yield "        location @once {"
    yield from _answers(f"$upstream{end}", end)
    yield "        }"
    if mirrors:
        yield "        location @mirrored {  # the shadow's answers are thrown away"
        yield "            mirror /.figwright/shadow;"
        yield "            mirror_request_body off;"
        yield from _answers(f"$upstream{end}", end)
        yield "        }"
        yield "        location = /.figwright/shadow {"
        yield "            internal;"
        yield "            access_log off;"
        yield from _sent_headers(state, "            ")  # one of its own would drop all that are inherited
        yield '            proxy_set_header Content-Length "";'
        yield "            proxy_pass_request_body off;"
        yield "            proxy_read_timeout 5s;  # a slow shadow must not hold the real request's connection"
        yield f"            proxy_pass http://$shadow{end}$request_uri;"
        yield "        }"
    if falls_back:
        yield "        location @falls_back {  # a read: the monolith still has all data, and stands in for a dead service"
        yield "            error_page 502 = @home;"
        yield from _answers(f"$upstream{end}", end)
        yield "        }"
        yield "        location @home {"
        yield from _answers(home, end)
        yield "        }"
    yield "    }"


def _sent_headers(state: FacadeState, indent: str) -> Iterator[str]:
    for name, value in (
        ("Host", "$http_host"),
        ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
        ("X-Forwarded-Proto", "$scheme"),
        ("X-Request-Id", "$request_id"),
        ("Upgrade", "$http_upgrade"),
        ("Connection", "$facade_connection"),
        (state.override, '""'),
    ):
        yield f"{indent}proxy_set_header {name} {value};"


def _answers(upstream: str, end: str) -> Iterator[str]:
    yield f"            add_header X-Upstream {upstream} always;"
    yield f"            add_header Set-Cookie $new_cookie{end} always;"
    yield f"            proxy_pass http://{upstream}$request_uri;"
