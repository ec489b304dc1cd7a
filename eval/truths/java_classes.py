"""Which class needs which: jdeps on compiled classes, and a reader's that looks for names of imports and neighbours."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from eval.truths.missing import MissingTruthError

__all__ = ["dull_java", "jdeps_pairs", "unpack_sources"]

Pairs = set[tuple[str, str]]
SOURCE = re.compile(r"^   (\S+)\s+\(")
TARGET = re.compile(r"^\s+-> (\S+)\s|^      -> (\S+)")
ARROW = re.compile(r"^\s+(?:(\S+)\s+)?->\s+(\S+)")
TYPE = re.compile(r"^(?:[\w@ ]*\s)?(?:class|interface|enum|@interface)\s+(\w+)", re.MULTILINE)
IMPORT = re.compile(r"^import\s+(?:static\s+)?([\w.]+)", re.MULTILINE)


def unpack_sources(jar: Path, into: Path) -> Path:
    """The .java files of a sources jar."""
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.infolist():
            name = entry.filename
            if name.endswith(".java") and not name.startswith("/") and ".." not in Path(name).parts:
                target = into / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(entry))
    return into


def homes(sources: Path) -> dict[str, str]:
    """Every top-level type -> the class that its file is named after."""
    found: dict[str, str] = {}
    for path in sorted(sources.rglob("*.java")):
        package = ".".join(path.relative_to(sources).parts[:-1])
        home = f"{package}.{path.stem}"
        found[home] = home
        for name in TYPE.findall(path.read_text("utf-8", "replace")):
            found.setdefault(f"{package}.{name}", home)
    return found


def jdeps_pairs(jar: Path, sources: Path) -> Pairs:
    """(class, needed class), inner and second types folded into their file's class, both from the sources."""
    program = shutil.which("jdeps")
    if program is None:
        raise MissingTruthError("jdeps is not installed: it comes with a JDK")
    done = subprocess.run(  # noqa: S603 - a tool of the JDK on a jar that the user named
        [program, "-verbose:class", "-filter:none", str(jar)], capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        raise MissingTruthError(f"jdeps failed: {done.stderr.strip().splitlines()[-1:]}")
    home = homes(sources)
    found: Pairs = set()
    current = ""
    for line in done.stdout.splitlines():
        match = ARROW.match(line)
        if match:
            current = match.group(1) or current
            _add(found, home, current, match.group(2))
        elif line.startswith("   ") and line.strip():
            current = line.split()[0]
    return found


def _add(found: Pairs, home: dict[str, str], source: str, target: str) -> None:
    one, other = home.get(source.partition("$")[0]), home.get(target.partition("$")[0])
    if one and other and one != other:
        found.add((one, other))


def dull_java(sources: Path) -> Pairs:
    """Imports, and types of the same package whose simple name occurs in the file."""
    home = homes(sources)
    by_package: dict[str, dict[str, str]] = {}
    for name, at in home.items():
        package, _, simple = name.rpartition(".")
        by_package.setdefault(package, {})[simple] = at
    found: Pairs = set()
    for path in sorted(sources.rglob("*.java")):
        text = path.read_text("utf-8", "replace")
        package = ".".join(path.relative_to(sources).parts[:-1])
        own = f"{package}.{path.stem}"
        words = set(re.findall(r"\w+", text))
        targets = {at for simple, at in by_package[package].items() if simple in words}
        targets |= {home[name] for name in IMPORT.findall(text) if name in home}
        found |= {(own, target) for target in targets if target != own}
    return found
