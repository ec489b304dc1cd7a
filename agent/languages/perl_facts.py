"""One Perl file in, its `FileFacts` out: packages, subs, what it uses and requires, inheritance, calls.

A package is one link of a scope (``Shop::Order.total``). Keys say where they are looked up: ``total in Shop::Order`` is a
function call, ``Shop::Line->price`` a method of a class, ``self->total in Shop::Order`` one of the own class,
``~->price`` one of something unknown.
"""

from __future__ import annotations

import re

from agent.domain.facts import Definition, FileFacts, Import
from agent.languages.captures import Collected, Scope, sentence
from agent.languages.perl_tokens import Token, tokens_of

__all__ = ["BUILTINS", "read_perl"]

MAX_BYTES = 2_000_000
BUILTINS = frozenset(
    "abs accept alarm atan2 bind binmode bless caller chdir chmod chomp chop chown chr chroot close closedir connect cos "
    "crypt dbmclose dbmopen defined delete die do dump each eof eval exec exists exit exp fc fcntl fileno flock fork "
    "format formline getc getppid getpriority glob gmtime goto grep hex import index int ioctl join keys kill last lc "
    "lcfirst length link listen local localtime log lstat map mkdir my next no oct open opendir ord our pack pipe pop pos "
    "print printf prototype push quotemeta rand read readdir readline readlink readpipe recv redo ref rename require "
    "reset return reverse rewinddir rindex rmdir say scalar seek seekdir select shift shutdown sin sleep socket sort "
    "splice split sprintf sqrt srand stat state study sub substr symlink syscall sysopen sysread sysseek system syswrite "
    "tell telldir tie tied time times truncate uc ucfirst umask undef unlink unpack unshift untie use utime values vec "
    "wait waitpid wantarray warn write if elsif else unless while until for foreach and or not xor eq ne lt gt le ge cmp "
    "x package BEGIN END INIT CHECK UNITCHECK DESTROY __PACKAGE__ __FILE__ __LINE__ __SUB__ STDIN STDOUT STDERR ARGV ENV "
    "given when default continue qw try catch finally defer isa async await".split()
)
PRAGMAS = re.compile(r"[a-z]|v?\d")
PARENTS = frozenset(("parent", "base"))
DECISIONS = frozenset("if elsif unless while until for foreach and or && || ? when".split())
PACKAGE = re.compile(r"[A-Za-z_]\w*(?:::\w+)*\Z")
MAX_DEPTH = 2000


def read_perl(source: bytes) -> FileFacts:
    """The facts of one file."""
    if len(source) > MAX_BYTES:
        return FileFacts("perl", failure=f"larger than {MAX_BYTES:,} bytes")
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileFacts("perl", failure="UTF-16, not UTF-8 text")
    tokens, comments, missing = tokens_of(source.decode("utf-8", "replace"))
    reader = _Reader(source, tokens, comments)
    reader.run()
    return reader.facts(errors=tuple(sorted(set(missing))))


class _Reader(Collected):
    """Walks the tokens of one file; braces close subs and packages."""

    def __init__(self, source: bytes, tokens: list[Token], comments: dict[int, str]) -> None:
        super().__init__("perl", source)
        self.tokens = tokens
        self.comments = comments
        self.package = ""
        self.started: dict[str, tuple[int, int]] = {}  # package -> (first line, last line)
        self.depth = 0
        self.blocks: list[tuple[int, str, str, int]] = []  # (depth, sub or package, name around, line)
        self.words: list[tuple[str, str, str, int]] = []
        self.imported: set[str] = set()

    def token(self, index: int) -> Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else Token("end", "", 0, 0)

    def key(self, name: str) -> str:
        return f"{name} in {self.package}" if self.package else name

    def run(self) -> None:
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.text == "{" and token.kind == "other":
                self.depth += 1
            elif token.text == "}" and token.kind == "other":
                self.depth -= 1
                self.close(token.line)
            elif token.kind == "word":
                index = self.word(index, token)
                continue
            elif token.kind == "variable":
                self.variable(index, token)
            elif token.kind == "arrow":
                self.arrow(index, token)
            elif token.text in DECISIONS:
                self.scope.complexity += 1
            index += 1
        last = self.tokens[-1].line if self.tokens else 1
        while self.blocks:
            self.depth = self.blocks[-1][0] - 1
            self.close(last)
        self.end_package(last)
        for name, (first, end) in self.started.items():
            self.definitions.append(Definition(name, "class", first, end, self.comment(first)))
        known = {d.name.rpartition(".")[2] for d in self.definitions if d.kind == "function"} | self.imported
        for scope, name, package, at in self.words:
            if name in known:
                self.refer(f"{name} in {package}" if package else name, "call", at, scope)

    # ---- blocks ---------------------------------------------------------------------------------------------------

    def close(self, line: int) -> None:
        while self.blocks and self.blocks[-1][0] > self.depth:
            _, kind, around, start = self.blocks.pop()
            if kind == "sub":
                scope = self.scopes.pop()
                self.definitions.append(
                    Definition(scope.name, "function", start, line, self.comment(start), "", (), scope.complexity)
                )
            else:
                self.end_package(line)
                self.package = around
                self.scopes[0].name = around

    def begin_package(self, name: str, line: int) -> None:
        self.end_package(line)
        self.package = "" if name == "main" else name
        if self.package:
            self.started.setdefault(self.package, (line, line))
        self.scopes[0].name = self.package

    def end_package(self, line: int) -> None:
        if self.package in self.started:
            self.started[self.package] = (self.started[self.package][0], line)

    def comment(self, line: int) -> str:
        lines: list[str] = []
        while (text := self.comments.get(line - 1)) and len(lines) < 20:
            lines.insert(0, text.strip("# \t\r"))
            line -= 1
        return sentence([part for part in lines if part and not part.startswith("!/")])

    # ---- words ----------------------------------------------------------------------------------------------------

    def word(self, index: int, token: Token) -> int:
        """What a word begins; the index to go on from."""
        before, after = self.token(index - 1), self.token(index + 1)
        name = token.text
        if before.kind == "arrow" or after.kind == "fat" or (before.text == "{" and after.text == "}"):
            return index + 1
        if (
            name in ("package", "class", "role")
            and after.kind == "word"
            and PACKAGE.match(after.text)
            and before.text in ("", ";", "}", "{")
        ):
            return self.on_package(index, after)
        if name in ("sub", "method", "fun") and after.kind == "word" and before.kind != "variable":
            return self.on_sub(index, after)
        if name in ("use", "no"):
            return self.on_use(index) if name == "use" else index + 1
        if name in ("require", "do"):
            return self.on_require(index, after, name)
        if name in ("extends", "with") and after.kind in ("literal", "words"):
            return self.on_extends(index + 1)
        if name == "has" and self.package:
            self.on_has(index)
        if name in DECISIONS:
            self.scope.complexity += 1
            return index + 1
        self.use_of(index, token, before, after)
        return index + 1

    def on_package(self, index: int, named: Token) -> int:
        place, around = index + 2, self.package
        while self.token(place).text not in ("{", ";", "") and place < index + 12:
            if self.token(place).text == "isa" and self.token(place + 2).kind == "word":
                self.begin_package(named.text, named.line)
                self.inherit(self.token(place + 2).text, named.line)
            place += 1
        self.begin_package(named.text, self.tokens[index].line)
        if self.token(place).text == "{" and len(self.blocks) < MAX_DEPTH:
            self.depth += 1
            self.blocks.append((self.depth, "package", around, named.line))
        return place + 1

    def on_sub(self, index: int, named: Token) -> int:
        place, nesting = index + 2, 0
        while place < index + 400:  # a prototype, a signature, attributes
            text = self.token(place).text if self.token(place).kind not in ("literal", "words") else ""
            nesting += (text == "(") - (text == ")")
            if self.token(place).kind == "end" or (nesting <= 0 and text in ("{", ";")):
                break
            place += 1
        if self.token(place).text != "{" or any(kind == "sub" for _, kind, _, _ in self.blocks[-20:]):
            return index + 2
        package, _, short = named.text.replace("'", "::").rpartition("::")
        owner = package or self.package
        self.depth += 1
        self.blocks.append((self.depth, "sub", "", self.tokens[index].line))
        self.scopes.append(Scope(f"{owner}.{short}" if owner and owner != "main" else short, "function", 0))
        return place + 1

    def arguments(self, index: int, most: int = 100_000) -> tuple[list[tuple[str, str]], int]:
        """((kind, text) of the literals up to the semicolon, the index behind it)."""
        found: list[tuple[str, str]] = []
        depth = 0
        end = min(len(self.tokens), index + most)
        while index < end and len(found) < 5000:
            token = self.tokens[index]
            if token.kind == "words":
                found.extend(("literal", word) for word in token.text.split())
            elif token.kind in ("literal", "word", "fat", "variable"):
                found.append((token.kind, token.text))
            elif token.text == "-":
                found.append(("option", "-"))
            elif token.text == ";" or (token.text == "}" and depth == 0):
                break
            depth += (token.text == "{") - (token.text == "}") if token.kind == "other" else 0
            index += 1
        return found, index

    def on_use(self, index: int) -> int:
        named = self.token(index + 1)
        if named.kind != "word":
            return index + 1
        module, line = named.text, named.line
        arguments, end = self.arguments(index + 2)
        literals = [text for kind, text in arguments if kind == "literal"]
        if module in PARENTS:
            required = "norequire" not in [text for _, text in arguments]
            for name in literals:
                self.inherit(name, line)
                if required and PACKAGE.match(name):
                    self.imports.append(Import(name, "use", "", line))
        elif module == "constant":
            for place, (kind, text) in enumerate(arguments):
                follows = place + 1 < len(arguments) and arguments[place + 1][0] == "fat"
                if follows and kind in ("word", "literal") and re.match(r"[A-Za-z_]\w*\Z", text):
                    full = f"{self.package}.{text}" if self.package else text
                    self.definitions.append(Definition(full, "function", line, line, "", "", ("constant",)))
        elif not PRAGMAS.match(module):
            self.imports.append(Import(module, "use", "", line))
            if module == "Mojo::Base":
                for name in literals[:1]:
                    self.inherit(name, line)
                    self.imports.append(Import(name, "use", "", line))
            for name in literals:
                if re.match(r"&?[A-Za-z_]\w*\Z", name):
                    self.imported.add(name.lstrip("&"))
                    self.wire("import", line, module, name.lstrip("&"), scope=self.package)
        return end

    def on_require(self, index: int, after: Token, verb: str) -> int:
        if after.kind == "word" and PACKAGE.match(after.text) and verb == "require" and not PRAGMAS.match(after.text):
            self.imports.append(Import(after.text, "use", "", after.line))
            return index + 2
        if after.kind == "literal" and after.text and not any(mark in after.text for mark in "$@"):
            self.imports.append(Import(after.text, "file", "", after.line))
            return index + 2
        if (after.kind == "variable" or after.kind == "literal") and verb == "require":
            tail = re.search(r"[\w./-]+\.p[lm]\Z", after.text) if after.kind == "literal" else None
            self.imports.append(
                Import(tail[0].lstrip("/"), "file", "", after.line) if tail else Import("", "computed", "", after.line)
            )
            return index + 2
        return index + 1

    def on_has(self, index: int) -> None:
        """Accessors of Moose, Moo and Mojo::Base: ``has name => ...``, ``has [qw(a b)] => ...``."""
        place = index + 1
        while self.token(place).text in ("[", "(", ",", "+") and place < index + 4:
            place += 1
        first = self.token(place)
        names = first.text.split() if first.kind in ("words", "literal", "word") else []
        while self.token(place + 1).text == "," and self.token(place + 2).kind == "literal" and place < index + 80:
            place += 2
            names.append(self.token(place).text)
        for name in names:
            if re.match(r"\+?[A-Za-z_]\w*\Z", name):
                full = f"{self.package}.{name.lstrip('+')}"
                self.definitions.append(Definition(full, "function", first.line, first.line, "", "", ("attribute",)))

    def on_extends(self, index: int) -> int:
        arguments, end = self.arguments(index)
        for kind, text in arguments:
            if kind == "literal":
                self.inherit(text, self.tokens[index].line)
        return end

    def inherit(self, name: str, line: int) -> None:
        if PACKAGE.match(name) and self.package:
            self.wire("base", line, name, scope=self.package)
            self.refer(name, "inherit", line, self.package)

    def use_of(self, index: int, token: Token, before: Token, after: Token) -> None:
        """A bare word: a class whose method is called, or a function."""
        name = token.text.replace("'", "::").removeprefix("::").removesuffix("::")
        if after.kind == "arrow":
            method = self.token(index + 2)
            if method.kind == "word":
                self.method_call(self.class_called(name), method)
            return
        if name in BUILTINS or before.text in ("new", "sub", "package", "use", "no", "goto", "last", "next", "redo"):
            return
        if name == "new" and after.kind == "word" and PACKAGE.match(after.text) and after.text not in BUILTINS:
            self.refer(f"{after.text}->new", "call", token.line)
        elif after.text == "(" or ("::" in name and after.text in (";", ",", ")")):
            if before.kind != "arrow" and (
                after.text == "(" or not name[:1].isupper() or name.rpartition("::")[2][:1].islower()
            ):
                self.refer(self.key(name), "call", token.line)
        elif "::" not in name:
            self.words.append((self.scope.name, name, self.package, token.line))

    def class_called(self, name: str) -> str:
        return self.package or "main" if name == "__PACKAGE__" else name

    def method_call(self, owner: str, method: Token) -> None:
        if owner == "shift":
            self.refer(self.key(f"self->{method.text}"), "call", method.line)
        elif PACKAGE.match(owner) and owner not in BUILTINS:
            self.refer(f"{owner}->{method.text.rpartition('::')[2]}", "call", method.line)

    # ---- variables and methods ------------------------------------------------------------------------------------

    def variable(self, index: int, token: Token) -> None:
        name, after = token.text, self.token(index + 1)
        if name in ("@ISA", f"@{self.package}::ISA") or name in ("@EXPORT", "@EXPORT_OK"):
            place = index + 1
            if self.token(place).text in ("=", ","):
                arguments, _ = self.arguments(place, 300)
                for kind, text in arguments:
                    if kind == "literal" and name.endswith("ISA"):
                        self.inherit(text, token.line)
                    elif kind == "literal":
                        self.wire("export", token.line, text.lstrip("&"), name[1:], scope=self.package)
        elif name.startswith("&") and len(name) > 1 and name[1:2] not in "#{":
            kind = "use" if self.token(index - 1).text == "\\" else "call"
            self.refer(self.key(name[1:].replace("'", "::")), kind, token.line)
        elif name.startswith("$") and after.text == "=" and self.token(index + 3).kind == "arrow":
            owner, method = self.token(index + 2), self.token(index + 4)
            if owner.kind == "word" and method.text in ("new", "instance"):
                self.scope.variables[name] = self.class_called(owner.text.removesuffix("::"))
        elif name.startswith("$") and after.text == "=" and name in self.scope.variables:
            self.scope.variables[name] = ""

    def arrow(self, index: int, token: Token) -> None:
        """``->name`` behind a variable, a bracket or a literal; behind a word the word has seen to it."""
        before, method = self.token(index - 1), self.token(index + 1)
        if method.kind != "word" or before.kind == "word":
            return
        name = method.text
        if before.kind == "literal" and PACKAGE.match(before.text):
            self.method_call(before.text, method)
        elif before.kind == "variable":
            if name.startswith("SUPER::"):
                self.refer(self.key(f"super->{name[7:]}"), "call", token.line)
            elif "::" in name:
                self.refer(self.key(name), "call", token.line)
            elif before.text in ("$self", "$class", "$this", "$proto"):
                self.refer(self.key(f"self->{name}"), "call", token.line)
            else:
                owner = self.scope.variables.get(before.text, "")
                self.refer(f"{owner or '~'}->{name}", "call", token.line)
        else:
            self.refer(f"~->{name.rpartition('::')[2]}", "call", token.line)
