"""Cron tables and the files that their lines run; programs that serve; package lists of Ruby, Perl and CMake."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.inventory.manifests.reading import Manifests
from agent.inventory.scheduled import Programs
from agent.inventory.test_suites import mark_test
from tests.inventory.conftest import Take

PATHS = (
    "app/scripts/export.py", "batch/nightly.py", "batch/__main__.py", "jobs/mail.js", "cron/bill.php", "run.sh", "bin/close", "artisan", "manage.py", "data/x.db",
    "shop/management/commands/bill.py", "src/main/java/com/acme/batch/Nightly.java", "a/twice.sh", "b/twice.sh", "lib/report.pl", "node",
)  # fmt: skip


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cd /srv/shop && python2.7 batch/nightly.py >> /var/log/nightly.log 2>&1", "batch/nightly.py"),
        ("cd /srv/shop/app && /usr/bin/python3 -u scripts/export.py --all", "app/scripts/export.py"),
        ("python -m batch.nightly", "batch/nightly.py"),
        ("python -m batch", "batch/__main__.py"),
        ("/usr/bin/env NODE_ENV=x node jobs/mail.js", "jobs/mail.js"),
        ("php -q /var/www/html/cron/bill.php", "cron/bill.php"),
        ("cd /srv/app && ./run.sh", "run.sh"),
        ("/opt/app/run.sh lapse", "run.sh"),
        ("/opt/app/bin/close", "bin/close"),
        ("nice -n 10 flock -n /tmp/l /opt/shop/run.sh", "run.sh"),
        ("bash -c 'cd /srv/app && perl lib/report.pl'", "lib/report.pl"),
        ("cd /srv; sudo -u shop php artisan schedule:run", "artisan"),
        ("python manage.py bill --now", "shop/management/commands/bill.py"),
        ("python manage.py migrate", "manage.py"),
        ("java -cp lib/a.jar:b.jar -Xmx1g com.acme.batch.Nightly full", "src/main/java/com/acme/batch/Nightly.java"),
        ("test -f /tmp/x || /srv/run.sh", "run.sh"),
        ("cp /srv/shop/data/x.db /mnt/backup/", ""),
        ("/usr/local/bin/twice.sh", ""),
        ("node other.js", ""),
        ("rm -f /tmp/x > batch/nightly.py", ""),
        ("", ""),
    ],
)
def test_a_command_runs_a_file(command: str, expected: str) -> None:
    assert Programs(PATHS).run_by(command) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "cd",
                "python",
                "-m",
                "-c",
                "'",
                '"',
                "&&",
                "|",
                "/srv/run.sh",
                "manage.py",
                "sudo",
                "-u",
                "a.b.C",
                ">>",
                "\0",
                "flock",
                "é",
            ]
        ),
        max_size=15,
    )
)
def test_any_command(words: list[str]) -> None:
    assert Programs(PATHS).run_by(" ".join(words)) in (*PATHS, "")


@pytest.mark.parametrize(
    "path", ["crontab", "crontab.txt", "ops/crontab.prod", "etc/shop.cron", "web_crontab.txt", "cron.txt"]
)
def test_lines_of_cron_tables_are_jobs(take: Take, path: str) -> None:
    text = "MAILTO=ops@example.org\nPATH=/usr/bin\n# 1 2 * * * python gone.py\n15 6 * * 1-5  cd /srv && python run.py --yes\n@daily ./go.sh\n*/5 * * * * cp a b\n"
    found = [
        (e.kind, e.name, e.how, e.evidence.line)
        for e in take({path: text, "run.py": "x = 1\n", "go.sh": "#!/bin/sh\n"}).entry_points
    ]
    assert found == [
        ("job", "cp a b", "crontab, */5 * * * *", 6),
        ("job", "go.sh", "crontab, @daily: ./go.sh", 5),
        ("job", "run.py", "crontab, 15 6 * * 1-5: cd /srv && python run.py --yes", 4),
    ]


def test_a_user_before_the_command_is_no_command(take: Take) -> None:
    inventory = take(
        {
            "etc/cron.d/shop": "0 3 * * * shop /opt/shop/run.sh\n",
            "crontab": "0 4 * * * root /opt/shop/run.sh\n",
            "run.sh": "#!/bin/sh\n",
        }
    )
    assert [(e.name, e.how) for e in inventory.entry_points] == [
        ("run.sh", "crontab, 0 4 * * * as root: /opt/shop/run.sh"), ("run.sh", "crontab, 0 3 * * * as shop: /opt/shop/run.sh"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["crontab.py", "docs/crontab.txt", "crontab.md", "mycrontabs.rb"])
def test_other_files_are_no_cron_tables(take: Take, path: str) -> None:
    assert take({path: "0 3 * * * /opt/run.sh\n"}).entry_points == ()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "shop/app.py",
            "x = 1\ndef application(environ, start_response):\n    pass\n",
            ("shop/app.py:application", "WSGI application", 2),
        ),
        ("wsgi.py", "import os\nfrom shop.app import application\n", ("wsgi.py:application", "WSGI application", 2)),
        ("rpc.py", "from x import *\ns = xmlrpc.SimpleXMLRPCServer(('', 1))\n", ("rpc.py", "SimpleXMLRPCServer()", 2)),
        ("a.py", "import webapp2\napp = webapp2.WSGIApplication([])\n", ("a.py:app", "WSGIApplication()", 2)),
    ],
)
def test_programs_that_serve(take: Take, path: str, text: str, expected: tuple[str, str, int]) -> None:
    assert expected in [(e.name, e.how, e.evidence.line) for e in take({path: text}).entry_points if e.kind == "web"]


def test_middleware_and_subclasses_do_not_serve(take: Take) -> None:
    text = "class S(SimpleXMLRPCServer): pass\nclass M:\n    def __call__(self, environ, start_response): pass\n# make_server(1)\n"
    assert take({"a.py": text}).entry_points == ()


def test_a_test_may_take_its_base_from_the_project() -> None:
    test = mark_test(
        "tests/test_stock.py",
        "python",
        b"from base import Filled\n\nclass StockTest(Filled):\n    def test_move(self):\n        pass\n",
    )
    assert test is not None
    assert (test.style, test.line) == ("unittest", 4)
    assert mark_test("tests/base.py", "python", b"class Filled(Base):\n    def setUp(self):\n        pass\n") is None


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Gemfile.lock", "GEM\n  remote: x\n  specs:\n    rack (2.2.3)\n      dep (>= 1)\n    rails (5.2.1)\n\nPLATFORMS\n    ruby (1.0)\n",
         [("rack", "2.2.3", 4, False), ("rails", "5.2.1", 6, False)]),
        ("x.gemspec", "Gem::Specification.new do |s|\n  s.add_dependency 'rack', '~> 2'\n  s.add_development_dependency('rake')\nend\n",
         [("rack", "~> 2", 2, False), ("rake", "", 3, True)]),
        ("cpanfile", "requires 'DBI', '1.6';\nrequires 'perl', '5.10.0';\non test => sub {\n  requires 'Test::More';\n};\nrequires \"JSON\" => 0;\n",
         [("DBI", "1.6", 1, False), ("Test::More", "", 4, True), ("JSON", "", 6, False)]),
        ("Makefile.PL", "use ExtUtils::MakeMaker;\nWriteMakefile(NAME => 'X',\n PREREQ_PM => {\n  'DBI' => '1.6', CGI => 0 },\n TEST_REQUIRES => { 'Test::More' => 0 });\n",
         [("DBI", "1.6", 4, False), ("CGI", "", 4, False), ("Test::More", "", 5, True)]),
        ("CMakeLists.txt", "project(x)\nfind_package(OpenSSL 1.1 REQUIRED)\nif (A)\n  find_package(Threads)\nendif()\npkg_check_modules(GTK REQUIRED gtk+-3.0>=3.2)\n# find_package(No)\n",
         [("OpenSSL", "1.1", 2, False), ("Threads", "", 4, False), ("gtk+-3.0", "3.2", 6, False)]),
    ],
)  # fmt: skip
def test_package_lists(path: str, text: str, expected: list[tuple[str, str, int, bool]]) -> None:
    manifests = Manifests()
    manifests.read(path, text.encode())
    found = [d for declared in manifests.declared() for d in declared.dependencies]
    assert [(d.name, d.version, d.line, d.development) for d in found] == expected


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["Gemfile.lock", "x.gemspec", "cpanfile", "Makefile.PL", "Build.PL", "CMakeLists.txt", "a.cmake"]),
    st.binary(max_size=300),
)
def test_any_bytes(path: str, data: bytes) -> None:
    manifests = Manifests()
    manifests.read(path, data)
    manifests.declared()
