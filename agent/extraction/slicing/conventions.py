"""What frameworks reach without a name that an import graph could follow: tables of the calls and hooks that do it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agent.extraction.slicing.references import References, called_name, chain_of

__all__ = [
    "CALLED_BY_NAME", "MODEL_CALLS", "PASSIVE_BASES", "ROUTING", "TABLE_CALLS", "always_kept", "deletes", "is_main_block",
    "registering", "routing_decorators", "runs_something",
]  # fmt: skip

MODEL_CALLS = frozenset({
    "ForeignKey", "OneToOneField", "ManyToManyField", "GenericRelation", "TreeForeignKey", "ParentalKey", "ParentalManyToManyField",
    "relationship", "backref", "dynamic_loader", "Relationship", "get_model", "Mapped", "swappable_dependency",
})  # fmt: skip
"""Calls that take a model by its name in a string."""

TABLE_CALLS = frozenset({"ForeignKey", "ForeignKeyConstraint", "Table", "relationship"})
"""Calls that take a table (or table.column) in a string."""

ROUTING = frozenset({"route", "get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket"})
"""Methods of an application, a blueprint or a router that a handler is decorated with."""

PASSIVE_BASES = frozenset({
    "object", "Model", "DeclarativeBase", "Exception", "ValueError", "RuntimeError", "KeyError", "LookupError", "Enum", "IntEnum",
    "StrEnum", "Flag", "str", "int", "dict", "list", "NamedTuple", "TypedDict", "ABC", "Protocol", "Generic", "TextChoices",
    "IntegerChoices", "TimeStampedModel",
})  # fmt: skip
"""Library types that call no method by a name of ours, but for dunders and the hooks below."""

_HOOKS = frozenset({
    "save", "delete", "clean", "full_clean", "clean_fields", "validate_unique", "validate_constraints", "get_absolute_url",
    "natural_key", "refresh_from_db", "from_db", "check", "prepare_database_save", "serializable_value", "get_id",
    "is_authenticated", "is_active", "is_anonymous", "get_username", "has_perm", "has_module_perms", "update", "keys", "items",
})  # fmt: skip

_PLAIN_DECORATORS = frozenset({
    "property", "staticmethod", "classmethod", "cached_property", "setter", "deleter", "getter", "hybrid_property", "hybrid_method",
    "contextmanager", "abstractmethod", "lru_cache", "cache", "expression", "wraps", "override", "total_ordering",
})  # fmt: skip

CALLED_BY_NAME = frozenset({
    "command", "group", "task", "memoize", "cached", "limit", "exempt", "setter", "fixture",
    "shell_context_processor",
})  # fmt: skip
"""Decorators of objects that need the function to be called by its name, or from a command line."""

_DELETING = frozenset(
    {"DeleteView", "DeletionMixin", "BaseDeleteView", "DestroyModelMixin", "DestroyAPIView", "ModelViewSet"}
)

_SIGNALS = frozenset({"receiver", "listens_for", "register", "connect", "connect_via", "listen"})

ROUTES_ONLY = frozenset({"url_defaults"})


def always_kept(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether something may call it that never writes its name."""
    name = method.name
    if (name.startswith("_") and name.endswith("_")) or name in _HOOKS:
        return True
    return any(called_name(d) not in _PLAIN_DECORATORS for d in method.decorator_list)


def registering(decorator: ast.expr) -> tuple[tuple[str, ...], bool]:
    """A decorator's chain, and whether it is one that a library calls back through (signals, admin)."""
    chain = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return chain, bool(chain) and chain[-1] in _SIGNALS


def routing_decorators(node: ast.AST) -> list[ast.expr]:
    """The decorators that give a handler its address, outermost first."""
    return [
        d for d in getattr(node, "decorator_list", ())
        if isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute) and d.func.attr in ROUTING
    ]  # fmt: skip


def deletes(found: References) -> bool:
    """Whether code that needs this may delete rows of a model: then what hangs on them goes, too, named or not."""
    chains = (*found.names, *found.registered, *(rest for _, rest, _ in found.imported))
    return "delete" in found.mentions or any(c and (c[-1] == "delete" or c[-1] in _DELETING) for c in chains)


def is_main_block(node: ast.stmt) -> bool:
    """``if __name__ == "__main__"`` and ``if TYPE_CHECKING``: neither runs when a server imports the module."""
    if not isinstance(node, ast.If):
        return False
    names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
    return "__name__" in names or "TYPE_CHECKING" in names or "TYPE_CHECKING" in chain_of(node.test)


def runs_something(node: ast.stmt) -> bool:
    """Whether a block at module level does more than bind names."""
    return any(isinstance(n, ast.Expr) and isinstance(n.value, (ast.Call, ast.Await)) for n in _outside_functions(node))


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield child
            yield from _outside_functions(child)
