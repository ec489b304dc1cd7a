"""Which processes are found in small systems and in the samples, with what reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.containers.conftest import Plan

SAMPLES = Path(__file__).parents[2] / "sample_repos"
FLASK = "from flask import Flask\napp = Flask(__name__)\n\n@app.route('/ping')\ndef ping():\n    return 'ok'\n"
POM = "<project><artifactId>{name}</artifactId><packaging>{packaging}</packaging>{more}</project>"
BOOT = (
    "package shop;\nimport org.springframework.boot.SpringApplication;\n@SpringBootApplication\npublic class Shop {\n"
    "  public static void main(String[] a) { SpringApplication.run(Shop.class, a); }\n}\n"
)


def test_a_flask_application_is_served_by_gunicorn(plan: Plan) -> None:
    found = plan({"shop.py": FLASK, "requirements.txt": "Flask==3.0.3\n"})
    (app,) = found.deployables
    assert (app.kind, app.runtime, app.health) == ("web", "python", "/ping")
    assert app.command[0] == "gunicorn"
    assert app.command[-1] == "shop:app"
    assert str(app.why[0].where[0]) == "shop.py:2"


def test_a_factory_is_called(plan: Plan) -> None:
    factory = "from flask import Flask\n\ndef build_app():\n    app = Flask(__name__)\n    return app\n"
    (app,) = plan({"shop/__init__.py": factory, "requirements.txt": "Flask\n"}).deployables
    assert app.command[-1] == "shop:build_app()"


def test_django_is_served_by_its_wsgi_module_and_migrates(plan: Plan) -> None:
    files = {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'desk.settings')\nfrom django.core.management import "
        "execute_from_command_line\nif __name__ == '__main__':\n    execute_from_command_line([])\n",
        "desk/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "desk/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nDEBUG = os.environ.get('DEBUG', '')\n",
        "requirements.txt": "Django==1.8.1\n",
    }
    (app,) = plan(files).deployables
    assert app.framework == "Django"
    assert app.migrate == ("python", "manage.py", "migrate", "--noinput")
    assert app.version == "2.7"
    assert {variable.name: variable.secret for variable in app.variables} == {"DEBUG": False, "SECRET_KEY": True}


def test_a_secret_never_carries_its_default(plan: Plan) -> None:
    code = (
        FLASK + "import os\nKEY = os.environ.get('API_TOKEN', 'tok-live-123')\nMODE = os.environ.get('MODE', 'live')\n"
    )
    (app,) = plan({"shop.py": code, "requirements.txt": "Flask\n"}).deployables
    assert {v.name: v.value for v in app.variables} == {"API_TOKEN": "", "MODE": "live"}


def test_a_worker_runs_on_the_image_of_its_application(plan: Plan) -> None:
    tasks = "from celery import Celery\ncelery = Celery('shop')\n\n@celery.task\ndef mail():\n    pass\n"
    found = plan({"shop.py": FLASK, "tasks.py": tasks, "requirements.txt": "Flask\ncelery\n"})
    web, worker = found.deployables
    assert worker.kind == "worker"
    assert worker.image == web.name
    assert len(found.images) == 1


def test_a_program_that_is_built_gets_the_arguments_of_its_start_script(plan: Plan) -> None:
    files = {
        "package.json": '{"name": "fake-api", "bin": "./lib/bin.js", "scripts": {"build": "babel src -d lib", '
        '"start": "babel-node -- src/bin data.json -r routes.json"}, "dependencies": {"express": "4"}}',
        "src/bin.js": "const yargs = require('yargs')\nyargs.options({ host: { alias: 'H', default: 'localhost' } })\napp.listen(3000)\n",
    }
    found = plan(files)
    assert found.deployables[0].command == ("node", "lib/bin.js", "data.json", "-r", "routes.json", "--host", "0.0.0.0")
    assert "npm run build" in found.images[0].build
    assert ("/app/lib", "/app/lib") in found.images[0].artifacts


def test_two_packages_are_two_deployables(plan: Plan) -> None:
    package = '{{"name": "{0}", "scripts": {{"start": "node server.js"}}, "dependencies": {{"express": "4.18.2"}}}}'
    server = "require('express')().listen({0});\n"
    found = plan(
        {
            "web/package.json": package.format("shop-web"),
            "web/server.js": server.format(3000),
            "api/package.json": package.format("shop-api"),
            "api/server.js": server.format(4000),
        }
    )
    assert {(app.name, app.folder, app.port) for app in found.deployables} == {
        ("shop-web", "web", 3000),
        ("shop-api", "api", 4000),
    }
    assert {image.folder for image in found.images} == {"web", "api"}


@pytest.mark.parametrize(
    ("files", "framework", "base"),
    [
        ({"pom.xml": POM.format(name="shop", packaging="war", more=""), "src/main/java/A.java": "import javax.servlet.http.*;\nclass A {}"}, "Tomcat", "tomcat:9.0-jre17-temurin"),
        ({"pom.xml": POM.format(name="shop", packaging="war", more=""), "src/main/java/A.java": "import jakarta.servlet.http.*;\nclass A {}"}, "Tomcat", "tomcat:10.1-jre17-temurin"),
        ({"pom.xml": POM.format(name="shop", packaging="jar", more="<build><plugin>spring-boot-maven-plugin</plugin></build>"), "src/main/java/shop/Shop.java": BOOT}, "Spring Boot", "eclipse-temurin:17-jre"),
        ({"pom.xml": POM.format(name="bank", packaging="ear", more=""), "src/main/liberty/config/server.xml": '<server><httpEndpoint httpPort="9081"/></server>', "src/main/java/A.java": "class A {}"}, "Open Liberty", "open-liberty:full-java17-openj9"),
    ],
)  # fmt: skip
def test_what_maven_makes_decides_the_server(plan: Plan, files: dict[str, str], framework: str, base: str) -> None:
    found = plan(files)
    assert found.deployables[0].framework == framework
    assert found.images[0].base == base


def test_a_library_is_nothing_to_deploy_and_says_why(plan: Plan) -> None:
    found = plan(
        {
            "setup.py": "from setuptools import setup\nsetup(name='dates')\n",
            "dates/__init__.py": "def parse(text):\n    return text\n",
        }
    )
    assert found.deployables == ()
    assert found.images == ()
    assert "a library" in found.nothing
    assert "setup.py" in found.nothing


def test_a_java_library_is_nothing_to_deploy(plan: Plan) -> None:
    found = plan(
        {
            "pom.xml": POM.format(name="poet", packaging="jar", more=""),
            "src/main/java/Poet.java": "public class Poet {}",
        }
    )
    assert found.nothing.startswith("nothing to deploy: a library")


def test_conflicting_versions_are_told(plan: Plan) -> None:
    files = {
        "shop.py": FLASK,
        "requirements.txt": "Flask\n",
        ".python-version": "3.9.1\n",
        "Dockerfile": "FROM python:3.12-slim\n",
    }
    (app,) = plan(files).deployables
    assert app.version in ("3.9", "3.12")
    assert any("other places say" in reason.text for reason in app.why)


def test_what_cron_does_for_the_machine_is_no_deployable(plan: Plan) -> None:
    table = "0 2 * * * cp /srv/a.db /mnt/backup/\n5 1 * * * cd /srv/shop && python3 jobs/bill.py --all\n"
    found = plan(
        {"shop.py": FLASK, "requirements.txt": "Flask\n", "crontab.txt": table, "jobs/bill.py": "print('billed')\n"}
    )
    jobs = [app for app in found.deployables if app.kind == "job"]
    assert [(job.command, job.schedule) for job in jobs] == [(("python", "jobs/bill.py", "--all"), "5 1 * * *")]


@pytest.mark.parametrize(
    ("name", "web", "jobs", "version"),
    [("orderdesk", "web", 5, "3.11"), ("stockroom", "web", 6, "2.7"), ("storefront", "web", 6, "20"), ("helpdesk", "web", 6, "8.2"), ("claims", "web", 3, "8"), ("ledger", "batch", 0, "4")],
)  # fmt: skip
def test_samples(plan: Plan, name: str, web: str, jobs: int, version: str) -> None:
    found = plan(SAMPLES / name)
    first, *others = found.deployables
    assert (first.kind, first.version, len(others)) == (web, version, jobs)
    assert all(app.why and app.why[0].where for app in found.deployables)
    assert all(app.image == first.name for app in others)


def test_blockers_name_place_and_recipe(plan: Plan) -> None:
    (app, *_) = plan(SAMPLES / "orderdesk").deployables
    by_kind = {blocker.kind: blocker for blocker in app.blockers}
    assert by_kind["local state"].recipe == "cloud-state-off-local-disk"
    assert by_kind["host"].recipe == "cloud-config-from-environment"
    assert by_kind["session"].recipe == ""
    assert str(by_kind["port"].where) == "wsgi.py:7"
    assert "memory" in app.single
