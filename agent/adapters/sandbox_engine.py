"""Docker or Podman, whichever answers, by its command line: words in, what it prints out."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from agent.adapters.sandbox_system import settings, system_folders
from agent.errors import SandboxError

__all__ = ["Engine", "find_engine"]

PATIENCE = 60.0
PLACES = ("dev", "env", "etc", "out", "proc", "repo", "run", "sys", "tmp", "var")


@dataclass(frozen=True, slots=True)
class Engine:
    """``rootless``: its containers' root is our own user. ``program`` is an absolute path."""

    name: str
    program: str
    rootless: bool

    def ask(self, *words: str, given: bytes = b"") -> str:
        """What it prints, stripped. Raises SandboxError with what it complained about."""
        try:
            said = subprocess.run(  # noqa: S603
                [self.program, *words], input=given, capture_output=True, check=False, timeout=PATIENCE
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SandboxError(f"{self.name} does not answer: {error}.") from error
        if said.returncode:
            complaint = said.stderr.decode(errors="replace").strip()[-500:]
            raise SandboxError(f"{self.name} {words[0]} failed: {complaint}")
        return said.stdout.decode(errors="replace").strip()

    def image(self) -> str:
        """An image without a file in it: links and places to show this machine's own system in. Made when it is not there."""
        archive = _empty_system()
        name = f"localhost/figwright-empty:{hashlib.sha256(archive).hexdigest()[:16]}"
        try:
            self.ask("image", "inspect", name)
        except SandboxError:
            self.ask("import", "-", name, given=archive)
        return name


def _empty_system() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        folders = {*PLACES, *(path.strip("/") for path, link in system_folders() if not link)}
        links = {path.strip("/"): link for path, link in (*system_folders(), *settings()) if link}
        links |= {"var/tmp": "/tmp", "var/run": "/run"}  # noqa: S108
        for path in links:
            folders.update(str(parent) for parent in Path(path).parents if str(parent) != ".")
        for path in sorted(folders):
            entry = tarfile.TarInfo(path)
            # Older engines give a tmpfs the permissions of what it is mounted on, whatever its options say.
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if path == "tmp" else 0o755
            archive.addfile(entry)
        for path, link in sorted(links.items()):
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, link, 0o777
            archive.addfile(entry)
    return buffer.getvalue()


def find_engine() -> Engine | str:
    """The first that answers and sees this machine's folders; else why none does."""
    if os.environ.get("DOCKER_HOST", "unix:").partition(":")[0] not in ("unix", ""):
        return "DOCKER_HOST leads to another machine, which cannot show folders of this one; unset it."
    reasons = []
    for name in ("docker", "podman"):
        program = shutil.which(name)
        if program is None:
            reasons.append(f"{name} is not installed")
            continue
        try:
            engine = Engine(name, program, rootless=_rootless(Engine(name, program, rootless=False)))
            _try(engine)
        except SandboxError as error:
            reasons.append(str(error).rstrip("."))
        else:
            return engine
    return f"No container engine answers ({'; '.join(reasons)}); start one, or choose --sandbox bubblewrap."


def _rootless(engine: Engine) -> bool:
    if engine.name == "podman":
        return os.geteuid() != 0
    options = engine.ask("info", "--format", "{{.SecurityOptions}}")
    if "name=userns" in options:
        raise SandboxError("docker renumbers users (userns-remap), so a container cannot write to a folder of ours")
    return "name=rootless" in options


def _try(engine: Engine) -> None:
    """A daemon in another container or machine would show its own folders under our names."""
    with tempfile.TemporaryDirectory(prefix="figwright-") as folder:
        Path(folder, "token").write_text("seen", encoding="ascii")
        shown = [
            f"--mount=type=bind,source={path},target={path},readonly" for path, link in system_folders() if not link
        ]
        words = [
            "--rm",
            "--network=none",
            "--pull=never",
            *shown,
            f"--mount=type=bind,source={folder},target=/repo,readonly",
        ]
        if engine.ask("run", *words, engine.image(), "/bin/cat", "/repo/token") != "seen":
            raise SandboxError(f"{engine.name} runs where it does not see this machine's folders.")
