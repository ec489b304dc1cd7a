"""Builds adapters, languages and frameworks from settings: the one place that does, for the CLI and the evaluation alike."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from agent.adapters.memo_store import MemoStore
from agent.errors import ContainerError, InputError, RepositoryError, SandboxError
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.adapters.chroma_index import ChromaIndex
    from agent.adapters.machine_toolchains import MachineToolchains
    from agent.advisor.opening import Opened
    from agent.delivery import Extraction, Results
    from agent.doctor import Machine
    from agent.domain.boundary import Boundaries
    from agent.domain.code import DependencyGraph
    from agent.domain.inventory import Inventory
    from agent.patches.codebase import OverlaidCode
    from agent.ports import Branches, Ecosystem, Forge, Framework, ImageBuilder, Language, Sandbox, Snapshot
    from agent.validation import Workplace

__all__ = [
    "BUILDERS",
    "FORGES",
    "SANDBOXES",
    "OpenedDelivery",
    "Workbench",
    "codebase",
    "ecosystems",
    "frameworks",
    "languages",
    "machine",
    "open_builder",
    "open_delivery",
    "open_model",
    "open_sandbox",
    "open_snapshot",
    "place_for",
    "toolchains",
    "workbench",
    "workplace",
]

LANGUAGES = (
    "python", "java", "javascript", "php", "csharp", "cobol", "jcl", "bms", "csd", "c", "go", "ruby", "perl", "vbnet", "sql", "xml", "html", "jsp",
)  # fmt: skip
FRAMEWORKS = (
    "django", "flask", "fastapi", "sqlalchemy", "celery", "python_sql", "wsgi", "templates",
    "java_constants", "spring", "servlet", "jaxrs", "ejb", "stripes", "jpa", "mybatis", "jdbc",
    "express",
    "php_sql", "php_web", "laravel", "symfony",  # php_sql first: symfony takes DQL out of what it found
    "aspnet", "entity_framework", "dotnet_sql",
    "cobol_data", "cics",
)  # fmt: skip

ECOSYSTEMS = ("python", "node", "java", "php", "go")
BUILDERS = ("auto", "docker", "podman", "buildah")
FORGES = ("auto", "github", "gitlab", "gitea", "none")
SANDBOXES = ("bubblewrap", "container", "none")


@dataclass(frozen=True)
class Workbench:
    """What a run works with. ``folder`` is this repository's cache directory; ``embeddings`` and ``minilm`` are the settings'."""

    snapshot: Snapshot
    languages: Mapping[str, Language]
    frameworks: tuple[Framework, ...]
    memo: MemoStore
    folder: Path
    embeddings: str = "static"
    minilm: Path | None = None

    def index(self) -> ChromaIndex:
        """The vector index; chromadb is only imported when it is asked for. Each kind of vectors has a folder of its own."""
        from agent.adapters.chroma_index import ChromaIndex

        if self.embeddings == "minilm":
            from agent.adapters.transformer_embedder import TransformerEmbedder

            return ChromaIndex(self.folder / "index-minilm", TransformerEmbedder(self.minilm))
        if self.embeddings == "hashed":
            from agent.adapters.code_embedder import HashedEmbedder

            return ChromaIndex(self.folder / "index-hashed", HashedEmbedder())
        return ChromaIndex(self.folder / "index")


@cache
def languages() -> Mapping[str, Language]:
    """Every language with a parser, by name."""
    found: dict[str, Language] = {}
    for name in LANGUAGES:
        module = importlib.import_module(f"agent.languages.{name}")
        for language in getattr(module, "LANGUAGES", None) or (module.LANGUAGE,):
            found[language.name] = language
    return found


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework, in a fixed order."""
    return tuple(importlib.import_module(f"agent.frameworks.{name}").FRAMEWORK for name in FRAMEWORKS)


def open_snapshot(source: str, settings: Settings, commit: str | None = None, name: str | None = None) -> Snapshot:
    """The repository at a path or URL."""
    from agent.adapters.git_repository import open_repository

    return open_repository(source, commit=commit, name=name, cache_dir=settings.cache_dir)


@contextmanager
def workbench(
    source: str, settings: Settings, commit: str | None = None, name: str | None = None
) -> Iterator[Workbench]:
    """Open a repository and its cache; both are released at the end."""
    snapshot = open_snapshot(source, settings, commit, name)
    folder = settings.cache_dir / "repositories" / cache_key(source, snapshot)
    memo = MemoStore(folder / "memo.sqlite")
    try:
        yield Workbench(snapshot, languages(), frameworks(), memo, folder, settings.embeddings, settings.minilm)
    finally:
        memo.close()


@cache
def ecosystems() -> Mapping[str, Ecosystem]:
    """Every family of languages whose tests can be run, by name."""
    modules = [importlib.import_module(f"agent.validation.ecosystems.{name}") for name in ECOSYSTEMS]
    return {module.ECOSYSTEM.name: module.ECOSYSTEM for module in modules}


def open_sandbox(name: str) -> Sandbox:
    """The sandbox of that name. Raises SandboxError when it cannot be used here; nothing weaker stands in for it."""
    from agent.adapters.bare_sandbox import BareSandbox
    from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
    from agent.adapters.container_sandbox import ContainerSandbox

    made: dict[str, Callable[[], Sandbox]] = {
        "bubblewrap": BubblewrapSandbox,
        "container": ContainerSandbox,
        "none": BareSandbox,
    }
    sandbox = made[name]()
    why = sandbox.unusable()
    if why:
        raise SandboxError(why)
    return sandbox


@contextmanager
def workplace(
    source: str,
    settings: Settings,
    *,
    sandbox: str = "bubblewrap",
    commit: str | None = None,
    name: str | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Workplace]:
    """What validation works with, for one repository; its folders are removed at the end."""
    box = open_sandbox(sandbox)
    with place_for(open_snapshot(source, settings, commit, name), settings.cache_dir, box, say) as place:
        yield place


@contextmanager
def place_for(
    snapshot: Snapshot, cache_dir: Path, sandbox: Sandbox, say: Callable[[str], None] = lambda _: None
) -> Iterator[Workplace]:
    """What validation works with, for a repository that is open already."""
    from agent.adapters.work_folders import WorkFolders
    from agent.validation import Workplace

    with WorkFolders(cache_dir / "validation") as folders:
        pristine = folders.fresh("pristine")
        snapshot.copy_to(pristine)
        yield Workplace(snapshot, pristine, sandbox, toolchains(), ecosystems(), folders, say=say)


def codebase(
    place: Workplace,
    inventory: Callable[[], Inventory],
    graph: Callable[[], DependencyGraph],
    boundaries: Callable[[], Boundaries],
) -> OverlaidCode:
    """The repository of a workplace as recipes see it; the three callables are asked when a recipe first is."""
    from agent.patches.codebase import Known, OverlaidCode
    from agent.patches.rewriting import Rewriter
    from agent.validation import find_suites
    from agent.validation.tampering import guarded

    @cache
    def suite_files() -> frozenset[str]:
        suites = (suite for found in find_suites(place).values() for suite in found)
        return frozenset(path for suite in suites for path in suite.files)

    def judges(path: str) -> bool:
        return bool(guarded(path, suite_files()))

    def toolchain(name: str, versions: str) -> str:
        best = place.toolchains.best(name, versions)
        return best.version if best else ""

    rewriter = Rewriter(place.sandbox, place.toolchains, place.folders, place.limits)
    return OverlaidCode(place.pristine, Known(inventory, graph, boundaries, judges, toolchain, rewriter))


@cache
def toolchains() -> MachineToolchains:
    """The interpreters and compilers of this machine, looked for once a process."""
    from agent.adapters.machine_toolchains import MachineToolchains

    return MachineToolchains()


def open_model(settings: Settings, *, dry: bool = False, show_outgoing: Path | None = None) -> Opened:
    """A session with the language model that the settings name. Raises SettingsError when it cannot be asked as told."""
    from agent.advisor.opening import open_session

    return open_session(settings.advisor, settings.cache_dir / "advisor", dry=dry, show_outgoing=show_outgoing)


def open_builder(name: str) -> ImageBuilder:
    """The container builder of that name, or for ``auto`` the first that can be used. Raises ContainerError with the reasons."""
    from agent.adapters.buildah_images import BuildahImages
    from agent.adapters.docker_images import DockerImages

    made: dict[str, Callable[[], ImageBuilder]] = {
        "docker": DockerImages,
        "podman": lambda: DockerImages("podman"),
        "buildah": BuildahImages,
    }
    reasons = []
    for each in made if name == "auto" else (name,):
        builder = made[each]()
        why = builder.unusable()
        if not why:
            return builder
        reasons.append(why)
    raise ContainerError(
        f"no container builder can be used here ({'; '.join(reasons)}): install and start one of them."
    )


def machine(settings: Settings) -> Machine:
    """This machine as ``figwright doctor`` asks it."""
    import importlib.util
    import platform

    from agent.adapters.bubblewrap_sandbox import BubblewrapSandbox
    from agent.adapters.buildah_images import BuildahImages
    from agent.adapters.code_embedder import find_vectors
    from agent.adapters.container_linters import container_linters
    from agent.adapters.container_sandbox import ContainerSandbox
    from agent.adapters.docker_images import DockerImages
    from agent.adapters.git_command import find_git
    from agent.doctor import Machine

    def why(make: Callable[[], ImageBuilder]) -> Callable[[], str]:
        def ask() -> str:
            builder = make()
            try:
                return builder.unusable()
            finally:
                builder.close()

        return ask

    def endpoint() -> tuple[str, str]:
        from agent.advisor.reaching import reach_endpoint

        return reach_endpoint(settings.advisor)

    return Machine(
        system=platform.system(),
        python=platform.python_version(),
        toolchains=toolchains(),
        git=find_git,
        sandboxes={"bubblewrap": BubblewrapSandbox().unusable, "container": ContainerSandbox().unusable},
        builders={
            "docker": why(DockerImages),
            "podman": why(lambda: DockerImages("podman")),
            "buildah": why(BuildahImages),
        },
        linters=container_linters(),
        vectors=find_vectors,
        cache=settings.cache_dir,
        endpoint=endpoint if settings.advisor.model or settings.advisor.base_url else None,
        extras={"mcp": importlib.util.find_spec("mcp") is not None},
    )


@dataclass(frozen=True)
class OpenedDelivery:
    """What `agent.delivery` works with, and what the user should be told about it."""

    branches: Branches
    forge: Forge
    results: Results | None = None  # without a plan, an extraction stands alone
    extraction: Extraction | None = None
    notes: tuple[str, ...] = ()
    folder: str = ""  # of the git repository, that the source is


@contextmanager
def open_delivery(
    source: str, folders: Sequence[Path], forge: str, settings: Settings, *, remote: str | None, base: str, api_url: str | None, author: str,
    extraction: Path | None = None,
) -> Iterator[OpenedDelivery]:  # fmt: skip
    """Results, the remote's branches and the forge; ``extraction`` is a folder that extract wrote, beside which the plan may be
    missing. Raises InputError and DeliveryError; what was made for it is removed at the end."""
    from agent.adapters.delivery_folder import are_results, read_results
    from agent.adapters.forge_choice import choose_forge
    from agent.adapters.git_branches import GitBranches
    from agent.adapters.git_remote import find_remote

    results = read_results(folders, source) if extraction is None or are_results(folders) else None
    taken_out = _read_extraction(extraction, source, settings) if extraction else None
    found = find_remote(source, remote, settings.cache_dir, may_be_own=forge in ("auto", "none"))
    chosen = choose_forge(forge, found, api_url, folders[0] / "requests")
    branches = GitBranches(
        found.url,
        objects=found.objects,
        base=base,
        author=author,
        login=chosen.login,
        folder=found.folder,
        own=found.own,
    )
    with ExitStack() as stack:
        stack.callback(branches.close)
        if results is not None:
            results = replace(results, committed_on=branches.date(results.report.commit))
        if taken_out is not None and taken_out.evidence.commit:
            taken_out = replace(taken_out, committed_on=branches.date(taken_out.evidence.commit))
        opened = chosen.open()
        stack.callback(opened.close)
        yield OpenedDelivery(branches, opened, results, taken_out, chosen.notes, found.folder)


def _read_extraction(folder: Path, source: str, settings: Settings) -> Extraction:
    """Raises InputError, as for a commit that the repository does not have."""
    from agent.adapters.extraction_folder import read_extraction
    from agent.delivery import Extraction

    evidence, files = read_extraction(folder, source)
    digest = hashlib.sha256(evidence.model_dump_json().encode("utf-8", "surrogateescape")).hexdigest()
    if not evidence.commit:  # what refuses it says why
        return Extraction(evidence, files, str(folder), digest)
    try:
        snapshot = open_snapshot(source, settings, evidence.commit)
    except RepositoryError:
        raise InputError(
            f"the evidence in {folder} is of commit {evidence.commit[:12]}, which {source} does not have: run figwright extract again."
        ) from None
    return Extraction(evidence, files, str(folder), digest, frozenset(path for path, _ in snapshot.paths()))


def cache_key(source: str, snapshot: Snapshot) -> str:
    """A repository's folder in the cache: its name for people, and a hash of where it came from."""
    where = snapshot.remote or (str(Path(source).resolve()) if Path(source).exists() else source)
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", snapshot.name)[:40].strip("-") or "repository"
    return f"{readable}-{hashlib.sha256(where.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
