"""Reads the manifests of JavaScript, PHP, .NET, Ruby and Go: text in, declarations out."""

from __future__ import annotations

import json
import re
from typing import Any

from agent.inventory.manifests.declared import Declared, line_at, line_with
from agent.inventory.manifests.xml_elements import read_xml

__all__ = [
    "read_composer",
    "read_dotnet_project",
    "read_gemfile",
    "read_go_mod",
    "read_package_json",
    "read_packages_config",
]

_RUNNERS = {
    "jest": "Jest",
    "mocha": "Mocha",
    "vitest": "Vitest",
    "karma": "Karma",
    "jasmine": "Jasmine",
    "ava": "AVA",
    "tap": "tap",
    "cypress": "Cypress",
    "playwright": "Playwright",
}
_MANAGERS = {"npm": "npm", "yarn": "Yarn", "pnpm": "pnpm", "bun": "Bun"}


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _json(text: str) -> dict[str, Any]:
    try:
        return _mapping(json.loads(text.removeprefix("\ufeff")))
    except RecursionError:  # nested on purpose
        return {}


def read_package_json(text: str, declared: Declared) -> None:
    document = _json(text)
    manager = str(document.get("packageManager", "")).partition("@")[0]
    declared.build_systems.append(
        (_MANAGERS.get(manager, "npm"), line_with(text, '"packageManager"') if manager else 0)
    )
    sections = (
        ("dependencies", False),
        ("peerDependencies", False),
        ("optionalDependencies", False),
        ("devDependencies", True),
    )
    for section, development in sections:
        for name, version in _mapping(document.get(section)).items():
            line = line_with(text, f'"{section}"', f'"{name}"')
            declared.depend("npm", name, version if isinstance(version, str) else "", line, development=development)
    node = _mapping(document.get("engines")).get("node")
    if isinstance(node, str):
        declared.run_on("nodejs", node, f"engines.node {node!r}", line_with(text, '"engines"', '"node"'), "npm")
    _package_entries(text, document, declared)


# What npm writes by itself, and scripts that only look at the text of the code.
_NO_TESTS = re.compile(
    r"no test specified|\A\s*(?:(?:npx\s+)?(?:eslint|jshint|jslint|standard|tslint|tsc|prettier)\b[^&|;]*|echo\b[^&|;]*|true|exit 0)\s*\Z"
)


def _package_entries(text: str, document: dict[str, Any], declared: Declared) -> None:
    main = document.get("main")
    if isinstance(main, str):
        declared.enter("main", main, "main in package.json", line_with(text, '"main"'))
    programs = document.get("bin")
    if isinstance(programs, str):
        programs = {str(document.get("name", "")): programs}
    for name, target in _mapping(programs).items():
        declared.enter("cli", name, f"bin in package.json, {target}", line_with(text, '"bin"'))
    scripts = _mapping(document.get("scripts"))
    for name in ("start", "serve", "start:prod"):
        if isinstance(scripts.get(name), str):
            how = f"script {name!r} in package.json"
            declared.enter("main", scripts[name], how, line_with(text, '"scripts"', f'"{name}"'))
    test = scripts.get("test")
    if isinstance(test, str):
        if not _NO_TESTS.search(test):
            declared.test_scripts.append((test, line_with(text, '"scripts"', '"test"')))
        runner = next((shown for word, shown in _RUNNERS.items() if re.search(rf"\b{word}\b", test)), "")
        if runner:
            declared.test_runners.append((runner, line_with(text, '"scripts"', '"test"')))


def read_composer(text: str, declared: Declared) -> None:
    document = _json(text)
    declared.build_systems.append(("Composer", 0))
    for section, development in (("require", False), ("require-dev", True)):
        for name, version in _mapping(document.get(section)).items():
            line = line_with(text, f'"{section}"', f'"{name}"')
            if not isinstance(version, str):
                continue
            if name == "php":
                declared.run_on("php", version, f"require php {version!r}", line, "packagist")
            else:
                declared.depend("packagist", name, version, line, development=development)


def read_dotnet_project(data: bytes, declared: Declared) -> None:
    root = read_xml(data)
    if root is None or root.tag != "Project":
        return
    declared.build_systems.append(("MSBuild", root.line))
    for element in root.walk():
        if element.tag in ("TargetFramework", "TargetFrameworks", "TargetFrameworkVersion"):
            for moniker in element.text.split(";"):
                _target(moniker.strip(), element.tag, element.line, declared)
        elif element.tag == "PackageReference":
            name = element.attributes.get("Include", "")
            declared.depend(
                "nuget", name, element.attributes.get("Version", "") or element.value("Version"), element.line
            )
        elif element.tag == "Reference":
            declared.depend("nuget", element.attributes.get("Include", "").split(",")[0], "", element.line)


def _target(moniker: str, tag: str, line: int, declared: Declared) -> None:
    """``net48`` and ``v4.8`` are the .NET Framework, ``netcoreapp3.1`` and ``net6.0`` its successor."""
    old = re.fullmatch(r"net([1-4])(\d)(\d)?", moniker)
    if old:
        declared.run_on("dotnetfx", ".".join(part for part in old.groups() if part), f"{tag} {moniker}", line)
    elif re.fullmatch(r"v[1-4](\.\d){1,2}", moniker):
        declared.run_on("dotnetfx", moniker[1:], f"{tag} {moniker}", line)
    elif found := re.match(r"net(?:coreapp)?(\d{1,2}\.\d)", moniker):
        declared.run_on("dotnet", found.group(1), f"{tag} {moniker}", line)


def read_packages_config(data: bytes, declared: Declared) -> None:
    root = read_xml(data)
    if root is None or root.tag != "packages":
        return
    declared.build_systems.append(("NuGet", root.line))
    for package in root.all("package"):
        declared.depend("nuget", package.attributes.get("id", ""), package.attributes.get("version", ""), package.line)


def read_gemfile(text: str, declared: Declared) -> None:
    declared.build_systems.append(("Bundler", 0))
    for found in re.finditer(
        r"(?m)^[ \t]*gem[ \t(]+[\"']([\w.-]{1,80})[\"'](?:,[ \t]*[\"']([^\"'\n]{1,40})[\"'])?", text
    ):
        declared.depend("rubygems", found.group(1), found.group(2) or "", line_at(text, found.start(1)))
    ruby = re.search(r"(?m)^[ \t]*ruby[ \t(]+[\"']([^\"'\n]{1,40})[\"']", text)
    if ruby:
        declared.run_on("ruby", ruby.group(1), "ruby in Gemfile", line_at(text, ruby.start()))


def read_go_mod(text: str, declared: Declared) -> None:
    declared.build_systems.append(("Go modules", 0))
    version = re.search(r"(?m)^go[ \t]+(\d[\d.]{0,10})", text)
    if version:
        declared.run_on("go", version.group(1), "go directive in go.mod", line_at(text, version.start()))
    for found in re.finditer(r"(?m)^(?:require)?[ \t]+([\w.-]+\.[\w./-]{1,200})[ \t]+(v[\w.+-]{1,80})", text):
        declared.depend("go", found.group(1), found.group(2), line_at(text, found.start(1)))
