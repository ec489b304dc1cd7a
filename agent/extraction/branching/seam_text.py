"""The text of a seam: a module with today's code, a client for the service, and a flag between them. Operations in, files out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files

from agent.extraction.branching.deciding import Operation

__all__ = ["PACKAGE_TEXT", "SETTINGS", "flag_of", "seam_files", "seam_package", "wire_text", "word_of"]

_HEAD = '''"""{title}: what the rest of the program asks of it, in this process or over HTTP.

{flag}: {choice}.
{flag}_URL: where the service listens. {flag}_TOKEN: what both sides know. {flag}_TIMEOUT: seconds for a call (2).
They are read with every call, from the environment, else from {configuration}.
"""

import builtins
import http.client
import importlib
import json
import os
import socket
import urllib.error
import urllib.request

from {package} import wire

WRITES = frozenset({writes})
"""Calls that change rows: they are never repeated, since nobody knows whether the first one was done."""
ERRORS = frozenset({errors})
"""The service's own errors, which are raised here as they were raised there."""


class SeamError(Exception):
    """The service could not do what was asked."""


class Unavailable(SeamError):
    """Nobody answered, or not in time. A call that writes may have been done all the same."""


class Broken(SeamError):
    """It answered, but not as agreed: a wrong token, a function that it does not have, an error of its own."""


class {kind}:
    """What the service offers."""
'''
_LOCAL = '''

class Local({kind}):
    """The code in this process, as it always was."""
'''
_REMOTE = '''

class Remote({kind}):
    """The service, over HTTP."""
'''
_CHOICE = """

_SIDES = {{{sides}}}


def _chosen():
    name = _setting("{flag}", "{default}")
    if name not in _SIDES:
        raise SeamError("{flag} is %r: set it to one of %s" % (name, ", ".join(sorted(_SIDES))))
    return _SIDES[name]


"""
SETTINGS = {
    "flask": """def _setting(name, default):
    value = os.environ.get(name)
    if value is None:
        from flask import current_app

        value = current_app.config.get(name) if current_app else None
    return default if value is None else value
""",
    "django": """def _setting(name, default):
    value = os.environ.get(name)
    if value is None:
        from django.conf import settings

        value = getattr(settings, name, None)
    return default if value is None else value
""",
}
_SURROUNDINGS = {
    "flask": """

def _surroundings():
    return {}
""",
    "django": '''

def _surroundings():
    """The language and the time zone in which the caller works."""
    from django.utils import timezone, translation

    return {"language": translation.get_language(), "timezone": getattr(timezone.get_current_timezone(), "key", None)}
''',
}
_ASK = """

class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **more):
        return None


_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({{}}), _NoRedirect)


def _ask(function, *arguments, **named):
    body = dict(_surroundings(), arguments=wire.pack(list(arguments)), named=wire.pack(named))
    request = urllib.request.Request(
        "%s/_figwright/{service}/%s" % (_setting("{flag}_URL", "").rstrip("/"), function),
        json.dumps(body).encode("ascii"),
        {{"Content-Type": "application/json", "Authorization": "Bearer %s" % _setting("{flag}_TOKEN", "")}},
    )
    return _read(function, _send(function, request))


def _send(function, request):
    seconds = float(_setting("{flag}_TIMEOUT", 2))
    for last in (True,) if function in WRITES else (False, True):
        try:
            with _OPENER.open(request, timeout=seconds) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            raise Broken("{service}: %s was answered with %d" % (function, error.code)) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            # A read is asked once more when the connection failed, not when it was too slow
            late = isinstance(getattr(error, "reason", error), socket.timeout)
            if last or late:
                raise Unavailable("{service}: %s could not be asked: %s" % (function, error)) from error


def _read(function, text):
    try:
        found = json.loads(text.decode("utf-8"))
        if "error" in found:
            name, arguments = found["error"]["type"], wire.unpack(found["error"]["arguments"])
        else:
            return wire.unpack(found["value"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Broken("{service}: the answer to %s cannot be read: %s" % (function, error)) from error
    module, _, last = name.rpartition(".")
    kind = getattr(builtins, last, None) if module == "builtins" else None
    if name in ERRORS:
        kind = getattr(importlib.import_module(module), last)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        raise Broken("{service}: %s raised %s there" % (function, name))
    raise kind(*arguments)
"""
PACKAGE_TEXT = '"""Seams: where this program asks what has become, or will become, a service of its own."""\n'


def word_of(service: str) -> str:
    """A service's name as a module's."""
    word = re.sub(r"\W+", "_", service).strip("_").lower() or "service"
    return f"_{word}" if word[0].isdigit() else word


def flag_of(service: str) -> str:
    """The name of the flag, and the beginning of the settings beside it."""
    return f"SEAM_{word_of(service).upper()}"


def seam_package(modules: Sequence[str], packages: Sequence[str], targets: Sequence[str]) -> str:
    """Where seams live: in the package that most of what is called lies in, else beside all of them. Never a name that is taken."""
    tops = [one.partition(".")[0] for one in targets]
    top = max(sorted(set(tops)), key=tops.count, default="")
    inside = sum(one.partition(".")[0] == top for one in modules)
    place = f"{top}." if top in packages and 2 * inside > len(modules) else ""
    name = f"{place}seams"
    while any(one == name or one.startswith(f"{name}.") for one in modules):
        name += "_"
    return name


def wire_text() -> str:
    """The module that packs values, without what only our own linters read."""
    lines = files("agent.extraction.box").joinpath("wire.py").read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if line not in ("# ruff: noqa\n", "# mypy: ignore-errors\n"))


def seam_files(
    service: str, framework: str, package: str, folder: str, operations: Sequence[Operation], errors: Sequence[str],
    *, local: bool = True,
) -> dict[str, str]:  # fmt: skip
    """path -> text. ``folder`` is where ``package`` lies; without ``local`` the service is the only side that is left."""
    text = _module(service, framework, package, operations, errors, local)
    return {
        f"{folder}__init__.py": PACKAGE_TEXT,
        f"{folder}wire.py": wire_text(),
        f"{folder}{word_of(service)}.py": text,
    }


def _module(
    service: str, framework: str, package: str, operations: Sequence[Operation], errors: Sequence[str], local: bool
) -> str:
    flag, word = flag_of(service), word_of(service)
    kind = "".join(part.capitalize() for part in word.split("_") if part) + "Operations"
    names = {"service": word, "flag": flag, "kind": kind, "package": package}
    both = "``local`` (the default) runs the code of this program, ``remote`` asks the service"
    parts = [
        _HEAD.format(
            **names,
            title=service,
            choice=both if local else "only ``remote`` is left: the code is gone from this program",
            configuration={"flask": "app.config", "django": "Django's settings"}[framework],
            writes=_listed([one.name for one in operations if one.writes]),
            errors=_listed(errors),
        ),
        "".join(_declared(one) for one in operations),
        _LOCAL.format(**names) + "".join(_here(one) for one in operations) if local else "",
        _REMOTE.format(**names) + "".join(_there(one) for one in operations),
        _CHOICE.format(
            **names,
            sides='"local": Local(), "remote": Remote()' if local else '"remote": Remote()',
            default="local" if local else "remote",
        ),
        SETTINGS[framework],
        _SURROUNDINGS[framework],
        _ASK.format(**names),
        "".join(_function(one) for one in operations),
    ]
    return "".join(parts)


def _listed(names: Sequence[str]) -> str:
    return "{" + ", ".join(f'"{one}"' for one in sorted(names)) + "}" if names else "()"


def _self(one: Operation) -> str:
    return f"self, {one.parameters}" if one.parameters else "self"


def _declared(one: Operation) -> str:
    doc = one.doc.replace("\\", "\\\\").replace('"""', "'''")
    doc = doc + " " if doc.endswith('"') else doc
    body = f'        """{doc}"""\n' if doc else ""
    return f"\n    def {one.name}({_self(one)}):\n{body}        raise NotImplementedError\n"


def _here(one: Operation) -> str:
    module, name = one.target.module, one.target.name
    # Within the method: an import at the top would load the service's code whenever a caller is loaded
    return f"\n    def {one.name}({_self(one)}):\n        from {module} import {name}\n\n        return {name}({one.passed})\n"


def _there(one: Operation) -> str:
    passed = f", {one.passed}" if one.passed else ""
    return f'\n    def {one.name}({_self(one)}):\n        return _ask("{one.name}"{passed})\n'


def _function(one: Operation) -> str:
    return f"\n\ndef {one.name}({one.parameters}):\n    return _chosen().{one.name}({one.passed})\n"
