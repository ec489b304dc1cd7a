"""What an error message says is missing: printed text in, demands for the next round out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agent.extraction.slicing.program import Program
from agent.extraction.slicing.selection import Demand

__all__ = ["read_demands"]

Ask = Callable[[Program, re.Match[str]], Iterator[Demand]]
_NAME = r"['\"‘]?([A-Za-z_][\w.]{0,200})['\"’]?"


def read_demands(program: Program, printed: str) -> tuple[Demand, ...]:
    """Everything in the text that something which was left out would mend, in order; empty when it says nothing of the kind."""
    found: list[Demand] = []
    for pattern, ask in _RULES:
        for match in re.finditer(pattern, printed[-200_000:]):
            found.extend(ask(program, match))
    return tuple(dict.fromkeys(found))


def _import(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    name, module = match.group(1), match.group(2)
    if f"{module}.{name}" in program.modules:
        yield Demand("module", f"{module}.{name}", reason=match.group(0))
    elif module in program.modules:
        yield Demand("name", name, module, match.group(0))


def _module(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    if match.group(1) in program.modules:
        yield Demand("module", match.group(1), reason=match.group(0))


def _attribute(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    module, name = match.group(1), match.group(2)
    if module in program.modules:
        kind = "module" if f"{module}.{name}" in program.modules else "name"
        yield Demand(
            kind, f"{module}.{name}" if kind == "module" else name, "" if kind == "module" else module, match.group(0)
        )


def _member(_: Program, match: re.Match[str]) -> Iterator[Demand]:
    yield Demand("member", match.group(2), reason=match.group(0))


def _undefined(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    """In the last file of ours that the traceback names before it."""
    files = re.findall(r'File "([^"\n]{1,400})", line \d+', match.string[: match.start()])
    for path in reversed(files):
        for module in program.modules.values():
            if path.endswith("/" + module.path) and match.group(1) in module.bound:
                yield Demand("name", match.group(1), module.id, match.group(0))
                return


def _template(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    for name in re.split(r",\s*", match.group(1).strip()):
        if name in program.templates:
            yield Demand("template", name, reason=match.group(0))


def _of(kind: str) -> Ask:
    def ask(_: Program, match: re.Match[str]) -> Iterator[Demand]:
        name = match.group(1)
        yield Demand(kind, name.rpartition(".")[2] if kind == "model" else name, reason=match.group(0))

    return ask


def _route(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    """A URL name that no longer resolves: the handlers with that name, and the modules that give them addresses."""
    last = re.split(r"[.:]", match.group(1))[-1]
    words = {last, last.replace("-", "_")}
    for module in program.modules.values():
        for symbol in program.handlers:
            if symbol.startswith(module.id + ".") and symbol.rpartition(".")[2] in words:
                yield Demand("name", symbol[len(module.id) + 1 :].split(".")[0], module.id, match.group(0))
        if (f'"{last}"' in module.text or f"'{last}'" in module.text) and "urlpatterns" in module.bound:
            yield Demand("name", "urlpatterns", module.id, match.group(0))


def _patterns(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    if match.group(1) in program.modules:
        yield Demand("name", "urlpatterns", match.group(1), match.group(0))


def _lower_model(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    word = match.group(1).lower().removesuffix("_set")
    for name in sorted(program.classes):
        if name.lower() == word:
            yield Demand("model", name, reason=match.group(0))


def _file(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    for path in sorted(program.files):
        if match.group(1).endswith("/" + path) or match.group(1) == path:
            yield Demand("file", path, reason=match.group(0))


def _asset(program: Program, match: re.Match[str]) -> Iterator[Demand]:
    for path in sorted(program.files):
        if path.endswith("/" + match.group(1).lstrip("/")):
            yield Demand("file", path, reason=match.group(0))


_RULES: tuple[tuple[str, Ask], ...] = (
    (rf"cannot import name {_NAME} from (?:partially initialized module )?{_NAME}", _import),
    (rf"No module named {_NAME}", _module),
    (rf"module {_NAME} has no attribute {_NAME}", _attribute),
    (r"Module \"([\w.]+)\" does not define a \"(\w+)\" attribute", _attribute),
    (rf"(?:type object )?{_NAME}(?: object)? has no attribute {_NAME}", _member),
    (rf"name {_NAME} is not defined", _undefined),
    (r"(?:TemplateNotFound|TemplateDoesNotExist)(?: at [^\n]*)?: ([^\n]{1,400})", _template),
    (rf"Could not build url for endpoint {_NAME}", _route),
    (r"Reverse for '([\w:.\-]{1,200})' not found", _route),
    (r"NoReverseMatch: '?([\w:.\-]{1,200})'? is not a registered namespace", _route),
    (rf"The included URLconf {_NAME} does not appear to have any patterns", _patterns),
    (rf"expression {_NAME} failed to locate a name", _of("model")),
    (r"App '\w+' doesn't have a '(\w+)' model", _lower_model),
    (r"Cannot resolve keyword '(\w+)' into field", _lower_model),
    (r"could not find table '([\w.]+)'", _of("table")),
    (r"No (?:filter|test) named '(\w+)'", _of("tag")),
    (r"Invalid (?:block tag|filter)[^\n']{0,40}: '(\w+)'", _of("tag")),
    (r"'(\w+)' is not a registered tag library", _of("tag")),
    (r"No such file or directory: '([^'\n]{1,400})'", _file),
    (r"Missing staticfiles manifest entry for '([^'\n]{1,400})'", _asset),
)
