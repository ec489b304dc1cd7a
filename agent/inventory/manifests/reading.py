"""Reads every manifest of a repository: files one by one in, declarations out, in path order.

Maven and Gradle need their files together (parents, properties), so they are kept until all were seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.inventory.external_systems import is_known_image
from agent.inventory.manifests import java_manifests, lists_of_packages, operations, other_manifests, python_manifests
from agent.inventory.manifests.declared import Declared
from agent.inventory.manifests.maven import Pom, declare_poms, read_pom

__all__ = ["Manifests", "is_manifest"]

_LARGEST = 1_000_000
_TextReader = Callable[[str, Declared], None]
_BytesReader = Callable[[bytes, Declared], None]

_BY_TEXT: tuple[tuple[str, _TextReader], ...] = (
    (
        r"(?:.*/)?(?:(?:[^/]*-)?requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in))",
        python_manifests.read_requirements,
    ),
    (r"(?:.*/)?pyproject\.toml", python_manifests.read_pyproject),
    (r"(?:.*/)?Pipfile", python_manifests.read_pipfile),
    (r"(?:.*/)?setup\.cfg", python_manifests.read_setup_cfg),
    (r"(?:.*/)?setup\.py", python_manifests.read_setup_py),
    (
        r"(?:.*/)?(?:runtime\.txt|\.python-version|\.nvmrc|\.node-version|\.ruby-version|\.java-version)",
        python_manifests.read_version_file,
    ),
    (r"(?:.*/)?\.tool-versions", python_manifests.read_tool_versions),
    (r"(?:.*/)?gradle-wrapper\.properties", java_manifests.read_gradle_wrapper),
    (r"(?:.*/)?[^/]*\.versions\.toml", java_manifests.read_version_catalog),
    (r"(?:.*/)?(?:package|bower)\.json", other_manifests.read_package_json),
    (r"(?:.*/)?composer\.json", other_manifests.read_composer),
    (r"(?:.*/)?Gemfile", other_manifests.read_gemfile),
    (r"(?:.*/)?(?:Gemfile|gems)\.lock(?:ed)?", lists_of_packages.read_gemfile_lock),
    (r"(?:.*/)?[^/]+\.gemspec", lists_of_packages.read_gemspec),
    (r"(?:.*/)?cpanfile", lists_of_packages.read_cpanfile),
    (r"(?:.*/)?(?:Makefile|Build)\.PL", lists_of_packages.read_perl_build),
    (r"(?:.*/)?(?:CMakeLists\.txt|[^/]+\.cmake)", lists_of_packages.read_cmake),
    (r"(?:.*/)?go\.mod", other_manifests.read_go_mod),
    (r"(?:.*/)?(?:(?:Dockerfile|Containerfile)[^/]*|[^/]+\.[Dd]ockerfile)", operations.read_dockerfile),
    (r"(?:.*/)?(?:docker-)?compose[^/]*\.ya?ml", operations.read_compose),
    (r"(?:.*/)?Procfile", operations.read_procfile),
    (
        r"(?:.*/)?(?:(?:[\w-]+[._-])?crontab(?:[._-](?!(?:py|rb|pl|php|js|java|sh|md|rst|html?|ya?ml|json|xml)\Z)[\w.-]*)?"
        r"|[^/]*\.cron(?:tab)?|cron\.(?:txt|conf)|cron\.d/[^/]+|crontabs?/[^/]+)",
        operations.read_crontab,
    ),
    (r"(?:.*/)?[^/]+\.(?:service|timer)", operations.read_systemd_unit),
)
_BY_BYTES: tuple[tuple[str, _BytesReader], ...] = (
    (r"(?:.*/)?build\.xml", java_manifests.read_ant),
    (r"(?:.*/)?web\.xml", java_manifests.read_web_xml),
    (r"(?:.*/)?[^/]+\.(?:csproj|vbproj|fsproj)", other_manifests.read_dotnet_project),
    (r"(?:.*/)?packages\.config", other_manifests.read_packages_config),
)
_TEXT_READERS = tuple((re.compile(pattern), reader) for pattern, reader in _BY_TEXT)
_BYTES_READERS = tuple((re.compile(pattern), reader) for pattern, reader in _BY_BYTES)
_GATHERED = re.compile(r"(?:.*/)?(?:pom\.xml|[^/]+\.gradle(?:\.kts)?|gradle\.properties)")

# What shows a build tool by being there; files that a reader above reads are not repeated.
_TOOLS = (
    (r"(?:.*/)?(?:GNUm|m|M)akefile", "Make"),
    (r"(?:.*/)?CMakeLists\.txt", "CMake"),
    (r"(?:.*/)?[Gg]ulpfile\.(?:babel\.)?[cm]?[jt]s", "Gulp"),
    (r"(?:.*/)?[Gg]runtfile\.(?:js|coffee)", "Grunt"),
    (r"(?:.*/)?webpack\.config[^/]*\.[cm]?[jt]s", "webpack"),
    (r"(?:.*/)?vite\.config\.[cm]?[jt]s", "Vite"),
    (r"(?:.*/)?rollup\.config\.[cm]?[jt]s", "Rollup"),
    (r"(?:.*/)?angular\.json", "Angular CLI"),
    (r"(?:.*/)?yarn\.lock", "Yarn"),
    (r"(?:.*/)?pnpm-lock\.yaml", "pnpm"),
    (r"(?:.*/)?uv\.lock", "uv"),
    (r"(?:.*/)?poetry\.lock", "Poetry"),
    (r"(?:.*/)?build\.sbt", "sbt"),
    (r"(?:.*/)?project\.clj", "Leiningen"),
    (r"(?:.*/)?ivy\.xml", "Ivy"),
    (r"(?:.*/)?[^/]+\.sln", "Visual Studio solution"),
    (r"(?:.*/)?tox\.ini", "tox"),
    (r"(?:.*/)?noxfile\.py", "nox"),
    (r"(?:.*/)?fabfile\.py", "Fabric"),
    (r"(?:.*/)?SConstruct", "SCons"),
    (r"(?:.*/)?buildout\.cfg", "Buildout"),
    (r"(?:.*/)?Rakefile", "Rake"),
    (r"(?:.*/)?Jenkinsfile", "Jenkins pipeline"),
    (r"\.github/workflows/[^/]+\.ya?ml", "GitHub Actions"),
    (r"\.gitlab-ci\.yml", "GitLab CI"),
    (r"\.travis\.yml", "Travis CI"),
    (r"\.circleci/config\.yml", "CircleCI"),
    (r"azure-pipelines\.yml", "Azure Pipelines"),
)
_TOOL_FILES = tuple((re.compile(pattern), tool) for pattern, tool in _TOOLS)


def is_manifest(path: str) -> bool:
    """Whether a reader knows the file; such files are read even where a tool wrote them."""
    known = (*_TEXT_READERS, *_BYTES_READERS)
    return bool(_GATHERED.fullmatch(path)) or any(pattern.fullmatch(path) for pattern, _ in known)


class Manifests:
    """Gathers the manifests of one repository; ``unread`` counts the ones that do not follow their own format."""

    def __init__(self) -> None:
        self._declared: list[Declared] = []
        self._poms: dict[str, Pom] = {}
        self._gradle: dict[str, str] = {}
        self._properties: dict[str, str] = {}
        self._tools: dict[str, str] = {}
        self.unread: list[str] = []

    def note_tool(self, path: str) -> None:
        """Takes a path into account whose presence alone shows a build tool."""
        for pattern, tool in _TOOL_FILES:
            if pattern.fullmatch(path) and (tool not in self._tools or path.count("/") < self._tools[tool].count("/")):
                self._tools[tool] = path

    def read(self, path: str, data: bytes) -> None:
        """Reads a file that ``is_manifest``; one that cannot be understood is noted in ``unread``."""
        if len(data) > _LARGEST:
            self.unread.append(path)
            return
        if _GATHERED.fullmatch(path):
            self._gather(path, data)
            return
        declared = Declared(path)
        try:
            for pattern, reader in _TEXT_READERS:
                if pattern.fullmatch(path):
                    reader(data.decode("utf-8-sig", "replace").replace("\r\n", "\n"), declared)
            for pattern, bytes_reader in _BYTES_READERS:
                if pattern.fullmatch(path):
                    bytes_reader(data, declared)
        except (ValueError, RecursionError):  # TOML and JSON errors are ValueErrors
            self.unread.append(path)
        self._declared.append(declared)

    def _gather(self, path: str, data: bytes) -> None:
        if path.endswith("pom.xml"):
            pom = read_pom(path, data)
            if pom is None:
                self.unread.append(path)
            else:
                self._poms[path] = pom
            return
        text = data.decode("utf-8", "replace")
        if path.endswith(".properties"):
            self._properties.update(java_manifests.gradle_properties(text))
        else:
            self._gradle[path] = text

    def declared(self) -> list[Declared]:
        """Everything that was declared, in path order."""
        found = [*self._declared, *declare_poms(self._poms)]
        found += [java_manifests.declare_gradle(path, text, self._properties) for path, text in self._gradle.items()]
        for tool, path in self._tools.items():
            shown = Declared(path)
            shown.build_systems.append((tool, 0))
            found.append(shown)
        return _with_built_services(sorted(found, key=lambda declared: declared.path))


def _with_built_services(found: list[Declared]) -> list[Declared]:
    """Services that a compose file builds are entry points, of the kind that their Dockerfile shows.

    One that is built on a database's image is no part of the system, but beside it.
    """
    by_path = {declared.path: declared for declared in found}
    for declared in found:
        for entry, dockerfile in declared.built:
            container = by_path.get(dockerfile)
            if container is not None and not container.entry_points and container.bases:
                declared.images.append((container.bases[-1][0], entry.evidence.line))
                if is_known_image(container.bases[-1][0]):
                    continue
            if container is not None and container.entry_points and entry.kind == "main":
                entry = entry.model_copy(update={"kind": container.entry_points[-1].kind})
            declared.entry_points.append(entry)
    return found
