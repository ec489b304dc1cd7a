"""What a service needs: from the handlers of its routes over names, strings, templates and registrations until nothing is new.

In: the program and the cut, and what an earlier attempt was found to lack. Out: a selection with a reason for each piece.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from functools import partial

from agent.extraction.slicing import conventions
from agent.extraction.slicing.importing import Effect, effects_of
from agent.extraction.slicing.lookup import accessors_of, is_passive, nested_definitions, registrars_of, texts_in
from agent.extraction.slicing.modules import DEFINITIONS, Module, Statement
from agent.extraction.slicing.naming import named_files, named_modules, named_templates, template_words
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.references import References, references_of
from agent.extraction.slicing.selection import Demand, Selection
from agent.extraction.slicing.waiting import Waiting

__all__ = ["select"]


def select(program: Program, roots: Iterable[Demand], demands: Iterable[Demand] = ()) -> Selection:
    """Everything reached from the roots, the service's own handlers, and what was found to be missing."""
    closure = _Closure(program)
    for demand in (*roots, *demands):
        closure.demand(demand)
    closure.waiting.run()
    return closure.chosen


class _Closure:
    def __init__(self, program: Program) -> None:
        self._program = program
        self.chosen = Selection()
        self.waiting = Waiting()
        self._names_done: set[tuple[str, tuple[str, ...], bool]] = set()
        self._whole: set[str] = set()
        self._served = frozenset(registrars_of(program))
        self._accessors = accessors_of(program)

    def demand(self, wanted: Demand) -> None:
        """Ask for something by what an error message or a convention calls it."""
        program, reason = self._program, wanted.reason
        if wanted.kind == "name":
            self._name(wanted.module, tuple(wanted.name.split(".")), reason)
        elif wanted.kind == "module":
            self._load(wanted.name, reason)
        elif wanted.kind == "whole":
            self._keep_all(wanted.name, reason)
        elif wanted.kind in ("model", "table"):
            known = program.classes if wanted.kind == "model" else program.tables
            for place in known.get(wanted.name, ()):
                self._keep(*place, reason)
        elif wanted.kind == "template":
            self._template(wanted.name, reason)
        elif wanted.kind in ("member", "tag"):
            self.waiting.seen("mention" if wanted.kind == "member" else "word", (wanted.name,))
        elif wanted.kind == "file" and wanted.name in program.files:
            self.chosen.files.setdefault(wanted.name, reason)

    # -- names and statements

    def _name(self, module: str, chain: tuple[str, ...], reason: str, *, registered: bool = False) -> None:
        step = (module, chain, registered)
        if step in self._names_done:
            return
        self._names_done.add(step)
        steps = list(self._program.resolve(module, chain))
        # Attributes of what is no module may be methods of a class of ours
        ends = [rest for _, index, alias, rest in steps if index >= 0 and not alias] or [chain[1:]]
        self.waiting.seen("mention", (name for rest in ends for name in rest))
        for owner, index, alias, _ in steps:
            self._load(owner, reason)
            if index < 0:
                self._keep_all(owner, f"{reason}, which takes the module as a value")
            elif alias:
                self._keep_alias(owner, index, alias, reason)
            elif registered and (symbol := self._foreign(owner, index)):
                self.chosen.stubs.setdefault(symbol, self._program.handlers[symbol])
            else:
                self._keep(owner, index, reason)

    def _foreign(self, module: str, index: int) -> str:
        """The symbol of a handler that others own; empty for anything else."""
        statement = self._program.modules[module].statements[index]
        symbol = f"{module}.{statement.names[0]}" if statement.kind == "definition" else ""
        return symbol if self._program.handlers.get(symbol) else ""

    def _keep_alias(self, module: str, index: int, alias: str, reason: str) -> None:
        place = (module, index)
        self.chosen.statements.setdefault(place, reason)
        known = self.chosen.aliases.setdefault(place, set())
        if alias in known:
            return
        known.add(alias)
        for imported in self._program.modules[module].statements[index].imports:
            if imported.alias == alias:
                target, chain = self._program.follow(imported)
                self._load(imported.dotted or target, f"imported by {module}")
                if chain and target in self._program.modules and alias != "*":
                    self._name(
                        target, chain, reason, registered=True
                    )  # it must be there; who uses it says how much of it

    def _keep(self, module: str, index: int, reason: str) -> None:
        place = (module, index)
        if place not in self.chosen.statements:
            self.chosen.statements[place] = reason
            self.waiting.kept(place)
            self.waiting.soon(partial(self._kept, module, index))

    def _kept(self, module: str, index: int) -> None:
        owner = self._program.modules[module]
        statement = owner.statements[index]
        user = (
            f"used by {module}.{statement.names[0]}"
            if statement.names
            else f"used by {owner.path}:{statement.node.lineno}"
        )
        self._load(module, user.replace("used by", "holds"))
        if statement.kind == "import":
            for imported in statement.imports:
                self._keep_alias(module, index, imported.alias, user)
                if imported.alias == "*" and module in self._whole:
                    self._keep_all(imported.module, f"all of it is imported by {module}")
            return
        if isinstance(statement.node, ast.ClassDef):
            self._class(owner, statement, statement.node, user)
        else:
            self._references(owner, [statement.node], user, module)
        if statement.kind == "definition":
            self._renders(f"{module}.{statement.names[0]}")
            for accessor in self._accessors.get((module, index), ()):
                for name in accessor.names:
                    self.waiting.when_seen("mention", name, partial(self._keep, *accessor.place, f"reached as .{name}"))
                if accessor.falls:
                    why = f"its rows are deleted with those of {statement.names[0]}"
                    self.waiting.when_seen("deletes", "", partial(self._keep, *accessor.place, why))
        if "INSTALLED_APPS" in statement.names:
            for name in sorted(texts_in(statement.node)):
                self._app(name)
        if "FORMAT_MODULE_PATH" in statement.names:
            self._formats(statement.node)

    def _renders(self, symbol: str) -> None:
        foreign = [h for h, o in self._program.handlers.items() if o and h.startswith(symbol + ".")]
        for source, names in self._program.renders.items():
            inside = source == symbol or source.startswith(symbol + ".")
            if inside and not any(source == h or source.startswith(h + ".") for h in foreign):
                for name in names:
                    self._template(name, f"rendered by {source}")

    def _class(self, owner: Module, statement: Statement, node: ast.ClassDef, user: str) -> None:
        if not is_passive(self._program, owner.id, node):
            self._references(owner, [node], user, owner.id)
            return
        optional = [m for m in node.body if isinstance(m, DEFINITIONS[:2]) and not conventions.always_kept(m)]
        members = self.chosen.members.setdefault((owner.id, statement.index), {})
        self._references(owner, [node], user, owner.id, frozenset(id(m) for m in optional))
        for method in optional:
            self.waiting.when_seen("mention", method.name, partial(self._keep_member, owner, node, method, members))

    def _keep_member(
        self, owner: Module, node: ast.ClassDef, method: ast.FunctionDef | ast.AsyncFunctionDef, members: dict[str, str]
    ) -> None:
        members.setdefault(method.name, f"something kept mentions .{method.name}")
        scope = f"{owner.id}.{node.name}"
        self._references(owner, [method], f"used by {scope}.{method.name}", scope, inside=[node])

    # -- modules

    def _load(self, module: str, reason: str) -> None:
        if module in self.chosen.modules or module not in self._program.modules:
            return
        parent = module.rpartition(".")[0]
        if parent:
            self._load(parent, f"package of {module}")
        self.chosen.modules[module] = reason
        self.waiting.soon(partial(self._loaded, self._program.modules[module]))

    def _loaded(self, module: Module) -> None:
        if module.role == "migration":
            self._keep_all(module.id, "the schema's history is kept whole")
            return
        for effect in effects_of(self._program, module, self._served):
            action = partial(self._apply, module, effect)
            for word in effect.words:
                self.waiting.when_seen("word", word, action)
            if not effect.words:
                self.waiting.when_kept(effect.places, action)

    def _apply(self, module: Module, effect: Effect) -> None:
        if effect.action == "import":
            self._keep_alias(module.id, effect.index, effect.alias, effect.reason)
        elif effect.action == "stub":
            statement = module.statements[effect.index]
            self.chosen.stubs.setdefault(f"{module.id}.{statement.names[0]}", effect.owner)
            self._stub_needs(module, statement.node)
        else:
            self._keep(module.id, effect.index, effect.reason)

    def _stub_needs(self, module: Module, node: ast.AST) -> None:
        user = f"address of a stub in {module.id}"
        self._references(module, conventions.routing_decorators(node), user, module.id)

    def _keep_all(self, module: str, reason: str, *, definitions: bool = True) -> None:
        """Every statement; without ``definitions`` only what a reader of its attributes finds there: assignments."""
        owner = self._program.modules.get(module)
        if owner is None or module in self._whole:
            return
        if definitions:
            self._whole.add(module)
        self._load(module, reason)
        for statement in owner.statements:
            symbol = self._foreign(module, statement.index)
            if symbol and definitions:
                self.chosen.stubs.setdefault(symbol, self._program.handlers[symbol])
            elif symbol or (not definitions and statement.kind in ("definition", "import")):
                continue
            elif not conventions.is_main_block(statement.node) or module == "manage":
                self._keep(module, statement.index, reason)

    def _formats(self, node: ast.stmt) -> None:
        """Django adds a locale's name to what this setting names."""
        for name in sorted(texts_in(node)):
            for module in self._program.modules:
                if module.startswith(f"{name}."):
                    self._keep_all(module, "formats of a locale, which Django finds by its name")

    def _app(self, name: str) -> None:
        """What Django loads of an application by convention."""
        package = name
        while package and not (package in self._program.modules and self._program.modules[package].package):
            package = package.rpartition(".")[0]
        if not package:
            return
        self._load(package, "an installed application")
        if package == name:
            self._keep_all(f"{package}.apps", "configures an installed application")
        for module in self._program.modules:
            if module == f"{package}.models" or module.startswith(f"{package}.migrations"):
                self._load(module, f"Django loads it with the application {package}")

    # -- references and strings

    def _references(
        self, owner: Module, nodes: Sequence[ast.AST], user: str, scope: str,
        skip: frozenset[int] = frozenset(), inside: Iterable[ast.AST] = (),
    ) -> None:  # fmt: skip
        left = set(skip)
        for node in nodes:
            for nested, path in nested_definitions(node, scope):
                if nested is not node and self._program.handlers.get(path):
                    self.chosen.stubs.setdefault(path, self._program.handlers[path])
                    left.add(id(nested))
                    self._stub_needs(owner, nested)
        found = references_of(nodes, owner.id, owner.package, frozenset(left), inside)
        self.waiting.soon(partial(self._follow, owner, found, user))

    def _follow(self, owner: Module, found: References, user: str) -> None:
        if owner.role != "migration" and conventions.deletes(found):
            self.waiting.seen("deletes", ("",))
        for chain in sorted(found.names):
            self._name(owner.id, chain, user)
        for chain in sorted(found.registered):
            self._name(owner.id, chain, user, registered=True)
        for imported in sorted(found.loads, key=repr):
            target, chain = self._program.follow(imported)
            self._load(imported.module, user)
            self._load(imported.dotted or target, user)
            if chain and chain != ("*",) and target in self._program.modules:
                self._name(target, chain, user, registered=True)
        for imported, rest, registered in sorted(found.imported, key=repr):
            target, chain = self._program.follow(imported, rest)
            if target in self._program.modules:
                self._name(target, chain, user, registered=registered)
            else:
                self.waiting.seen("mention", rest)
        self.waiting.seen("mention", sorted(found.mentions))
        self.chosen.dynamic.update((owner.path, line, what) for line, what in found.dynamic)
        for text, taker in sorted(found.strings):
            self._string(owner, text, taker, user)

    def _string(self, owner: Module, text: str, taker: str, user: str) -> None:
        program, call = self._program, taker.partition(":")[0]
        if call in conventions.MODEL_CALLS:
            for name in sorted({text.rpartition(".")[2], text.strip("'\" ")}):
                self.demand(Demand("model", name, reason=f"{user}, which names it in a string"))
        if call in conventions.TABLE_CALLS:
            self.demand(Demand("table", text.rpartition(".")[0] or text, reason=f"{user}, which names its table"))
        for module, rest in named_modules(program, text, taker):
            if rest:
                self._name(module, rest, f"{user}, which names it in a string")
            else:
                self._keep_all(module, f"{user}, which names it in a string", definitions=False)
        if owner.role == "migration":
            return
        self._named(text, user)
        for one in program.migrations.get(f"{owner.path.rpartition('/')[0]}/{text}".lstrip("/"), ()):
            self._keep_all(one, "the schema's history is kept whole")

    # -- templates and files

    def _named(self, text: str, user: str) -> None:
        for name in named_templates(self._program, text):
            self._template(name, user)
        for path in named_files(self._program, text):
            self.chosen.files.setdefault(path, user)

    def _template(self, name: str, reason: str) -> None:
        if name in self._program.templates and name not in self.chosen.templates:
            self.chosen.templates[name] = reason
            self.waiting.soon(partial(self._read_template, name))

    def _read_template(self, name: str) -> None:
        program, user = self._program, f"used by the template {name}"
        for other in program.includes.get(name, ()):
            self._template(other, user)
        words, strings, libraries = template_words(program.read(program.templates[name]))
        self.waiting.seen("mention", sorted(words))
        self.waiting.seen("word", sorted(words))
        for text in sorted(strings):
            self._named(text, user)
        for module in program.modules:
            parent, _, last = module.rpartition(".")
            if last in libraries and parent.endswith("templatetags"):
                self._load(module, f"loaded by the template {name}")
                self._name(module, ("register",), user)
