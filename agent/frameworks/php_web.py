"""Plain PHP pages: every file that a web server can be asked for is a route, and its links and forms lead to others.

Records: ``page`` (HTTP methods, whether it reads the request), ``link`` (URL as written, method). Which files are pages is known when all are seen:
one that others include is part of them, and what a scheduler or a person starts is none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.php_classes import route
from agent.frameworks.php_outline import Outline, outline_of, raw

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "PhpWeb"]

INPUT = re.compile(r"\$(?:_(GET|POST|REQUEST|FILES|COOKIE|SESSION|SERVER)|HTTP_(GET|POST)_VARS)\b")
RUNS = frozenset({"echo_statement", "print_intrinsic", "text_interpolation"})
LINK = re.compile(
    rb"""(?ix) \b(?: (?P<form>action) | href ) \s{0,3}=\s{0,3} \\? ["'] (?P<url>[^"'\\<>\s]{1,200})
    | \b[Ll]ocation \s{0,3}:\s{0,3} (?P<header>[^"'\\<>\s;]{1,200})
    | \blocation (?:\.href)? \s{0,3}=\s{0,3} \\? ["'] (?P<script>[^"'\\<>\s]{1,200})
    | (?: \$\.(?P<verb>post|get|ajax)\( | \burl\s{0,3}:|\bfetch\( ) \s{0,3} \\? ["'] (?P<ajax>[^"'\\<>\s]{1,200})"""
)
POSTS = re.compile(rb"""(?i)<form\b[^<>]{0,400}?\bmethod\s{0,3}=\s{0,3}\\?["']?post""")
ROOTS = ("public", "web", "htdocs", "www", "public_html", "webroot", "html", "wwwroot")
ENDINGS = (".php", ".phtml", ".php3", ".php4", ".php5")
LIBRARY = re.compile(
    r"(?:^|/)(?:vendor|node_modules|tests?|spec|migrations|bin|config|database|views)/|\.blade\.php\Z|\.tpl\.php\Z",
    re.IGNORECASE,
)


PART = re.compile(
    r"\.(?:inc|class|func|lib|tpl)\.php\d?\Z|(?:^|/)class\.[^/]{1,80}\.php\Z", re.IGNORECASE
)  # named to be included
BY_SCHEDULE = re.compile(
    r"(?:^|/)(?:cron|crons|cronjobs?|jobs?|batch|nightly|daemons?|cli|console|scripts?)/", re.IGNORECASE
)
COMMAND = re.compile(rb"\$argv\b|\$argc\b|\$_SERVER\[['\"]arg[vc]|\bgetopt\(|\bSTDIN\b|php_sapi_name\(|\bPHP_SAPI\b")


class PhpWeb:
    """See the module's docstring."""

    name = "php_web"
    languages = frozenset({"php"})
    markers = (b"$_", b"HTTP_GET_VARS", b"HTTP_POST_VARS", b"header(", b"href", b"action", b"?>", b"echo", b"print")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with what makes the file a page, and where it leads."""
        if root is None or facts.package:  # a file with a namespace is loaded by others
            return facts
        outline = outline_of(root)
        if source.startswith(b"#!"):
            return facts  # an interpreter line: a command
        wirings = (*_page(outline, source), *_links(source))
        return msgspec.structs.replace(facts, wirings=facts.wirings + wirings) if wirings else facts

    def link(self, project: Project) -> Linking:
        """A route for each page and method, and edges from pages (and what they include) to the pages they lead to."""
        included = _included(project)
        base = _web_root(project)
        urls: dict[str, list[str]] = {}
        symbols: list[Symbol] = []
        edges: list[Dependency] = []
        for path, wiring in project.wirings(self.name, "page"):
            if path in included or not path.endswith(ENDINGS) or LIBRARY.search(path) or PART.search(path):
                continue
            if wiring.args[1] != "asked" and BY_SCHEDULE.search(path):
                continue  # nothing of a request is read, and a scheduler starts what lies there
            url = _url(path, base)
            for verb in wiring.args[0].split("|"):
                symbol, edge = route(verb, url, path, wiring.line, project.symbol_at(path, ""), "inferred")
                symbols.append(symbol)
                edges.append(edge)
                urls.setdefault(url, []).append(symbol.id)
        for path, wiring in project.wirings(self.name, "link"):
            target = _target(wiring.args[0], _url(path, base), urls)
            if target:
                wanted = f"route:{wiring.args[1]} "
                identifier = next((i for i in target if i.startswith(wanted)), target[0])
                edges.append(Dependency(project.symbol_at(path, ""), identifier, "call", path, wiring.line, "inferred"))
        return Linking(tuple(symbols), tuple(edges))

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """No entities are declared here."""
        return ""


def _page(outline: Outline, source: bytes) -> Iterator[Wiring]:
    """A page runs code that reads the request or prints; a file of definitions only is none."""
    verbs: dict[str, None] = {}
    line, asked = 0, False
    if source.lstrip()[:1] == b"<" and not source.lstrip().startswith((b"<?php", b"<?=", b"<? ", b"<?\n", b"<?\r")):
        line = 1
    for statement in outline.statements:
        text = raw(statement, 20_000)
        for found in INPUT.finditer(text):
            kind = found[1] or found[2]
            asked = asked or kind in ("GET", "POST", "REQUEST", "FILES", "COOKIE", "SESSION")
            verbs.update({"GET": None} if kind == "GET" else {"POST": None} if kind in ("POST", "FILES") else {})
            line = line or statement.start_point[0] + 1
        if not line and (statement.type in RUNS or text.startswith(("echo", "print", "header(", "session_start("))):
            line = statement.start_point[0] + 1
    if line:
        verbs = {"GET": None} | verbs
        command = not asked and COMMAND.search(source) is not None
        if not command:
            yield Wiring("php_web", "page", "", line, ("|".join(verbs), "asked" if asked else ""))


def _links(source: bytes) -> Iterator[Wiring]:
    starts = [0, *(m.end() for m in re.finditer(b"\n", source))]
    forms = [m.start() for m in POSTS.finditer(source)]
    seen: set[tuple[str, str]] = set()
    for found in LINK.finditer(source):
        url = next(g for g in (found["url"], found["header"], found["script"], found["ajax"]) if g)
        text = url.decode("utf-8", "replace").partition("?")[0].partition("#")[0]
        if text.startswith(("http:", "https:", "//", "mailto:", "javascript:", "data:")) or "$" in text:
            continue
        if not text.endswith((".php", ".phtml", "/")) and "." in text.rpartition("/")[2]:
            continue
        # The form's method stands in the same tag, before or after its action.
        near = bisect_right(forms, found.start() + 200)
        posted = bool(found["form"]) and near > 0 and found.start() - forms[near - 1] < 400
        verb = "POST" if posted or found["verb"] == b"post" else "GET"
        if text and (text, verb) not in seen:
            seen.add((text, verb))
            yield Wiring("php_web", "link", "", bisect_right(starts, found.start()), (text, verb))


def _included(project: Project) -> frozenset[str]:
    """Files that another one includes."""
    found: set[str] = set()
    for path in project.files("php"):
        facts = project.facts(path)
        lines = {i.line for i in facts.imports if i.name == "*"}
        if lines:
            found.update(
                target
                for line, _, target, resolution in project.import_targets(path)
                if line in lines and resolution and "#" not in target and target != path
            )
    return frozenset(found)


def _web_root(project: Project) -> str:
    """The folder that the server shows: the usual ones when they hold a page."""
    for path, _ in project.wirings("php_web", "page"):
        head = path.partition("/")[0]
        if head in ROOTS:
            return head + "/"
    return ""


def _url(path: str, base: str) -> str:
    return "/" + path.removeprefix(base)


def _target(written: str, page: str, urls: dict[str, list[str]]) -> list[str]:
    """The routes of a URL as a browser on that page resolves it; for an included file, from the root too."""
    folder = page.rpartition("/")[0]
    for start in ("",) if written.startswith("/") else (folder, ""):
        parts: list[str] = []
        for part in f"{start}/{written}".split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        url = "/" + "/".join(parts)
        for candidate in (url, f"{url.rstrip('/')}/index.php"):
            if candidate in urls:
                return urls[candidate]
    return []


FRAMEWORK = PhpWeb()
