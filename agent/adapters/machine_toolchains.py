"""Finds the interpreters and compilers of this machine: well-known folders in, Toolchains that answered out.

Each one found is asked for its version, with a time limit and a bare environment; what does not answer is not there. It
is asked once a process. ``home`` is the folder that a box must show for it; system folders are shown anyway.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from agent.domain.execution import Toolchain

__all__ = ["MachineToolchains"]

_PATIENCE = 15.0  # seconds; a JVM on a busy machine needs several
_SYSTEM = (Path("/usr/local/bin"), Path("/usr/bin"), Path("/bin"))
_NO_SCRIPT = re.compile(r"python(?:[23](?:\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one toolchain is asked for its version. ``stream`` is both outputs together: Java writes to the second one."""

    question: tuple[str, ...]
    answer: str


_KINDS: Mapping[str, _Kind] = {
    "python": _Kind(
        ("-E", "-s", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"), r"^(\d+\.\d+\.\d+)\s*$"
    ),
    "java": _Kind(("-version",), r"version \"([\d._]+)"),
    "node": _Kind(("--version",), r"^v(\d+\.\d+\.\d+)"),
    "php": _Kind(("-n", "-v"), r"^PHP (\d+\.\d+\.\d+)"),
    "go": _Kind(("version",), r"go version go(\d+\.\d+(?:\.\d+)?)"),
    "maven": _Kind(("--version",), r"Apache Maven (\d+\.\d+\.\d+)"),
    "gradle": _Kind(("--version",), r"^Gradle (\d+\.\d+(?:\.\d+)?)"),
    "composer": _Kind(("--version", "--no-ansi", "--no-plugins"), r"Composer (?:version )?(\d+\.\d+\.\d+)"),
}


class MachineToolchains:
    """What is installed here. ``environ`` is this process's; only where things are is read from it, never passed on."""

    def __init__(self, environ: Mapping[str, str] | None = None, home: Path | None = None) -> None:
        self._environ = dict(os.environ if environ is None else environ)
        self._home = home or Path.home()
        self._found: dict[str, tuple[Toolchain, ...]] = {}

    def all(self, name: str) -> Sequence[Toolchain]:
        if name not in self._found:
            self._found[name] = self._look_for(name) if name in _KINDS else ()
        return self._found[name]

    def best(self, name: str, versions: str = "") -> Toolchain | None:
        try:
            wanted = SpecifierSet(versions)
        except InvalidSpecifier:
            return None
        for toolchain in self.all(name):
            if wanted.contains(_version(toolchain.version), prereleases=True):
                return toolchain
        return None

    def _look_for(self, name: str) -> tuple[Toolchain, ...]:
        places: dict[str, Callable[[], Iterable[tuple[Path, Path]]]] = {
            "python": self._pythons,
            "java": self._javas,
            "node": self._nodes,
        }
        candidates = places[name]() if name in places else self._on_path({"maven": "mvn"}.get(name, name))
        found: dict[Path, Toolchain] = {}
        for executable, home in candidates:
            real = _real(executable)
            if real is None or real in found:
                continue
            version = self._ask(name, executable)
            if version:
                found[real] = Toolchain(name, version, executable, home, _also(executable, real, home))
        return tuple(sorted(found.values(), key=_newest_first))

    def _pythons(self) -> Iterator[tuple[Path, Path]]:
        roots = [self._environ.get("PYENV_ROOT", ""), str(self._home / ".pyenv")]
        for root in dict.fromkeys(root for root in roots if root):
            for version in _folders(Path(root) / "versions"):
                yield version / "bin" / "python", version
        for folder in (*_SYSTEM, *self._path()):
            if "shims" in folder.parts:  # pyenv's shims only ask which version is chosen
                continue
            for executable in _entries(folder):
                if _NO_SCRIPT.fullmatch(executable.name):
                    yield executable, _home_of(executable)

    def _javas(self) -> Iterator[tuple[Path, Path]]:
        homes = [Path(self._environ["JAVA_HOME"])] if self._environ.get("JAVA_HOME") else []
        for folder in (Path("/usr/lib/jvm"), self._home / ".sdkman/candidates/java", self._home / ".jdks"):
            homes.extend(_folders(folder))
        for home in homes:
            # A runtime without the compiler cannot build tests.
            if (home / "bin" / "javac").exists():
                yield home / "bin" / "java", _real(home) or home
        for executable, _ in self._on_path("javac"):
            real = _real(executable)
            if real is not None:
                yield real.parent / "java", real.parent.parent

    def _nodes(self) -> Iterator[tuple[Path, Path]]:
        for root in (self._environ.get("NVM_DIR", ""), str(self._home / ".nvm")):
            if root:
                for version in _folders(Path(root) / "versions" / "node"):
                    yield version / "bin" / "node", version
        yield from self._on_path("node")

    def _on_path(self, program: str) -> Iterator[tuple[Path, Path]]:
        for folder in (*self._path(), *_SYSTEM):
            found = shutil.which(program, path=str(folder))
            if found:
                executable = Path(found)
                yield executable, _home_of(_real(executable) or executable)

    def _path(self) -> list[Path]:
        folders = self._environ.get("PATH", "").split(os.pathsep)
        return [Path(folder) for folder in folders if folder.startswith("/")]

    def _ask(self, name: str, executable: Path) -> str:
        kind = _KINDS[name]
        environ = {"PATH": self._environ.get("PATH", os.defpath), "HOME": "/nonexistent", "LC_ALL": "C"}
        for variable in ("JAVA_HOME",):
            if variable in self._environ:
                environ[variable] = self._environ[variable]
        if name == "composer":
            environ["COMPOSER_ALLOW_SUPERUSER"] = "1"
        try:
            asked = subprocess.run(  # noqa: S603 - the machine's own programs, by absolute path, without a shell
                (str(executable), *kind.question),
                env=environ,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        match = re.search(kind.answer, asked.stdout[:20_000].decode("utf-8", "replace"), re.M)
        return match.group(1).replace("_", ".").rstrip(".") if asked.returncode == 0 and match else ""


def _home_of(executable: Path) -> Path:
    """The folder that holds a program's own files: what ``bin`` stands in."""
    return executable.parent.parent if executable.parent.name in ("bin", "sbin") else executable.parent


def _also(executable: Path, real: Path, home: Path) -> tuple[Path, ...]:
    """Folders outside of ``home`` that the program is really in, such as Debian's /usr/share/maven."""
    system = tuple(Path(folder) for folder in ("/usr", "/bin", "/lib", "/etc"))
    places = {_home_of(real), _home_of(executable)}
    return tuple(sorted(place for place in places if not any(place.is_relative_to(one) for one in (home, *system))))


def _newest_first(toolchain: Toolchain) -> tuple[tuple[int, ...], bool, str]:
    """Of two with the same version, one with a home of its own comes before the system's, which may lack parts."""
    release = (*_version(toolchain.version).release, 0, 0, 0)[:4]
    return tuple(-part for part in release), toolchain.home == Path("/usr"), str(toolchain.executable)


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        return Version("0")


def _folders(folder: Path) -> list[Path]:
    return [entry for entry in _entries(folder) if entry.is_dir()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _real(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
