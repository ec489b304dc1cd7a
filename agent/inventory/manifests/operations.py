"""Reads how a system is run: Dockerfile, compose file, Procfile, crontab, systemd unit; text in, declarations out."""

from __future__ import annotations

import posixpath
import re

import yaml

from agent.domain.inventory import EntryPoint, Location
from agent.inventory.manifests.declared import Declared, line_at, without_secrets

__all__ = ["kind_of_command", "read_compose", "read_crontab", "read_dockerfile", "read_procfile", "read_systemd_unit"]

# Images whose tag is the product's version, under the product's key in end_of_life.toml.
_BASE_IMAGES = {
    "adoptopenjdk": "java", "alpine": "alpine", "amazoncorretto": "java", "aspnet": "dotnet", "centos": "centos",
    "debian": "debian", "eclipse-temurin": "java", "elasticsearch": "elasticsearch", "golang": "go", "ibmjava": "java",
    "java": "java", "mariadb": "mariadb", "mongo": "mongodb", "mysql": "mysql", "node": "nodejs", "openjdk": "java",
    "php": "php", "postgres": "postgresql", "pypy": "python", "python": "python", "rabbitmq": "rabbitmq",
    "redis": "redis", "ruby": "ruby", "runtime": "dotnet", "sdk": "dotnet", "tomcat": "tomcat", "ubi8": "rhel",
    "ubi9": "rhel", "ubuntu": "ubuntu",
}  # fmt: skip
_LARGEST_YAML = 200_000
_CODE_NAMES = {
    "buster": "10", "bullseye": "11", "bookworm": "12", "trixie": "13", "stretch": "9", "jessie": "8", "wheezy": "7",
    "trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04",
}  # fmt: skip


_WEB_SERVERS = re.compile(
    r"\b(?:gunicorn|uvicorn|uwsgi|hypercorn|daphne|waitress|mod_wsgi|runserver|nginx|apache2|httpd|php-fpm|puma|unicorn"
    r"|rails s|catalina|cargo:run|flask run|next start|http-server)\b"
)
_WORKERS = re.compile(r"\b(?:celery|rq|dramatiq|huey|sidekiq|resque|qcluster|horizon|queue:work)\b")


def kind_of_command(command: str) -> str:
    """web, worker, job or main, by the program that a command line starts."""
    if _WEB_SERVERS.search(command):
        return "web"
    if _WORKERS.search(command):
        return "job" if re.search(r"\bbeat\b", command) else "worker"
    return "job" if re.search(r"\b(?:cron|crond|supercronic)\b", command) else "main"


def read_dockerfile(text: str, declared: Declared) -> None:
    declared.build_systems.append(("Docker", 0))
    stages: set[str] = set()
    arguments = dict(re.findall(r"(?m)^ARG[ \t]+(\w{1,80})=[\"']?([\w.:/-]{1,120})", text))
    last: tuple[str, str, int] | None = None
    entry = ""
    for keyword, rest, line in _instructions(text):
        if keyword == "FROM":
            words = [word for word in rest.split() if not word.startswith("--")]
            image = _filled_in(words[0], arguments) if words else ""
            if image and image not in stages:
                _base_image(image, line, declared)
            if len(words) >= 3:
                stages.add(words[2])
            last = None
        elif keyword in ("CMD", "ENTRYPOINT"):
            command = _command(rest)
            entry = f"{entry} {command}".strip() if keyword == "CMD" and entry else command
            last = (entry, keyword, line)
            entry = entry if keyword == "ENTRYPOINT" else ""
    if last and last[0]:
        declared.enter(kind_of_command(last[0]), last[0], f"{last[1]} of a container", last[2])


def _instructions(text: str) -> list[tuple[str, str, int]]:
    """(keyword, rest, line) with continued lines joined."""
    found = []
    for match in re.finditer(r"(?m)^[ \t]*(FROM|CMD|ENTRYPOINT)[ \t]+((?:[^\n\\]|\\(?!\r?\n)|\\\r?\n){1,2000})", text):
        rest = re.sub(r"\\\r?\n", " ", match.group(2)).strip()
        found.append((match.group(1), rest, line_at(text, match.start(1))))
    return found


def _filled_in(image: str, arguments: dict[str, str]) -> str:
    """The image with ``${NAME}`` and ``${NAME:-default}`` replaced by what ARG says."""
    return re.sub(
        r"\$\{?(\w{1,80})(?::-([^}]{0,120}))?\}?",
        lambda found: arguments.get(found.group(1), found.group(2) or ""),
        image,
    )


def _command(rest: str) -> str:
    if not rest.startswith("["):
        return rest
    return " ".join(double or single for double, single in re.findall(r"\"([^\"]{0,300})\"|'([^']{0,300})'", rest))


def _base_image(image: str, line: int, declared: Declared) -> None:
    """The product and version that a base image stands for, and its operating system when the tag names one."""
    name, _, tag = image.split("@")[0].rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "")
    short = name.rpartition("/")[2]
    product = "dotnetfx" if "/dotnet/framework/" in name else _BASE_IMAGES.get(short)
    version = re.match(r"(?:v|jdk-?|jre-?|java)?(\d{1,6}(?:\.\d{1,4}){0,2})", tag)
    declared.bases.append((image, line))
    if product in ("debian", "ubuntu") and tag.partition("-")[0] in _CODE_NAMES:
        declared.run_on(product, _CODE_NAMES[tag.partition("-")[0]], f"base image {image}", line)
    elif product:
        declared.run_on(product, version.group(1) if version else "", f"base image {image}", line)
    alpine = re.search(r"-alpine(\d\.\d{1,2})", tag)
    if alpine:
        declared.run_on("alpine", alpine.group(1), f"base image {image}", line)
    for code_name in re.findall(r"-([a-z]{4,10})\b", tag):
        if code_name in _CODE_NAMES:
            number = _CODE_NAMES[code_name]
            declared.run_on("ubuntu" if "." in number else "debian", number, f"base image {image}", line)


def read_compose(text: str, declared: Declared) -> None:
    """Services with an image alone run beside the system; the ones that are built are the system's own."""
    services = _child(_yaml(text), "services")
    if not isinstance(services, yaml.MappingNode):
        return
    declared.build_systems.append(("Docker Compose", 0))
    file = declared.path.rpartition("/")[2]
    for key, service in services.value:
        line = key.start_mark.line + 1
        image = _child(service, "image")
        build = _child(service, "build")
        if build is not None:
            command = _words(_child(service, "command"))
            how = f"service in {file}" + (f", {command}" if command else "")
            place = Location(path=declared.path, line=line)
            entry = EntryPoint(
                kind=kind_of_command(command), name=_words(key), how=without_secrets(how)[:160], evidence=place
            )
            declared.built.append((entry, _dockerfile_of(build, declared.path)))
        elif isinstance(image, yaml.ScalarNode):
            line = image.start_mark.line + 1
            declared.images.append((image.value, line))
            _base_image(image.value, line, declared)


def _dockerfile_of(build: yaml.Node, compose_file: str) -> str:
    """The path of the Dockerfile that a service is built from."""
    context = _words(build) or _words(_child(build, "context")) or "."
    file = _words(_child(build, "dockerfile")) or "Dockerfile"
    return posixpath.normpath(posixpath.join(posixpath.dirname(compose_file), context, file))


def _yaml(text: str) -> yaml.Node | None:
    """The document as nodes, which know their lines and, unlike values, do not grow when aliases and merges repeat."""
    if len(text) > _LARGEST_YAML:
        return None
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _child(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, yaml.ScalarNode) and name.value == key), None)


def _words(node: yaml.Node | None) -> str:
    """A scalar, or a list of scalars, as one command line."""
    if isinstance(node, yaml.SequenceNode):
        return " ".join(part.value for part in node.value if isinstance(part, yaml.ScalarNode))
    return " ".join(node.value.split()) if isinstance(node, yaml.ScalarNode) else ""


def read_procfile(text: str, declared: Declared) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"([\w-]{1,40}):\s*(\S.{0,300})", line)
        if found:
            kind = "web" if found.group(1) == "web" else kind_of_command(found.group(2))
            kind = "worker" if kind == "main" and "worker" in found.group(1) else kind
            declared.enter(kind, f"{found.group(1)}: {found.group(2)}", "Procfile", number)


_SCHEDULE = re.compile(
    r"(@(?:hourly|daily|weekly|monthly|yearly|annually|reboot|midnight)[ \t]+|(?:[\d*,/~A-Za-z-]{1,30}[ \t]+){5})"
    r"(\S.{0,300})"
)
# In these tables a user stands before the command.
_WITH_USER = re.compile(r"(?:.*/)?(?:etc/crontab|cron\.d/[^/]+)")
_USERS = frozenset(
    {"root", "www-data", "apache", "nginx", "httpd", "nobody", "daemon", "postgres", "mysql", "oracle", "wwwrun"}
)


def read_crontab(text: str, declared: Declared) -> None:
    """Each line with a schedule; settings (``MAILTO=...``) and comments are none."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _SCHEDULE.match(line.strip())
        if found and (found.group(1)[0] in "@*" or found.group(1)[0].isdigit()):
            command, how = found.group(2), f"crontab, {' '.join(found.group(1).split())}"
            first, _, rest = command.partition(" ")
            if rest.strip() and (
                first in _USERS or (_WITH_USER.fullmatch(declared.path) and re.fullmatch(r"[\w-]+", first))
            ):
                command, how = rest.strip(), f"{how} as {first}"
            declared.enter("job", command, how, number)


def read_systemd_unit(text: str, declared: Declared) -> None:
    unit = declared.path.rpartition("/")[2]
    schedule = re.search(r"(?m)^OnCalendar=(.{1,80})", text)
    if unit.endswith(".timer") and schedule:
        declared.enter("job", unit, f"systemd timer, {schedule.group(1).strip()}", line_at(text, schedule.start()))
        return
    start = re.search(r"(?m)^ExecStart=(.{1,300})", text)
    if start:
        command = start.group(1).strip()
        declared.enter(kind_of_command(command), f"{unit}: {command}", "systemd unit", line_at(text, start.start()))
