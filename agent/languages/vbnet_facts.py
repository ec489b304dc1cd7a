"""One Visual Basic file in, its `FileFacts` out: imports, types, members, variables' types, calls.

A call on a value is a key that starts with the value's type as far as this file tells it: ``:Order->Total`` for a
variable declared as Order, ``Total in Order`` for a bare name in the class Order, ``me->Total in Order`` for Me.
Names compare without regard to case, so keys are looked up in lower case.
"""

from __future__ import annotations

import re

from agent.domain.facts import Definition, FileFacts, Import
from agent.languages.captures import Collected, Scope, sentence
from agent.languages.vbnet_lines import Statement, statements_of

__all__ = ["PRIMITIVES", "read_visual_basic"]

MAX_BYTES = 2_000_000
MAX_NESTING = 40
ATTRIBUTE = re.compile(r"<[^<>]{0,400}>[ \t]*")
MODIFIERS = re.compile(
    r"(?:(?:Public|Private|Protected|Friend|Shared|Static|Shadows|Overridable|NotOverridable|MustOverride|Overrides|"
    r"Overloads|MustInherit|NotInheritable|Partial|ReadOnly|WriteOnly|Default|Async|Iterator|Custom|Global|Narrowing|"
    r"Widening|Const|Dim|WithEvents)[ \t]+)+",
    re.IGNORECASE,
)
TYPE = re.compile(r"(Class|Module|Structure|Interface|Enum|Type)[ \t]+\[?(\w+)\]?", re.IGNORECASE)
MEMBER = re.compile(
    r"(Sub|Function|Operator|Property)[ \t]+(?:(?:Get|Let|Set)[ \t]+)?\[?([\w=<>+\-*/&^]+)\]?", re.IGNORECASE
)
EXTERNAL = re.compile(r"(?:Declare|Delegate|Event)\b", re.IGNORECASE)
END = re.compile(
    r"End[ \t]+(Class|Module|Structure|Interface|Enum|Type|Namespace|Sub|Function|Operator|Property|Get|Set|Event)\b",
    re.IGNORECASE,
)
ACCESSOR = re.compile(r"(?:(?:Private|Friend|Protected|Public)[ \t]+)*(Get|Set)(?:[ \t]*\(|[ \t]*\Z)", re.IGNORECASE)
NAMED = r"[A-Za-z_]\w{0,100}"
PATH = rf"{NAMED}(?:\.{NAMED}){{0,12}}"
DECLARED = re.compile(rf"\[?({NAMED})\]?[?]?(?:\([^()]*\))?[ \t]+As[ \t]+(?:New[ \t]+)?({PATH})", re.IGNORECASE)
CREATED = re.compile(rf"\[?({NAMED})\]?[ \t]*=[ \t]*New[ \t]+({PATH})", re.IGNORECASE)
LOCAL = re.compile(rf"(?:Dim|Static|Const|For[ \t]+Each|For|Using)[ \t]+\[?({NAMED})\]?", re.IGNORECASE)
RETURNS = re.compile(rf"\)[ \t]*As[ \t]+(?:<[^<>]*>)?({PATH})[ \t]*(?:\Z|\(|Handles|Implements|=)", re.IGNORECASE)
PLAIN_RETURNS = re.compile(rf"{NAMED}[ \t]+As[ \t]+(?:New[ \t]+)?({PATH})", re.IGNORECASE)
CHAIN = re.compile(rf"(?<![\w.\])!]){NAMED}(?:(?:\(\))?[.!]{NAMED}){{0,12}}(?=[ \t]*\()")
BARE_CALL = re.compile(rf"(?:Call[ \t]+)?({NAMED}(?:[.!]{NAMED}){{0,12}})(?:[ \t]+[^=\s.:(]|[ \t]*\Z)", re.IGNORECASE)
CREATION = re.compile(rf"\bNew[ \t]+({PATH})", re.IGNORECASE)
TYPE_USE = re.compile(rf"\b(?:As|Of|TypeOf[ \t]+[\w.]{{1,80}}[ \t]+Is)[ \t]+(?:New[ \t]+)?({PATH})", re.IGNORECASE)
CAST = re.compile(
    rf"\b(?:CType|DirectCast|TryCast)[ \t]*\([^()]*(?:\([^()]*\)[^()]*)*,[ \t]*({PATH})[ \t]*\)|\bGetType[ \t]*\([ \t]*({PATH})",
    re.IGNORECASE,
)
ADDRESS = re.compile(rf"\bAddressOf[ \t]+({PATH})", re.IGNORECASE)
IMPORT = re.compile(rf"(?:({NAMED})[ \t]*=[ \t]*)?(?:Global\.)?({PATH})", re.IGNORECASE)
VB_NAME = re.compile(r"(?i)Attribute[ \t]+VB_Name[ \t]*=[ \t]*\"([^\"\n]{1,80})\"")
DECISION = re.compile(r"\b(?:If|ElseIf|For|While|Until|Case|Catch|AndAlso|OrElse)\b", re.IGNORECASE)
PRIMITIVES = frozenset(
    "boolean byte sbyte char date decimal double integer int16 int32 int64 long object short single string uinteger "
    "ulong ushort variant currency any".split()
)
KEYWORDS = frozenset(
    "addhandler addressof and andalso as byref byval call case catch cbool cbyte cchar cdate cdbl cdec cint class clng "
    "cobj const continue csbyte cshort csng cstr ctype cuint culng cushort declare dim directcast do each else elseif end "
    "enum erase error event exit false finally for friend from function get gettype global gosub goto handles if iif "
    "implements imports in inherits interface is isnot let lib like loop lset me mod module mustinherit mybase myclass "
    "namespace nameof new next not nothing of on open option optional or orelse overrides paramarray private property "
    "protected public raiseevent redim rem removehandler resume return rset select set shared static step stop string "
    "structure sub synclock then throw to true try trycast typeof until using wend when where while with xor yield close "
    "print input line put seek debug assert write width name kill lock unlock await async preserve date strict explicit".split()
)


def read_visual_basic(path: str, source: bytes, language: str) -> FileFacts:
    """The facts of one file."""
    if len(source) > MAX_BYTES:
        return FileFacts(language, failure=f"larger than {MAX_BYTES:,} bytes")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileFacts(language, failure="UTF-16, not UTF-8 text")
    text = source.decode("utf-8-sig", "replace").replace("\0", " ")
    reader = _Reader(language, source)
    if language != "vb.net":
        text = reader.open_file(path, text)
    for statement in statements_of(text):
        reader.statement(statement)
    reader.finish(text.count("\n") + 1)
    return reader.facts(reader.package)


class _Reader(Collected):
    """One file, statement by statement; a stack of namespaces, types and members."""

    def __init__(self, language: str, source: bytes) -> None:
        super().__init__(language, source)
        self.package = ""
        self.namespaces: list[str] = []
        self.property: tuple[str, Statement] | None = None
        self.begun: dict[int, tuple[Statement, tuple[str, ...], str, str]] = {}
        self.receiver = ""  # of With ... End With
        self.fields: set[str] = set()

    # ---- structure ------------------------------------------------------------------------------------------------

    def open_file(self, path: str, text: str) -> str:
        """Visual Basic 6: the file is a class, a form or a standard module; what precedes its attributes is layout."""
        found = VB_NAME.search(text)
        name = found[1] if found is not None else path.rpartition("/")[2].partition(".")[0]
        name = re.sub(r"\W", "_", name) or "_"
        cut = found.start() if found is not None else 0
        marks = ("module",) if path.lower().endswith(".bas") else ()
        self.push(name, "class", Statement("", 1, 1, ""), marks)
        return re.sub(r"[^\n]", " ", text[:cut]) + re.sub(r"(?m)^Attribute [^\n]*$", "", text[cut:])

    def push(self, name: str, kind: str, statement: Statement, marks: tuple[str, ...] = (), returns: str = "") -> None:
        outer = self.scope
        full = f"{outer.name}.{name}" if outer.name and len(self.scopes) < MAX_NESTING else name
        self.scopes.append(Scope(full, "function" if kind == "function" else "type", 0))
        self.begun[len(self.scopes)] = (statement, marks, kind, returns)

    def pop(self, line: int) -> None:
        statement, marks, kind, returns = self.begun.pop(len(self.scopes))
        scope = self.scopes.pop()
        doc = sentence([re.sub(r"<[^<>]{0,200}>", " ", part) for part in statement.comment.splitlines()])
        self.definitions.append(
            Definition(
                scope.name,
                kind,
                statement.line,
                line,
                doc,
                returns,
                marks,
                scope.complexity if kind == "function" else 1,
            )
        )

    def finish(self, line: int) -> None:
        while len(self.scopes) > 1:
            self.pop(line)

    @property
    def owner(self) -> str:
        return next((scope.name for scope in reversed(self.scopes) if scope.kind == "type"), "")

    def statement(self, statement: Statement) -> None:
        text = statement.text
        while text.startswith("<") and (found := ATTRIBUTE.match(text)) is not None:
            self.attribute(found[0], statement)
            text = text[found.end() :]
        ending = END.match(text)
        if ending is not None:
            self.end(ending[1].lower(), statement)
            return
        modifiers = MODIFIERS.match(text)
        bare = text[modifiers.end() :] if modifiers is not None else text
        if self.property is not None:
            name, begun = self.property
            self.property = None
            if ACCESSOR.match(text):
                self.push(name, "function", begun, ("property",), self.returned(begun.text))
                self.parameters(begun.text)
                return
        lower = bare.lower()
        if lower.startswith("namespace "):
            self.namespaces.append(lower and bare[10:].strip().removeprefix("Global."))
        elif lower.startswith("imports "):
            self.on_imports(bare[8:], statement)
        elif lower.startswith(("inherits ", "implements ")) and self.scope.kind == "type":
            self.on_bases(bare.partition(" ")[2], statement)
        elif EXTERNAL.match(bare):
            self.on_external(bare, statement)
        elif (found := TYPE.match(bare)) is not None and self.scope.kind != "function":
            self.on_type(found, statement)
        elif (found := MEMBER.match(bare)) is not None and self.scope.kind == "type":
            self.on_member(found, bare, modifiers[0] if modifiers is not None else "", statement)
        elif self.scope.kind == "type":
            self.on_field(bare, statement, modifiers is not None)
        else:
            self.on_code(text, statement)

    def end(self, what: str, statement: Statement) -> None:
        self.property = None
        if what == "namespace":
            if self.namespaces:
                self.namespaces.pop()
        elif what in ("sub", "function", "operator", "property"):
            if self.scope.kind == "function":
                self.receiver = ""
                self.pop(statement.last)
        elif what in ("class", "module", "structure", "interface", "enum", "type") and len(self.scopes) > 1:
            if self.scope.kind == "function":
                self.pop(statement.line)  # an End Sub that is missing
            if len(self.scopes) > 1 and (self.language == "vb.net" or len(self.scopes) > 2):
                self.pop(statement.last)

    def on_type(self, found: re.Match[str], statement: Statement) -> None:
        word = found[1].lower()
        if word == "type" and self.language == "vb.net":
            return
        if not self.package:
            self.package = ".".join(self.namespaces)
        kind = word if word in ("interface", "enum") else "class"
        marks = () if word in ("class", "interface", "enum") else (word,)
        self.push(found[2], kind, statement, marks)
        if self.namespaces and ".".join(self.namespaces) != self.package:
            self.wire("namespace", statement.line, ".".join(self.namespaces), scope=self.scope.name)

    def on_member(self, found: re.Match[str], bare: str, modifiers: str, statement: Statement) -> None:
        word, name = found[1].lower(), found[2]
        if not name[0].isalpha() and name[0] != "_":
            name = "operator"
        elif name.lower() == "new":
            name = "New"
        statement = statement._replace(text=bare)
        inside_interface = self.begun[len(self.scopes)][2] == "interface"
        if word == "property" and self.language == "vb.net":
            self.property = None if inside_interface else (name, statement)
            returns = self.returned(bare)
            if returns:
                self.refer_type(returns, statement.line)
            self.wire("field", statement.line, returns, scope=f"{self.owner}.{name}")
            return
        self.push(name, "function", statement, ("property",) if word == "property" else (), self.returned(bare))
        self.parameters(bare)
        if "mustoverride" in modifiers.lower() or inside_interface:
            self.pop(statement.last)

    def returned(self, text: str) -> str:
        ends = list(RETURNS.finditer(text))
        found = ends[-1] if ends else None if "(" in text else PLAIN_RETURNS.search(text)
        return found[1].replace(".", "::") if found is not None and found[1].lower() not in PRIMITIVES else ""

    def parameters(self, text: str) -> None:
        at = self.scope.name
        for found in DECLARED.finditer(text):
            self.scope.variables[found[1].lower()] = f":{found[2].replace('.', '::')}"
        for found in TYPE_USE.finditer(text):
            self.refer_type(found[1], self.begun[len(self.scopes)][0].line, at)

    def on_external(self, bare: str, statement: Statement) -> None:
        """What has no body: API declarations, delegates, events."""
        name = re.search(rf"(?:Sub|Function|Event)[ \t]+({NAMED})", bare, re.IGNORECASE)
        if name is not None and self.owner:
            self.wire("outside", statement.line, scope=f"{self.owner}.{name[1]}")
        for found in TYPE_USE.finditer(bare):
            self.refer_type(found[1], statement.line)

    def attribute(self, text: str, statement: Statement) -> None:
        found = re.match(rf"<({PATH})", text)
        if found is not None and len(self.scopes) > 1:
            self.refer_type(found[1], statement.line)

    def on_imports(self, text: str, statement: Statement) -> None:
        for part in text.split(","):
            found = IMPORT.match(part.strip())
            if found is not None:
                self.imports.append(Import(found[2], "*" if not found[1] else "", found[1] or "", statement.line))

    def on_bases(self, text: str, statement: Statement) -> None:
        plain = re.sub(r"\([^()]*\)", "", text)
        for part in plain.split(","):
            found = re.match(PATH, part.strip())
            if found is not None and self.owner:
                name = found[0].replace(".", "::")
                self.wire("base", statement.line, name, scope=self.owner)
                self.refer(name, "inherit", statement.line, self.owner)

    # ---- variables ------------------------------------------------------------------------------------------------

    def on_field(self, bare: str, statement: Statement, declared: bool) -> None:
        """A field; an enumeration's member has no type."""
        for found in (*DECLARED.finditer(bare), *CREATED.finditer(bare)):
            self.fields.add(found[1].lower())
            self.wire("field", statement.line, found[2].replace(".", "::"), scope=f"{self.owner}.{found[1]}")
        first = re.match(rf"\[?({NAMED})", bare) if declared else None
        if first is not None:
            self.fields.add(first[1].lower())
            self.wire("field", statement.line, "", scope=f"{self.owner}.{first[1]}")
        self.uses(bare, statement)

    def on_code(self, text: str, statement: Statement) -> None:
        lower = text.lower()
        if lower.startswith("with "):
            self.receiver = self.head(text[5:].strip().rstrip("()"))
            text = text[5:]
        elif lower.startswith("end with"):
            self.receiver = ""
            return
        local = LOCAL.match(text)
        if local is not None and self.scope.kind == "function":
            self.scope.variables.setdefault(local[1].lower(), "~")
        for found in (*DECLARED.finditer(text), *CREATED.finditer(text)):
            if self.scope.kind == "function" and found[1].lower() not in self.fields:
                self.scope.variables[found[1].lower()] = f":{found[2].replace('.', '::')}"
        self.scope.complexity += len(DECISION.findall(text))
        self.uses(text, statement)
        called = BARE_CALL.match(text)
        if called is not None and local is None:
            self.call(called[1], statement.line)
        after = re.match(
            rf"(?:If\b.*\bThen|Else)[ \t]+({NAMED}(?:[.!]{NAMED}){{0,12}})[ \t]*(?:[^=\s.:(]|\Z)", text, re.IGNORECASE
        )
        if after is not None:
            self.call(after[1], statement.line)

    # ---- uses -----------------------------------------------------------------------------------------------------

    def refer_type(self, name: str, line: int, scope: str | None = None) -> None:
        if name.lower() not in PRIMITIVES and name.lower() not in KEYWORDS:
            self.refer(name.replace(".", "::"), "type", line, scope)

    def uses(self, text: str, statement: Statement) -> None:
        line = statement.line
        if not self.owner:
            return
        for found in CREATION.finditer(text):
            if found[1].lower() not in PRIMITIVES and found[1].lower() != "with":
                self.refer(found[1].replace(".", "::"), "call", line)
        for found in TYPE_USE.finditer(text):
            if not re.match(r"(?i)As[ \t]+New\b", found[0]):
                self.refer_type(found[1], line)
        for found in CAST.finditer(text):
            self.refer_type(found[1] or found[2], line)
        for found in ADDRESS.finditer(text):
            self.call(found[1], line, "use")
        created = {m.start(1) for m in CREATION.finditer(text)} | {m.start(1) for m in TYPE_USE.finditer(text)}
        for found in CHAIN.finditer(text):
            if found.start() not in created:
                self.call(found[0].replace("()", ""), line)
        if self.receiver:
            for found in re.finditer(
                rf"(?<![\w)\]]){re.escape('.')}({NAMED})(?=[ \t]*\()|\A\.({NAMED})[ \t]*(?=\Z|[^=\s])", text
            ):
                self.refer_in(f"{self.receiver}->{found[1] or found[2]}", "call", line)

    def head(self, path: str) -> str:
        """The start of a chain: a local variable's type stands for it."""
        links = re.split(r"[.!]", path)
        known = self.scope.variables.get(links[0].lower())
        if known is not None:
            return "->".join([known, *links[1:]])
        return "->".join(links)

    def refer_in(self, name: str, kind: str, line: int) -> None:
        owner = self.owner.replace(".", "::")
        self.refer(f"{name} in {owner}" if owner else name, kind, line)

    def call(self, path: str, line: int, kind: str = "call") -> None:
        links = re.split(r"[.!]", path)
        first = links[0].lower()
        if len(links) == 1:
            if first in KEYWORDS or first in self.scope.variables or first in self.fields:
                return
            self.refer_in(links[0], kind, line)
        elif first not in KEYWORDS or first in ("me", "mybase", "myclass"):
            self.refer_in(self.head(path), kind, line)
