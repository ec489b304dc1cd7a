"""`python -m eval`: run tasks and record their results, compare two runs, or write the page that shows them."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from eval.compare import compare_runs, comparison_json, comparison_text, read_runs
from eval.figures import readme_path, with_figures
from eval.leaderboard import LEADERBOARD, leaderboard_rows
from eval.recording import read_result, read_variants, record, recorded_folder
from eval.tables import evaluation_page, page_path, text_table
from eval.task import Request, Task
from eval.tasks import TASKS

QUICK_OUT = Path("figwright-out/eval")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 1 when the page is not what the results say (``table --check``), a run is worse (``compare
    --fail-on-worse``) or a task went over its budget (``--enforce-budget``); 2 for unusable input."""
    asked = _parser().parse_args(arguments)
    if asked.tasks == ["table"]:
        return _table(asked.check)
    if asked.tasks == ["leaderboard"]:
        return _leaderboard(asked.out or recorded_folder())
    if asked.tasks[:1] == ["compare"]:
        return _compare(asked)
    known = {task.name: task for task in TASKS}
    unknown = [name for name in asked.tasks if name not in known]
    if unknown:
        return _refuse(f"there is no task {unknown[0]!r}: use {', '.join(known)}, table, compare or leaderboard")
    for option, folder in (("--dataset", asked.dataset), ("--sources", asked.sources)):
        if folder is not None and not (folder.is_dir() or (option == "--dataset" and folder.is_file())):
            return _refuse(f"{option} {folder} is not a folder")
    out = asked.out or (QUICK_OUT if asked.quick else recorded_folder())
    chosen = [known[name] for name in asked.tasks] or [task for task in TASKS if not task.opt_in]
    late: list[str] = []
    for number in range(1, asked.repeats + 1):
        for task in chosen:
            try:
                late += _run(task, asked, out / str(number) if asked.repeats > 1 else out)
            except ValueError as error:
                return _refuse(str(error))
    for sentence in late:
        print(sentence, file=sys.stderr)
    return 1 if late and asked.enforce_budget else 0


def _run(task: Task, asked: argparse.Namespace, out: Path) -> list[str]:
    """Run and record; a sentence when it took longer than its budget."""
    with tempfile.TemporaryDirectory(prefix="figwright-eval-") as work:
        start, cpu = time.monotonic(), _cpu_seconds()
        request = Request(Path(work), asked.dataset, asked.sources, asked.quick)
        outcome = task.run(request)
        seconds, cpu = time.monotonic() - start, _cpu_seconds() - cpu
        path = record(task, outcome, seconds, out, cpu)
    print(f"{task.name}: {task.measures}\n")
    print(text_table(task.columns, outcome.rows))
    for skipped in outcome.skipped:
        print(f"skipped {skipped.case}: {skipped.reason}")
    print(f"\nwritten to {path} after {seconds:.0f} s, {cpu:.0f} CPU seconds\n")
    budget = task.quick_budget if asked.quick else task.budget
    over = budget and seconds > 60 * budget
    return [f"eval: {task.name} took {seconds / 60:.1f} minutes, its budget is {budget:g}"] if over else []


def _cpu_seconds() -> float:
    """Of this process and of the children that it waited for: what a busy machine does not change."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _compare(asked: argparse.Namespace) -> int:
    if len(asked.tasks) != 3:
        return _refuse("compare needs two runs, each a result file or a folder: python -m eval compare A B")
    try:
        before, after = (read_runs(Path(place)) for place in asked.tasks[1:])
    except ValueError as error:
        return _refuse(str(error))
    found, unlike = compare_runs(before, after, TASKS)
    print((comparison_json if asked.format == "json" else comparison_text)(found, unlike), end="")
    return 1 if asked.fail_on_worse and any(one.verdict == "worse" for one in found) else 0


def _leaderboard(folder: Path) -> int:
    rows, note = leaderboard_rows(read_variants(folder, "advisor"), read_result(folder, "boundaries"))
    print(f"{text_table(LEADERBOARD, rows)}\n\n{note}")
    return 0


def _table(check: bool) -> int:
    """docs/evaluation.md and the README's figures, from the results."""
    folder = recorded_folder()
    pages = {
        page_path(): evaluation_page(TASKS, folder),
        readme_path(): with_figures(readme_path().read_text("utf-8"), folder),
    }
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale if check else pages:
        if check:
            print(f"{path} is not what eval/results say: run `make docs`", file=sys.stderr)
        else:
            path.write_text(pages[path], "utf-8")
            print(path)
    return 1 if check and stale else 0


def _refuse(sentence: str) -> int:
    print(f"eval: {sentence}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval", description="Measure figwright against known answers and baselines."
    )
    parser.add_argument(
        "tasks",
        nargs="*",
        metavar="TASK",
        help=f"{', '.join(t.name for t in TASKS)} (default: all that are not opt-in: "
        f"{', '.join(t.name for t in TASKS if t.opt_in)}), or: table, leaderboard, compare A B",
    )
    parser.add_argument("--dataset", type=Path, metavar="DIR", help="ground truth: <app>.toml and <app>.json")
    parser.add_argument("--sources", type=Path, metavar="DIR", help="checkouts as DIR/<app>")
    parser.add_argument("--quick", action="store_true", help="samples only; results go to figwright-out/eval")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go instead of eval/results")
    parser.add_argument(
        "--repeats", type=_repeats, default=1, metavar="N", help="run N times; results go to OUT/1 ... OUT/N"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="with compare")
    parser.add_argument(
        "--fail-on-worse", action="store_true", help="with compare: exit with 1 when a figure got worse"
    )
    parser.add_argument(
        "--enforce-budget", action="store_true", help="exit with 1 when a task takes longer than its budget"
    )
    parser.add_argument("--check", action="store_true", help="with table: only say whether the page is current")
    return parser


def _repeats(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 50:
        raise argparse.ArgumentTypeError("from 1 to 50")
    return number


if __name__ == "__main__":
    sys.exit(main())
