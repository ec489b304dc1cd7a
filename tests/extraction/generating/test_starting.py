"""What makes an application is found in the code, by reading it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.generating import Start, find_start

FACTORY = "from flask import Flask\n\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n"
MODULE = "import flask\n\napp = flask.Flask(__name__)\n"
NEEDY = "from flask import Flask\n\ndef create_app(config):\n    return Flask(__name__)\n"
MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings')\n"


def start(files: Mapping[str, str], folder: str = "") -> Start | None:
    return find_start(files, lambda path: files[path].encode(), folder)


@pytest.mark.parametrize(
    ("files", "makers"),
    [
        ({"shop/__init__.py": FACTORY}, (("shop", "create_app"),)),
        ({"app.py": MODULE}, (("app", ""),)),
        ({"app.py": MODULE, "shop/web.py": FACTORY}, (("shop.web", "create_app"), ("app", ""))),
        ({"shop.py": NEEDY, "wsgi.py": "from shop import create_app\napp = create_app('live')\n"}, (("wsgi", ""),)),
    ],
)
def test_flask(files: Mapping[str, str], makers: tuple[tuple[str, str], ...]) -> None:
    assert start(files) == Start("flask", makers)


def test_django_and_where_modules_are_imported_from() -> None:
    assert start({"src/manage.py": MANAGE, "src/site/wsgi.py": MANAGE}, "src") == Start(
        "django", settings="site.settings"
    )
    assert start({"src/web.py": MODULE, "other/web2.py": MODULE}, "src") == Start("flask", (("web", ""),))


@pytest.mark.parametrize("files", [{"shop.py": NEEDY}, {"tests/app.py": MODULE}, {"shop.py": "x = 1\n"}, {}])
def test_what_makes_none(files: Mapping[str, str]) -> None:
    assert start(files) is None


@given(st.binary(max_size=200))
def test_any_file_can_be_read(content: bytes) -> None:
    find_start(["a.py"], lambda _: b"Flask " + content)
