"""The remote's branches through git: a remote's URL in, commits and pushes out, from a repository of our own without a checkout.

What makes it safe, measure by measure:

- All work happens in a fresh bare repository with an index of its own in a temporary folder; it borrows the objects of the
  user's repository and takes neither its configuration nor its hooks. No file is ever checked out, so no filter runs.
- Only branches under ``figwright/`` are pushed, by their full names, each with a lease on what the remote was seen to hold.
- A password never stands in a URL or an argument: it goes to git through a credential helper that reads the environment.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from agent.adapters.git_command import CLONE_PROTOCOLS, NO_PROTOCOL, GitFailed, try_git
from agent.adapters.git_credentials import Login
from agent.adapters.git_push_words import last_line, push_trouble, without_secrets
from agent.domain.delivery import PREFIX, BranchCommit, Change, Merged
from agent.errors import DeliveryError

__all__ = ["GitBranches"]

_PASSWORD = "FIGWRIGHT_PUSH_PASSWORD"  # noqa: S105 - a variable's name
_USER = "FIGWRIGHT_PUSH_USER"
_HELPER = f'!f() {{ test "$1" = get && printf "username=%s\\npassword=%s\\n" "${_USER}" "${_PASSWORD}"; }}; f'
_SEEN = "refs/figwright/seen/"  # what the remote had when it was looked at
_TRIES = 3
_Known = TypeVar("_Known")


class GitBranches:
    """`agent.ports.Branches` over one remote.

    ``objects`` is the folder of git objects that may be borrowed; ``remote`` a URL or path without credentials; ``base`` the
    branch that requests go to (empty: the remote's default); ``folder`` the folder of the repository that patches are
    relative to. ``own``: the remote is the user's own repository, whose hooks are not ours to run.
    """

    def __init__(
        self, remote: str, *, objects: Path, base: str, author: str, login: Login | None = None, folder: str = "", own: bool = False,
    ) -> None:  # fmt: skip
        self._remote, self._login, self._folder, self._own = remote, login, folder, own
        self._name, self._email = _identity(author)
        self._place = Path(tempfile.mkdtemp(prefix="figwright-delivery-"))
        self._dir = self._place / "work.git"
        self._count = 0
        self._known: dict[tuple[object, ...], Any] = {}  # answers about commits by their IDs, which never change
        try:
            self._begin(objects)
            self.base = base or self._default_branch()
            if self.base.startswith(PREFIX):
                raise DeliveryError(
                    f"--base {self.base} is one of figwright's own branches: name the branch that people merge into."
                )
            self.look()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Remove the repository that the commits were made in."""
        shutil.rmtree(self._place, ignore_errors=True)

    def base_tip(self) -> str:
        return self._id(f"{_SEEN}base")

    def tips(self) -> Mapping[str, str]:
        listed = self._git("for-each-ref", "--format=%(objectname) %(refname)", f"{_SEEN}{PREFIX}").decode(
            "utf-8", "replace"
        )
        pairs = (line.split(" ", 1) for line in listed.splitlines())
        return {name.removeprefix(_SEEN): commit for commit, name in pairs}

    def messages(self, most: int) -> Sequence[str]:
        tip = self.base_tip()
        log = self._once(
            ("log", tip, most), lambda: self._git("log", "--no-merges", f"-{most}", "--format=%B%x00", tip)
        )
        return [text.strip() for text in log.decode("utf-8", "replace").split("\0") if text.strip()]

    def contains(self, commit: str, other: str) -> bool:
        return bool(commit and other) and self.fork(commit, other) == other

    def tree(self, commit: str) -> str:
        return self._once(("tree", commit), lambda: self._id(f"{commit}^{{tree}}"))

    def commits(self, tip: str, without: Sequence[str]) -> Sequence[BranchCommit]:
        known = [f"^{commit}" for commit in without if commit]
        listed = self._git("log", "--format=%H%x00%ae%x00%ce", tip, *known, "--").decode("utf-8", "replace")
        parts = (line.split("\0") for line in listed.splitlines())
        return [BranchCommit(id=name, author=author, committer=committer) for name, author, committer in parts]

    def is_ours(self, commit: BranchCommit) -> bool:
        return commit.author == self._email == commit.committer

    def fork(self, one: str, other: str) -> str:
        return self._once(("fork", one, other), lambda: self._fork(one, other))

    def _fork(self, one: str, other: str) -> str:
        try:
            return self._git("merge-base", one, other).decode().strip().split("\n")[0]
        except GitFailed:  # no common ancestor, or no such commit here
            return ""

    def changed(self, one: str, other: str) -> Mapping[str, tuple[int, int]]:
        return self._once(("changed", one, other), lambda: self._changed(one, other))

    def _changed(self, one: str, other: str) -> Mapping[str, tuple[int, int]]:
        listed = self._git("diff-tree", "-r", "-z", "--numstat", "--no-renames", one, other)
        found = {}
        for entry in listed.split(b"\0"):
            added, _, rest = entry.partition(b"\t")
            removed, _, path = rest.partition(b"\t")
            if path:
                number = tuple(int(count) if count.isdigit() else 0 for count in (added, removed))
                found[path.decode("utf-8", "replace")] = (number[0], number[1])
        return found

    def date(self, commit: str) -> str:
        try:
            return self._git("show", "-s", "--format=%cI", "--end-of-options", commit).decode().strip()
        except GitFailed:
            raise DeliveryError(
                f"git has no commit {commit[:12]} here: fetch it, then run the same command again."
            ) from None

    def merge(self, ours: str, theirs: str) -> Merged:
        return self._once(("merge", ours, theirs), lambda: self._merge(ours, theirs))

    def _merge(self, ours: str, theirs: str) -> Merged:
        arguments = ("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", ours, theirs)
        code, printed, complaint = self._try(*arguments)
        if code not in (0, 1):
            last = last_line(complaint)
            raise DeliveryError(
                f"git cannot merge {ours[:12]} and {theirs[:12]} ({last}): git 2.38 or newer is needed."
            )
        tree, *names = printed.split(b"\0")
        if code == 0:
            return Merged(tree=tree.decode().strip())
        paths = {raw.decode("utf-8", "replace") for raw in names if raw}
        return Merged(conflicts=tuple(sorted(paths)) or ("(a place that git does not name)",))

    def build(self, onto: str, changes: Sequence[tuple[Change, str]], date: str) -> tuple[str, tuple[str, ...]]:
        return self._once(("build", onto, tuple(changes), date), lambda: self._build(onto, changes, date))

    def _build(self, onto: str, changes: Sequence[tuple[Change, str]], date: str) -> tuple[str, tuple[str, ...]]:
        self._count += 1
        index = self._place / f"index-{self._count}"
        try:
            self._git("read-tree", onto, index=index)
            tip = onto
            for change, message in changes:
                refused = self._apply(change, index)
                if refused:
                    return "", refused
                tree = self._git("write-tree", index=index).decode().strip()
                if tree != self.tree(tip):
                    tip = self.commit(tree, [tip], message, date)
            return tip, ()
        finally:
            index.unlink(missing_ok=True)

    def commit(self, tree: str, parents: Sequence[str], message: str, date: str) -> str:
        file = self._place / "message"
        file.write_text(message, "utf-8")
        when = date if "T" in date else f"{date or '1970-01-01'}T12:00:00+00:00"
        who = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", self._name), ("EMAIL", self._email), ("DATE", when))
        }
        above = [part for parent in parents for part in ("-p", parent)]
        return (
            self._git("commit-tree", "--no-gpg-sign", tree, *above, "-F", str(file), environment=who).decode().strip()
        )

    def push(self, branch: str, commit: str, expected: str) -> None:
        name = f"refs/heads/{branch}"
        if not branch.startswith(PREFIX) or branch == self.base:
            raise DeliveryError(f"{branch} is none of figwright's own branches, and only those are ever pushed.")
        trouble = ""
        for _ in range(_TRIES):
            options = ["--receive-pack=git -c core.hooksPath=/dev/null receive-pack"] if self._own else []
            options += ["--no-verify", "--no-follow-tags", "--porcelain", f"--force-with-lease={name}:{expected}"]
            code, printed, complaint = self._remotely("push", *options, "--", self._remote, f"{commit}:{name}")
            trouble = push_trouble(printed.decode("utf-8", "replace") + "\n" + complaint, branch) if code else ""
            now = self._remote_tip(name)
            if now == commit:
                self._git("update-ref", f"{_SEEN}{branch}", commit)
                return
            if now != expected or (trouble and not trouble.startswith("…")):
                break
        if not trouble:
            trouble = f"{branch} stands at another commit than was pushed, somebody pushed at the same time: run the same command again."
        raise DeliveryError(self._safe(trouble.removeprefix("…")))

    def _apply(self, change: Change, index: Path) -> tuple[str, ...]:
        """Paths where the change does not apply; empty when it is in the index."""
        if change.diff:
            patch = self._place / "change.patch"
            patch.write_bytes(change.diff.encode("latin-1"))
            where = [f"--directory={self._folder}"] if self._folder else []
            try:
                self._git("apply", "--cached", "--whitespace=nowarn", *where, str(patch), index=index)
            except GitFailed as failure:
                return (_path_in(str(failure)),)
        return self._add_files(change.files, index)

    def _add_files(self, files: Sequence[tuple[str, str]], index: Path) -> tuple[str, ...]:
        for path, text in files:
            whole = f"{self._folder}/{path}" if self._folder else path
            file = self._place / "content"
            file.write_bytes(text.encode("utf-8", "surrogateescape"))
            blob = self._git("hash-object", "-w", "--no-filters", str(file)).decode().strip()
            try:
                self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},{whole}", index=index)
            except GitFailed:  # a folder stands where the file should, or the other way round
                return (whole,)
        return ()

    def _begin(self, objects: Path) -> None:
        self._dir.mkdir()
        self._git("init", "--quiet", "--bare", "--template=", str(self._dir))
        (self._dir / "objects/info").mkdir(parents=True, exist_ok=True)
        (self._dir / "objects/info/alternates").write_text(f"{objects}\n", "utf-8")
        shallow = objects.parent / "shallow"
        if shallow.is_file():
            shutil.copyfile(shallow, self._dir / "shallow")

    def _default_branch(self) -> str:
        said = self._ask("ls-remote", "--symref", "--", self._remote, "HEAD").decode("utf-8", "replace")
        found = re.search(r"^ref: refs/heads/(\S+)\tHEAD$", said, re.MULTILINE)
        if found is None:
            raise DeliveryError(
                "the remote has no default branch, it may be empty: push your main branch, or name one with --base."
            )
        return found.group(1)

    def look(self) -> None:
        """Fetch the base and our own branches as the remote has them now."""
        fetch = ["fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head", "--", self._remote]
        refs = [f"+refs/heads/{self.base}:{_SEEN}base", f"+refs/heads/{PREFIX}*:{_SEEN}{PREFIX}*"]
        self._ask(*fetch, *refs, why=f"check that the branch {self.base} is there and that you may read it")

    def _remote_tip(self, name: str) -> str:
        said = self._ask("ls-remote", "--", self._remote, name).decode("utf-8", "replace")
        return said.split("\t")[0].strip() if said.strip() else ""

    def _ask(self, *arguments: str, why: str = "check its address and your access to it") -> bytes:
        """Read from the remote, again when the connection fails."""
        complaint = ""
        for _ in range(_TRIES):
            code, printed, complaint = self._remotely(*arguments)
            if code == 0:
                return printed
        raise DeliveryError(self._safe(f"the remote cannot be read ({last_line(complaint)}): {why}."))

    def _remotely(self, *arguments: str) -> tuple[int, bytes, str]:
        settings: list[tuple[str, str]] = []
        environment = {"GIT_ALLOW_PROTOCOL": CLONE_PROTOCOLS}
        if self._login is not None:
            settings = [("credential.helper", ""), ("credential.helper", _HELPER)]
            environment |= {_USER: self._login.user, _PASSWORD: self._login.password}
        return self._try(*arguments, environment=environment, settings=settings)

    def _git(self, *arguments: str, index: Path | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """Standard output. Raises GitFailed."""
        code, printed, complaint = self._try(*arguments, index=index, environment=environment)
        if code:
            raise GitFailed(last_line(complaint))
        return printed

    def _try(
        self, *arguments: str, index: Path | None = None, environment: Mapping[str, str] | None = None,
        settings: Sequence[tuple[str, str]] = (),
    ) -> tuple[int, bytes, str]:  # fmt: skip
        place = {
            "GIT_DIR": str(self._dir), "GIT_INDEX_FILE": str(index or self._place / "index"), "GIT_ALLOW_PROTOCOL": NO_PROTOCOL,
            "GIT_NO_LAZY_FETCH": "1", **(environment or {}),
        }  # fmt: skip
        own = [
            ("i18n.commitEncoding", "UTF-8"),
            ("merge.renames", "true"),
            ("core.attributesFile", os.devnull),
            *settings,
        ]
        return try_git(arguments, cwd=self._place, environment=place, settings=own)

    def _once(self, key: tuple[object, ...], ask: Callable[[], _Known]) -> _Known:
        if key not in self._known:
            self._known[key] = ask()
        known: _Known = self._known[key]
        return known

    def _id(self, name: str) -> str:
        try:
            return self._git("rev-parse", "--verify", "--quiet", "--end-of-options", name).decode().strip()
        except GitFailed:
            raise DeliveryError(
                f"git has no {name.removeprefix(_SEEN)} here: fetch it, then run the same command again."
            ) from None

    def _safe(self, text: str) -> str:
        return without_secrets(text, self._login.password if self._login else "")


def _identity(author: str) -> tuple[str, str]:
    found = re.fullmatch(r"\s*([^<>\n]+?)\s*<([^<>\s]+)>\s*", author)
    if found is None:
        raise DeliveryError(f"--author {author!r} is not of the form 'Name <name@example.org>'.")
    return found.group(1), found.group(2)


def _path_in(said: str) -> str:
    """The path that git apply complains of."""
    found = re.search(r"patch failed: (.+):\d+|(?:error: )?(.+?): (?:does not|already|patch does not)", said)
    return next((part for part in found.groups() if part), "(unknown)") if found else said or "(unknown)"
