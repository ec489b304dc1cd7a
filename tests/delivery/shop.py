"""A small repository with judged patches, as plan, refactor and containerize leave them: what the delivery tests run on."""

from __future__ import annotations

import json
from pathlib import Path

from agent.adapters.git_branches import GitBranches
from agent.delivery import Results, make_delivery
from agent.delivery.deliver import Wishes, deliver
from agent.domain.container import ContainerReport, Proof
from agent.domain.delivery import Delivery, Outcome
from agent.domain.environment import Recipe
from agent.domain.patch import Patch, Proposal, RefactorReport, Tested
from agent.domain.plan import Phase, Plan, Repository, Roadmap, Step
from agent.domain.verdict import FileChange, Label, Protection, Suite, Verdict
from agent.patches.mailbox import file_name, mailed
from agent.ports import Forge
from tests.program import commit_all, git, write_repository

FILES = {
    "README.md": "# Shop\n",
    "shop/tax.py": "def rate():\n    return 0.2\n",
    "shop/orders.py": "".join(f"line_{n} = {n}\n" for n in range(40)),
    "shop/stock.py": "".join(f"item_{n} = {n}\n" for n in range(40)),
}
QUIET = Wishes(most_open=20)


class Shop:
    """``remote`` is a bare repository, ``clone`` the user's clone of it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        source = write_repository(place / "source", FILES)
        commit_all(source, "Start")
        self.remote = place / "shop.git"
        git(place, "clone", "--quiet", "--bare", str(source), str(self.remote))
        self.clone = place / "shop"
        git(place, "clone", "--quiet", str(self.remote), str(self.clone))
        self.commit = git(self.clone, "rev-parse", "HEAD").strip()

    def branches(self, **options: object) -> GitBranches:
        settings = {
            "objects": self.clone / ".git/objects",
            "base": "",
            "author": "figwright <figwright@localhost>",
            **options,
        }
        return GitBranches(str(self.remote), **settings)  # type: ignore[arg-type]

    def delivery(
        self, *patches: Patch, include_unprotected: bool = False, commit: str = "", plan: str = "1" * 64
    ) -> Delivery:
        return make_delivery(
            results(commit or self.commit, patches, plan=plan), include_unprotected=include_unprotected
        )

    def run(self, forge: Forge, delivery: Delivery, wishes: Wishes = QUIET) -> dict[str, Outcome]:
        outcomes: list[Outcome] = []
        branches = self.branches()
        try:
            deliver(delivery, branches, forge, wishes, outcomes)
        finally:
            branches.close()
        return {one.item: one for one in outcomes}

    def tips(self) -> dict[str, str]:
        listed = git(
            self.remote, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads"
        ).splitlines()
        return dict(line.split(" ") for line in listed)  # type: ignore[misc]

    def show(self, branch: str, path: str) -> str:
        return git(self.remote, "show", f"{branch}:{path}")

    def commit_on(self, branch: str, path: str, text: str, message: str = "A reviewer's commit") -> str:
        """Somebody else's commit on a branch of the remote."""
        git(self.clone, "fetch", "--quiet", "origin", branch)
        git(self.clone, "checkout", "--quiet", "-B", "work", "FETCH_HEAD")
        (self.clone / path).write_text(text)
        made = commit_all(self.clone, message)
        git(self.clone, "push", "--quiet", "origin", f"HEAD:{branch}")
        git(self.clone, "checkout", "--quiet", "main")
        return made

    def merge(self, branch: str, *, squash: bool = False) -> str:
        """As a forge merges a request into main."""
        git(self.clone, "fetch", "--quiet", "origin", "main", branch)
        git(self.clone, "checkout", "--quiet", "-B", "work", "origin/main")
        git(self.clone, "merge", "--quiet", *(["--squash"] if squash else ["--no-ff", "--no-edit"]), f"origin/{branch}")
        if squash:
            git(self.clone, "commit", "--quiet", "--message", f"Squash {branch}")
        git(self.clone, "push", "--quiet", "origin", "HEAD:main")
        git(self.clone, "fetch", "--quiet", "origin")
        git(self.clone, "checkout", "--quiet", "main")
        return git(self.remote, "rev-parse", "main").strip()


def edited(path: str, *changes: tuple[str, str], on: dict[str, str] | None = None) -> FileChange:
    before = (on or FILES)[path]
    after = before
    for old, new in changes:
        assert old in after
        after = after.replace(old, new)
    return FileChange(path=path, before=before, after=after)


def patch(
    number: int, recipe: str, title: str, *changes: FileChange, label: Label = "no regression", needs: tuple[str, ...] = (),
    series: str = "", model: str = "",
) -> Patch:  # fmt: skip
    folder = {"unprotected": "unprotected/", "refused": "unfinished/"}.get(label, "")
    verdict = Verdict(
        label=label,
        passed_before=12,
        passed_after=12,
        exit_code_before=0,
        exit_code_after=0,
        protection=Protection(changed_lines=2, covered_lines=2),
    )
    proposal = Proposal(
        recipe=recipe, title=title, why=f"{title} makes later steps possible. It is small.", changes=changes, needs=needs, series=series,
        model=model, fixer=not model,
    )  # fmt: skip
    return Patch(
        number=number,
        file=folder + file_name(number, recipe, title),
        proposal=proposal,
        verdict=verdict,
        environment="e" * 64,
    )


TAX = patch(1, "tax-rate", "Read the tax rate", edited("shop/tax.py", ("0.2", "0.25")))
ORDERS = patch(2, "orders", "Rename the first line", edited("shop/orders.py", ("line_3 = 3", "line_3 = 33")))
STOCK = patch(3, "stock", "Rename an item", edited("shop/stock.py", ("item_9 = 9", "item_9 = 99")))
_AFTER = {**FILES, "shop/orders.py": FILES["shop/orders.py"].replace("line_3 = 3\n", "line_3 = 33\n")}
ON_ORDERS = patch(
    4, "more-orders", "Rename it again", edited("shop/orders.py", ("line_3 = 33", "line_3 = 333"), on=_AFTER)
)


def results(commit: str, patches: tuple[Patch, ...], plan: str = "1" * 64, containers: bool = False) -> Results:
    suite = Suite(runner="pytest", ecosystem="python", paths=("tests",))
    tested = Tested(suite=suite, environment="e" * 64, recipe=Recipe(ecosystem="python"), toolchains=("python 3.12.1",))
    report = RefactorReport(name="shop", commit=commit, sandbox="bubblewrap", tested=(tested,), patches=patches)
    files = {
        one.file: mailed(
            one.proposal.title,
            f"{one.proposal.why}\n\nVerdict: {one.verdict.label}\n",
            one.proposal.changes,
            "2020-01-01",
        )
        for one in patches
    }
    proof = Proof(name="shop", kind="web", dockerfile="shop/Dockerfile", level="healthy")
    return Results(
        plan=small_plan(commit),
        plan_hash=plan,
        plan_files={"plan.md": "# The plan\n\nStep S01.\n", "boundaries.toml": "# boundaries\n"},
        report=report,
        patches=files,
        containers=ContainerReport(name="shop", commit=commit, deployables=(proof,)) if containers else None,
        container_files={"compose.yaml": "services: {}\n", "shop/Dockerfile": "FROM scratch\n"} if containers else {},
        committed_on="2020-01-01T12:00:00+00:00",
    )


def small_plan(commit: str) -> Plan:
    step = Step(
        id="S01", title="Make tests a baseline", kind="prepare", service="", reasons=(), evidence=(), value=None, cost=None,
        entry=(), exit=(), rollback="", findings=(), depends_on=(),
    )  # fmt: skip
    where = Repository(name="shop", commit=commit, vcs="git", remote="", dirty=False, dirty_files=0, as_of="2026-01-01")
    roadmap = Roadmap(
        verdict="keep", order_reason="", phases=(Phase(id="P0", title="Baseline", why="", steps=(step,)),)
    )
    return Plan.model_construct(figwright="0.1.0", repository=where, findings=(), roadmap=roadmap)


def write_results(folder: Path, found: Results) -> Path:
    """The results as files, as the commands write them; the plan is not whole."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.patches.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    for name, text in found.plan_files.items():
        (folder / name).write_text(text)
    data = found.report.model_dump(mode="json", exclude={"patches": {"__all__": {"proposal": {"changes"}}}})
    (folder / "verdicts.json").write_text(json.dumps(data))
    return folder
