"""Images of PHP under Apache, Ruby, Go, .NET and COBOL batch."""

from __future__ import annotations

import re

from agent.containers.cobol_apps import read_programs
from agent.containers.packages import extensions, packages_for
from agent.containers.tree import Tree
from agent.domain.container import Deployable, Image
from agent.domain.environment import Reason
from agent.domain.inventory import Location

__all__ = ["design_cobol", "design_dotnet", "design_go", "design_php", "design_ruby"]

_SAFE = re.compile(r"^[\w@%+=:,./-]+$")


def design_php(app: Deployable, tree: Tree) -> Image:
    """The public image with Apache on a port that needs no root; files that no browser may see are denied."""
    folder = app.folder
    found, needs = extensions(tree.text(path) for path in tree.code("php", folder=folder))
    finish = []
    if found:
        apt = f"apt-get update && apt-get install --yes --no-install-recommends {' '.join(needs)} && " if needs else ""
        clean = " && rm -rf /var/lib/apt/lists/*" if needs else ""
        finish.append(f"{apt}docker-php-ext-install {' '.join(found)}{clean}")
    root = _web_root(tree, folder)
    port = app.port or 8080
    finish.append(
        f"sed -i 's/^Listen 80$/Listen {port}/' /etc/apache2/ports.conf "
        f"&& sed -i -e 's/:80>/:{port}>/'{_document_root(root)} /etc/apache2/sites-available/000-default.conf"
    )
    finish.append(
        "printf '%s\\n' 'ServerName localhost' '<FilesMatch \"(\\.inc\\.php|\\.sql|\\.md|^README.*|^crontab.*|^composer\\..*|^\\..*)$\">' "
        "'  Require all denied' '</FilesMatch>' > /etc/apache2/conf-enabled/figwright.conf"
    )
    composer = f"{folder}/composer.json" if folder else "composer.json"
    build_base = ""
    install: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    artifacts: tuple[tuple[str, str], ...] = ()
    if tree.has(composer):
        lock = composer.replace(".json", ".lock")
        manifests = tuple(p[len(folder) + 1 :] if folder else p for p in (composer, lock) if tree.has(p))
        build_base = "composer:2"
        install = ("composer install --no-dev --no-interaction --no-scripts --prefer-dist --ignore-platform-reqs",)
        artifacts = (("/var/www/html/vendor", "/var/www/html/vendor"),)
    return Image(
        name=app.name, family="php", folder=folder, base=f"php:{app.version}-apache", build_base=build_base, manifests=manifests,
        install=install, artifacts=artifacts, workdir="/var/www/html", finish=tuple(finish), user="www-data", command=app.command,
        reasons=(Reason(text="Apache denies includes, SQL, hidden files and tables of cron: in an image they would lie in the web root"),),
    )  # fmt: skip


def _web_root(tree: Tree, folder: str) -> str:
    for name in ("public", "web", "www", "htdocs", "html", "public_html"):
        if tree.has(f"{folder}/{name}/index.php" if folder else f"{name}/index.php"):
            return name
    return ""


def _document_root(root: str) -> str:
    return f" -e 's#DocumentRoot /var/www/html#DocumentRoot /var/www/html/{root}#'" if root else ""


def design_ruby(app: Deployable, tree: Tree) -> Image:
    """Gems in a folder of their own, without those of development."""
    gems = tree.text(f"{app.folder}/Gemfile" if app.folder else "Gemfile")
    names = re.findall(r"(?m)^\s*gem\s+['\"]([\w-]+)['\"]", gems)
    build_packages, packages = packages_for("ruby", names)
    lock = f"{app.folder}/Gemfile.lock" if app.folder else "Gemfile.lock"
    manifests = ("Gemfile", "Gemfile.lock") if tree.has(lock) else ("Gemfile",)
    without = "bundle config set --local path /usr/local/bundle && bundle config set --local without 'development test'"
    return Image(
        name=app.name, family="ruby", folder=app.folder, base=f"ruby:{app.version}-slim", build_base=f"ruby:{app.version}-slim",
        packages=packages, build_packages=tuple(sorted({*build_packages, "build-essential", "libyaml-dev"})), manifests=manifests,
        install=(f"{without} && bundle install",), artifacts=(("/usr/local/bundle", "/usr/local/bundle"),),
        env=(("RACK_ENV", "production"), ("RAILS_ENV", "production"), ("RAILS_LOG_TO_STDOUT", "1")), command=app.command,
    )  # fmt: skip


def design_go(app: Deployable, tree: Tree) -> Image:
    """One static program; ``framework`` carries the folder of its main package."""
    manifests = tuple(name for name in ("go.mod", "go.sum") if tree.has(f"{app.folder}/{name}" if app.folder else name))
    return Image(
        name=app.name, family="go", folder=app.folder, base="debian:12-slim", build_base=f"golang:{app.version}", manifests=manifests,
        install=("go mod download",), build=(f"CGO_ENABLED=0 go build -trimpath -o /out/app ./{app.framework}",), source=False,
        artifacts=(("/out/app", "/usr/local/bin/app"),), command=app.command,
    )  # fmt: skip


def design_dotnet(app: Deployable, tree: Tree) -> Image:
    """Published by the SDK, run by the runtime."""
    del tree
    runtime = "aspnet" if app.kind == "web" else "runtime"
    env = (("ASPNETCORE_URLS", f"http://+:{app.port}"),) if app.port else ()
    return Image(
        name=app.name, family="dotnet", base=f"mcr.microsoft.com/dotnet/{runtime}:{app.version}",
        build_base=f"mcr.microsoft.com/dotnet/sdk:{app.version}", build=(f"dotnet publish {app.framework} --configuration Release --output /out",),
        source=False, artifacts=(("/out", "/app"),), env=env, command=app.command,
    )  # fmt: skip


def design_cobol(app: Deployable, tree: Tree) -> Image:
    """Compiled in one stage; the other holds the load library and GnuCOBOL's runtime only."""
    programs = read_programs(tree)
    books = " ".join(f"-I {folder or '.'}" for folder in programs.copybooks if _SAFE.match(folder or "."))
    options = " ".join(programs.options)
    build = ["mkdir -p /out/load"]
    for paths, how, suffix in ((programs.main, "-x", ""), (programs.called, "-m", ".so")):
        good = [path for path in paths if _SAFE.match(path)]
        if good:
            sources = " \\\n      ".join(good)
            build.append(
                f'for source in \\\n      {sources} \\\n    ; do name=$(basename "$source") '
                f'&& cobc {how} {options} {books} -o "/out/load/${{name%.*}}{suffix}" "$source" || exit 1; done'
            )
    left = tuple(
        Reason(text="not compiled: needs a monitor or a precompiler", where=(Location(path=path),))
        for path in programs.left
    )
    return Image(
        name=app.name, family="cobol", base="debian:12-slim", build_base="debian:12-slim", packages=("libcob5",),
        build_packages=("gnucobol4", "libc6-dev"), build=tuple(build), source=False, artifacts=(("/out/load", "/app/load"),),
        env=(("COB_LIBRARY_PATH", "/app/load"), ("PATH", "/app/load:$PATH")), command=app.command, reasons=left[:5],
    )  # fmt: skip
