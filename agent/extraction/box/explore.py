"""Asks an application whose tests ask nothing, under the recorder: it is made, given its own fresh database, and walked like a visitor.

In: a plan with what may make it (Flask: modules and functions; Django: the settings module). Pages without a
parameter are asked, links followed, forms filled in; everything in one order, so that it is the same each time.
"""

# ruff: noqa
# mypy: ignore-errors
import importlib
import os
import sys
import traceback
from html.parser import HTMLParser

try:
    from urllib.parse import urljoin, urlsplit
except ImportError:
    from urlparse import urljoin, urlsplit

MOST_PAGES = 80
MOST_FORMS = 40
HOST = "http://localhost"
FILLED = (
    ("email", "ann@example.com"), ("mail", "ann@example.com"), ("pass", "Sesame-1234"), ("date", "2024-05-17"),
    ("year", "2024"), ("price", "12.50"), ("amount", "12.50"), ("quantity", "3"), ("count", "3"), ("number", "3"),
    ("url", "https://example.com/"), ("phone", "030 123456"), ("time", "10:30"),
)  # fmt: skip
TEXT = "Ann"
OF_TYPE = {
    "email": "ann@example.com", "number": "3", "date": "2024-05-17", "datetime-local": "2024-05-17T10:30", "url":
    "https://example.com/", "tel": "030 123456", "time": "10:30", "color": "#336699", "month": "2024-05",
}  # fmt: skip


class Page(HTMLParser):
    """Links and forms of a page: (action, method, [[name, value]])."""

    def __init__(self):
        HTMLParser.__init__(self)
        self.links, self.forms, self.choice, self.area = [], [], None, None

    def handle_starttag(self, tag, attributes):
        found = {name: value or "" for name, value in attributes}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        elif tag == "form":
            self.forms.append((found.get("action", ""), found.get("method", "get").upper(), []))
        elif self.forms and tag in ("input", "button"):
            self.add_input(found)
        elif self.forms and tag == "textarea" and found.get("name"):
            self.forms[-1][2].append([found["name"], "A note"])
        elif tag == "select":
            self.choice = found.get("name")
        elif tag == "option" and self.forms and self.choice and found.get("value"):
            self.forms[-1][2].append([self.choice, found["value"]])
            self.choice = None

    def add_input(self, found):
        name, kind = found.get("name"), found.get("type", "text").lower()
        if not name or kind in ("submit", "button", "reset", "image", "file"):
            return
        if kind in ("radio", "checkbox"):
            taken = [one[0] for one in self.forms[-1][2]]
            if name not in taken:
                self.forms[-1][2].append([name, found.get("value") or "on"])
            return
        value = found.get("value", "")
        if kind != "hidden" and not value:
            value = OF_TYPE.get(kind) or next((text for word, text in FILLED if word in name.lower()), TEXT)
        self.forms[-1][2].append([name, value])


class Walk(object):
    """One visitor. ``ask(method, path, pairs)`` gives (status, type, place of a redirect, text)."""

    def __init__(self, ask):
        self.ask, self.waiting, self.seen, self.forms, self.asked = ask, [], set(), set(), 0

    def start(self, paths):
        self.waiting = list(paths)
        while self.waiting and self.asked < MOST_PAGES:
            self.visit(self.waiting.pop(0))

    def visit(self, path):
        if path in self.seen:
            return
        self.seen.add(path)
        self.asked += 1
        self.read(path, self.ask("GET", path, ()))

    def read(self, path, answer):
        status, kind, location, text = answer
        if location:
            self.later(path, location, first=True)
        if "html" not in kind:
            return
        page = Page()
        try:
            page.feed(text[:2000000])
        except Exception:
            return
        for action, method, pairs in page.forms:
            self.fill(self.address(path, action or path), method, pairs)
        for link in page.links:
            if not any(word in link.lower() for word in ("logout", "log-out", "signout", "sign-out")):
                self.later(path, link)

    def fill(self, target, method, pairs):
        key = (target, method, tuple(name for name, _ in pairs))
        if target is None or key in self.forms or len(self.forms) >= MOST_FORMS or "logout" in target.lower():
            return
        self.forms.add(key)
        if method != "POST":
            return
        location = self.ask("POST", target, pairs)[2]
        if not location and any(value == TEXT for _, value in pairs):  # refused: it may have wanted numbers
            location = self.ask("POST", target, [[name, "3" if value == TEXT else value] for name, value in pairs])[2]
        if location:
            self.seen.discard(self.address(target, location))  # what it shows may be new
            self.later(target, location, first=True)

    def later(self, path, link, first=False):
        found = self.address(path, link)
        if found is not None and found not in self.seen:
            self.waiting.insert(0 if first else len(self.waiting), found)

    def address(self, path, link):
        found = urlsplit(urljoin(HOST + path, link))
        if found.netloc != urlsplit(HOST).netloc or found.scheme not in ("http", "https"):
            return None
        return (found.path or "/") + ("?" + found.query if found.query else "")


def walk(plan):
    sys.path[:0] = plan["roots"]
    os.environ["PYTEST_CURRENT_TEST"] = "no test: a walk from page to page"
    {"flask": walk_flask, "django": walk_django}[plan["framework"]](plan)


def walk_flask(plan):
    app = made_flask(plan["makers"])
    if app is None:
        sys.exit("no function or module of the repository gives a Flask application")
    fill_flask(app)
    client = app.test_client()

    def ask(method, path, pairs):
        try:
            answer = client.open(path, method=method, data=form_of(pairs) if method == "POST" else None, base_url=HOST)
        except Exception:
            traceback.print_exc()
            return 500, "", "", ""
        return answer.status_code, answer.content_type or "", answer.headers.get("Location", ""), answer.get_data(True)

    rules = [one for one in app.url_map.iter_rules() if not one.arguments and "GET" in (one.methods or ())]
    Walk(ask).start(sorted({one.rule for one in rules}, key=lambda rule: (len(rule), rule)))


def form_of(pairs):
    found = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def made_flask(makers):
    from flask import Flask

    for module, name in makers:
        try:
            loaded = importlib.import_module(module)
            made = getattr(loaded, name)() if name else None
        except BaseException:
            traceback.print_exc()
            continue
        found = (
            made if isinstance(made, tuple) else [made] if name else [one for _, one in sorted(vars(loaded).items())]
        )
        found = [one for one in found if isinstance(one, Flask)]
        if found:
            return found[0]
    return None


def fill_flask(app):
    """Its own migrations, its models' tables, or its own command; whichever it has."""
    with app.app_context():
        if "migrate" in app.extensions:
            attempt(lambda: importlib.import_module("flask_migrate").upgrade())
        found = app.extensions.get("sqlalchemy")
        database = getattr(found, "db", found)
        if hasattr(database, "create_all"):
            attempt(database.create_all)
    for name in ("init-db", "init_db", "initdb", "create-db", "db-init"):
        if name in app.cli.commands:
            attempt(lambda: app.test_cli_runner().invoke(args=[name]))


def attempt(action):
    try:
        action()
    except BaseException:
        traceback.print_exc()


def walk_django(plan):
    os.environ["DJANGO_SETTINGS_MODULE"] = plan["settings"]
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    attempt(lambda: call_command("migrate", verbosity=0, interactive=False, run_syncdb=True))
    client = Client()
    client.raise_request_exception = False

    def ask(method, path, pairs):
        try:
            answer = getattr(client, method.lower())(path, form_of(pairs) if method == "POST" else None)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        except Exception:
            traceback.print_exc()
            return 500, "", "", ""
        return (
            answer.status_code,
            answer.get("Content-Type", ""),
            answer.get("Location", ""),
            text.decode("utf-8", "replace"),
        )

    from .django_program import DjangoProgram

    plain = [
        one[0].replace("\\Z", "").replace("$", "").replace("\\-", "-") for one in DjangoProgram.routes(Repository())
    ]
    Walk(ask).start(
        sorted({"/" + one for one in plain if not set(one) & set("(){}[]*+?|\\^")}, key=lambda one: (len(one), one))
    )


class Repository(object):
    repository = "/repo"
