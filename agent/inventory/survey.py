"""Goes through a repository's files once: a Snapshot in, everything that single files show out.

Each file is read, hashed, counted and looked at in one go, and its bytes are let go again. What needs several files
(versions from a parent, which suite a test belongs to) is put together afterwards, in ``taking``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.domain.inventory import EntryPoint, Skip, SourceFile
from agent.inventory.classification import Role, TestFolders, language_of, role_of
from agent.inventory.entry_points import entry_points_in
from agent.inventory.external_systems import Sighting, sightings_in
from agent.inventory.frameworks import ImportCount, is_known_import
from agent.inventory.imports import imports_of
from agent.inventory.manifests.reading import Manifests, is_manifest
from agent.inventory.setting_aside import LARGEST_FILE, Surroundings, reason_by_content, reason_by_path
from agent.inventory.test_suites import MarkedTest, mark_test, prints_tap
from agent.ports import Snapshot

__all__ = ["Survey", "survey_files"]

_EXAMPLES = 5


@dataclass
class Survey:
    """What the files show, one by one. Filled by ``survey_files`` only."""

    files: list[SourceFile] = field(default_factory=list)
    manifests: Manifests = field(default_factory=Manifests)
    entry_points: list[EntryPoint] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    tests: list[MarkedTest] = field(default_factory=list)
    imported: dict[str, ImportCount] = field(default_factory=dict)
    python_2: list[tuple[str, int]] = field(default_factory=list)
    _skipped: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def skip(self, path: str, reason: str, size: int) -> None:
        self._skipped.setdefault(reason, []).append((path, size))

    def skips(self) -> tuple[Skip, ...]:
        """What was left out, by reason."""
        return tuple(
            Skip(
                reason=reason,
                files=len(found),
                bytes=sum(size for _, size in found),
                examples=tuple(sorted(path for path, _ in found)[:_EXAMPLES]),
            )
            for reason, found in sorted(self._skipped.items())
        )


def survey_files(snapshot: Snapshot) -> Survey:
    """Reads every file of the snapshot that is neither someone else's, nor generated, nor binary."""
    survey = Survey()
    for path, reason, size in snapshot.skipped():
        survey.skip(path, reason, size)
    sizes = list(snapshot.paths())
    tests = TestFolders(path for path, _ in sizes)
    surroundings = Surroundings.of(path for path, _ in sizes)
    own = _own_python_modules(path for path, _ in sizes)
    for path, size in sizes:
        manifest = is_manifest(path)
        if not re.match(r"(?:.*/)?(?:docs?|documentation|examples?)/", path):
            survey.manifests.note_tool(path)
        reason = reason_by_path(path, surroundings)
        if reason and not (manifest and reason == "generated"):
            survey.skip(path, reason, size)
        elif size > LARGEST_FILE:
            survey.skip(path, "too large", size)
        else:
            _survey_file(path, size, snapshot, survey, tests, own)
    return survey


def _survey_file(
    path: str, size: int, snapshot: Snapshot, survey: Survey, tests: TestFolders, own: frozenset[str]
) -> None:
    try:
        data = snapshot.read(path)
    except OSError:
        survey.skip(path, "unreadable", size)
        return
    language, kind = language_of(path, data[:200])
    manifest = is_manifest(path)
    reason = reason_by_content(path, data, kind)
    if reason and not (manifest and reason == "generated"):
        survey.skip(path, reason, len(data))
        return
    role = role_of(path, language, kind, tests)
    if role == "code" and language == "shell" and prints_tap(language, data):
        role = "test"  # whatever its name: nothing but tests speaks this protocol
    survey.files.append(_source_file(path, language, role, data))
    if role == "test":
        test = mark_test(path, language, data)
        if test is not None:
            survey.tests.append(test)
    elif not tests.holds(path):
        if manifest and not _ASIDE.match(path) and not _FOR_TESTS.match(path):
            survey.manifests.read(path, data)
        _look_at(path, language, role, data, survey, own)


def _source_file(path: str, language: str, role: Role, data: bytes) -> SourceFile:
    text = data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace").encode()
    lines = text.splitlines()
    return SourceFile(
        path=path,
        language=language,
        role=role,
        bytes=len(data),
        lines=len(lines),
        code_lines=sum(1 for line in lines if line and not line.isspace()),
        digest=hashlib.sha256(data).hexdigest(),
    )


# Where people describe systems rather than talk to them.
_ASIDE = re.compile(
    r"(?:.*/)?(?:docs?|documentation|src/site|examples?|\.github|\.gitlab|\.circleci|\.ci|\.devcontainer|\.vscode|locale|translations)/"
)
_FOR_TESTS = re.compile(r"(?:.*/)?[^/]*[._-]tests?[._-][^/]*\Z")


def _look_at(path: str, language: str, role: Role, data: bytes, survey: Survey, own: frozenset[str]) -> None:
    """Entry points, imports and external systems of a file that is part of the running system."""
    if (
        role not in ("code", "config", "template")
        or _ASIDE.match(path)
        or (role == "config" and _FOR_TESTS.match(path))
    ):
        return
    imports = [
        found for found in imports_of(language, data) if not (found[0] == "python" and found[1].split(".")[0] in own)
    ]
    if role == "code":
        survey.entry_points.extend(entry_points_in(path, language, data))
        seen: set[str] = set()
        for family, name, offset in imports:
            framework = is_known_import(family, name)
            if framework and framework not in seen:
                seen.add(framework)
                first = survey.imported.get(framework) or ImportCount(0, path, data.count(b"\n", 0, offset) + 1)
                survey.imported[framework] = first._replace(files=first.files + 1)
        if language == "python":
            line = _python_2_line(data)
            if line:
                survey.python_2.append((path, line))
    if role != "template" or language in ("jsp", "asp"):
        survey.sightings.extend(sightings_in(path, language, role, data, imports))


def _own_python_modules(paths: Iterable[str]) -> frozenset[str]:
    """Top-level names that the repository itself defines: Django's own source does not *use* Django."""
    names = set()
    for path in paths:
        parts = path.split("/")
        if parts[-1] == "__init__.py" and (len(parts) == 2 or (len(parts) == 3 and parts[0] in ("src", "lib"))):
            names.add(parts[-2])
    return frozenset(names)


_PYTHON_2 = re.compile(
    rb"(?m)^[ \t]*(?:print[ \t]+(?:[\"']|>>[ \t]*\w|\w[\w.]{0,80}[ \t]*(?:,|$))"
    rb"|except[ \t]+[\w.]{1,80}[ \t]*,[ \t]*\w{1,80}[ \t]*:|raise[ \t]+[\w.]{1,80}[ \t]*,[ \t]*[\"'])"
)


def _python_2_line(data: bytes) -> int:
    """The first line that only Python 2 accepts; 0 when there is none. Text inside docstrings does not count."""
    for found in _PYTHON_2.finditer(data):
        before = data[: found.start()]
        if before.count(b'"""') % 2 == 0 and before.count(b"'''") % 2 == 0:
            return before.count(b"\n") + 1
    return 0
