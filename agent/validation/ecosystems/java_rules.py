"""What to try when an old Java build does not go through on this machine's JDK: a table of what Maven and javac print.

What is changed are properties on the command line, variables, and build files of the copy that is thrown away; each change
is told. A recipe and what was said in; another recipe and what was changed in it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.domain.environment import Reason, Recipe, Step
from agent.domain.verdict import Suite
from agent.validation.runners.maven import ALWAYS, ARGUMENTS, EDITS, edited

__all__ = ["RULES", "Rule", "amend_java", "gradle_steps", "maven_steps", "with_old_scala", "with_open_modules"]

_RESOLVE = "fill the local repository"
_WHOLE = "fill the local repository with a run of all tests"
_SCALA_STEP = "make a jar of Java 8's signatures for the Scala compiler"
_JACOCO = "0.8.14"
# What was downloaded is kept between rounds: as links, so that it costs neither time nor room.
_CACHED = """
environment=$1; shift
mkdir -p "$environment/m2" "$environment/cache/m2"
cp -rl "$environment/cache/m2/." "$environment/m2/"
"$@"
code=$?
cp -rlf "$environment/m2/." "$environment/cache/m2/"
exit $code
"""
_LEVEL = r"([A-Za-z._-]*([Ss]ource|[Tt]arget|[Jj]ava|[Jj]dk|JDK|[Cc]ompil|[Rr]elease)[A-Za-z._-]*)"
_OPEN_PACKAGES = "java.lang java.lang.reflect java.lang.invoke java.util java.util.concurrent java.text java.io java.net java.nio java.math java.time sun.nio.ch sun.util.calendar".split()


def maven_steps(recipe: Recipe, suite: Suite, first: Sequence[str]) -> Recipe:
    """The recipe with its steps: a build with network that runs one small test class a module, then JaCoCo."""
    argv = ["{toolchain:maven}", *ALWAYS, "-Dmaven.repo.local={env}/m2", *_arguments(recipe), *suite.options]
    if first:
        argv.append(f"-Dtest={','.join(first)}")
    build = edited(recipe, [*argv, "test"], results="") if recipe.variables.get(EDITS) else (*argv, "test")
    resolve = Step(
        name=_RESOLVE,
        run=("sh", "-c", _CACHED, "figwright", "{env}", *build),
        env={"JAVA_HOME": "{toolchain:java:home}"},
        cwd=suite.folder,
        network=True,
        needed=False,  # a module that does not compile is the trial run's to tell, with the files' names
        seconds=1500,
    )
    return recipe.model_copy(update={"steps": (resolve, *_jacoco_steps())})


def _jacoco_steps() -> tuple[Step, ...]:
    def step(name: str, artifact: str) -> Step:
        return Step(
            name=f"fetch JaCoCo's {name}",
            run=(
                "sh",
                "-c",
                # From an empty folder: the repository's own build file has no say in it.
                'mkdir -p "$1" && cd "$1" && shift && "$@" && mv "$(ls org.jacoco.*-*.jar)" ' + f"{name}.jar",
                "figwright",
                "{env}/jacoco",
                "{toolchain:maven}",
                "-B",
                "-q",
                "-Dmaven.repo.local={env}/m2",
                "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
                f"-Dartifact=org.jacoco:{artifact}",
                "-DoutputDirectory={env}/jacoco",
            ),
            env={"JAVA_HOME": "{toolchain:java:home}"},
            network=True,
            needed=False,
            seconds=300,
        )

    return (
        step("agent", f"org.jacoco.agent:{_JACOCO}:jar:runtime"),
        step("cli", f"org.jacoco.cli:{_JACOCO}:jar:nodeps"),
    )


def gradle_steps(recipe: Recipe, suite: Suite) -> Recipe:
    """The recipe with its step: compile the tests once with network, into a Gradle home of its own."""
    call = "{toolchain:gradle}" if any(need.name == "gradle" for need in recipe.needs) else "./gradlew"
    step = Step(
        name="fill Gradle's home",
        run=(
            "sh",
            "-c",
            'chmod +x gradlew 2>/dev/null; exec "$@"',
            "figwright",
            call,
            "-g",
            "{env}/gradle",
            "--no-daemon",
            "--console=plain",
            "testClasses",
        ),
        env={"JAVA_HOME": "{toolchain:java:home}"},
        cwd=suite.folder,
        network=True,
        seconds=1500,
    )
    return recipe.model_copy(update={"steps": (step,)})


def _arguments(recipe: Recipe) -> Sequence[str]:
    text = recipe.variables.get(ARGUMENTS, "")
    return text.split("\n") if text else ()


Change = Callable[[Recipe, re.Match[str]], Recipe | None]


@dataclass(frozen=True)
class Rule:
    """``when`` is searched in what was printed; ``then`` changes the recipe's variables; ``note`` says what that means."""

    when: re.Pattern[str]
    then: Change
    note: str


def amend_java(recipe: Recipe, suite: Suite, said: str) -> tuple[Recipe, str] | None:
    """All rules that fit and change something, at once: a round of Maven is long."""
    changed, notes = recipe, []
    for rule in RULES:
        match = rule.when.search(said)
        amended = rule.then(changed, match) if match is not None else None
        if match is not None and amended is not None and amended != changed:
            changed = amended
            notes.append(rule.note.format(*(group or "" for group in (match[0], *match.groups()))))
    if not notes:
        return None
    changed = _with_steps(changed, suite)
    reasons = (*recipe.reasons, *(Reason(text=note) for note in notes))
    return changed.model_copy(update={"reasons": reasons}), "; ".join(notes)


def _with_steps(recipe: Recipe, suite: Suite) -> Recipe:
    """The first step again, with the arguments and edits that the recipe has now."""
    if suite.runner != "maven":
        return recipe
    at = next((index for index, step in enumerate(recipe.steps) if step.name in (_RESOLVE, _WHOLE)), None)
    if at is None:
        return recipe
    old = recipe.steps[at]
    first = (
        [] if old.name == _WHOLE else [word.removeprefix("-Dtest=") for word in old.run if word.startswith("-Dtest=")]
    )
    fresh = maven_steps(recipe, suite, first).steps[0].model_copy(update={"name": old.name})
    return recipe.model_copy(update={"steps": (*recipe.steps[:at], fresh, *recipe.steps[at + 1 :])})


def _properties(*added: str) -> Change:
    def change(recipe: Recipe, _: re.Match[str]) -> Recipe | None:
        words = [*_arguments(recipe), *(word for word in added if word not in _arguments(recipe))]
        return recipe.model_copy(update={"variables": {**recipe.variables, ARGUMENTS: "\n".join(words)}})

    return change


def _edit(recipe: Recipe, edit: str) -> Recipe:
    known = [one for one in recipe.variables.get(EDITS, "").split("\n") if one]
    if edit in known:
        return recipe
    return recipe.model_copy(update={"variables": {**recipe.variables, EDITS: "\n".join([*known, edit])}})


def _level(recipe: Recipe, match: re.Match[str]) -> Recipe | None:
    """Every element that names a level of source, target or Java, and the properties that parents outside may read."""
    lowest = "8"
    edited_recipe = _edit(recipe, rf"s#<{_LEVEL}>[[:space:]]*(1\.[1-7]|[4-7])(\.0)?[[:space:]]*</#<\1>{lowest}</#g")
    words = [
        f"-D{name}={lowest}"
        for name in ("maven.compiler.source", "maven.compiler.target", "maven.compile.source", "maven.compile.target")
    ]
    return _properties(*words)(edited_recipe, match)


def with_open_modules(recipe: Recipe) -> Recipe:
    """The JDK's packages open to reflection, as all of them were when the code was written (Java 8 and before)."""
    options = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPEN_PACKAGES]
    known = recipe.variables.get("JAVA_TOOL_OPTIONS", "")
    if options[0] in known:
        return recipe
    text = " ".join(filter(None, (known, *options)))
    return recipe.model_copy(update={"variables": {**recipe.variables, "JAVA_TOOL_OPTIONS": text}})


def _open_modules(recipe: Recipe, _: re.Match[str]) -> Recipe | None:
    return with_open_modules(recipe)


def _javac_exports(recipe: Recipe, _: re.Match[str]) -> Recipe | None:
    packages = "api code comp file main model parser processing tree util jvm".split()
    options = [f"--add-opens=jdk.compiler/com.sun.tools.javac.{package}=ALL-UNNAMED" for package in packages]
    known = recipe.variables.get("JAVA_TOOL_OPTIONS", "")
    if options[0] in known:
        return None
    return recipe.model_copy(
        update={"variables": {**recipe.variables, "JAVA_TOOL_OPTIONS": " ".join(filter(None, (known, *options)))}}
    )


def _own_javac(recipe: Recipe, match: re.Match[str]) -> Recipe | None:
    """A compiler that comes as a plugin (an old Error Prone with a javac of its own) cannot read this JDK's classes."""
    changed = _edit(recipe, r"s#<compilerId>[^<]*</compilerId>##g")
    changed = _edit(changed, r"s#<forceJavacCompilerUse>[^<]*</forceJavacCompilerUse>##g")
    changed = _edit(
        changed, r"s#<(arg|compilerArg)>(-Xplugin:ErrorProne|-XDcompilePolicy|-Xep)[^<]*</(arg|compilerArg)>##g"
    )
    return _properties("-Dmaven.compiler.fork=true")(changed, match)


def _plugin(name: str, version: str) -> Change:
    def change(recipe: Recipe, _: re.Match[str]) -> Recipe | None:
        return _edit(recipe, rf"s#(<artifactId>{name}</artifactId>[[:space:]]*<version>)[^<]*#\1{version}#g")

    return change


def _whole(recipe: Recipe, _: re.Match[str]) -> Recipe | None:
    """One test class was not enough to fetch everything: the whole suite once with network."""
    if not any(step.name == _RESOLVE for step in recipe.steps):
        return None
    steps = tuple(step.model_copy(update={"name": _WHOLE}) if step.name == _RESOLVE else step for step in recipe.steps)
    return recipe.model_copy(update={"steps": steps})


# Old Scala compilers read the JDK's classes from a jar that newer JDKs no longer have. What they need to know of Java 8 is in
# the table of signatures by which javac --release 8 works (lib/ct.sym); it is made into such a jar.
_SIGNATURES = (
    "import java.io.*;import java.nio.file.*;import java.util.*;import java.util.zip.*;"
    "public class Signatures{public static void main(String[] a)throws Exception{Set<String> seen=new HashSet<>();"
    "try(ZipFile in=new ZipFile(a[0]);ZipOutputStream out=new ZipOutputStream(new FileOutputStream(a[1]))){"
    "for(Enumeration<? extends ZipEntry> e=in.entries();e.hasMoreElements();){ZipEntry one=e.nextElement();"
    'String n=one.getName();int s=n.indexOf((char)47);if(s<0||n.substring(0,s).indexOf((char)56)<0||!n.endsWith(".sig"))continue;'
    "String r=n.substring(s+1);int t=r.indexOf((char)47);if(t>0&&r.substring(0,t).indexOf((char)46)>=0)r=r.substring(t+1);"
    'r=r.substring(0,r.length()-4)+".class";if(!seen.add(r))continue;out.putNextEntry(new ZipEntry(r));'
    "in.getInputStream(one).transferTo(out);out.closeEntry();}}}}"
)


def with_old_scala(recipe: Recipe, suite: Suite, version: str) -> Recipe:
    """The recipe for a Scala before 2.12 on a JDK after 8."""
    step = Step(
        name=_SCALA_STEP,
        run=(
            "sh",
            "-c",
            'mkdir -p "$1" && printf %s "$2" > "$1/Signatures.java" && "$3/bin/java" "$1/Signatures.java" "$3/lib/ct.sym" "$1/java8.jar"',
            "figwright",
            "{env}/scala",
            _SIGNATURES,
            "{toolchain:java:home}",
        ),
    )
    library = f"{{env}}/m2/org/scala-lang/scala-library/{version}/scala-library-{version}.jar"
    words = f"-DaddScalacArgs=-javabootclasspath|{{env}}/scala/java8.jar|-bootclasspath|{library}"
    known = recipe.variables.get(ARGUMENTS, "")
    variables = {**recipe.variables, ARGUMENTS: "\n".join(filter(None, (known, words)))}
    note = f"Scala {version} cannot read the classes of a JDK after 8: it gets Java 8's signatures as a jar"
    changed = recipe.model_copy(
        update={"steps": (step, *recipe.steps), "variables": variables, "reasons": (*recipe.reasons, Reason(text=note))}
    )
    return _with_steps(changed, suite)


RULES: tuple[Rule, ...] = (
    Rule(
        re.compile(
            r"(?:Source|Target) option (\S+) is no longer supported|invalid (?:source|target) release: (\S+)|release version (\d) not supported"
        ),
        _level,
        "this JDK compiles for Java 8 at least: source and target levels below it are raised to 8",
    ),
    Rule(
        re.compile(
            r"class file has wrong version \d+\.\d+, should be|plexus-compiler-javac-errorprone|javac-with-errorprone|com/google/errorprone|com\.google\.errorprone\.\S+Exception"
        ),
        _own_javac,
        "the build brings a Java compiler of its own that cannot read this JDK: the JDK's own javac is used",
    ),
    Rule(
        re.compile(
            r"InaccessibleObjectException|does not \"opens |ClassImposterizer|cglib\.core\.(?:ReflectUtils|CodeGenerationException)|module java\.base does not|IllegalAccessError: class \S+ \(in unnamed module|ExceptionInInitializerError[^\n]*cglib"
        ),
        _open_modules,
        "the JDK's packages are opened to libraries that look into them (--add-opens)",
    ),
    Rule(
        re.compile(
            r"com\.sun\.tools\.javac\.\S+ \(in module jdk\.compiler\)|does not export com\.sun\.tools\.javac|lombok\.javac|JavacProcessingEnvironment"
        ),
        _javac_exports,
        "javac's packages are opened to annotation processors",
    ),
    Rule(
        re.compile(
            r"Unsupported class file major version|lombok[^\n]*(?:NoSuchFieldError|IllegalAccessError)|com\.sun\.tools\.javac\.tree\.JCTree\$JCImport"
        ),
        _plugin("lombok", "1.18.34"),
        "Lombok is taken in a version that knows this JDK",
    ),
    Rule(
        re.compile(
            r"maven-surefire-plugin:2\.(?:[0-9]|1[0-7])(?:\.\d+)?:test[^\n]*(?:ExecutionException|fork|NullPointer|ClassNotFound|crash)|Corrupted STDOUT|The forked VM terminated without saying properly goodbye"
        ),
        _plugin("maven-surefire-plugin", "2.22.2"),
        "Surefire is taken in a version that runs on this JDK (2.22.2)",
    ),
    Rule(
        re.compile(
            r"maven-(?:war|ejb)-plugin:2\.\d[^\n]*(?:API incompat|Unable to load the mojo)|Cannot access defaults field of Properties"
        ),
        _plugin("maven-war-plugin", "3.4.0"),
        "the WAR plugin is taken in a version that runs on this JDK (3.4.0)",
    ),
    Rule(
        re.compile(r"in offline mode|has not been downloaded from it before|Cannot access \S+ \(\S+\) in offline"),
        _whole,
        "one test class was not enough to fetch all that the tests need: all of them are run once with network",
    ),
)
