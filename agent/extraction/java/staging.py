"""The servlet container and the Java sources of the box, made into jars once for each of their versions and shown read-only from then on."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from agent.domain.execution import ENV, Command, Folders, Outcome, Toolchain
from agent.errors import ExtractionError
from agent.extraction.ground import Ground
from agent.extraction.staging import in_box

__all__ = ["java_home", "run_drive", "stage_java", "web_descriptors"]

_POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>figwright</groupId>
  <artifactId>container</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.tomcat.embed</groupId><artifactId>tomcat-embed-jasper</artifactId><version>9.0.85</version></dependency>
    <dependency><groupId>javax.servlet</groupId><artifactId>jstl</artifactId><version>1.2</version></dependency>
    <dependency><groupId>org.ow2.asm</groupId><artifactId>asm</artifactId><version>9.6</version></dependency>
  </dependencies>
</project>
"""
# Words: the folder of the sources, that of the environment, the JDK's bin, Maven ...
_MAKE = """
set -e
sources=$1; target=$2; bin=$3; shift 3
mkdir -p "$target/lib"
cp "$sources/pom.xml" "$target/pom.xml"
cd "$target"
"$@" -B -q -Dmaven.repo.local="$target/m2" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DoutputDirectory="$target/lib"
sh "$sources/build.sh" "$sources" "$target" "$bin"
rm -rf "$target/m2"
"""
_SECONDS = 600.0
_JARS = ("agent.jar", "boot.jar", "tools.jar")


def java_home(ground: Ground) -> Path:
    """The JDK's folder. Raises ExtractionError when the tests' environment has none."""
    found = next((one for one in ground.toolchains if one.name == "java"), None)
    if found is None:
        raise ExtractionError("the tests' environment has no JDK, so its servlets cannot be served.")
    return found.executable.resolve().parent.parent


def _maven(ground: Ground) -> Toolchain:
    found = next((one for one in ground.toolchains if one.name == "maven"), None)
    if found is None:
        raise ExtractionError(
            "servlets are recorded in Maven builds so far: this environment has no Maven, which fetches the container."
        )
    return found


def stage_java(ground: Ground) -> Path:
    """A fresh folder with agent.jar, boot.jar, tools.jar and lib/. Raises ExtractionError when it cannot be made."""
    home, maven = java_home(ground), _maven(ground)
    sources = _sources(ground)
    try:
        content = b"".join(path.name.encode() + path.read_bytes() for path in sorted(sources.iterdir()))
        key = "servlets-" + hashlib.sha256(content + str(home).encode()).hexdigest()[:24]
        with ground.folders.environment(key) as folder:
            env = folder / "env"
            if not all((env / name).is_file() for name in _JARS):
                _make(ground, sources, folder, home, maven)
            box = ground.folders.copy(env, "box")
    finally:
        ground.folders.drop(sources)
    for path in (box, *box.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return box


def _sources(ground: Ground) -> Path:
    folder = ground.folders.fresh("sources")
    for entry in sorted(files("agent.extraction.box_java").iterdir(), key=lambda one: one.name):
        if entry.name.endswith((".java", ".sh")):
            (folder / entry.name).write_bytes(entry.read_bytes())
    (folder / "pom.xml").write_text(_POM, "utf-8")
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _make(ground: Ground, sources: Path, folder: Path, home: Path, maven: Toolchain) -> None:
    """Fetched by Maven, compiled by the JDK, in a box that has the network and nothing of the repository."""
    ground.say("fetching the servlet container (Tomcat)")
    ground.folders.clear(folder)
    (folder / "env").mkdir(parents=True, exist_ok=True)
    empty, out = ground.folders.fresh("empty"), ground.folders.fresh("out")
    argv = ("sh", "-c", _MAKE, "figwright", str(sources), ENV, str(home / "bin"), str(maven.executable))
    command = Command(argv, {**_plain(ground), "JAVA_HOME": str(home)})
    shown = (*ground.toolchains, Toolchain("figwright", "0", sources, sources))
    folders = Folders(repo=empty, env=folder / "env", out=out, env_writable=True)
    limits = replace(ground.limits, wall_seconds=_SECONDS)
    try:
        outcome = ground.sandbox.run(command, folders, shown, limits, network=True)
    finally:
        for path in (empty, out):
            ground.folders.drop(path)
    if outcome.exit_code or not all((folder / "env" / name).is_file() for name in _JARS):
        said = (outcome.stdout + outcome.stderr).decode("utf-8", "replace").strip()[-600:]
        shutil.rmtree(folder / "env", ignore_errors=True)
        raise ExtractionError(
            f"the servlet container cannot be fetched or its driver not compiled ({outcome.stopped_by or said}): try again with the network."
        )


def _plain(ground: Ground) -> dict[str, str]:
    """The recipe's variables without what it tells every JVM."""
    return {name: value for name, value in ground.variables.items() if name != "JAVA_TOOL_OPTIONS"}


def web_descriptors(root: Path) -> tuple[str, ...]:
    """Every web.xml of a program below ``root``, the shortest path first."""
    found = [
        path.relative_to(root).as_posix()
        for path in root.rglob("WEB-INF/web.xml")
        if path.is_file() and not path.is_symlink() and "target" not in path.parts and "test" not in path.parts
    ]
    return tuple(sorted(found, key=lambda path: (path.count("/"), path)))


def run_drive(
    ground: Ground, box: Path, plan: str, repo: Path, out: Path, show: tuple[Path, ...], seconds: float, agent: str
) -> Outcome:
    """Run the driver with a plan file of ``out``; ``agent``: what is woven into the classes."""
    java = str(java_home(ground) / "bin" / "java")
    # Most of a replay is starting: the second compiler would not pay
    argv = (
        java, "-XX:TieredStopAtLevel=1", "-Xmx1g", f"-javaagent:{box}/agent.jar={box},{agent}",
        "-cp", f"{box}/tools.jar:{box}/lib/*", "figwright.tools.Drive", plan,
    )  # fmt: skip
    return in_box(ground, Command(argv, dict(ground.variables), ground.folder), repo, out, (box, *show), seconds)
