"""Repositories are read as they are, whoever made them: real git, real folders, nothing on the network."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from agent.adapters.git_clone import is_url, name_from_url, shown_remote
from agent.adapters.git_repository import open_repository
from agent.adapters.path_names import shown_name
from agent.errors import RepositoryError
from agent.ports import Snapshot

_IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(repository: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=repository,
        env={**os.environ, **_IDENTITY, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(repository: Path, files: dict[str, str], day: str = "2020-01-01", author: str = "a@example.org") -> str:
    for name, content in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(repository, "add", "-A")
    when = f"{day}T12:00:00+00:00"
    git(repository, "commit", "-qm", "x", GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when, GIT_AUTHOR_EMAIL=author)
    return git(repository, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, {"app.py": "one\n", "lib/tax.py": "two\n", ".gitignore": "*.log\nbuild/\n"})
    return folder


def opened(source: Path | str, tmp_path: Path, revision: str | None = None, name: str | None = None) -> Snapshot:
    return open_repository(str(source), commit=revision, name=name, cache_dir=tmp_path / "cache")


def paths(snapshot: Snapshot) -> list[str]:
    return [path for path, _ in snapshot.paths()]


def test_work_tree_is_read_as_it_is(repository: Path, tmp_path: Path) -> None:
    (repository / "new.py").write_text("new\n")
    (repository / "app.py").write_text("changed\n")
    (repository / "lib/tax.py").unlink()
    (repository / "trace.log").write_text("x" * 7)
    (repository / "build").mkdir()
    (repository / "build/out.txt").write_text("x")
    snapshot = opened(repository, tmp_path)
    assert list(snapshot.paths()) == [(".gitignore", 13), ("app.py", 8), ("new.py", 4)]
    assert snapshot.read("app.py") == b"changed\n"
    assert (snapshot.dirty, snapshot.dirty_files, snapshot.vcs, snapshot.name) == (True, 3, "git", "shop")
    assert list(snapshot.skipped()) == [("build/", "ignored by git", 0), ("trace.log", "ignored by git", 7)]


def test_clean_work_tree_is_not_dirty_and_is_left_untouched(repository: Path, tmp_path: Path) -> None:
    os.utime(repository / "app.py", (1, 1))  # git would like to refresh its index now
    before = {path: path.stat().st_mtime_ns for path in repository.rglob("*")}
    snapshot = opened(repository, tmp_path)
    snapshot.history(frozenset(paths(snapshot)))
    assert (snapshot.dirty, snapshot.dirty_files) == (False, 0)
    assert {path: path.stat().st_mtime_ns for path in repository.rglob("*")} == before


def test_revision_is_read_from_git_objects(repository: Path, tmp_path: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit(repository, {"app.py": "later\n"})
    (repository / "app.py").write_text("uncommitted\n")
    snapshot = opened(repository, tmp_path, "HEAD~1")
    assert (snapshot.commit, snapshot.dirty) == (first, False)
    assert snapshot.read("app.py") == b"one\n"
    assert opened(repository, tmp_path, "main").read("app.py") == b"later\n"
    with pytest.raises(OSError, match="No such file"):
        snapshot.read("missing.py")


def test_bare_repository_is_read_at_its_head(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repository), "store.git")
    snapshot = opened(tmp_path / "store.git", tmp_path)
    assert paths(snapshot) == [".gitignore", "app.py", "lib/tax.py"]
    assert snapshot.name == "shop"  # from the remote, as two clones of one repository are called alike


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_folder_inside_a_repository_is_read_alone(repository: Path, tmp_path: Path, revision: str | None) -> None:
    commit(repository, {"lib/tax.py": "three\n", "app.py": "x\n"})
    commit(repository, {"app.py": "y\n"})
    snapshot = opened(repository / "lib", tmp_path, revision)
    assert paths(snapshot) == ["tax.py"]
    assert snapshot.read("tax.py") == b"three\n"
    history = snapshot.history(frozenset(["tax.py"]))
    assert [(file.path, file.commits) for file in history.files] == [("tax.py", 2)]
    assert history.commits == 2


def test_history_counts_commits_authors_and_files_that_change_together(repository: Path, tmp_path: Path) -> None:
    for day in (2, 3, 4):
        commit(repository, {"app.py": f"{day}", "lib/tax.py": f"{day}"}, f"2020-01-0{day}", f"{day % 2}@example.org")
    commit(repository, {"app.py": "alone"}, "2020-01-09", "A@Example.org")
    commit(repository, {f"bulk/{number}.py": "x" for number in range(30)} | {"app.py": "b", "lib/tax.py": "b"})
    snapshot = opened(repository, tmp_path)
    history = snapshot.history(frozenset(["app.py", "lib/tax.py"]))
    assert [(file.path, file.commits, file.authors) for file in history.files] == [
        ("app.py", 6, 3),
        ("lib/tax.py", 5, 3),
    ]
    assert history.coupling == (("app.py", "lib/tax.py", 4),)  # the first commit counts, the bulk one does not
    assert (history.commits, history.first, history.last) == (6, "2020-01-01", "2020-01-09")


def test_shallow_clone_says_so_and_does_not_count_its_oldest_commit(repository: Path, tmp_path: Path) -> None:
    commit(repository, {"app.py": "2\n"}, "2020-01-02")
    commit(repository, {"app.py": "3\n"}, "2020-01-03")
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository}", "shallow")
    history = opened(tmp_path / "shallow", tmp_path).history(frozenset(["app.py", "lib/tax.py"]))
    assert "shallow" in history.note
    assert [(file.path, file.commits) for file in history.files] == [("app.py", 1)]


def test_url_is_cloned_once_and_then_fetched(repository: Path, tmp_path: Path) -> None:
    url = f"file://{repository}"
    first = opened(url, tmp_path)
    assert (paths(first), first.name, first.remote) == ([".gitignore", "app.py", "lib/tax.py"], "shop", "")
    second = commit(repository, {"more.py": "x\n"})
    git(repository, "tag", "v1")
    again = opened(url, tmp_path)
    assert again.commit == second
    assert "more.py" in paths(again)
    assert opened(url, tmp_path, "v1").commit == second
    clones = [entry.name for entry in (tmp_path / "cache/clones").iterdir()]
    assert len(clones) == 2  # the clone and its lock


def test_interrupted_clone_does_not_stop_the_next(repository: Path, tmp_path: Path) -> None:
    url = f"file://{repository}"
    opened(url, tmp_path)
    clone = next(entry for entry in (tmp_path / "cache/clones").iterdir() if entry.is_dir())
    (clone / "refs/heads/figwright-default.lock").write_text("")
    (clone.parent / f"{clone.name}.partial-abc").mkdir()
    commit(repository, {"more.py": "x\n"})
    assert "more.py" in paths(opened(url, tmp_path))
    (clone / "HEAD").write_text("rubbish")
    (clone / "objects").rename(clone / "lost")
    assert "more.py" in paths(opened(url, tmp_path))
    assert not list(clone.parent.glob("*.partial-*"))


@pytest.mark.parametrize(
    ("source", "revision", "said"),
    [
        ("{tmp}/nowhere", None, "does not exist"),
        ("", None, "does not exist"),
        ("-o", None, "does not exist"),
        ("{tmp}/empty", None, "holds no file"),
        ("{tmp}/file", None, "is a file"),
        ("{tmp}/plain", "HEAD", "not a git repository"),
        ("{tmp}/shop", "nonsense", "no revision 'nonsense'"),
        ("{tmp}/shop", "--all", "no revision '--all'"),
        ("file://{tmp}/nowhere", None, "cannot be cloned"),
        ("ext::sh -c id", None, "scheme"),
        ("fd::17", None, "scheme"),
        ("https://joe:hunter2@127.0.0.1:1/x.git", None, "127.0.0.1/x cannot be cloned"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    repository: Path, tmp_path: Path, source: str, revision: str | None, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/a.py").write_text("x")
    with pytest.raises(RepositoryError, match=said.replace("(", r"\(")) as refused:
        opened(source.replace("{tmp}", str(tmp_path)), tmp_path, revision)
    assert "\n" not in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert not [entry for entry in tmp_path.glob("cache/clones/*") if entry.is_dir()]


def test_repository_without_a_commit_is_read_and_has_no_history(tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "app.py").write_text("x\n")
    snapshot = opened(folder, tmp_path)
    assert (paths(snapshot), snapshot.commit, snapshot.dirty_files) == (["app.py"], "", 1)
    assert snapshot.history(frozenset(["app.py"])).commits == 0
    with pytest.raises(RepositoryError, match="no commit yet"):
        opened(folder, tmp_path, "HEAD")


def test_links_pipes_sockets_and_odd_names_are_counted_or_shown_safely(repository: Path, tmp_path: Path) -> None:
    (repository / "loop").symlink_to("loop")
    (repository / "outside").symlink_to("/etc/passwd")
    os.mkfifo(repository / "pipe.py")
    (repository / "two\nlines.py").write_text("n\n")
    (repository / "colour\x1b[31m.py").write_text("e\n")
    (repository / os.fsdecode(b"latin\xe9.py")).write_text("l\n")
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.path.relpath(repository / "sock"))
    try:
        snapshot = opened(repository, tmp_path)
    finally:
        server.close()
    shown = [r"colour\x1b[31m.py", r"latin\xe9.py", r"two\nlines.py"]
    assert [path for path in paths(snapshot) if "\\" in path] == shown
    assert [snapshot.read(path) for path in shown] == [b"e\n", b"l\n", b"n\n"]
    reasons = {path: reason for path, reason, _ in snapshot.skipped()}
    assert reasons["loop"] == reasons["outside"] == "symbolic link"
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "odd")
    committed = opened(repository, tmp_path, "HEAD")
    assert [path for path in paths(committed) if "\\" in path] == shown
    assert {path for path, reason, _ in committed.skipped() if reason == "symbolic link"} == {"loop", "outside"}
    assert [file.path for file in committed.history(frozenset(shown)).files] == shown


def test_tracked_folder_that_became_a_link_is_not_followed(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "tax.py").write_text("secret\n")
    (repository / "lib/tax.py").unlink()
    (repository / "lib").rmdir()
    (repository / "lib").symlink_to(outside)
    assert "lib/tax.py" not in paths(opened(repository, tmp_path))


def test_nothing_that_the_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    command = f"sh -c 'touch {trap}; cat'"
    (repository / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    for key, value in {
        "core.fsmonitor": f"touch {trap}",
        "core.hooksPath": str(repository / "hooks"),
        "core.sshCommand": f"touch {trap}",
        "core.pager": f"touch {trap}",
        "filter.evil.clean": command,
        "filter.evil.smudge": command,
        "filter.evil.process": f"touch {trap}",
        "filter.evil.required": "true",
        "diff.external": f"touch {trap}",
        "diff.evil.textconv": command,
        "diff.evil.command": f"touch {trap}",
        "log.showSignature": "true",
        "gpg.program": str(repository / "hooks/post-index-change"),
        "remote.origin.url": f"ext::sh -c touch% {trap}",
        "remote.origin.promisor": "true",
        "extensions.partialClone": "origin",
        "protocol.ext.allow": "always",
    }.items():
        git(repository, "config", key, value)
    hooks = repository / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "reference-transaction", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {trap}\n")
        (hooks / name).chmod(0o755)
    blob = git(repository, "-c", "core.fsmonitor=false", "rev-parse", "HEAD:app.py")
    trap.unlink(missing_ok=True)
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()  # git would fetch it from the promisor
    os.utime(repository / "lib/tax.py", (1, 1))  # git would filter it to see whether it changed
    for revision in (None, "HEAD"):
        snapshot = opened(repository, tmp_path, revision)
        snapshot.history(frozenset(paths(snapshot)))
        for path in paths(snapshot):
            if revision is None or path != "app.py":
                snapshot.read(path)
    assert not trap.exists()


def test_missing_object_is_an_unreadable_file(repository: Path, tmp_path: Path) -> None:
    blob = git(repository, "rev-parse", "HEAD:app.py")
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    snapshot = opened(repository, tmp_path, "HEAD")
    assert "app.py" in {path for path, reason, _ in snapshot.skipped() if reason == "unreadable"} or not _readable(
        snapshot
    )


def _readable(snapshot: Snapshot) -> bool:
    try:
        snapshot.read("app.py")
    except OSError:
        return False
    return True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_repository_of_another_user_is_read(repository: Path, tmp_path: Path) -> None:
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert "app.py" in paths(opened(repository, tmp_path))
    assert "app.py" in paths(opened(repository, tmp_path, "HEAD"))


def test_work_tree_elsewhere_is_not_believed(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim/app.py").write_text("secret\n")
    git(repository, "config", "core.worktree", str(tmp_path / "victim"))
    snapshot = opened(repository, tmp_path)
    assert snapshot.read("app.py") == b"one\n"


def test_nested_repositories_and_submodules_are_set_aside(repository: Path, tmp_path: Path) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    commit(inner, {"a.py": "x\n"})
    assert ("inner/", "nested repository", 0) in list(opened(repository, tmp_path).skipped())
    git(repository, "add", "inner")
    git(repository, "commit", "-qm", "submodule")
    assert ("inner", "submodule", 0) in list(opened(repository, tmp_path).skipped())
    assert ("inner", "submodule", 0) in list(opened(repository, tmp_path, "HEAD").skipped())


def test_linked_work_tree_is_a_repository_and_a_broken_one_a_folder(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    assert opened(tmp_path / "side", tmp_path).vcs == "git"
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/.git").write_text("gitdir: ../gone\n")
    (tmp_path / "copy/a.py").write_text("x\n")
    snapshot = opened(tmp_path / "copy", tmp_path)
    assert (snapshot.vcs, snapshot.commit) == ("none", "")


def test_ignored_folder_of_a_repository_is_read_as_a_plain_folder(repository: Path, tmp_path: Path) -> None:
    (repository / "build/deep").mkdir(parents=True)
    (repository / "build/deep/a.py").write_text("x\n")
    snapshot = opened(repository / "build", tmp_path)
    assert (paths(snapshot), snapshot.vcs) == (["deep/a.py"], "none")


def test_remote_gives_the_name_and_hides_its_credentials(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "https://joe:hunter2@git.example.org/team/order-desk.git")
    snapshot = opened(repository, tmp_path)
    assert (snapshot.name, snapshot.remote) == ("order-desk", "git.example.org/team/order-desk")
    assert opened(repository, tmp_path, name="mine").name == "mine"


@pytest.mark.parametrize(
    ("url", "remote", "name"),
    [
        ("https://u:p@host.org/a/b.git", "host.org/a/b", "b"),
        ("https://host.org:8443/b/?token=x", "host.org/b", "b"),
        ("git@host.org:team/b.git", "host.org/team/b", "b"),
        ("ssh://git@host.org:22/~me/b", "host.org/~me/b", "b"),
        ("file:///srv/git/b.git", "", "b"),
        ("file:///srv/b/.git", "", "b"),
        ("https://host.org/", "host.org", "host.org"),
        ("https://[broken/x", "https://…", "x"),
        ("git@host.org:../../..", "host.org/../../..", "repository"),
    ],
)
def test_urls_are_shown_without_secrets(url: str, remote: str, name: str) -> None:
    assert is_url(url)
    assert (shown_remote(url), name_from_url(url)) == (remote, name)


@pytest.mark.parametrize("source", ["shop", "./shop", "/srv/shop", "C", "a.b:c", "shop/sub:dir"])
def test_paths_are_no_urls(source: str) -> None:
    assert not is_url(source)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"src/app.py", "src/app.py"),
        ("größe.py".encode(), "größe.py"),
        (b"a\nb", r"a\nb"),
        ("right\u202eleft".encode(), r"right\u202eleft"),
        (b"\xff\xfe", r"\xff\xfe"),
    ],
)
def test_names_are_shown_on_one_line(raw: bytes, shown: str) -> None:
    assert shown_name(raw) == shown


def test_plain_folder_honours_ignore_files_and_skips_what_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    for name in (
        "a.py",
        "keep.log",
        "b.log",
        "sub/c.log",
        "sub/d.py",
        "node/x.js",
        "sub/only/e.py",
        ".git/config",
        ".svn/x",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / ".gitignore").write_text("*.log\n!keep.log\nnode/\n" + "*a" * 50 + "\n!\n")
    (folder / "sub/.gitignore").write_text("/only\n!c.log\n")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe")
    snapshot = opened(folder, tmp_path)
    assert paths(snapshot) == [".gitignore", "a.py", "keep.log", "sub/.gitignore", "sub/c.log", "sub/d.py"]
    assert [(path, reason) for path, reason, _ in snapshot.skipped()] == [
        (".gitignore", "ignore pattern that cannot be honoured"),
        ("b.log", "ignored by git"),
        ("loop", "symbolic link"),
        ("node/", "ignored by git"),
        ("pipe", "special file"),
        ("sub/only/", "ignored by git"),
    ]
    assert snapshot.read("sub/c.log") == b"sub/c.log"
    assert snapshot.history(frozenset(["a.py"])).note.startswith("not a git repository")
    (folder / "a.py").unlink()
    (folder / "a.py").symlink_to("/etc/passwd")  # exchanged between listing and reading
    with pytest.raises(OSError, match=r"a\.py|symbolic"):
        snapshot.read("a.py")


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_a_copy_has_bytes_executable_bits_and_inner_links_but_no_way_out(
    repository: Path, tmp_path: Path, revision: str | None
) -> None:
    (repository / "a").mkdir()
    (repository / "a/run.sh").write_text("#!/bin/sh\n")
    (repository / "a/run.sh").chmod(0o755)
    (repository / "a/data.bin").write_bytes(b"\x00\x01")
    (repository / "inner").symlink_to("a/data.bin")
    (repository / "outer").symlink_to("../secret")
    (repository / "absolute").symlink_to("/etc/passwd")
    commit(repository, {}, day="2021-02-03")
    snapshot = opened(repository, tmp_path, revision)
    copy = tmp_path / "copy"
    copy.mkdir()
    snapshot.copy_to(copy)
    found = {str(p.relative_to(copy)) for p in copy.rglob("*") if not p.is_dir()}
    assert found == {*paths(snapshot), "inner"}
    assert os.access(copy / "a/run.sh", os.X_OK)
    assert not os.access(copy / "a/data.bin", os.X_OK)
    assert (copy / "inner").read_bytes() == b"\x00\x01"
    assert snapshot.committed_on() == "2021-02-03"
