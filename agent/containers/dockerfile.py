"""Prints an image's Dockerfile and what its build context leaves out: an Image in, text out; the same input, the same bytes."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence

from agent.domain.container import Deployable, Image

__all__ = ["DISTRIBUTION_PINS", "editable_part", "kept_part", "write_dockerfile", "write_dockerignore"]

DISTRIBUTION_PINS = (
    "# The base image's release pins the versions; a number here would be gone from the archive at the next security update.",
    "# hadolint ignore=DL3008",
)
_SAFE = re.compile(r"^[A-Za-z0-9@%+=:,./_-]+$")
_ALWAYS = (
    ".git", ".hg", ".svn", ".github", ".gitlab-ci.yml", ".idea", ".vscode", "**/.DS_Store", "**/*.swp",
    "**/Dockerfile*", "**/docker-compose*.y*ml", "**/compose*.y*ml", ".dockerignore",
    "**/.env", "**/.env.*", "**/*.pem", "**/*.key", "**/id_rsa*", "**/.netrc", "**/.npmrc", "**/.pypirc",
)  # fmt: skip
_BY_FAMILY = {
    "python": ("**/__pycache__", "**/*.py[cod]", ".venv", "venv", "**/.pytest_cache", "**/.mypy_cache", "**/.tox", "**/*.egg-info", "build", "htmlcov", ".coverage"),
    "node": ("**/node_modules", "**/npm-debug.log*", "coverage", ".nyc_output"),
    "java": ("**/target", "**/build", "**/.gradle", "**/*.class", "**/out"),
    "php": ("vendor", "**/.phpunit*"),
    "ruby": ("vendor/bundle", "log", "tmp", "coverage"),
    "go": ("bin", "coverage.out"),
    "dotnet": ("**/bin", "**/obj"),
    "cobol": ("**/*.so", "**/*.o", "**/load"),
}  # fmt: skip


def write_dockerfile(image: Image, deployables: Sequence[Deployable] = ()) -> str:
    """The Dockerfile. ``deployables`` are those that run on it, named in its head."""
    head = "\n".join(_head(image, deployables))
    return f"{head}\n\n{editable_part(image)}\n{kept_part(image)}\n"


def editable_part(image: Image) -> str:
    """From the first FROM to USER: what a language model may change."""
    if image.edited:
        return image.edited
    stages = ["\n".join(_build_stage(image))] if image.build_base else []
    return "\n\n".join([*stages, "\n".join(_last_stage(image))])


def kept_part(image: Image) -> str:
    """User, port, health and command: what a proof measures, which no edit changes."""
    return "\n".join(_end(image))


def write_dockerignore(image: Image) -> str:
    """What never goes into the build: history, secrets, what is made anew, and tests, which run in an image of their own."""
    lines = [
        "# What the image does not need, and what must never be in a layer.",
        *_ALWAYS,
        *_BY_FAMILY.get(image.family, ()),
    ]
    lines += image.ignored
    return "\n".join(dict.fromkeys(lines)) + "\n"


def _head(image: Image, deployables: Sequence[Deployable]) -> Iterator[str]:
    yield f"# {image.name}"
    for deployable in deployables:
        command = " ".join(deployable.command)
        more = f", {deployable.schedule}" if deployable.schedule else ""
        yield from _wrapped(f"{deployable.kind} {deployable.name}{more}: {command}")
    for reason in image.reasons:
        where = ", ".join(str(place) for place in reason.where[:3])
        yield from _wrapped(f"{reason.text}{f' ({where})' if where else ''}.")
    if image.risk:
        yield from _wrapped(f"RISK: {image.risk}")
        yield from _wrapped(f"UPGRADE: {image.upgrade}")
    for change in image.changes:
        yield from _wrapped(f"Repaired after a failed try: {change}.")
    for note in image.notes:
        yield from _wrapped(note)


def _wrapped(text: str) -> list[str]:
    flat = " ".join(text.split())
    return textwrap.wrap(
        flat, 118, initial_indent="#   ", subsequent_indent="#     ", break_long_words=False, break_on_hyphens=False
    )


def _build_stage(image: Image) -> Iterator[str]:
    yield f"FROM {image.build_base} AS build"
    if image.build_packages:
        yield from _apt(image.build_packages)
    yield f"WORKDIR {_build_folder(image)}"
    if image.manifests:
        yield from _copies(image.manifests)
    yield from (f"RUN {line}" for line in image.install)
    if image.build:
        yield "COPY . ."
        yield from (line if line.startswith("WORKDIR ") else f"RUN {line}" for line in image.build)


def _build_folder(image: Image) -> str:
    return image.workdir if image.family in ("python", "node", "php", "ruby") else "/src"


def _copies(manifests: Sequence[str]) -> Iterator[str]:
    """One line for each folder, so that files keep their places."""
    folders: dict[str, list[str]] = {}
    for path in manifests:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    for folder in sorted(folders):
        words = [*sorted(folders[folder]), f"./{folder}/" if folder else "./"]
        yield f"COPY {' '.join(words)}" if all(map(_SAFE.match, words)) else f"COPY {json.dumps(words)}"


def _last_stage(image: Image) -> Iterator[str]:
    yield f"FROM {image.base}"
    if image.packages:
        yield from _apt(image.packages)
    if image.user == "10001":
        yield "RUN groupadd --gid 10001 app && useradd --uid 10001 --gid app --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app"
    yield f"WORKDIR {image.workdir}"
    yield from (f"RUN {line}" for line in image.finish)
    yield from (f"COPY --from=build {source} {target}" for source, target in image.artifacts)
    if image.source:
        yield "COPY . ."
    yield from (f"RUN {line}" for line in image.after)
    if image.folders:
        owner = "--owner=10001 --group=10001" if image.user == "10001" else f"--owner={image.user}"
        yield "# Where it writes: mount volumes here when the data must outlive the container."
        yield f"RUN install --directory {owner} \\"
        yield " \\\n".join(f"      {_word(folder)}" for folder in image.folders)
    if image.env:
        yield "ENV " + " \\\n    ".join(f"{name}={_quoted(value)}" for name, value in image.env)


def _end(image: Image) -> Iterator[str]:
    yield f"USER {image.user}:{image.user}" if image.user == "10001" else f"USER {image.user}"
    if image.port:
        yield f"EXPOSE {image.port}"
    yield _health(image)
    yield f"CMD {json.dumps(list(image.command))}"


def _health(image: Image) -> str:
    if not image.health:
        return "HEALTHCHECK NONE"
    start = "90s" if image.family == "java" else "30s"
    return f"HEALTHCHECK --interval=30s --timeout=5s --start-period={start} --retries=3 \\\n  CMD {json.dumps(list(image.health))}"


def _apt(packages: Sequence[str]) -> Iterator[str]:
    yield from DISTRIBUTION_PINS
    names = " \\\n      ".join(packages)
    yield f"RUN apt-get update && apt-get install --yes --no-install-recommends \\\n      {names} \\\n  && rm -rf /var/lib/apt/lists/*"


def _word(text: str) -> str:
    return text if _SAFE.match(text) else "'" + text.replace("'", "'\\''") + "'"


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w./:@$,+-]+", value) else json.dumps(value)
