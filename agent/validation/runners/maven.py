"""Runs Maven Surefire offline and Gradle, and reads their JUnit XML, which a small script carries out of the build's folders.

IDs are ``com.acme.OrderTest#adds``. Test failures do not stop the build; that it fails all the same means that something
could not be compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from agent.domain.environment import Recipe
from agent.domain.execution import OUT, Command, Outcome
from agent.domain.verdict import CaseResult, Suite, SuiteResult
from agent.validation.runners.junit_xml import JUnitCase, read_junit
from agent.validation.runners.result_files import read_bytes, read_folder, said, summed_up

__all__ = ["ALWAYS", "ARGUMENTS", "EDITS", "GRADLE", "MAVEN", "Gradle", "Maven", "edited"]

EDITS = "FIGWRIGHT_POM_EDITS"
ARGUMENTS = "FIGWRIGHT_BUILD_ARGUMENTS"
# What checks style, licences and the like, or fetches what tests do not need: none of it is a test.
ALWAYS: tuple[str, ...] = (
    "-B",
    "-fae",
    "-Dstyle.color=never",
    "-Dmaven.test.failure.ignore=true",
    "-DfailIfNoTests=false",
    "-Dsurefire.failIfNoSpecifiedTests=false",
    *(
        f"-D{name}=true"
        for name in (
            "checkstyle.skip rat.skip license.skip license.skipCheckLicense enforcer.skip animal.sniffer.skip cobertura.skip"
            " findbugs.skip spotbugs.skip pmd.skip cpd.skip jacoco.skip spotless.check.skip formatter.skip impsort.skip"
            " maven.javadoc.skip gpg.skip sortpom.skip skip.npm skip.yarn skip.installnodenpm skip.installyarn skip.bower"
            " skip.gulp skip.grunt skip.webpack dockerfile.skip docker.skip japicmp.skip clirr.skip revapi.skip"
        ).split()
    ),
)
# Words: results folder, edits, JDK, command ... The edits are of the build files of this work copy, which is thrown away.
_SCRIPT = r"""
results=$1; edits=$2; java=$3; pattern=$4; shift 4
find . -type f -name 'TEST-*.xml' -path "$pattern" -exec rm -f -- '{}' +
if [ -n "$edits" ]; then find . -type f -name pom.xml ! -path '*/target/*' ! -path '*/src/*' -exec sed -i -E -z -e "$edits" -- '{}' +; fi
"$@"
code=$?
[ -z "$results" ] && exit $code
mkdir -p "$results/reports"
number=0
find . -type f -name 'TEST-*.xml' -path "$pattern" | LC_ALL=C sort | {
  while IFS= read -r file; do number=$((number + 1)); cp -- "$file" "$results/reports/$(printf '%06d' $number).xml"; done
}
if [ -f "$results/jacoco.exec" ]; then
  find . -type f -name '*.java' ! -path '*/target/*' | sed 's|^\./||' | LC_ALL=C sort > "$results/sources.txt"
  number=0
  find . -type d \( -path '*/target/classes' -o -path '*/build/classes/java/main' \) -prune | LC_ALL=C sort | {
    while IFS= read -r folder; do
      number=$((number + 1))
      "$java" -jar "$FIGWRIGHT_JACOCO/cli.jar" report "$results/jacoco.exec" --classfiles "$folder" --xml "$results/jacoco-$number.xml" > /dev/null
      printf '%s\n' "$folder" | sed 's|^\./||' > "$results/jacoco-$number.txt"
    done
  }
fi
exit $code
"""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")
_COMPILE_ERROR = re.compile(
    r"^\[ERROR\] (?:COMPILATION ERROR|[^\n:]{0,300}?/(src/[^\n:\[]{1,250}\.(?:java|kt|scala|groovy)):\[?\d+)",
    re.MULTILINE,
)
_GRADLE_ERROR = re.compile(r"^[^\n:]{0,300}?/(src/[^\n:\[]{1,250}\.(?:java|kt|scala|groovy)):\d+: error", re.MULTILINE)
_MOST_MODULES = 200
_NOT_AGENT = "org.apache.maven.*:org.codehaus.plexus.*:org.eclipse.aether.*:org.eclipse.sisu.*:org.gradle.*"


def edited(
    recipe: Recipe, argv: Sequence[str], *, results: str, pattern: str = "*/surefire-reports/*"
) -> tuple[str, ...]:
    """A build command within the script that edits the copy's build files before it and carries results out after it."""
    edits = recipe.variables.get(EDITS, "")
    return ("sh", "-c", _SCRIPT, "figwright", results, edits, "{toolchain:java}", pattern, *argv)


def _agent(coverage: bool) -> dict[str, str]:
    """JaCoCo in every JVM of the build: a plugin of its own would be overruled by an ``argLine`` in the build file."""
    if not coverage:
        return {}
    agent = f"-javaagent:{{env}}/jacoco/agent.jar=destfile={OUT}/jacoco.exec,append=true,excludes={_NOT_AGENT}"
    return {"JAVA_TOOL_OPTIONS": agent, "FIGWRIGHT_JACOCO": "{env}/jacoco"}


def _with_agent(recipe: Recipe, coverage: bool) -> dict[str, str]:
    env = _agent(coverage)
    if env and recipe.variables.get("JAVA_TOOL_OPTIONS"):
        env["JAVA_TOOL_OPTIONS"] += " " + recipe.variables["JAVA_TOOL_OPTIONS"]
    return env


class Maven:
    """Maven with Surefire; what it needs lies in ``{env}/m2``, which can only be read."""

    name = "maven"
    ecosystem = "java"
    shuffles = True
    selects = True
    measures = True

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - Surefire has a limit of its own
    ) -> Command:
        argv = ["{toolchain:maven}", "-o", *ALWAYS, "-Dmaven.repo.local={env}/m2"]
        argv += recipe.variables.get(ARGUMENTS, "").split("\n") if recipe.variables.get(ARGUMENTS) else []
        argv += _order(order)
        if only:
            argv.append(f"-Dtest={_selected(only)}")
        argv += [*suite.options, "test"]
        env = {"JAVA_HOME": "{toolchain:java:home}", **_with_agent(recipe, coverage)}
        return Command(argv=edited(recipe, argv, results=OUT), env=env, cwd=suite.folder)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        return _read(self.name, suite, outcome, out, _COMPILE_ERROR)

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        return _lines(suite, out)


class Gradle:
    """Gradle, its wrapper or the machine's own; what it needs lies in ``{env}/gradle``."""

    name = "gradle"
    ecosystem = "java"
    shuffles = False
    selects = True
    measures = True

    def command(
        self,
        suite: Suite,
        recipe: Recipe,
        *,
        only: Sequence[str] = (),
        order: int = 0,  # noqa: ARG002 - cannot shuffle
        coverage: bool = False,
        test_seconds: float = 0.0,  # noqa: ARG002 - no limit of its own
    ) -> Command:
        call = "{toolchain:gradle}" if any(need.name == "gradle" for need in recipe.needs) else "./gradlew"
        # Gradle writes locks into its home, so that it works on a copy of what was prepared.
        copy = 'cp -r "$1" "$2" && shift 2 && exec "$@"'
        argv = [
            "sh",
            "-c",
            copy,
            "figwright",
            "{env}/gradle",
            f"{OUT}/gradle",
            call,
            "-g",
            f"{OUT}/gradle",
            "--offline",
        ]
        argv += ["--no-daemon", "--continue", "--console=plain", *suite.options]
        argv += recipe.variables.get(ARGUMENTS, "").split("\n") if recipe.variables.get(ARGUMENTS) else []
        argv.append("test")
        for name in only:
            argv += ["--tests", re.sub(r"\[.*", "*", name.replace("#", "."))]
        env = {"JAVA_HOME": "{toolchain:java:home}", **_with_agent(recipe, coverage)}
        return Command(argv=edited(recipe, argv, results=OUT, pattern="*/test-results/*"), env=env, cwd=suite.folder)

    def read(self, suite: Suite, outcome: Outcome, out: Path) -> SuiteResult:
        result = _read(self.name, suite, outcome, out, _GRADLE_ERROR)
        # Gradle's exit code also tells that tests failed.
        failed = any(case.status in ("failed", "error") for case in result.cases)
        return (
            result.model_copy(update={"trouble": ""})
            if failed and result.trouble.startswith("the build failed")
            else result
        )

    def coverage(self, suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
        return _lines(suite, out)


def _order(order: int) -> Sequence[str]:
    """Orders that every Surefire since 2.7 knows come first; a seed only newer ones do."""
    if order in (0, 1, 2):
        return ((), ("-Dsurefire.runOrder=reversealphabetical",), ("-Dsurefire.runOrder=alphabetical",))[order]
    return ("-Dsurefire.runOrder=random", f"-Dsurefire.runOrder.random.seed={order}")


def _selected(only: Sequence[str]) -> str:
    """IDs as Surefire's ``-Dtest``: by the class's last name, as old versions know no package there."""
    by_class: dict[str, set[str]] = {}
    whole: set[str] = set()
    for name in only:
        group, _, method = name.partition("#")
        last = group.rpartition(".")[2]
        match = _IDENTIFIER.match(method)
        if match is None or " " in method:
            whole.add(last)
        else:
            plain = match[0] if match[0] == method else f"{match[0]}*"
            by_class.setdefault(last, set()).add(plain)
    parts = [
        last if last in whole else f"{last}#{'+'.join(sorted(methods))}" for last, methods in sorted(by_class.items())
    ]
    return ",".join([*parts, *sorted(whole - by_class.keys())])


def _read(name: str, suite: Suite, outcome: Outcome, out: Path, error: re.Pattern[str]) -> SuiteResult:  # noqa: ARG001
    report = read_junit(read_folder(out, "reports", ".xml").values())
    printed = said(outcome)
    cases = sorted((_case(case) for case in report.cases), key=lambda case: case.id)
    errors = {match[1] for match in error.finditer(printed[-2_000_000:]) if match[1]}
    trouble = report.trouble
    if not trouble and outcome.exit_code and cases and not outcome.stopped_by:
        trouble = f"the build failed (exit code {outcome.exit_code}): {_first_error(printed)}"
    elif not trouble and not cases and not outcome.stopped_by:
        trouble = f"{name} ended with exit code {outcome.exit_code} and ran no test: {_first_error(printed)}".rstrip(
            ": "
        )
    return summed_up(name, cases, outcome, trouble=trouble, collection_errors=errors)


def _first_error(printed: str) -> str:
    for match in re.finditer(
        r"^\[ERROR\] (Failed to execute goal [^\n]{1,400}|[^\n]{10,400})|^(?:> |\* What went wrong:\n)([^\n]{5,300})",
        printed,
        re.MULTILINE,
    ):
        text = match[1] or match[2]
        if text and "COMPILATION ERROR" not in text:
            return " ".join(text.split())
    return ""


def _case(case: JUnitCase) -> CaseResult:
    group = case.classname or case.suite
    name = case.name.removesuffix("()")
    return CaseResult(
        id=f"{group}#{name}" if name and name != group else f"{group}#{name or 'class'}",
        status=case.status,
        seconds=case.seconds,
        message=case.message,
    )


def _lines(suite: Suite, out: Path) -> Mapping[str, Mapping[int, bool]]:
    """JaCoCo's lines, a module at a time; a class's file is looked for among the module's own sources first."""
    sources = read_bytes(out, "sources.txt").decode("utf-8", "replace").splitlines()
    by_name: dict[str, list[str]] = {}
    for path in sources:
        by_name.setdefault(PurePosixPath(path).name, []).append(path)
    found: dict[str, dict[int, bool]] = {}
    for number in range(1, _MOST_MODULES + 1):
        data = read_bytes(out, f"jacoco-{number}.xml")
        if not data:
            break
        folder = read_bytes(out, f"jacoco-{number}.txt").decode("utf-8", "replace").strip()
        module = re.sub(r"(?:target/classes|build/classes/java/main)$", "", folder)
        for package, name, lines in _source_files(data):
            tail = f"{package}/{name}" if package else name
            fitting = [path for path in by_name.get(name, ()) if path == tail or path.endswith(f"/{tail}")]
            fitting.sort(key=lambda path: (not path.startswith(module), len(path), path))
            if fitting:
                path = f"{suite.folder}/{fitting[0]}" if suite.folder else fitting[0]
                known = found.setdefault(path, {})
                for line, ran in lines.items():
                    known[line] = known.get(line, False) or ran
    return dict(sorted(found.items()))


def _source_files(data: bytes) -> Iterator[tuple[str, str, dict[int, bool]]]:
    try:
        root: Element = fromstring(data, forbid_dtd=False)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return
    for package in root.iter("package"):
        for source in package.iter("sourcefile"):
            lines = {
                int(number): int(ran) > 0
                for line in source.iter("line")
                if (number := line.get("nr", "")).isdigit() and (ran := line.get("ci", "0")).isdigit()
            }
            yield str(package.get("name", "")), str(source.get("name", "")), lines


MAVEN = Maven()
GRADLE = Gradle()
