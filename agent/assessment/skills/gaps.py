"""What a team has to learn: technologies of the code by lines, and practices of the target that the repository shows no trace of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from agent.assessment.case import Case, evidence, report
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.wording import counted, listed

__all__ = ["GAP_RULES", "first_times", "gaps"]

GAP_RULES = (
    Rule(
        id="skills.technology", lens="skills", severity="low", title="Somebody has to own code in a technology that is hard to hire for",
        matches="Languages and frameworks of a bundled table, in code that is not a test: 200 lines or more, or any number (for information) where a whole file is in it.",
        why="Whoever moves it has to read the old and write the new, and few people do both.",
        remedy="Name two people for each; pair those who know it with those who know the target; train before the phase that moves it.",
    ),
    Rule(
        id="skills.first-time", lens="skills", severity="low", title="The target needs practices that the repository shows no trace of",
        matches="No test suite, container file, pipeline, infrastructure as code, schema migrations, or telemetry in the repository.",
        why="What a team does for the first time takes longest and breaks most; better before the pilot than in it.",
        remedy="Practise in the order given, on the pilot's code, each before the phase that needs it.",
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in GAP_RULES}
LEAST_LINES = 200
_WHOLE_FILES = frozenset({"sql", "pl/sql", "cobol"})  # a marker in them tells a kind of file, not a habit

# What is practised: its name, the phase that needs it, paths and code that show it.
_PRACTICES = (
    ("automated tests", "Baseline", None, None),
    ("a pipeline that builds and tests", "Baseline", r"(?:^|/)(?:\.github/workflows/|\.gitlab-ci|\.circleci/|\.travis|azure-pipelines|\.buildkite|\.drone|\.woodpecker|bitbucket-pipelines|[Jj]enkinsfile|appveyor|\.ci/)", None),
    ("containers", "Containers", r"(?:^|/)(?:[\w.-]+\.)?(?:Dockerfile|Containerfile|docker-compose[\w.-]*|compose\.ya?ml)", None),
    ("orchestration", "Containers", None, r"(?m)^kind:[ \t]*(?:Deployment|StatefulSet|HelmRelease|CronJob|DaemonSet|OpenLibertyApplication)\b"),
    ("infrastructure as code", "Containers", r"\.(?:tf|bicep)$|(?:^|/)(?:Pulumi|ansible|playbook|serverless|cloudformation|cdk\.json)", None),
    ("telemetry (traces, metrics)", "Containers", None, r"(?i)\bopen-?telemetry\b|\bprometheus|\bmicrometer\b|\bsentry_sdk\b|@sentry/|\bstatsd\b|\bnewrelic\b|\bdatadog\b|\bdd-?trace\b|\bappinsights\b|ApplicationInsights"),
    ("schema migrations", "Borders", r"(?:^|/)(?:migrations?|alembic|flyway|liquibase)/|(?:^|/)V\d+(?:[._]\d+)*__|db/changelog|(?:^|/)db/migrate/", None),
)  # fmt: skip


@cache
def _technologies() -> tuple[tuple[str, frozenset[str], re.Pattern[str] | None, str], ...]:
    text = files("agent.assessment.skills").joinpath("technologies.toml").read_text("utf-8")
    return tuple(
        (
            t["name"],
            frozenset(t.get("language", t.get("of", ()))),
            re.compile(t["marker"]) if "marker" in t else None,
            t["learn"],
        )
        for t in tomllib.loads(text)["technology"]
    )


def gaps(case: Case) -> Iterator[Finding]:
    """Rule skills.technology."""
    sizes = {f.path: f.code_lines for f in case.inventory.files}
    sources = [s for s in case.sources if s.role in ("code", "template")]
    for name, of, marker, learn in _technologies():
        found: list[Evidence] = []
        for source in sources:
            if source.language in of:
                at = 0 if marker is None else _first(marker, source)
                if at is not None:
                    lines = sizes.get(source.path, 0)
                    found.append(evidence(source.path, source.line(at), f"{name}: {lines:,} lines"))
        total = sum(sizes.get(e.location.path, 0) for e in found)
        if total < (LEAST_LINES if marker is not None and not _WHOLE_FILES & of else 1):
            continue
        found.sort(key=lambda e: (-sizes.get(e.location.path, 0), e.location.path))
        size = Quantity(
            name="code to own", low=total, high=total, unit="lines", formula="sum of the lines of the files that use it",
            inputs=(f"{total} lines in {len(found)} files", f"largest {found[0].location.path} {sizes[found[0].location.path]}"),
        )  # fmt: skip
        yield report(
            case, BY_ID["skills.technology"], name, found, quantities=(size,), severity="low" if total >= LEAST_LINES else "info",
            title=f"Somebody has to own {total:,} lines in {counted(len(found), 'file')} of {name}",
            detail=f"To be learnt: {learn}.",
        )  # fmt: skip


def _first(marker: re.Pattern[str], source: Source) -> int | None:
    """Where the marker's words begin: a pattern for a line may start with its indentation."""
    m = marker.search(source.plain)
    if m is None:
        return None
    return m.start() + len(m.group()) - len(m.group().lstrip())


def first_times(case: Case) -> Iterator[Finding]:
    """Rule skills.first-time, in the order of the roadmap's phases."""
    units = sorted(case.boundaries.units, key=lambda u: (-u.code_lines, u.id))
    if not units or case.read is None:
        return
    paths = [f.path for f in case.inventory.files]
    tables = any(s.kind == "table" for s in case.graph.symbols)
    missing: list[tuple[str, str]] = []
    for name, phase, path, text in _PRACTICES:
        if name == "schema migrations" and not tables:
            continue
        if name == "automated tests":
            shown = bool(case.inventory.test_suites)
        else:
            shown = bool(path) and any(re.search(path, p) for p in paths) if path else _mentioned(case, text or "")
        if not shown:
            missing.append((name, phase))
    if not missing:
        return
    first = units[0]
    order = "; ".join(f"{n}. {name} (before {phase})" for n, (name, phase) in enumerate(missing, 1))
    yield report(
        case, BY_ID["skills.first-time"], " ".join(name for name, _ in missing),
        [evidence(first.path, first.line or 1, f"largest unit, {first.code_lines:,} lines, stands for the repository", "inferred")], services=(),
        title=f"The target needs {listed([name for name, _ in missing], 4)}, of which the repository shows no trace",
        detail=f"It may be practised elsewhere: ask. Order of training: {order}.",
    )  # fmt: skip


def _mentioned(case: Case, text: str) -> bool:
    pattern = re.compile(text)
    return any(pattern.search(s.text) for s in case.sources) or any(
        pattern.search(f"{c.name}") for c in case.inventory.components
    )
