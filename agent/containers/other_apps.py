"""Processes in Ruby, Go and C#: what their manifests and entry points show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.containers.reading import listening_port
from agent.containers.tree import Tree, label
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location

__all__ = ["find_dotnet", "find_go", "find_ruby"]

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside of a container


def find_ruby(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """One for each config.ru."""
    for path in tree.named("config.ru"):
        folder = path.rpartition("/")[0]
        gems = tree.text(f"{folder}/Gemfile" if folder else "Gemfile")
        if not gems:
            continue  # a gem's own example
        said = tree.text(f"{folder}/.ruby-version" if folder else ".ruby-version") or gems
        found = re.search(r"(?m)^(?:ruby[\s-]*['\"]?)?(?:~>\s*)?(\d\.\d+)(?:\.\d+)?", said)
        version = found[1] if found else "3.2"
        rails = bool(re.search(r"(?m)^\s*gem\s+['\"]rails['\"]", gems))
        server = "puma" if re.search(r"gem\s+['\"]puma['\"]", gems) else "rackup"
        command = (
            "bundle",
            "exec",
            server,
            *(("-b", f"tcp://{_EVERYWHERE}:3000") if server == "puma" else ("-o", _EVERYWHERE, "-p", "3000")),
        )
        yield Deployable(
            name=label(folder or inventory.name), kind="web", folder=folder, language="ruby", runtime="ruby", version=version,
            why=(Reason(text="config.ru: a Rack application", where=(Location(path=path),)),),
            framework="Rails" if rails else "Rack", command=command, port=3000,
        )  # fmt: skip


def find_go(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """One for each main package of a module."""
    modules = {path.rpartition("/")[0]: path for path in tree.named("go.mod")}
    for entry in inventory.entry_points:
        path = entry.evidence.path
        if entry.how != "func main" or not tree.runs(path):
            continue
        above = [folder for folder in modules if not folder or path.startswith(folder + "/")]
        if not above:
            continue
        folder = max(above, key=len)
        module = tree.text(modules[folder])
        version = re.search(r"(?m)^go\s+(\d+\.\d+)", module)
        package = path.rpartition("/")[0]
        name = (
            package.rpartition("/")[2]
            or (re.search(r"(?m)^module\s+(\S+)", module) or ["", inventory.name])[1].rpartition("/")[2]
        )
        texts = [tree.text(p) for p in tree.code("go", folder=folder)]
        web = any("ListenAndServe" in text or "gin." in text for text in texts)
        port = listening_port(tree, tree.code("go", folder=folder), "go")
        yield Deployable(
            name=label(name), kind="web" if web else "cli", folder=folder, language="go", runtime="go",
            version=version[1] if version else "1.21", why=(Reason(text="func main", where=(entry.evidence,)),),
            command=("/usr/local/bin/app",),
            port=(port[0] if port else 8080) if web else None, framework=package[len(folder) :].strip("/"),
        )  # fmt: skip


def find_dotnet(_: Inventory, tree: Tree) -> Iterator[Deployable]:
    """Projects of the .NET that runs on Linux; those of the .NET Framework need Windows and are left."""
    for path in [p for p in tree.paths if p.endswith((".csproj", ".vbproj", ".fsproj")) and tree.runs(p)]:
        text = tree.text(path)
        target = re.search(r"<TargetFrameworks?>[^<]*?net(?:coreapp)?(\d+\.\d+)", text)
        web = "Microsoft.NET.Sdk.Web" in text
        if target is None or not (web or re.search(r"<OutputType>\s*Exe", text)) or re.search(r"(?i)test", path):
            continue
        name = path.rpartition("/")[2].rpartition(".")[0]
        yield Deployable(
            name=label(name), kind="web" if web else "cli", folder="", language="csharp", runtime="dotnet", version=target[1],
            why=(Reason(text="a web project" if web else "a project that makes a program", where=(Location(path=path),)),),
            framework=path, command=("dotnet", f"/app/{name}.dll"), port=8080 if web else None,
        )  # fmt: skip
