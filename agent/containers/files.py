"""Everything beside the Dockerfiles: compose.yaml, Kubernetes, the facade. Deployables and what is known of them in, text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from agent.containers.compose import secret_examples, write_compose
from agent.containers.facade.files import facade_files
from agent.containers.facade.state import kept_state
from agent.containers.facade.table import RouteTable
from agent.containers.kubernetes import write_kubernetes
from agent.domain.container import Backing, Deployable
from agent.domain.inventory import Inventory, Noun

__all__ = ["write_files"]

_SEED_WORDS = ("schema", "seed", "init", "setup", "structure", "create", "data", "load")


def write_files(
    deployables: Sequence[Deployable],
    backings: Sequence[Backing],
    table: RouteTable | None,
    inventory: Inventory,
    canary: str = "",
) -> dict[str, str]:
    """Path below the output folder -> text; empty when nothing is deployed. The same input gives the same bytes.

    ``table`` are the routes of the facade (`make_table`); None writes none.
    ``canary`` is the text of a ``facade/canary.json`` that is there already: its numbers are kept, and never reset. Raises
    InputError when it cannot be read.
    """
    if not deployables:
        return {}
    deployables = [_visible(app) for app in deployables]
    backings = [_visible(backing) for backing in backings]
    external = [_visible(system) for system in inventory.external_systems]
    table = _visible(table) if table is not None else None
    tag = inventory.commit[:12] or "dev"
    name = _shown(inventory.name)
    seeds = _seeds(inventory)
    files = {
        "compose.yaml": write_compose(name, deployables, backings, table=table, seeds=seeds, tag=tag),
        **secret_examples(deployables, backings),
        **write_kubernetes(name, deployables, backings, external=external, table=table, tag=tag),
        **_facade(table, canary),
    }
    return dict(sorted(files.items()))


_Value = TypeVar("_Value", bound=Noun)


def _visible(value: _Value) -> _Value:
    """The value with bytes of names that are not UTF-8 written out, since no file here could hold them."""
    return type(value).model_validate(_shown(value.model_dump()))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_shown(key): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, list | tuple) else value


def _facade(table: RouteTable | None, canary: str) -> dict[str, str]:
    if table is None:
        return {}
    state = kept_state(canary, table) if canary else None
    return {f"facade/{name}": text for name, text in facade_files(table, state).items()}


def _seeds(inventory: Inventory) -> list[tuple[str, str]]:
    """(kind of database, SQL file) of files that look like a schema or its first data, schemas first.

    Only for the databases that the inventory found; a file that names another dialect in its path is not for it.
    """
    files = [
        f.path
        for f in inventory.files
        if f.language == "sql" and f.role not in ("test", "migration") and f.path.isprintable() and f.bytes < 20_000_000
    ]
    named = [p for p in files if any(word in p.rpartition("/")[2].lower() for word in _SEED_WORDS)]
    made = []
    for kind, own, others in (
        ("postgresql", ("postgres", "pgsql", "psql"), ("mysql", "mariadb", "sqlite", "oracle", "h2", "hsql", "mssql")),
        ("mysql", ("mysql", "mariadb"), ("postgres", "pgsql", "sqlite", "oracle", "h2", "hsql", "mssql")),
    ):
        for_it = [p for p in named if any(word in p.lower() for word in own)]
        neutral = [p for p in named if not any(word in p.lower() for word in (*own, *others))]
        chosen = for_it or (neutral if len(neutral) <= 4 else [])
        order = sorted(chosen, key=lambda p: ("schema" not in p.lower() and "create" not in p.lower(), p))
        made += [(kind, path) for path in order]
    return made
