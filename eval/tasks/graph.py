"""Whether the dependency graph is right: its edges beside those that other tools and other people found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from agent.composition import workbench
from agent.domain.code import DependencyGraph
from agent.errors import FigwrightError
from agent.pipeline import Run, make_graph, make_inventory
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value
from eval.truths import java_classes, javascript_modules, pycg, python_imports
from eval.truths.missing import MissingTruthError

__all__ = ["GRAPH", "compare", "count_snippets"]

Pairs = Set[tuple[str, str]]
Row = dict[str, Value]
SPRING = "spring-core-4.3.30.RELEASE"
GET = {
    "django": "put the `django` folder of the 5.2.8 sdist at DIR/django "
    "(pip download --no-deps --no-binary :all: django==5.2.8)",
    "spring-core": f"put {SPRING}.jar and {SPRING}-sources.jar into DIR/spring-core "
    "(mvn dependency:copy -Dartifact=org.springframework:spring-core:4.3.30.RELEASE, and with :jar:sources)",
    "PyCG": "put a checkout of github.com/vitsalis/PyCG at DIR/PyCG",
    "dependency-cruiser": "npm install dependency-cruiser@16 in DIR/dependency-cruiser",
}
SCRIPTS = ("express", "json-server")


@dataclass(frozen=True)
class GraphTask(Description):
    """Each case answers with figwright's row and a plain reader's, against the same truth."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for name, case in _cases(request):
            try:
                rows += case()
            except (MissingTruthError, FigwrightError, OSError) as error:
                skipped.append(Skipped(name, str(error)))
        return Outcome(tuple(rows), tuple(skipped))


def _cases(request: Request) -> Iterator[tuple[str, Callable[[], list[Row]]]]:
    work = request.work
    sources = request.sources
    sample = sample_folder() / "orderdesk"
    yield "Python imports, orderdesk", lambda: _python("orderdesk", sample, sample / "orderdesk", work)
    yield "Python imports, django", lambda: _django(_need(request, "django"), work)
    yield "Python calls, PyCG", lambda: _pycg(_need(request, "PyCG"))
    yield "Java classes, spring-core", lambda: _java(_need(request, "spring-core"), work)
    for name in SCRIPTS:
        if sources is None or request.quick or (sources / name).is_dir():
            yield f"JavaScript modules, {name}", lambda name=name: _javascript(name, request)  # type: ignore[misc]


def _need(request: Request, name: str) -> Path:
    if request.quick:
        raise MissingTruthError("--quick runs on samples only")
    place = request.sources / name if request.sources is not None else None
    if place is None or not place.is_dir():
        raise MissingTruthError(f"--sources DIR has no {name}: {GET.get(name, f'put a checkout at DIR/{name}')}")
    return place.resolve()


def _graph(root: Path, work: Path) -> DependencyGraph:
    settings = Settings(cache_dir=work / "cache", quiet=True)
    with workbench(str(root), settings, None, root.name) as bench:
        run = Run()
        return make_graph(bench, make_inventory(bench, run, None), run)[0]


def _django(package: Path, work: Path) -> list[Row]:
    return _python("django", package, package, work)


def _python(name: str, root: Path, package: Path, work: Path) -> list[Row]:
    truth = python_imports.grimp_imports(package)
    graph = _graph(root, work)
    ours = {
        (graph.unit_of(edge.source), graph.unit_of(edge.target)) for edge in graph.dependencies if edge.kind == "import"
    }
    mine = _inside(ours, package.name)
    return _rows(f"Python imports, {name}", truth, mine, "regex", python_imports.dull_imports(package))


def _inside(pairs: Iterable[tuple[str, str]], package: str) -> set[tuple[str, str]]:
    return {pair for pair in pairs if pair[0] != pair[1] and all(f"{end}.".startswith(f"{package}.") for end in pair)}


def _java(place: Path, work: Path) -> list[Row]:
    jar, archive = place / f"{SPRING}.jar", place / f"{SPRING}-sources.jar"
    if not (jar.is_file() and archive.is_file()):
        raise MissingTruthError(GET["spring-core"])
    sources = java_classes.unpack_sources(archive, work / "spring-core")
    truth = java_classes.jdeps_pairs(jar, sources)
    graph = _graph(sources, work)
    ours = set()
    for edge in graph.dependencies:
        ends = [graph.by_id[end] for end in (edge.source, edge.target)]
        if all(end.path.endswith(".java") for end in ends):
            one, other = (end.path.removesuffix(".java").replace("/", ".") for end in ends)
            ours.add((one, other))
    mine = {pair for pair in ours if pair[0] != pair[1]}
    return _rows(
        "Java classes, spring-core", truth, mine, "imports and neighbours' names", java_classes.dull_java(sources)
    )


def _javascript(name: str, request: Request) -> list[Row]:
    root = _need(request, name)
    program = _need(request, "dependency-cruiser") / "node_modules" / ".bin" / "depcruise"
    if not program.exists():
        raise MissingTruthError(GET["dependency-cruiser"])
    truth = javascript_modules.cruised_modules(program, root)
    graph = _graph(root, request.work)
    scripts = {end for pair in truth for end in pair}
    ours = set()
    for edge in graph.dependencies:
        if edge.kind == "import":
            pair = (graph.by_id[edge.source].path, graph.by_id[edge.target].path)
            if pair[0] != pair[1] and (pair[0] in scripts or pair[1] in scripts):
                ours.add(pair)
    return _rows(f"JavaScript modules, {name}", truth, ours, "regex", javascript_modules.dull_modules(root))


def _rows(case: str, truth: Pairs, ours: Pairs, baseline: str, plain: Pairs) -> list[Row]:
    return [
        {"case": case, "method": "figwright", **compare(truth, ours)},
        {"case": case, "method": baseline, **compare(truth, plain)},
    ]


def compare(truth: Pairs, found: Pairs) -> Row:
    """Precision and recall of pairs; None where there is nothing to divide by."""
    hits = len(truth & found)
    return {
        "truth": len(truth),
        "found": len(found),
        "precision": round(hits / len(found), 4) if found else None,
        "recall": round(hits / len(truth), 4) if truth else None,
        "complete": None,
        "sound": None,
        "exact": None,
    }


def _pycg(checkout: Path) -> list[Row]:
    snippets = pycg.read_snippets(checkout)
    methods: dict[str, Callable[[pycg.Snippet], Pairs]] = {
        "figwright": pycg.by_values,
        "figwright without the call layer": pycg.named_calls,
        "any function of that name": pycg.dull_calls,
    }
    rows: list[Row] = []
    for method, answer in methods.items():
        answers = [(snippet, answer(snippet)) for snippet in snippets]
        if method == "figwright":
            for category in sorted({snippet.category for snippet in snippets}):
                some = [(s, found) for s, found in answers if s.category == category]
                rows.append({"case": f"Python calls, PyCG: {category}", "method": method, **count_snippets(some)})
        rows.append({"case": "Python calls, PyCG: all", "method": method, **count_snippets(answers)})
    return rows


def count_snippets(answers: Iterable[tuple[pycg.Snippet, Pairs]]) -> Row:
    """How many programs' answers hold no wrong call (complete), every call (sound), and both (exact)."""
    listed = list(answers)
    complete = sum(1 for snippet, found in listed if found <= snippet.truth)
    sound = sum(1 for snippet, found in listed if found >= snippet.truth)
    pairs = {(snippet.name, *pair) for snippet, _ in listed for pair in snippet.truth}
    ours = {(snippet.name, *pair) for snippet, found in listed for pair in found}
    return {
        "truth": len(listed),
        "found": len(listed),
        "precision": round(len(pairs & ours) / len(ours), 4) if ours else None,
        "recall": round(len(pairs & ours) / len(pairs), 4) if pairs else None,
        "complete": complete,
        "sound": sound,
        "exact": sum(1 for snippet, found in listed if found == snippet.truth),
    }


GRAPH = GraphTask(
    name="graph",
    measures="Whether the graph's edges are there and right: pairs of modules, classes or functions, each counted once.",
    truth="Python imports: grimp. Java: `jdeps -verbose:class` on the jar, inner types folded into their file's class. "
    "Python calls: the callgraph.json of the PyCG micro-benchmark's programs (complete: no wrong call; sound: every "
    "call; as its paper has it). JavaScript: dependency-cruiser.",
    baselines="In the same run: a regex over import lines; imports and names of the same package; every function of "
    "the called name; and figwright's own answer from names alone, without following values.",
    limits="One package or a set of small programs for each language. The PyCG rows count what the call layer answers "
    "before the graph folds lambdas into the definition around them and drops calls into libraries. A few of PyCG's "
    "answers contradict each other (whether a dict's method is listed), and one is not what Python does.",
    data="samples; --sources with django, jpetstore, json-server and PyCG's micro-benchmark, skipped by name with the command that gets each",
    budget=5,
    quick_budget=0.2,
    columns=(
        Column("case", "Truth", role="name"),
        Column("method", "Method", role="name"),
        Column("truth", "True pairs or programs"),
        Column("found", "Found"),
        Column("precision", "Precision", 4, role="higher"),
        Column("recall", "Recall", 4, role="higher"),
        Column("complete", "Complete", role="higher"),
        Column("sound", "Sound", role="higher"),
        Column("exact", "Exact", role="higher"),
    ),
)
