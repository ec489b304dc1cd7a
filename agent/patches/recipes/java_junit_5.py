"""Tests move from JUnit 4 to JUnit 5: annotations, assertions with the message last, expected exceptions, rules, runners.

Before
------
    import org.junit.Test;
    import static org.junit.Assert.assertEquals;
    ...
    @Test(expected = IllegalStateException.class)
    public void refuses() { cart.pay(); }

    @Test
    public void adds() { assertEquals("the sum", 3, sum(1, 2)); }

After
-----
    import org.junit.jupiter.api.Test;
    import static org.junit.jupiter.api.Assertions.assertEquals;
    import static org.junit.jupiter.api.Assertions.assertThrows;
    ...
    @Test
    public void refuses() { assertThrows(IllegalStateException.class, () -> cart.pay()); }

    @Test
    public void adds() { assertEquals(3, sum(1, 2), "the sum"); }

Why
---
JUnit 4 is no longer developed, and Spring Boot and Testcontainers have dropped it or will. OpenRewrite rewrites the
tests (testing-frameworks 2.23.1, the newest under Apache-2.0); the build file gets JUnit 5 in a pinned version. A class that
cannot be moved whole stays as it is, is listed, and runs on JUnit's Vintage engine, so that no test is lost.

When not
--------
Right before a release: it changes every test and no behaviour. With PowerMock or runners of your own, which stay on JUnit 4.
It has to be asked for: ``--recipe java-junit-5``. Only Maven builds are moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.domain.environment import Need
from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits
from agent.patches.java_levels import newer_plugins
from agent.patches.java_rewriting import maven_roots
from agent.patches.java_series import folder_of, maven_poms
from agent.patches.maven_pom import Element, Pom, read_pom
from agent.patches.openrewrite import Chosen, run_openrewrite
from agent.ports import Codebase

__all__ = ["RECIPE", "JavaJUnit5"]

_JUPITER = "5.10.5"
_SUREFIRE = "2.22.2"
_OLD = re.compile(r"\borg\.junit\.(?!jupiter\b|platform\b|vintage\b)|\bjunit\.framework\.")
_STEPS = (
    "IgnoreToDisabled ThrowingRunnableToExecutable UseHamcrestAssertThat MigrateAssumptions UseTestMethodOrder "
    "MigrateJUnitTestCase AssertToAssertions CategoryToTag CleanupJUnitImports TemporaryFolderToTempDir TempDirNonFinal "
    "TestRuleToTestInfo UpdateBeforeAfterAnnotations UpdateTestAnnotation AddMissingTestBeforeAfterAnnotations "
    "ParameterizedRunnerToParameterized ExpectedExceptionToAssertThrows EnclosedToNested AddMissingNested"
).split()
_JUNIT5 = "org.openrewrite.java.testing.junit5"
_CHOSEN = (
    Chosen(f"{_JUNIT5}.RemoveObsoleteRunners", {"obsoleteRunners": "[org.junit.runners.JUnit4, org.junit.runners.BlockJUnit4ClassRunner]"}),
    *(Chosen(f"{_JUNIT5}.{name}") for name in _STEPS),
)  # fmt: skip


class JavaJUnit5:
    """All tests of a Maven build at once: they share one dependency."""

    id = "java-junit-5"
    title = "Move tests to JUnit 5"
    languages = frozenset({"java"})
    default = False

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        proposals: list[Proposal] = []
        for folder in maven_roots(code):
            prefix = f"{folder}/" if folder else ""
            poms = {path: pom for path, pom in maven_poms(code).items() if path.startswith(prefix)}
            if not any(_junit4(pom) for pom in poms.values()):
                continue
            where = Location(path=f"{prefix}pom.xml")
            made = run_openrewrite(code, _CHOSEN, folder)
            if made.failed:
                proposals.append(
                    self._proposal(code, (), [Left(where=where, text=f"OpenRewrite made nothing of it: {made.failed}")])
                )
                continue
            moved, left = _whole_files(made.changes)
            left += _still_old(code, prefix, {change.path for change in moved})
            builds = [_build(pom, vintage=bool(left)) for pom in poms.values()]
            if moved:
                changes = sorted((*moved, *(one for one in builds if one is not None)), key=lambda one: one.path)
                proposals.append(self._proposal(code, changes, left))
            elif left:
                proposals.append(self._proposal(code, (), left))
        return tuple(proposals)

    def _proposal(self, code: Codebase, changes: Sequence[FileChange], left: Sequence[Left]) -> Proposal:
        versions = "==17.*" if code.toolchain("java", "==17.*") else ">=17"
        return Proposal(
            recipe=self.id,
            title="Move tests from JUnit 4 to JUnit 5",
            why="JUnit 4 is no longer developed. What could not be moved whole stays on JUnit 4 and is listed.",
            changes=tuple(changes),
            left=tuple(left),
            series="junit5",
            runs_on=(Need(name="java", versions=versions),),
        )


def _whole_files(changes: Sequence[FileChange]) -> tuple[list[FileChange], list[Left]]:
    """Those that no longer speak of JUnit 4; a half-moved one would run on neither."""
    moved, left = [], []
    for change in changes:
        if not change.path.endswith(".java"):
            continue
        match = _OLD.search(change.after or "")
        if match is None:
            moved.append(change)
        else:
            line = (change.after or "")[: match.start()].count("\n")
            said = (change.after or "").split("\n")[line].strip()[:120]
            left.append(Left(where=Location(path=change.path), text=f"stays on JUnit 4, for: {said}"))
    return moved, left


def _still_old(code: Codebase, prefix: str, moved: set[str]) -> list[Left]:
    found = []
    for path in code.paths(".java"):
        text = code.text(path) or ""
        if path.startswith(prefix) and path not in moved and _OLD.search(text):
            found.append(Left(where=Location(path=path), text="stays on JUnit 4"))
    return found


def _junit4(pom: Pom) -> Iterator[Element]:
    return (
        element
        for element in pom.dependencies()
        if (pom.value(element, "groupId"), pom.value(element, "artifactId")) == ("junit", "junit")
    )


def _build(pom: Pom, *, vintage: bool) -> FileChange | None:
    """The build file with JUnit 5 in JUnit 4's place, or beside it where some tests stay."""
    edits: list[Edit] = []
    for element in list(_junit4(pom)) if any(True for _ in _junit4(pom)) else ():
        managed = element.child("version") is None
        if vintage:
            edits += _beside(pom, element, managed)
            continue
        edits.append(pom.replaced(element.children[0], "org.junit.jupiter"))
        for child in element.children:
            if child.name == "groupId":
                edits[-1] = pom.replaced(child, "org.junit.jupiter")
            elif child.name == "artifactId":
                edits.append(pom.replaced(child, "junit-jupiter"))
            elif child.name == "version":
                holder = pom.holder(child)
                edits.append(
                    pom.replaced(
                        holder if holder is not None and holder is not child and _used_once(pom, child) else child,
                        _JUPITER,
                    )
                )
    if not edits:
        return None
    plugins, _ = newer_plugins(pom)
    edits += [edit for edit in plugins if all(edit.start != other.start for other in edits)]
    if not any(
        pom.value(plugin, "artifactId") == "maven-surefire-plugin" for plugin in pom.plugins()
    ) and not folder_of(pom.path):
        edits += _surefire(pom)
    after = apply_edits(pom.text, edits)
    return FileChange(path=pom.path, before=pom.text, after=after) if read_pom(pom.path, after) is not None else None


def _used_once(pom: Pom, version: Element) -> bool:
    return pom.text.count(pom.said(version)) == 1


def _beside(pom: Pom, element: Element, managed: bool) -> list[Edit]:
    line_start = pom.text.rfind("\n", 0, element.start) + 1
    indent, step = pom.text[line_start : element.start], pom.step()
    if indent.strip():
        return []
    newline = "\r\n" if "\r\n" in pom.text else "\n"
    blocks = []
    for group, artifact in (("org.junit.jupiter", "junit-jupiter"), ("org.junit.vintage", "junit-vintage-engine")):
        lines = [f"<groupId>{group}</groupId>", f"<artifactId>{artifact}</artifactId>"]
        lines += [] if managed else [f"<version>{_JUPITER}</version>"]
        lines += ["<scope>test</scope>"]
        inner = newline.join(f"{indent}{step}{line}" for line in lines)
        blocks.append(f"{newline}{indent}<dependency>{newline}{inner}{newline}{indent}</dependency>")
    return [Edit(element.end, element.end, "".join(blocks))]


def _surefire(pom: Pom) -> list[Edit]:
    """The one that Maven takes by itself may be too old to know JUnit 5."""
    block = "\n".join(
        ["<plugin>", "\t<groupId>org.apache.maven.plugins</groupId>", "\t<artifactId>maven-surefire-plugin</artifactId>",
         f"\t<version>{_SUREFIRE}</version>", "</plugin>"]
    )  # fmt: skip
    build = pom.project.child("build")
    plugins = build.child("plugins") if build is not None else None
    if plugins is not None:
        return [pom.appended(plugins, block)]
    inner = "\n".join(f"\t{line}" for line in block.split("\n"))
    if build is not None:
        return [pom.appended(build, f"<plugins>\n{inner}\n</plugins>")]
    return [pom.added_section("build", f"<plugins>\n{inner}\n</plugins>")]


RECIPE = JavaJUnit5()
