"""Which JavaScript file loads which: dependency-cruiser's answer, and a reader's for quoted relative paths."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from eval.truths.missing import MissingTruthError

__all__ = ["cruised_modules", "dull_modules"]

Pairs = set[tuple[str, str]]
SPECIFIER = re.compile(r"""(?:require\(\s*|from\s+|import\s+)["'](\.[^"']*)["']""")
SUFFIXES = ("", ".js", ".mjs", ".cjs", ".jsx", ".ts", "/index.js")
SKIPPED = frozenset({"node_modules", ".git"})


def cruised_modules(program: Path, root: Path) -> Pairs:
    """(file, loaded file) by paths relative to the root, for files of the project itself."""
    if shutil.which("node") is None:
        raise MissingTruthError("node is not installed")
    command = [str(program), "--no-config", "--output-type", "json", "--exclude", "node_modules", "."]
    done = subprocess.run(  # noqa: S603 - a tool that the user named
        command, cwd=root, capture_output=True, text=True, timeout=180, check=False
    )
    try:
        modules = json.loads(done.stdout)["modules"]
    except (ValueError, KeyError) as error:
        raise MissingTruthError(f"dependency-cruiser failed: {done.stderr.strip()[:200]}") from error
    files = {_normal(module["source"]) for module in modules if (root / module["source"]).is_file()}
    return {
        (_normal(module["source"]), target)
        for module in modules
        for dependency in module["dependencies"]
        if (target := _normal(dependency["resolved"])) in files and target != _normal(module["source"])
    }


def _normal(path: str) -> str:
    return Path(path).as_posix()


def dull_modules(root: Path) -> Pairs:
    """Relative specifiers with the usual endings tried."""
    found: Pairs = set()
    paths = [p for p in sorted(root.rglob("*")) if p.suffix in SUFFIXES[1:] and not SKIPPED & set(p.parts)]
    for path in paths:
        own = path.relative_to(root).as_posix()
        for specifier in SPECIFIER.findall(path.read_text("utf-8", "replace")):
            for suffix in SUFFIXES:
                target = (path.parent / (specifier + suffix)).resolve()
                if target.is_file() and target.is_relative_to(root):
                    found.add((own, target.relative_to(root).as_posix()))
                    break
    return found
