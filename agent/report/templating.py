"""What the HTML pages share: an environment for their templates, the style sheet and the script as resources.

Everything that a template prints passes ``_finalize`` and autoescape: text becomes visible and escaped, integers get
their separators, and a float is refused, because its places must be chosen.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from agent.domain.boundary import SHARED
from agent.domain.inventory import Location
from agent.report import number_format
from agent.report.links import SourceLinks
from agent.report.pictures.hotspots import heat
from agent.report.visible_text import PROSE_LIMIT, cut_middle, cut_path, cut_tail, visible

__all__ = ["make_environment", "resource", "script_hash", "trusted"]


def make_environment(links: SourceLinks, sentences: Callable[..., str]) -> Environment:
    """``sentences`` makes a sentence of a clause."""
    environment = Environment(
        loader=PackageLoader("agent.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "name": lambda text, limit=72: cut_middle(text, limit),
            "percent": number_format.percent,
            "decimal": number_format.decimal,
            "plural": number_format.plural,
            "size": number_format.size,
            "heat": heat,
            "clip": cut_tail,
            "link": _whole,
            "breakable": _breakable,
            "say": _say,
            "sentence": sentences,
            "soft": _soft,
            "short": _short,
            "place": lambda location, limit=84: cut_path(str(location), limit),
            "width": lambda share: f"{min(max(share, 0.0), 1.0) * 100:.1f}",
        }
    )
    environment.globals.update({"url": links.url, "linked": bool(links.base), "SHARED": SHARED, "location": _location})
    return environment


def _location(path: str, line: int) -> Location:
    return Location(path=path, line=line)


def _whole(text: str) -> Markup:
    """Text of our own making that must not be cut: a URL whose every odd byte is percent-encoded, a hash."""
    return escape(text)


def _breakable(text: str, separator: str) -> Markup:
    """A path or dotted name that may break after its separators rather than anywhere."""
    return Markup(f"{separator}<wbr>").join(text.split(separator))  # noqa: S704 (join escapes the parts)


def _say(text: str, limit: int = PROSE_LIMIT) -> Markup:
    """A sentence of the plan, in which `backticks` set off code."""
    parts = cut_tail(text, limit).split("`")
    if len(parts) % 2 == 0:  # a tick without a partner is a tick
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _soft(text: str) -> Markup:
    """A line that quotes dotted names: they may break after a dot."""
    return _breakable(text, ".")


def _short(name: str) -> str:
    """A qualified name's last two parts: its packages are said by the service that it stands under."""
    parts = name.split(".")
    return ".".join(parts[-2:]) if len(name) > 32 and len(parts) > 2 and "/" not in name else name


def _finalize(value: object) -> object:
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return cut_tail(value) if len(value) > 1 else visible(value)
    if isinstance(value, float):
        raise TypeError(f"choose a format for {value!r}")
    return number_format.count(value) if isinstance(value, int) else value


def resource(name: str) -> str:
    """The text of a file of the templates' folder."""
    return files("agent.report").joinpath("templates", name).read_text("utf-8")


def trusted(text: str) -> Markup:
    """Our own style sheet and script; nothing from a repository comes this way."""
    return Markup(text)  # noqa: S704


def script_hash(script: str) -> str:
    """The script's source expression in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
