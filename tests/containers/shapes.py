"""Deployables of several shapes, as they are found in repositories, for what is generated from them."""

from __future__ import annotations

from agent.containers.facade.table import RouteTable, make_table
from agent.domain.container import Backing, Deployable, Variable
from agent.domain.environment import Reason
from agent.domain.inventory import ExternalSystem, Location
from tests.containers.gateways import graph_and_boundaries

WHY = (Reason(text="WSGI application", where=(Location(path="wsgi.py", line=4),)),)
ROUTES = [("GET /orders/<int:n>", "order", "python"), ("POST /orders/<int:n>", "order", "python")]

STATELESS = Deployable(
    name="shop", kind="web", why=WHY, language="python", runtime="python", version="3.11", framework="Django", port=8000,
    command=("gunicorn", "shop.wsgi"), health="/healthz", migrate=("python", "manage.py", "migrate"),
    backing=("postgresql", "redis", "rabbitmq"),
    variables=(
        Variable(name="DATABASE_URL", secret=True), Variable(name="SECRET_KEY", secret=True),
        Variable(name="DB_HOST", value="localhost"), Variable(name="DB_PASSWORD", secret=True),
        Variable(name="REDIS_URL"), Variable(name="PRICE", value='a "$5" {note}'), Variable(name="DEBUG"),
    ),
)  # fmt: skip
WORKER = Deployable(
    name="shop-worker", kind="worker", why=WHY, language="python", runtime="python", version="3.11", image="shop",
    command=("celery", "-A", "shop", "worker"), backing=("postgresql", "rabbitmq"), variables=STATELESS.variables,
)  # fmt: skip
ALONE = Deployable(
    name="desk", kind="web", why=WHY, language="php", runtime="php", version="5.6", port=8080,
    command=("apache2-foreground",), health="/login.php", writes=("/srv/desk/uploads", "/var/log/desk", "/mnt/scans", "cache"),
    single="sessions are kept in files (inc/session.php:7)", backing=("mysql", "mail", "memcached", "mongodb"),
)  # fmt: skip
NIGHTLY = Deployable(
    name="desk-nightly", kind="job", why=WHY, language="php", runtime="php", version="5.6", image="desk",
    command=("php", "cron/nightly.php"), schedule="0 2 * * 1-5", writes=ALONE.writes, backing=ALONE.backing,
)  # fmt: skip
AT_BOOT = NIGHTLY.model_copy(update={"name": "desk-boot", "schedule": "@reboot"})
BATCH = Deployable(
    name="ledger", kind="batch", why=WHY, language="cobol", runtime="gnucobol", version="3", command=("run",)
)
TOOL = Deployable(
    name="tool", kind="cli", why=WHY, language="go", runtime="go", version="1.22", command=("tool", "--help")
)
JAVA = Deployable(
    name="claims", kind="web", why=WHY, language="java", runtime="java", version="8", framework="Tomcat", port=8080,
    command=("catalina.sh", "run"), backing=("oracle-database",), writes=("/var/claims/docs",), folder="claims",
)  # fmt: skip

POSTGRESQL = Backing(name="postgresql", kind="postgresql", version="9.6", where=(Location(path="settings.py", line=3),))
BACKINGS = (
    POSTGRESQL, Backing(name="redis", kind="redis"), Backing(name="rabbitmq", kind="rabbitmq", version=">=3.8"),
    Backing(name="mysql", kind="mysql", version="5.7"), Backing(name="mail", kind="mail"),
    Backing(name="memcached", kind="memcached"), Backing(name="mongodb", kind="mongodb"),
    Backing(name="oracle-database", kind="other", where=(Location(path="web.xml", line=9),)),
)  # fmt: skip
EXTERNAL = (
    ExternalSystem(kind="http", name="pay.example", evidence=(Location(path="pay.py", line=3),), resolution="exact"),
    ExternalSystem(kind="http", name="arch-02.internal:8090", evidence=(Location(path="arch.py", line=1),), resolution="exact"),
    ExternalSystem(kind="database", name="Oracle Database", evidence=(Location(path="claims/x.java", line=1),), resolution="exact"),
    ExternalSystem(kind="database", name="PostgreSQL", evidence=(Location(path="settings.py", line=3),), resolution="exact"),
)  # fmt: skip

SHAPES: dict[str, tuple[Deployable, ...]] = {
    "stateless": (STATELESS, WORKER),
    "alone": (ALONE, NIGHTLY, AT_BOOT),
    "java": (JAVA,),
    "batch": (BATCH, TOOL),
    "monorepo": (STATELESS, WORKER, ALONE, NIGHTLY, JAVA, BATCH, TOOL),
}


def table_for(deployables: tuple[Deployable, ...]) -> RouteTable:
    graph, boundaries = graph_and_boundaries(ROUTES)
    return make_table(deployables, graph, boundaries)
