"""Governance: what somebody has to agree to before a step is taken, and what makes a build differ from what was approved.

Before: the file interface moves on Friday, and the partner learns of it on Monday. After: a gate in the roadmap, with who decides, on what
evidence, and what happens after a no. Why: code can be rolled back, an agreement cannot be had afterwards. When not: a prototype
that no customer's data touches. `figwright assess --artifacts DIR` writes the gates, who is responsible for what, and policies for
Open Policy Agent with their tests, which fail a build that begins to break the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.governance.answers import ANSWER_RULES, unchecked_answers
from agent.assessment.governance.models import model_uses
from agent.assessment.governance.pipelines import PIPELINE_RULES, host_rights, ungated_deployments
from agent.assessment.privacy import personal_tables
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Rule
from agent.domain.wording import counted, listed

__all__ = ["RULES", "look"]

RULES = (
    Rule(
        id="governance.gate-personal-data", lens="governance", severity="low", title="Personal data may move only when data protection agrees",
        matches="Tables with personal columns, in a system of which something is to be moved.",
        why="A new store, region or processor of personal data needs a legal basis, an entry in the records of processing, and sometimes an assessment.",
        remedy="Bring the list of tables, the target region and the processors to whoever is responsible; move nothing before the answer is written down: accept this finding with it as the reason.",
        step="Gate: data protection agrees before personal data moves",
        questions=("GDPR: is an impact assessment (Article 35) needed, and is the target's operator a processor under contract (Article 28)?",),
    ),
    Rule(
        id="governance.gate-partners", lens="governance", severity="low", title="Partners have to agree before their interfaces move",
        matches="File transfers, file shares (not those for backups), SOAP and directory interfaces that the code or its settings name.",
        why="Addresses, certificates, formats and times are theirs as much as yours; notice periods run for weeks.",
        remedy="List each interface with its contact and notice period; agree on a date and a way back before the cut-over is planned; accept this finding with what was agreed.",
        step="Gate: partners agree before their interfaces move",
    ),
    Rule(
        id="governance.gate-models", lens="governance", severity="low", title="AI workloads have to be approved before they see data",
        matches="Imports of libraries that call or train models, addresses of providers, and calls of models that figwright.toml plans.",
        why="What a model is given may leave the region or the company, and what it answers may be wrong or unfair.",
        remedy="Declare each use (data, purpose, region, evaluation, who checks its output, how it is switched off) and let the policy `models.rego` judge the declaration; accept this finding with the approval as the reason.",
        step="Gate: AI workloads are approved before they see data", references=("CWE-1426",),
        questions=("EU AI Act: is the use prohibited, of high risk, or one that people have to be told of?",),
    ),
    Rule(
        id="governance.no-owners", lens="governance", severity="info", title="Nothing says who owns which part",
        matches="No CODEOWNERS, OWNERS or MAINTAINERS file, in a repository of 3,000 lines of code or more.",
        why="Approval needs somebody who may approve.",
        remedy="Write a CODEOWNERS file by the proposed services; `--artifacts` proposes who is responsible for what.",
    ),
    Rule(
        id="governance.moving-image", lens="governance", severity="low", title="Images are built on a base that changes",
        matches="`FROM` without a tag or with `latest`, and the same in Compose and Kubernetes files; not in those of tests and development.",
        why="What was approved and tested is not what the next build takes.",
        remedy="Name a version, better a digest, and let a bot propose newer ones.",
        step="Make builds repeatable", references=("CWE-1357",),
    ),
    Rule(
        id="governance.moving-action", lens="governance", severity="low", title="The pipeline runs code of others that they can change",
        matches="Actions of third parties in GitHub workflows by branch or tag instead of a commit.",
        why="Whoever moves the tag runs code with the pipeline's secrets.",
        remedy="Pin each to the commit behind its tag; give jobs the least permissions.",
        step="Make builds repeatable", references=("CWE-829", "CWE-1357"),
    ),
    *PIPELINE_RULES,
    *ANSWER_RULES,
)  # fmt: skip
BY_ID = {rule.id: rule for rule in RULES}

_PARTNERS = {"ftp", "file share", "soap", "ldap"}
_OWN_SHARE = re.compile(
    r"(?i)(?:^|[/\\\\._ -])(?:backups?|bkp|archive|snapshots?|tmp|scratch)(?:$|[/\\\\._ \d-])"
)  # nobody reads it elsewhere
_OWNERS = re.compile(r"(?i)(?:^|/)(?:CODEOWNERS|OWNERS|MAINTAINERS)(?:\.\w+)?$")
_FROM = re.compile(r"(?im)^FROM[ \t]+(?:--platform=\S+[ \t]+)?(\S+)(?:[ \t]+AS[ \t]+(\S+))?")
_IMAGE = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?image[ \t]*:[ \t]*[\"']?([\w.\-/:@${}]+)")
_ACTION = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?uses[ \t]*:[ \t]*[\"']?([\w.-]+)/([\w./-]+)@([\w./-]+)")
_TRIAL = re.compile(r"(?i)(?:^|[/._-])(?:tests?|testing|e2e|ci|dev|develop(?:ment)?|local|sandbox|example)(?:[/._-]|$)")
_COMMIT = re.compile(r"^[0-9a-f]{40}$")
LEAST_LINES = 3000


def look(case: Case) -> Iterator[Finding]:
    """Gates first, then what makes builds differ."""
    yield from _gates(case)
    yield from _owners(case)
    for source in case.sources:
        if source.language in ("dockerfile", "yaml", "yml"):
            yield from _images(case, source)
            yield from _actions(case, source)
        yield from host_rights(case, source)
        yield from ungated_deployments(case, source)
    yield from unchecked_answers(case)


def _gates(case: Case) -> Iterator[Finding]:
    personal = personal_tables(case)
    if personal:
        places = [
            evidence(t.path, t.line, f"{n}: {', '.join(sorted({k for _, k in personal[n]}))}", "inferred")
            for n, t in case.tables.items()
            if n in personal
        ]
        yield report(
            case, BY_ID["governance.gate-personal-data"], " ".join(personal), places,
            title=f"Data protection has to agree before {counted(len(personal), 'table')} with personal data {'moves' if len(personal) == 1 else 'move'}",
            detail=f"{listed(list(personal), 8)}. {BY_ID['governance.gate-personal-data'].why}",
        )  # fmt: skip
    partners = [s for s in case.inventory.external_systems if s.kind in _PARTNERS and not _OWN_SHARE.search(s.name)]
    if partners:
        found = [evidence(p.path, p.line, f"{s.kind}: {s.name}", s.resolution) for s in partners for p in s.evidence]
        yield report(
            case, BY_ID["governance.gate-partners"], " ".join(f"{s.kind} {s.name}" for s in partners), found,
            title=f"Partners have to agree before {counted(len(partners), 'interface')} {'moves' if len(partners) == 1 else 'move'}",
        )  # fmt: skip
    uses = model_uses(case)
    if uses:
        yield report(
            case, BY_ID["governance.gate-models"], "\n".join(e.text for e in uses), uses,
            title=f"AI workloads in {counted(len({e.location.path for e in uses}), 'file')} have to be approved before they see data",
        )  # fmt: skip


def _owners(case: Case) -> Iterator[Finding]:
    units = sorted(case.boundaries.units, key=lambda u: (-u.code_lines, u.id))
    total = sum(u.code_lines for u in units)
    if total >= LEAST_LINES and not any(_OWNERS.search(f.path) for f in case.inventory.files) and not _reads(case):
        place = evidence(
            units[0].path,
            units[0].line or 1,
            f"largest unit, {units[0].code_lines:,} lines, and nobody named for it",
            "inferred",
        )
        yield report(case, BY_ID["governance.no-owners"], "owners", [place], services=())


def _reads(case: Case) -> bool:
    """Whether a file of owners is there that the inventory leaves out."""
    for name in ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
        try:
            if case.read is not None and case.read(name):
                return True
        except (OSError, KeyError):
            continue
    return False


def _moves(image: str) -> bool:
    """Whether a later pull may give another image; variables are somebody else's to say."""
    if "$" in image or "@sha256:" in image or image == "scratch":
        return False
    _, _, tag = image.rpartition("/")[2].partition(":")
    return tag in ("", "latest")


def _images(case: Case, source: Source) -> Iterator[Finding]:
    found: list[Evidence] = []
    if source.language == "dockerfile":
        stages: set[str] = set()
        for m in _FROM.finditer(source.text):
            if _moves(m.group(1)) and m.group(1).lower() not in stages:
                found.append(evidence(source.path, source.line(m.start()), f"FROM {m.group(1)}"))
            stages.add((m.group(2) or "").lower())
    elif not source.path.startswith(".github/"):
        found = [
            evidence(source.path, source.line(m.start(1)), f"image {m.group(1)}")
            for m in _IMAGE.finditer(source.text)
            if _moves(m.group(1))
        ]
    if found and not _TRIAL.search(source.path):
        rule = BY_ID["governance.moving-image"]
        yield report(
            case, rule, f"{source.path} {' '.join(e.text for e in found)}", found, title=f"{rule.title}: {source.path}"
        )


def _actions(case: Case, source: Source) -> Iterator[Finding]:
    if ".github/" not in f"/{source.path}":
        return
    found = [
        evidence(source.path, source.line(m.start(1)), f"{m.group(1)}/{m.group(2)} by {m.group(3)}")
        for m in _ACTION.finditer(source.text)
        if m.group(1) not in ("actions", "github", ".") and not _COMMIT.match(m.group(3))
    ]
    if found:
        rule = BY_ID["governance.moving-action"]
        yield report(
            case, rule, f"{source.path} {' '.join(e.text for e in found)}", found, title=f"{rule.title}: {source.path}"
        )
