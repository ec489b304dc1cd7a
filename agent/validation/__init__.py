"""Runs a repository's own tests in a box, before and after a change, and says what may be concluded."""

from agent.validation.baseline import take_baseline
from agent.validation.environments import make_environment
from agent.validation.examine import examine, find_suites
from agent.validation.judging import judge_change, judge_patch, understand_patch
from agent.validation.protecting import as_patch, protect_file
from agent.validation.recipes import read_recipe
from agent.validation.running import Installed, run_suite
from agent.validation.workplace import Workplace

__all__ = [
    "Installed",
    "Workplace",
    "as_patch",
    "examine",
    "find_suites",
    "judge_change",
    "judge_patch",
    "make_environment",
    "protect_file",
    "read_recipe",
    "run_suite",
    "take_baseline",
    "understand_patch",
]
