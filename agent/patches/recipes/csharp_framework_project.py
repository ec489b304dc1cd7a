"""Write a .NET Framework project file in SDK style, for the same framework, and name what keeps the code from .NET 8.

Before
------
    <Project ToolsVersion="15.0" xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
      <PropertyGroup>
        <OutputType>Library</OutputType>
        <RootNamespace>Shop</RootNamespace>
        <AssemblyName>Shop</AssemblyName>
        <TargetFrameworkVersion>v4.8</TargetFrameworkVersion>
      </PropertyGroup>
      <ItemGroup>
        <Compile Include="Order.cs" />
      </ItemGroup>
      <Import Project="$(MSBuildToolsPath)\\Microsoft.CSharp.targets" />
    </Project>

After
-----
    <Project Sdk="Microsoft.NET.Sdk">
      <PropertyGroup>
        <TargetFramework>net48</TargetFramework>
        <OutputType>Library</OutputType>
        <RootNamespace>Shop</RootNamespace>
        <AssemblyName>Shop</AssemblyName>
      </PropertyGroup>
    </Project>

Why
---
The SDK style is what later versions of .NET read, and the step to another framework is then one word. It is proposed only where
it is the same: every source below the folder is compiled today, references lie in the framework or in other projects,
and nothing else is built, copied or imported. Uses of what .NET 8 lacks are named as left to do in any case.

When not
--------
Web projects, projects with generated or embedded files and with references to files are left alone. No tests are run for C#,
which is why the project file is only written when it is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Lines, change, left, newline_of
from agent.ports import Codebase

__all__ = ["RECIPE"]

_BUILT_IN = frozenset(
    "mscorlib System System.Core System.Data System.Drawing System.IO.Compression.FileSystem System.Numerics "
    "System.Runtime.Serialization System.Xml System.Xml.Linq".split()
)
_KEPT = ("OutputType", "RootNamespace", "AssemblyName")
_ORDINARY = frozenset(
    "Configuration Platform ProjectGuid OutputType AppDesignerFolder RootNamespace AssemblyName TargetFrameworkVersion "
    "FileAlignment Deterministic DebugSymbols DebugType Optimize OutputPath DefineConstants ErrorReport WarningLevel ProductVersion "
    "SchemaVersion TargetFrameworkProfile AutoGenerateBindingRedirects PlatformTarget FileUpgradeFlags OldToolsVersion "
    "UpgradeBackupLocation StartupObject NuGetPackageImportStamp".split()
)
_APIS = (
    (r"\bHttpContext\.Current\b|\busing System\.Web\b", "System.Web is not in .NET 8: ASP.NET Core takes its place"),
    (r"\busing System\.Runtime\.Remoting\b", "remoting is not in .NET 8: HTTP or gRPC"),
    (r"\bServiceHost\b|\[ServiceBehavior", "WCF services are not in .NET 8: CoreWCF, HTTP or gRPC"),
    (r"\bBinaryFormatter\b", "BinaryFormatter is gone in .NET 9 and unsafe before: another serializer"),
    (r"\bAppDomain\.CreateDomain\b", "there is one application domain in .NET 8: AssemblyLoadContext or processes"),
    (r"\.Abort\(\)", "Thread.Abort throws in .NET 8: a CancellationToken"),
    (r"\busing System\.EnterpriseServices\b", "COM+ services are not in .NET 8"),
    (r"\busing System\.Messaging\b", "MSMQ is not in .NET 8: another queue"),
    (r"\bRegistry\.(?:LocalMachine|CurrentUser)\b", "the registry is there on Windows only"),
    (r"\bConfigurationManager\.(?:AppSettings|ConnectionStrings)\b", "app.config is read by a package in .NET 8; environment variables go into a container"),
)  # fmt: skip


class FrameworkProject:
    """One patch a project, and one list of what .NET 8 lacks."""

    id = "csharp-framework-project"
    title = "Write .NET Framework projects in SDK style"
    languages = frozenset({"csharp"})
    default = False  # no tests run for C#

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found: list[Proposal] = []
        todo = list(_uses(code))
        for path in code.paths(".csproj"):
            text = code.text(path)
            root = _parsed(text)
            if text is None or root is None or root.get("Sdk") or not root.tag.endswith("}Project"):
                continue
            made, why = _sdk_style(code, path, text, root)
            if made is None:
                line = Lines(text).number(max(0, text.find("TargetFrameworkVersion")))
                todo.append(left(path, line, f"a project of the .NET Framework: {why}"))
            else:
                found.append(self._proposal(f"Write {path.rpartition('/')[2][:44]} in SDK style", (made,), ()))
        if todo:
            found.append(self._proposal("What keeps the code from .NET 8", (), tuple(todo)))
        return found

    def _proposal(self, title: str, changes: tuple[FileChange, ...], todo: tuple[Left, ...]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title=title,
            why="Later versions of .NET read projects in SDK style only; the framework that is built for stays.",
            changes=changes,
            left=todo,
        )


def _parsed(text: str | None) -> Element | None:
    if text is None or len(text) > 500_000:
        return None
    try:
        root: Element = ElementTree.fromstring(text.encode("latin-1"))
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _sdk_style(code: Codebase, path: str, text: str, root: Element) -> tuple[FileChange | None, str]:
    """The project in SDK style, or why it would not be the same."""
    folder = path.rpartition("/")[0]
    properties: dict[str, str] = {}
    compiled: set[str] = set()
    references: list[str] = []
    projects: list[str] = []
    for group in root:
        kind = _name(group)
        if kind == "Import":
            if not re.search(r"Microsoft\.(?:CSharp\.targets|Common\.props)$", group.get("Project", "")):
                return None, f"it imports {group.get('Project', '')}"
            continue
        if kind not in ("PropertyGroup", "ItemGroup"):
            if kind:
                return None, f"it has {kind} of its own"
            continue
        for entry in group:
            why = _entry(kind, entry, properties, compiled, references, projects)
            if why:
                return None, why
    prefix = f"{folder}/" if folder else ""
    there = {
        p[len(prefix) :]
        for p in code.paths(".cs")
        if p.startswith(prefix) and not re.match(r"(?:obj|bin)/", p[len(prefix) :])
    }
    version = re.fullmatch(r"v(\d)\.(\d)(?:\.(\d))?", properties.get("TargetFrameworkVersion", ""))
    if there != compiled:
        return None, "not every source below its folder is compiled, or some lie elsewhere"
    if version is None or code.text(f"{prefix}packages.config") is not None:
        return None, "its packages stand in packages.config" if version else "its framework is not said"
    moniker = "net" + "".join(part for part in version.groups() if part)
    body = _written(moniker, properties, references, projects, "Properties/AssemblyInfo.cs" in there)
    end = newline_of(text)
    return change(path, text, body.replace("\n", end)), ""


def _entry(
    kind: str,
    entry: Element,
    properties: dict[str, str],
    compiled: set[str],
    references: list[str],
    projects: list[str],
) -> str:
    """Read one entry; why it has no equal in SDK style, or nothing."""
    name, include = _name(entry), entry.get("Include", "").replace("\\", "/")
    if kind == "PropertyGroup":
        value = (entry.text or "").strip()
        if name not in _ORDINARY:
            return f"it sets {name}"
        if name == "DefineConstants" and set(value.split(";")) - {"DEBUG", "TRACE", ""}:
            return "it defines constants of its own"
        properties.setdefault(name, value)
    elif name == "Compile":
        if len(entry) and any(_name(child) != "SubType" for child in entry):
            return f"{include} is compiled in a way of its own"
        compiled.add(include)
    elif name == "Reference":
        if len(entry) or "," in include:
            return f"it refers to the file of {include.partition(',')[0]}"
        if include not in _BUILT_IN:
            references.append(include)
    elif name == "ProjectReference":
        projects.append(entry.get("Include", ""))
    elif not (name == "None" and include.lower() in ("app.config", "packages.config")) and name not in (
        "Folder",
        "BootstrapperPackage",
    ):
        return f"it has items of the kind {name}"
    return ""


def _written(
    moniker: str, properties: dict[str, str], references: Sequence[str], projects: Sequence[str], info: bool
) -> str:
    lines = [
        '<Project Sdk="Microsoft.NET.Sdk">',
        "  <PropertyGroup>",
        f"    <TargetFramework>{moniker}</TargetFramework>",
    ]
    lines += [f"    <{name}>{_escaped(properties[name])}</{name}>" for name in _KEPT if properties.get(name)]
    if info:
        lines.append("    <GenerateAssemblyInfo>false</GenerateAssemblyInfo>")
    lines.append("  </PropertyGroup>")
    for name, entries in (("Reference", references), ("ProjectReference", projects)):
        if entries:
            lines += [
                "  <ItemGroup>",
                *(f'    <{name} Include="{_escaped(entry)}" />' for entry in entries),
                "  </ItemGroup>",
            ]
    return "\n".join([*lines, "</Project>", ""])


def _escaped(text: str) -> str:
    said = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return said.encode("utf-8").decode("latin-1") if not said.isascii() else said


def _uses(code: Codebase) -> Iterator[Left]:
    """The first use of each kind in each file, of projects for the .NET Framework only."""
    if not any("TargetFrameworkVersion" in (code.text(p) or "") for p in code.paths(".csproj")):
        return
    for path in code.paths(".cs"):
        text = code.text(path)
        if text is None or code.is_test(path) or len(text) > 1_000_000:
            continue
        for pattern, why in _APIS:
            found = re.search(pattern, text)
            if found is not None:
                yield left(path, Lines(text).number(found.start()), why)


RECIPE = FrameworkProject()
