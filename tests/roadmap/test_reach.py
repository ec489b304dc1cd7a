"""What counts as reached though nothing calls it, on two small systems: by links of any form, by frameworks, by convention."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from agent.domain.handover import Handover
from agent.roadmap import draw_plan
from agent.roadmap.callers import asked_by_convention
from tests.roadmap.handed import ground_of

FLASK = {
    "app.py": '''from flask import Flask, abort, render_template, request
import importlib
import os

from store import database

app = Flask(__name__)
importlib.import_module("plugins.mail")


@app.route("/")
def home():
    return render_template("home.html")


@app.route("/healthz")
def alive():
    return "ok"


@app.route("/db")
def state():
    return "{}"


@app.route("/api/prices")
def prices():
    return "{}"


@app.route("/shown/page", endpoint="shown")
def one():
    return "one"


@app.route("/feed/stock")
def feed():
    if request.args.get("key") != os.environ["KEY"]:
        abort(403)
    return "0"


@app.route("/notes/add", methods=["POST"])
def add_note():
    database.add(request.form["text"])
    return "added"


@app.route("/dead/page")
def dead():
    return "nobody"


if __name__ == "__main__":
    app.run()
''',
    "store/__init__.py": "",
    "store/database.py": '''import sqlite3


def add(text):
    connection = sqlite3.connect("notes.db")
    connection.execute("INSERT INTO notes (text) VALUES (?)", (text,))
    return connection.execute("SELECT text FROM notes").fetchall()
''',
    "schema.sql": "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);\nCREATE TABLE forgotten (id INTEGER PRIMARY KEY);\n",
    "plugins/__init__.py": "",
    "plugins/mail.py": "def start():\n    print('mail')\n    return 1\n",
    "plugins/unused.py": "def start():\n    print('unused')\n    return 1\n",
    "scripts/fix_numbers.py": "def main():\n    print('fixed')\n\n\nmain()\n",
    "load.py": '"""python load.py FILE   reads the price list, by hand"""\n\nimport sys\n\nprint(sys.argv)\nprint(len(sys.argv))\n',
    "templates/home.html": "<a href=\"{{ url_for('shown') }}\">one</a><script src=\"/static/page.js\"></script>\n",
    "templates/404.html": "<p>nothing here</p>\n",
    "templates/orphan.html": "<p>nobody shows it</p>\n",
    "static/page.js": "fetch('db').then(function (answer) { return answer.json(); });\n",
    "docs/api.md": "Partners ask for `GET /api/prices`.\n",
    "requirements.txt": "flask==3.0.3\n",
}  # fmt: skip
SPRING = {
    "pom.xml": "<project><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId>"
    "<version>3.2.0</version></dependency></dependencies></project>\n",
    "src/main/java/a/Application.java": '''package a;

@org.springframework.boot.autoconfigure.SpringBootApplication
public class Application {
    public static void main(String[] arguments) {
        org.springframework.boot.SpringApplication.run(Application.class, arguments);
    }
}
''',
    "src/main/java/a/OwnerController.java": '''package a;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class OwnerController {
    @GetMapping("/owners")
    public String owners() {
        return new Owner().name();
    }
}
''',
    "src/main/java/a/Owner.java": '''package a;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;

@Entity
@Table(name = "owners")
public class Owner {
    private String name;

    public String name() {
        return name;
    }
}
''',
    "src/main/java/a/OwnerFormatter.java": '''package a;

import org.springframework.stereotype.Component;

@Component
public class OwnerFormatter {
    public String format(Owner owner) {
        return owner.name();
    }
}
''',
    "src/main/java/a/Forgotten.java": '''package a;

public class Forgotten {
    public String say() {
        return "nobody asks";
    }
}
''',
}  # fmt: skip


def written(files: dict[str, str]) -> Path:
    folder = Path(mkdtemp(prefix="figwright-reach-")) / "system"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@cache
def handed(name: str) -> Handover:
    return draw_plan(ground_of(written(FLASK if name == "flask" else SPRING)))[1]


def candidates(name: str, kind: str) -> set[str]:
    return {d.component for d in handed(name).dispositions if d.candidate and d.kind == kind and d.action == "retire"}


def test_routes_are_reached_by_relative_links_names_documents_and_convention() -> None:
    assert candidates("flask", "route") == {"GET /dead/page"}


def test_a_route_with_a_key_or_a_write_is_said_to_be_not_judged() -> None:
    said = "; ".join(handed("flask").not_judged)
    assert "GET /feed/stock" in said
    assert "POST /notes/add" in said


def test_units_are_reached_by_name_by_hand_and_pages_by_convention() -> None:
    assert candidates("flask", "file") == {"plugins.unused", "templates/orphan.html"}


def test_only_a_table_that_nothing_maps_or_touches_is_a_candidate() -> None:
    assert candidates("flask", "table") == {"forgotten"}
    assert candidates("spring", "table") == set()


def test_what_a_container_finds_by_an_annotation_is_reached() -> None:
    assert candidates("spring", "file") == {"a.Forgotten"}


@pytest.mark.parametrize(
    "path", ["/health", "/healthz", "/actuator/health", "/favicon.ico", "/.well-known/jwks.json", "/metrics"]
)
def test_conventional_paths(path: str) -> None:
    assert asked_by_convention(path)


@pytest.mark.parametrize("path", ["/healthy-food", "/reports/metrics", "/status", "/pingpong"])
def test_paths_that_only_look_alike(path: str) -> None:
    assert not asked_by_convention(path)
