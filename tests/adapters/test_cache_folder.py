"""A cache as runs leave it, and what cleaning takes of it: only what is ours, idle and asked for."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time

import pytest

from agent.adapters.cache_folder import choose_entries, list_cache, remove_entries
from agent.adapters.work_folders import WorkFolders
from tests.program import SHOP, figwright, tree, write_repository

KEY = "0123456789ab" * 2
ENVIRONMENT = "fe" * 32


@pytest.fixture
def cache(tmp_path):
    """One entry of each kind, and things that are somebody else's."""
    return write_repository(
        tmp_path / "cache",
        {
            "repositories/shop-0123456789ab/memo.sqlite": b"x" * 5000,
            "repositories/shop-0123456789ab/index/part": b"y" * 5000,
            "repositories/my-thesis/chapter.tex": "mine",
            "clones/" + KEY + "/HEAD": "ref: refs/heads/main\n",
            "clones/" + KEY + ".lock": "",
            f"validation/environments/{ENVIRONMENT}/bin/python": "x",
            f"validation/environments/{ENVIRONMENT}.lock": "",
            "validation/runs/run-dead/.lock": "",
            "validation/runs/run-dead/0001-pristine/a.py": "x",
            "advisor/answers/one.json": "{}",
            "advisor/ledger.jsonl": "{}\n",
            "Documents/letter.txt": "mine",
        },
    )


def named(entries):
    return sorted((entry.kind, entry.name) for entry in entries)


def test_every_kind_is_listed_and_what_is_not_ours_is_named(cache):
    entries, foreign = list_cache(cache)
    assert named(entries) == [
        ("advice", "answers"), ("advice", "ledger.jsonl"), ("clone", KEY), ("environment", ENVIRONMENT),
        ("repository", "shop-0123456789ab"), ("run", "run-dead"),
    ]  # fmt: skip
    assert foreign == ["Documents", "repositories/my-thesis"]
    shop = next(entry for entry in entries if entry.kind == "repository")
    assert (shop.files, shop.busy) == (2, False)
    assert shop.size >= 10_000
    assert shop.idle_days(time.time()) < 1


def test_removing_everything_leaves_what_is_somebody_elses(cache):
    removed, left = remove_entries(cache, list_cache(cache)[0])
    assert (len(removed), left) == (6, [])
    assert sorted(path for path, content in tree(cache).items() if content is not None) == [
        "Documents/letter.txt", f"clones/{KEY}.lock", "repositories/my-thesis/chapter.tex",
        f"validation/environments/{ENVIRONMENT}.lock",
    ]  # fmt: skip
    assert list_cache(cache)[0] == []


def test_filters_are_taken_together(cache):
    entries, _ = list_cache(cache)
    old = cache / "repositories" / "shop-0123456789ab"
    for path in (old / "memo.sqlite", old):
        os.utime(path, (0, 0))
    entries, _ = list_cache(cache)
    assert named(choose_entries(entries, (), (), 30)) == [("repository", "shop-0123456789ab")]
    assert named(choose_entries(entries, ("clone",), (), 30)) == []
    assert named(choose_entries(entries, ("clone", "run"), (), None)) == [("clone", KEY), ("run", "run-dead")]
    assert named(choose_entries(entries, (), ("shop-*",), None)) == [("repository", "shop-0123456789ab")]


def test_links_are_neither_followed_nor_removed(cache, tmp_path):
    outside = write_repository(tmp_path / "outside", {"memo.sqlite": "mine", "deep/file": "mine"})
    (cache / "repositories" / "evil-0123456789ab").symlink_to(outside)
    (cache / "repositories" / "shop-0123456789ab" / "link").symlink_to(outside)
    entries, foreign = list_cache(cache)
    assert "repositories/evil-0123456789ab" in foreign
    remove_entries(cache, entries)
    assert tree(outside) == {"memo.sqlite": b"mine", "deep": None, "deep/file": b"mine"}
    assert (cache / "repositories" / "evil-0123456789ab").is_symlink()


def test_a_linked_place_is_left_alone_as_a_whole(tmp_path):
    outside = write_repository(tmp_path / "outside", {"shop-0123456789ab/memo.sqlite": "mine"})
    root = tmp_path / "cache"
    root.mkdir()
    (root / "repositories").symlink_to(outside)
    entries, foreign = list_cache(root)
    assert (entries, foreign) == ([], ["repositories (a link)"])


def test_an_entry_from_outside_is_refused(cache, tmp_path):
    entry = list_cache(cache)[0][0]
    outside = write_repository(tmp_path / "outside", {"answers/x": "mine"})
    moved = type(entry)("advice", "answers", outside / "answers", 1, 1, 0.0, False)
    removed, left = remove_entries(cache, [moved])
    assert removed == []
    assert "outside of the cache" in left[0][1]
    assert (outside / "answers" / "x").exists()


def test_what_a_run_has_locked_stays_and_so_do_the_clones(cache):
    with WorkFolders(cache / "validation") as folders:
        (folders.fresh("pristine") / "a").write_text("x")
        entries, _ = list_cache(cache)
        busy = {entry.kind for entry in entries if entry.busy}
        assert busy == {"run", "clone"}  # a clone is read by git, which comes and goes
        _, left = remove_entries(cache, entries)
        assert folders.folder.is_dir()
        assert {entry.kind for entry, _ in left} == {"run", "clone"}
        assert {why for _, why in left} == {"a running process uses it"}
    assert not list_cache(cache)[0] or {e.kind for e in list_cache(cache)[0]} == {"clone"}


def test_an_environment_that_somebody_makes_stays(cache):
    with (cache / "validation" / "environments" / f"{ENVIRONMENT}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        environment = next(entry for entry in list_cache(cache)[0] if entry.kind == "environment")
        assert environment.busy
    assert not next(entry for entry in list_cache(cache)[0] if entry.kind == "environment").busy


def test_a_lock_taken_after_the_listing_is_respected(cache):
    environment = next(entry for entry in list_cache(cache)[0] if entry.kind == "environment")
    with (cache / "validation" / "environments" / f"{ENVIRONMENT}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert remove_entries(cache, [environment])[0] == []
    assert environment.path.is_dir()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="open files are told by /proc")
def test_a_repository_that_another_process_has_open_stays(cache):
    memo = cache / "repositories" / "shop-0123456789ab" / "memo.sqlite"
    code = "import sys; f = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(memo)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "open\n"
        shop = next(entry for entry in list_cache(cache)[0] if entry.kind == "repository")
        assert shop.busy
        process.stdin.close()
        process.wait(10)
    assert not next(entry for entry in list_cache(cache)[0] if entry.kind == "repository").busy


def test_what_an_interrupted_clean_left_is_found_and_removed(cache):
    aside = cache / "repositories" / "shop-0123456789ab"
    aside.rename(aside.with_name(".removing-1-shop-0123456789ab"))
    leftover = [entry for entry in list_cache(cache)[0] if entry.kind == "leftover"]
    assert len(remove_entries(cache, leftover)[0]) == 1
    assert not list((cache / "repositories").glob(".removing*"))


def test_nothing_is_made_where_there_is_no_cache(tmp_path):
    assert list_cache(tmp_path / "none") == ([], [])
    assert not (tmp_path / "none").exists()


# ---------------------------------------------------------------- the command


def test_the_command_shows_and_cleans_what_a_plan_left(tmp_path):
    shop = write_repository(tmp_path / "shop", SHOP)
    kept = tmp_path / "cache"
    assert figwright("graph", shop, cache=kept).returncode == 0
    shown = json.loads(figwright("cache", "--format", "json", cache=kept).stdout)
    assert [one["kind"] for one in shown["entries"]] == ["repository"]
    assert "repository:" in figwright("cache", cache=kept).stdout
    before = tree(kept)
    dry = figwright("cache", "clean", "--all", "--dry-run", cache=kept)
    assert "would go  repository shop-" in dry.stdout
    assert tree(kept) == before
    assert figwright("cache", "clean", cache=kept).returncode == 2  # says nothing of what to remove
    assert figwright("cache", "clean", "--all", "--kind", "run", cache=kept).returncode == 2
    assert figwright("cache", "clean", "--kind", "nothing", cache=kept).returncode == 2
    done = figwright("cache", "clean", "--kind", "repository", "--format", "json", cache=kept)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["left"] == []
    assert list((kept / "repositories").iterdir()) == []
