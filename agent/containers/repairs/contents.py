"""Repairs of what is in the image: files that were left out of it, modules that are missing, assets that were not built."""

from __future__ import annotations

import re

from agent.containers.attempt import Attempt, Failure, Repair
from agent.containers.python_image import collect_static
from agent.containers.repairs.changing import changed, table
from agent.containers.tree import Tree

__all__ = ["left_out", "module", "static", "uncollected"]


def left_out(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """What the ignore file leaves out is needed after all."""
    image = attempt.image
    for found in re.finditer(
        r"['\"]?([\w./-]{2,120})['\"]?(?:: no such file or directory|: No such file| does not exist| not found)",
        failure.said,
    ):
        first = found[1].strip("/").removeprefix("app/").removeprefix("src/").partition("/")[0]
        if first in image.ignored:
            ignored = tuple(name for name in image.ignored if name != first)
            return changed(attempt, f"the build needs {first}", f"{first} is part of the build again", ignored=ignored)
    needed = re.search(r"No module named ['\"]?([\w]+)", failure.said)
    if needed and needed[1] in image.ignored:
        return changed(
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
            return changed(
                attempt, f"the build needs {name}", f"{name} is copied early", manifests=(*image.manifests, name)
            )
    return None


def module(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
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
        there = dict(image.env).get("PYTHONPATH", "")
        home = min(homes, key=lambda folder: (folder.count("/"), folder)) if homes else ""
        if home and "" not in homes and f"{image.workdir}/{home}" not in there.split(":"):
            kept = tuple(pair for pair in image.env if pair[0] != "PYTHONPATH")
            path = ":".join(filter(None, (there, f"{image.workdir}/{home}")))
            env = (*kept, ("PYTHONPATH", path))
            return changed(attempt, f"the module {top} lies in {home}", f"{home} is on the path of imports", env=env)
        if homes or not re.fullmatch(r"[A-Za-z_][\w-]{1,40}", top):
            return None
        package = table()["module"].get(top, top.replace("_", "-"))
        line = f"/opt/venv/bin/pip install --no-cache-dir '{package}'"
        if line in image.install:
            return None
        return changed(
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
                return changed(
                    attempt,
                    f"{absent[1]} is needed at run time and declared for development only",
                    "dependencies of development are installed too",
                    install=install,
                    build=build,
                )
    return None


def uncollected(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    """Static files cannot be collected where their sources are made by another tool: the application starts without."""
    del tree
    image = attempt.image
    after = tuple(line for line in image.after if "collectstatic" not in line)
    if after == image.after or not re.search(
        r"collectstatic[^\n]{0,200}returned a non-zero code|collectstatic[^\n]{0,80}exit status|running ['\"`][^\n]{0,300}collectstatic",
        failure.said,
    ):
        return None
    return changed(attempt, "static files cannot be collected in the build", "collectstatic does not run", after=after)


def static(attempt: Attempt, failure: Failure, tree: Tree) -> Repair | None:
    del tree
    image, app = attempt.image, attempt.app
    if (
        app.framework == "Django"
        and app.migrate
        and re.search(r"Missing staticfiles manifest entry|staticfiles\.json|No directory at: .*static", failure.said)
    ):
        line = collect_static(image, app)
        if not any("collectstatic" in one for one in (*image.finish, *image.build, *image.after)):
            return changed(
                attempt,
                "static files were not collected",
                "collectstatic runs in the build",
                after=(*image.after, line),
            )
    return None
