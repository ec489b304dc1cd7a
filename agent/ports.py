"""The protocols through which stages, languages, frameworks and adapters speak to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from agent.domain.boundary import Boundaries
    from agent.domain.code import AmbiguousReference, Dependency, DependencyGraph, Symbol
    from agent.domain.container import LintFinding, MendTask
    from agent.domain.delivery import BranchCommit, Change, Dashboard, Merged, Request, RequestText
    from agent.domain.environment import Need, Recipe, Step
    from agent.domain.execution import Command, Folders, Limits, Outcome, Toolchain
    from agent.domain.facts import Binding, Definition, Entity, FileFacts, Import, TableUse, Wiring
    from agent.domain.inventory import History, Inventory
    from agent.domain.patch import EditTask, Proposal, Rewritten
    from agent.domain.plan import Plan
    from agent.domain.verdict import Suite, SuiteResult

__all__ = [
    "Advisor",
    "Branches",
    "CodeIndex",
    "Codebase",
    "ContainerLinter",
    "ContainerMender",
    "Contextual",
    "Ecosystem",
    "Editor",
    "Embedder",
    "Forge",
    "Framework",
    "ImageBuilder",
    "Imported",
    "Language",
    "Layout",
    "Linked",
    "Memo",
    "PatchRecipe",
    "Project",
    "Relating",
    "Resolved",
    "Retargeting",
    "Runner",
    "Sandbox",
    "Snapshot",
    "Stepwise",
    "Toolchains",
    "Tools",
    "Workspace",
]


class Snapshot(Protocol):
    """A repository as it is read: a work tree, a commit, or a plain folder. Paths are relative and POSIX."""

    name: str
    commit: str
    dirty: bool
    dirty_files: int
    vcs: str
    remote: str

    def paths(self) -> Iterable[tuple[str, int]]:
        """(path, size in bytes) of every regular file that git does not ignore, sorted by path."""
        ...

    def skipped(self) -> Iterable[tuple[str, str, int]]:
        """(path, reason, bytes) of what the snapshot itself leaves out (ignored by git, links, special files)."""
        ...

    def read(self, path: str) -> bytes:
        """The file's bytes. Raises OSError when it cannot be read."""
        ...

    def history(self, paths: frozenset[str]) -> History:
        """Churn and change coupling of the given files."""
        ...

    def committed_on(self) -> str:
        """The ISO date of the commit that is read (a work tree's HEAD); empty without one."""
        ...

    def copy_to(self, folder: Path) -> None:
        """Write every file into an empty folder: bytes, executable bits, and the links that stay inside the repository.

        Raises OutputError when it cannot be written.
        """
        ...


class Layout(Protocol):
    """Which files exist and what they are called: what a language needs to resolve an import."""

    def files(self, language: str) -> Sequence[str]:
        """Paths of that language's files, sorted."""
        ...

    def facts(self, path: str) -> FileFacts:
        """What the file says."""
        ...

    def exists(self, path: str) -> bool:
        """Whether the snapshot has a file at this path."""
        ...

    def text(self, path: str) -> str:
        """A small configuration file's text (tsconfig.json, package.json); empty when there is none."""
        ...


class Imported(Protocol):
    """What one import binds: local ``alias`` stands for ``target`` (symbol ID); external ones carry the library's name."""

    alias: str
    target: str
    external: bool
    resolution: str


class Language(Protocol):
    """One programming language: its grammar, its queries, and how its names resolve."""

    name: str
    suffixes: tuple[str, ...]
    receiver_names: frozenset[str]  # self, cls, this
    super_names: frozenset[str]  # super(), super
    implicit_receiver: bool  # `total()` may mean `this.total()` (Java), may not (Python, JavaScript)
    builtins: frozenset[str]  # names that need no import and lead outside the repository

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one file, and its syntax tree's root node for frameworks to read (None for non-tree languages).

        Never raises on any bytes: what cannot be parsed is counted in ``error_lines`` or ``failure``.
        """
        ...

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """The ID prefix of each of the language's files: path -> module ID (Python, JavaScript) or package (Java)."""
        ...

    def unit_kind(self) -> str:
        """``module`` when a file is the unit boundaries are drawn around, ``type`` when a top-level type is."""
        ...

    def symbol_id(self, module: str, scope: str) -> str:
        """The ID of what ``scope`` defines in the file with that module ID."""
        ...

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """What an import binds: (alias, symbol ID or ``external:<library>``, resolution); empty when it leads nowhere.

        An unresolvable *internal* import returns ``(alias, "unresolved:<why>", "")``.
        """
        ...

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        """Names visible without import: the types of the same Java package, and nothing in Python."""
        ...


class Resolved(Protocol):
    """The outcome of resolving a name: one target and how sure, several candidates, an external name, or a reason."""

    @property
    def target(self) -> str:
        """Symbol ID; "" when there is not exactly one."""
        ...

    @property
    def resolution(self) -> str:
        """exact | inferred | ambiguous | external | unresolved."""
        ...

    @property
    def candidates(self) -> tuple[str, ...]: ...

    @property
    def reason(self) -> str: ...


class Project(Layout, Protocol):
    """All facts with names resolved: what frameworks link on."""

    def modules(self) -> Mapping[str, str]:
        """path -> module ID, all languages."""
        ...

    def path_of_module(self, module: str) -> str | None:
        """The file of a module ID."""
        ...

    def module_ids(self, language: str) -> Mapping[str, str]:
        """module ID -> path of that language's files."""
        ...

    def top_names(self, language: str) -> frozenset[str]:
        """The first parts of that language's module IDs."""
        ...

    def defines(self, path: str, name: str) -> bool:
        """Whether the file itself defines or assigns a top-level name."""
        ...

    def import_targets(self, path: str) -> Sequence[tuple[int, str, str, str]]:
        """(line, scope, target, resolution) of each import of the file; targets may be external or unresolved."""
        ...

    def has_wiring(self, framework: str, kind: str) -> bool:
        """Whether any file carries such a record."""
        ...

    def symbol_at(self, path: str, scope: str) -> str:
        """The ID of a definition (or of the file when scope is empty)."""
        ...

    def definition(self, symbol: str) -> tuple[str, Definition] | None:
        """(path, definition) of a type or function symbol."""
        ...

    def resolve(self, path: str, scope: str, name: str) -> Resolved:
        """What a name in *name* notation means there."""
        ...

    def ancestors(self, symbol: str) -> Sequence[str]:
        """Base types by method resolution order, in the repository; external ones as ``external:<dotted name>``."""
        ...

    def bindings(self, path: str, scope: str) -> Sequence[Binding]:
        """Variables bound in that scope."""
        ...

    def wirings(self, framework: str, kind: str = "") -> Iterator[tuple[str, Wiring]]:
        """(path, wiring) in path order."""
        ...


class Linked(Protocol):
    """What a framework adds once it has seen the whole project."""

    @property
    def symbols(self) -> Sequence[Symbol]: ...

    @property
    def dependencies(self) -> Sequence[Dependency]: ...

    @property
    def entities(self) -> Sequence[tuple[str, Entity]]:
        """(path, entity) with table names derived."""
        ...

    @property
    def table_uses(self) -> Sequence[tuple[str, TableUse]]: ...

    @property
    def ambiguous(self) -> Sequence[AmbiguousReference]:
        """Operands with several possible values: candidates, no edges."""
        ...

    @property
    def unresolved(self) -> Sequence[tuple[str, str]]:
        """(path, reason) of each operand whose value is not known."""
        ...


class Framework(Protocol):
    """One framework: the wiring that only it knows (routes, beans, entities, templates)."""

    name: str
    languages: frozenset[str]
    markers: tuple[bytes, ...]  # a file that contains none of these bytes is not read; empty reads every file

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:
        """The facts with what the framework adds (wirings, entities, table uses, fragments). Never raises on any bytes."""
        ...

    def link(self, project: Project) -> Linked:
        """Routes, entities, templates and dependencies that need more than one file."""
        ...

    def access_mode(self, chain: str) -> str:
        """For a chain that starts at an entity (``Order.query.filter_by().first``): ``read``, ``write`` or ``""``."""
        ...


@runtime_checkable
class Relating(Protocol):
    """A framework that knows attributes which no file shows: an ORM's back references."""

    def members(self, project: Project) -> Iterable[tuple[str, str, str]]:
        """(type ID, attribute, type ID of its value)."""
        ...


class Memo(Protocol):
    """Results by the hash of all that they depend on. Safe for two processes at once."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes) -> None: ...

    def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]: ...

    def put_many(self, entries: Mapping[str, bytes]) -> None: ...


class Tools(Protocol):
    """What a run works with, as `agent.composition` builds it."""

    @property
    def snapshot(self) -> Snapshot: ...

    @property
    def languages(self) -> Mapping[str, Language]: ...

    @property
    def frameworks(self) -> Sequence[Framework]: ...

    @property
    def memo(self) -> Memo: ...


class Embedder(Protocol):
    """Text to vectors, offline and deterministic.

    ``share`` is the vectors' part of a hit's score, the rest is BM25's. A document that shares no word with the question
    must be at least ``close`` (cosine of the first ``meaning`` dimensions) to be a hit.
    """

    name: str
    dimensions: int
    share: float
    close: float
    meaning: int

    def embed(self, tokens: Sequence[Sequence[str]]) -> np.ndarray[Any, Any]:
        """float32 of shape (documents, dimensions), rows of length 1 (or 0 for a document of unknown words)."""
        ...


@runtime_checkable
class Contextual(Protocol):
    """An embedder that reads whole passages: a transformer."""

    def embed_texts(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """float32 of shape (texts, dimensions), rows of length 1."""
        ...


class CodeIndex(Protocol):
    """The dependency graph as documents in a vector index."""

    def is_current(self, key: str) -> bool:
        """Whether the graph with this key is what is stored."""
        ...

    def store(self, graph: DependencyGraph, read: Callable[[str], bytes], key: str = "") -> Mapping[str, int]:
        """Write what changed since the last call; returns counts: written, deleted, kept."""
        ...

    def load(self) -> DependencyGraph:
        """The graph as stored, equal to what was stored."""
        ...

    def search(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """(symbol ID, score) best first; empty when nothing matches."""
        ...


class Sandbox(Protocol):
    """Runs a command that nobody here trusts. Every call is a box of its own, and nothing in it outlives the call."""

    name: str  # bubblewrap, container, none

    def unusable(self) -> str:
        """Why it cannot be used on this machine, and what to do about it; empty when it can."""
        ...

    def run(
        self,
        command: Command,
        folders: Folders,
        toolchains: Sequence[Toolchain] = (),
        limits: Limits = ...,
        *,
        network: bool = False,
    ) -> Outcome:
        """Run it and wait. A limit that is reached is an Outcome, not an error. Raises SandboxError when no box can be made."""
        ...


class Toolchains(Protocol):
    """The interpreters and compilers of this machine."""

    def all(self, name: str) -> Sequence[Toolchain]:
        """Every one of that name that was found and answers, newest first."""
        ...

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        """The newest whose version meets a PEP 440 specifier."""
        ...


class Runner(Protocol):
    """One test runner: how to call it, and how to read what it reports."""

    name: str  # pytest, unittest, nose, django, tox, mocha, jest, tap, node, npm, maven, gradle, phpunit, go
    ecosystem: str
    shuffles: bool  # whether it can run tests in another order
    selects: bool  # whether it can run some tests by ID
    measures: bool  # whether it can say which lines ran

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,
    ) -> Command:
        """The command. ``only`` are test IDs (empty: all); ``order`` a seed (0: as written); results go to ``{out}``."""
        ...

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        """What ran, by test ID. Exit code 0 without a test is ``trouble``. Never raises on any bytes in ``out``."""
        ...

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        """After a run with coverage: path in the repository -> line -> whether it ran, for lines that hold code."""
        ...


class Ecosystem(Protocol):
    """How one family of languages builds and tests: what to run, what that needs, and what to try when it is missing."""

    name: str  # python, node, java, php, go
    runners: Mapping[str, Runner]

    def suites(self, tree: Snapshot) -> Sequence[Suite]:
        """The test suites found, the likeliest first; empty when this family has none here."""
        ...

    def recipe(self, tree: Snapshot, suite: Suite, toolchains: Toolchains) -> Recipe:
        """How to make what the suite needs. Raises EnvironmentUnmakeableError with the reason when that is known now."""
        ...

    def inputs(self, tree: Snapshot, suite: Suite) -> Sequence[str]:
        """The files whose contents the recipe depends on (locks, manifests): they are part of its key."""
        ...

    def amend(self, recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
        """After a failed step, or a run in which tests could not be loaded: another recipe to try and what was changed
        in it, from what was printed; None when nothing is known to help."""
        ...


@runtime_checkable
class Retargeting(Protocol):
    """An ecosystem that can make an environment of other toolchains than the repository was written for."""

    def recipe_on(self, tree: Snapshot, suite: Suite, toolchains: Toolchains, runs_on: Sequence[Need]) -> Recipe:
        """Like `Ecosystem.recipe`, for these toolchains: pins that would keep it from them are let go."""
        ...


class Workspace(Protocol):
    """Where a run's folders come from; all of them go when it ends."""

    def fresh(self, name: str) -> Path:
        """A new, empty folder."""
        ...

    def copy(self, source: Path, name: str) -> Path:
        """A copy of a folder, links as links."""
        ...

    def drop(self, folder: Path) -> None:
        """Remove a folder early, whatever tests did to its permissions."""
        ...

    def environment(self, key: str) -> AbstractContextManager[Path]:
        """The folder of an environment, which outlives the run, for this process alone while the block lasts."""
        ...

    def clear(self, folder: Path) -> None:
        """Remove what is in a folder."""
        ...


class Codebase(Protocol):
    """A repository's text as the patches so far left it, with what the earlier stages know of it.

    Texts are bytes read as Latin-1, each character a byte, so that nothing is lost in files of any encoding.
    ``inventory``, ``graph`` and ``boundaries`` are of the commit that was read, made when first asked for.
    """

    @property
    def inventory(self) -> Inventory: ...

    @property
    def graph(self) -> DependencyGraph: ...

    @property
    def boundaries(self) -> Boundaries: ...

    def paths(self, *suffixes: str) -> Sequence[str]:
        """Every file that is there now (ending in one of the suffixes), vendored and generated ones left out, sorted."""
        ...

    def text(self, path: str) -> str | None:
        """The file's text; None when there is no such file."""
        ...

    def is_test(self, path: str) -> bool:
        """Whether the file belongs to the tests: their code, configuration or data."""
        ...

    def toolchain(self, name: str, versions: str = "") -> str:
        """The version of the newest toolchain of that name here that meets a PEP 440 specifier; empty when there is none."""
        ...

    def rewrite(self, steps: Sequence[Step], needs: Sequence[Need]) -> Rewritten:
        """Run commands over a copy of the code in the sandbox: what they changed there. ``{env}`` is a folder of their own
        that outlives the call, for the program that rewrites; only steps that say so get the network."""
        ...


class PatchRecipe(Protocol):
    """One kind of change that a deterministic program makes. Running it on its own result proposes nothing."""

    id: str  # kebab-case, the name for --recipe
    title: str
    languages: frozenset[str]  # of the inventory; a repository without any of them is not asked
    default: bool  # whether it is tried when no --recipe was given

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        """Proposals in the order in which they apply; empty when there is nothing to do. Never raises on any source."""
        ...


@runtime_checkable
class Stepwise(Protocol):
    """A recipe that proposes a series, and can make each step anew on code in which a step before it was not taken."""

    @property
    def steps(self) -> Sequence[Any]: ...

    @property
    def guesses(self) -> Sequence[Any]:
        """Steps that may be wrong, after all others."""
        ...

    def one(self, step: Any, code: Codebase) -> Proposal | None:
        """That step on the code as it stands; None when it has nothing to do there."""
        ...


class Editor(Protocol):
    """Whoever writes changes to source: a language model, or in tests a script of answers."""

    name: str  # the model, as patches name it

    def propose_edit(self, task: EditTask) -> str:
        """An answer that holds search/replace blocks (`agent.patches.search_replace`); empty when it gives up. Never raises
        for what an endpoint does."""
        ...


class Advisor(Protocol):
    """Whoever improves a finished plan by advice that code checks."""

    def improve(
        self, plan: Plan, graph: DependencyGraph, fixed: frozenset[str], replan: Callable[[Mapping[str, str]], Plan]
    ) -> Plan:
        """The plan with advice, or as it was with a note. ``fixed`` units were placed by the user and stay; ``replan``
        makes the plan anew with units placed (unit -> service). Never raises for what an endpoint does."""
        ...


class ContainerLinter(Protocol):
    """A program that reads written container files and says what is wrong with them; nothing is built or started."""

    name: str  # hadolint, compose, kubernetes, envoy, nginx, trivy

    def unusable(self) -> str:
        """Why it cannot be used on this machine, and what to install; empty when it can."""
        ...

    def wants(self, paths: Sequence[str]) -> bool:
        """Whether there is anything for it among these paths of the output folder."""
        ...

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        """Everything that it says, sorted; what only the lint's own surroundings cause is left out. Never raises."""
        ...


class ContainerMender(Protocol):
    """A language model that is asked to repair a Dockerfile; code checks what it writes, and builds it."""

    name: str  # the model, as reports and files name it
    prompt: str  # name@version

    def propose(self, task: MendTask) -> str:
        """An answer that holds search/replace blocks; empty when there is none. Never raises for what an endpoint does."""
        ...

    def judge(self, outcome: str) -> None:
        """What became of the last answer, for the ledger: ``accepted``, or why not."""
        ...

    def secrets_in(self, text: str) -> int:
        """How many places of what it wrote look like a secret."""
        ...


class ImageBuilder(Protocol):
    """Builds container images and runs them. What it makes carries our mark and is gone after `close`, or after the next
    run's `open` when this process was killed."""

    name: str  # docker, podman, buildah

    def unusable(self) -> str:
        """Why it cannot be used on this machine, and what to do about it; empty when it can."""
        ...

    def has(self, image: str) -> bool:
        """Whether a base image of that name is here already."""
        ...

    def account(self, image: str) -> str:
        """What stands behind a base image's name: its digest, and its own account of itself."""
        ...

    def build(
        self, context: Path, dockerfile: Path, tag: str, limits: Limits, *, target: str = "", pull: bool = False
    ) -> Outcome:
        """Build ``context`` and call it ``tag`` here. A limit that is reached is an Outcome; nothing of the build goes on."""
        ...

    def local_name(self, tag: str) -> str:
        """How another Dockerfile's FROM names an image that was built here."""
        ...

    def size(self, tag: str) -> int:
        """Bytes of the image, its base included."""
        ...

    def start(
        self, tag: str, command: Sequence[str], env: Mapping[str, str], limits: Limits, *, beside: str = ""
    ) -> str:
        """Start it without a network but its own loopback; the name by which it is asked. Empty command: the image's.

        ``beside`` is one that runs already: its loopback is shared."""
        ...

    def ended(self, running: str) -> int | None:
        """The exit code once it has ended; None while it runs."""
        ...

    def printed(self, running: str) -> str:
        """What it printed so far, the last 60,000 characters."""
        ...

    def execute(self, running: str, argv: Sequence[str], seconds: float, *, root: bool = False) -> Outcome:
        """Run a command inside of it."""
        ...

    def stop(self, running: str, seconds: float = 10.0) -> float:
        """SIGTERM, then SIGKILL after ``seconds``; how long it took to end. It is removed."""
        ...

    def run(
        self, tag: str, command: Command, limits: Limits, *, out: Path | None = None, root: bool = False
    ) -> Outcome:
        """Run one command in a container of its own and wait. What it leaves in ``/figwright/out`` is copied to ``out``."""
        ...

    def close(self) -> None:
        """Remove every container and image that this run made."""
        ...


class Branches(Protocol):
    """The remote's branches, and commits made for them in a repository of our own: nobody's checkout is touched.

    Commits are named by their IDs. Everything raises DeliveryError, whose text can be shown.
    """

    base: str  # the branch that requests are to be merged into

    def base_tip(self) -> str:
        """The commit that the remote's base stands at."""
        ...

    def tips(self) -> Mapping[str, str]:
        """Our own branches on the remote, by name, with their commits."""
        ...

    def messages(self, most: int) -> Sequence[str]:
        """The base's last commit messages, newest first, merges left out."""
        ...

    def contains(self, commit: str, other: str) -> bool:
        """Whether ``other`` is ``commit`` or one of its ancestors."""
        ...

    def tree(self, commit: str) -> str:
        """The ID of everything that the commit holds."""
        ...

    def commits(self, tip: str, without: Sequence[str]) -> Sequence[BranchCommit]:
        """The commits that ``tip`` leads to and ``without`` do not."""
        ...

    def build(self, onto: str, changes: Sequence[tuple[Change, str]], date: str) -> tuple[str, tuple[str, ...]]:
        """One commit for each change, with its message: (the last one's ID, no paths), or ("", paths where it does not apply).

        The same input gives the same IDs.
        """
        ...

    def merge(self, ours: str, theirs: str) -> Merged:
        """The tree of both, without making a commit."""
        ...

    def commit(self, tree: str, parents: Sequence[str], message: str, date: str) -> str:
        """One commit of that tree."""
        ...

    def fork(self, one: str, other: str) -> str:
        """The newest commit that both lead to; empty when there is none."""
        ...

    def changed(self, one: str, other: str) -> Mapping[str, tuple[int, int]]:
        """Paths in which two commits differ: (lines that are new, lines that are gone) of each."""
        ...

    def date(self, commit: str) -> str:
        """When it was committed (ISO)."""
        ...

    def is_ours(self, commit: BranchCommit) -> bool:
        """Whether figwright both wrote and committed it."""
        ...

    def push(self, branch: str, commit: str, expected: str) -> None:
        """Make the remote's branch stand at ``commit`` if it still stands at ``expected`` (empty: is not there), and read that back."""
        ...


class Forge(Protocol):
    """Where requests are opened. Reading is tried again by itself; raises ForgeError, whose text can be shown, and
    ForgeUnsureError when nobody knows whether a write was carried out."""

    name: str
    noun: str  # pull request, merge request
    sign: str  # what stands before a request's number

    def requests(self, branch: str) -> Sequence[Request]:
        """Every request that was ever opened for the branch, newest first."""
        ...

    def open(self, text: RequestText) -> Request:
        """Open one. Only `agent.delivery` calls it, after it has looked for an existing one."""
        ...

    def edit(self, request: Request, title: str, body: str, base: str) -> Request:
        """Write a request's title, body and base."""
        ...

    def reviewed(self, request: Request) -> bool:
        """Whether anybody has reviewed it or written about it."""
        ...

    def shown_paths(self, request: Request) -> frozenset[str] | None:
        """The paths that the forge says the request changes; None when it cannot say."""
        ...

    def dashboard(self) -> Dashboard | None:
        """The issue that lists what waits, open or closed."""
        ...

    def write_dashboard(self, dashboard: Dashboard | None, title: str, body: str) -> Dashboard:
        """Open it, or write its body."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
