"""What commands share when a model is named: its options, the advisor they open, and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.cli.shared import say, stay_outside
from agent.errors import InputError

__all__ = ["Wanted", "leave_ledger"]


@dataclass(frozen=True)
class Wanted:
    """The options as they were given. Without ``llm`` nothing is asked, whatever a file says."""

    repo: str
    llm: str | None
    base_url: str | None
    max_cost: float | None
    max_tokens: int | None
    dry_run: bool
    show_outgoing: Path | None

    def flags(self) -> dict[str, Any]:
        """For the settings. Raises InputError for an option that means nothing without a model."""
        options = (
            ("--base-url", self.base_url), ("--max-cost", self.max_cost), ("--max-tokens", self.max_tokens),
            ("--dry-run", self.dry_run or None), ("--show-outgoing", self.show_outgoing),
        )  # fmt: skip
        given = [name for name, value in options if value is not None]
        if not self.llm and given:
            raise InputError(f"{given[0]} is about a language model: name one with --llm.")
        if self.show_outgoing is not None:
            stay_outside(self.repo, "--show-outgoing", self.show_outgoing)
        return {
            "model": self.llm, "base_url": self.base_url, "max_cost": self.max_cost, "max_tokens": self.max_tokens,
        }  # fmt: skip

    def leave(self, files: dict[str, str], folder: Path, ledger: str) -> None:
        """Add the ledger to what is written, and stamp the decision records: one that somebody edited is left alone."""
        files["advisor.jsonl"] = ledger
        for name in [name for name in files if name.startswith("decision-")]:
            text = _stamped(files.pop(name))
            path = folder / name
            before = path.read_text("utf-8", "replace") if path.is_file() else text
            if before == _stamped(before.partition("-->\n")[2]):
                files[name] = text

    def open(self, settings: Any) -> Any:
        """The session with the model, or None when none was named; only then langchain is imported."""
        if not self.llm:
            return None
        from agent.composition import open_model

        return open_model(settings, dry=self.dry_run, show_outgoing=self.show_outgoing)


def _stamped(text: str) -> str:
    """With the stamp in a comment, which Markdown does not show."""
    from agent.adapters.output_folder import stamped

    return "<!--\n" + stamped(f"-->\n{text}")


def leave_ledger(folder: Path, model: Any) -> None:
    """The model's calls beside what was written; those of an earlier run with a model go when there is none now."""
    from agent.adapters.output_folder import write_files

    ledger = folder / "advisor.jsonl"
    if model is None:
        ledger.unlink(missing_ok=True)
        return
    write_files(folder, {ledger.name: model.ledger.text()})
    if model.session.stopped:
        say(f"The model was asked no more: {model.session.stopped}.")
