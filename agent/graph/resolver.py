"""Names to symbols: takes the facts of all files, answers what a name means at a place (the `Project` port).

Resolution follows the chain notation of `agent.domain.facts` link by link: the first link is looked up through scopes,
imports and packages, every further one among the members of what the link before it denotes. A value is a symbol, an
instance of a type, something external, or nothing with a reason. Guesses are labelled: a convention or a unique name
gives `inferred`, several candidates stay `ambiguous`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from agent.domain.facts import FileFacts
from agent.graph.catalogue import TYPES, Reads
from agent.graph.denotations import BOUND, COMMON_MEMBERS, NO_TYPE, SEVERAL, UNKNOWN, Chain, Resolution, Value
from agent.graph.members import MAX_DEPTH, Members

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["Resolution", "Resolver", "Value"]

MAX_CANDIDATES = 5


class Resolver(Members):
    """All facts of a repository with names resolved; immutable once made, with caches inside.

    `begin` starts afresh with empty caches: what is answered from there on does not depend on what was asked before,
    and `reads` holds all that it was taken from.
    """

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        languages: Mapping[str, Language],
        exists: frozenset[str],
        texts: Mapping[str, str],
    ) -> None:
        super().__init__(facts, languages, exists, texts)
        self._globals: dict[tuple[str, str], Value] = {}
        self._first: dict[tuple[str, str, str], Value] = {}
        self._answers: dict[tuple[str, str, str], Resolution] = {}
        self._specials: dict[str, tuple[Language, frozenset[str]]] = {}
        self._home = ""
        for name, language in languages.items():
            for path in self.files(name)[:1]:
                language.implicit_names(path, self)  # an index over all files is made now, not in one file's name

    def begin(self, home: str = "") -> Reads:
        """Forget what was found so far; answers the record of what is read from now on, for the file ``home``."""
        self._home = home
        for cache in (
            self._cache, self._globals, self._first, self._answers, self._direct, self._bases, self._lineages,
            self._inherited_members,
        ):  # fmt: skip
            cache.clear()
        self.reads = Reads()
        return self.reads

    def shared(self) -> object:
        """What any answer may depend on, with the frameworks' attributes."""
        return (super().shared(), sorted((*key, target) for key, target in self._related.items()))

    def relate(self, members: Iterable[tuple[str, str, str]]) -> None:
        """Attributes that only a framework knows: (type, attribute, type of the value), such as an ORM's back references."""
        self._related.update(((owner, name), target) for owner, name, target in members)
        for cache in (self._cache, self._globals, self._first, self._answers, self._inherited_members):
            cache.clear()

    # ---------------------------------------------------------------- whole names

    def resolve(self, path: str, scope: str, name: str) -> Resolution:
        """What ``name`` means in ``scope`` of the file. The answer is never a guess without its label."""
        key = (path, scope, name)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._resolve(path, scope, name)
        return answer

    def _resolve(self, path: str, scope: str, name: str) -> Resolution:
        chain = self._chain(name)
        if chain.links[0].startswith("?"):
            return self._by_member_name(path, chain.bare[-1], NO_TYPE, ())
        after = chain.after
        start = self._type_prefix(path, chain)
        if start:
            consumed = start[1]
            value = self._apply(Value("symbol", start[0]), chain.operations[consumed - 1], 0)
            passed = [(start[0], "symbol", after[consumed - 1])]
        else:
            consumed = 1
            first = self._look_up_first(path, scope, chain.bare[0])
            value = self._apply(first, chain.operations[0], 0)
            passed = []
            if first.kind in ("symbol", "instance"):
                passed.append((first.target, first.kind, after[0]))
            if value.kind == "instance" and (value.target != first.target or first.kind != "instance"):
                passed.append((value.target, "instance", after[0]))
        for position in range(consumed, len(chain.links)):
            found = self._member(value, chain.bare[position], 0)
            if found.kind == "nothing":
                last = position == len(chain.links) - 1 and value.kind != "nothing"
                if last and found.reason in BOUND:
                    value = found
                    break
                why = value if value.kind == "nothing" and value.reason in BOUND else found
                return self._by_member_name(path, chain.bare[-1], why, tuple(passed))
            if found.kind == "symbol":
                passed.append((found.target, "symbol", after[position]))
            value = self._apply(found, chain.operations[position], 0)
            if value.kind == "instance":
                passed.append((value.target, "instance", after[position]))
        return _answer(name, value, tuple(passed))

    def _look_up_first(self, path: str, scope: str, name: str) -> Value:
        key = (path, scope, name)
        value = self._first.get(key)
        if value is None:
            value = self._first[key] = self._lookup(path, scope, name, 0)
        return value

    def _type_prefix(self, path: str, chain: Chain) -> tuple[str, int] | None:
        """A fully qualified type name written inline: ``org.shop.Order.create()``."""
        links = chain.links
        if len(links) < 2 or not links[0].islower() or self._facts[path].language not in ("java", "jsp"):
            return None
        for end in range(len(links), 1, -1):
            candidate = ".".join([*links[: end - 1], chain.bare[end - 1]])
            if self.is_type(candidate):
                return candidate, end
        return None

    def _by_member_name(
        self, path: str, name: str, why: Value, through: tuple[tuple[str, str, str], ...]
    ) -> Resolution:
        """A call on a receiver of unknown type: candidates by the member's name, within the language."""
        language = self._facts[path].language
        if why.reason in BOUND and name not in COMMON_MEMBERS and not name.startswith("__"):
            candidates = [
                c for c in self.members_named(name) if self._facts[self._definitions[c][0]].language == language
            ]
            if len(candidates) == 1:
                return Resolution(candidates[0], "inferred", reason="only member of that name", through=through)
            if 1 < len(candidates) <= MAX_CANDIDATES:
                return Resolution("", "ambiguous", tuple(sorted(candidates)), why.reason, through=through)
        return Resolution("", "unresolved", reason=why.reason, through=through)

    # ---------------------------------------------------------------- the first link

    def _lookup(self, path: str, scope: str, name: str, depth: int) -> Value:
        """The first link of a chain, by the language's scoping."""
        reads = self.reads
        reads.paths.add(path)
        language, special = self._scoping(path)
        if name in special:
            value = self._special(path, scope, name, language)
            if value is not None:
                return value
        scopes = self._scopes[path]
        local_imports = self.namespace(path).local
        implicit_receiver = language.implicit_receiver
        bound_here = name in self._own_names(path)
        foreign = path != self._home
        place = scope
        while place:
            definition = scopes.get(place)
            in_type = definition is not None and definition.kind in TYPES
            if foreign and not in_type:
                reads.inside.add((path, place))
            if not in_type or implicit_receiver or place == scope:
                if bound_here:
                    value = self._bound_value(path, place, name, depth)
                    if value is not None:
                        return value
                    if f"{place}.{name}" in scopes:
                        return Value("symbol", self.symbol_at(path, f"{place}.{name}"))
                if local_imports and (place, name) in local_imports:
                    return self._imported(local_imports[place, name], depth)
            if in_type and implicit_receiver:
                value = self._member(Value("instance", self.symbol_at(path, place)), name, depth)
                if value.kind not in ("nothing", "external"):
                    return value
                if language.receiver_names and place.rpartition(".")[2] == name:
                    return Value("symbol", self.symbol_at(path, place))
            place = place.rpartition(".")[0]
        value = self._global(path, name, depth, language)
        if value.kind == "nothing" and implicit_receiver and self._has_external_base(path, scope):
            return Value("external", "external:inherited", "inferred")
        return value

    def _special(self, path: str, scope: str, name: str, language: Language) -> Value | None:
        """``self``, ``this`` and ``super``, where they are what the language calls them."""
        if name in language.receiver_names:
            owner = self._enclosing_type(path, scope)
            if owner and (("", name) not in self._bound[path]):
                return Value("symbol" if name == "cls" else "instance", self.symbol_at(path, owner))
        if name in language.super_names or name + "()" in language.super_names:
            owner = self._enclosing_type(path, scope)
            return Value("super", self.symbol_at(path, owner)) if owner else UNKNOWN
        return None

    def _scoping(self, path: str) -> tuple[Language, frozenset[str]]:
        """A file's language and the names that mean something special in it."""
        name = self._facts[path].language
        known = self._specials.get(name)
        if known is None:
            language = self._languages[name]
            words = {word.removesuffix("()") for word in language.super_names} | language.super_names
            known = self._specials[name] = (language, frozenset(words | language.receiver_names))
        return known

    def _has_external_base(self, path: str, scope: str) -> bool:
        """Whether a type around the scope has a base outside the repository, which may have any member."""
        place = self._enclosing_type(path, scope)
        while place:
            if any(base.startswith("external:") for base in self.ancestors(self.symbol_at(path, place))):
                return True
            place = self._enclosing_type(path, place.rpartition(".")[0])
        return False

    def _global(self, path: str, name: str, depth: int, language: Language) -> Value:
        """Module level: definitions, imports, assigned names, the package, star imports, built-ins.

        Remembered, and guarded against names that are imported in a circle, so that the work is linear in names.
        """
        key = (path, name)
        value = self._globals.get(key)
        if value is not None:
            return value
        self.reads.paths.add(path)
        self._globals[key] = UNKNOWN  # what a circle of imports finds here
        value = self._own_global(path, name, depth, language)
        if value is None:
            value = self._starred(path, name, depth, language)
        self._globals[key] = value
        return value

    def _own_global(self, path: str, name: str, depth: int, language: Language) -> Value | None:
        """What the module itself binds; None when it does not bind the name."""
        if name in self._scopes[path]:
            return Value("symbol", self.symbol_at(path, name))
        names = self.namespace(path).names
        if name in names:
            return self._imported(names[name], depth)
        value = self._bound_value(path, "", name, depth)
        if value is not None:
            return value
        implicit = language.implicit_names(path, self)
        return Value("symbol", implicit[name]) if name in implicit else None

    def _starred(self, path: str, name: str, depth: int, language: Language) -> Value:
        """The name by star imports, nearest module first; then built-ins; then a star import of a library, a guess."""
        sources, open_star = self.star_closure(path)
        for source in sources if depth <= MAX_DEPTH else ():
            value = self._own_global(source, name, depth + 1, language)
            if value is not None and (value.kind != "nothing" or value.reason in BOUND):
                return value
        if name in language.builtins:
            return Value("external", f"external:{name}")
        return Value("external", "external:*", "inferred") if open_star else UNKNOWN

    def _imported(self, target: str, depth: int) -> Value:
        """An import's target, followed through re-exports (``module:name``)."""
        if target.startswith("external:"):
            return Value("external", target)
        if target.startswith("inferred:"):
            return Value("symbol", target.removeprefix("inferred:"), "inferred")
        if target.startswith("ambiguous:"):
            return Value("nothing", target.removeprefix("ambiguous:"), reason=SEVERAL)
        module, separator, name = target.partition(":")
        if not separator:
            if self.definition(target) is None and self.path_of_module(target) is None:
                return self._variable(target, depth)
            return Value("symbol", target)
        path = self.path_of_module(module)
        if path is None or depth > MAX_DEPTH:
            return UNKNOWN
        return self._global(path, name, depth + 1, self._languages[self._facts[path].language])

    def _variable(self, target: str, depth: int) -> Value:
        """A module's variable (``shop.db.session``): what was assigned to it."""
        module, _, name = target.replace("#", ".#").rpartition(".")
        if self.is_type(module) and depth <= MAX_DEPTH:
            return self._member(Value("symbol", module), name, depth + 1)  # import static Type.MEMBER
        path = self.path_of_module(module)
        if path is None or depth > MAX_DEPTH:
            return UNKNOWN
        value = self._bound_value(path, "", name.lstrip("#"), depth + 1)
        return value if value is not None else UNKNOWN

    def _module_member(self, module: str, name: str, depth: int) -> Value:
        source = self.path_of_module(module)
        if source is not None and depth <= MAX_DEPTH:
            value = self._global(source, name, depth + 1, self._languages[self._facts[source].language])
            bound = value.kind != "nothing" or value.reason in BOUND
            if bound and not (value.kind == "external" and value.target == f"external:{name}"):
                return value
        if self.path_of_module(f"{module}.{name}") is not None:
            return Value("symbol", f"{module}.{name}")
        return Value("nothing", reason="module has no such name")


def _answer(name: str, value: Value, through: tuple[tuple[str, str, str], ...]) -> Resolution:
    if value.kind == "symbol":
        return Resolution(value.target, value.resolution, value=value, through=through)
    if value.kind == "instance":
        return Resolution(value.target, value.resolution, reason="instance", value=value, through=through)
    if value.kind in ("external", "super", "getter"):
        return Resolution(value.target, "external", value=value, through=through)
    if value.reason == SEVERAL:
        return Resolution("", "ambiguous", tuple(value.target.split("|")), SEVERAL, through=through)
    if value.reason in BOUND and not name.endswith(("()", "[]")):
        # A variable that is known to exist, whatever it holds; only calling it leads nowhere.
        return Resolution("", "exact", reason="variable", value=value, through=through)
    return Resolution("", "unresolved", reason=value.reason, value=value, through=through)
