"""Which of a deployable's environment variables lead to a backing service, and what they are set to beside it.

Names are read by the usual parts (``DB_HOST``, ``REDIS_URL``, ``SMTP_PORT``); what does not fit keeps its own default.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.containers.backing_images import ACCOUNT, known_image
from agent.domain.container import Backing, Deployable, Variable

__all__ = ["Wired", "wire"]

_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("postgresql", re.compile(r"(?:^|_)(?:POSTGRES(?:QL)?|PG(?=HOST|PORT|USER|PASS|DATA)|DB|DATABASE|SQL)(?=_|HOST|PORT|USER|PASS|NAME|URL|DATA|$)")),
    ("mysql", re.compile(r"(?:^|_)(?:MYSQL|MARIADB|DB|DATABASE|SQL)(?=_|HOST|PORT|USER|PASS|NAME|URL|$)")),
    ("mongodb", re.compile(r"(?:^|_)(?:MONGO(?:DB)?)(?=_|$)")),
    ("redis", re.compile(r"(?:^|_)(?:REDIS|CACHE|CELERY|BROKER)(?=_|$)")),
    ("rabbitmq", re.compile(r"(?:^|_)(?:RABBIT(?:MQ)?|AMQP|CELERY|BROKER)(?=_|$)")),
    ("memcached", re.compile(r"(?:^|_)(?:MEMCACHED?|CACHE)(?=_|$)")),
    ("mail", re.compile(r"(?:^|_)(?:SMTP|MAIL|EMAIL)(?=_|$)")),
)  # fmt: skip
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,120}")
_HOST = re.compile(r"(?:HOST|HOSTNAME|SERVER|ADDRESS|ADDR)$")
_PORT = re.compile(r"PORT$")
_URL = re.compile(r"(?:URL|URI|DSN)$")
_NAME = re.compile(r"(?:NAME|DATABASE|DBNAME|SCHEMA|_DB)$")
_ENGINE = re.compile(r"(?:DB|DATABASE|SQL)_(?:ENGINE|BACKEND)$")
_ENGINES = {"postgresql": "django.db.backends.postgresql", "mysql": "django.db.backends.mysql"}
_USER = re.compile(r"(?:USER|USERNAME|LOGIN)$")
_DATABASES = ("postgresql", "mysql", "mongodb")
_SCHEMES = {"redis": "redis://{host}:{port}/0", "memcached": "memcached://{host}:{port}"}
_SHAPES = {
    "postgresql": "postgresql://{account}:PASSWORD@{host}:{port}/{account}",
    "mysql": "mysql://{account}:PASSWORD@{host}:{port}/{account}",
    "mongodb": "mongodb://{account}:PASSWORD@{host}:{port}/",
    "rabbitmq": "amqp://{account}:PASSWORD@{host}:{port}//",
}

Wired = tuple[Variable, str, str]
"""(variable, its value or "" when only the environment may give it, why)."""


def wire(app: Deployable, backings: Sequence[Backing]) -> tuple[list[Wired], list[Wired]]:
    """(plain variables, secret ones) of a deployable. A secret's value is only the shape of it, never a secret."""
    services: dict[str, Backing] = {b.kind: b for b in backings if b.name in app.backing and known_image(b)}
    plain: list[Wired] = []
    secret: list[Wired] = []
    for variable in app.variables:
        if not _VARIABLE.fullmatch(variable.name):
            continue  # no shell could set it
        value, why = _value(app, variable, services)
        if variable.secret or "PASSWORD@" in value:
            secret.append((variable, value if "PASSWORD@" in value else "", why))
        else:
            plain.append((variable, value or variable.value, why))
    return plain, secret


def _value(app: Deployable, variable: Variable, services: Mapping[str, Backing]) -> tuple[str, str]:
    name = variable.name.upper()
    for family, pattern in _FAMILIES:
        backing = services.get(family)
        if backing is None or not pattern.search(name):
            continue
        image = known_image(backing)
        assert image is not None
        said = f"the {family} service"
        if _URL.search(name):
            shape = _SCHEMES.get(family) or _SHAPES.get(family, "")
            return shape.format(host=backing.name, port=image.port, account=ACCOUNT), said
        if _HOST.search(name):
            return backing.name, said
        if _PORT.search(name):
            return str(image.port), said
        if variable.secret:
            return "", said
        if _ENGINE.search(name) and app.framework == "Django" and family in _ENGINES:
            return _ENGINES[family], said
        if family in _DATABASES and _USER.search(name):
            return ACCOUNT, said
        if family in _DATABASES and _NAME.search(name):
            return ACCOUNT, said
    return "", ""
