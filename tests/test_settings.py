"""Flags beat the environment, which beats files; the repository's own file may only state assumptions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from agent.errors import SettingsError
from agent.settings import Settings, load_settings, with_repository


def effective(places: Path) -> Settings:
    """The user's settings in `here` with the file of `repo`."""

    def read(name: str) -> bytes | None:
        path = places / "repo" / name
        return path.read_bytes() if path.exists() else None

    return with_repository(load_settings({}, places / "repo", places / "here"), read)


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("FIGWRIGHT_OUT", "FIGWRIGHT_CACHE_DIR", "FIGWRIGHT_AS_OF", "FIGWRIGHT_QUIET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "repo").mkdir()
    (tmp_path / "here").mkdir()
    return tmp_path


def test_order_of_precedence(places, monkeypatch):
    (places / "here" / "figwright.toml").write_text('as_of = "2020-01-01"\nout = "from-file"\n')
    monkeypatch.setenv("FIGWRIGHT_OUT", "from-environment")
    assert load_settings({}, places / "repo", places / "here").out == Path("from-environment")
    assert load_settings({"out": Path("flag")}, places / "repo", places / "here").out == Path("flag")
    assert load_settings({}, places / "repo", places / "here").as_of == date(2020, 1, 1)


def test_pyproject_table_counts_too(places):
    (places / "here" / "pyproject.toml").write_text(
        '[tool.figwright]\nquiet = true\n[tool.figwright.pins]\n"a.*" = "x"\n'
    )
    settings = load_settings({}, places / "repo", places / "here")
    assert settings.quiet
    assert settings.assumptions.pins == {"a.*": "x"}


@pytest.mark.parametrize("line", ['out = "/tmp/x"', 'cache_dir = "/tmp/x"', "quiet = true", 'endpoint = "http://evil"'])
def test_a_repository_may_not_set_the_users_settings(places, line):
    (places / "repo" / "figwright.toml").write_text(line + "\n")
    with pytest.raises(SettingsError, match="inside the repository"):
        effective(places)


def test_a_repository_may_state_assumptions_and_the_user_overrides_them(places):
    (places / "repo" / "figwright.toml").write_text('[pins]\n"a" = "theirs"\n[route_weights]\n"GET /*" = 3\n')
    assert effective(places).assumptions.route_weights == {"GET /*": 3.0}
    (places / "here" / "figwright.toml").write_text('[pins]\n"a" = "mine"\n')
    assert effective(places).assumptions.pins == {"a": "mine"}


def test_the_current_folders_file_is_the_repositorys_when_the_folder_lies_in_it(places):
    (places / "repo" / "figwright.toml").write_text('out = "/tmp/x"\n')
    assert load_settings({}, places / "repo", places / "repo").out is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = 1\n", "colour"),
        ('as_of = "soon"\n', "as_of"),
        ("= broken", "TOML"),
        ("[route_weights]\na = -1\n", "weight"),
    ],
)
def test_bad_files_are_named_with_their_key(places, text, words):
    (places / "here" / "figwright.toml").write_text(text)
    with pytest.raises(SettingsError, match=words) as error:
        load_settings({}, places / "repo", places / "here")
    assert "figwright.toml" in str(error.value)


def test_a_revision_brings_its_own_assumptions(places):
    mine = load_settings({}, places / "repo", places / "here")
    then = with_repository(mine, {"figwright.toml": b'[pins]\n"a" = "x"\n'}.get)
    assert then.assumptions.pins == {"a": "x"}
    assert with_repository(mine, {}.get).assumptions.pins == {}
