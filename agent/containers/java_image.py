"""The image of a Java deployable: built by Maven or Gradle in one stage, run by a JRE, Tomcat or Open Liberty in the other."""

from __future__ import annotations

import re

from agent.containers.java_apps import Module, gradle_modules, maven_modules
from agent.containers.tree import Tree, label
from agent.domain.container import Deployable, Image
from agent.domain.environment import Reason
from agent.domain.inventory import Location

__all__ = ["design_java"]

_MAVEN = "mvn -B -ntp"
_NO_TESTS = "-Dmaven.test.skip=true"
_WLP = "/opt/ol/wlp"


def design_java(app: Deployable, tree: Tree) -> Image:
    """By what the module's build makes: war, ear or jar."""
    module = _module(app, tree)
    level = int(app.version)
    jdk = level if level > 17 or level < 7 else 17  # 17 compiles for 7 and later
    reasons = []
    if jdk != level:
        reasons.append(Reason(text=f"built with Java {jdk} for the level {level}, run with Java {level}"))
    if module.tool == "gradle":
        build_base = f"gradle:8-jdk{jdk}"
        install: tuple[str, ...] = ()
        build = [
            f"gradle --no-daemon {':' + module.folder.replace('/', ':') + ':' if module.folder else ''}assemble -x test"
        ]
        target = "build/libs"
        manifests: list[str] = []
    else:
        build_base = f"maven:3.9-eclipse-temurin-{jdk}"
        manifests = _poms(tree)
        several = len(manifests) > 1
        install = () if several else (f"{_MAVEN} {_NO_TESTS} dependency:go-offline",)
        choice = f" -pl {module.folder} -am" if several and module.folder and _in_reactor(module, tree) else ""
        build, target = [f"{_MAVEN} {_NO_TESTS}{choice} package"], "target"
    place = f"{module.folder}/{target}" if module.folder else target
    shape = _liberty if app.framework == "Open Liberty" else _tomcat if app.framework == "Tomcat" else _jar
    image = Image(
        name=app.name, family="java", base="", build_base=build_base, manifests=tuple(manifests), install=tuple(install),
        build=tuple(build), source=False, reasons=tuple(reasons), command=app.command,
    )  # fmt: skip
    return shape(image, app, tree, module, place)


def _module(app: Deployable, tree: Tree) -> Module:
    modules = [*maven_modules(tree), *gradle_modules(tree)]
    where = app.why[0].where[0].path if app.why and app.why[0].where else ""
    return next(
        (m for m in modules if m.path == where), next((m for m in modules if label(m.name) == app.name), modules[0])
    )


def _poms(tree: Tree) -> list[str]:
    return sorted(tree.named("pom.xml"))


def _in_reactor(module: Module, tree: Tree) -> bool:
    root = tree.text("pom.xml")
    return f"<module>{module.folder}</module>" in root


def _tomcat(image: Image, app: Deployable, tree: Tree, module: Module, place: str) -> Image:
    del module
    jakarta = any("jakarta.servlet" in tree.text(path) for path in list(tree.code("java"))[:400])
    release = "10.1" if jakarta else "9.0"
    root = "/usr/local/tomcat/webapps/ROOT"
    servlets = "jakarta.servlet" if jakarta else "javax.servlet"
    version = max(int(app.version), 11) if jakarta else int(app.version)
    return image.model_copy(
        update={
            "base": f"tomcat:{release}-jre{version}-temurin",
            "build": (*image.build, "WORKDIR /out", f"jar -xf /src/{place}/*.war"),
            "artifacts": (("/out", root),),
            "workdir": "/usr/local/tomcat",
            "folders": ("/usr/local/tomcat/logs", "/usr/local/tomcat/temp", "/usr/local/tomcat/work"),
            "reasons": (*image.reasons, Reason(text=f"Tomcat {release}: the code is written for {servlets}")),
        }
    )


def _jar(image: Image, app: Deployable, tree: Tree, module: Module, place: str) -> Image:
    del tree, module
    pick = f"mkdir /out && cp \"$(ls {place}/*.jar | grep -v -E '(sources|javadoc|tests|plain)[.]jar$' | head -n 1)\" /out/app.jar"
    return image.model_copy(
        update={
            "base": f"eclipse-temurin:{app.version}-jre",
            "build": (*image.build, pick),
            "artifacts": (("/out/app.jar", "/app/app.jar"),),
        }
    )


def _liberty(image: Image, app: Deployable, tree: Tree, module: Module, place: str) -> Image:
    """Its configuration, the ear, and the shared resources that the build puts below ``target/liberty``."""
    config = f"{module.folder}/src/main/liberty/config/" if module.folder else "src/main/liberty/config/"
    server = f"{_WLP}/usr/servers/defaultServer"
    artifacts = []
    if any(path.startswith(config) for path in tree.paths):
        artifacts.append((f"/src/{config}server.xml", f"{server}/"))
    build = [*image.build, f"mkdir -p /out/apps /out/shared && cp {place}/*.{module.packaging} /out/apps/"]
    artifacts.append(("/out/apps/", f"{server}/apps/"))
    if re.search(r"/liberty/wlp/usr/shared", module.text):
        build.append(f"cp -r {place}/liberty/wlp/usr/shared/. /out/shared/")
        artifacts.append(("/out/shared/", f"{_WLP}/usr/shared/"))
    text = tree.text(f"{config}server.xml")
    where = (Location(path=f"{config}server.xml"),) if text else ()
    return image.model_copy(
        update={
            "base": f"open-liberty:full-java{app.version}-openj9",
            "build": tuple(build),
            "artifacts": tuple((source, target) for source, target in artifacts),
            "workdir": _WLP,
            "user": "1001",
            "reasons": (*image.reasons, Reason(text="the server that the build itself is set up for", where=where)),
        }
    )
