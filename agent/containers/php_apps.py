"""PHP applications: pages under a web root, served by Apache; composer.json or the functions that the code calls give the version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from agent.containers.tree import Tree, label, line_of, under
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location

__all__ = ["find_php", "php_version"]

DEFAULT = "8.2"
PORT = 8080
# What newer PHP no longer has, and the last version that has it: the migration guides of the PHP manual.
_REMOVED = (
    (re.compile(r"(?<![\w>:$])(?:mysql_(?:connect|query|pconnect|select_db)|ereg(?:i|_replace)?|split|mssql_connect)\s*\("), "5.6"),
    (re.compile(r"(?<![\w>:$])(?:each|create_function|mcrypt_encrypt)\s*\("), "7.4"),
)  # fmt: skip


def find_php(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """One for each outermost web root."""
    roots = [
        entry for entry in inventory.entry_points
        if entry.kind == "web" and entry.evidence.path.endswith(".php") and tree.runs(entry.evidence.path)
    ]  # fmt: skip
    seen: set[str] = set()
    for entry in sorted(roots, key=lambda found: (found.evidence.path.count("/"), found.evidence.path)):
        root = entry.evidence.path.rpartition("/")[0]
        project = (
            root.rpartition("/")[0]
            if root.rpartition("/")[2] in ("public", "web", "www", "htdocs", "html", "public_html")
            else root
        )
        if any(under(project, other) or project == other for other in seen):
            continue
        seen.add(project)
        version, where = php_version(tree, project)
        yield Deployable(
            name=label(project.rpartition("/")[2] or inventory.name), kind="web",
            why=(Reason(text=entry.how, where=(entry.evidence,)), *where), folder=project, language="php", runtime="php",
            version=version, command=("apache2-foreground",), port=PORT,
        )  # fmt: skip


def php_version(tree: Tree, folder: str) -> tuple[str, tuple[Reason, ...]]:
    for path in tree.code("php", folder=folder):
        text = tree.text(path)
        for pattern, version in _REMOVED:
            found = pattern.search(text)
            # A definition of its own or a check whether it exists is no use.
            if found and "function_exists" not in text and f"function {found[0].rstrip('(').strip()}" not in text:
                place = Location(path=path, line=line_of(text, found.start()))
                reason = Reason(text=f"PHP {version}: the last with {found[0].rstrip('( ')}()", where=(place,))
                return version, (reason,)
    for path in tree.named("composer.json", folder=folder):
        try:
            wanted = json.loads(tree.text(path)).get("require", {}).get("php", "")
        except (ValueError, AttributeError, RecursionError):
            wanted = ""
        numbers = re.findall(r"(\d+)\.(\d+)", str(wanted))
        if numbers:
            best = max((int(a), int(b)) for a, b in numbers)
            open_ended = re.search(r">=|\^8|\*", str(wanted))
            version = DEFAULT if open_ended and best <= (8, 2) else f"{best[0]}.{best[1]}" if best[0] != 7 else "7.4"
            return version, (
                Reason(text=f"PHP {version}: composer.json asks for {wanted}", where=(Location(path=path),)),
            )
    return DEFAULT, (Reason(text=f"no version of PHP is declared: {DEFAULT} is taken"),)
