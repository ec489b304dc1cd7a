"""Java processes: wars on Tomcat, ears on Open Liberty, Spring Boot and other jars that run; libraries are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.containers.tree import Tree, label, line_of
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location

__all__ = ["Module", "find_java", "gradle_modules", "java_version", "maven_modules"]

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LTS = (8, 11, 17, 21, 25)
_CONFIG = "src/main/liberty/config/server.xml"


@dataclass(frozen=True)
class Module:
    """One pom.xml or build.gradle. ``boot``: it makes a Spring Boot jar; ``main``: its manifest names a class to run."""

    path: str
    folder: str
    tool: str  # maven, gradle
    name: str
    packaging: str
    final_name: str
    boot: bool
    main: str
    text: str


def maven_modules(tree: Tree) -> list[Module]:
    """Every pom.xml that is no test's or example's, the outermost first."""
    found = []
    for path in tree.named("pom.xml"):
        text = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), tree.text(path))
        own = re.sub(r"(?s)<parent>.*?</parent>", "", text)
        name = _tag(own.partition("<dependencies>")[0], "artifactId") or "app"
        main = re.search(r"<(?:mainClass|start-class)>\s*([\w.$]+)\s*</", own)
        boot = "spring-boot-maven-plugin" in own
        found.append(
            Module(
                path,
                path.rpartition("/")[0],
                "maven",
                name,
                _tag(own, "packaging") or "jar",
                _tag(own, "finalName"),
                boot,
                main[1] if main else "",
                text,
            )
        )
    return found


def gradle_modules(tree: Tree) -> list[Module]:
    """Every build.gradle that makes something to run."""
    found = []
    for path in tree.named("build.gradle", "build.gradle.kts"):
        text = tree.text(path)
        folder = path.rpartition("/")[0]
        boot = bool(
            re.search(r"org\.springframework\.boot|spring-boot-gradle-plugin|apply plugin:\s*['\"]spring-boot", text)
        )
        war = bool(re.search(r"(?:id|apply plugin:?)[\s(:]*['\"]war['\"]", text))
        main = re.search(r"mainClass(?:Name)?\s*(?:=|\.set\()?\s*['\"]([\w.$]+)['\"]", text)
        packaging = "war" if war else "jar"
        found.append(
            Module(
                path,
                folder,
                "gradle",
                folder.rpartition("/")[2] or "app",
                packaging,
                "",
                boot,
                main[1] if main else "",
                text,
            )
        )
    return found


def _tag(text: str, name: str) -> str:
    found = re.search(rf"<{name}>\s*([^<$\s]{{1,120}})\s*</{name}>", text)
    return found[1] if found else ""


def find_java(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """Ears first (the wars in them are theirs), then wars, Spring Boot jars and jars with a main class."""
    modules = [*maven_modules(tree), *gradle_modules(tree)]
    ears = [module for module in modules if module.packaging == "ear"]
    wars = [module for module in modules if module.packaging == "war" and not _inside(module, ears)]
    boots = [
        module for module in modules if module.boot and module.packaging == "jar" and _has_boot_main(inventory, module)
    ]
    mains = [
        module
        for module in modules
        if module.packaging == "jar" and module.main and module not in boots and not module.boot
    ]
    for ear in ears:
        yield _liberty(inventory, tree, ear)
    for war in wars:
        yield _tomcat(inventory, war) if not war.boot else _jar(inventory, tree, war, web=True)
    for boot in boots:
        yield _jar(inventory, tree, boot, web=True)
    if not (ears or wars or boots):
        for main in mains:
            yield _jar(
                inventory,
                tree,
                main,
                web=bool(re.search(r"jetty|undertow|netty|vertx|sparkjava|javalin|dropwizard", main.text)),
            )


def _inside(war: Module, ears: list[Module]) -> bool:
    return any(f"<artifactId>{war.name}</artifactId>" in ear.text for ear in ears)


def _has_boot_main(inventory: Inventory, module: Module) -> bool:
    return any(
        entry.how.endswith("of a Spring Boot application")
        and (not module.folder or entry.evidence.path.startswith(module.folder + "/"))
        for entry in inventory.entry_points
    )


def _named(inventory: Inventory, module: Module) -> str:
    return label(module.name if module.name != "app" else inventory.name)


def _place(module: Module, word: str) -> Location:
    offset = module.text.find(word)
    return Location(path=module.path, line=line_of(module.text, offset) if offset >= 0 else 0)


def _liberty(inventory: Inventory, tree: Tree, module: Module) -> Deployable:
    version, where = java_version(inventory)
    config = f"{module.folder}/{_CONFIG}" if module.folder else _CONFIG
    why = [Reason(text="an ear, deployed as a whole", where=(_place(module, "<packaging>ear"),)), *where]
    if tree.has(config):
        why.append(Reason(text="Open Liberty's configuration lies beside it", where=(Location(path=config),)))
    text = tree.text(config)
    port = re.search(r"httpPort=\"(\d{2,5})\"", text)
    root = re.search(r"<contextRoot>\s*(/[\w/.-]*)\s*<", module.text)
    return Deployable(
        name=_named(inventory, module), kind="web", why=tuple(why), folder="", language="java", runtime="java",
        version=version, framework="Open Liberty", command=("/opt/ol/wlp/bin/server", "run", "defaultServer"),
        port=int(port[1]) if port else 9080, health=root[1] + "/" if root else "",
    )  # fmt: skip


def _tomcat(inventory: Inventory, module: Module) -> Deployable:
    version, where = java_version(inventory)
    why = (Reason(text="a war, which needs a servlet container", where=(_place(module, "<packaging>war"),)), *where)
    return Deployable(
        name=_named(inventory, module), kind="web", why=why, folder="", language="java", runtime="java",
        version=version, framework="Tomcat", command=("catalina.sh", "run"), port=8080,
    )  # fmt: skip


def _jar(inventory: Inventory, tree: Tree, module: Module, *, web: bool) -> Deployable:
    version, where = java_version(inventory)
    text = "a Spring Boot application" if module.boot else f"a jar whose manifest starts {module.main}"
    word = "spring-boot" if module.boot else module.main
    port = 8080
    for path in tree.paths:
        if path.endswith(("application.properties", "application.yml", "application.yaml")) and path.startswith(
            f"{module.folder}/" if module.folder else ""
        ):
            found = re.search(
                r"(?m)^server\.port\s*[=:]\s*(\d{2,5})|^server:\s*\n(?:\s+[^\n]*\n){0,5}?\s+port:\s*(\d{2,5})",
                tree.text(path),
            )
            if found and tree.runs(path):
                port = int(found[1] or found[2])
                break
    return Deployable(
        name=_named(inventory, module), kind="web" if web else "cli", why=(Reason(text=text, where=(_place(module, word),)), *where),
        folder="", language="java", runtime="java", version=version, framework="Spring Boot" if module.boot else "",
        command=("java", "-jar", "/app/app.jar"), port=port if web else None,
    )  # fmt: skip


def java_version(inventory: Inventory) -> tuple[str, tuple[Reason, ...]]:
    """The release with long-term support that the code's level needs; the lowest statement counts, the others are told."""
    said = []
    for runtime in inventory.runtimes:
        number = re.match(r"(?:1\.)?(\d{1,2})\b", runtime.version.strip())
        if runtime.name == "Java" and number:
            said.append((int(number[1]), runtime.how, runtime.evidence))
    if not said:
        return "17", (Reason(text="no version of Java is declared: 17 is taken"),)
    level, how, place = min(said)
    version = next((lts for lts in _LTS if lts >= level), level)
    reasons = [Reason(text=f"Java {version}: the level is {level} ({how})", where=(place,))]
    others = sorted({fact[0] for fact in said} - {level})
    if others:
        text = f"other places say {', '.join(map(str, others))}: the code's own level is followed"
        reasons.append(Reason(text=text, where=tuple(fact[2] for fact in said if fact[0] != level)[:4]))
    return str(version), tuple(reasons)
