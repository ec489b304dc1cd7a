"""``/healthz`` for Java: Spring Boot's actuator or a servlet; a code base in, endpoints out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, Lines, apply_edits, change, left, newline_of
from agent.patches.health_endpoints import Endpoint
from agent.patches.java_source import JavaSource, java_sources
from agent.ports import Codebase

__all__ = ["java_endpoints"]

_STARTER = re.compile(
    r"[ \t]*<dependency>\s*<groupId>org\.springframework\.boot</groupId>\s*<artifactId>spring-boot-starter-web</artifactId>.{0,200}?</dependency>[ \t]*\r?\n",
    re.S,
)
_FILTER = re.compile(r"@WebFilter\((?:[^)]*\")?/\*|<url-pattern>/\*</url-pattern>")


def java_endpoints(code: Codebase) -> Iterator[Endpoint]:
    """The first module with Spring Boot's web starter; else the package that holds the servlets."""
    for path in code.paths("pom.xml"):
        text = code.text(path) or ""
        found = _STARTER.search(text)
        if found and "spring-boot-starter-parent" in text:
            yield Endpoint("Add Spring Boot's actuator for its health endpoint", (_actuator(path, text, found),))
            return
    servlets = [s for s in java_sources(code, "HttpServlet") if "@WebServlet" in s.text and "extends" in s.text]
    if servlets:
        made = _servlet(code, servlets)
        if made is not None:
            yield Endpoint("Answer /healthz in a servlet", (made,), _filters(code))


def _actuator(path: str, text: str, found: re.Match[str]) -> FileChange:
    pad = re.match(r"[ \t]*", found[0])
    indent = pad[0] if pad else ""
    step = "\t" if indent.startswith("\t") else "  " if len(indent) % 4 else "    "
    inner = re.search(r"\n([ \t]+)<groupId>", found[0])
    step = inner[1][len(indent) :] if inner else step
    end = newline_of(text)
    block = end.join(
        [
            f"{indent}<dependency>",
            f"{indent}{step}<groupId>org.springframework.boot</groupId>",
            f"{indent}{step}<artifactId>spring-boot-starter-actuator</artifactId>",
            f"{indent}</dependency>",
            "",
        ]
    )
    return change(path, text, apply_edits(text, [Edit(found.start(), found.start(), block)]))


def _servlet(code: Codebase, servlets: list[JavaSource]) -> FileChange | None:
    first = servlets[0]
    package, folder = first.package(), first.path.rpartition("/")[0]
    path = f"{folder}/HealthServlet.java"
    if code.text(path) is not None or not package:
        return None
    root = "jakarta" if "jakarta.servlet" in first.text else "javax"
    lines = [
        f"package {package};",
        "",
        "import java.io.IOException;",
        "",
        f"import {root}.servlet.annotation.WebServlet;",
        f"import {root}.servlet.http.HttpServlet;",
        f"import {root}.servlet.http.HttpServletRequest;",
        f"import {root}.servlet.http.HttpServletResponse;",
        "",
        "/** The process serves; nothing else is asked. */",
        '@WebServlet("/healthz")',
        "public class HealthServlet extends HttpServlet {",
        "",
        "    @Override",
        "    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {",
        '        response.setContentType("text/plain");',
        '        response.getWriter().write("ok");',
        "    }",
        "}",
        "",
    ]
    return change(path, None, first.newline.join(lines))


def _filters(code: Codebase) -> list[Left]:
    found: list[Left] = []
    for path in code.paths(".java", "web.xml"):
        text = code.text(path) or ""
        at = _FILTER.search(text)
        if at and not code.is_test(path):
            found.append(
                left(
                    path,
                    Lines(text).number(at.start()),
                    "this filter runs before /healthz too: let it pass without a log-in",
                )
            )
    return found
