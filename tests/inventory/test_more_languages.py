"""Languages that are told by more than their suffix."""

from __future__ import annotations

import pytest

from agent.composition import languages
from agent.inventory.classification import language_of, parsed_languages


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a.cls", b"VERSION 1.0 CLASS\nBEGIN\n", "visual basic 6"),
        ("a.cls", b'Attribute VB_Name = "a"\n', "visual basic 6"),
        ("a.cls", b"\\ProvidesClass{a}\n", "unknown (.cls)"),
        ("t/a.t", b"use Test::More;", "perl"),
        ("lib/A.pod", b"=head1 A", "perl documentation"),
        ("a.vbp", b"Type=Exe", "visual basic 6 project"),
        ("a.inl", b"", "c++"),
    ],
)
def test_language_of_a_file(path: str, head: bytes, language: str) -> None:
    assert language_of(path, head)[0] == language


def test_every_language_that_is_called_parsed_has_a_reader() -> None:
    assert {"c", "c++", "go", "ruby", "perl", "vb.net", "visual basic 6"} <= set(languages()) & parsed_languages()
