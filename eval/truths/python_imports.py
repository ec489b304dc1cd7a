"""Which module imports which: grimp's answer for an importable package, and a reader's that only looks at line starts."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from eval.truths.missing import MissingTruthError

__all__ = ["dull_imports", "grimp_imports"]

Pairs = set[tuple[str, str]]
STATEMENT = re.compile(r"^(?:from\s+([\w.]+)\s+import\b|import\s+([\w.]+))", re.MULTILINE)


def grimp_imports(package: Path) -> Pairs:
    """(importer, imported) of all modules of the package; grimp reads the files and imports nothing."""
    try:
        import grimp
    except ImportError as error:
        raise MissingTruthError("grimp is not installed: `make setup` brings it with the development tools") from error
    sys.path.insert(0, str(package.parent))
    try:
        graph = grimp.build_graph(package.name, cache_dir=None)
    finally:
        sys.path.remove(str(package.parent))
    return {
        (module, imported) for module in graph.modules for imported in graph.find_modules_directly_imported_by(module)
    }


def dull_imports(package: Path) -> Pairs:
    """Absolute imports at the start of a line, to the longest name that is a module."""
    modules = {_name(path, package): path for path in sorted(package.rglob("*.py"))}
    found: Pairs = set()
    for module, path in modules.items():
        for match in STATEMENT.finditer(path.read_text("utf-8", "replace")):
            target = match.group(1) or match.group(2)
            while target and target not in modules:
                target = target.rpartition(".")[0]
            if target and target != module:
                found.add((module, target))
    return found


def _name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
