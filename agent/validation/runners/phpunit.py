"""Runs PHPUnit of any age and reads its JUnit XML. IDs are ``Acme\\CartTest::testAdds``, with a data set's name after it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.validation.runners.javascript import in_repository
from agent.validation.runners.junit_xml import JUnitCase, read_junit
from agent.validation.runners.result_files import read_bytes, said, summed_up

__all__ = ["PHPUNIT", "PREPEND", "PhpUnit"]

PREPEND = "FIGWRIGHT_PHP_PREPEND"  # a file that PHP loads before everything else
_LONGEST_PATTERN = 60_000
# Words: PHP, results folder, environment folder, file to prepend, seed, option ... The repository's own PHPUnit comes before
# one that preparation made and the machine's; PHPUnit can shuffle from 7.3 on.
_SCRIPT = """
php=$1; results=$2; environment=$3; prepend=$4; order=$5; shift 5
pwd > "$results/root.txt"
unit=
for candidate in vendor/phpunit/phpunit/phpunit vendor/phpunit/phpunit/phpunit.php vendor/bin/phpunit.phar bin/phpunit.phar phpunit.phar \
  tools/phpunit.phar tests/phpunit.phar "$environment/phpunit/phpunit" "$(command -v phpunit)"; do
  if [ -n "$candidate" ] && [ -f "$candidate" ]; then unit=$candidate; break; fi
done
if [ -z "$unit" ]; then echo 'PHPUnit was not found' >&2; exit 127; fi
set -- "$unit" "$@"
if [ "$order" != 0 ]; then
  major=$("$php" "$unit" --version 2>/dev/null | sed -n 's/^PHPUnit \\([0-9]*\\).*/\\1/p' | head -n 1)
  [ "${major:-0}" -ge 8 ] && set -- "$@" --order-by=random --random-order-seed="$order"
fi
[ -n "$prepend" ] && set -- -d auto_prepend_file="$prepend" -d include_path=".:$environment/phpunit:/usr/share/php" "$@"
exec "$php" -d memory_limit=-1 -d display_errors=1 -d pcov.enabled=1 "$@"
"""
_FATAL = re.compile(r"(?:Fatal error|Parse error|Uncaught)[^\n]{0,400}?(?: in (/[^\n:]{1,300}\.(?:php|inc)))")
_FIRST = re.compile(
    r"^(?:PHP )?(?:Fatal error|Parse error|Class '?\S+ not found|PHPUnit was not found|Cannot open file|Test directory)[^\n]{0,300}",
    re.MULTILINE,
)


class PhpUnit:
    """PHPUnit from 3.7 on."""

    name = "phpunit"
    ecosystem = "php"
    shuffles = True
    selects = True
    measures = True  # where PCOV or Xdebug is installed; without either, no lines are told

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - no limit of its own
    ) -> Command:
        words = ["--log-junit", f"{OUT}/junit.xml"]
        pattern = "/^(?:" + "|".join(sorted(_escaped(name) for name in only)) + ")$/"
        if only and len(pattern) <= _LONGEST_PATTERN:
            words += ["--filter", pattern]
        if coverage:
            words += ["--coverage-clover", f"{OUT}/clover.xml"]
        prepend = recipe.variables.get(PREPEND, "")
        argv = (
            "sh",
            "-c",
            _SCRIPT,
            "figwright",
            "{toolchain:php}",
            OUT,
            "{env}",
            prepend,
            str(order),
            *words,
            *suite.options,
            *suite.paths,
        )
        return Command(argv=argv, cwd=suite.folder)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:  # noqa: ARG002 - the port's signature
        data = read_bytes(out, "junit.xml")
        report = read_junit([data] if data else [])
        printed = said(outcome)
        root = read_bytes(out, "root.txt").decode("utf-8", "replace").strip()
        fatal = _FATAL.search(printed[-1_000_000:]) if outcome.exit_code not in (0, 1, 2) or not report.cases else None
        errors = {in_repository(fatal[1], root)} if fatal is not None and fatal[1] else set()
        trouble = report.trouble
        if not report.cases and not outcome.stopped_by:
            first = _FIRST.search(printed)
            trouble = f"phpunit ended with exit code {outcome.exit_code} and ran no test"
            trouble += f": {first[0].strip()[:300]}" if first else ""
        elif fatal is not None and not trouble:
            trouble = f"phpunit ended in the middle: {fatal[0][:300]}"
        return summed_up("phpunit", map(_case, report.cases), outcome, collection_errors=errors, trouble=trouble)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        root = read_bytes(out, "root.txt").decode("utf-8", "replace").strip()
        try:
            clover = fromstring(read_bytes(out, "clover.xml"))
        except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
            return {}
        found: dict[str, dict[int, bool]] = {}
        for file in clover.iter("file"):
            path = in_repository(file.get("name"), root)
            if not path or path.startswith("/"):
                continue
            lines = {
                int(at): int(count) > 0
                for line in file.iter("line")
                if line.get("type") == "stmt"
                and (at := line.get("num", "")).isdigit()
                and (count := line.get("count", "")).isdigit()
            }
            found[f"{suite.folder}/{path}" if suite.folder else path] = lines
        return dict(sorted(found.items()))


def _escaped(name: str) -> str:
    """PHPUnit filters names as ``Class::method with data set #0``; a slash ends its pattern."""
    return re.escape(re.sub(r"\[\d+\]$", "", name)).replace("/", r"\/")


def _case(case: JUnitCase) -> CaseResult:
    group = case.suite.partition("::")[0] if "::" in case.suite else (case.classname.replace(".", "\\") or case.suite)
    return CaseResult(id=f"{group}::{case.name}", status=case.status, seconds=case.seconds, message=case.message)


PHPUNIT = PhpUnit()
