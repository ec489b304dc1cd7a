"""What may make the application, found in the code: Flask's modules and functions, Django's settings module. Nothing is run here."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Start", "find_start"]

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]{1,200})["']""")
_MOST_BYTES = 400_000
_USUAL = ("create_app", "make_app", "get_app", "app_factory", "create_application", "build_app")
_NOT_CODE = ("tests", "test", "testing", "docs", "migrations", "node_modules")


@dataclass(frozen=True)
class Start:
    """``makers``: (module, function that needs no argument; empty: the module's own top level), the likeliest first."""

    framework: str
    makers: tuple[tuple[str, str], ...] = ()
    settings: str = ""


def find_start(paths: Iterable[str], read: Callable[[str], bytes], folder: str = "") -> Start | None:
    """``folder`` is where the program's modules are imported from, relative to the repository. None: nothing was found."""
    prefix = f"{folder}/" if folder else ""
    makers: list[tuple[int, str, str]] = []
    settings: list[tuple[int, str]] = []
    for path in sorted(paths):
        parts = path.removeprefix(prefix).split("/")
        if not path.endswith(".py") or not path.startswith(prefix) or any(one in _NOT_CODE for one in parts[:-1]):
            continue
        text = read(path)[:_MOST_BYTES].decode("utf-8", "replace")
        if found := _SETTINGS.search(text):
            settings.append((0 if parts[-1] == "manage.py" else 1, found[1]))
        if ("Flask" in text or "_app" in text) and not parts[-1].startswith(("test_", "conftest")):
            module = ".".join(parts).removesuffix(".py").removesuffix(".__init__")
            makers += [(rank, module, name) for rank, name in _makers(text)]
    if settings:
        return Start("django", settings=min(settings)[1])
    if makers:
        makers.sort(key=lambda one: (one[0], one[1].count("."), one[1], one[2]))
        return Start("flask", tuple((module, name) for _, module, name in makers))
    return None


def _makers(text: str) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and _needs_nothing(node.args) and _makes_flask(node.body):
            yield (0 if node.name in _USUAL else 2), node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None and _is_flask(node.value):
            yield 1, ""
        elif isinstance(node, ast.Assign) and _called(node.value) in _USUAL:
            yield 3, ""


def _needs_nothing(arguments: ast.arguments) -> bool:
    plain = [*arguments.posonlyargs, *arguments.args]
    return len(plain) <= len(arguments.defaults) and all(one is not None for one in arguments.kw_defaults)


def _makes_flask(body: Sequence[ast.stmt]) -> bool:
    return any(_is_flask(one) for statement in body for one in ast.walk(statement) if isinstance(one, ast.expr))


def _is_flask(node: ast.expr) -> bool:
    """A call of `Flask`, by whatever module it is named."""
    return _called(node) == "Flask"


def _called(node: ast.expr) -> str:
    """The last name of what is called; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else str(getattr(node.func, "id", ""))
