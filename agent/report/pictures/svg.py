"""SVG as text: names, attributes and children in, escaped markup out. The only place where the pictures write tags."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup, escape

from agent.report.visible_text import cut_tail, visible

__all__ = ["element", "fit", "group", "label", "link", "number", "path", "picture", "rect", "title", "wrap"]

Value = str | int | float | None


def number(value: float) -> str:
    """One decimal: enough for a screen, and coarse enough to hide the last bit of a platform's sine."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def element(tag: str, *children: Markup, **attributes: Value) -> Markup:
    """``<tag …>children</tag>``; ``class_`` is class, ``stroke_width`` is stroke-width; None leaves an attribute out."""
    parts = [f"<{tag}"]
    for name, value in attributes.items():
        if value is not None:
            text = number(value) if isinstance(value, (int, float)) else escape(visible(value))
            parts.append(f' {name.rstrip("_").replace("_", "-")}="{text}"')
    inner = "".join(children)
    return Markup("".join(parts) + (f">{inner}</{tag}>" if inner else "/>"))  # noqa: S704 (built from escaped parts)


def group(*children: Markup, **attributes: Value) -> Markup:
    return element("g", *children, **attributes)


def rect(x: float, y: float, width: float, height: float, **attributes: Value) -> Markup:
    return element("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), **attributes)


def path(d: str, *children: Markup, **attributes: Value) -> Markup:
    return element("path", *children, d=d, **attributes)


def title(text: str) -> Markup:
    """What a mark says when it is pointed at, and to a screen reader."""
    return Markup("<title>{}</title>").format(cut_tail(text, 300))


def label(x: float, y: float, text: str, **attributes: Value) -> Markup:
    return element("text", escape(visible(text)), x=x, y=y, **attributes)


def link(anchor: str, *children: Markup, **attributes: Value) -> Markup:
    """A link inside the page, or a plain group where there is nothing to lead to."""
    return element("a", *children, href=f"#{anchor}", **attributes) if anchor else group(*children, **attributes)


def picture(
    width: float, height: float, name: str, *children: Markup, class_: str, least: float = 560, enlarge: float = 1.0
) -> Markup:
    """A whole drawing: enlarged no further than that, on a narrow screen scrolled rather than shrunk beyond reading."""
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="group",
        aria_label=name,
        class_=class_,
        style=f"max-width:{number(width * enlarge)}px;min-width:{number(min(width, least))}px",
    )


def _advance(character: str) -> float:
    """Rough width of a character in ems, for system sans-serif fonts."""
    if character in "iIl.,:;'|![]()jtfr -/":
        return 0.33
    if character in "mwMW@%":
        return 0.86
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.7 if character.isupper() else 0.6


def fit(text: str, width: float, font_size: float) -> str:
    """The text, cut at its end with an ellipsis where it would be wider than ``width`` pixels."""
    shown = visible(text[:200])
    room = width / font_size
    used = 0.0
    for place, character in enumerate(shown):
        used += _advance(character)
        if used > room:
            while place and used + 0.8 > room:
                place -= 1
                used -= _advance(shown[place])
            return shown[:place].rstrip(" .-_/") + "…"
    return shown if len(text) <= 200 else shown + "…"


def wrap(text: str, width: float, font_size: float, lines: int) -> list[str]:
    """The text on at most so many lines of that width; the last one is cut where it does not end in time."""
    words = visible(text[:400]).split(" ")
    shown: list[str] = []
    while words and len(shown) < lines:
        last = len(shown) == lines - 1
        taken = 1
        while taken < len(words) and fit(" ".join(words[: taken + 1]), width, font_size) == " ".join(
            words[: taken + 1]
        ):
            taken += 1
        shown.append(fit(" ".join(words if last else words[:taken]), width, font_size))
        words = words[taken:]
    return shown
