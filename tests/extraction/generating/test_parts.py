"""Requests taken apart and put together: what is not changed comes back as it was, and one changed value is the only change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.generating.parts import put_together, take_apart
from agent.extraction.generating.tables import read_table
from agent.extraction.owning import Owners
from tests.extraction.test_slices import request

FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\xc3\xa9\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n\x00\xff\r\n'
    b"--B--\r\n"
)


def made(target: str = "/", kind: str = "", **more: Any) -> Any:
    headers = (("Content-Type", kind),) if kind else ()
    return request(1, target=target, headers=headers, method="POST" if kind else "GET", **more)


def changed(one: Any, body: bytes, name: str, value: Any) -> tuple[Any, bytes]:
    asked = take_apart(one, body)
    parameter = next(p for p in asked.parameters() if p.name == name)
    return put_together(asked.with_value(parameter, value), one)


@pytest.mark.parametrize(
    ("target", "kind", "body"),
    [
        ("/orders/7?state=open&state=late", "", b""),
        ("/", FORM, b"a=1&b=two+words&a=3"),
        ("/x%20y", "application/json", b'{"a": [1, {"b": null}], "c": "\xc3\xa9"}'),
        ("/", "application/octet-stream", b"\x00\x01"),
    ],
)
def test_what_is_not_changed_comes_back(target: str, kind: str, body: bytes) -> None:
    one = made(target, kind)
    again, content = put_together(take_apart(one, body), one)
    assert (again.target, content, again.headers) == (target, body, one.headers)


def test_one_value_changes_and_nothing_else() -> None:
    assert changed(made("/?a=1&b=2"), b"", "b", "x y")[0].target == "/?a=1&b=x+y"
    assert changed(made("/", FORM), b"a=1&b=2", "a", None)[1] == b"b=2"
    one, body = changed(made("/", "application/json"), b'{"lines": [{"n": 1}, {"n": 2}]}', "n", 9)
    assert json.loads(body) == {"lines": [{"n": 9}, {"n": 2}]}
    assert one.headers == (("Content-Type", "application/json"),)


def test_a_file_of_a_multipart_form_stays_and_texts_change() -> None:
    one = made("/", 'multipart/form-data; boundary="B"')
    asked = take_apart(one, MULTIPART)
    assert [(p.name, p.value, p.closed) for p in asked.parameters()] == [("title", "Aé", False), ("file", "", True)]
    _, body = changed(one, MULTIPART, "title", "new")
    assert b"\r\n\r\nnew\r\n" in body
    assert b'filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n\x00\xff\r\n' in body
    _, body = changed(one, MULTIPART, "title", None)
    assert b"title" not in body
    assert b"\x00\xff" in body


def test_tokens_against_forgery_are_left_alone() -> None:
    asked = take_apart(made("/", FORM), b"csrf_token=abc&name=x")
    assert {p.name: p.closed for p in asked.parameters()} == {"csrf_token": True, "name": False}


@given(st.binary(max_size=300), st.sampled_from(["application/json", FORM, "multipart/form-data; boundary=B", "x"]))
def test_any_body_can_be_taken_apart(body: bytes, kind: str) -> None:
    one = made("/a/b", kind)
    asked = take_apart(one, body)
    for parameter in asked.parameters(((1, "first"),)):
        put_together(asked.with_value(parameter, "new"), one)
        put_together(asked.without(parameter), one)


def table(*routes: tuple[str, tuple[str, ...], str, str, str], own: str = "mine") -> Any:
    homes = {handler: own for _, _, handler, _, _ in routes if handler.startswith("mine")}
    return read_table(routes, Owners(symbols=homes, handlers=frozenset(homes)), own)


def test_whose_a_request_would_be_behind_the_facade() -> None:
    found = table(
        ("/orders/<int:number>", ("GET", "HEAD"), "mine.show", "mine.py", ""),
        ("/orders/<name>", ("GET",), "other.named", "other.py", ""),
        ("/orders/new", ("POST",), "mine.new", "mine.py", ""),
    )
    assert found.find("GET", "/orders/7?x=1").handler == "mine.show"
    assert found.find("GET", "/orders/seven").handler == "other.named"
    assert not found.find("GET", "/orders/seven").own
    assert found.find("DELETE", "/orders/7") is None
    assert sorted(row.handler for row in found.own()) == ["mine.new", "mine.show"]


def test_what_a_pattern_leaves_open() -> None:
    flask = next(table(("/a/<int:x>/b/<path:rest>", (), "mine.f", "", "")).own())
    assert flask.variable("/a/7/b/c/d") == ((2, "x"), (4, "rest"))
    django = next(table(("a/(?P<pk>[0-9]+)/(?P<slug>[-a-zA-Z0-9_]+)/\\Z", (), "mine.f", "", "regex")).own())
    assert django.variable("/a/7/x/") == ((2, "pk"), (3, "slug"))
    assert [one if isinstance(one, str) else one.kind for one in django.pieces] == ["a/", "int", "/", "text", "/"]
