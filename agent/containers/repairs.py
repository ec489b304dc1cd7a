"""Reads what a failed build or start printed, and says what to change: an attempt and its failure in, the next attempt out."""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.images import with_health
from agent.containers.reading import is_secret
from agent.containers.tree import Tree
from agent.domain.container import Image

__all__ = ["find_repair", "missing_programs"]


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files("agent.containers") / "repairs.toml").read_text("utf-8"))


def find_repair(attempt: Attempt, failure: Failure, tree: Tree, tried: frozenset[str]) -> Repair | None:
    """The first rule that applies and was not tried before; None when nothing is known to help."""
    if failure.stopped_by:
        return None
    rules = _BUILD if failure.stage == "build" else _START
    for rule in rules:
        repair = rule(attempt, failure, tree)
        if repair is not None and repair.change not in tried:
            return repair
    return None


def _changed(attempt: Attempt, diagnosis: str, change: str, **fields: object) -> Repair:
    image = attempt.image.model_copy(update={**fields, "changes": (*attempt.image.changes, change)})
    return Repair(Attempt(image, attempt.app, attempt.env), diagnosis, change)


def _with(old: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*old, *new}))


def _in_builder(attempt: Attempt, packages: str, diagnosis: str) -> Repair | None:
    names = packages.split()
    image = attempt.image
    if set(names) <= set(image.build_packages if image.build_base else image.packages):
        return None
    field = "build_packages" if image.build_base else "packages"
    old = image.build_packages if image.build_base else image.packages
    return _changed(attempt, diagnosis, f"{', '.join(names)} installed while building", **{field: _with(old, names)})


# ---- while building


def _header(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in re.finditer(
        r"(?:fatal error: |Cannot find include file: |)['\"<]?([\w./-]+\.h)['\">]?: No such file or directory",
        failure.said,
    ):
        package = _table()["header"].get(found[1]) or _table()["header"].get(found[1].rpartition("/")[2])
        if package and (repair := _in_builder(attempt, package, f"the header {found[1]} is missing")):
            return repair
    return None


_NOT_FOUND = re.compile(
    r"(?:/bin/sh: \d+: |sh: \d+: |bash: |env: ['‘]?|unable to execute '|command '|Cannot run program \"|exec: \"|"
    r"Error: |error: |executable )?([\w.+-]{2,30})['’\"]?(?:: not found|: command not found|: No such file or directory| failed: No such file"
    r"|: executable file not found| executable not found| not found in PATH)"
)


def missing_programs(said: str) -> set[str]:
    """Debian packages of programs that were called and not found, as a shell or an exec tells."""
    found = re.findall(r"(?m)(?:^|[^\w./-])([\w.+-]{2,30}): (?:not found|command not found)", said)
    found += re.findall(r"spawn ([\w.+-]{2,30}) ENOENT", said)
    found += re.findall(r"No such file or directory: '([\w.+-]{2,30})'", said)
    return {package for name in found for package in _table()["command"].get(name, "").split()}


def _command(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in _NOT_FOUND.finditer(failure.said):
        package = _table()["command"].get(found[1])
        if package and (repair := _in_builder(attempt, package, f"the program {found[1]} is missing")):
            return repair
    sought = re.search(r"Cannot find command ['\"]([\w.+-]+)", failure.said)
    package = _table()["command"].get(sought[1]) if sought else None
    if package and sought:
        return _in_builder(attempt, package, f"the program {sought[1]} is missing")
    if re.search(r"gyp ERR! find Python|Can't find Python executable", failure.said):
        return _in_builder(attempt, "python3 make g++", "node-gyp finds no Python to compile with")
    if re.search(r"(?:can't|cannot) find Rust compiler|Rust.{0,40}not (?:installed|found)", failure.said):
        return _in_builder(attempt, "cargo", "the Rust compiler is missing")
    return None


def _other_python(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    if attempt.image.family != "python":
        return None
    said = failure.said
    wanted = re.search(r"requires a different Python: [\d.]+ not in ['\"]([^'\"]{1,60})['\"]", said) or re.search(
        r"Requires-Python ([<>=!~0-9., ]{3,60})", said if "No matching distribution" in said else ""
    )
    version = ""
    if wanted:
        low = re.search(r">=?\s*3\.(\d+)", wanted[1])
        high = re.search(r"<=?\s*3\.(\d+)", wanted[1])
        version = f"3.{low[1]}" if low else f"3.{int(high[1]) - 1}" if high else ""
    elif re.search(
        r"SyntaxError: Missing parentheses in call to 'print'|SyntaxError: (?:multiple exception types must be|leading zeros)",
        said,
    ):
        version = "2.7"
    elif re.search(
        r"AttributeError: module 'collections' has no attribute '(?:Callable|Mapping|MutableMapping|Iterable)'|cannot import name '(?:Mapping|Callable|Iterable|MutableMapping)' from 'collections'",
        said,
    ):
        version = "3.9"
    if not version or version == attempt.app.version:
        return None
    return _python(
        attempt,
        version,
        "the interpreter does not fit: " + (wanted[1].strip() if wanted else "the code is written for an older one"),
    )


def _python(attempt: Attempt, version: str, diagnosis: str) -> Repair:
    old = attempt.app.version
    base = f"python:{version}-slim"
    app = attempt.app.model_copy(update={"version": version})
    install = attempt.image.install
    if version == "2.7":
        virtual = "python -m pip install --no-cache-dir virtualenv==20.15.1 && python -m virtualenv /opt/venv"
        install = tuple(
            virtual if line == "python -m venv /opt/venv" else line.replace("gunicorn==23.0.0", "gunicorn==19.10.0")
            for line in install
        )
    change = f"Python {version} instead of {old}"
    image = attempt.image.model_copy(
        update={"base": base, "build_base": base, "install": install, "changes": (*attempt.image.changes, change)}
    )
    return Repair(Attempt(with_health(image, app), app, attempt.env), diagnosis, change)


_OPENED = (
    "base/java.lang",
    "base/java.lang.reflect",
    "base/java.util",
    "base/java.text",
    "base/java.io",
    "desktop/java.awt.font",
)


def _other_java(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    if attempt.image.family != "java":
        return None
    wanted = (
        re.search(r"(?:invalid target release: |release version )(?:1\.)?(\d{1,2})(?: not supported)?", failure.said)
        or re.search(r"JDK [Vv]ersion[^\n]{0,80}allowed range \[?(?:1\.)?(\d{1,2})", failure.said)
        or re.search(r"compiled by a more recent version of the Java Runtime \(class file version (\d\d)", failure.said)
    )
    if wanted:
        number = int(wanted[1])
        number = number - 44 if number > 44 else number
        release = next((lts for lts in (8, 11, 17, 21, 25) if lts >= number), number)
        base = re.sub(r"(temurin-|jdk)\d+", rf"\g<1>{release}", attempt.image.build_base)
        if base != attempt.image.build_base:
            return _changed(attempt, f"the build needs Java {number}", f"built with Java {release}", build_base=base)
    if re.search(
        r"(?:Source|Target) option [56] is no longer supported", failure.said
    ) and "-Dmaven.compiler.source" not in str(attempt.image.build):
        level = "-Dmaven.compiler.source=8 -Dmaven.compiler.target=8"
        build = tuple(line.replace("mvn -B -ntp", f"mvn -B -ntp {level}") for line in attempt.image.build)
        return _changed(attempt, "the compiler no longer knows the code's level", "compiled for Java 8", build=build)
    if re.search(
        r"does not \"opens java|InaccessibleObjectException|PluginContainerException|ExceptionInInitializerError",
        failure.said,
    ) and not any("--add-opens" in line for line in attempt.image.build):
        opens = " ".join(f"--add-opens java.{name}=ALL-UNNAMED" for name in _OPENED)
        build = tuple(
            f'MAVEN_OPTS="{opens}" {line}' if line.startswith("mvn ") else line for line in attempt.image.build
        )
        if build != attempt.image.build:
            return _changed(
                attempt,
                "a plug-in of the build reaches into what newer Java keeps closed",
                "Maven runs with packages of the JDK opened",
                build=build,
            )
    if "go-offline" in " ".join(attempt.image.install) and re.search(r"go-offline|dependency-plugin", failure.said):
        return _changed(
            attempt,
            "dependencies cannot be fetched before the source is there",
            "no layer of its own for dependencies",
            install=(),
            manifests=(),
        )
    return None


def _test_dependency(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """Maven resolves what the tests need even when it skips them; the goals that make the archive do not."""
    image = attempt.image
    absent = re.search(
        r"(?:Could not find|Failure to find|Could not transfer) artifact [\w.-]+:([\w.-]+):", failure.said
    )
    if image.family != "java" or absent is None or len(image.manifests) > 1:
        return None
    declared = re.search(
        rf"<dependency>(?:(?!</dependency>).)*<artifactId>{re.escape(absent[1])}</artifactId>(?:(?!</dependency>).)*<scope>test</scope>",
        tree.text("pom.xml"),
        re.DOTALL,
    )
    archive = "war:war" if any(".war" in line for line in image.build) else "jar:jar"
    build = tuple(
        line.removesuffix(" package") + f" resources:resources compiler:compile {archive}"
        if line.startswith(("mvn ", "MAVEN_OPTS")) and line.endswith(" package")
        else line
        for line in image.build
    )
    if declared is None or build == image.build:
        return None
    diagnosis = f"{absent[1]}, which only the tests need, cannot be fetched"
    return _changed(attempt, diagnosis, f"{archive} is made without resolving what tests need", build=build)


def _npm(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    image, said = attempt.image, failure.said
    if image.family != "node":
        return None

    def flag(diagnosis: str, change: str, old: str, new: str) -> Repair | None:
        install = tuple(line.replace(old, new, 1) if new not in line else line for line in image.install)
        return _changed(attempt, diagnosis, change, install=install) if install != image.install else None

    if re.search(
        r"can only install packages (?:when|with)|package-lock\.json.{0,60}(?:in sync|not (?:up to date|match))", said
    ):
        return flag("the lock file does not fit package.json", "npm install instead of npm ci", "npm ci", "npm install")
    if "ERESOLVE" in said:
        return flag(
            "peer dependencies contradict each other",
            "npm with --legacy-peer-deps",
            "--no-fund",
            "--no-fund --legacy-peer-deps",
        )
    if re.search(r"(?:husky|patch-package|lerna|bower|gulp|grunt): (?:not found|command not found)", said):
        return flag(
            "a script after the install needs tools of development",
            "npm with --ignore-scripts",
            "--no-fund",
            "--no-fund --ignore-scripts",
        )
    if "ERR_OSSL_EVP_UNSUPPORTED" in said or "digital envelope routines::unsupported" in said:
        build = tuple(
            f"NODE_OPTIONS=--openssl-legacy-provider {line}" if line.startswith("npm run") else line
            for line in image.build
        )
        return _changed(
            attempt,
            "the bundler uses a hash that OpenSSL 3 refuses",
            "built with OpenSSL's legacy provider",
            build=build,
        )
    return None


def _setuptools(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    image, said = attempt.image, failure.said
    if image.family != "python":
        return None
    pip = "/opt/venv/bin/pip install --no-cache-dir"
    wanted = ""
    if re.search(r"use_2to3 is invalid", said):
        wanted = "'setuptools<58' wheel"
    elif re.search(
        r"No module named '?(?:pkg_resources|setuptools)'?|cannot import name 'Feature' from 'setuptools'", said
    ):
        wanted = "'setuptools<46' wheel" if "Feature" in said else "'setuptools<81' wheel"
    if wanted:
        lines = tuple(
            line.replace(pip, f"{pip} --no-build-isolation") if line.startswith(pip) else line for line in image.install
        )
        install = (lines[0], f"{pip} {wanted}", *lines[1:])
        build = tuple(
            line.replace(pip, f"{pip} --no-build-isolation") if line.startswith(pip) else line for line in image.build
        )
        return _changed(
            attempt,
            "a dependency's setup needs an older setuptools",
            f"{wanted} before the rest",
            install=install,
            build=build,
        )
    if re.search(
        r"setuptools[-_]scm was unable to detect version|Unable to determine version|git.{0,30}unable to determine",
        said,
    ):
        build = tuple(
            f"SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0 PBR_VERSION=0.0.0 {line}" if line.startswith(pip) else line
            for line in image.build
        )
        return _changed(
            attempt,
            "the version is taken from git, which is not in the build",
            "a version of 0.0.0 is given",
            build=build,
        )
    return None


def _index(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """PyPI's old name, which requirement files of that time carry, is given up; another index is never replaced by PyPI."""
    image = attempt.image
    if image.family != "python" or not re.search(
        r"NewConnectionError|Name or service not known|Temporary failure in name resolution", failure.said
    ):
        return None
    for path in image.manifests:
        found = re.search(
            r"(?m)^\s*(?:-i|--index-url)[\s=]+https?://pypi[.]python[.]\w+/simple/?\s*$",
            tree.text(f"{image.folder}/{path}" if image.folder else path),
        )
        line = f"sed -i -E '/^[[:space:]]*(-i|--index-url)/d' {path}"
        if found and line not in image.install and re.fullmatch(r"[\w./-]+", path):
            install = (image.install[0], line, *image.install[1:])
            return _changed(
                attempt,
                f"{path} names PyPI by its old address, which does not answer",
                "the pip configuration's own index is used",
                install=install,
            )
    return None


def _left_out(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """What the ignore file leaves out is needed after all."""
    image = attempt.image
    for found in re.finditer(
        r"['\"]?([\w./-]{2,120})['\"]?(?:: no such file or directory|: No such file| does not exist| not found)",
        failure.said,
    ):
        first = found[1].strip("/").removeprefix("app/").removeprefix("src/").partition("/")[0]
        if first in image.ignored:
            ignored = tuple(name for name in image.ignored if name != first)
            return _changed(attempt, f"the build needs {first}", f"{first} is part of the build again", ignored=ignored)
    needed = re.search(r"No module named ['\"]?([\w]+)", failure.said)
    if needed and needed[1] in image.ignored:
        return _changed(
            attempt,
            f"the code imports {needed[1]}",
            f"{needed[1]} is part of the image again",
            ignored=tuple(n for n in image.ignored if n != needed[1]),
        )
    for name in ("README.md", "README.rst", "README", "CHANGELOG.md", "LICENSE"):
        if (
            re.search(
                rf"{re.escape(name)}['\"]?(?:: no such| does not exist|.{{0,20}}not found)", failure.said, re.IGNORECASE
            )
            and tree.has(name)
            and name not in image.manifests
            and image.manifests
        ):
            return _changed(
                attempt, f"the build needs {name}", f"{name} is copied early", manifests=(*image.manifests, name)
            )
    return None


def _no_package(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    found = re.search(
        r"Unable to locate package ([\w.+-]+)|Package '?([\w.+-]+)'? has no installation candidate", failure.said
    )
    name = (found[1] or found[2]) if found else ""
    image = attempt.image
    if not name or name not in (*image.packages, *image.build_packages):
        return None
    keep = {key: tuple(n for n in getattr(image, key) if n != name) for key in ("packages", "build_packages")}
    return _changed(attempt, f"Debian has no package {name}", f"{name} is left out", **keep)


# ---- while starting


def _library(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    for found in re.finditer(
        r"(lib[\w.+-]+?\.so)[\w.]*['\"]?(?:: cannot open shared object| not found)|cannot load library ['\"](lib[\w.+-]+)",
        failure.said,
    ):
        name = found[1] or found[2]
        package = next((package for start, package in _table()["library"].items() if name.startswith(start)), "")
        if package and package not in attempt.image.packages:
            return _changed(
                attempt,
                f"the library {name} is missing",
                f"{package} installed",
                packages=_with(attempt.image.packages, (package,)),
            )
    return None


def _module(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    image = attempt.image
    if image.family == "python":
        found = re.findall(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]+)'?", failure.said)
        found += re.findall(r"(?:need|needs|have|has) to install (?:the )?['\"]([\w.-]+)['\"] package", failure.said)
        if not found:
            return None
        top = found[-1].partition(".")[0]
        prefix = f"{image.folder}/" if image.folder else ""
        homes = {
            place[1].strip("/")
            for path in tree.paths
            if (place := re.fullmatch(rf"{re.escape(prefix)}((?:[\w.-]+/)*){re.escape(top)}(?:/__init__)?\.py", path))
        }
        if homes and "" not in homes and not any(name == "PYTHONPATH" for name, _ in image.env):
            home = min(homes, key=lambda folder: (folder.count("/"), folder))
            env = (*image.env, ("PYTHONPATH", f"{image.workdir}/{home}"))
            return _changed(attempt, f"the module {top} lies in {home}", f"{home} is on the path of imports", env=env)
        if homes or not re.fullmatch(r"[A-Za-z_][\w-]{1,40}", top):
            return None
        package = _table()["module"].get(top, top.replace("_", "-"))
        line = f"/opt/venv/bin/pip install --no-cache-dir '{package}'"
        if line in image.install:
            return None
        return _changed(
            attempt,
            f"the module {top} is imported and not declared",
            f"{package} is installed",
            install=(*image.install, line),
        )
    if image.family == "node":
        absent = re.search(r"Cannot find (?:module|package) '([^'\n]{1,120})'", failure.said)
        if absent and not absent[1].startswith((".", "/")):
            install = tuple(line.replace(" --omit=dev", "").replace(" --only=production", "") for line in image.install)
            build = tuple(line for line in image.build if not line.startswith("npm prune"))
            if (install, build) != (image.install, image.build):
                return _changed(
                    attempt,
                    f"{absent[1]} is needed at run time and declared for development only",
                    "dependencies of development are installed too",
                    install=install,
                    build=build,
                )
    return None


_NOT_ITS_OWN = ("/proc", "/sys", "/dev", "/usr/local/lib", "/opt/venv", "/usr/lib", "/etc", "/bin")


def _folder(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    image, said = attempt.image, failure.said
    for found in re.finditer(
        r"(?:Permission denied|Read-only file system|No such file or directory|EACCES|ENOENT|EROFS)[^\n/'\"]{0,60}['\"]?(/[\w./@-]{2,150})"
        r"|['\"(]?(/[\w./@-]{2,150})['\")]?[^\n/]{0,20}(?:Permission denied|Read-only file system|No such file or directory|\(Permission denied\)|failed to open stream)",
        said,
    ):
        path = (found[1] or found[2]).rstrip("/.:")
        if path.startswith(_NOT_ITS_OWN):
            continue
        folder = path.rpartition("/")[0] if re.search(r"\.[A-Za-z]\w{0,8}$", path) else path
        if folder and folder not in image.folders:
            return _changed(
                attempt,
                f"it writes to {path}",
                f"{folder} is there and writable",
                folders=_with(image.folders, (folder,)),
            )
    beside = re.search(
        r"(?:EACCES|EROFS|Permission denied|Read-only file system)[^\n'\"]{0,60}['\"](?:\./)?([\w@-][\w./@-]{0,100})['\"]",
        said,
    )
    if beside and ".." not in beside[1]:
        folder = f"{image.workdir}/{beside[1]}".rpartition("/")[0]
        if folder not in image.folders:
            return _changed(
                attempt,
                f"it writes to {beside[1]} beside itself",
                f"{folder} is there and writable",
                folders=_with(image.folders, (folder,)),
            )
    if re.search(
        r"unable to open database file|attempt to write a readonly database|SQLITE_CANTOPEN|SQLITE_READONLY", said
    ):
        folder = _database_folder(tree, image)
        if folder not in image.folders:
            return _changed(
                attempt,
                "the SQLite database cannot be written",
                f"{folder} is there and writable",
                folders=_with(image.folders, (folder,)),
            )
    return None


def _database_folder(tree: Tree, image: Image) -> str:
    """Where the code says that its SQLite file lies, else the whole folder of the program."""
    for path in tree.code("python", "javascript", "php", "ruby", folder=image.folder):
        found = (
            re.search(
                r"join\(\s*BASE_DIR\s*,\s*['\"]([\w./-]{1,60})['\"](?:\s*,\s*['\"][\w./-]+['\"])*", tree.text(path)
            )
            if "sqlite" in tree.text(path)
            else None
        )
        if found:
            inner = found[1].rpartition("/")[0] if re.search(r"\.\w{2,8}$", found[1]) else found[1]
            return f"{image.workdir}/{inner}".rstrip("/")
    return image.workdir


def _variable(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    known = {variable.name: variable for variable in attempt.app.variables}
    names = re.findall(r"KeyError: '([A-Z][A-Z0-9_]{2,60})'", failure.said)
    names += re.findall(
        r"(?:[Ee]nvironment variable|env var|[Ss]et the|[Mm]issing)\s+[\"'`]?([A-Z][A-Z0-9_]{2,60})\b", failure.said
    )
    names += re.findall(
        r"\b([A-Z][A-Z0-9_]{2,60})[\"'`]? (?:setting must not be empty|environment variable|is not set|is required|must be set|is missing|not found)",
        failure.said,
    )
    for name in names:
        if name in attempt.env or (known and name not in known):
            continue
        value = secrets.token_hex(24) if is_secret(name) or name not in known else known[name].value or "1"
        what = "a throwaway secret" if is_secret(name) else "a value"
        next_try = Attempt(attempt.image, attempt.app, {**attempt.env, name: value})
        return Repair(next_try, f"the variable {name} is not set", f"started with {what} for {name}")
    if (
        re.search(r"DisallowedHost|Invalid HTTP_HOST header", failure.said)
        and "ALLOWED_HOSTS" in known
        and "ALLOWED_HOSTS" not in attempt.env
    ):
        next_try = Attempt(attempt.image, attempt.app, {**attempt.env, "ALLOWED_HOSTS": "127.0.0.1,localhost"})
        return Repair(next_try, "the host 127.0.0.1 is not allowed", "started with ALLOWED_HOSTS=127.0.0.1,localhost")
    return None


def _port(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    ports = [port for port in failure.listening if port > 1024 or port in (80, 443)]
    if not ports or attempt.app.port in ports:
        return None
    app = attempt.app.model_copy(update={"port": min(ports)})
    change = f"port {min(ports)} instead of {attempt.app.port}"
    image = with_health(attempt.image.model_copy(update={"changes": (*attempt.image.changes, change)}), app)
    return Repair(Attempt(image, app, attempt.env), f"it listens on {', '.join(map(str, ports))}", change)


_SAMPLE = re.compile(r"(?i)example|sample|template|default|dist|[._-]")


def _configuration(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """A configuration file that everybody makes from the sample beside it."""
    image = attempt.image
    names = [
        found[1] or found[2]
        for found in re.finditer(
            r"(?:ENOENT|No such file)[^\n'\"]{0,80}['\"]([\w./-]{2,100})['\"]|['\"]([\w./-]{2,100})['\"][^\n]{0,40}(?:not found|does not exist)",
            failure.said,
        )
    ]
    names += [
        word
        for word in attempt.app.command[1:]
        if re.search(r"\.\w{2,5}$", word)
        and word in failure.said
        and not tree.has(f"{image.folder}/{word}" if image.folder else word)
    ]
    for name in names:
        path = name.removeprefix(image.workdir).strip("/")
        folder, _, stem = path.rpartition("/")
        inside = f"{image.folder}/{folder}".strip("/")
        for other in tree.paths:
            place, _, last = other.rpartition("/")
            if (
                place == inside
                and last != stem
                and _SAMPLE.sub("", last).lower() == _SAMPLE.sub("", stem).lower()
                and re.search(r"(?i)example|sample|template|default|dist", last)
            ):
                source = f"{folder}/{last}".strip("/")
                line = f"cp {source} {path}"
                if image.source and line not in image.after and re.fullmatch(r"[\w./-]+ [\w./-]+ [\w./-]+", line):
                    return _changed(
                        attempt,
                        f"{path} is made from {source} by hand",
                        f"{source} is copied to {path}",
                        after=(*image.after, line),
                    )
    return None


def _loopback(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """A program that was given, where the command should have named another."""
    del tree
    found = re.search(r"exec: \\?\"([\w./-]+)\\?\": (?:executable file not found|stat .*no such file)", failure.said)
    if found and found[1] in ("gunicorn", "uvicorn", "celery") and attempt.image.family == "python":
        pin = {"gunicorn": "gunicorn==23.0.0", "uvicorn": "uvicorn==0.30.6"}.get(found[1], found[1])
        line = f"/opt/venv/bin/pip install --no-cache-dir {pin}"
        if line not in attempt.image.install:
            return _changed(
                attempt, f"{found[1]} is not installed", f"{pin} is installed", install=(*attempt.image.install, line)
            )
    return None


def _static(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    image, app = attempt.image, attempt.app
    if (
        app.framework == "Django"
        and app.migrate
        and re.search(r"Missing staticfiles manifest entry|staticfiles\.json|No directory at: .*static", failure.said)
    ):
        manage = app.migrate[1]
        secret = next((v.name for v in app.variables if v.secret and "SECRET" in v.name), "SECRET_KEY")
        line = f"{secret}=only-while-building /opt/venv/bin/python {manage} collectstatic --noinput"
        if line not in image.finish and line not in image.build:
            build = (*image.build, line)
            return _changed(
                attempt,
                "static files were not collected",
                "collectstatic runs in the build",
                build=build,
                artifacts=(*image.artifacts, (image.workdir, image.workdir)),
                source=False,
            )
    return None


_Rule = Callable[[Attempt, Failure, Tree], Repair | None]
_BUILD: tuple[_Rule, ...] = (
    _header,
    _command,
    _index,
    _setuptools,
    _other_python,
    _test_dependency,
    _other_java,
    _npm,
    _no_package,
    _left_out,
    _module,
    _library,
)
_START: tuple[_Rule, ...] = (
    _library,
    _left_out,
    _variable,
    _static,
    _other_python,
    _loopback,
    _module,
    _configuration,
    _folder,
    _port,
)
