"""Prompts from their files: a name in, a checked prompt and its rendered messages out.

Prompts are data that ships with the program (``prompts/`` in a checkout, ``agent/_prompts`` in the wheel). Text that
comes out of a repository enters them only through the filter ``fenced``, whose marks the text itself cannot contain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from jinja2 import StrictUndefined
from jinja2.exceptions import TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import SettingsError

__all__ = ["Prompt", "Rendered", "fence", "load_prompt", "prompt_names"]


class Prompt(BaseModel):
    """One prompt file. ``answer`` names the type of its answer; ``variables`` must be exactly what the texts use."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = Field(ge=1)
    purpose: str = Field(min_length=10, max_length=300)
    variables: tuple[str, ...]
    answer: str = Field(pattern=r"^[A-Z][A-Za-z]+$")
    system: str = Field(min_length=1)
    user: str = Field(min_length=1)
    name: str
    digest: str

    def render(self, values: Mapping[str, object]) -> Rendered:
        """Both texts; a variable that is missing, or one too many, is an error in our own code."""
        if set(values) != set(self.variables):
            raise ValueError(f"{self.name} takes {sorted(self.variables)}, not {sorted(values)}")
        environment = _environment()
        system, user = (environment.from_string(text).render(values).strip() for text in (self.system, self.user))
        return Rendered(name=self.name, version=self.version, digest=self.digest, system=system, user=user)


class Rendered(BaseModel):
    """A prompt with its variables filled in."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    digest: str
    system: str
    user: str


def fence(text: str) -> str:
    """Repository text between marks that name its own hash, so that nothing in the text can close the fence."""
    shown = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
    mark = hashlib.sha256(shown.encode("utf-8")).hexdigest()[:12]
    while mark in shown:
        mark = hashlib.sha256(mark.encode("ascii")).hexdigest()[:12]
    return f"<data {mark}>\n{shown}\n</data {mark}>"


def prompt_names() -> tuple[str, ...]:
    """Every prompt, as ``stage/verb_noun``, sorted."""
    folder = _folder()
    return tuple(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in folder.glob("*/*.yaml")))


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt of that name. Raises SettingsError when the file is missing or is not a prompt."""
    path = _folder() / f"{name}.yaml"
    try:
        table = yaml.safe_load(path.read_text("utf-8"))
        digest = hashlib.sha256(f"{table['system']}\0{table['user']}\0{table['answer']}".encode()).hexdigest()[:16]
        prompt = Prompt(**table, name=name, digest=digest)
        used = {
            v for text in (prompt.system, prompt.user) for v in find_undeclared_variables(_environment().parse(text))
        }
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValidationError, TemplateError) as error:
        raise SettingsError(f"the prompt {name} cannot be used ({error}): install figwright again.") from None
    if used != set(prompt.variables):
        raise SettingsError(f"the prompt {name} declares {sorted(prompt.variables)} and uses {sorted(used)}.")
    return prompt


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters["fenced"] = fence
    return environment


@cache
def _folder() -> Path:
    here = Path(__file__).resolve().parent
    packed = here / "_prompts"
    return packed if packed.is_dir() else here.parent / "prompts"
