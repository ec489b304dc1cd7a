"""Spring: MVC and REST routes, views, beans and their injection, repositories, scheduled and listening methods.

Reads annotated Java files and XML bean definitions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.injection import read_beans, wire
from agent.frameworks.java_outline import Annotation, Constants, JavaType, Method, Outline, find, outline_of
from agent.frameworks.java_strings import texts_of
from agent.frameworks.spring_data import read_repository
from agent.frameworks.web_routes import Templates, join_path, link_pages, route
from agent.frameworks.xml_document import read_xml

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Spring"]

MAPPINGS = {
    "RequestMapping": "",
    "GetMapping": "GET",
    "PostMapping": "POST",
    "PutMapping": "PUT",
    "DeleteMapping": "DELETE",
    "PatchMapping": "PATCH",
}
CLIENTS = ("FeignClient", "HttpExchange")
STEREOTYPES = frozenset(
    "Component Service Repository Controller RestController Configuration ControllerAdvice RestControllerAdvice "
    "SpringBootApplication Endpoint".split()
)
POINTS = frozenset({"Autowired", "Inject", "Resource", "MockBean", "SpyBean"})
LISTENERS = {
    "Scheduled": ("job", ("cron", "fixedRate", "fixedDelay", "fixedRateString", "fixedDelayString")),
    "JmsListener": ("listener", ("destination",)),
    "RabbitListener": ("listener", ("queues", "value")),
    "KafkaListener": ("listener", ("topics", "topicPattern")),
    "SqsListener": ("listener", ("value", "queueNames")),
    "StreamListener": ("listener", ("value", "target")),
}
THYMELEAF = re.compile(r"""\bth:(href|action|replace|insert|include)\s{0,5}=\s{0,5}["'](@\{|~\{|)([^"'<>]{1,300})""")
VIEW_SINKS = frozenset({"ModelAndView", "setViewName", "return"})


class Spring:
    """See the module's docstring. What repositories read and write is linked where tables are known, in `jpa`."""

    name = "spring"
    languages = frozenset({"java", "xml", "html"})
    markers = (b"springframework", b"Repository<", b"@Autowired", b"@Inject", b"@Service", b"@Component", b"th:")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:
        """The facts with routes, views, beans, injection points, repositories and listeners."""
        if facts.language == "xml":
            found = tuple(_xml_beans(source)) if path.endswith(".xml") and b"<bean" in source else ()
        elif facts.language == "html":
            found = tuple(_thymeleaf(source.decode("utf-8", "replace")))
        elif root is None:
            found = ()
        else:
            found = tuple(_read(outline_of(root, source)))
        return msgspec.structs.replace(facts, wirings=facts.wirings + found) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes to handlers, handlers to views, interfaces to beans, repositories to tables."""
        constants = Constants(project)
        routes = list(_routes(project, constants))
        templates = Templates(project)
        views = list(_views(project, constants, templates))
        made, xml_edges = _provided(project)
        symbols: list[Symbol] = [symbol for symbol, _ in routes]
        fragments = list(_fragments(project, templates))
        links = link_pages(project, [symbol for symbol, _ in routes], templates)
        return Linking(
            symbols=(*symbols, *templates.symbols),
            dependencies=(
                *(edge for _, edge in routes),
                *views,
                *fragments,
                *wire(project, self.name, made),
                *xml_edges,
                *links,
            ),
        )

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Spring declares no entities."""
        return ""


# ---- one file ------------------------------------------------------------------------------------------------------


def _read(outline: Outline) -> Iterator[Wiring]:
    yield from read_beans(outline, "spring", STEREOTYPES, POINTS, constructors=True)
    views: dict[str, str] = {}
    for declared in outline.types:
        if not find(declared.annotations, *CLIENTS):
            yield from _mapped(declared, outline, views)
        yield from read_repository(declared)
        for method in declared.methods:
            yield from _method(method, outline)
    if views:
        for text in texts_of(outline):
            if views.get(text.scope) and text.sinks & VIEW_SINKS and _is_view(text.text):
                yield Wiring("spring", "view", text.scope, text.line, (text.text, views[text.scope]))


def _mapped(declared: JavaType, outline: Outline, views: dict[str, str]) -> Iterator[Wiring]:
    """``route`` records (HTTP method, pattern) of a controller; which of its methods name views."""
    own = find(declared.annotations, "RequestMapping")
    prefixes = outline.texts(own, "value", "path") or ("",)
    verbs = _verbs(own, outline)
    rest = find(declared.annotations, "RestController", "ResponseBody") is not None
    controller = any(find(method.annotations, *MAPPINGS) for method in declared.methods)
    for method in declared.methods:
        mapped = find(method.annotations, *MAPPINGS)
        page = (
            not rest
            and not find(method.annotations, "ResponseBody")
            and method.returns in ("String", "ModelAndView", "")
        )
        if page and method.body is not None and (controller or method.returns == "ModelAndView"):
            views[method.scope] = "view" if mapped is not None or method.returns == "ModelAndView" else "helper"
        if mapped is None:
            continue
        patterns = outline.texts(mapped, "value", "path") or ("",)
        methods = (MAPPINGS[mapped.name],) if MAPPINGS[mapped.name] else _verbs(mapped, outline) or verbs or ("ANY",)
        for verb in methods:
            for prefix in prefixes:
                for pattern in patterns:
                    yield Wiring("spring", "route", method.scope, mapped.line, (verb, prefix, pattern))


def _verbs(annotation: Annotation | None, outline: Outline) -> tuple[str, ...]:
    return tuple(name.rpartition(".")[2] for name in outline.names(annotation, "method"))


def _is_view(text: str) -> bool:
    return bool(text) and len(text) < 200 and " " not in text and not text.startswith(("redirect:", "{}", "<", "{"))


def _method(method: Method, outline: Outline) -> Iterator[Wiring]:
    """Factory methods of beans, jobs and message listeners."""
    bean = find(method.annotations, "Bean")
    if bean is not None:
        name = (*outline.texts(bean, "value", "name"), method.name)[0]
        for created in _created(method):
            yield Wiring("spring", "factory", method.scope, method.line, (method.returns, created, name))
    for annotation in method.annotations:
        if annotation.name in LISTENERS:
            kind, keys = LISTENERS[annotation.name]
            for text in outline.texts(annotation, *keys) or ("",):
                yield Wiring("spring", "entry", method.scope, annotation.line, (kind, text))


def _created(method: Method) -> Iterator[str]:
    """Types that a factory method's return statements create."""
    todo = [method.body] if method.body is not None else []
    for _ in range(2000):
        if not todo:
            return
        node = todo.pop()
        if node.type == "return_statement" and node.named_child_count:
            value = node.named_child(0)
            declared = value.child_by_field_name("type") if value.type == "object_creation_expression" else None
            if declared is not None:
                yield (declared.text or b"").decode("utf-8", "replace").partition("<")[0]
        elif node.type not in ("lambda_expression", "class_body"):
            todo.extend(node.named_children[::-1])


def _thymeleaf(text: str) -> Iterator[Wiring]:
    """Links, forms and fragments of a Thymeleaf page."""
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    for found in THYMELEAF.finditer(text):
        line = bisect_right(starts, found.start())
        if found[1] in ("href", "action"):
            method = "POST" if found[1] == "action" else "GET"
            url = re.sub(r"__\$\{[^{}]*\}__", "{}", found[3]).partition("(")[0].removesuffix("}")
            if found[2] == "@{" and url.startswith(("/", "{")):
                yield Wiring("page", "link", "", line, (url, method))
        elif found[2] in ("~{", ""):
            name = found[3].partition("::")[0].removesuffix("}").strip()
            if name and not name.startswith(("$", "@", "{")):
                yield Wiring("spring", "fragment", "", line, (name,))


def _xml_beans(source: bytes) -> Iterator[Wiring]:
    """``xml_bean`` (ID, class) and ``xml_ref`` (class, ID of the bean it is given)."""
    root = read_xml(source)
    if root is None or root.name != "beans":
        return
    for bean in root.all("bean"):
        kind = bean.attributes.get("class", "")
        if not kind:
            continue
        yield Wiring(
            "spring", "xml_bean", "", bean.line, (bean.attributes.get("id", bean.attributes.get("name", "")), kind)
        )
        for key, value in sorted(bean.attributes.items()):
            if key.endswith("-ref"):
                yield Wiring("spring", "xml_ref", "", bean.line, (kind, value))
        for part in bean.all("property", "constructor-arg", "ref"):
            given = part.attributes.get("ref") or (part.attributes.get("bean", "") if part.name == "ref" else "")
            if given:
                yield Wiring("spring", "xml_ref", "", part.line, (kind, given))


# ---- the project ---------------------------------------------------------------------------------------------------


def _routes(project: Project, constants: Constants) -> Iterator[tuple[Symbol, Dependency]]:
    for path, wiring in project.wirings("spring", "route"):
        verb, *parts = wiring.args
        pattern = join_path(*(constants.finish(part, path, wiring.scope) for part in parts))
        yield route(verb, pattern, path, wiring.line, project.symbol_at(path, wiring.scope))


def _views(project: Project, constants: Constants, templates: Templates) -> Iterator[Dependency]:
    """Handlers to the pages they name; a method that helps handlers must name one that exists."""
    for path, wiring in project.wirings("spring", "view"):
        name = constants.finish(wiring.args[0], path, wiring.scope)
        if wiring.args[1] == "view" or templates.find(name, path):
            edge = templates.render(project.symbol_at(path, wiring.scope), name, path, wiring.line)
            if edge is not None:
                yield edge


def _fragments(project: Project, templates: Templates) -> Iterator[Dependency]:
    """Thymeleaf pages to the pages whose fragments they show."""
    for path, wiring in project.wirings("spring", "fragment"):
        found = templates.find(wiring.args[0], path)
        if found and found != path:
            yield Dependency(templates.page(path), templates.page(found), "render", path, wiring.line)


def _provided(project: Project) -> tuple[dict[str, list[tuple[str, str]]], list[Dependency]]:
    """Beans of factory methods and XML, by every type they stand for; and what XML gives to them."""
    made: dict[str, list[tuple[str, str]]] = {}
    for path, wiring in project.wirings("spring", "factory"):
        returns, created, name = wiring.args
        declared = project.resolve(path, wiring.scope, returns).target
        bean = project.resolve(path, wiring.scope, created).target
        if bean and declared:
            made.setdefault(declared, []).append((bean, name))
    named: dict[str, str] = {}
    for _, wiring in project.wirings("spring", "xml_bean"):
        name, bean = wiring.args
        if project.definition(bean) is not None:
            named.setdefault(name, bean)
            for base in project.ancestors(bean):
                made.setdefault(base, []).append((bean, name))
    edges = [
        Dependency(wiring.args[0], named[wiring.args[1]], "use", path, wiring.line, "exact")
        for path, wiring in project.wirings("spring", "xml_ref")
        if wiring.args[1] in named and project.definition(wiring.args[0]) is not None
    ]
    return made, edges


FRAMEWORK = Spring()
