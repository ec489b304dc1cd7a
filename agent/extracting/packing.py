"""A slice's own Dockerfile and Compose: a written slice in, files by their path below it out; nothing is built here."""

from __future__ import annotations

from pathlib import Path

from agent.adapters.git_repository import open_repository
from agent.containers.deployables import find_deployables
from agent.containers.dockerfile import write_dockerfile, write_dockerignore
from agent.containers.files import write_files
from agent.containers.images import design_images
from agent.containers.tree import Tree
from agent.inventory import take_inventory

__all__ = ["pack_slice"]


def pack_slice(folder: Path, service: str, health: str = "") -> tuple[dict[str, str], str]:
    """The files, and why there are none. ``folder`` holds the slice and nothing else; ``health`` is a path that it answers
    (what the monolith's code suggests may now be a stub)."""
    snapshot = open_repository(str(folder), commit=None, name=service, cache_dir=folder)
    inventory = take_inventory(snapshot, as_of=None)
    tree = Tree.of(inventory, (path for path, _ in snapshot.paths()), snapshot.read)
    apps, backing, nothing = find_deployables(inventory, None, tree)
    if not apps:
        return {}, nothing
    apps = tuple(app.model_copy(update={"health": health}) if app.kind == "web" else app for app in apps)
    files = write_files(apps, backing, None, inventory, "")
    for image in design_images(apps, tree):
        on = tuple(app for app in apps if image.name in (app.name, app.image))
        files[f"{image.name}/Dockerfile"] = write_dockerfile(image, on)
        files[f"{image.name}/Dockerfile.dockerignore"] = write_dockerignore(image)
    return files, ""
