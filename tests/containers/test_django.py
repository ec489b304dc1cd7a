"""Django projects that do not say where they start from: settings, the folder of their modules, and their static files."""

from __future__ import annotations

from agent.containers.attempt import Attempt, Failure
from agent.containers.repairs import find_repair
from tests.containers.conftest import Plan

MANAGE = "import os, sys\n{more}from django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n"
WSGI = "import os\n{more}from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
SET = "os.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n"
SETTINGS = (
    "import os\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\n"
    "INSTALLED_APPS = []\nSECRET_KEY = os.environ.get('SECRET_KEY') or None\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.path.join(BASE_DIR, 'data/db.sqlite3')}}\n"
)


def site() -> dict[str, str]:
    return {
        "manage.py": MANAGE.format(more=""),
        "desk/__init__.py": "",
        "desk/wsgi.py": WSGI.format(more=""),
        "desk/settings/__init__.py": "",
        "desk/settings/base.py": SETTINGS,
        "desk/settings/development.py": "from .base import *\nDEBUG = True\n",
        "requirements.txt": "Django==4.2.1\n",
    }


def test_settings_that_only_the_environment_names_are_looked_up(plan: Plan) -> None:
    told = "export DJANGO_SETTINGS_MODULE=desk.settings.development\n\nexport DJANGO_SETTINGS_MODULE='desk.settings.base'\nor desk.settings.gone\n"
    found = plan(site() | {"docs/deploy.md": told})
    assert ("DJANGO_SETTINGS_MODULE", "desk.settings.base") in found.images[0].env
    assert "docs/deploy.md:3" in str([str(place) for reason in found.images[0].reasons for place in reason.where])


def test_what_deployment_says_counts_before_documentation(plan: Plan) -> None:
    files = site() | {
        "desk/settings/live.py": "from .base import *\n",
        "README.md": "DJANGO_SETTINGS_MODULE=desk.settings.base",
        "deploy/app.yaml": "env:\n  - key: DJANGO_SETTINGS_MODULE\n    value: desk.settings.live\n",
    }
    assert ("DJANGO_SETTINGS_MODULE", "desk.settings.live") in plan(files).images[0].env


def test_settings_that_nothing_names_are_found_by_their_file(plan: Plan) -> None:
    assert ("DJANGO_SETTINGS_MODULE", "desk.settings.base") in plan(site()).images[0].env


def test_settings_that_the_code_names_are_left_to_it(plan: Plan) -> None:
    files = site() | {"desk/wsgi.py": WSGI.format(more=SET.format(module="desk.settings.base"))}
    assert "DJANGO_SETTINGS_MODULE" not in dict(plan(files).images[0].env)


def test_a_project_that_is_a_package_of_the_folder_above_is_built_from_there(plan: Plan) -> None:
    named = SET.format(module="site_one.config.settings")
    files = {
        "pyproject.toml": "[project]\nname = 'desk'\nversion = '1'\ndependencies = ['nh3']\n",
        "src/desk/__init__.py": "",
        "site_one/__init__.py": "",
        "site_one/requirements.txt": "Django==4.2.1\n",
        "site_one/manage.py": MANAGE.format(more=named),
        "site_one/config/wsgi.py": WSGI.format(more=named),
        "site_one/config/settings.py": "INSTALLED_APPS = ['desk']\n",
    }
    found = plan(files)
    (app,) = found.deployables
    (image,) = found.images
    assert (app.folder, app.command[-1]) == ("", "site_one.config.wsgi:application")
    assert app.migrate[:2] == ("python", "site_one/manage.py")
    assert ("PYTHONPATH", "/app") in image.env
    assert image.manifests == ("site_one/requirements.txt",)
    assert any("-r site_one/requirements.txt" in line for line in image.install)
    assert image.build == ("/opt/venv/bin/pip install --no-cache-dir .",)
    lost = Failure("start", "ModuleNotFoundError: No module named 'desk'")
    repair = find_repair(Attempt(image, app), lost, found.tree, frozenset())
    assert repair is not None
    assert ("PYTHONPATH", "/app:/app/src") in repair.attempt.image.env


SERVED = (
    SETTINGS
    + "STATIC_ROOT = os.path.join(BASE_DIR, 'static')\nMIDDLEWARE = ['whitenoise.middleware.WhiteNoiseMiddleware']\n"
)


def test_static_files_that_the_application_serves_are_collected_without_a_secret(plan: Plan) -> None:
    found = plan(site() | {"desk/settings/base.py": SERVED})
    (line,) = found.images[0].after
    assert "manage.py collectstatic --noinput" in line
    assert "SECRET_KEY=only-while-building" in line
    assert "DJANGO_SETTINGS_MODULE=desk.settings.base" in line
    said = f"The command '/bin/sh -c {line}' returned a non-zero code: 1"
    lacking = Failure("build", f"ModuleNotFoundError: No module named 'packaging'\n{said}")
    repair = find_repair(Attempt(found.images[0], found.deployables[0]), lacking, found.tree, frozenset())
    assert repair is not None
    assert repair.change == "packaging is installed"
    failed = Failure("build", f"ValueError: the stylesheet of another tool is not there\n{said}")
    repair = find_repair(Attempt(found.images[0], found.deployables[0]), failed, found.tree, frozenset())
    assert repair is not None
    assert repair.attempt.image.after == ()


def test_static_files_that_are_in_the_repository_are_not_collected_again(plan: Plan) -> None:
    found = plan(site() | {"desk/settings/base.py": SERVED, "static/staticfiles.json": "{}"})
    assert found.images[0].after == ()


def test_the_folder_of_a_database_file_is_found_from_where_the_settings_lie(plan: Plan) -> None:
    found = plan(site())
    assert found.images[0].folders == ("/app/data",)
    assert found.deployables[0].writes == ("/app/data",)  # a volume, so that the data outlive the container
    nearer = SETTINGS.replace("dirname(os.path.dirname(os.path.dirname(", "dirname(os.path.dirname((").replace(
        "data/db", "db"
    )
    found = plan(site() | {"desk/settings/base.py": nearer})
    assert found.images[0].folders == ("/app/desk",)
    assert found.deployables[0].writes == ()  # a volume there would hide the code


def below(folder: str) -> dict[str, str]:
    named = SET.format(module="config.settings")
    return {
        "requirements.txt": "Django==4.2.1\n",
        f"{folder}/manage.py": MANAGE.format(more=named),
        f"{folder}/config/wsgi.py": WSGI.format(more=named),
        f"{folder}/config/settings.py": SERVED,
    }


def test_a_manage_py_that_lies_deeper_collects_static_files(plan: Plan) -> None:
    assert "python site/manage.py collectstatic" in plan(below("site")).images[0].after[0]


def test_a_path_that_is_a_command_becomes_none(plan: Plan) -> None:
    files = below("a$(touch x)\nRUN id")
    (image,) = plan(files).images
    lines = (*image.install, *image.build, *image.after, *image.folders)
    assert not [line for line in lines if "touch" in line or "\n" in line]
