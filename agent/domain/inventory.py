"""What a repository consists of, before its code is understood: files, languages, builds, runtimes, history.

Every statement carries its evidence as (path, line); line 0 means the file as a whole.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = [
    "BuildSystem",
    "Component",
    "EarlierFile",
    "EntryPoint",
    "ExternalSystem",
    "FileHistory",
    "FrameworkUse",
    "History",
    "Inventory",
    "LanguageShare",
    "Location",
    "Runtime",
    "Skip",
    "SourceFile",
    "TestSuite",
]


class Noun(BaseModel):
    """A frozen value; unknown fields are refused, so that a typo never passes as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(Noun):
    """A place in the repository; ``line`` counts from 1, 0 means the whole file."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


class SourceFile(Noun):
    """A file that is read. ``digest`` is the SHA-256 of its bytes; ``lines`` counts all lines, ``code_lines`` non-blank ones.

    ``role``: code, test, migration, generated (counted, not planned), config, template, style, document, data.
    ``language`` is the parser's name (``python``, ``java``, ``javascript``, ``typescript``, ``sql``, ``xml``, ``html``, ``jsp``)
    or, where figwright has no parser, the language's usual name.
    """

    path: str
    language: str
    role: Literal["code", "test", "migration", "config", "template", "style", "document", "data"] = "code"
    bytes: int
    lines: int
    code_lines: int
    digest: str


class Skip(Noun):
    """Files that were not read, by reason: how many, how many bytes, and the first few by name."""

    reason: str  # ignored by git | vendored | generated | minified | binary | too large | unreadable | symlink loop ...
    files: int
    bytes: int
    examples: tuple[str, ...] = ()


class LanguageShare(Noun):
    """One language: files and non-blank lines, tests apart; ``parsed`` says whether figwright reads its structure."""

    language: str
    files: int
    code_lines: int
    test_files: int
    test_lines: int
    parsed: bool


class BuildSystem(Noun):
    """A build or packaging tool, and the file that shows it."""

    name: str
    evidence: Location


class FrameworkUse(Noun):
    """A framework or notable library; ``version`` as declared (``""`` unknown); ``how`` says how it was recognised."""

    name: str
    version: str
    how: str
    evidence: Location


class Runtime(Noun):
    """A language runtime or framework that has a life cycle, with its end of life when that is known.

    ``supported`` is judged as of the plan's date; ``None`` when the version or its date is unknown.
    ``source`` names where the date comes from.
    """

    name: str
    version: str
    end_of_life: str
    supported: bool | None
    source: str
    how: str
    evidence: Location


class Component(Noun):
    """A library as a manifest declares it; ``version`` as written (a range is no version), ``""`` when none is named.

    ``ecosystem``: pypi, maven, npm, packagist, nuget, rubygems, go.
    """

    ecosystem: str
    name: str
    version: str
    evidence: Location
    development: bool = False


class EntryPoint(Noun):
    """Where control enters from outside: kind is web, cli, job, batch, main, worker or listener."""

    kind: str
    name: str
    how: str
    evidence: Location


class TestSuite(Noun):
    """A set of tests found by convention or configuration, with how it would be run."""

    name: str
    runner: str
    files: int
    command: str
    evidence: Location


class ExternalSystem(Noun):
    """Something outside the process that the code talks to: database, queue, cache, mail, http, file share, directory."""

    kind: str
    name: str
    evidence: tuple[Location, ...]
    resolution: Literal["exact", "inferred"]


class FileHistory(Noun):
    """Git history of one file within the window: commits that touched it, and how many authors did.

    ``fixes`` are commits whose subject says that they mend code; ``entropy`` is change entropy, decaying by e a year;
    ``main_share`` the share of its commits by whoever made most, ``main_quiet`` that this author made none anywhere in the
    last year of the history.
    """

    path: str
    commits: int
    authors: int
    fixes: int = 0
    entropy: float = 0.0
    main_share: float = 0.0
    main_quiet: bool = False


class EarlierFile(Noun):
    """A file as the history stood a year before its newest commit, and whether it was mended in that year."""

    path: str
    entropy: float
    fixes: int
    mended: bool


class History(Noun):
    """Git history: commits read, the files' churn, and pairs of files that change together (change coupling)."""

    commits: int
    first: str = ""
    last: str = ""
    files: tuple[FileHistory, ...] = ()
    coupling: tuple[tuple[str, str, int], ...] = ()  # (path, path, shared commits)
    note: str = ""
    held_back: str = ""  # the day (ISO) that `earlier` is as of; empty when the history is too short
    earlier: tuple[EarlierFile, ...] = ()  # by path


class Inventory(Noun):
    """Everything known about a repository without parsing it. Invariant: paths are relative, POSIX, unique, sorted."""

    name: str
    commit: str = ""
    dirty: bool = False
    dirty_files: int = 0
    vcs: Literal["git", "none"] = "none"
    remote: str = ""  # host and path only, no credentials
    files: tuple[SourceFile, ...] = ()
    skipped: tuple[Skip, ...] = ()
    languages: tuple[LanguageShare, ...] = ()
    build_systems: tuple[BuildSystem, ...] = ()
    frameworks: tuple[FrameworkUse, ...] = ()
    components: tuple[Component, ...] = ()  # by ecosystem, name and place
    runtimes: tuple[Runtime, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    test_suites: tuple[TestSuite, ...] = ()
    external_systems: tuple[ExternalSystem, ...] = ()
    history: History = History(commits=0)
