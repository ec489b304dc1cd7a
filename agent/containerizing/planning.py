"""What is to be written: an inventory and a graph in, deployables with their images and the files of both out."""

from __future__ import annotations

from dataclasses import dataclass

from agent.containers.deployables import find_deployables
from agent.containers.dockerfile import write_dockerfile, write_dockerignore
from agent.containers.facade.table import RouteTable, make_table
from agent.containers.files import write_files
from agent.containers.images import design_images
from agent.containers.tree import Tree
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.container import Backing, Deployable, Image
from agent.domain.inventory import Inventory
from agent.ports import Snapshot

__all__ = ["Containers", "bases_of", "plan_containers", "write_containers"]


@dataclass(frozen=True)
class Containers:
    """What is to be written: deployables, the services behind them and the images; ``nothing`` says why there are none."""

    deployables: tuple[Deployable, ...]
    backing: tuple[Backing, ...]
    images: tuple[Image, ...]
    nothing: str
    tree: Tree
    inventory: Inventory
    table: RouteTable | None = None

    def on(self, image: Image) -> tuple[Deployable, ...]:
        """The deployables that run on an image, its own first."""
        return tuple(app for app in self.deployables if image.name in (app.name, app.image))


def plan_containers(
    inventory: Inventory, graph: DependencyGraph | None, snapshot: Snapshot, boundaries: Boundaries | None = None
) -> Containers:
    """Find the deployables and design their images: nothing is run. ``boundaries`` are needed for the facade."""
    tree = Tree.of(inventory, (path for path, _ in snapshot.paths()), snapshot.read)
    deployables, backing, nothing = find_deployables(inventory, graph, tree)
    table = make_table(deployables, graph, boundaries) if graph is not None and boundaries is not None else None
    images = design_images(deployables, tree)
    return Containers(deployables, backing, images, nothing, tree, inventory, table)


def write_containers(containers: Containers, canary: str = "") -> dict[str, str]:
    """Files by their path below the output folder; the same input gives the same bytes. ``canary`` is the text of a
    ``facade/canary.json`` that is there already: its numbers are kept."""
    files: dict[str, str] = {}
    apps, backing, table = containers.deployables, containers.backing, containers.table
    if not apps:
        return files
    files |= write_files(apps, backing, table, containers.inventory, canary)
    for image in containers.images:
        files[f"{image.name}/Dockerfile"] = write_dockerfile(image, containers.on(image))
        files[f"{image.name}/Dockerfile.dockerignore"] = write_dockerignore(image)
    return files


def bases_of(containers: Containers) -> frozenset[str]:
    return frozenset(base for image in containers.images for base in (image.build_base, image.base) if base)
