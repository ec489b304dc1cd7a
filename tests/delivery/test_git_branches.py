"""The remote's branches over a real git remote: over HTTP with a token, with hooks, and with the user's repository left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.adapters.git_branches import GitBranches
from agent.adapters.git_credentials import Login, ask_git, from_environment, taken_out
from agent.adapters.git_push_words import push_trouble, without_secrets
from agent.domain.delivery import Change
from agent.errors import DeliveryError
from tests.delivery.git_server import TOKEN, GitServer
from tests.delivery.shop import Shop
from tests.program import git, tree

AUTHOR = "figwright <figwright@localhost>"
ADD = (Change(subject="Add a file", files=(("docs/new.md", "text\n"),)), "Add a file\n")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def server(shop: Shop) -> Iterator[GitServer]:
    git(shop.remote, "config", "http.receivepack", "true")
    served = GitServer(shop.place)
    yield served
    served.stop()


def over_http(shop: Shop, server: GitServer, password: str = TOKEN) -> GitBranches:
    return GitBranches(
        f"{server.address}/shop.git", objects=shop.clone / ".git/objects", base="", author=AUTHOR,
        login=Login("x-access-token", password),
    )  # fmt: skip


def test_a_push_over_http_with_a_token_is_read_back(shop: Shop, server: GitServer) -> None:
    branches = over_http(shop, server)
    tip, conflicts = branches.build(shop.commit, [ADD], "2020-01-01")
    assert conflicts == ()
    branches.push("figwright/new", tip, "")
    branches.close()
    assert shop.tips()["figwright/new"] == tip
    assert shop.show("figwright/new", "docs/new.md") == "text\n"
    assert not any(TOKEN in path for path in server.seen)


def test_a_passing_fault_of_the_server_is_tried_again_and_pushed_once(shop: Shop, server: GitServer) -> None:
    branches = over_http(shop, server)
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    server.failing = [503]
    branches.push("figwright/new", tip, "")
    branches.close()
    assert server.pushes == 1
    assert shop.tips()["figwright/new"] == tip


def test_a_server_that_stays_down_ends_in_a_sentence(shop: Shop, server: GitServer) -> None:
    branches = over_http(shop, server)
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    server.failing = [500] * 9
    with pytest.raises(DeliveryError, match="run the same command again, it goes on from there") as caught:
        branches.push("figwright/new", tip, "")
    branches.close()
    assert TOKEN not in str(caught.value)
    assert list(shop.tips()) == ["main"]


def test_a_token_that_is_not_accepted_is_not_shown(shop: Shop, server: GitServer) -> None:
    with pytest.raises(DeliveryError) as caught:
        over_http(shop, server, "wrong_secret_token")
    assert "wrong_secret_token" not in str(caught.value)
    assert "check" in str(caught.value)


def test_nothing_but_our_own_branches_is_pushed(shop: Shop) -> None:
    branches = shop.branches()
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    for name in ("main", "feature/x", "refs/heads/figwright/x", "figwrightx"):
        with pytest.raises(DeliveryError, match="only those are ever pushed"):
            branches.push(name, tip, "")
    branches.close()
    assert list(shop.tips()) == ["main"]


def test_what_somebody_pushed_meanwhile_is_not_overwritten(shop: Shop) -> None:
    branches = shop.branches()
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    branches.push("figwright/new", tip, "")
    theirs = shop.commit_on("figwright/new", "README.md", "# Theirs\n")
    other, _ = branches.build(shop.commit, [(ADD[0], "Another message\n")], "2020-01-01")
    with pytest.raises(DeliveryError, match="changed by somebody else meanwhile"):
        branches.push("figwright/new", other, tip)
    branches.close()
    assert shop.tips()["figwright/new"] == theirs


def test_a_push_that_is_there_already_is_no_error(shop: Shop) -> None:
    branches = shop.branches()
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    branches.push("figwright/new", tip, "")
    branches.push("figwright/new", tip, "")
    branches.close()


def without_refs(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {
        path: text
        for path, text in files.items()
        if not path.startswith((".git/objects", ".git/refs", ".git/logs/refs"))
    }


def test_the_users_repository_stays_as_it_is_and_its_hooks_do_not_run(shop: Shop, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    for name in ("pre-push", "post-commit", "reference-transaction", "pre-receive", "update"):
        hook = shop.clone / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
        hook.chmod(0o755)
    (shop.clone / "README.md").write_text("not committed")
    git(shop.clone, "config", "filter.evil.clean", f"touch {trap}")
    before = tree(shop.clone)
    branches = shop.branches()
    tip, _ = branches.build(shop.commit, [ADD], "2020-01-01")
    branches.push("figwright/new", tip, "")
    branches.close()
    assert tree(shop.clone) == before
    assert not trap.exists()
    own = GitBranches(str(shop.clone / ".git"), objects=shop.clone / ".git/objects", base="", author=AUTHOR, own=True)
    assert own.build(shop.commit, [ADD], "2020-01-01") == (tip, ())
    own.push("figwright/new", tip, "")
    own.close()
    assert not trap.exists()
    assert without_refs(tree(shop.clone)) == without_refs(before)
    assert git(shop.clone, "rev-parse", "figwright/new").strip() == tip


def test_the_same_changes_give_the_same_commits_whatever_the_machine_is_set_to(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = shop.branches()
    tip, _ = first.build(shop.commit, [ADD], "2020-01-01")
    first.close()
    config = tmp_path / "gitconfig"
    config.write_text(
        "[user]\n\tname = Ann\n\temail = ann@example.org\n[commit]\n\tgpgsign = true\n[core]\n\tautocrlf = true\n[apply]\n\twhitespace = fix\n"
        "[i18n]\n\tcommitEncoding = latin1\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    second = shop.branches()
    assert second.build(shop.commit, [ADD], "2020-01-01") == (tip, ())
    second.close()


def test_lines_that_end_in_carriage_returns_or_blanks_stay(shop: Shop) -> None:
    branches = shop.branches()
    text = "a\r\nb \t\nc"
    tip, _ = branches.build(shop.commit, [(Change(subject="Odd", files=(("odd.txt", text),)), "Odd\n")], "2020-01-01")
    branches.push("figwright/odd", tip, "")
    branches.close()
    import subprocess

    shown = subprocess.run(
        ["git", "show", "figwright/odd:odd.txt"], cwd=shop.remote, capture_output=True, check=True
    ).stdout
    assert shown == text.encode()


def test_an_empty_remote_and_a_missing_base_are_sentences(shop: Shop, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    with pytest.raises(DeliveryError, match="push your main branch, or name one with --base"):
        GitBranches(str(tmp_path / "empty.git"), objects=shop.clone / ".git/objects", base="", author=AUTHOR)
    with pytest.raises(DeliveryError, match="check that the branch nowhere is there"):
        shop.branches(base="nowhere")
    with pytest.raises(DeliveryError, match="not of the form"):
        shop.branches(author="nobody")
    with pytest.raises(DeliveryError, match="own branches"):
        shop.branches(base="figwright/plan")


def test_logins_come_from_the_environment_a_url_or_gits_helper_and_are_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FIGWRIGHT_FORGE_TOKEN", "secret1")
    login = from_environment(("NOT_SET", "FIGWRIGHT_FORGE_TOKEN"), "oauth2")
    assert login == Login("oauth2", "secret1")
    assert "secret1" not in repr(login)
    url, inside = taken_out("https://ann:se%40cret@example.org/a/b.git")
    assert (url, inside) == ("https://example.org/a/b.git", Login("ann", "se@cret"))
    assert taken_out("git@example.org:a/b") == ("git@example.org:a/b", None)
    config = tmp_path / "gitconfig"
    config.write_text('[credential]\n\thelper = "!f() { echo username=bob; echo password=secret2; }; f"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert ask_git("https://example.org/a/b.git") == Login("bob", "secret2")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    assert ask_git("https://example.org/a/b.git") is None
    assert ask_git("git@example.org:a/b") is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("remote: error: GH006: Protected branch update failed", "a rule of the repository protects"),
        ("! [remote rejected] x -> x (pre-receive hook declined)", "a rule of the repository protects"),
        ("! [rejected] (stale info)", "changed by somebody else meanwhile"),
        ("remote: Permission to a/b.git denied to bot.\nfatal: unable to access: The requested URL returned error: 403", "does not let you push"),
        ("fatal: Authentication failed for 'https://example.org/'", "does not accept the credentials"),
        ("refusing to allow a GitHub App to create or update workflow `x` without `workflow` scope", "workflows"),
        ("remote: error: GH001: Large files detected", "too large"),
        ("fatal: repository 'https://example.org/a/' not found", "was not found"),
        ("error: RPC failed; HTTP 502", "could not be pushed"),
        ("fatal: unable to access 'x': Could not resolve host: example.org", "run the same command again"),
    ],
)  # fmt: skip
def test_what_servers_say_becomes_what_to_do(said: str, sentence: str) -> None:
    trouble = push_trouble(said, "figwright/x")
    assert sentence in trouble
    assert trouble.endswith(".")


def test_secrets_are_taken_out_of_what_is_shown() -> None:
    assert without_secrets("https://ann:pw@example.org/x and tok", "tok") == "https://example.org/x and ***"
