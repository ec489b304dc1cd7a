"""The steps from an older Java to a newer one, each a proposal of one series: code in, proposals out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.environment import Need
from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, Lines, apply_edits, left
from agent.patches.java_levels import (
    gradle_levels,
    levels_of,
    missing_libraries,
    newer_plugins,
    raised_levels,
    says_level,
)
from agent.patches.maven_pom import Pom, read_pom
from agent.ports import Codebase

__all__ = ["JavaLevel", "folder_of", "lowest_level", "maven_poms"]

_GRADLE_FILES = ("build.gradle", "build.gradle.kts")
_MOST_SOURCES = 20_000
# What a newer JDK refuses or no longer has, and no program can replace. Comments are not told apart from code: people look.
_GONE = (
    (r"\bSystem\.setSecurityManager\(|\bextends SecurityManager\b", "the security manager is switched off since Java 17"),
    (r"\.(?:stop|suspend|resume|countStackFrames)\(\)[^\n]{0,40}//[^\n]*[Tt]hread|\bThread\.currentThread\(\)\.(?:stop|suspend|resume)\(", "Thread.stop, suspend and resume throw UnsupportedOperationException"),
    (r"\bprotected void finalize\(\)", "finalizers are deprecated for removal: close what is held (AutoCloseable, Cleaner)"),
    (r"^[ \t]*import[ \t]+sun\.(?!misc\.(?:Unsafe|Signal|SignalHandler)\b)", "the JDK's own sun.* packages can no longer be reached"),
    (r"^[ \t]*import[ \t]+(?:static[ \t]+)?(?:com\.sun\.image\.codec|com\.sun\.org\.apache|com\.sun\.xml\.internal)\.", "internal packages of the JDK can no longer be reached"),
    (r"^[ \t]*import[ \t]+(?:static[ \t]+)?org\.omg\.", "CORBA left the JDK with Java 11: a library such as GlassFish CORBA has to replace it"),
    (r"^[ \t]*import[ \t]+jdk\.nashorn\.|getEngineByName\([ \t]*\"(?:nashorn|JavaScript|js)\"", "the JavaScript engine Nashorn left the JDK with Java 15: add org.openjdk.nashorn:nashorn-core"),
    (r"^[ \t]*import[ \t]+javafx\.", "JavaFX left the JDK with Java 11: add org.openjfx"),
    (r"^[ \t]*import[ \t]+java\.applet\.", "applets are deprecated for removal: nothing runs them any more"),
    (r"\bgetDeclared(?:Field|Method|Constructor)\([^\n]{0,200}\.setAccessible\(true\)", "reflection into the JDK's classes is refused without --add-opens"),
)  # fmt: skip
_GONE_PATTERNS = tuple((re.compile(pattern, re.MULTILINE), text) for pattern, text in _GONE)


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


class JavaLevel:
    """Compile for ``target``; what stands in its way goes first."""

    languages = frozenset({"java"})

    def __init__(self, target: int, *, default: bool) -> None:
        self.id = f"java-{target}"
        self.title = f"Compile for Java {target}"
        self.default = default
        self.target = target

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        poms, gradle = maven_poms(code), _gradle(code, self.target)
        levels = self._level_edits(poms)
        if not any(levels.values()) and not gradle:
            return ()  # it compiles for this Java, or says nowhere for which
        steps = _Steps(self, code, dict(poms))
        made = {path: newer_plugins(pom) for path, pom in poms.items()}
        steps.add(
            f"Use plugins that run on Java {self.target}",
            f"The versions so far fail on Java {self.target}, or run its tests wrongly. These run on Java 8 as well.",
            {path: edits for path, (edits, _) in made.items()},
            [note for _, notes in made.values() for note in notes],
        )
        libraries, names = _library_edits(code, steps.poms)
        said = f"Java 11 took them out of the JDK, and the code imports them: {', '.join(names)}."
        steps.add("Add the libraries that left the JDK", said, libraries)
        steps.add(
            self.title,
            f"The build said it compiles for an older Java. Its tests have to run on a JDK {self.target}.",
            self._level_edits(steps.poms),
            [*_ranges(poms), *_old_wrappers(code), *_gone(code)],
            gradle,
        )
        return tuple(steps.proposals)

    def _level_edits(self, poms: Mapping[str, Pom]) -> Mapping[str, Sequence[Edit]]:
        return {path: raised_levels(pom, self.target, alone=_is_alone(pom, poms)) for path, pom in poms.items()}


@dataclass
class _Steps:
    """The series as far as it is made; ``poms`` are the build files as it leaves them."""

    recipe: JavaLevel
    code: Codebase
    poms: dict[str, Pom]
    proposals: list[Proposal] = field(default_factory=list)

    def add(
        self,
        title: str,
        why: str,
        edits: Mapping[str, Sequence[Edit]],
        notes: Sequence[Left] = (),
        others: Mapping[str, FileChange] | None = None,
    ) -> None:
        """A step, if it changes something or leaves something to people."""
        changes = _edited(self.poms, edits)
        for path, change in changes.items():
            changed = read_pom(path, change.after)
            if changed is not None:
                self.poms[path] = changed
        every = sorted((*changes.values(), *(others or {}).values()), key=lambda change: change.path)
        if not every and not notes:
            return
        exactly = f"=={self.recipe.target}.*"
        there = self.code.toolchain("java", exactly)
        self.proposals.append(
            Proposal(
                recipe=self.recipe.id,
                title=title,
                why=why,
                changes=tuple(every),
                left=tuple(notes),
                series=f"java{self.recipe.target}",
                runs_on=(Need(name="java", versions=exactly if there else f">={self.recipe.target}"),),
            )
        )


def lowest_level(code: Codebase) -> int:
    """The lowest Java that a Maven build file of the repository says it compiles for; 0 when none says one."""
    levels = [level for pom in maven_poms(code).values() for level in levels_of(pom)]
    return min(levels, default=0)


def maven_poms(code: Codebase) -> Mapping[str, Pom]:
    """The project files that can be read, by path; those in tests' data are none."""
    found = {}
    for path in code.paths("pom.xml"):
        if path.rpartition("/")[2] == "pom.xml" and not code.is_test(path):
            pom = read_pom(path, code.text(path))
            if pom is not None:
                found[path] = pom
    return found


def _edited(poms: Mapping[str, Pom], edits: Mapping[str, Sequence[Edit]]) -> dict[str, FileChange]:
    changes = {}
    for path, made in sorted(edits.items()):
        before = poms[path].text
        after = apply_edits(before, made)
        if after != before and read_pom(path, after) is not None:
            changes[path] = FileChange(path=path, before=before, after=after)
    return changes


def _parents(pom: Pom, poms: Mapping[str, Pom]) -> Iterator[Pom]:
    """Build files in folders around this one: where a parent in the repository customarily is."""
    folder = folder_of(pom.path)
    while folder:
        folder = folder_of(folder)
        path = f"{folder}/pom.xml" if folder else "pom.xml"
        if path in poms:
            yield poms[path]


def _is_alone(pom: Pom, poms: Mapping[str, Pom]) -> bool:
    """Whether neither a parent nor the modules below say a level, so that the compiler plugin's old default holds."""
    parent = pom.project.child("parent")
    # Of parents that are not here only those are known to set no level.
    if parent is not None and pom.value(parent, "artifactId") not in ("oss-parent", "apache"):
        return False
    folder = folder_of(pom.path)
    below = [other for path, other in poms.items() if not folder or path.startswith(f"{folder}/")]
    return next(_parents(pom, poms), None) is None and not any(says_level(other) for other in below)


def _library_edits(code: Codebase, poms: Mapping[str, Pom]) -> tuple[dict[str, list[Edit]], list[str]]:
    sources: dict[str, dict[str, str]] = {path: {} for path in poms}
    for path in code.paths(".java")[:_MOST_SOURCES]:
        owner = _owner(path, poms)
        text = code.text(path)
        if owner and text is not None and "javax." in text:
            sources[owner][path] = text
    edits: dict[str, list[Edit]] = {}
    names: list[str] = []
    for path, pom in poms.items():
        made, said = missing_libraries(pom, sources[path], tuple(_parents(pom, poms)))
        if made:
            edits[path] = made
            names += [name for name in said if name not in names]
    return edits, names


def _owner(path: str, poms: Mapping[str, Pom]) -> str:
    folder = folder_of(path)
    while True:
        pom = f"{folder}/pom.xml" if folder else "pom.xml"
        if pom in poms or not folder:
            return pom if pom in poms else ""
        folder = folder_of(folder)


def _gradle(code: Codebase, target: int) -> dict[str, FileChange]:
    changes = {}
    for path in code.paths(*_GRADLE_FILES):
        text = code.text(path)
        if text is not None and not code.is_test(path) and len(text) < 500_000:
            after = apply_edits(text, gradle_levels(text, target))
            if after != text:
                changes[path] = FileChange(path=path, before=text, after=after)
    return changes


def _old_wrappers(code: Codebase) -> Iterator[Left]:
    folders = {folder_of(path) for path in code.paths(*_GRADLE_FILES)}
    for folder in sorted(folders):
        path = f"{folder}/gradle/wrapper/gradle-wrapper.properties".lstrip("/")
        text = code.text(path) or ""
        match = re.search(r"gradle-(\d{1,3})\.(\d{1,3})", text)
        if match is not None and (int(match[1]), int(match[2])) < (7, 3):
            line = Lines(text).number(match.start())
            yield left(path, line, f"Gradle {match[1]}.{match[2]} does not run on Java 17: 7.3 is the first that does")


def _ranges(poms: Mapping[str, Pom]) -> Iterator[Left]:
    """Places of the build that hold on to an older Java and that only people can decide on."""
    for path, pom in sorted(poms.items()):
        lines = Lines(pom.text)
        for element in pom.project.walk():
            if element.name == "requireJavaVersion" and "," in pom.value(element, "version"):
                yield left(
                    path, lines.number(element.start), "the enforcer's range of Java versions may exclude this one"
                )
            elif element.name == "jdk" and re.search(r"1\.[5-8]", pom.said(element)):
                yield left(path, lines.number(element.start), "a profile for an older JDK: it is no longer active")
            elif element.name == "signature" and re.fullmatch(r"java1[5-8]", pom.value(element, "artifactId")):
                yield left(path, lines.number(element.start), "Animal Sniffer holds the code to an older Java's API")


def _gone(code: Codebase) -> Iterator[Left]:
    for path in code.paths(".java")[:_MOST_SOURCES]:
        text = code.text(path)
        if text is None or len(text) > 1_000_000:
            continue
        lines: Callable[[int], int] = Lines(text).number
        for pattern, says in _GONE_PATTERNS:
            for match in pattern.finditer(text):
                at = match.start() + len(match[0]) - len(match[0].lstrip())
                yield Left(where=Location(path=path, line=lines(at)), text=says)
