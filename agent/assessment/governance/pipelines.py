"""Deployments that nobody approves, and containers with the host's rights: a source in, findings out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.assessment.case import Case, evidence, report
from agent.assessment.reading import Source
from agent.domain.finding import Evidence, Finding, Rule

__all__ = ["PIPELINE_RULES", "host_rights", "ungated_deployments"]

PIPELINE_RULES = (
    Rule(
        id="governance.ungated-deployment", lens="governance", severity="medium", title="A pipeline deploys without anybody's approval",
        matches="Jobs of GitHub, GitLab and Azure pipelines and Jenkinsfiles that deploy on a push, without an environment, manual step or approval.",
        why="Whoever can push can change what customers use, and no record says who agreed.",
        remedy="Deploy through a protected environment with named reviewers (`environment:`, `when: manual`, `input`), and let the gate's evidence be the pipeline's own result.",
        step="Gate: a person approves what goes to production", references=("CWE-1269", "ASVS 14.1.1"),
    ),
    Rule(
        id="governance.host-rights", lens="governance", severity="high", title="A container has the rights of its host",
        matches="`privileged: true`, the host's network, processes or root folder, the Docker socket, and added capabilities such as SYS_ADMIN, in Compose and Kubernetes files and run commands.",
        why="Whoever breaks out of the process owns the machine and all that runs on it; managed platforms refuse it.",
        remedy="Take the right away and see what fails; mount the one device or folder that is needed. The policy `workloads.rego` keeps it out.",
        step="Take the host's rights from containers", references=("CWE-250", "ASVS 14.1.1"),
    ),
)  # fmt: skip
BY_ID = {rule.id: rule for rule in PIPELINE_RULES}

_HOST = re.compile(
    r"(?im)^[ \t]*(?:-[ \t]+)?[\"']?(?:privileged[\"']?[ \t]*:[ \t]*true\b|(?:hostNetwork|hostPID|hostIPC)[\"']?[ \t]*:[ \t]*true\b|network_mode[ \t]*:[ \t]*[\"']?host\b|pid[ \t]*:[ \t]*[\"']?host\b|"
    r"/var/run/docker\.sock\b|path[ \t]*:[ \t]*[\"']?/(?:var/run/docker\.sock|etc|root|)[\"']?[ \t]*$|(?:-[ \t]*)?(?:CAP_)?(?:SYS_ADMIN|SYS_PTRACE|NET_ADMIN|ALL)[\"']?[ \t]*$|allowPrivilegeEscalation[ \t]*:[ \t]*true\b)"
    r"|\bdocker[ \t]+run\b[^\n]*[ \t](?:--privileged\b|--net(?:work)?[= ]host\b|-v[ \t]+/var/run/docker\.sock)"
)
_DROPPED = re.compile(r"(?m)^[ \t]*(?:cap_?drop|drop)[ \t]*:[ \t]*(?:\n[ \t]*-[^\n]*)*\s*\Z")
_DEPLOYS = re.compile(
    r"(?i)\b(?:scp|rsync|sftp|ssh)[ \t]+\S|\bkubectl[ \t]+(?:apply|set|rollout|create|replace)|\bhelm[ \t]+(?:upgrade|install)|\b(?:terraform|tofu)[ \t]+apply|\baz[ \t]+webapp[ \t]+deploy|"
    r"\baws[ \t]+(?:ecs[ \t]+update|s3[ \t]+sync|lambda[ \t]+update|deploy|cloudformation[ \t]+deploy)|\bgcloud[ \t]+(?:run|app|functions)[ \t]+deploy|\b(?:cf|heroku)[ \t]+(?:push|container:release)|\bserverless[ \t]+deploy|"
    r"\bcap[ \t]+production[ \t]+deploy|\bansible-playbook\b|\bvercel[ \t]+(?:deploy|--prod)|\bflyctl?[ \t]+deploy|\bgit[ \t]+push[ \t]+(?:heroku|dokku|production)"
)
_GATED = re.compile(
    r"(?im)^[ \t]*(?:environment[ \t]*:|when[ \t]*:[ \t]*manual\b|approval\w*[ \t]*:)|\binput[ \t]*(?:\(|message)|^[ \t]*workflow_dispatch[ \t]*:"
)
_JOB = re.compile(r"(?m)^(?P<indent>[ ]{2}|)(?P<name>[\w-]+)[ \t]*:[ \t]*(?:#[^\n]*)?$")
_PIPELINES = re.compile(r"(?:^|/)\.github/workflows/|(?:^|/)(?:\.gitlab-ci\.ya?ml|azure-pipelines[\w.-]*\.ya?ml|\.circleci/config\.yml|bitbucket-pipelines\.yml|Jenkinsfile[\w.-]*)$")  # fmt: skip


def host_rights(case: Case, source: Source) -> Iterator[Finding]:
    """Rule governance.host-rights, of one file."""
    if source.language not in ("yaml", "yml", "shell"):
        return
    found: list[Evidence] = []
    for m in _HOST.finditer(source.plain):
        at = m.start() + len(m.group()) - len(m.group().lstrip())
        if _DROPPED.search(source.plain, 0, m.start()) and re.search(r"(?:ALL|ADMIN|PTRACE)[\"']?\s*\Z", m.group()):
            continue  # a list of what is taken away
        found.append(evidence(source.path, source.line(at), " ".join(m.group().split())[:80]))
    yield from _finding(case, "governance.host-rights", source, found)


def ungated_deployments(case: Case, source: Source) -> Iterator[Finding]:
    """Rule governance.ungated-deployment, of one pipeline."""
    if not _PIPELINES.search(source.path):
        return
    head = source.plain[: source.plain.find("jobs:")] if "jobs:" in source.plain else source.plain[:400]
    if source.path.find(".github/") >= 0 and not re.search(r"\bpush\b|\bschedule\b", head):
        return
    found: list[Evidence] = []
    for start, end in _jobs(source):
        text = source.plain[start:end]
        m = _DEPLOYS.search(text)
        if m is not None and not _GATED.search(text):
            found.append(evidence(source.path, source.line(start + m.start()), f"{' '.join(m.group().split())} ..."))
    yield from _finding(case, "governance.ungated-deployment", source, found)


def _jobs(source: Source) -> Iterator[tuple[int, int]]:
    """Spans of jobs: keys below `jobs:`, or at the top where there is none; all of a Jenkinsfile."""
    if "Jenkinsfile" in source.path:
        yield 0, len(source.plain)
        return
    opened = re.search(r"(?m)^jobs[ \t]*:", source.plain)
    depth = "  " if opened else ""
    starts = [m.start() for m in _JOB.finditer(source.plain, opened.end() if opened else 0) if m["indent"] == depth]
    for number, start in enumerate(starts):
        yield start, starts[number + 1] if number + 1 < len(starts) else len(source.plain)


def _finding(case: Case, rule: str, source: Source, found: list[Evidence]) -> Iterator[Finding]:
    if found:
        key = f"{source.path} {' '.join(e.text for e in found)}"
        yield report(case, BY_ID[rule], key, found, title=f"{BY_ID[rule].title}: {source.path}")
