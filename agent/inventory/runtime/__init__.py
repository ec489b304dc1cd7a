"""Runtime evidence: access logs, traces and statement statistics as files, one `Runtime` out.

The kind of a file is told from its beginning. What cannot be read is counted by reason, and the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from agent.domain.runtime import Observation, Request, Runtime
from agent.errors import InputError
from agent.inventory.runtime.access_logs import is_access_log, read_access_log
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.statements import is_statistics, read_statistics
from agent.inventory.runtime.traces import is_traces, read_traces

__all__ = ["read_runtime"]

MOST_RECORDS = 20_000  # kinds of requests and of observations, the commonest first

READERS = (
    ("traces", is_traces, read_traces),
    ("statement statistics", is_statistics, read_statistics),
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
                f"{name} is neither an access log (common or combined format), nor OpenTelemetry or Jaeger traces as JSON, nor "
                f"pg_stat_statements as CSV or JSON: give one of these."
            )
        records = read(name, rest, gathered)
        if not records:
            raise InputError(
                f"{name} was read as {kind}, and not one record in it could be understood: look at its format."
            )
        sources.append((name, kind, records))
    return Runtime(
        requests=tuple(_requests(gathered.requests, gathered.failed)),
        observations=tuple(_observations(gathered.observed)),
        sources=tuple(sorted(sources)),
        left=tuple((reason, count, gathered.first[reason]) for reason, count in sorted(gathered.left.items())),
    )


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
