"""One file's URL configuration in; a record of each pattern, include and list of patterns out (Django 1.x to 5.x)."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from agent.domain.facts import FileFacts, Wiring
from agent.frameworks.python_syntax import Enclosing, PythonSyntax, origin

__all__ = ["UrlPatterns"]

PATTERNS = frozenset({"path", "re_path", "url"})


class UrlPatterns:
    """Reads one file's patterns; entries know the entry and the list that they stand in."""

    def __init__(self, syntax: PythonSyntax, facts: FileFacts) -> None:
        self._syntax = syntax
        self._facts = facts
        self._found: list[Wiring] = []

    def _add(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._found.append(Wiring("django", kind, scope, line, args))

    def wirings(self) -> list[Wiring]:
        """All records of the file's URL configuration."""
        self._read()
        return self._found

    def _read(self) -> None:
        if not any(i.module.startswith(("django", "rest_framework")) or i.name == "*" for i in self._facts.imports):
            return
        named = [call for call in self._syntax.calls if self._is_pattern(call)]
        entries = named + self._tuples()
        if not entries and not self._syntax.assigned.get("urlpatterns"):
            return
        syntax = self._syntax
        holders = Enclosing([*syntax.assignments, *syntax.augmented, *syntax.returns, *self._appends()])
        stack: list[Node] = []
        for entry in sorted(entries, key=lambda n: n.start_byte):
            while stack and stack[-1].end_byte <= entry.start_byte:
                stack.pop()
            parent = str(stack[-1].start_byte) if stack else ""
            stack.append(entry)
            self._entry(entry, parent, self._container(holders.innermost(entry)))
        self._splices()
        names = self._syntax.assigned.get("app_name", ())
        if names and (text := self._syntax.string(names[-1].child_by_field_name("right"))):
            self._add("appname", "", self._syntax.line(names[-1]), text)

    def _is_pattern(self, call: Node) -> bool:
        callee = self._syntax.callee(call)
        if callee.rpartition(".")[2] not in PATTERNS:
            return False
        source = origin(self._facts, callee)
        if source.startswith("django"):
            return True
        return source == callee and "." not in callee and any(i.name == "*" for i in self._facts.imports)

    def _tuples(self) -> list[Node]:
        """Entries of Django 1.x: ``patterns("prefix", (r"^x$", "view"), ...)``."""
        found: list[Node] = []
        for call in self._syntax.calls:
            if self._syntax.callee(call) == "patterns":
                found.extend(n for n in self._syntax.arguments(call).positional[1:] if n.type == "tuple")
        return found

    def _appends(self) -> list[Node]:
        """``urlpatterns.append(path(...))``."""
        named = [(call, self._syntax.callee(call)) for call in self._syntax.calls]
        return [call for call, name in named if name.endswith((".append", ".extend", ".insert")) and "pattern" in name]

    def _container(self, holder: Node | None) -> str:
        if holder is None:
            return ""
        if holder.type == "call":
            return self._syntax.callee(holder).rpartition(".")[0]
        if holder.type == "return_statement":
            return self._syntax.scope(holder) + "()"
        return self._syntax.chain(holder.child_by_field_name("left"))

    def _entry(self, entry: Node, parent: str, container: str) -> None:
        scope, line = self._syntax.scope(entry), self._syntax.line(entry)
        if entry.type == "tuple":
            parts = [n for n in entry.named_children if n.type != "comment"]
            kind, pattern_node, target = "url", parts[0] if parts else None, parts[1] if len(parts) > 1 else None
            name_node: Node | None = parts[3] if len(parts) > 3 else None
        else:
            given = self._syntax.arguments(entry)
            kind = self._syntax.callee(entry).rpartition(".")[2]
            pattern_node, target = given.get(0, "route" if kind == "path" else "regex"), given.get(1, "view")
            name_node = given.keywords.get("name")
        pattern = self._translated(pattern_node)
        if pattern is None:
            self._add("unresolved", scope, line, "url pattern", self._syntax.text(entry)[:80])
            return
        what, value, namespace, extra = self._target(target)
        name = self._syntax.string(name_node) or ""
        self._add("url", scope, line, str(entry.start_byte), parent, container, kind, pattern, what, value, name,
                  namespace, extra)  # fmt: skip

    def _translated(self, node: Node | None) -> str | None:
        text = self._syntax.string(node)
        if text is None and node is not None and node.type == "call":
            given = self._syntax.arguments(node).positional  # _("orders/"): translated patterns
            text = self._syntax.string(given[0]) if given else None
        return text

    def _target(self, node: Node | None) -> tuple[str, str, str, str]:
        """(what, chain or module, namespace, ``as_view``'s actions or template) of a pattern's second argument."""
        for _ in range(6):
            if node is None:
                return "other", "", "", ""
            text = self._syntax.string(node) if node.type != "identifier" else None
            if text is not None:
                return "string", text, "", ""
            chain = self._syntax.chain(node)
            if node.type != "call":
                return ("object", chain, "", "") if "?" not in chain and "(" not in chain else ("other", "", "", "")
            callee = self._syntax.callee(node)
            if callee.rpartition(".")[2] == "include":
                return self._include(node)
            if callee.endswith(".as_view"):
                return "class", callee.removesuffix(".as_view"), "", self._as_view(node)
            given = self._syntax.arguments(node).positional
            # login_required(view)
            node = next((n for n in given if n.type in ("identifier", "attribute", "call")), None)
        return "other", "", "", ""

    def _as_view(self, call: Node) -> str:
        given = self._syntax.arguments(call)
        template = self._syntax.string(given.keywords.get("template_name"))
        if template:
            return "template:" + template
        actions = given.get(0, "actions")
        pairs = [(verb, self._syntax.string(value) or "") for verb, value in self._syntax.dictionary(actions)]
        return ",".join(f"{verb.upper()}:{action}" for verb, action in pairs)

    def _include(self, call: Node) -> tuple[str, str, str, str]:
        given = self._syntax.arguments(call)
        node = given.get(0, "arg")
        namespace = self._syntax.string(given.keywords.get("namespace")) or ""
        if node is not None and node.type == "tuple":
            parts = [n for n in node.named_children if n.type != "comment"]
            if not namespace and len(parts) > 1:
                namespace = self._syntax.string(parts[-1]) or ""
            node = parts[0] if parts else None
        if node is None:
            return "other", "", "", ""
        text = self._syntax.string(node) if node.type != "identifier" else None
        if text is not None:
            return "include", text, namespace, ""
        if node.type in ("list", "binary_operator"):
            return "inline", "", namespace, ""
        chain = self._syntax.chain(node)
        return "variable", chain, namespace, ""

    def _splices(self) -> None:
        """Lists that take in others: ``urlpatterns += router.urls``, ``[*api, path(...)]``, ``a + b``."""
        for node in (*self._syntax.assignments, *self._syntax.augmented):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or left.type != "identifier":
                continue
            name = self._syntax.text(left)
            if "pattern" not in name and "urls" not in name:
                continue
            for part in self._parts(right):
                chain = self._syntax.chain(part)
                if "?" not in chain and "(" not in chain and chain != name:
                    self._add("splice", self._syntax.scope(node), self._syntax.line(node), name, chain)

    def _parts(self, node: Node) -> Iterable[Node]:
        stack, seen = [node], 0
        while stack and seen < 500:
            seen += 1
            current = stack.pop()
            if current.type in ("identifier", "attribute"):
                yield current
            elif current.type in ("binary_operator", "list", "list_splat", "parenthesized_expression"):
                stack.extend(n for n in current.named_children if n.type not in ("call", "string", "comment"))
            elif current.type == "call":
                stack.extend(n for n in self._syntax.arguments(current).positional if n.type in ("identifier", "list"))
                given = current.child_by_field_name("arguments")
                stack.extend(n for n in (given.named_children if given else ()) if n.type == "list_splat")
