"""Where control enters, and what the code talks to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.inventory.classification import language_of
from agent.inventory.entry_points import entry_points_in
from agent.inventory.external_systems import sightings_in
from agent.inventory.imports import imports_of
from agent.inventory.manifests.declared import without_secrets
from agent.inventory.manifests.reading import Manifests, is_manifest
from agent.inventory.setting_aside import reason_by_content
from agent.inventory.tables import table
from agent.inventory.test_suites import mark_test
from tests.inventory.conftest import Take


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("run.py", 'x = 1\nif __name__ == "__main__":\n    x\n', ("main", "run.py", 2)),
        ("shop/__main__.py", "x", ("cli", "python -m shop", 1)),
        ("manage.py", "from d import execute_from_command_line\n", ("cli", "manage.py", 1)),
        ("a/management/commands/bill.py", "\nclass Command(B): pass\n", ("cli", "manage.py bill", 2)),
        ("shop/wsgi.py", "x\napplication = make()\n", ("web", "shop/wsgi.py:application", 2)),
        ("app.py", "app = Flask(__name__)\n", ("web", "app.py:app", 1)),
        ("app.py", "def create():\n    app = Flask('x')\n", ("web", "app.py", 2)),
        ("t.py", "@shared_task(bind=True)\ndef bill(self): pass\n", ("worker", "t.py:bill", 2)),
        ("t.py", "@app.periodic_task()\n@other\ndef bill(): pass\n", ("job", "t.py:bill", 3)),
        ("pyproject.toml", '[project.scripts]\nshop = "shop.cli:main"\n', ("cli", "shop", 2)),
        ("setup.py", 'setup(entry_points={"console_scripts": ["shop = shop.cli:main"]})', ("cli", "shop", 1)),
        ("a/Main.java", "package a;\nclass Main { public static void main(String[] a) {} }", ("main", "a.Main", 2)),
        ("App.java", "@SpringBootApplication\nclass App {\nstatic void main(String[] a){} }", ("web", "App", 3)),
        ("J.java", "class J {\n@Scheduled(cron = \"0 0 * * *\")\n@Other\npublic void sweep() {}}", ("job", "J.sweep", 2)),
        ("M.java", "@MessageDriven\npublic class M {}", ("listener", "M", 1)),
        ("S.java", '@WebServlet("/pay")\nclass S {}', ("web", "S /pay", 1)),
        ("WEB-INF/web.xml", "<web-app><servlet><servlet-name>a</servlet-name></servlet>\n<servlet-mapping>"
         "<servlet-name>a</servlet-name><url-pattern>*.do</url-pattern></servlet-mapping></web-app>", ("web", "a *.do", 1)),
        ("package.json", '{"bin": {"tool":\n"x.js"}}', ("cli", "tool", 1)),
        ("server.js", "const a = 1\napp.listen(process.env.PORT)\n", ("web", "server.js", 2)),
        ("Procfile", "web: gunicorn x\nbill: celery -A x worker\n", ("worker", "bill: celery -A x worker", 2)),
        ("Dockerfile", 'FROM x\nCMD ["gunicorn", "shop:app"]\n', ("web", "gunicorn shop:app", 2)),
        ("Dockerfile", "FROM x\nENTRYPOINT java \\\n  -jar a.jar\n", ("main", "java   -jar a.jar".replace("   ", " "), 2)),
        ("etc/crontab", "# m h\n0 3 * * 1-5 root /opt/sync.sh\n@daily /opt/x\n", ("job", "/opt/sync.sh", 2)),
        ("etc/sync.service", "[Service]\nExecStart=/usr/bin/sync\n", ("main", "sync.service: /usr/bin/sync", 2)),
        ("docker-compose.yml", "services:\n  app:\n    build: .\n    command: uwsgi\n", ("web", "app", 2)),
        ("NIGHT.jcl", "//NIGHTLY  JOB (ACCT)\n", ("batch", "NIGHTLY", 1)),
        ("public/index.php", "<?php", ("web", "public/index.php", 1)),
    ],
)  # fmt: skip
def test_entry_points_are_found_with_their_line(
    take: Take, path: str, content: str, expected: tuple[str, str, int]
) -> None:
    found = [(entry.kind, entry.name, entry.evidence.line) for entry in take({path: content}).entry_points]
    assert expected in found


def test_tests_and_documentation_are_no_entry_points(take: Take) -> None:
    main = 'if __name__ == "__main__":\n    x\n'
    files = {"tests/run.py": main, "docs/build.py": main, "examples/demo.py": main, ".devcontainer/Dockerfile": "CMD x"}
    assert take(files).entry_points == ()


def test_compose_service_on_a_databases_image_is_beside_the_system(take: Take) -> None:
    inventory = take(
        {
            "docker-compose.yml": "services:\n  db:\n    build: ./db\n  app:\n    build:\n      context: app\n",
            "db/Dockerfile": "FROM mysql:5.7\n",
            "app/Dockerfile": "FROM python:3.12\nCMD gunicorn x\n",
        }
    )
    assert [(e.kind, e.name) for e in inventory.entry_points] == [("web", "app"), ("web", "gunicorn x")]
    assert [(s.name, s.resolution, str(s.evidence[0])) for s in inventory.external_systems] == [
        ("MySQL", "exact", "docker-compose.yml:2")
    ]


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("settings.py", "D = {\n 'ENGINE': 'django.db.backends.postgresql'}\n", ("database", "PostgreSQL", "exact", 2)),
        ("config.py", "URI = 'sqlite:////tmp/x.db'\n", ("database", "SQLite", "exact", 1)),
        ("config.py", 'URI = "mysql+pymysql://u:p@h/x"\n', ("database", "MySQL", "exact", 1)),
        ("a.properties", "url=jdbc:oracle:thin:@db:1521:x\n", ("database", "Oracle Database", "exact", 1)),
        ("a.properties", "url=jdbc:jtds:sqlserver://x\n", ("database", "Microsoft SQL Server", "exact", 1)),
        ("ctx.xml", '<beans>\n<jdbc:embedded-database id="d"/></beans>', ("database", "HSQLDB", "exact", 2)),
        ("requirements.txt", "psycopg2-binary==2\n", ("database", "PostgreSQL", "inferred", 1)),
        ("a.py", "import os\nimport pika\n", ("queue", "RabbitMQ", "exact", 2)),
        ("a.py", "from celery import Celery\n", ("queue", "Celery broker", "exact", 1)),
        ("A.java", "import javax.jms.Queue;\n", ("queue", "JMS provider", "exact", 1)),
        ("a.py", "import smtplib\n", ("mail", "Mail server (SMTP)", "exact", 1)),
        ("a.py", "from ftplib import FTP\n", ("file share", "FTP server", "exact", 1)),
        ("a.py", "P = '/mnt/partner/in/x.csv'\n", ("file share", "/mnt/partner", "inferred", 1)),
        ("a.py", "P = r'\\\\fileserver\\rates\\x'\n", ("file share", "\\\\fileserver\\rates", "exact", 1)),
        ("A.java", 'String p = "\\\\\\\\srv01\\\\in";\n', ("file share", "\\\\srv01\\in", "exact", 1)),
        ("a.py", "import ldap3\n", ("directory", "LDAP directory", "exact", 1)),
        ("a.py", "import boto3\nboto3.client('s3')\n", ("object store", "Amazon S3", "exact", 2)),
        ("a.js", "const r = require('redis')\n", ("cache", "Redis", "exact", 1)),
        ("a.py", "import requests\nrequests.get('https://api.rates.io/v1')\n", ("http", "api.rates.io", "exact", 2)),
        ("a.py", "import requests\n", ("http", "HTTP service whose address is not in the code", "inferred", 1)),
        ("application.properties", "tax.service.url=http://tax:8080/x\n", ("http", "tax:8080", "inferred", 1)),
        ("docker-compose.yml", "services:\n  q:\n    image: rabbitmq:3\n", ("queue", "RabbitMQ", "exact", 3)),
        ("k8s/db.yaml", "spec:\n  - image: docker.io/library/postgres:14\n", ("database", "PostgreSQL", "exact", 2)),
        ("PAY.cbl", "       EXEC CICS SEND\n", ("transaction monitor", "CICS", "exact", 1)),
    ],
)
def test_external_systems_are_found_with_their_line(
    take: Take, path: str, content: str, expected: tuple[str, str, str, int]
) -> None:
    found = [(s.kind, s.name, s.resolution, s.evidence[0].line) for s in take({path: content}).external_systems]
    assert expected in found


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tests/test_a.py", "import pika\nX = 'postgres://h/x'\n"),
        ("docs/conf.py", "import pika\n"),
        ("a.py", "# postgres://h/x\n#: see 'https://api.rates.io'\n"),
        ("a.py", "from urllib.request import url2pathname\n"),
        ("a.py", "import requests_like\nX = 'https://www.w3.org/1999/xhtml'\n"),
        ("requirements-dev.txt", "psycopg2\n"),
        ("a.java", 'Pattern.compile("\\\\bfoo\\\\b");\n'),
        ("README.md", "postgres://h/x\n"),
    ],
)
def test_tests_comments_and_documents_are_no_evidence(take: Take, path: str, content: str) -> None:
    assert take({path: content}).external_systems == ()


def test_named_database_explains_the_generic_way_to_it(take: Take) -> None:
    found = take({"A.java": "import java.sql.DriverManager;\n", "a.properties": "u=jdbc:h2:mem\n"}).external_systems
    assert [system.name for system in found] == ["H2"]


def test_no_password_leaves_the_repository(take: Take) -> None:
    secret = "hunter2"
    inventory = take(
        {
            "settings.py": f"A = 'postgres://joe:{secret}@db/x'\nimport requests\nB = 'https://joe:{secret}@api.x.io/y'\n",
            "app.properties": f"tax.url=https://joe:{secret}@tax.io/\n",
            "Procfile": f"web: run --password={secret} --token {secret} postgres://u:{secret}@h\n",
            "crontab": f"0 1 * * * mysqldump -uroot -p{secret} shop\n",
            "docker-compose.yml": f"services:\n  a:\n    build: .\n    command: x --api-key={secret}\n",
        }
    )
    assert secret not in inventory.model_dump_json()
    assert {system.name for system in inventory.external_systems} >= {"PostgreSQL", "api.x.io", "tax.io"}


def test_command_without_secrets_stays_as_it_is() -> None:
    command = "gunicorn -w 4 shop:app --access-logfile - --keyfile /etc/key.pem"
    assert without_secrets(command) == command


def test_same_files_give_the_same_inventory(take: Take) -> None:
    files = {
        "b.py": "import pika\n",
        "a/c.py": "import redis\n",
        "requirements.txt": "flask\n",
        "t/test_x.py": "def test_a(): 0",
    }
    first = take(files).model_dump_json()
    assert take(files).model_dump_json() == first
    assert [file["path"] for file in json.loads(first)["files"]] == [
        "a/c.py",
        "b.py",
        "requirements.txt",
        "t/test_x.py",
    ]


_PATHS = [
    "pom.xml", "build.gradle", "build.gradle.kts", "gradle.properties", "gradle/libs.versions.toml", "build.xml", "web.xml", "A.csproj",
    "packages.config", "requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "runtime.txt", ".tool-versions",
    "package.json", "composer.json", "Gemfile", "go.mod", "Dockerfile", "docker-compose.yml", "Procfile", "crontab", "a.service",
    "gradle-wrapper.properties",
]  # fmt: skip
_WORDS = [
    b"<project>", b"</", b"[project]", b"dependencies", b"=", b"{", b"}", b'"', b"'", b"\n", b"\\", b"${a}", b"services:\n", b"FROM ", b"[",
    b"]", b"&a ", b"*a", b"import ", b"@Scheduled", b"def test_", b"://", b"jdbc:", b"install_requires=", b"1.2.3", b"\xff", b"\0", b"- ",
]  # fmt: skip
_CONTENT = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(_WORDS), max_size=30).map(b"".join))


@given(path=st.sampled_from(_PATHS), content=_CONTENT)
@settings(max_examples=400, deadline=None)
def test_no_manifest_is_too_broken_to_read(path: str, content: bytes) -> None:
    assert is_manifest(path)
    manifests = Manifests()
    manifests.read(path, content)
    manifests.declared()


@given(language=st.sampled_from(sorted(table("languages"))), content=_CONTENT)
@settings(max_examples=400, deadline=None)
def test_no_source_is_too_broken_to_look_at(language: str, content: bytes) -> None:
    imports = list(imports_of(language, content))
    list(sightings_in("settings.py", language, "code", content, imports))
    list(entry_points_in("a", language, content))
    mark_test("a", language, content)
    reason_by_content("a.js", content, "code")
    language_of("a", content)


@pytest.mark.parametrize(
    "unit",
    [b"a", b"import ", b"@Scheduled(", b"public static void main(", b"://", b"(" * 3, b'"//', b"x=1 ", b"\\\\a\\a"],
)
def test_long_lines_are_no_trap(unit: bytes) -> None:
    content = unit * (400_000 // len(unit))
    for language in ("python", "java", "javascript", "csharp", "c", "jcl", "yaml", "xml"):
        imports = list(imports_of(language, content))
        list(sightings_in("settings.py", language, "code", content, imports))
        list(entry_points_in("a.py", language, content))
        mark_test("a", language, content)
    reason_by_content("a.js", content, "code")


TAP_SCRIPT = '#!/bin/sh\necho "TAP version 13"\nrun || echo "not ok 1 - run"\necho "1..$N"\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"check.sh": TAP_SCRIPT}, [("TAP", 1, "sh check.sh", "check.sh", 3)]),
        (
            {
                "tests/run.php": "<?php\necho \"TAP version 13\\n1..\" . 2;\necho 'not ok ';",
                "tests/a_test.php": "<?php\nfunction test_a() {}",
            },
            [("TAP", 2, "php tests/run.php", "tests/run.php", 3)],
        ),
        ({"tests/a_test.php": "<?php\nfunction test_a() {}"}, [("PHP functions", 1, "", "tests/a_test.php", 2)]),
        (
            {"package.json": '{\n"scripts": {\n"test": "node check.js"}}', "check.js": "x()"},
            [("npm script", 1, "npm test", "package.json", 3)],
        ),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}, []),
        ({"package.json": '{"scripts": {"test": "eslint src"}}'}, []),
        ({"t/a.t": "use Test::More;\nok(1);\n"}, [("Test::More", 1, "prove -r", "t/a.t", 1)]),
        ({"backup.sh": '#!/bin/sh\necho "not ok"\n'}, []),
    ],
)
def test_suites_that_no_framework_runs(
    take: Take, files: dict[str, str], expected: list[tuple[str, int, str, str, int]]
) -> None:
    suites = take(files).test_suites
    assert [(s.runner, s.files, s.command, s.evidence.path, s.evidence.line) for s in suites] == expected


def test_a_script_of_tests_is_no_code(take: Take) -> None:
    assert [f.role for f in take({"check.sh": TAP_SCRIPT, "deploy.sh": "#!/bin/sh\ncp a b\n"}).files] == [
        "test",
        "code",
    ]


def test_a_job_that_is_only_scanned_is_no_entry(take: Take) -> None:
    jobs = {"a.jcl": "//A JOB (1),'X',\n//   TYPRUN=SCAN\n//S EXEC PGM=X\n", "b.jcl": "//B JOB (1),'TYPRUN'\n"}
    assert [entry.name for entry in take(jobs).entry_points] == ["B"]


FTP_JOB = "//J JOB\n//S EXEC PGM=FTP,PARM='10.44.8.20 (EXIT'\n//INPUT DD *\nme\nhidden\nput 'A.B' C\n/*\n//T EXEC PGM=FTP\n//INPUT DD *\nftp.bank.example\n/*\n"


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("a.jcl", FTP_JOB, {("file share", "FTP server (10.44.8.20)", 2), ("file share", "FTP server (ftp.bank.example)", 8)}),
        ("a.php", "<?php\n$f = @ftp_connect('ftp.bank.example');", {("file share", "FTP server (ftp.bank.example)", 2)}),
        ("a.php", "<?php\n$c = array('ftp_host' => 'ftp.a.example');\nftp_connect($c['ftp_host']);",
         {("file share", "FTP server (ftp.a.example)", 2), ("file share", "FTP server (ftp.a.example)", 3)}),
        ("a.php", "<?php\n// ftp_connect('ftp.bank.example');\n$this->ftp_connect($x); my_ftp_connect($x);", set()),
        ("a.php", "<?php fsockopen('10.0.0.25', 25);", {("mail", "Mail server (SMTP)", 1)}),
        ("a.php", "<?php $s = fsockopen($this->host, $this->port);\nfputs($s, 'HELO desk');", {("mail", "Mail server (SMTP)", 1)}),
        ("a.php", "<?php fsockopen($h, $p);", {("network", "socket whose address is not in the code", 1)}),
        ("a.php", "<?php fsockopen('10.0.0.9', 4000);", {("network", "10.0.0.9:4000", 1)}),
        ("a.php", "<?php mail($to, 'x', 'y');", {("mail", "Mail server (SMTP)", 1)}),
        ("a.php", "<?php\nfunction mail($a) {}\nmail($to);\n$m->mail('x'); send_mail('x');", set()),
        ("a.php", "<?php imap_open('{10.0.0.1:143}INBOX', $u, $p);", {("mail", "Mailbox (IMAP or POP3)", 1)}),
        ("a.php", "<?php $c = array('maildir' => '/var/mail/desk/new');", {("mail", "Mailbox (files on disk)", 1)}),
        ("a.php", "<?php\n$c = curl_init('https://pay.partner.example/v1');", {("http", "pay.partner.example", 2)}),
        ("a.php", "<?php $x = file_get_contents('http://rates.partner.example/x');", {("http", "rates.partner.example", 1)}),
        ("a.php", "<?php echo '<a href=\"http://www.partner.example/\">';", set()),
        ("a.php", "<?php curl_init($u);", {("http", "HTTP service whose address is not in the code", 1)}),
        ("a.php", "<?php new PDO('sqlite:/srv/a.db');", {("database", "SQLite", 1)}),
        ("a.php", "<?php mysql_connect('db', 'u', 'p');", {("database", "MySQL", 1)}),
        ("a.php", "<?php $r = new Redis();", {("cache", "Redis", 1)}),
        ("a.js", "var net = require('net');\nvar s = net.connect(config.port, config.host);\ns.write('HELO x');", {("mail", "Mail server (SMTP)", 2)}),
        ("a.js", "var http = require('http');\nhttp.createServer(f);", set()),
        ("a.js", "var http = require('http');\nhttp.request(o);", {("http", "HTTP service whose address is not in the code", 1)}),
        ("config.js", "module.exports = { smtpHost: 'mail.shop.example', pop3Server: '127.0.0.1' };",
         {("mail", "Mail server (SMTP)", 1), ("mail", "Mailbox (IMAP or POP3)", 1)}),
    ],
)  # fmt: skip
def test_calls_that_reach_other_systems(
    take: Take, path: str, content: str, expected: set[tuple[str, str, int]]
) -> None:
    found = take({path: content}).external_systems
    assert {(s.kind, s.name, place.line) for s in found for place in s.evidence} == expected
    assert "hidden" not in repr(found)


@given(st.sampled_from(["php", "jcl"]), st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_bytes_reach_nothing_or_something(language: str, data: bytes) -> None:
    for content in (data, b"//S EXEC PGM=FTP\n//INPUT DD *\n" + data, b"<?php fsockopen(" + data):
        assert all(s.line >= 1 for s in sightings_in("a", language, "code", content, ()))
