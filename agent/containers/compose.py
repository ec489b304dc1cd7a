"""compose.yaml: deployables and backing services in, one file for Docker Compose out, with no secret in it.

Start order follows health: backing services, then migrations and seed as one-shot services, then what serves, then the
facade. Scheduled and batch work is behind a profile, since Compose has no clock.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence

from agent.containers.backing_images import ACCOUNT, BackingImage, image_of, known_image
from agent.containers.facade.patterns import one_line
from agent.containers.facade.table import RouteTable
from agent.containers.images import dockerfile_of
from agent.containers.wiring import Wired, wire
from agent.domain.container import Backing, Deployable

__all__ = ["FACADE_IMAGE", "facade_name", "image_name", "mounts", "secret_examples", "write_compose"]

_PATH = re.compile(r"/[\w./@%+ -]{1,200}")  # what Compose's short notation can hold
FACADE_IMAGE = "envoyproxy/envoy:v1.40.0"
_HEAD = """\
# {name} in containers, as it is. Written by figwright containerize; the same repository gives the same file.
#
#   ln -s /path/to/the/repository source      (or set SOURCE)
{secrets}#   docker compose up --build --wait
#
# SOURCE: the repository. OUT: the folder of this file, when the command runs elsewhere. TAG: the images' tag.
"""


def write_compose(
    name: str,
    deployables: Sequence[Deployable],
    backings: Sequence[Backing],
    *,
    table: RouteTable | None = None,
    seeds: Sequence[tuple[str, str]] = (),
    tag: str = "dev",
) -> str:
    """The file. ``seeds`` are (kind of database, SQL file in the repository), applied to an empty database only."""
    project = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-_") or "system"
    started = [b for b in backings if known_image(b)]
    lines = _HEAD.format(name=project, secrets="".join(_how_to_secrets(deployables, started))).rstrip("\n").split("\n")
    lines += [f"# Not started here: {text}" for text in _absent(backings)]
    lines += [f"name: {project}", "services:"]
    sown = [(b, [f for kind, f in seeds if kind == b.kind]) for b in started]
    for backing in started:
        lines += _backing(backing)
    migrated = {app.name for app in deployables if app.migrate}
    for backing, files in sown:
        if files and not _migrates(backing, deployables):
            lines += _seed(backing, files)
    ready = {b.name: "service_healthy" for b in started}
    ready |= {
        f"{b.name}-seed": "service_completed_successfully"
        for b, files in sown
        if files and not _migrates(b, deployables)
    }
    for app in deployables:
        waits = {n: c for n, c in ready.items() if n.removesuffix("-seed") in app.backing}
        if app.migrate:
            lines += _deployable(app, project, tag, waits, started, migrate=True)
        owner = app.image or app.name
        if owner in migrated:
            waits[f"{owner}-migrate"] = "service_completed_successfully"
        lines += _deployable(app, project, tag, waits, started)
    if table is not None and table.fronts:
        lines += _facade(table, deployables)
    lines += _volumes(deployables, started)
    lines += _secrets(started)
    return "\n".join(lines) + "\n"


def image_name(project: str, app: Deployable) -> str:
    """The image of a deployable, without its tag: ``project/deployable``."""
    return f"{re.sub(r'[^a-z0-9_-]+', '-', project.lower()).strip('-_') or 'system'}/{app.image or app.name}"


def facade_name(taken: Sequence[str]) -> str:
    """What the facade is called among the services."""
    return "facade" if "facade" not in taken else "figwright-facade"


def mounts(app: Deployable) -> list[tuple[str, str]]:
    """(volume, path in the container) of what must be writable; a folder below another one is part of it."""
    paths = sorted({posixpath.normpath(posixpath.join("/app", path)) for path in app.writes})
    paths = [p for p in paths if _PATH.fullmatch(p) and p not in ("/", "/app", "/tmp") and not p.startswith("/tmp/")]  # noqa: S108
    outer = [p for p in paths if not any(p != o and p.startswith(o + "/") for o in paths)]
    return [(f"{app.image or app.name}{re.sub(r'[^a-z0-9]+', '-', path.lower())}".rstrip("-"), path) for path in outer]


def secret_examples(deployables: Sequence[Deployable], backings: Sequence[Backing]) -> dict[str, str]:
    """``secrets/NAME.env.example`` -> the names of a deployable's secrets, without a value."""
    found: dict[str, str] = {}
    for app in deployables:
        _, secret = wire(app, backings)
        if secret and not app.image:
            lines = [f"# Copy to {app.name}.env beside it and fill in; never commit that."]
            for variable, shape, _ in secret:
                lines += [f"# {one_line(str(variable.where[0]))}"] if variable.where else []
                lines += [f"# {shape}"] if shape else []
                lines.append(f"{variable.name}=")
            found[f"secrets/{app.name}.env.example"] = "\n".join(lines) + "\n"
    if found or any(image.secrets or image.secret_variables for b in backings if (image := known_image(b))):
        found["secrets/.gitignore"] = "*\n!.gitignore\n!*.example\n"
    return found


def _how_to_secrets(deployables: Sequence[Deployable], backings: Sequence[Backing]) -> Iterator[str]:
    for path in sorted(secret_examples(deployables, backings)):
        if path.endswith(".example"):
            yield f"#   cp {path} {path.removesuffix('.example')}      (and fill it in)\n"
    for backing in backings:
        image = known_image(backing)
        if image and image.secrets:
            yield f"#   openssl rand -hex 24 > secrets/{backing.name}-password\n"
        if image and image.secret_variables:
            values = " ".join(f"{name}=$(openssl rand -hex 24)" for name in image.secret_variables)
            yield f"#   echo {values} > secrets/{backing.name}.env\n"


def _absent(backings: Sequence[Backing]) -> Iterator[str]:
    for backing in backings:
        if known_image(backing) is None:
            where = f" ({one_line(str(backing.where[0]))})" if backing.where else ""
            yield f"{backing.name}{where}: there is no image that may be pulled freely. Give its address to those that need it."


def _migrates(backing: Backing, deployables: Sequence[Deployable]) -> bool:
    return any(app.migrate and backing.name in app.backing for app in deployables)


# --- services ------------------------------------------------------------------------------------------------------


def _backing(backing: Backing) -> Iterator[str]:
    image = known_image(backing)
    assert image is not None
    name, why = image_of(backing)
    yield f"  {backing.name}:"
    yield from (f"    # {one_line(str(place))}" for place in backing.where[:2])
    yield f"    image: {name}  # {why}"
    yield "    restart: unless-stopped"
    yield from _environment(image, backing)
    if image.data:
        yield f"    volumes: [{backing.name}-data:{image.data}]"
    yield "    healthcheck:"
    yield f"      test: {json.dumps(['CMD', *image.check])}"
    yield "      interval: 5s"
    yield "      timeout: 5s"
    yield "      retries: 24"
    yield "    security_opt: [no-new-privileges:true]"


def _environment(image: BackingImage, backing: Backing) -> Iterator[str]:
    if image.environment or image.secrets:
        yield "    environment:"
        yield from (f"      {name}: {value}" for name, value in image.environment)
        yield from (f"      {name}: /run/secrets/{backing.name}-password" for name in image.secrets)
    if image.secrets:
        yield f"    secrets: [{backing.name}-password]"
    if image.secret_variables:
        yield f"    env_file: [{{path: secrets/{backing.name}.env, required: false}}]"


_SOW = {
    "postgresql": (
        'export PGPASSWORD="$$(cat /run/secrets/{name}-password)"; '
        'at="-h {name} -U {account} -d {account}"; '
        "n=$$(psql $$at -tAc \"select count(*) from information_schema.tables where table_schema='public'\"); "
        'if [ "$$n" != 0 ]; then echo "has tables: left as it is"; exit 0; fi; '
        "for f in /seed/*; do psql $$at -v ON_ERROR_STOP=1 -f $$f || exit 1; done"
    ),
    "mysql": (
        'export MYSQL_PWD="$$(cat /run/secrets/{name}-password)"; '
        'at="-h {name} -u {account} {account}"; '
        "n=$$(mysql $$at -Nse 'select count(*) from information_schema.tables where table_schema=database()'); "
        'if [ "$$n" != 0 ]; then echo "has tables: left as it is"; exit 0; fi; '
        "for f in /seed/*; do mysql $$at < $$f || exit 1; done"
    ),
}


def _seed(backing: Backing, files: Sequence[str]) -> Iterator[str]:
    script = _SOW.get(backing.kind)
    if script is None:
        return
    yield f"  {backing.name}-seed:  # once: only into a database without tables"
    yield f"    image: {image_of(backing)[0]}"
    yield '    restart: "no"'
    yield f"    entrypoint: [sh, -c, {json.dumps(script.format(name=backing.name, account=ACCOUNT))}]"
    yield f"    secrets: [{backing.name}-password]"
    yield "    volumes:"
    for number, path in enumerate(files):
        target = f"/seed/{number:02d}-{path.rpartition('/')[2]}"
        source = "${SOURCE:-./source}/" + path.replace("$", "$$")
        yield f"    - {json.dumps({'type': 'bind', 'source': source, 'target': target, 'read_only': True})}"
    yield f"    depends_on: {{{backing.name}: {{condition: service_healthy}}}}"


def _deployable(
    app: Deployable, project: str, tag: str, waits: dict[str, str], backings: Sequence[Backing], migrate: bool = False
) -> Iterator[str]:
    once = migrate or app.kind in ("job", "batch", "cli")
    yield f"  {app.name}{'-migrate' if migrate else ''}:"
    for reason in app.why[:1] if not migrate else ():
        yield f"    # {one_line(reason.text)}{f' ({one_line(str(reason.where[0]))})' if reason.where else ''}"
    yield f"    image: {image_name(project, app)}:${{TAG:-{tag}}}"
    if not app.image and not migrate:
        yield "    build:"
        context = "${SOURCE:-./source}" + (f"/{app.folder}" if app.folder else "")
        yield f"      context: {json.dumps(context)}"
        yield f"      dockerfile: ${{OUT:-${{PWD:-.}}}}/{dockerfile_of(app)}"
    if once and not migrate:
        yield f"    profiles: [{'tools' if app.kind == 'cli' else 'jobs'}]"
        if app.schedule:
            yield f"    # Ran at {app.schedule!r} (cron). Compose has no clock: docker compose run --rm {app.name}"
    yield '    restart: "no"' if once else "    restart: unless-stopped"
    command = app.migrate if migrate else app.command if app.image or app.kind != "web" else ()
    if command:
        yield f"    command: {json.dumps([word.replace('$', '$$') for word in command])}"
    yield "    init: true"
    plain, secret = wire(app, backings)
    yield from _variables(plain)
    if secret:
        yield f"    env_file: [{{path: secrets/{app.image or app.name}.env, required: false}}]"
    if app.writes:
        yield "    volumes:"
        for volume, path in mounts(app):
            share = "  # a file share on the old machine" if path.startswith(("/mnt/", "/media/")) else ""
            yield f"    - {json.dumps(f'{volume}:{path}', ensure_ascii=False)}{share}"
    yield "    tmpfs: [/tmp]"
    if app.single and not once:
        yield f"    # One replica only: {one_line(app.single)}"
        yield "    deploy: {replicas: 1}"
    if waits:
        yield "    depends_on:"
        yield from (f"      {name}: {{condition: {condition}}}" for name, condition in sorted(waits.items()))
    yield "    cap_drop: [ALL]"
    yield "    security_opt: [no-new-privileges:true]"


def _variables(plain: Sequence[Wired]) -> Iterator[str]:
    if plain:
        yield "    environment:"
    for variable, value, why in plain:
        where = f"  # {why or one_line(str(variable.where[0]))}" if why or variable.where else ""
        if value:
            escaped = value.replace("$", "$$")
            settable = "}" not in value  # it would end the default
            text = f"{variable.name}=" + (f"${{{variable.name}:-{escaped}}}" if settable else escaped)
            yield f"    - {json.dumps(text, ensure_ascii=False)}{where}"
        else:  # passed on when it is set, else left unset: an empty one is something else
            yield f"    - {variable.name}{where}"


def _facade(table: RouteTable, deployables: Sequence[Deployable]) -> Iterator[str]:
    names = {front.name for front in table.fronts}
    yield f"  {facade_name([app.name for app in deployables])}:"
    yield "    # The strangler facade; figwright canary changes what it does, then: docker compose restart facade"
    yield f"    image: {FACADE_IMAGE}"
    yield "    restart: unless-stopped"
    yield "    command: [envoy, -c, /etc/facade/envoy.yaml, --log-level, warn]"
    yield "    volumes: [./facade:/etc/facade:ro]"
    yield "    ports:"
    for front in table.fronts:
        yield f'    - "{front.port}:{front.port}"  # {front.name}'
    yield "    healthcheck:"
    yield '      test: ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8079"]'
    yield "      interval: 5s"
    yield "      timeout: 3s"
    yield "      retries: 12"
    yield "    depends_on:"
    for name in sorted(names):
        yield f"      {name}: {{condition: service_healthy}}"
    yield "    read_only: true"
    yield "    tmpfs: [/tmp]"
    yield "    cap_drop: [ALL]"
    yield '    user: "10001"'
    yield "    security_opt: [no-new-privileges:true]"


def _volumes(deployables: Sequence[Deployable], backings: Sequence[Backing]) -> Iterator[str]:
    names = {volume for app in deployables for volume, _ in mounts(app)}
    names |= {f"{b.name}-data" for b in backings if (image := known_image(b)) and image.data}
    if names:
        yield "volumes:"
        yield from (f"  {name}:" for name in sorted(names))


def _secrets(backings: Sequence[Backing]) -> Iterator[str]:
    names = [f"{b.name}-password" for b in backings if (image := known_image(b)) and image.secrets]
    if names:
        yield "secrets:"
        yield from (f"  {name}: {{file: secrets/{name}}}" for name in names)
