"""What follows a slice that answers alike: the repository's own tests asking it, the drills, its own schema, the seam in the monolith.

In: a climb with a slice that holds. Out: the slice's rung with tests and drills on it, the rungs above, and their files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.domain.extraction import Rung
from agent.errors import FigwrightError
from agent.extracting.branching import climb_branch
from agent.extracting.climbing import Climb, Made
from agent.extracting.drills import run_drills
from agent.extracting.live_tests import run_live
from agent.extracting.own_schema import climb_own_schema
from agent.extracting.slice_rung import SliceRung
from agent.extracting.writing import write_tree
from agent.ports import Language
from agent.validation import Workplace

__all__ = ["climb_upper", "with_live"]

_NOT_ALIVE = "tests are not run live and nothing is drilled here: this is built for Python so far"


def with_live(climb: Climb, place: Workplace, sliced: SliceRung) -> Rung:
    """The slice's rung after the tests asked it over HTTP, beside their control. A test that only fails with the service ends
    the climb; a drill that was not passed is shown, and does not."""
    rung = sliced.rung
    if climb.stack.ecosystem != "python":
        return rung.model_copy(update={"notes": (*rung.notes, _NOT_ALIVE)})
    tree = write_tree(climb.ground.folders.fresh("service"), sliced.built.slice)
    try:
        live = run_live(climb, place, tree)
        drills = run_drills(climb, place, tree)
    except FigwrightError as error:
        return rung.model_copy(update={"notes": (*rung.notes, f"not seen live: {error}")})
    finally:
        climb.ground.folders.drop(tree)
    more = ""
    if live.new_failures:
        more = f"; {len(live.new_failures)} tests fail against the service and not against the monolith"
    return rung.model_copy(
        update={
            "live": live,
            "drills": drills,
            "passed": rung.passed and not live.new_failures,
            "verdict": rung.verdict + more,
        }
    )


def climb_upper(
    climb: Climb, place: Workplace, made: Made, sliced: SliceRung, level: int, languages: Mapping[str, Language]
) -> tuple[tuple[Rung, ...], dict[str, str]]:
    """Rungs 3 and 4. The fourth does not stand on the third: who else writes a table does not say who calls the code."""
    if climb.stack.ecosystem != "python":
        verdict = "this rung is built for Flask and Django so far"
        return (Rung(level=3, name="own schema", passed=False, verdict=verdict),), {}
    schema, scripts = _tried(3, "own schema", lambda: climb_own_schema(climb, place))
    if level < 4:
        return (schema,), scripts
    branch, patches = _tried(4, "branch by abstraction", lambda: climb_branch(climb, place, made, sliced, languages))
    return (schema, branch), {**scripts, **patches}


def _tried(level: int, name: str, rise: Callable[[], tuple[Rung, Mapping[str, str]]]) -> tuple[Rung, dict[str, str]]:
    """A rung that cannot be tried does not take what was found below it with it."""
    try:
        rung, files = rise()
    except FigwrightError as error:
        return Rung(level=level, name=name, passed=False, verdict=str(error).rstrip(".")), {}
    return rung, dict(files)
