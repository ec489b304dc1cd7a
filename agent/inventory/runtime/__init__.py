"""Runtime evidence: access logs, traces, job logs, statistics of statements and tables as files, one `Runtime` out.

The kind of a file is told from its beginning. What cannot be read is counted by reason, and the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from agent.domain.runtime import JobRuns, Observation, Request, Runtime, TableUse
from agent.errors import InputError
from agent.inventory.runtime.access_logs import is_access_log, read_access_log
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.job_logs import is_job_log, read_job_log
from agent.inventory.runtime.statements import is_statistics, read_statistics
from agent.inventory.runtime.table_statistics import is_table_statistics, read_table_statistics
from agent.inventory.runtime.traces import is_traces, read_traces

__all__ = ["read_runtime"]

MOST_RECORDS = 20_000  # kinds of requests and of observations, the commonest first

READERS = (
    ("traces", is_traces, read_traces),
    ("statement statistics", is_statistics, read_statistics),
    ("table statistics", is_table_statistics, read_table_statistics),
    ("a job log", is_job_log, read_job_log),
    ("an access log", is_access_log, read_access_log),
)


def read_runtime(files: Iterable[tuple[str, Iterable[str]]]) -> Runtime:
    """Everything in the files, given as (name, lines). Raises InputError for a file of no known kind."""
    gathered = Gathered()
    sources: list[tuple[str, str, int]] = []
    for name, lines in files:
        first, rest = _begin(lines)
        kind, read = next(((kind, read) for kind, fits, read in READERS if fits(first)), ("", None))
        if read is None:
            raise InputError(
                f"{name}:1 is neither an access log (common or combined format), nor OpenTelemetry or Jaeger traces as JSON, nor "
                "pg_stat_statements, table statistics (a table's name, reads, writes) or a job log (job, start, end, status) as CSV or "
                "JSON, nor cron's lines of syslog: give one of these."
            )
        before = gathered.left.copy()
        records = read(name, rest, gathered)
        if not records:
            why = next((f" ({reason}, at {gathered.first[reason]})" for reason in gathered.left - before), "")
            raise InputError(
                f"{name} was read as {kind}, and not one record in it could be understood{why}: look at its format."
            )
        sources.append((name, kind, records))
    return Runtime(
        requests=tuple(_requests(gathered.requests, gathered.failed)),
        observations=tuple(_observations(gathered.observed)),
        jobs=tuple(JobRuns(name=n, runs=r, failed=bad, longest=s) for n, (r, bad, s) in _commonest(gathered.jobs)),
        tables=tuple(TableUse(table=n, reads=r, writes=w) for n, (r, w) in sorted(gathered.tables.items())),
        sources=tuple(sorted(sources)),
        left=tuple((reason, count, gathered.first[reason]) for reason, count in sorted(gathered.left.items())),
    )


def _commonest(jobs: dict[str, tuple[int, int, float]]) -> list[tuple[str, tuple[int, int, float]]]:
    return sorted(sorted(jobs.items(), key=lambda item: (-item[1][0], item[0]))[:MOST_RECORDS])


def _begin(lines: Iterable[str]) -> tuple[str, Iterator[str]]:
    """The first lines that say something (for telling the kind), and all lines."""
    iterator = iter(lines)
    kept: list[str] = []
    for line in iterator:
        kept.append(line)
        if sum(bool(each.strip()) for each in kept) >= 3:
            break

    def everything() -> Iterator[str]:
        yield from kept
        yield from iterator

    return "".join(kept)[:20_000], everything()


def _requests(counts: Counter[tuple[str, str]], failed: Counter[tuple[str, str]]) -> Iterator[Request]:
    kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_RECORDS]
    for (method, path), count in sorted(kept):
        yield Request(method=method, path=path, count=count, failed=failed[method, path])


def _observations(counts: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> Iterator[Observation]:
    kept = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_RECORDS]
    for (operation, code, tables), count in sorted(kept):
        yield Observation(operation=operation, code=code, tables=tables, count=count)
