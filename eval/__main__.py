"""`python -m eval`: run tasks and record their results, or write the page that shows them."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from eval.recording import record, recorded_folder
from eval.tables import evaluation_page, page_path, text_table
from eval.task import Request, Task
from eval.tasks import TASKS

QUICK_OUT = Path("figwright-out/eval")


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0; 1 when the page is not what the results say (``table --check``); 2 for unusable input."""
    asked = _parser().parse_args(arguments)
    if asked.tasks == ["table"]:
        return _table(asked.check)
    known = {task.name: task for task in TASKS}
    unknown = [name for name in asked.tasks if name not in known]
    if unknown:
        return _refuse(f"there is no task {unknown[0]!r}: use {', '.join(known)} or table")
    for option, folder in (("--dataset", asked.dataset), ("--sources", asked.sources)):
        if folder is not None and not (folder.is_dir() or (option == "--dataset" and folder.is_file())):
            return _refuse(f"{option} {folder} is not a folder")
    out = asked.out or (QUICK_OUT if asked.quick else recorded_folder())
    for task in [known[name] for name in asked.tasks] or TASKS:
        try:
            _run(task, asked, out)
        except ValueError as error:
            return _refuse(str(error))
    return 0


def _run(task: Task, asked: argparse.Namespace, out: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="figwright-eval-") as work:
        start = time.monotonic()
        request = Request(Path(work), asked.dataset, asked.sources, asked.quick)
        outcome = task.run(request)
        path = record(task, outcome, time.monotonic() - start, out)
    print(f"{task.name}: {task.measures}\n")
    print(text_table(task.columns, outcome.rows))
    for skipped in outcome.skipped:
        print(f"skipped {skipped.case}: {skipped.reason}")
    print(f"\nwritten to {path}\n")


def _table(check: bool) -> int:
    path, page = page_path(), evaluation_page(TASKS, recorded_folder())
    if not check:
        path.write_text(page, "utf-8")
        print(path)
        return 0
    if path.is_file() and path.read_text("utf-8") == page:
        return 0
    print(f"{path} is not what eval/results say: run `make docs`", file=sys.stderr)
    return 1


def _refuse(sentence: str) -> int:
    print(f"eval: {sentence}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval", description="Measure figwright against known answers and baselines."
    )
    parser.add_argument(
        "tasks", nargs="*", metavar="TASK", help=f"{', '.join(t.name for t in TASKS)} (default: all), or: table"
    )
    parser.add_argument("--dataset", type=Path, metavar="DIR", help="ground truth: <app>.toml and <app>.json")
    parser.add_argument("--sources", type=Path, metavar="DIR", help="checkouts as DIR/<app>")
    parser.add_argument("--quick", action="store_true", help="samples only; results go to figwright-out/eval")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where results go instead of eval/results")
    parser.add_argument("--check", action="store_true", help="with table: only say whether the page is current")
    return parser


if __name__ == "__main__":
    sys.exit(main())
