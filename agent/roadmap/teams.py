"""Who owns a service: CODEOWNERS by group against the files of each service. Nobody is named; single people are counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from agent.domain.finding import Evidence
from agent.domain.handover import Team
from agent.domain.inventory import Location
from agent.roadmap.ground import Ground

__all__ = ["find_teams"]

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
LARGEST = 1_000_000


def find_teams(ground: Ground) -> tuple[Team, ...]:
    """One row for each service; without a CODEOWNERS file nobody owns anything by writing."""
    rules, place = _rules(ground)
    changes = {f.path: f.commits for f in ground.inventory.history.files}
    return tuple(_team(ground, name, rules, place, changes) for name in sorted(ground.services))


def _team(
    ground: Ground,
    name: str,
    rules: list[tuple[re.Pattern[str], tuple[str, ...], int]],
    place: str,
    changes: dict[str, int],
) -> Team:
    paths = sorted(ground.paths_of.get(name, ()))
    groups: Counter[str] = Counter()
    people = unowned = 0
    lines: set[int] = set()
    for path in paths:
        rule = next((r for r in reversed(rules) if r[0].search("/" + path)), None)
        owners = rule[1] if rule else ()
        named = [o for o in owners if o.startswith("@") and "/" in o]
        groups.update(named)
        people += bool(owners) and not named
        unowned += not owners
        if rule:
            lines.add(rule[2])
    verdict = "several groups" if len(groups) > 1 else "one group" if groups else "nobody"
    return Team.model_validate(
        {"service": name, "groups": tuple(sorted(groups.items(), key=lambda g: (-g[1], g[0]))), "people": people, "unowned": unowned,
         "files": len(paths), "changes": sum(changes.get(p, 0) for p in paths), "verdict": verdict,
         "evidence": tuple(Evidence(location=Location(path=place, line=n), text="CODEOWNERS") for n in sorted(lines)[:4])}
    )  # fmt: skip


def _rules(ground: Ground) -> tuple[list[tuple[re.Pattern[str], tuple[str, ...], int]], str]:
    there = {f.path: f.bytes for f in ground.inventory.files}
    for place in PLACES:
        if there.get(place, LARGEST + 1) <= LARGEST and ground.read is not None:
            text = ground.read(place).decode("utf-8", "replace")
            return list(_parse(text)), place
    return [], ""


def _parse(text: str) -> Iterator[tuple[re.Pattern[str], tuple[str, ...], int]]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words and not words[0].startswith("[") and len(words[0]) < 300:
            yield _pattern(words[0]), tuple(words[1:]), number


def _pattern(glob: str) -> re.Pattern[str]:
    """As in .gitignore: a leading slash anchors, a trailing one means a folder, ``**`` any folders."""
    anchored = glob.startswith("/") or "/" in glob.rstrip("/")
    body = (
        re.escape(glob.strip("/"))
        .replace(r"\*\*/", "(?:.*/)?")
        .replace(r"\*\*", ".*")
        .replace(r"\*", "[^/]*")
        .replace(r"\?", "[^/]")
    )
    return re.compile(("^/" if anchored else "/") + body + r"(?:/|$)")
