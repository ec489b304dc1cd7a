"""What a Python repository asks for: its manifests in, requirements with their place out; and what an import is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.ports import Codebase

__all__ = ["Requirement", "is_frozen", "may_be_loaded_unseen", "modules_of", "normal", "requirements"]

_LINE = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?[ \t]*(?P<rest>[^#]*)")
_ITEM = re.compile(
    r"^[ \t]*[\"'](?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?[ \t]*(?P<rest>[^\"']*)[\"'],?[ \t]*(?:#.*)?$"
)
_REQUIREMENTS = re.compile(r"(?:^|/)requirements[\w.-]*\.(?:txt|in)$|(?:^|/)requirements/[\w.-]+\.(?:txt|in)$")

# What an import is called, where the distribution's name does not say it.
_MODULES = {
    "pyyaml": "yaml", "attrs": "attr attrs", "beautifulsoup4": "bs4", "beautifulsoup": "BeautifulSoup", "pillow": "PIL",
    "opencv-python": "cv2", "scikit-learn": "sklearn", "scikit-image": "skimage", "python-dateutil": "dateutil",
    "python-dotenv": "dotenv", "pyjwt": "jwt", "python-jose": "jose", "python-docx": "docx", "python-pptx": "pptx",
    "python-magic": "magic", "python-memcached": "memcache", "python-ldap": "ldap", "python-slugify": "slugify",
    "pycryptodome": "Crypto", "pycryptodomex": "Cryptodome", "pycrypto": "Crypto", "pyopenssl": "OpenSSL", "pynacl": "nacl",
    "pyzmq": "zmq", "pyserial": "serial", "pysocks": "socks", "gitpython": "git", "pygithub": "github",
    "djangorestframework": "rest_framework", "django-filter": "django_filters", "django-debug-toolbar": "debug_toolbar",
    "django-cors-headers": "corsheaders", "django-environ": "environ", "django-storages": "storages",
    "django-widget-tweaks": "widget_tweaks", "django-import-export": "import_export", "django-imagekit": "imagekit",
    "django-appconf": "appconf", "django-dbsettings": "dbsettings", "dj-database-url": "dj_database_url",
    "django-allauth": "allauth", "drf-spectacular": "drf_spectacular", "factory-boy": "factory", "protobuf": "google",
    "google-api-python-client": "googleapiclient", "google-cloud-storage": "google", "msgpack-python": "msgpack",
    "enum34": "enum", "futures": "concurrent", "ipython": "IPython", "umap-learn": "umap", "pyasn1-modules": "pyasn1_modules",
    "sqlalchemy-utils": "sqlalchemy_utils", "wtforms": "wtforms", "tornado": "tornado", "suds-jurko": "suds", "rdflib": "rdflib",
    "python-gnupg": "gnupg", "python-editor": "editor", "biopython": "Bio", "pymupdf": "fitz", "websocket-client": "websocket",
    "email-validator": "email_validator", "pdfminer.six": "pdfminer", "newrelic": "newrelic", "raven": "raven",
    "pywin32": "win32api win32con win32com pythoncom", "discord.py": "discord", "py-bcrypt": "bcrypt", "pyusb": "usb",
    "jinja2": "jinja2", "zope.interface": "zope", "ruamel.yaml": "ruamel", "backports.zoneinfo": "backports", "fpdf2": "fpdf",
    "pysaml2": "saml2", "python3-saml": "onelogin", "social-auth-app-django": "social_django", "django-mptt": "mptt",
    "django-taggit": "taggit", "django-guardian": "guardian", "django-haystack": "haystack", "django-compressor": "compressor",
    "django-crispy-forms": "crispy_forms", "django-model-utils": "model_utils", "django-braces": "braces", "unittest2": "unittest2",
    "django-simple-history": "simple_history", "django-oauth-toolkit": "oauth2_provider", "django-ipware": "ipware",
    "graphene-django": "graphene_django", "typing-extensions": "typing_extensions", "xhtml2pdf": "xhtml2pdf", "svglib": "svglib",
}  # fmt: skip

# Loaded by name, by an entry point, or by another package: never told apart from what is dead.
_UNSEEN = frozenset(
    """pip setuptools wheel build twine gunicorn uwsgi waitress uvicorn hypercorn daphne mod-wsgi gevent eventlet meinheld honcho
    supervisor circus whitenoise psycopg2 psycopg2-binary psycopg psycopg-binary mysqlclient mysql-python pymysql mysql-connector
    mysql-connector-python cx-oracle oracledb pyodbc pymssql asyncpg aiomysql aiosqlite pysqlite3 redis hiredis pylibmc
    python-memcached pymemcache librabbitmq pillow pytz tzdata tzlocal python-dateutil six lxml html5lib html5-parser cchardet
    chardet charset-normalizer certifi idna urllib3 requests cryptography pyopenssl ndg-httpsclient pyasn1 cffi pycparser bcrypt
    argon2-cffi passlib itsdangerous markupsafe werkzeug jinja2 click blinker colorama packaging pyparsing typing-extensions
    importlib-metadata importlib-resources zipp attrs greenlet sqlalchemy sqlparse asgiref vine kombu billiard amqp mako alembic
    babel email-validator dnspython python-multipart simplejson-binary ujson orjson rapidjson defusedxml pygments docutils numpy
    scipy openpyxl xlrd xlwt xlsxwriter tables pyarrow fastparquet numexpr bottleneck matplotlib ipython ipykernel jupyter notebook
    coverage nose nose2 mock pytest tox nox virtualenv pre-commit black isort flake8 pylint mypy ruff bandit pyflakes pycodestyle
    autopep8 yapf sphinx mkdocs invoke fabric ansible awscli boto3 botocore s3transfer uvloop httptools websockets watchfiles
    watchdog werkzeug-debugger sentry-sdk raven newrelic ddtrace opentelemetry-distro brotli brotlipy zstandard snappy
    python-snappy toml tomli pyreadline gnureadline pywin32 psutil setproctitle statsd cython meson ninja hatchling poetry
    poetry-core pdm flit pipenv pbr zest-releaser bumpversion bump2version towncrier commitizen safety pip-tools pyinstaller
    gnupg distribute argparse ordereddict wsgiref unittest2 selenium""".split()
)
_UNSEEN_FAMILIES = re.compile(
    r"^(?:pytest-|flake8-|sphinx|sphinxcontrib|mkdocs-|types-|mypy-|pylint-|tox-|nose-|babel-|celery-|opentelemetry-|"
    r"google-cloud-|azure-|pyobjc|zope|backports|jupyter|nb|coverage-|setuptools-|hatch-|poetry-|ansible-|molecule)|"
    r"(?:-stubs|-plugin|-binary|-driver|-theme|-backend|-extension|-instrumentation)$"
)


@dataclass(frozen=True)
class Requirement:
    """One line that asks for a distribution. ``name`` is normalized, ``said`` the whole line."""

    name: str
    path: str
    line: int
    said: str
    pinned: bool


def normal(name: str) -> str:
    """The name as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def may_be_loaded_unseen(name: str) -> bool:
    return name in _UNSEEN or _UNSEEN_FAMILIES.search(name) is not None


def modules_of(name: str) -> Sequence[str]:
    """What a distribution's modules may be called: by the table, by its name, and by that without what is put around it."""
    known = _MODULES.get(name, "").split()
    bare = re.sub(r"^(?:python-|django-|flask-|py-)|(?:-python|-py|-client|-sdk)$", "", name)
    guesses = [
        name,
        bare,
        *([name[2:]] if name.startswith("py") and len(name) > 4 else []),
        *([f"py{bare}"] if bare else []),
    ]
    return list(dict.fromkeys([*known, *(guess.replace("-", "_") for guess in guesses if guess), *guesses]))


def is_frozen(found: Sequence[Requirement]) -> bool:
    """Whether a list pins every version, as ``pip freeze`` writes it: it then holds what others need, too."""
    return len(found) >= 5 and all(requirement.pinned for requirement in found)


def requirements(code: Codebase) -> Iterator[Requirement]:
    """Run-time requirements of requirements files, ``[project] dependencies`` and ``install_requires``."""
    for path in code.paths(".txt", ".in"):
        if _REQUIREMENTS.search(path) and not code.is_test(path):
            yield from _plain(path, code.text(path) or "")
    for path in code.paths("pyproject.toml"):
        yield from _array(path, code.text(path) or "", re.compile(r"^dependencies\s*=\s*\[\s*$"))
    for path in code.paths("setup.py"):
        yield from _array(path, code.text(path) or "", re.compile(r"^\s*install_requires\s*=\s*\[\s*$"))
    for path in code.paths("setup.cfg"):
        yield from _indented(path, code.text(path) or "")


def _plain(path: str, text: str) -> Iterator[Requirement]:
    if re.search(r"--hash|autogenerated by pip-compile", text):
        return  # made from another list
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "-"))]
    if entries and 2 * sum("; python_version" in line for line in entries) > len(entries):
        return  # printed from a lock
    for number, line in enumerate(text.splitlines(), 1):
        found = _LINE.match(line.strip())
        if (
            found
            and "://" not in line
            and not found["name"].endswith((".txt", ".whl", ".in"))
            and line[:1] not in " \t"
        ):
            yield Requirement(normal(found["name"]), path, number, line, "==" in found["rest"])


def _array(path: str, text: str, head: re.Pattern[str]) -> Iterator[Requirement]:
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if head.match(line):
            inside = True
        elif inside and line.strip().startswith("]"):
            inside = False
        elif inside and (found := _ITEM.match(line)):
            yield Requirement(normal(found["name"]), path, number, line, "==" in found["rest"])


def _indented(path: str, text: str) -> Iterator[Requirement]:
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"^install_requires\s*=\s*$", line):
            inside = True
        elif inside and line[:1] not in (" ", "\t"):
            inside = False
        elif inside and (found := _LINE.match(line.strip())):
            yield Requirement(normal(found["name"]), path, number, line, "==" in found["rest"])
