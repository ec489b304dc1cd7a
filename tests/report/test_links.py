"""Links lead to a file and line at the commit, or nowhere."""

from __future__ import annotations

import pytest

from agent.domain.inventory import Location
from agent.domain.plan import Repository
from agent.report.links import source_links
from tests.report.plans import COMMIT


def url(remote: str, path: str = "src/a b.py", line: int = 7, commit: str = COMMIT) -> str:
    repository = Repository(
        name="x", commit=commit, vcs="git", remote=remote, dirty=False, dirty_files=0, as_of="2026-01-15"
    )
    return source_links(repository).url(Location(path=path, line=line))


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("github.com/owner/name", f"https://github.com/owner/name/blob/{COMMIT}/src/a%20b.py#L7"),
        ("https://github.com/owner/name.git", f"https://github.com/owner/name/blob/{COMMIT}/src/a%20b.py#L7"),
        ("gitlab.com/group/sub/name", f"https://gitlab.com/group/sub/name/-/blob/{COMMIT}/src/a%20b.py#L7"),
        ("gitlab.example.org/group/name", f"https://gitlab.example.org/group/name/-/blob/{COMMIT}/src/a%20b.py#L7"),
        ("bitbucket.org/owner/name", f"https://bitbucket.org/owner/name/src/{COMMIT}/src/a%20b.py#lines-7"),
        ("codeberg.org/owner/name", f"https://codeberg.org/owner/name/src/commit/{COMMIT}/src/a%20b.py#L7"),
        ("git.example.org/owner/name", ""),
        ("github.com/owner/name/extra", ""),
        ("github.com/owner/../name", ""),
        ('github.com/owner/na"me', ""),
        ("", ""),
    ],
)
def test_known_forges_only(remote: str, expected: str) -> None:
    assert url(remote) == expected


@pytest.mark.parametrize("path", ["x" * 2_000, "../../other/secret", "a/./b", "/etc/passwd", "a//b"])
def test_no_link_that_a_browser_would_lead_elsewhere(path: str) -> None:
    assert url("github.com/owner/name", path) == ""


def test_odd_paths_cannot_end_a_url() -> None:
    made = url("github.com/owner/name", 'a")](javascript:x)#?\n\u202e<b>.py', 0)
    assert made.startswith(f"https://github.com/owner/name/blob/{COMMIT}/a%22%29%5D%28javascript%3Ax%29%23%3F%0A")
    assert made.isascii()
    assert "<" not in made


def test_no_link_without_a_commit() -> None:
    assert url("github.com/owner/name", commit="") == ""
    assert url("github.com/owner/name", commit="HEAD; rm") == ""
