"""One Django file's syntax in; records of its models, URL patterns, views, forms, routers, signals and settings out."""

from __future__ import annotations

import re

from tree_sitter import Node

from agent.domain.facts import Binding, FileFacts, Wiring
from agent.frameworks.django_access import LIBRARY_TABLES, MANAGERS, access_mode
from agent.frameworks.django_patterns import UrlPatterns
from agent.frameworks.python_queries import row_bindings
from agent.frameworks.python_syntax import ClassBody, PythonSyntax, origin

__all__ = ["DjangoReading", "model_source"]

RELATIONS = frozenset({
    "ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey", "ParentalManyToManyField", "TreeForeignKey",
    "TreeManyToManyField", "TreeOneToOneField", "ClusterForeignKey", "AutoOneToOneField", "SortedManyToManyField",
})  # fmt: skip
VIEW_FIELDS = frozenset({
    "model", "queryset", "form_class", "serializer_class", "http_method_names", "lookup_field", "lookup_url_kwarg",
    "template_name", "template_name_suffix",
})  # fmt: skip
REVERSERS = frozenset({"reverse", "reverse_lazy", "redirect", "resolve_url"})
SHORTCUTS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"})
SETTINGS = frozenset({"INSTALLED_APPS", "MIDDLEWARE", "MIDDLEWARE_CLASSES", "ROOT_URLCONF"})
METHOD_DECORATORS = {
    "require_POST": "POST", "require_GET": "GET", "require_safe": "GET", "require_http_methods": "", "api_view": "",
}  # fmt: skip
NO_MODELS = ("Manager", "QuerySet", "Choices", "Field", "Mixin", "Form", "Transform", "Lookup", "Func")
MAX_STRINGS = 2_000
POSTED = re.compile(rb"""request\.(?:POST|FILES)\b|["']POST["']""")


def model_source(facts: FileFacts, base: str) -> str:
    """Where a base class comes from when that is a module called ``models``, which makes it a model; or ``""``."""
    source = origin(facts, base)
    return source if ".models." in f".{source}" and not source.endswith(NO_MODELS) else ""


class DjangoReading:
    """Reads one file; ``wirings`` and ``bindings`` are what it found."""

    def __init__(self, syntax: PythonSyntax, facts: FileFacts, path: str) -> None:
        self._syntax = syntax
        self._facts = facts
        self._path = path
        self._found: list[Wiring] = []

    def _add(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._found.append(Wiring("django", kind, scope, line, args))

    def wirings(self) -> list[Wiring]:
        """All records of the file."""
        for body in self._syntax.classes:
            self._class(body)
        self._found.extend(UrlPatterns(self._syntax, self._facts).wirings())
        for call in self._syntax.calls:
            self._call(call)
        self._decorators()
        self._views()
        self._settings()
        self._library()
        return list(dict.fromkeys(self._found))

    def bindings(self) -> list[Binding]:
        """Variables that hold rows of a model."""
        return row_bindings(self._syntax, self._start)

    def _last(self, node: Node | None) -> str:
        return self._syntax.callee(node).rpartition(".")[2] if node is not None and node.type == "call" else ""

    def _start(self, node: Node) -> str:
        """``Order.objects`` and ``get_object_or_404(Order, ...)`` start a query of Order."""
        if node.type == "attribute":
            attribute = node.child_by_field_name("attribute")
            if attribute is None or self._syntax.text(attribute) not in MANAGERS:
                return ""
            chain = self._syntax.chain(node.child_by_field_name("object"))
        elif self._last(node) in SHORTCUTS:
            given = self._syntax.arguments(node).positional
            chain = self._syntax.chain(given[0]) if given else "?"
        else:
            return ""
        return chain if chain.rpartition(".")[2][:1].isupper() and "?" not in chain and "(" not in chain else ""

    # ---------------------------------------------------------------- classes

    def _class(self, body: ClassBody) -> None:
        meta = self._syntax.classes_by_scope.get(f"{body.scope}.Meta")
        fields = [f for f in body.fields if self._is_field(f.value)]
        # A child of an abstract model may have nothing of its own; linking decides whether it is a model.
        based = "models" in self._path or any(
            b.rpartition(".")[2].endswith("Model") or model_source(self._facts, b) for b in body.bases
        )
        if body.bases and (fields or based):
            self._model(body, meta)
            for field in fields:
                if field.value is not None:
                    self._field(body.scope, field.name, field.value, field.line)
        if meta is not None and (model := meta.field("model")) is not None:
            chain = self._model_chain(model.value)
            if chain:
                self._add("meta", body.scope, meta.line, chain)
        for field in body.fields:
            if field.name in VIEW_FIELDS and field.value is not None and not body.scope.endswith("Meta"):
                self._view_field(body, field.name, field.value, field.line)
        config = {f.name: self._syntax.string(f.value) for f in body.fields if f.name in ("name", "label")}
        if any(b.rpartition(".")[2] == "AppConfig" for b in body.bases) and config.get("name"):
            self._add("appconfig", body.scope, body.line, config["name"] or "", config.get("label") or "")

    def _is_field(self, value: Node | None) -> bool:
        """A model's field: from a module called models, or one of Django's relations; a form's fields look alike."""
        if value is None or value.type != "call":
            return False
        callee = self._syntax.callee(value)
        module, _, last = callee.rpartition(".")
        if not (last.endswith(("Field", "Key")) or last in RELATIONS):
            return False
        if module in ("forms", "serializers", "fields", "filters", "wtforms", "graphene", "django_filters"):
            return False
        return module.endswith("models") or "models" in origin(self._facts, callee) or last in RELATIONS

    def _model(self, body: ClassBody, meta: ClassBody | None) -> None:
        values = {"abstract": "", "proxy": "", "db_table": "", "app_label": ""}
        for field in meta.fields if meta is not None else ():
            if field.name in values and field.value is not None:
                text = self._syntax.string(field.value)
                values[field.name] = text if text is not None else self._syntax.text(field.value).replace("False", "")
                if field.name == "db_table" and text is None:
                    values["db_table"] = "?"
        primary = any(
            f.value is not None and f.value.type == "call" and "primary_key" in self._syntax.arguments(f.value).keywords
            for f in body.fields
        )
        self._add("model", body.scope, body.line, values["abstract"], values["proxy"], values["db_table"],
                  values["app_label"], "1" if primary else "")  # fmt: skip

    def _field(self, scope: str, name: str, call: Node, line: int) -> None:
        kind = self._last(call)
        given = self._syntax.arguments(call)
        column = self._syntax.string(given.keywords.get("db_column")) or ""
        if kind not in RELATIONS:
            self._add("field", scope, line, name, kind, "", "", "", "", column)
            return
        target = self._model_chain(given.get(0, "to"))
        related = self._syntax.string(given.keywords.get("related_name")) or ""
        through = self._model_chain(given.keywords.get("through"))
        table = self._syntax.string(given.keywords.get("db_table")) or ""
        if not target:
            self._add("unresolved", scope, line, kind, self._syntax.text(call)[:80])
        self._add("field", scope, line, name, kind, target, related, through, table, column)

    def _model_chain(self, node: Node | None) -> str:
        """A model named by class, by string (``"app.Model"``, ``"self"``) or by setting; ``""`` when unknown."""
        if node is None:
            return ""
        text = self._syntax.string(node)
        if text is not None:
            return "'" + text
        chain = self._syntax.chain(node)
        if chain.endswith(("AUTH_USER_MODEL", "get_user_model()")):
            return "'settings.AUTH_USER_MODEL"
        return "" if "?" in chain or "(" in chain else chain

    def _view_field(self, body: ClassBody, name: str, value: Node, line: int) -> None:
        if name == "queryset":
            model = ""
            node: Node | None = value
            for _ in range(30):
                if node is None or (model := self._start(node)):
                    break
                node = node.child_by_field_name("function" if node.type == "call" else "object")
            text = model
        elif name == "http_method_names":
            text = ",".join(self._syntax.strings(value) or ())
        elif name in ("model", "form_class", "serializer_class"):
            text = self._model_chain(value)
        else:
            text = self._syntax.string(value) or ""
        if text:
            self._add("viewfield", body.scope, line, name, text)

    # ---------------------------------------------------------------- calls

    def _call(self, call: Node) -> None:
        callee = self._syntax.callee(call)
        receiver, _, last = callee.rpartition(".")
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        if last == "register" and receiver:
            self._register(call, receiver, scope, line)
        elif last in REVERSERS and (not receiver or receiver.endswith(("urls", "shortcuts", "urlresolvers"))):
            text = self._syntax.string(self._syntax.arguments(call).get(0, "viewname"))
            if text and "/" not in text:
                self._add("endpoint", scope, line, text)
        elif last in SHORTCUTS:
            model = self._start(call)
            if model:
                self._add("statement", scope, line, model)
        elif last == "connect" and receiver:
            given = self._syntax.arguments(call)
            handler, sender = given.get(0, "receiver"), self._model_chain(given.keywords.get("sender"))
            if handler is not None and handler.type in ("identifier", "attribute") and sender:
                self._add("signal", scope, line, self._syntax.chain(handler), sender, receiver.rpartition(".")[2])

    def _register(self, call: Node, receiver: str, scope: str, line: int) -> None:
        given = self._syntax.arguments(call)
        prefix = self._syntax.string(given.get(0, "prefix"))
        viewset = given.get(1, "viewset")
        if prefix is not None and viewset is not None and viewset.type in ("identifier", "attribute"):
            basename = self._syntax.string(given.get(2, "basename") or given.keywords.get("base_name")) or ""
            self._add("register", scope, line, receiver, prefix, self._syntax.chain(viewset), basename)
        elif given.positional and ("admin" in receiver or receiver.endswith("site")):
            first = given.positional[0]
            nodes = first.named_children if first.type in ("list", "tuple") else [first]
            admin = self._syntax.chain(given.positional[1]) if len(given.positional) > 1 else ""
            for node in nodes:
                if (model := self._model_chain(node)) and node.type != "comment":
                    self._add("admin", scope, line, model, "" if "?" in admin or "(" in admin else admin)

    # ---------------------------------------------------------------- decorators, function views, settings

    def _decorators(self) -> None:
        for decorated in self._syntax.decorated:
            last = decorated.name.rpartition(".")[2]
            given = self._syntax.arguments(decorated.call) if decorated.call is not None else None
            if last in METHOD_DECORATORS:
                methods = METHOD_DECORATORS[last] or self._methods(given.get(0, "http_method_names") if given else None)
                self._add("limit", decorated.target, decorated.line, methods)
            elif last == "receiver" and given is not None:
                sender = self._model_chain(given.keywords.get("sender"))
                signal = self._syntax.chain(given.positional[0]) if given.positional else ""
                if sender:
                    self._add("signal", decorated.scope, decorated.line, "@" + decorated.target, sender, signal)
            elif last == "register" and given is not None and "admin" in decorated.name:
                for node in given.positional:
                    if model := self._model_chain(node):
                        self._add("admin", decorated.scope, decorated.line, model, "@" + decorated.target)
            elif last in ("action", "detail_route", "list_route"):
                self._action(decorated.target, decorated.line, last, given.keywords if given else {})

    def _methods(self, node: Node | None) -> str:
        return ",".join(value.upper() for value in self._syntax.strings(node) or ["GET"])

    def _action(self, target: str, line: int, last: str, keywords: dict[str, Node]) -> None:
        detail = "1" if last == "detail_route" else ""
        if "detail" in keywords and self._syntax.text(keywords["detail"]) == "True":
            detail = "1"
        name = target.rpartition(".")[2]
        url_path = self._syntax.string(keywords.get("url_path")) or name
        url_name = self._syntax.string(keywords.get("url_name")) or name.replace("_", "-")
        self._add("action", target, line, detail, self._methods(keywords.get("methods")), url_path, url_name)

    def _views(self) -> None:
        """Function views that look at ``request.POST`` answer POST as well as GET."""
        for match in POSTED.finditer(self._syntax.source):
            scope = self._syntax.scope_at(match.start())
            if scope:
                self._add("posted", scope, 0)

    def _library(self) -> None:
        """Uses of models that come with Django, by their import; ``get_user_model()`` by its variable."""
        known: dict[str, tuple[str, str]] = {}
        for imported in self._facts.imports:
            table = LIBRARY_TABLES.get(f"{imported.module}.{imported.name}")
            if table is not None:
                known[imported.alias] = (imported.module, table)
        for name, nodes in self._syntax.assigned.items():
            if any(self._last(node.child_by_field_name("right")) == "get_user_model" for node in nodes):
                known[name] = ("user", "auth_user")
        for reference in self._facts.references if known else ():
            first, dot, rest = reference.name.partition(".")
            if first.removesuffix("()") not in known or reference.kind not in ("call", "use"):
                continue
            chain = f"Entity{'()' if first.endswith('()') else ''}{dot}{rest}" + (
                "()" if reference.kind == "call" else ""
            )
            if mode := access_mode(chain):
                module, table = known[first.removesuffix("()")]
                self._add("library", reference.scope, reference.line, module, table, mode)

    def _settings(self) -> None:
        if not any(name in self._syntax.assigned for name in SETTINGS):
            return
        for name in ("ROOT_URLCONF", "AUTH_USER_MODEL"):
            for node in self._syntax.assigned.get(name, ()):
                if text := self._syntax.string(node.child_by_field_name("right")):
                    self._add("setting", "", self._syntax.line(node), name, text)
        count = 0
        for node in (*self._syntax.assignments, *self._syntax.augmented):
            stack = [node]
            while stack and count < MAX_STRINGS:
                current = stack.pop()
                if current.type == "string":
                    count += 1
                    text = self._syntax.string(current)
                    if text and ("." in text or text.isidentifier()):
                        self._add("string", self._syntax.scope(node), self._syntax.line(current), text)
                elif current.type != "assignment" or current is node:
                    stack.extend(current.named_children)
