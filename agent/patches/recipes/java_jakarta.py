"""The packages of Java EE change their names from ``javax`` to ``jakarta``, in sources, pages and build files together.

Before
------
    import javax.servlet.http.HttpServlet;
    ...
    <groupId>javax.servlet</groupId>
    <artifactId>javax.servlet-api</artifactId>
    <version>3.1.0</version>

After
-----
    import jakarta.servlet.http.HttpServlet;
    ...
    <groupId>jakarta.servlet</groupId>
    <artifactId>jakarta.servlet-api</artifactId>
    <version>5.0.0</version>

Why
---
Tomcat 10, Jetty 11, WildFly 27, Spring 6 and all that comes after them speak ``jakarta`` only. The versions are those of
Jakarta EE 9.1, in which nothing but the names changed; going on to 10 is a step of its own.

When not
--------
While the server still has ``javax`` (Tomcat 9, WebSphere, WebLogic 14): both have to move on one day. It has to be asked for:
``--recipe java-jakarta``. It changes nothing, and says why, while a library of the build speaks ``javax`` itself (Spring
before 6, Hibernate before 6, Jersey before 3, Struts, Stripes ...), or where no dependency provides a package that is used.
What Java SE kept stays: ``javax.sql``, ``javax.xml.parsers``, ``javax.transaction.xa``, ``javax.annotation.processing``.
Namespaces of deployment descriptors are left: servers read the old ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from agent.domain.environment import Need
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, Lines, apply_edits, left
from agent.patches.java_series import maven_poms
from agent.patches.maven_pom import Element, Pom, read_pom
from agent.ports import Codebase

__all__ = ["RECIPE", "JavaJakarta"]

_NAME = re.compile(
    r"\bjavax\.(?=(?P<part>servlet|persistence|ejb|enterprise|inject|ws\.rs|faces|validation|jms|mail|json|websocket|interceptor"
    r"|decorator|batch|el|resource|activation|jws|xml\.bind|xml\.ws|xml\.soap|security\.enterprise|security\.auth\.message"
    r"|security\.jacc|transaction(?!\.xa\b)"
    r"|annotation(?=\.(?:PostConstruct|PreDestroy|Resources?|Generated|ManagedBean|Priority|security|sql|\*)))(?:\.|\b))"
)
_SUFFIXES = (".java", ".jsp", ".jspf", ".tag", ".tagx", ".jspx", "persistence.xml")
# old group and artifact: new group, artifact and version; the packages that it provides
_API = {
    "javax.servlet:javax.servlet-api": ("jakarta.servlet", "jakarta.servlet-api", "5.0.0"),
    "javax.servlet:servlet-api": ("jakarta.servlet", "jakarta.servlet-api", "5.0.0"),
    "javax.servlet.jsp:javax.servlet.jsp-api": ("jakarta.servlet.jsp", "jakarta.servlet.jsp-api", "3.0.0"),
    "javax.servlet.jsp:jsp-api": ("jakarta.servlet.jsp", "jakarta.servlet.jsp-api", "3.0.0"),
    "javax.servlet:jstl": ("org.glassfish.web", "jakarta.servlet.jsp.jstl", "2.0.0"),
    "javax.servlet.jsp.jstl:jstl": ("org.glassfish.web", "jakarta.servlet.jsp.jstl", "2.0.0"),
    "javax.persistence:javax.persistence-api": ("jakarta.persistence", "jakarta.persistence-api", "3.0.0"),
    "javax.ejb:javax.ejb-api": ("jakarta.ejb", "jakarta.ejb-api", "4.0.0"),
    "javax.enterprise:cdi-api": ("jakarta.enterprise", "jakarta.enterprise.cdi-api", "3.0.0"),
    "javax.inject:javax.inject": ("jakarta.inject", "jakarta.inject-api", "2.0.1"),
    "javax.ws.rs:javax.ws.rs-api": ("jakarta.ws.rs", "jakarta.ws.rs-api", "3.0.0"),
    "javax.validation:validation-api": ("jakarta.validation", "jakarta.validation-api", "3.0.0"),
    "javax.jms:javax.jms-api": ("jakarta.jms", "jakarta.jms-api", "3.0.0"),
    "javax.mail:mail": ("com.sun.mail", "jakarta.mail", "2.0.1"),
    "javax.mail:javax.mail-api": ("jakarta.mail", "jakarta.mail-api", "2.0.1"),
    "com.sun.mail:javax.mail": ("com.sun.mail", "jakarta.mail", "2.0.1"),
    "javax.json:javax.json-api": ("jakarta.json", "jakarta.json-api", "2.0.1"),
    "javax.websocket:javax.websocket-api": ("jakarta.websocket", "jakarta.websocket-api", "2.0.0"),
    "javax.interceptor:javax.interceptor-api": ("jakarta.interceptor", "jakarta.interceptor-api", "2.0.0"),
    "javax.transaction:javax.transaction-api": ("jakarta.transaction", "jakarta.transaction-api", "2.0.0"),
    "javax.annotation:javax.annotation-api": ("jakarta.annotation", "jakarta.annotation-api", "2.0.0"),
    "javax.el:javax.el-api": ("jakarta.el", "jakarta.el-api", "4.0.0"),
    "javax.activation:activation": ("com.sun.activation", "jakarta.activation", "2.0.1"),
    "javax.activation:javax.activation-api": ("jakarta.activation", "jakarta.activation-api", "2.0.1"),
    "com.sun.activation:javax.activation": ("com.sun.activation", "jakarta.activation", "2.0.1"),
    "javax.xml.bind:jaxb-api": ("jakarta.xml.bind", "jakarta.xml.bind-api", "3.0.1"),
    "javax.xml.ws:jaxws-api": ("jakarta.xml.ws", "jakarta.xml.ws-api", "3.0.1"),
    "javax:javaee-api": ("jakarta.platform", "jakarta.jakartaee-api", "9.1.0"),
    "javax:javaee-web-api": ("jakarta.platform", "jakarta.jakartaee-web-api", "9.1.0"),
}  # fmt: skip
_PLATFORMS = frozenset({"javax:javaee-api", "javax:javaee-web-api"})
_BROUGHT = {"el": "servlet.jsp", "activation": "mail", "servlet": "servlet.jsp"}  # comes with another one's dependency
_SPEAK_JAVAX = re.compile(
    r"org\.springframework(?:\..+)?|org\.hibernate(?:\..+)?|org\.glassfish\.jersey(?:\..+)?|com\.sun\.jersey|org\.jboss\.resteasy"
    r"|org\.apache\.(?:struts|cxf|myfaces\.core|tiles|wicket|tomcat(?:\.embed)?|shiro|tapestry)|struts|net\.sourceforge\.stripes"
    r"|org\.primefaces|com\.vaadin|io\.dropwizard|org\.eclipse\.jetty(?:\..+)?|commons-fileupload|org\.glassfish\.jaxb|io\.quarkus"
)


class JavaJakarta:
    """Everything at once: a class of the one name cannot be passed where the other is meant."""

    id = "java-jakarta"
    title = "Rename javax to jakarta"
    languages = frozenset({"java"})
    default = False

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        poms = maven_poms(code)
        texts = {path: code.text(path) or "" for path in code.paths(*_SUFFIXES)}
        changes = [_renamed(path, text) for path, text in texts.items() if _NAME.search(text)]
        if not changes or not poms:
            return ()
        problems = [*_javax_libraries(poms), *_unprovided(poms, texts)]
        builds = [change for pom in poms.values() if (change := _build(pom)) is not None]
        if problems:
            return (self._proposal(code, "What keeps javax from becoming jakarta", (), problems),)
        whole = tuple(sorted((*changes, *builds), key=lambda change: change.path))
        return (self._proposal(code, "Rename javax to jakarta", whole, ()),)

    def _proposal(
        self, code: Codebase, title: str, changes: tuple[FileChange, ...], problems: Sequence[Left]
    ) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=title,
            why="Servers and libraries of today speak jakarta only; Jakarta EE 9.1 changed the names and nothing else.",
            changes=changes,
            left=tuple(problems),
            series="jakarta",
            runs_on=(Need(name="java", versions="==17.*" if code.toolchain("java", "==17.*") else ">=11"),),
        )


def _renamed(path: str, text: str) -> FileChange:
    return FileChange(path=path, before=text, after=_NAME.sub("jakarta.", text))


def _coordinates(pom: Pom, element: Element) -> str:
    return f"{pom.value(element, 'groupId')}:{pom.value(element, 'artifactId')}"


def _javax_libraries(poms: Mapping[str, Pom]) -> Iterator[Left]:
    for path, pom in sorted(poms.items()):
        lines = Lines(pom.text)
        parent = pom.project.child("parent")
        for element in [*pom.dependencies(), *([parent] if parent is not None else [])]:
            if _SPEAK_JAVAX.fullmatch(pom.value(element, "groupId")):
                text = (
                    f"{_coordinates(pom, element)} may speak javax itself: raise it to a version for Jakarta EE 9 first"
                )
                yield left(path, lines.number(element.start), text)


def _unprovided(poms: Mapping[str, Pom], texts: Mapping[str, str]) -> Iterator[Left]:
    """Packages in use that none of the dependencies provides under their new name."""
    known = {_coordinates(pom, element) for pom in poms.values() for element in pom.dependencies()} & _API.keys()
    if known & _PLATFORMS:
        return
    groups = " ".join(" ".join(_API[name]) for name in sorted(known))
    said: set[str] = set()
    for path, text in texts.items():
        for match in _NAME.finditer(text):
            part = match["part"]
            words = (part, _BROUGHT.get(part, part))
            if part not in said and not any(f"jakarta.{word}" in groups for word in words):
                said.add(part)
                yield left(
                    path, Lines(text).number(match.start()), f"no dependency is known that provides jakarta.{part}"
                )


def _build(pom: Pom) -> FileChange | None:
    edits: list[Edit] = []
    for element in pom.dependencies():
        new = _API.get(_coordinates(pom, element))
        for name, value in zip(("groupId", "artifactId", "version"), new or (), strict=False):
            child = element.child(name)
            if child is not None:
                edits.append(pom.replaced(child, value))
    after = apply_edits(pom.text, edits)
    changed = after != pom.text and read_pom(pom.path, after) is not None
    return FileChange(path=pom.path, before=pom.text, after=after) if changed else None


RECIPE = JavaJakarta()
