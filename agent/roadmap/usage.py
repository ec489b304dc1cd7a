"""What job logs and table statistics say of the system's own jobs and tables: names in, what was counted out."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.runtime import JobRuns, TableUse
from agent.domain.wording import counted
from agent.roadmap.ground import Ground

__all__ = ["jobs_logged", "read_elsewhere", "runs_of", "said_of_runs", "tables_counted"]


def jobs_logged(ground: Ground) -> bool:
    """Whether the user gave a job log at all."""
    return bool(ground.boundaries.traffic.jobs)


def runs_of(ground: Ground, job: str) -> JobRuns | None:
    """All runs that the logs have of a job: by its name, or by a command that names its file."""
    found = [each for each in ground.boundaries.traffic.jobs if _names(each.name, job)]
    if not found:
        return None
    return JobRuns(
        name=job,
        runs=sum(each.runs for each in found),
        failed=sum(each.failed for each in found),
        longest=max(each.longest for each in found),
    )


def _names(logged: str, job: str) -> bool:
    own, said = job.lower(), logged.lower()
    last = own.partition(" ")[0].rpartition("/")[2]
    words = {word.strip("\"'();") for word in said.replace("&&", " ").split()}
    files = words | {word.rpartition("/")[2] for word in words}
    return said == own or last in files or ("." in last and last.rpartition(".")[0] == said)


def said_of_runs(runs: JobRuns) -> str:
    """``30 runs in the job log, 2 of them failed, the longest 95 minutes``."""
    text = f"{counted(runs.runs, 'run')} in the job log"
    if runs.failed:
        text += f", {runs.failed} of them failed"
    if runs.longest:
        text += f", the longest {_length(runs.longest)}"
    return text


def _length(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"


def tables_counted(ground: Ground) -> dict[str, TableUse]:
    """What the statistics count of each table that they have."""
    return {use.table: use for use in ground.boundaries.traffic.tables}


def read_elsewhere(ground: Ground, names: Sequence[str]) -> list[TableUse]:
    """Tables that were read although nothing in this repository reads them, the most read first."""
    counted_ = tables_counted(ground)
    found = [
        counted_[name]
        for name in names
        if name in counted_ and counted_[name].reads and not ground.tables[name].readers
    ]
    return sorted(found, key=lambda use: (-use.reads, use.table))
