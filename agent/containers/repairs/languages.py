"""Repairs of interpreters, JDKs and what installs packages for them."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.images import with_health
from agent.containers.repairs.changing import changed
from agent.containers.tree import Tree

__all__ = ["index", "npm", "other_java", "other_python", "setuptools", "test_dependency"]


def other_python(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
    return Repair(replace(attempt, image=with_health(image, app), app=app), diagnosis, change)


_OPENED = (
    "base/java.lang",
    "base/java.lang.reflect",
    "base/java.util",
    "base/java.text",
    "base/java.io",
    "desktop/java.awt.font",
)


def other_java(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
            return changed(attempt, f"the build needs Java {number}", f"built with Java {release}", build_base=base)
    if re.search(
        r"(?:Source|Target) option [56] is no longer supported", failure.said
    ) and "-Dmaven.compiler.source" not in str(attempt.image.build):
        level = "-Dmaven.compiler.source=8 -Dmaven.compiler.target=8"
        build = tuple(line.replace("mvn -B -ntp", f"mvn -B -ntp {level}") for line in attempt.image.build)
        return changed(attempt, "the compiler no longer knows the code's level", "compiled for Java 8", build=build)
    if re.search(
        r"does not \"opens java|InaccessibleObjectException|PluginContainerException|ExceptionInInitializerError",
        failure.said,
    ) and not any("--add-opens" in line for line in attempt.image.build):
        opens = " ".join(f"--add-opens java.{name}=ALL-UNNAMED" for name in _OPENED)
        build = tuple(
            f'MAVEN_OPTS="{opens}" {line}' if line.startswith("mvn ") else line for line in attempt.image.build
        )
        if build != attempt.image.build:
            return changed(
                attempt,
                "a plug-in of the build reaches into what newer Java keeps closed",
                "Maven runs with packages of the JDK opened",
                build=build,
            )
    if "go-offline" in " ".join(attempt.image.install) and re.search(r"go-offline|dependency-plugin", failure.said):
        return changed(
            attempt,
            "dependencies cannot be fetched before the source is there",
            "no layer of its own for dependencies",
            install=(),
            manifests=(),
        )
    return None


def test_dependency(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
    return changed(attempt, diagnosis, f"{archive} is made without resolving what tests need", build=build)


def npm(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    image, said = attempt.image, failure.said
    if image.family != "node":
        return None

    def flag(diagnosis: str, change: str, old: str, new: str) -> Repair | None:
        install = tuple(line.replace(old, new, 1) if new not in line else line for line in image.install)
        return changed(attempt, diagnosis, change, install=install) if install != image.install else None

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
        return changed(
            attempt,
            "the bundler uses a hash that OpenSSL 3 refuses",
            "built with OpenSSL's legacy provider",
            build=build,
        )
    return None


def setuptools(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
        return changed(
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
        return changed(
            attempt,
            "the version is taken from git, which is not in the build",
            "a version of 0.0.0 is given",
            build=build,
        )
    return None


def index(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
            return changed(
                attempt,
                f"{path} names PyPI by its old address, which does not answer",
                "the pip configuration's own index is used",
                install=install,
            )
    return None
