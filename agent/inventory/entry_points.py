"""Finds where control enters from outside, as code shows it: one file in, its entry points out.

Manifests show others (console scripts, servlets, containers, cron tables); those come from ``manifests``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from agent.domain.inventory import EntryPoint, Location

__all__ = ["entry_points_in"]

_MOST_PER_FILE = 100


def entry_points_in(path: str, language: str, data: bytes) -> Iterator[EntryPoint]:
    """Entry points of one source file that is neither a test nor a migration."""
    finder = _FINDERS.get(language)
    found = list(islice(finder(path, data), _MOST_PER_FILE)) if finder else []
    for kind, name, how, offset in found:
        line = data.count(b"\n", 0, offset) + 1
        yield EntryPoint(kind=kind, name=name[:160], how=how, evidence=Location(path=path, line=line))


_Found = Iterator[tuple[str, str, str, int]]  # kind, name, how, offset

_MAIN_GUARD = re.compile(rb"(?m)^if[ \t(]+__name__[ \t]*==[ \t]*[\"']__main__[\"']")
_APPLICATION = re.compile(
    rb"(?m)^(\w{1,80})[ \t]*=[ \t]*(?:webapp2?\.|bottle\.|web\.|tornado\.web\.)?"
    rb"(Bottle|Flask|FastAPI|Starlette|Quart|get_wsgi_application|get_asgi_application|WSGIApplication)\("
)
_FACTORY = re.compile(rb"(?m)^[ \t]+(?:return[ \t]+)?(?:(\w{1,80})[ \t]*=[ \t]*)?(Flask|FastAPI)\(")
_TASK = re.compile(
    rb"(?m)^[ \t]*@((?:[\w.]{1,80}\.)?(?:shared_task|periodic_task|task|actor|scheduled_job|db_(?:periodic_)?task))\b"
    rb"[^\n]{0,300}\n(?:[ \t]*@[^\n]{0,300}\n){0,5}[ \t]*(?:async[ \t]+)?def[ \t]+(\w{1,120})"
)
_WSGI = re.compile(rb"(?m)^def[ \t]+(\w{1,80})[ \t]*\([ \t]*env(?:iron)?[ \t]*,[ \t]*start_response\b")
_SERVER = re.compile(
    rb"(?m)^[^#\n]{0,200}?(?<![\w.])(?:\w{1,40}\.){0,3}"
    rb"(SimpleXMLRPCServer|DocXMLRPCServer|ThreadingHTTPServer|HTTPServer|make_server|cherrypy\.quickstart|bottle\.run)\("
)
_SERVERS = (b"XMLRPCServer(", b"HTTPServer(", b"make_server(", b"cherrypy.quickstart(", b"bottle.run(")
_JOBS = (b"shared_task", b"periodic_task", b".task", b".actor", b"scheduled_job", b"db_task")


def _python(path: str, data: bytes) -> _Found:
    module = path.removesuffix(".py").removesuffix(".pyw")
    folder, _, name = module.rpartition("/")
    if folder.endswith("management/commands") and not name.startswith("_"):
        yield "cli", f"manage.py {name}", "Django management command", max(0, data.find(b"class Command"))
    guard = _MAIN_GUARD.search(data) if b"__main__" in data else None
    if name == "manage" and b"execute_from_command_line" in data:
        yield "cli", path, "Django's manage.py", data.find(b"execute_from_command_line")
    elif name == "__main__":
        yield "cli", f"python -m {folder.replace('/', '.')}", "package with __main__.py", 0
    elif guard:
        yield "main", path, 'if __name__ == "__main__"', guard.start()
    elif data.startswith(b"#!") and b"python" in data[:100]:
        yield "main", path, "script with an interpreter line", 0
    if name in ("wsgi", "asgi"):
        served = re.search(rb"(?m)^(application|app)[ \t]*=", data) or re.search(
            rb"(?m)^from[ \t]+[\w.]{1,120}[ \t]+import[ \t]+(?:[\w, \t]{0,200}[ ,])?(application|app)\b", data
        )
        if served:
            yield "web", f"{path}:{served.group(1).decode('ascii')}", f"{name.upper()} application", served.start()
            return
    for found in _APPLICATION.finditer(data):
        shown = found.group(2).decode("ascii")
        yield "web", f"{path}:{found.group(1).decode('utf-8', 'replace')}", f"{shown}()", found.start()
    for found in _WSGI.finditer(data) if b"start_response" in data else ():
        yield "web", f"{path}:{found.group(1).decode('utf-8', 'replace')}", "WSGI application", found.start()
    server = _SERVER.search(data) if any(word in data for word in _SERVERS) else None
    if server:
        yield "web", path, f"{server.group(1).decode('ascii')}()", server.start(1)
    if b"Flask(" in data or b"FastAPI(" in data:
        factory = _FACTORY.search(data)
        if factory:
            yield "web", path, f"{factory.group(2).decode('ascii')}() in an application factory", factory.start(2)
    if any(word in data for word in _JOBS):
        for found in _TASK.finditer(data):
            decorator, function = (part.decode("utf-8", "replace") for part in found.groups())
            scheduled = any(word in decorator for word in ("periodic", "schedule"))
            yield "job" if scheduled else "worker", f"{path}:{function}", f"@{decorator}", found.start(2)


_PACKAGE = re.compile(rb"(?m)^[ \t]*package[ \t]+([\w.]{1,200})")
_JAVA_MAIN = re.compile(
    rb"\bstatic[ \t]+(?:public[ \t]+)?(?:final[ \t]+)?void[ \t]+main[ \t]*\("
    rb"[ \t]*(?:final[ \t]+)?(?:java\.lang\.)?String"
)
_KOTLIN_MAIN = re.compile(rb"(?m)^[ \t]*fun[ \t]+main[ \t]*\(")
_ANNOTATED = {
    b"Scheduled": ("job", "@Scheduled"),
    b"Schedule": ("job", "@Schedule timer"),
    b"Timeout": ("job", "@Timeout of an EJB timer"),
    b"MessageDriven": ("listener", "@MessageDriven bean"),
    b"JmsListener": ("listener", "@JmsListener"),
    b"RabbitListener": ("listener", "@RabbitListener"),
    b"KafkaListener": ("listener", "@KafkaListener"),
    b"SqsListener": ("listener", "@SqsListener"),
    b"WebServlet": ("web", "@WebServlet"),
    b"WebListener": ("listener", "@WebListener"),
    b"ServerEndpoint": ("web", "@ServerEndpoint (WebSocket)"),
    b"WebService": ("web", "@WebService (SOAP)"),
    b"ApplicationPath": ("web", "@ApplicationPath (JAX-RS)"),
}
_ANNOTATION = re.compile(
    rb"(?m)^[ \t]*@(" + b"|".join(sorted(_ANNOTATED, reverse=True)) + rb")\b(?![ \t]*\.)([^\n]{0,300})"
)
_ON_METHODS = frozenset(
    {b"Scheduled", b"Schedule", b"Timeout", b"JmsListener", b"RabbitListener", b"KafkaListener", b"SqsListener"}
)
_METHOD = re.compile(rb"\b(\w{1,120})[ \t]*\([^;{=@]{0,300}\)[^;{=@]{0,200}\{")
_STRING = re.compile(rb"\"([^\"\n]{1,120})\"")


def _java(path: str, data: bytes) -> _Found:
    package = _PACKAGE.search(data)
    stem = path.rpartition("/")[2].rpartition(".")[0]
    name = f"{package.group(1).decode('utf-8', 'replace')}.{stem}" if package else stem
    for found in _ANNOTATION.finditer(data) if b"@" in data else ():
        kind, how = _ANNOTATED[found.group(1)]
        if found.group(1) == b"Timeout" and b"javax.ejb" not in data and b"jakarta.ejb" not in data:
            continue
        shown = name
        address = _STRING.search(found.group(2))
        member = _METHOD.search(data, found.end(), found.end() + 2_000) if found.group(1) in _ON_METHODS else None
        if member:
            shown = f"{name}.{member.group(1).decode('utf-8', 'replace')}"
        if address and kind == "web":
            shown = f"{shown} {address.group(1).decode('utf-8', 'replace')}"
        yield kind, shown, how, found.start(1)
    main = (_JAVA_MAIN if path.endswith(".java") else _KOTLIN_MAIN).search(data) if b"main" in data else None
    if main:
        how = "public static void main" if path.endswith(".java") else "fun main"
        boot = b"@SpringBootApplication" in data or b"@EnableAutoConfiguration" in data
        yield (
            ("web", name, f"{how} of a Spring Boot application", main.start())
            if boot
            else ("main", name, how, main.start())
        )


_LISTEN = re.compile(
    rb"\b(\w{1,60})\.listen\([ \t]*(?:process\.env|\w*[pP][oO][rR][tT]\w*|\w{1,40}\.port\b|\d{2,5}|\{)"
)


def _script(path: str, data: bytes) -> _Found:
    if data.startswith(b"#!") and b"node" in data[:100]:
        yield "cli", path, "script with an interpreter line", 0
    found = _LISTEN.search(data) if b".listen(" in data else None
    if found:
        yield "web", path, f"{found.group(1).decode('utf-8', 'replace')}.listen()", found.start()


def _csharp(path: str, data: bytes) -> _Found:
    main = re.search(
        rb"\bstatic[ \t]+(?:async[ \t]+)?(?:void|int|Task)[ \t]+Main[ \t]*\(|\bSub[ \t]+Main[ \t]*\(", data
    )
    if main:
        yield "main", path, "Main method", main.start()
    for kind, how, pattern in (
        ("web", "ASP.NET application", rb":[ \t]*(?:System\.Web\.)?HttpApplication\b"),
        ("web", "WebApplication.CreateBuilder", rb"\bWebApplication\.CreateBuilder\("),
        ("worker", "Windows service", rb":[ \t]*ServiceBase\b|:[ \t]*BackgroundService\b"),
    ):
        found = re.search(pattern, data)
        if found:
            yield kind, path, how, found.start()


def _php(path: str, data: bytes) -> _Found:  # noqa: ARG001 - every finder takes both
    folder, _, name = path.rpartition("/")
    if name == "index.php" and folder.rpartition("/")[2] in (
        "",
        "public",
        "web",
        "www",
        "htdocs",
        "html",
        "public_html",
    ):
        yield "web", path, "index.php at the web root", 0
    if name == "artisan" or (folder == "bin" and name == "console"):
        yield "cli", path, "console of the framework", 0


_JOB_CARD = re.compile(
    rb"(?m)^//([A-Z@#$][A-Z0-9@#$]{0,7})[ \t]+JOB\b((?:[^\n]{0,80},[ \t\r]{0,72}\n//[ \t]){0,20}[^\n]{0,80})"
)
_NEVER_RUN = re.compile(rb"\bTYPRUN=(?:SCAN|COPY)\b")


def _jcl(path: str, data: bytes) -> _Found:  # noqa: ARG001 - every finder takes both
    for found in _JOB_CARD.finditer(data):
        if _NEVER_RUN.search(found.group(2)):
            continue  # the system only looks at it
        yield "batch", found.group(1).decode("ascii"), "JOB statement in JCL", found.start()


def _cobol(path: str, data: bytes) -> _Found:  # noqa: ARG001 - every finder takes both
    if b"EXEC CICS" in data:
        program = re.search(rb"PROGRAM-ID\.[ \t\r\n]{1,20}([\w-]{1,30})", data)
        if program:
            yield "main", program.group(1).decode("ascii", "replace"), "program under CICS", data.find(b"EXEC CICS")


def _go(path: str, data: bytes) -> _Found:
    main = re.search(rb"(?m)^func main\(\)", data)
    if main and re.search(rb"(?m)^package main\b", data):
        yield "main", path, "func main", main.start()


def _c(path: str, data: bytes) -> _Found:
    main = re.search(rb"(?m)^(?:int|void)?[ \t]*main[ \t]*\([^;{]{0,200}\)[ \t\r\n]{0,20}\{", data)
    if main:
        yield "main", path, "main function", main.start()


def _shell(path: str, data: bytes) -> _Found:
    """Only what a scheduler or an operator starts in production by convention."""
    if data.startswith(b"#!") and re.search(r"(?:^|/)(?:cron|jobs?|batch|nightly)(?:\.d)?/", path):
        yield "job", path, "script started from outside by convention of its place", 0


_FINDERS = {
    "python": _python, "java": _java, "kotlin": _java, "javascript": _script, "typescript": _script, "csharp": _csharp,
    "vb.net": _csharp, "php": _php, "jcl": _jcl, "cobol": _cobol, "go": _go, "c": _c, "c++": _c, "shell": _shell,
}  # fmt: skip
