"""The image that tests run in: the proved one (or its build stage) with the whole repository and what the tests need on top."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from agent.domain.container import Image
from agent.domain.environment import Recipe, Step
from agent.domain.execution import Command

__all__ = ["INSIDE_ENV", "INSIDE_OUT", "command_inside", "from_build_stage", "write_test_dockerfile"]

INSIDE_ENV = "/figwright/env"
INSIDE_OUT = "/figwright/out"
# Steps that make the interpreter's own place: the image has one.
_MADE = frozenset({"make a virtual environment", "fetch virtualenv", "link the interpreter"})
# Lines that ran are measured outside only.
_OUTSIDE_ONLY = frozenset({"install coverage.py apart", "fetch JaCoCo's agent", "fetch JaCoCo's command line"})
_TOOLS = {
    "python": "/opt/venv/bin/python", "node": "node", "npm": "npm", "php": "php", "composer": "composer", "maven": "mvn",
    "java": "java", "go": "go", "gradle": "gradle",
}  # fmt: skip
_PRODUCTION = ("-u", "NODE_ENV", "-u", "NODE_OPTIONS")  # what the image sets for production
_PLACEHOLDER = re.compile(r"\{toolchain:([a-z]+)(:home)?\}")


def from_build_stage(image: Image) -> bool:
    """Compilers are needed for tests of compiled code: they are in the stage that builds."""
    return image.family in ("java", "cobol", "go", "dotnet")


def repository_in(image: Image) -> str:
    return "/src" if from_build_stage(image) else image.workdir


def write_test_dockerfile(image: Image, base: str, recipe: Recipe | None, packages: Sequence[str] = ()) -> str:
    """``base`` is the name of the built image. The recipe's steps run with the image's own interpreter."""
    where = repository_in(image)
    lines = [f"FROM {base}", "USER root"]
    if packages:
        lines.append(f"RUN apt-get update && apt-get install --yes --no-install-recommends {' '.join(packages)}")
    lines.append(f"RUN mkdir -p {INSIDE_ENV}/cache {INSIDE_OUT} /opt/venv && ln -sfn /opt/venv {INSIDE_ENV}/venv")
    if image.family == "python" and not any("/opt/venv" in source for source, _ in image.artifacts):
        lines.append("RUN python -m venv /opt/venv")
    lines += [f"WORKDIR {where}", "COPY . ."]
    for step in recipe.steps if recipe else ():
        if step.name not in _MADE | _OUTSIDE_ONLY:
            lines.append(_run(step, recipe, where))
    owner = "10001:10001" if image.user == "10001" else image.user
    lines += [
        "ENV HOME=/figwright/home",
        f"RUN mkdir -p /figwright/home && chown -R {owner} {where} /figwright && chmod -R u+w {where}",
    ]
    lines += [f"USER {image.user}", 'CMD ["true"]']
    return "\n".join(lines) + "\n"


def _run(step: Step, recipe: Recipe | None, where: str) -> str:
    """In exec form, because arguments are other people's text; a step that is merely wished for may fail."""
    variables = {**(recipe.variables if recipe else {}), **step.env}
    words = ["env", *_PRODUCTION]
    words += [
        f"{name}={_filled(value, where)}"
        for name, value in sorted(variables.items())
        if not _is_home(value) and name != "PATH"
    ]
    words += [_filled(word, where) for word in step.run]
    if step.cwd or not step.needed:
        target = str(PurePosixPath(where, _filled(step.cwd, where)))
        script = 'cd "$1" && shift && "$@"' + ("" if step.needed else " || true")
        words = ["sh", "-c", script, "sh", target, *words]
    return f"RUN {json.dumps(words)}"


def _is_home(value: str) -> bool:
    return bool(re.fullmatch(r"\{toolchain:[a-z]+:home\}", value))


def _filled(text: str, where: str) -> str:
    text = _PLACEHOLDER.sub(lambda match: _TOOLS.get(match[1], match[1]), text)
    return text.replace("{env}", INSIDE_ENV).replace("{repo}", where).replace("{out}", INSIDE_OUT)


def command_inside(image: Image, command: Command) -> Command:
    """The runner's command with the image's paths. PATH, and the homes of toolchains, stay the image's own."""
    where = repository_in(image)
    env = {name: _filled(value, where) for name, value in command.env.items() if not _is_home(value) and name != "PATH"}
    argv = ("env", *_PRODUCTION, *(_filled(word, where) for word in command.argv))
    return Command(argv, env, str(PurePosixPath(where, _filled(command.cwd, where))))
