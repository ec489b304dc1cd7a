"""COBOL tokens to a `Scan`: a walk with a handful of rules for each verb instead of a grammar.

What it does not know it steps over, one token at a time, so that no source can stop it.
"""

from __future__ import annotations

import re

from agent.languages.cobol_lines import Token, read_rows, tokens_of
from agent.languages.cobol_scan import MAX_LITERALS, Block, Call, Copy, FileUse, Item, Jump, Paragraph, Scan

__all__ = ["scan_cobol"]

MAX_TABLES = 200
MAX_TARGETS = 60  # receiving items of one MOVE, procedures of one GO TO
SIZE = re.compile(r"[XA9]\((\d{1,5})\)\Z|([XA9]+)\Z")
VERBS = frozenset(
    """ACCEPT ADD ALTER CALL CANCEL CLOSE COMPUTE CONTINUE COPY DELETE DISPLAY DIVIDE ELSE ENTRY EVALUATE EXEC EXIT GO GOBACK
    IF INITIALIZE INSPECT MERGE MOVE MULTIPLY NEXT OPEN PERFORM READ RELEASE RETURN REWRITE SEARCH SET SORT START STOP
    STRING SUBTRACT THEN UNLOCK UNSTRING USE WHEN WRITE XML JSON COMMIT ROLLBACK NOT ON AT INVALID ALSO""".split()
)
ALONE = frozenset("EXIT GOBACK CONTINUE ELSE DECLARATIVES COMMIT ROLLBACK SUSPEND STOP THEN".split())
DIVISIONS = frozenset({"IDENTIFICATION", "ID", "ENVIRONMENT", "DATA", "PROCEDURE"})
MODES = {"INPUT": "read", "OUTPUT": "write", "EXTEND": "write", "I-O": "update"}
ASSIGN_NOISE = frozenset("TO USING EXTERNAL DYNAMIC DISK PRINTER TAPE KEYBOARD DISPLAY RANDOM SORT-WORK FILE".split())
FILE_VERBS = {
    "READ": "read",
    "START": "read",
    "RETURN": "read",
    "WRITE": "write",
    "REWRITE": "write",
    "DELETE": "write",
}


def scan_cobol(source: bytes) -> Scan:
    """Read one program or copybook, in either format. Never raises."""
    text = read_rows(source)
    scan = Scan(text)
    _Walk(scan, list(tokens_of(text))).run()
    _fill_tables(scan)
    return scan


END = Token("period", ".", 0, 0, False)


class _Walk:
    """One pass over the tokens; every step moves forward."""

    def __init__(self, scan: Scan, tokens: list[Token]) -> None:
        self._scan = scan
        self._tokens = tokens
        self._division = ""
        self._section = ""
        self._scope = ""
        self._outer: list[str] = []  # scopes of the contained programs around
        self._open: Paragraph | None = None
        self._file = ""
        self._described: set[str] = set()  # files that have a record of their own
        self._parent = ""  # the item that condition names (level 88) belong to
        self._conditions: dict[str, tuple[str, str]] = {}  # condition name -> (item, literal)
        self._scopes: set[str] = set()
        self._entering = False  # no statement since PROCEDURE DIVISION: control falls into what comes first
        self._at = 0

    def run(self) -> None:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            started = self._at == 0 or self._tokens[self._at - 1].kind not in ("word", "literal", "mark")
            before = self._at
            if token.kind == "word":
                self._word(token, started)
            elif token.kind not in ("period", "literal", "mark"):
                self._block(token)
            self._at = max(self._at, before) + 1
        if self._tokens:
            self._close(self._tokens[-1].line)

    def _peek(self, offset: int = 1) -> Token:
        place = self._at + offset
        return self._tokens[place] if place < len(self._tokens) else END

    def _word(self, token: Token, started: bool) -> None:
        following = self._peek()
        if token.text in DIVISIONS and following.text == "DIVISION":
            self._enter(token.text)
        elif token.text == "PROGRAM-ID" or (token.text == "FUNCTION-ID" and started):
            self._program(token)
        elif token.text == "END" and following.text == "PROGRAM" and started:
            self._end_program(token)
        elif token.text == "COPY":
            self._copy(token)
        elif not self._division and started:
            self._division = "DATA" if token.text.isdigit() or token.text in ("FD", "SELECT", "COPY") else "PROCEDURE"
            self._word(token, started)
        elif self._division == "ENVIRONMENT":
            self._environment(token)
        elif self._division == "DATA":
            self._data(token, started)
        elif self._division == "PROCEDURE":
            self._procedure(token, started)

    def _enter(self, division: str) -> None:
        self._division = {"IDENTIFICATION": "ID"}.get(division, division)
        self._file = ""
        self._at += 1
        self._entering = division == "PROCEDURE"
        if division == "PROCEDURE":
            while self._peek().kind not in ("period",) and self._peek() is not END:
                self._at += 1

    # ---------------------------------------------------------------- programs

    def _program(self, token: Token) -> None:
        offset = 2 if self._peek().kind == "period" else 1
        name = self._peek(offset)
        if name.kind not in ("word", "literal") or not name.text:
            return
        self._at += offset
        self._close(token.line - 1)
        self._section = ""
        if not self._scan.name:
            self._scan.name, self._scan.name_line = name.text.strip().upper(), name.line
            self._outer = [""]
            self._scope = ""
            return
        scope = name.text.strip().upper().replace(".", "-")
        self._outer.append(scope)
        self._scope = scope
        self._scan.programs.append((scope, scope, name.line))
        self._scan.paragraphs.append(
            Paragraph(scope, scope, "", name.line, name.line, "program", self._doc(token.line))
        )

    def _end_program(self, token: Token) -> None:
        self._close(token.line)
        ended = self._outer.pop() if len(self._outer) > 1 else ""
        for paragraph in self._scan.paragraphs if ended else ():
            if paragraph.scope == ended:
                paragraph.end = token.line
        self._scope = self._outer[-1] if self._outer else ""
        self._section = ""
        self._at += 2

    def _copy(self, token: Token) -> None:
        member = self._peek()
        if member.kind not in ("word", "literal"):
            return
        self._at += 1
        library = ""
        if self._peek().text in ("OF", "IN") and self._peek().kind == "word":
            library = self._peek(2).text
            self._at += 2
        name = re.sub(r"(?i)\.(?:cpy|cbl|cob|copy)\Z", "", member.text.replace("\\", "/").rpartition("/")[2]).upper()
        if name:
            self._scan.copies.append(Copy(name, library, token.line, "COPY"))
        if self._file and self._file not in self._described:
            self._scan.copied_records.add(self._file)
        if self._peek().text in ("REPLACING", "SUPPRESS"):
            limit = self._at + 400
            while self._at < limit and self._peek().kind != "period" and self._peek() is not END:
                self._at += 1

    # ---------------------------------------------------------------- data

    def _environment(self, token: Token) -> None:
        if token.text != "SELECT":
            return
        offset = 2 if self._peek().text == "OPTIONAL" else 1
        name = self._peek(offset)
        for ahead in range(offset + 1, offset + 12):
            if self._peek(ahead).kind == "period":
                return
            if self._peek(ahead).text == "ASSIGN":
                while self._peek(ahead + 1).text in ASSIGN_NOISE and self._peek(ahead + 2).kind in ("word", "literal"):
                    ahead += 1
                target = self._peek(ahead + 1)
                if target.kind in ("word", "literal"):
                    self._scan.selects.setdefault(name.text, (_assigned(target), token.line))
                return

    def _data(self, token: Token, started: bool) -> None:
        if token.text in ("FD", "SD") and started:
            self._file = self._peek().text
            self._scan.files.setdefault(self._file, token.line)
            if token.text == "SD":
                self._scan.sorts.add(self._file)
        elif self._peek().text == "SECTION" and started:
            self._file = ""
        elif started and token.text.isdigit() and len(token.text) <= 2:
            self._item(token)

    def _item(self, token: Token) -> None:
        level, name = int(token.text), self._peek().text
        if self._peek().kind != "word" or name in ("PIC", "PICTURE", "VALUE", "REDEFINES", "OCCURS"):
            name = "FILLER"
        else:
            self._at += 1
        item = Item(level, name, token.line, file=self._file)
        for _ in range(400):
            following = self._peek()
            if following.kind == "period" or following is END or following.text == "COPY":
                break
            self._at += 1
            if following.text in ("PIC", "PICTURE"):
                self._at += self._peek().text == "IS"
                item.size = self._picture()
            elif following.text == "REDEFINES":
                item.redefines = self._peek().text
            elif following.text in ("VALUE", "VALUES"):
                self._at += self._peek().text in ("IS", "ARE")
                item.value = self._peek().text if self._peek().kind == "literal" else ""
        if level == 88:
            self._conditions.setdefault(name, (self._parent, item.value))
            return
        self._parent = name
        self._described.add(self._file)
        self._scan.items.append(item)
        if item.value and name != "FILLER":
            self._scan.give(name, item.value)

    def _picture(self) -> int:
        text = ""
        for _ in range(12):
            following = self._peek()
            if following.kind not in ("word", "mark") or (text and following.kind == "word" and not text.endswith("(")):
                break
            text += following.text
            self._at += 1
        size = SIZE.match(text)
        return 0 if size is None else int(size.group(1)) if size.group(1) else len(size.group(2))

    # ---------------------------------------------------------------- procedures

    def _procedure(self, token: Token, started: bool) -> None:
        following = self._peek()
        entering, self._entering = self._entering, token.text == "END" and following.text == "DECLARATIVES"
        before = self._scope
        head = started or (token.first and token.column < 11 and not self._scan.text.free)
        if head and following.text == "SECTION" and following.kind == "word" and token.text not in VERBS:
            self._paragraph(token, "section")
            self._fall_into(before, token, entering)
        elif (
            head
            and following.kind == "period"
            and not (token.text in ALONE or token.text.startswith("END-") or token.text == "END")
        ):
            self._paragraph(token, "paragraph")
            self._fall_into(before, token, entering)
        elif token.text in ("IF", "WHEN", "UNTIL"):
            if self._open is not None:
                self._open.complexity += 1
        elif token.text == "PERFORM":
            self._perform(token)
        elif token.text == "GO":
            self._go(token)
        elif token.text == "CALL":
            self._call(token)
        elif token.text == "ENTRY" and following.kind == "literal":
            self._scan.programs.append(
                (following.text.strip().upper(), self._outer[-1] if self._outer else "", token.line)
            )
        elif token.text == "MOVE":
            self._move()
        elif token.text == "SET":
            self._set(token)
        elif token.text == "OPEN":
            self._open_files()
        elif token.text in FILE_VERBS and following.kind == "word" and token.text not in ("START",):
            self._scan.file_uses.append(
                FileUse(self._scope, token.text, self._named_file(token.text), FILE_VERBS[token.text], token.line)
            )
        elif token.text in ("SORT", "MERGE") and following.kind == "word":
            self._sort(token)

    def _named_file(self, verb: str) -> str:
        """``DELETE FILE x``, ``WRITE FILE x`` and ``READ x NEXT``."""
        return self._peek(2).text if verb != "READ" and self._peek().text == "FILE" else self._peek().text

    def _close(self, line: int) -> None:
        if self._open is not None:
            self._open.end = max(self._open.line, line)
            self._open = None

    def _paragraph(self, token: Token, kind: str) -> None:
        self._close(token.line - 1)
        outer = self._outer[-1] if self._outer else ""
        name = token.text.replace(".", "-")
        scope = f"{outer}.{name}" if outer else name
        if kind == "section":
            self._section = name
        elif scope in self._scopes and self._section:
            scope = f"{scope} OF {self._section}"
        if scope in self._scopes:
            scope = f"{scope}~{len(self._scan.paragraphs) + 1}"
        self._scopes.add(scope)
        section = "" if kind == "section" else self._section
        self._open = Paragraph(scope, name, section, token.line, token.line, kind, self._doc(token.line))
        self._scan.paragraphs.append(self._open)
        self._scope = scope

    def _fall_into(self, before: str, token: Token, entering: bool) -> None:
        """Control falls from a program's first statements into its first paragraph; a section runs its paragraphs."""
        outer = self._outer[-1] if self._outer else ""
        if self._scan.name and before == outer and (entering or not self._ended()):
            self._scan.jumps.append(Jump(before, token.text, self._section, "", token.line))
        elif self._section and self._section != token.text:
            source = f"{outer}.{self._section}" if outer else self._section
            self._scan.jumps.append(Jump(source, token.text, self._section, "", token.line))

    def _ended(self) -> bool:
        """Whether the sentence before leaves the program or goes elsewhere, whatever stands after it."""
        last = [t for t in self._tokens[max(0, self._at - 6) : self._at] if t.kind != "period"][-3:]
        words = [t.text for t in last]
        cics = bool(last) and last[-1].kind == "CICS" and last[-1].text.split()[:1] in (["RETURN"], ["XCTL"], ["ABEND"])
        return (
            cics
            or words[-1:] == ["GOBACK"]
            or words[-2:] in (["STOP", "RUN"], ["EXIT", "PROGRAM"])
            or words[:2] == ["GO", "TO"]
        )

    def _doc(self, line: int) -> str:
        """The comment right above: its first sentence."""
        lines: list[str] = []
        for above in range(line - 1, max(0, line - 12), -1):
            comment = self._scan.text.comments.get(above)
            if comment is None:
                break
            if any(c.isalpha() for c in comment):
                lines.append(comment.strip(" *-=#"))
        return re.split(r"(?<=[.!?])\s", " ".join(" ".join(reversed(lines)).split()), maxsplit=1)[0][:200]

    def _perform(self, token: Token) -> None:
        target = self._peek()
        if (
            target.kind != "word"
            or target.text in ("UNTIL", "VARYING", "WITH", "TEST", "FOREVER")
            or target.text in VERBS
        ):
            return
        if self._peek(2).text == "TIMES" or (target.text.isdigit() and self._peek(2).text == "TIMES"):
            return
        self._at += 1
        section = ""
        if self._peek().text in ("OF", "IN"):
            section = self._peek(2).text
            self._at += 2
        last = ""
        if self._peek().text in ("THRU", "THROUGH"):
            last = self._peek(2).text
            self._at += 2
        if self._peek().text == "(":  # PERFORM ITEM(1) TIMES
            return
        self._scan.jumps.append(Jump(self._scope, target.text, section, last, token.line))

    def _go(self, token: Token) -> None:
        self._at += self._peek().text == "TO"
        for _ in range(MAX_TARGETS):
            target = self._peek()
            if target.kind != "word" or target.text in VERBS or target.text in ("DEPENDING", "END-IF", "OF", "IN"):
                break
            if target.first and target.column < 11 and not self._scan.text.free:
                break  # the next paragraph's name: a period is missing
            self._at += 1
            self._scan.jumps.append(Jump(self._scope, target.text, "", "", token.line))
            if target.text.startswith("END-"):
                self._scan.jumps.pop()
                break

    def _call(self, token: Token) -> None:
        target = self._peek()
        if target.kind in ("word", "literal") and target.text.strip():
            self._at += 1
            self._scan.calls.append(
                Call(self._scope, target.text.strip().upper(), target.kind == "literal", token.line)
            )

    def _move(self) -> None:
        source = self._peek()
        if source.kind not in ("word", "literal"):
            return
        self._at += 1
        while self._peek().text in ("OF", "IN") and self._peek().kind == "word":
            self._at += 2
        self._skip_brackets()
        if self._peek().text != "TO":
            return
        self._at += 1
        for _ in range(MAX_TARGETS):
            target = self._peek()
            if target.kind != "word" or target.text in VERBS or target.text.startswith("END-"):
                break
            self._at += 1
            self._assign(source, target.text)
            while self._peek().text in ("OF", "IN") and self._peek().kind == "word":
                self._at += 2
            self._skip_brackets()

    def _skip_brackets(self) -> None:
        if self._peek().text != "(" or self._peek().kind != "mark":
            return
        for _ in range(40):
            self._at += 1
            if self._peek(0).text == ")" or self._peek().kind == "period":
                break

    def _assign(self, source: Token, target: str) -> None:
        if source.kind == "literal":
            self._scan.give(target, source.text)
        elif source.text not in (
            "SPACES",
            "SPACE",
            "LOW-VALUES",
            "HIGH-VALUES",
            "ZERO",
            "ZEROS",
            "ZEROES",
            "LOW-VALUE",
        ):
            sources = self._scan.moves.setdefault(target, [])
            if source.text not in sources and len(sources) < MAX_LITERALS and not source.text.isdigit():
                sources.append(source.text)

    def _set(self, token: Token) -> None:
        name = self._peek().text
        if self._peek(2).text == "TO" and self._peek(3).text == "TRUE":
            if name in self._conditions:
                self._scan.give(*self._conditions[name])
        elif self._peek(2).text == "TO" and self._peek(3).text == "ENTRY" and self._peek(4).kind == "literal":
            self._scan.calls.append(Call(self._scope, self._peek(4).text.strip().upper(), True, token.line))

    def _open_files(self) -> None:
        mode = ""
        for _ in range(MAX_TARGETS):
            following = self._peek()
            if following.kind != "word" or following.text in VERBS or following.text.startswith("END-"):
                break
            self._at += 1
            if following.text in MODES:
                mode = MODES[following.text]
            elif following.text in ("WITH", "NO", "REWIND", "REVERSED", "LOCK", "SHARING", "ALL", "OTHER"):
                continue
            elif mode:
                self._scan.file_uses.append(FileUse(self._scope, "OPEN", following.text, mode, following.line))

    def _sort(self, token: Token) -> None:
        mode = ""
        for offset in range(1, 80):
            following = self._peek(offset)
            if following.kind != "word" or (following.text in VERBS and following.text != "ON"):
                break
            if following.text in ("USING", "GIVING"):
                mode = "read" if following.text == "USING" else "write"
            elif following.text in ("INPUT", "OUTPUT") and self._peek(offset + 1).text == "PROCEDURE":
                target = offset + 3 if self._peek(offset + 2).text == "IS" else offset + 2
                self._scan.jumps.append(Jump(self._scope, self._peek(target).text, "", "", token.line))
                mode = ""
            elif mode:
                self._scan.file_uses.append(FileUse(self._scope, "SORT", following.text, mode, token.line))

    def _block(self, token: Token) -> None:
        self._entering = False
        scope = self._scope if self._division == "PROCEDURE" else ""
        words = token.text.split(None, 2)
        if token.kind == "SQL" and words[:1] and words[0].upper() == "INCLUDE" and len(words) > 1:
            self._scan.copies.append(Copy(words[1].strip("'\". ").upper(), "", token.line, "INCLUDE"))
        else:
            self._scan.blocks.append(Block(token.kind, token.text, token.line, scope))


def _assigned(token: Token) -> str:
    """The name outside the program: of ``UT-S-ACCTFILE`` the last part (the DD name), of a literal all."""
    if token.kind == "literal":
        return token.text.strip()
    return (
        token.text.rpartition("-")[2]
        if re.match(r"(?:[A-Z0-9]{1,6}-)?(?:S|AS|I|D|R|W)-[A-Z0-9]{1,8}\Z", token.text)
        else token.text
    )


def _fill_tables(scan: Scan) -> None:
    """A table that redefines a group of FILLERs holds their values: each item those of its own length."""
    groups = {item.name: place for place, item in enumerate(scan.items)}
    tables = [(place, item) for place, item in enumerate(scan.items) if item.redefines]
    for place, item in tables[:MAX_TABLES]:
        source = groups.get(item.redefines)
        if source is None or source >= place:
            continue
        fillers = [i for i in _children(scan.items, source) if i.name == "FILLER" and i.value and i.size][:500]
        for child in _children(scan.items, place) if fillers else ():
            for filler in fillers if child.size and child.name != "FILLER" else ():
                if filler.size == child.size:
                    scan.give(child.name, filler.value)


def _children(items: list[Item], place: int) -> list[Item]:
    found: list[Item] = []
    for item in items[place + 1 : place + 1000]:
        if item.level <= items[place].level:
            break
        found.append(item)
    return found
