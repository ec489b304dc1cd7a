"""A request taken apart into its parameters, and put together again with others: bytes in, places with values, bytes out.

Parameters stand in the path (where the route has one), the query, a form (urlencoded or multipart), or JSON. What is none of
these is carried along unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, quote, unquote, urlencode

from agent.domain.extraction import RecordedRequest

__all__ = ["Asked", "Parameter", "Place", "put_together", "take_apart", "with_header"]

Place = Literal["path", "query", "form", "json"]
_MOST_PARAMETERS = 60
_MOST_BODY = 1 << 20
_DEEPEST = 6
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,200})"?', re.IGNORECASE)
_NAME = re.compile(rb'name="([^"\r\n]{1,200})"', re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """``key`` tells equal names apart: its number in the path or the form, its steps in JSON. ``value`` is text, and in
    JSON any plain value; ``closed``: a file or a token, which is not replaced."""

    place: Place
    name: str
    key: str
    value: Any
    closed: bool = False


@dataclass(frozen=True)
class Asked:
    """What a request asks, apart from the state that it meets. ``path`` are its segments, unquoted; ``kind`` is the body's:
    ``form``, ``multipart``, ``json`` or empty (``body`` as it is)."""

    method: str
    path: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    kind: str = ""
    form: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[int, bytes], ...] = ()  # parts of a multipart form that are files, by their place in ``form``
    json: Any = None
    body: bytes = b""

    def parameters(self, variable: Sequence[tuple[int, str]] = ()) -> tuple[Parameter, ...]:
        """``variable``: (number of the segment, name) of what the route leaves open."""
        found = [
            Parameter("path", name, str(number), self.path[number])
            for number, name in variable
            if number < len(self.path)
        ]
        found += [Parameter("query", name, str(n), value) for n, (name, value) in enumerate(self.query)]
        held = {number for number, _ in self.files}
        for n, (name, value) in enumerate(self.form):
            found.append(Parameter("form", name, str(n), value, n in held or _is_token(name)))
        found += [Parameter("json", name, key, value) for key, name, value in _leaves(self.json)]
        return tuple(found[:_MOST_PARAMETERS])

    def with_value(self, parameter: Parameter, value: Any) -> Asked:
        """The same with another value; None drops it (in JSON it becomes null)."""
        if parameter.place == "path":
            number = int(parameter.key)
            return replace(self, path=(*self.path[:number], str(value or ""), *self.path[number + 1 :]))
        if parameter.place == "json":
            return replace(self, json=_put(self.json, parameter.key.split("/")[1:], value))
        pairs = list(self.query if parameter.place == "query" else self.form)
        number = int(parameter.key)
        if value is None:
            del pairs[number]
            if parameter.place == "form":
                files = tuple((n - (n > number), content) for n, content in self.files if n != number)
                return replace(self, form=tuple(pairs), files=files)
        else:
            pairs[number] = (pairs[number][0], str(value))
        return replace(self, query=tuple(pairs)) if parameter.place == "query" else replace(self, form=tuple(pairs))

    def without(self, parameter: Parameter) -> Asked:
        """The same without it, JSON's member included. A segment of the path cannot be left out."""
        if parameter.place == "json":
            return replace(self, json=_drop(self.json, parameter.key.split("/")[1:]))
        return self if parameter.place == "path" else self.with_value(parameter, None)

    def with_more(self, place: Place, name: str, value: str) -> Asked:
        """One more parameter of the query or the form, or one more member of a JSON object."""
        if place == "query":
            return replace(self, query=(*self.query, (name, value)))
        if place == "form" and self.kind in ("form", "multipart"):
            return replace(self, form=(*self.form, (name, value)))
        if place == "json" and isinstance(self.json, dict):
            return replace(self, json={**self.json, name: value})
        return self


def _is_token(name: str) -> bool:
    """Of the framework against forgery: another value of it is refused before the service's code is reached."""
    return "csrf" in name.lower() or name == "_method" or name.endswith(("-TOTAL_FORMS", "-INITIAL_FORMS"))


def take_apart(request: RecordedRequest, body: bytes) -> Asked:
    """``body`` is the content of its blob."""
    path, _, query = request.target.partition("?")
    segments = tuple(unquote(one, errors="replace") for one in path.split("/"))
    asked = Asked(request.method, segments, tuple(parse_qsl(query, keep_blank_values=True, errors="replace")))
    kind = _header(request.headers, "content-type")
    plain = kind.partition(";")[0].strip().lower()
    if len(body) > _MOST_BODY:
        return replace(asked, body=body)
    if plain == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
        return replace(asked, kind="form", form=tuple(pairs))
    if plain == "application/json" or plain.endswith("+json"):
        try:
            return replace(asked, kind="json", json=json.loads(body))
        except (ValueError, RecursionError):
            return replace(asked, body=body)
    found = _BOUNDARY.search(kind) if plain == "multipart/form-data" else None
    parts = _parts(body, found[1].encode("latin-1", "replace")) if found else None
    if parts is None:
        return replace(asked, body=body)
    return replace(asked, kind="multipart", form=tuple(one for one, _ in parts),
                   files=tuple((n, content) for n, (_, content) in enumerate(parts) if content))  # fmt: skip


def _parts(body: bytes, boundary: bytes) -> list[tuple[tuple[str, str], bytes]] | None:
    """((name, value), the whole part where it is a file) of a multipart form; None when it is none."""
    found: list[tuple[tuple[str, str], bytes]] = []
    for piece in body.split(b"--" + boundary)[1:]:
        if piece.startswith(b"--"):
            return found
        head, mark, value = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if not mark or name is None:
            return None
        is_file = b"filename" in head.lower()
        text = "" if is_file else value.removesuffix(b"\r\n").decode("utf-8", "replace")
        found.append(((name[1].decode("utf-8", "replace"), text), piece if is_file else b""))
    return None


def put_together(asked: Asked, base: RecordedRequest) -> tuple[RecordedRequest, bytes]:
    """A request with the surroundings of ``base`` (state, session, clock), and its body."""
    path = "/".join(quote(one, safe="~!$&'()*+,;=:@-._") for one in asked.path) or "/"
    target = path + ("?" + urlencode(asked.query) if asked.query else "")
    kind = _header(base.headers, "content-type")
    headers = base.headers
    if asked.kind == "form":
        body = urlencode(asked.form).encode()
        headers = with_header(headers, "Content-Type", "application/x-www-form-urlencoded")
    elif asked.kind == "json":
        body = json.dumps(asked.json, ensure_ascii=False).encode("utf-8", "surrogatepass")
        headers = headers if "json" in kind.lower() else with_header(headers, "Content-Type", "application/json")
    elif asked.kind == "multipart":
        boundary = "figwright-boundary"
        body = _multipart(asked, boundary.encode())
        headers = with_header(headers, "Content-Type", f"multipart/form-data; boundary={boundary}")
    else:
        body = asked.body
    if asked.method in ("GET", "HEAD", "OPTIONS", "DELETE") and not body:
        headers = tuple(one for one in headers if one[0].lower() != "content-type")
    return base.model_copy(update={"method": asked.method, "target": target, "headers": headers, "body": ""}), body


def _multipart(asked: Asked, boundary: bytes) -> bytes:
    files = dict(asked.files)
    pieces = []
    for number, (name, value) in enumerate(asked.form):
        quoted = name.replace('"', "%22").encode("utf-8", "replace")
        plain = b'\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (
            quoted,
            value.encode("utf-8", "replace"),
        )
        pieces.append(b"--" + boundary + files.get(number, plain))
    return b"".join(pieces) + b"--" + boundary + b"--\r\n"


def _header(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def with_header(headers: Sequence[tuple[str, str]], name: str, value: str) -> tuple[tuple[str, str], ...]:
    """The headers with this one in the place of others of its name; an empty value takes it away."""
    kept = [one for one in headers if one[0].lower() != name.lower()]
    return tuple(sorted([*kept, (name, value)])) if value else tuple(kept)


def _leaves(value: Any, steps: str = "", name: str = "", depth: int = 0) -> list[tuple[str, str, Any]]:
    """(steps, name, value) of what is no container, and of empty ones."""
    if depth < _DEEPEST and isinstance(value, Mapping) and value:
        pairs = [(str(key), one) for key, one in value.items() if "/" not in str(key)]
        return [leaf for key, one in pairs for leaf in _leaves(one, f"{steps}/{key}", key, depth + 1)]
    if depth < _DEEPEST and isinstance(value, list) and value:
        return [leaf for n, one in enumerate(value[:8]) for leaf in _leaves(one, f"{steps}/{n}", name, depth + 1)]
    return [(steps, name, value)] if steps else []


def _put(value: Any, steps: Sequence[str], new: Any) -> Any:
    if not steps:
        return new
    if isinstance(value, list):
        number = int(steps[0])
        return [_put(one, steps[1:], new) if n == number else one for n, one in enumerate(value)]
    return {
        key: _put(one, steps[1:], new) if key == steps[0] else one for key, one in cast(dict[str, Any], value).items()
    }


def _drop(value: Any, steps: Sequence[str]) -> Any:
    if isinstance(value, list):
        number = int(steps[0])
        if len(steps) == 1:
            return [one for n, one in enumerate(value) if n != number]
        return [_drop(one, steps[1:]) if n == number else one for n, one in enumerate(value)]
    if len(steps) == 1:
        return {key: one for key, one in value.items() if key != steps[0]}
    return {key: _drop(one, steps[1:]) if key == steps[0] else one for key, one in value.items()}
