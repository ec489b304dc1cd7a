"""What a model's advice is worth: how much of it code accepts, whether it agrees with people, and whether it hurts.

Opt-in: it asks the endpoint that FIGWRIGHT_EVAL_LLM and FIGWRIGHT_EVAL_LLM_URL name, which may take an hour; answers are
kept in FIGWRIGHT_EVAL_LLM_CACHE, so that a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from agent.advisor.advise import PlanAdvisor
from agent.advisor.checking import Names
from agent.advisor.evidence import Sendable
from agent.advisor.ledger import Call
from agent.advisor.opening import Opened
from agent.advisor.questions import Writer
from agent.advisor.tools import Toolbox
from agent.boundaries.system import see_system
from agent.composition import open_model, workbench
from agent.domain.assumptions import Assumptions
from agent.domain.boundary import SHARED
from agent.domain.plan import Plan
from agent.errors import FigwrightError, RepositoryError
from agent.index import hits_for
from agent.pipeline import Run, make_graph, make_inventory, make_plan
from agent.settings import AdvisorSettings, Settings
from eval.advisor_repair import repair_rows
from eval.datasets import Case, find_units, read_dataset, read_samples, sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value
from eval.tasks.boundaries import agreement_scores

__all__ = ["ADVISOR"]

REPEATS = 5
NAMED = ("orderdesk", "helpdesk")  # samples whose groups are to be named
MOST_GROUPS = 4
QUESTIONS = (
    ("orderdesk", "where is the tax of an order computed?", "orderdesk/services/tax.py"),
    ("orderdesk", "what writes the stock level when goods arrive?", "orderdesk/services/stock.py"),
    ("orderdesk", "how is the md5 password of a user checked?", "orderdesk/auth.py"),
)
Row = dict[str, Value]


@dataclass(frozen=True)
class AdvisorTask(Description):
    """Needs an endpoint; without one everything is skipped, and said so."""

    def run(self, request: Request) -> Outcome:
        model = os.environ.get("FIGWRIGHT_EVAL_LLM", "")
        if not model:
            return Outcome(
                (), (Skipped("all", "no model is named: set FIGWRIGHT_EVAL_LLM and FIGWRIGHT_EVAL_LLM_URL"),)
            )
        wanted = os.environ.get("FIGWRIGHT_EVAL_LLM_KINDS", "naming placing asking repairing").split()
        rows: list[Row] = []
        skipped: list[Skipped] = []
        for kind in wanted:
            try:
                for found in _KINDS[kind](request):
                    if isinstance(found, Skipped):
                        skipped.append(found)
                    else:
                        rows.append(found)
            except FigwrightError as error:
                skipped.append(Skipped(kind, str(error).replace(str(request.work), "work")))
        return Outcome(tuple(rows), tuple(skipped), variant=model)


def _settings(request: Request, repeat: int = 0) -> Settings:
    """Each repeat has a store of its own, so that the endpoint is really asked again."""
    kept = Path(os.environ.get("FIGWRIGHT_EVAL_LLM_CACHE") or request.work) / f"repeat-{repeat}"
    advisor = AdvisorSettings(
        model=os.environ["FIGWRIGHT_EVAL_LLM"], base_url=os.environ.get("FIGWRIGHT_EVAL_LLM_URL", ""), parallel=1,
        timeout=600.0, minutes=600.0, max_tokens=5_000_000, answer_tokens=300,
    )  # fmt: skip
    return Settings(cache_dir=kept, advisor=advisor, quiet=True)


def _row(kind: str, app: str, runs: Sequence[Opened], right: int | None, **more: Value) -> Row:
    """Summed over ``runs``, one an opened model (each repeat has one)."""
    usages = [one.ledger.usage() for one in runs]
    dropped: Counter[str] = Counter()
    for usage in usages:
        dropped.update(dict(usage.dropped))
    base: Row = {
        "kind": kind, "app": app, "asked": sum(u.questions for u in usages), "accepted": sum(u.accepted for u in usages),
        "right": right, "dropped": "; ".join(f"{number} {why}" for why, number in dropped.most_common(3)),
        "moved": None, "ari_without": None, "ari_with": None, "ari_worst": None,
    }  # fmt: skip
    return base | _spent([(one, one.ledger.calls) for one in runs]) | more


def _spent(calls: Sequence[tuple[Opened, Sequence[Call]]]) -> Row:
    """What these calls took. Seconds are the endpoint's when it was asked, in this run or in one that was stopped before."""
    seconds = 0.0
    for opened, own in calls:
        kept = (json.loads(line) for line in opened.ledger.kept().splitlines())
        took = {call["key"]: call["seconds"] for call in kept if not call["cached"]}
        seconds += sum(took.get(key, 0.0) for key in {call.key for call in own})
    every = [call for _, own in calls for call in own]
    return {
        "repairs": sum(call.outcome == "led on" or call.outcome.startswith("refused") for call in every),
        "tokens_in": sum(call.input_tokens for call in every),
        "tokens_out": sum(call.output_tokens for call in every),
        "seconds": round(seconds, 1),
    }


def _naming(request: Request) -> Iterator[Row | Skipped]:
    """Groups as people drew them, without their names; right: a word of the people's name is in the model's name or title."""
    for case in (c for c in read_samples() if c.name in NAMED and c.source is not None):
        settings = _settings(request)
        opened = open_model(settings)
        services = sorted(set(case.scored.values()))
        secret = {service: f"group-{number}" for number, service in enumerate(services, 1)}
        with workbench(str(case.source), settings, None, case.name) as bench:
            graph, _ = make_graph(bench, make_inventory(bench, Run(), None), Run())
            units = find_units(graph, case.truth)
            pins = {unit: secret.get(case.truth[key], SHARED) for key, unit in units.items()}
            files, _, _ = make_plan(bench, Run(), Assumptions(pins=pins))
        plan = Plan.model_validate_json(files["plan.json"])
        system = see_system(graph)
        writer = Writer(plan, system, Sendable(plan.inventory, ()), Names(graph, ()))
        asked = [a for a in writer.descriptions() if a.question.subject in secret.values()][:MOST_GROUPS]
        _open(opened)
        answers = [opened.session.ask(one.question) for one in asked]
        known = {group: service for service, group in secret.items()}
        right = sum(
            _alike(known[one.question.subject], answer) for one, answer in zip(asked, answers, strict=True) if answer
        )
        yield _row("naming of given groups", case.name, [opened], right)


def _alike(service: str, answer: Any) -> bool:
    stem = service.rstrip("s")[:6]
    return stem in f"{answer.name} {answer.title}".lower()


def _open(opened: Opened) -> None:
    def no_tools() -> Toolbox:
        raise FigwrightError("this task asks in the fixed mode only")

    if not opened.session.open(no_tools):
        raise FigwrightError(opened.session.stopped)


def _placing(request: Request) -> Iterator[Row | Skipped]:
    """Agreement with people with advice taken against without, each repeat asked anew."""
    cases = [*read_samples()]
    if request.dataset is not None and not request.quick:
        cases += read_dataset(request.dataset, request.sources)
    for case in cases:
        if case.unit == "entity":
            continue
        if case.source is None:
            yield Skipped(case.name, "its source is not in --sources")
            continue
        try:
            yield from _placed(case, request, case.commit or None)
        except RepositoryError:  # a folder without that commit: as it stands, as the boundaries are scored
            yield from _placed(case, request, None)


def _placed(case: Case, request: Request, commit: str | None) -> Iterator[Row | Skipped]:
    scores: list[float] = []
    moved = 0
    before: float | None = None
    runs: list[Opened] = []
    for repeat in range(REPEATS):
        settings = _settings(request, repeat)
        runs.append(open_model(settings))
        with workbench(str(case.source), settings, commit, case.name) as bench:
            advisor = OnlyPlacing(runs[-1], bench)
            files, graph, _ = make_plan(bench, Run(), Assumptions(), advisor=advisor)
        assert graph is not None
        after = Plan.model_validate_json(files["plan.json"])
        units = find_units(graph, case.truth)
        before = _ari(case, units, advisor.before)
        scores.append(_ari(case, units, {u.id: u.service for u in after.boundaries.units}))
        moved += sum(p.kind == "place" and p.outcome == "taken" for p in after.advice.proposals)
        if not runs[-1].ledger.usage().questions:
            yield Skipped(case.name, "no unit of it is contested, so nothing is asked")
            return
    if scores and before is not None:
        yield _row("placing of contested units", case.name, runs, None, moved=moved,
                   ari_without=round(before, 4), ari_with=round(mean(scores), 4), ari_worst=round(min(scores), 4))  # fmt: skip


class OnlyPlacing(PlanAdvisor):
    """The placements of the plan's advisor and nothing else of it, and the homes before them."""

    def __init__(self, opened: Opened, bench: Any) -> None:
        super().__init__(opened.session, (), bench.snapshot.read, bench.index)
        self.before: Mapping[str, str] = {}

    def improve(self, plan: Plan, *rest: Any) -> Plan:
        self.before = {u.id: u.service for u in plan.boundaries.units}
        return super().improve(plan, *rest)

    def _judge(self, *_: Any) -> list[Any]:
        return []

    def _write(self, *_: Any) -> list[Any]:
        return []


def _ari(case: Case, units: Mapping[str, str], homes: Mapping[str, str]) -> float:
    placed = {key: homes[units[key]] for key in case.scored if key in units and units[key] in homes}
    return agreement_scores(case.scored, placed)["ari"]


def _asking(request: Request) -> Iterator[Row | Skipped]:
    """Questions whose file is known; right: the answer cites it."""
    for app in sorted({app for app, _, _ in QUESTIONS}):
        settings = _settings(request)
        opened = open_model(settings)
        right = 0
        with workbench(str(sample_folder() / app), settings, None, app) as bench:
            inventory = make_inventory(bench, Run(), None)
            graph, key = make_graph(bench, inventory, Run())
            index = bench.index()
            index.store(graph, bench.snapshot.read, key)
            for question, path in [(q, p) for a, q, p in QUESTIONS if a == app]:
                hits = hits_for(graph, index.search(question, 8))
                reply = opened.reply(question, hits, graph, inventory, bench.snapshot.read, index)
                right += reply.words is not None and path in _cited(reply.words.sentences)
        yield _row("answers with citations", app, [opened], right)


def _cited(sentences: Sequence[Any]) -> set[str]:
    return {evidence.location.path for sentence in sentences for evidence in sentence.evidence}


def _repairing(request: Request) -> Iterator[Row | Skipped]:
    """Small programs with a failing test; right: it passes and no other fails, after at most that many errors were shown."""
    settings = _settings(request)
    opened = open_model(settings)
    counted = 0
    for row in repair_rows(opened.editor(), request.work, settings):
        spent = _spent([(opened, opened.ledger.calls[counted:])])
        counted = len(opened.ledger.calls)
        yield _row(row.kind, "small programs", [], row.right, asked=row.asked, accepted=row.applied, **spent)


_KINDS: dict[str, Callable[[Request], Iterator[Row | Skipped]]] = {
    "naming": _naming,
    "placing": _placing,
    "asking": _asking,
    "repairing": _repairing,
}

ADVISOR = AdvisorTask(
    name="advisor",
    measures="What a language model's advice is worth: answers that code accepted, answers that agree with people, and "
    "agreement of the boundaries with people's with the advice taken against without.",
    truth="Names and homes in the samples' expected.toml and, with --dataset, published decompositions; the file that "
    "answers a question; a program's own tests.",
    baselines="The same plan without advice.",
    limits="One small model, run on this machine, says nothing of a large one. A handful of cases; names are compared by a "
    "word's stem. At temperature 0 five repeats may be five times the same.",
    data="opt-in: samples, --dataset and --sources; an endpoint named by FIGWRIGHT_EVAL_LLM and FIGWRIGHT_EVAL_LLM_URL",
    budget=120,
    opt_in=True,
    columns=(
        Column("kind", "What", role="name"), Column("app", "System", role="name"), Column("asked", "Asked"), Column("accepted", "Accepted", role="higher"),
        Column("right", "Right", role="higher"), Column("dropped", "Dropped"), Column("repairs", "Sent back"),
        Column("tokens_in", "Tokens in", role="cost"), Column("tokens_out", "Tokens out", role="cost"), Column("seconds", "Seconds", role="cost"),
        Column("moved", "Moved"), Column("ari_without", "ARI without", 2), Column("ari_with", "ARI with", 2, role="higher"),
        Column("ari_worst", "ARI worst", 2, role="higher"),
    ),
)  # fmt: skip


def main() -> None:
    """Run it alone: `python -m eval.tasks.advisor [--dataset DIR --sources DIR]`, printing a table and recording nothing."""
    import argparse
    import tempfile

    from eval.tables import text_table

    parser = argparse.ArgumentParser(prog="python -m eval.tasks.advisor", description=ADVISOR.measures)
    parser.add_argument("--dataset", type=Path, metavar="DIR")
    parser.add_argument("--sources", type=Path, metavar="DIR")
    parser.add_argument("--quick", action="store_true", help="samples only")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="figwright-eval-") as work:
        outcome = ADVISOR.run(Request(Path(work), asked.dataset, asked.sources, asked.quick))
    print(text_table(ADVISOR.columns, outcome.rows))
    for skipped in outcome.skipped:
        print(f"skipped {skipped.case}: {skipped.reason}")


if __name__ == "__main__":
    main()
