"""The images that stand for backing services, and how each is started, checked and given its secrets: data for Compose and
Kubernetes alike.

A version is the declared one; otherwise a pinned release, which the generated files say is a default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agent.containers.facade.patterns import one_line
from agent.domain.container import Backing

__all__ = ["ACCOUNT", "BackingImage", "image_of", "known_image"]

ACCOUNT = "app"
"""The name of the database and of its user; not a secret."""

_VERSION = re.compile(r"(\d{1,4}(?:\.\d{1,4}){0,2})")


@dataclass(frozen=True, slots=True)
class BackingImage:
    """``secrets`` are variables whose value is the path of a secret file; ``secret_variables`` those that hold it themselves.

    ``check`` is a command in exec form; ``data`` the folder that must outlive the container; ``user`` the image's own.
    """

    repository: str
    version: str
    port: int
    check: tuple[str, ...]
    data: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    secret_variables: tuple[str, ...] = ()
    user: int = 999
    memory: str = "256Mi"
    scratch: tuple[str, ...] = ("/tmp",)  # noqa: S108 - a path in the container


_KNOWN: Mapping[str, BackingImage] = {
    "postgresql": BackingImage(
        "postgres", "16.4", 5432, ("pg_isready", "-U", ACCOUNT, "-d", ACCOUNT), "/var/lib/postgresql/data",
        (("POSTGRES_DB", ACCOUNT), ("POSTGRES_USER", ACCOUNT), ("PGDATA", "/var/lib/postgresql/data/pgdata")),
        ("POSTGRES_PASSWORD_FILE",), scratch=("/tmp", "/var/run/postgresql"),  # noqa: S108
    ),
    "mysql": BackingImage(
        "mysql", "8.4.3", 3306, ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent"), "/var/lib/mysql",
        (("MYSQL_DATABASE", ACCOUNT), ("MYSQL_USER", ACCOUNT)),
        ("MYSQL_PASSWORD_FILE", "MYSQL_ROOT_PASSWORD_FILE"), memory="512Mi",
        scratch=("/tmp", "/var/run/mysqld"),  # noqa: S108
    ),
    "redis": BackingImage("redis", "7.2.6", 6379, ("redis-cli", "ping"), "/data"),
    "memcached": BackingImage(
        "memcached", "1.6.32", 11211, ("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/11211"), user=11211, scratch=(),
    ),
    "rabbitmq": BackingImage(
        "rabbitmq", "3.13.7", 5672, ("rabbitmq-diagnostics", "-q", "ping"), "/var/lib/rabbitmq",
        (("RABBITMQ_DEFAULT_USER", ACCOUNT),), secret_variables=("RABBITMQ_DEFAULT_PASS",),
    ),
    "mongodb": BackingImage(
        "mongo", "7.0.15", 27017, ("mongosh", "--quiet", "--eval", "quit(db.adminCommand('ping').ok ? 0 : 1)"), "/data/db",
        (("MONGO_INITDB_ROOT_USERNAME", ACCOUNT),), ("MONGO_INITDB_ROOT_PASSWORD_FILE",), memory="512Mi",
    ),
    # Takes every mail and shows it on port 8025; nothing leaves it.
    "mail": BackingImage("axllent/mailpit", "v1.21.8", 1025, ("/mailpit", "readyz"), user=10001),
}  # fmt: skip


def known_image(backing: Backing) -> BackingImage | None:
    """How the service is run here; None for what has no image that anybody may use."""
    return _KNOWN.get(backing.kind)


def image_of(backing: Backing) -> tuple[str, str]:
    """(image with its tag, where the version comes from)."""
    known = _KNOWN[backing.kind]
    declared = _VERSION.search(backing.version) if backing.kind != "mail" else None
    if declared is None:
        return f"{known.repository}:{known.version}", "no version is declared: a pinned default"
    where = f" in {one_line(str(backing.where[0]))}" if backing.where else ""
    return f"{known.repository}:{declared[1]}", f"{one_line(backing.version)} as declared{where}"
