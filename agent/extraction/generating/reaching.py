"""Requests to what no test reaches: routes of the table that were never asked, what pages lead to, reading after writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from http.cookies import CookieError, SimpleCookie
from itertools import islice, product
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree, html

from agent.domain.extraction import Answer, RecordedRequest
from agent.extraction.generating.known import Candidate, Known, interleaved
from agent.extraction.generating.mutating import identity, surroundings, without_session
from agent.extraction.generating.parts import Asked, with_header
from agent.extraction.generating.tables import Row, Variable

__all__ = ["after_writing", "from_pages", "unasked"]

_MOST_SESSIONS, _MOST_VALUES, _MOST_LINKS, _MOST_FORMS = 4, 6, 40, 12
_LARGEST_PAGE = 2 << 20
_OF_KIND = {
    "int": ("1", "2", "0"),
    "float": ("1.5", "0.0"),
    "uuid": ("00000000-0000-4000-8000-000000000001",),
    "path": ("index.html", "a/b"),
}
_WRITING = ("POST", "PUT", "PATCH", "DELETE")


def unasked(known: Known) -> Iterator[Candidate]:
    """The service's routes and methods without a recorded request, with each session that was recorded and with none."""
    asked = {(row, one.method) for one in known.own if (row := known.table.find(one.method, one.target)) is not None}
    sessions = _sessions(known)
    rows = []
    for row in known.table.own():
        methods = row.methods or ("GET", "POST")
        rows += [
            (row, method) for method in methods if method not in ("HEAD", "OPTIONS") and (row, method) not in asked
        ]
    return interleaved(_of_row(known, row, method, sessions) for row, method in rows)


def _sessions(known: Known) -> Sequence[RecordedRequest]:
    """One request of each who asked, the latest first (more is in the database by then), and one of nobody."""
    found: dict[object, RecordedRequest] = {}
    for one in reversed(known.everybody):
        if not one.cannot and one.databases:
            found.setdefault((one.application, identity(one)), one)
    for one in reversed(known.everybody):
        if not one.cannot:
            found.setdefault((one.application, identity(one)), one)
    signed = [one for one in found.values() if identity(one)][:_MOST_SESSIONS]
    return [*signed, *(without_session(one) for one in list(found.values())[:1])]


def _of_row(known: Known, row: Row, method: str, sessions: Sequence[RecordedRequest]) -> Iterator[Candidate]:
    variables = [one for one in row.pieces if isinstance(one, Variable)]
    choices = [list(islice(_values(known, one), _MOST_VALUES)) for one in variables]
    for values in islice(_diagonal(choices), _MOST_VALUES * 2):
        given = iter(values)
        path = "".join(one if isinstance(one, str) else next(given) for one in row.pieces)
        segments = tuple(("/" + path.lstrip("/")).split("/"))
        for session in sessions:
            kinds = ("form", "json") if method in _WRITING else ("",)
            for kind in kinds:
                asked = Asked(method, segments, (), kind, json={} if kind == "json" else None)
                found = known.candidate(asked, session, f"a route that no test asks: {method} {row.pattern}")
                if found is not None:
                    yield found


def _diagonal(choices: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """The first of all, the second of all, then every other combination."""
    if not all(choices):
        return iter(())
    together = [tuple(one[n % len(one)] for one in choices) for n in range(max(map(len, choices), default=1))]
    return iter(dict.fromkeys([*together, *islice(product(*choices), 200)]))


def _values(known: Known, variable: Variable) -> Iterator[str]:
    seen = known.seen.get(variable.name, ())
    pooled = (str(value) for _, value in known.pool.like(variable.name, None))
    of_kind = _OF_KIND.get(variable.kind, ())
    found: set[str] = set()
    for value in interleaved((iter(seen), pooled, iter(of_kind or ("1", "a")))):
        if value and value not in found and ("/" not in value or variable.kind == "path"):
            found.add(value)
            yield value


def after_writing(known: Known) -> Iterator[Candidate]:
    """Each recorded reading request on what a recorded writing request left behind, in the session that it left."""
    writing: dict[object, RecordedRequest] = {}
    for one in known.own:
        if one.after != one.databases and one.after and one.status < 400 and not one.cannot:
            writing.setdefault((one.method, one.route, one.status), one)
    reading: dict[object, RecordedRequest] = {}
    for one in known.own:
        if one.method == "GET" and one.status < 400:
            reading.setdefault((one.route, one.target.partition("?")[2]), one)
    return interleaved(_read_after(known, one, list(reading.values())) for one in writing.values())


def _read_after(known: Known, write: RecordedRequest, reading: Sequence[RecordedRequest]) -> Iterator[Candidate]:
    after = dict(write.after)
    headers = with_cookies(
        write.headers, (value for name, value in write.answer_headers if name.lower() == "set-cookie")
    )
    left = write.model_copy(
        update={
            "databases": tuple((name, after.get(name, digest)) for name, digest in write.databases),
            "headers": headers,
        }
    )
    for read in reading:
        if read.application == write.application:
            asked = known.apart(read)
            found = known.candidate(
                asked, surroundings(left, read), f"after request {write.number}: {write.method} {write.route}"
            )
            if found is not None:
                yield found


def with_cookies(headers: Sequence[tuple[str, str]], set_cookies: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What a browser would send next: its cookies, with those of an answer put over them."""
    kept = next((value for name, value in headers if name.lower() == "cookie"), "")
    cookies = dict(pair.strip().partition("=")[::2] for pair in kept.split(";") if "=" in pair)
    for text in set_cookies:
        try:
            parsed = SimpleCookie(text)
        except CookieError:
            continue
        for name, morsel in parsed.items():
            cookies.pop(name, None)
            if morsel.value and morsel["max-age"] != "0" and "1970" not in morsel["expires"]:
                cookies[name] = morsel.coded_value
    return with_header(headers, "Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))


def from_pages(known: Known, pages: Iterable[tuple[RecordedRequest, Answer]]) -> Iterator[Candidate]:
    """Links of the pages that were answered, and their forms filled in as they stand there."""
    return interleaved(_of_page(known, request, answer) for request, answer in pages)


def _of_page(known: Known, request: RecordedRequest, answer: Answer) -> Iterator[Candidate]:
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    if answer.status >= 500 or "html" not in kind or not answer.body or len(answer.body) > _LARGEST_PAGE:
        return
    try:
        tree = html.document_fromstring(
            answer.body.encode("latin-1", "replace"), parser=html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return
    cookies = (value for name, value in answer.headers if name.lower() == "set-cookie")
    base = request.model_copy(update={"headers": with_cookies(request.headers, cookies)})
    asked = [*_forms(tree, base)][:_MOST_FORMS] + [*_links(tree, base)][:_MOST_LINKS]
    for one, how in asked:
        found = known.candidate(one, base, how)
        if found is not None:
            yield found


def _forms(tree: html.HtmlElement, base: RecordedRequest) -> Iterator[tuple[Asked, str]]:
    for form in tree.forms:
        try:
            pairs = [(str(name), str(value)) for name, value in form.form_values()]
            pairs += [(name, "") for name in _left_empty(form) if name not in dict(pairs)]
            method = (form.method or "GET").upper()
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        found = _address(str(form.get("action") or ""), base)
        if found is None:
            continue
        path, query = found
        empty = [(name, value or "1") for name, value in pairs]
        for given, how in ((pairs, "a form of a page"), (empty, "a form of a page, filled in")):
            if method == "GET":
                yield Asked("GET", path, tuple(given)), how
            else:
                yield Asked("POST", path, query, "form", tuple(given)), how


def _left_empty(form: html.HtmlElement) -> Iterator[str]:
    """Names of the fields that a visitor would fill in."""
    for one in form.iter("input", "textarea"):
        if one.get("name") and (one.get("type") or "text").lower() not in ("submit", "image", "button", "reset", "file",
                                                                           "radio", "checkbox"):  # fmt: skip
            yield str(one.get("name"))


def _links(tree: html.HtmlElement, base: RecordedRequest) -> Iterator[tuple[Asked, str]]:
    seen: set[object] = set()
    for link in tree.iter("a"):
        found = _address(str(link.get("href") or ""), base)
        if found is not None and found not in seen:
            seen.add(found)
            yield Asked("GET", *found), "a link of a page"


def _address(text: str, base: RecordedRequest) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
    """(path, query) on the same server; None for any other."""
    try:
        found = urlsplit(urljoin(f"http://same.example{base.target}", text.strip()))
        query = tuple(parse_qsl(found.query, keep_blank_values=True))
    except ValueError:
        return None
    if found.scheme not in ("http", "https") or found.hostname != "same.example":
        return None
    return tuple(unquote(one, errors="replace") for one in (found.path or "/").split("/")), query
