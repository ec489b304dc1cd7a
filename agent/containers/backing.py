"""The services that deployables need beside them, from the inventory's external systems."""

from __future__ import annotations

import re
from typing import Literal

from agent.domain.container import Backing
from agent.domain.inventory import Inventory

__all__ = ["find_backing"]

Kind = Literal["postgresql", "mysql", "redis", "memcached", "rabbitmq", "mongodb", "mail", "other"]
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("PostgreSQL", "postgresql"), ("MySQL", "mysql"), ("MariaDB", "mysql"), ("Redis", "redis"),
    ("Memcached", "memcached"), ("RabbitMQ", "rabbitmq"), ("MongoDB", "mongodb"), ("Mail server", "mail"),
)  # fmt: skip
_OTHER = (
    "Oracle Database", "Microsoft SQL Server", "IBM Db2", "Elasticsearch", "Apache Kafka", "ActiveMQ", "IBM MQ",
    "Cassandra", "CouchDB", "Neo4j", "InfluxDB", "Solr", "LDAP directory",
)  # fmt: skip


def find_backing(inventory: Inventory) -> tuple[Backing, ...]:
    """One for each kind that was found, by name; files and embedded databases are none."""
    found: dict[str, Backing] = {}
    for system in inventory.external_systems:
        kind: Kind | None = next((kind for name, kind in _KINDS if system.name.startswith(name)), None)
        if kind is None and any(system.name.startswith(name) for name in _OTHER):
            kind = "other"
        if kind is None:
            continue
        name = kind if kind != "other" else re.sub(r"[^a-z0-9]+", "-", system.name.lower()).strip("-")
        old = found.get(name)
        where = (*(old.where if old else ()), *system.evidence)[:8]
        found[name] = Backing(name=name, kind=kind, where=where)
    return tuple(found[name] for name in sorted(found))
