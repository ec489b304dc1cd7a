"""Logs of jobs: a scheduler's export (CSV or JSON with job, start, end, status or return code) or cron's lines in syslog."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agent.domain.inventory import Location
from agent.inventory.runtime.gathering import Gathered
from agent.inventory.runtime.tabular import header_of, rows_of

__all__ = ["is_job_log", "read_job_log"]

JOB = ("job", "job_name", "jobname")
START = ("start", "started", "start_time", "started_at", "begin")
END = ("end", "ended", "end_time", "ended_at", "finish", "finished", "finished_at")
SECONDS = ("seconds", "duration", "duration_seconds", "elapsed")
RESULT = ("rc", "return_code", "exit_code", "exit", "max_rc", "status", "state", "result")
CRON = re.compile(r"^\S.{0,80}?\bCRON\[\d+\]: \(([^()\s]{1,60})\) CMD \((.{1,2000})\)\s*$")
_BAD = re.compile(r"fail|error|abend|abort|cancel|kill|time-?d?[ _]?out|notok", re.IGNORECASE)
_CODE = re.compile(r"(?:(?:rc|cc|exit)[ =:]*)?0*(\d{1,5})", re.IGNORECASE)
_WARNING = 4  # return codes of mainframe jobs up to it are warnings
MOST_LINES = 5_000_000


def is_job_log(text: str) -> bool:
    """A header that names a job and a time or a result, or lines of cron."""
    names = header_of(text)
    if names & set(JOB) and names & {*START, *RESULT}:
        return True
    return any(CRON.match(line) for line in text.split("\n"))


def read_job_log(name: str, lines: Iterator[str], gathered: Gathered) -> int:
    """Runs that were understood."""
    first = next(lines, "")

    def everything() -> Iterator[str]:
        yield first
        yield from lines

    if header_of(first) & set(JOB) or first.lstrip("\ufeff ").startswith(("[", "{")):
        return sum(_run(row, Location(path=name, line=n), gathered) for n, row in rows_of(name, everything(), gathered))
    records = 0
    for number, line in enumerate(everything(), 1):
        where = Location(path=name, line=number)
        if number > MOST_LINES:
            gathered.leave(f"after {MOST_LINES:,} lines", where)
            break
        found = CRON.match(line) if len(line) < 3_000 else None
        if found is not None:
            gathered.job(" ".join(found[2].split()), False, 0.0, where)
            records += 1
        elif line.strip() and "CRON[" in line:
            gathered.leave("lines of cron that start nothing", where)
    return records


def _run(row: Mapping[str, Any], where: Location, gathered: Gathered) -> bool:
    job = " ".join(_first(row, JOB).split())[:300]
    if not job:
        gathered.leave("rows without a job's name", where)
        return False
    try:
        seconds = _seconds(row)
    except ValueError as error:
        gathered.leave(str(error), where)
        seconds = 0.0
    gathered.job(job, _failed(_first(row, RESULT)), seconds, where)
    return True


def _first(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(row[name]).strip() for name in names if row.get(name) not in (None, "")), "")


def _seconds(row: Mapping[str, Any]) -> float:
    """Raises ValueError, which says what is wrong."""
    told = _first(row, SECONDS)
    if told:
        try:
            seconds = float(told)
        except ValueError:
            raise ValueError("durations that are no number of seconds") from None
    else:
        start, end = _first(row, START), _first(row, END)
        if not start or not end:
            return 0.0
        try:
            seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        except (ValueError, TypeError, OverflowError):
            raise ValueError("times that are not ISO 8601 (2026-01-31T22:15:00)") from None
    if not 0 <= seconds < 1e9:
        raise ValueError("runs that end before they start")
    return seconds


def _failed(result: str) -> bool:
    code = _CODE.fullmatch(result)
    if code:
        host = result.lower().lstrip().startswith(("rc", "cc")) or len(result) == 4  # CC 0004
        return int(code[1]) > (_WARNING if host else 0)
    return _BAD.search(result) is not None
