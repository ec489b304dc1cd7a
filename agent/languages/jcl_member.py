"""One JCL member to facts: steps as functions, EXEC as references, DD statements as ``jcl`` records.

Records: ``step`` (program, procedure, symbols given), ``dd`` (DD name, dataset as written, read or write, program,
member), ``no dataset`` (DD name, what it is instead, program), ``symbol`` (name, value; SET and the defaults of PROC), ``dataset`` (name, mode), ``related`` (index or path, base).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from agent.domain.facts import Definition, FileFacts, Fragment, Import, Reference, Wiring
from agent.languages.csd import definitions_of
from agent.languages.jcl_cards import Cards, read_cards
from agent.languages.jcl_lines import Statement, parts_of, statements_of, unquoted
from agent.languages.jcl_transfer import PROGRAMS as TRANSFER_PROGRAMS
from agent.languages.jcl_transfer import read_transfer

__all__ = ["Member", "card_records", "member_name"]

SYMBOL = re.compile(r"&([A-Za-z$#@][\w$#@]{0,7})\.?")
MEMBER = re.compile(r"[^()]{1,80}\(([A-Za-z$#@][\w$#@]{0,7})\)\Z")
# Load libraries, control libraries and the system's own files: no data of the application.
LIBRARIES = frozenset(
    """STEPLIB JOBLIB STEPCAT JOBCAT SYSLIB SYSLIN SYSLMOD DBRMLIB SYSPROC SYSEXEC DFSRESLB DFSSEL PROCLIB IMS IMSACB RESLIB
    SYSUDUMP SYSABEND SYSDUMP CEEDUMP CEEOPTS ISPPLIB ISPMLIB ISPSLIB ISPTLIB ISPPROF SORTLIB
    DFHRPL DFSVSAMP PSBLIB DBDLIB SYSDBOUT SYSABOUT ABENDAID""".split()
)
SORT_WORK = re.compile(r"SORTWK\d{0,2}\Z")
NEVER_RUN = frozenset({"SCAN", "COPY"})  # TYPRUN: the job is only looked at
CARDS = frozenset({"SYSIN", "SYSTSIN", "TOOLIN", "SORTCNTL", "ISFIN", "CMDIN", "SYSIPT"})
READ_BY_NAME = frozenset({"SORTIN", "SYSUT1"})
WRITTEN_BY_NAME = frozenset({"SORTOUT", "SYSUT2"})
RUNNERS = {"DFSRRC00": 1, "DFSRRC": 1}  # programs that run another one: its place in PARM
MAX_STEPS = 5_000


def member_name(path: str) -> str:
    """A member's name: the file's, without its suffix, in upper case."""
    return PurePosixPath(path).name.partition(".")[0].upper()


def card_records(cards: Cards, scope: str, base: int) -> Iterator[Wiring]:
    """What control cards say of datasets, as records."""
    for mode, dataset, line in cards.datasets:
        yield Wiring("jcl", "dataset", scope, base + line, (dataset, mode))
    for name, dataset, line in cards.related:
        yield Wiring("jcl", "related", scope, base + line, (name, dataset))
    for name, line in cards.cics_files:
        yield Wiring("jcl", "cics file", scope, base + line, (name,))


class _Step:
    """The step that is being read: its DDs wait until all control cards are known."""

    def __init__(self, scope: str, program: str, line: int, parameter: str = "") -> None:
        self.scope, self.program, self.line, self.parameter = scope, program, line, parameter
        self.dds: list[tuple[str, str, str, int, str]] = []  # DD name, dataset, mode, line, member
        self.modes: dict[str, str] = {}  # DD name -> how the control cards use it
        self.members: dict[str, tuple[str, int]] = {}  # DD name -> member that it reads
        self.submits = False


class Member:
    """One member's statements, read in order."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._package = ""
        self._definitions: dict[str, Definition] = {}
        self._imports: list[Import] = []
        self._references: dict[Reference, None] = {}
        self._fragments: list[Fragment] = []
        self._wirings: list[Wiring] = []
        self._procedure = ""  # the in-stream procedure that is being read
        self._step: _Step | None = None
        self._dd = ""
        self._runs = True
        self._datasets: dict[tuple[str, str], str] = {}  # (step, DD name) -> dataset, for references back

    def read(self, text: str) -> FileFacts:
        """All that the member says."""
        actions = {
            "JOB": self._on_job, "PROC": self._on_proc, "PEND": self._on_pend, "SET": self._on_set,
            "EXEC": self._on_exec, "DD": self._on_dd, "INCLUDE": self._on_include,
        }  # fmt: skip
        lines, last = 0, 1
        for statement in statements_of(text):
            lines += 1 + len(statement.data)
            action = actions.get(statement.operation)
            if action is not None:
                action(statement, last)
            last = statement.line + len(statement.data)
        self._close(last)
        if not self._runs:  # its steps are shown, and what they would run; no data moves
            self._fragments.clear()
            self._wirings = [w for w in self._wirings if w.kind in ("step", "symbol", "unresolved")]
        return FileFacts(
            "jcl", self._package, lines, tuple(self._definitions.values()), tuple(self._imports),
            tuple(self._references), fragments=tuple(self._fragments), wirings=tuple(self._wirings),
        )  # fmt: skip

    # ---------------------------------------------------------------- statements

    def _on_job(self, statement: Statement, last: int) -> None:
        self._close(last)
        self._package = self._package or f"JOB:{statement.name or self._name}"
        self._runs = statement.keywords.get("TYPRUN", "").upper() not in NEVER_RUN

    def _on_proc(self, statement: Statement, last: int) -> None:
        self._close(last)
        if not self._package:  # a cataloged one is looked up by its member's name, whatever its label
            self._package = f"PROC:{self._name}"
        else:
            self._procedure = statement.name or f"PROC{len(self._definitions)}"
            self._define(self._procedure, statement.line)
        for key, value in statement.keywords.items():
            self._wirings.append(Wiring("jcl", "symbol", self._procedure, statement.line, (key, unquoted(value))))

    def _on_pend(self, statement: Statement, last: int) -> None:  # noqa: ARG002
        self._close(last)
        self._procedure = ""

    def _on_set(self, statement: Statement, last: int) -> None:  # noqa: ARG002
        for key, value in statement.keywords.items():
            self._wirings.append(Wiring("jcl", "symbol", "", statement.line, (key, unquoted(value))))

    def _on_include(self, statement: Statement, last: int) -> None:  # noqa: ARG002
        member = statement.keywords.get("MEMBER", "").upper()
        if member:
            self._imports.append(Import(member, "include", "", statement.line))

    def _on_exec(self, statement: Statement, last: int) -> None:
        self._close(last)
        if len(self._definitions) >= MAX_STEPS:
            return
        keywords = statement.keywords
        program = unquoted(keywords.get("PGM", "")).upper()
        procedure = unquoted(keywords.get("PROC", "") or (statement.positional or [""])[0]).upper()
        scope = ".".join(p for p in (self._procedure, statement.name or f"STEP{len(self._definitions) + 1}") if p)
        while scope in self._definitions:
            scope += f"~{len(self._definitions) + 1}"
        self._define(scope, statement.line)
        self._step, self._dd = _Step(scope, program, statement.line, unquoted(keywords.get("PARM", ""))), ""
        given = tuple(f"{key}={unquoted(value)}" for key, value in sorted(keywords.items()) if "." not in key)
        if program.startswith("&") or procedure.startswith("&"):
            self._wirings.append(Wiring("jcl", "unresolved", scope, statement.line, ("program",)))
        elif program:
            self._run(program, statement.line)
            if program in RUNNERS:
                parameters = parts_of(unquoted(keywords.get("PARM", "")))
                if len(parameters) > RUNNERS[program] and "&" not in parameters[1]:
                    self._run(parameters[RUNNERS[program]].strip("'() ").upper(), statement.line)
        elif procedure:
            self._references[Reference(scope, procedure, "call", statement.line)] = None
            self._wirings.append(Wiring("jcl", "step", scope, statement.line, ("", procedure, *given)))

    def _run(self, program: str, line: int) -> None:
        if self._step is not None and program:
            self._references[Reference(self._step.scope, f"'{program}'", "call", line)] = None
            self._wirings.append(Wiring("jcl", "step", self._step.scope, line, (program, "")))

    def _on_dd(self, statement: Statement, last: int) -> None:  # noqa: ARG002
        step = self._step
        name = statement.name or self._dd
        self._dd = name
        plain = name.rpartition(".")[2]
        if step is None:
            return
        step.submits = step.submits or "INTRDR" in statement.keywords.get("SYSOUT", "").upper()
        if plain in LIBRARIES and plain not in CARDS:
            return
        if statement.data:
            self._cards(step, plain, statement)
        written = (statement.keywords.get("DSN") or statement.keywords.get("DSNAME") or "").strip("' ").upper()
        dataset = written or statement.keywords.get("PATH", "").strip("' ")
        if dataset.startswith("*."):
            dataset = self._referred(step, dataset)
        instead = _no_dataset(statement, plain, dataset, written)
        if instead:
            self._wirings.append(Wiring("jcl", "no dataset", step.scope, statement.line, (name, instead, step.program)))
        if instead or not dataset:
            return
        member = MEMBER.match(dataset)
        if member is not None:
            dataset = dataset.partition("(")[0]
            step.members.setdefault(plain, (member.group(1).upper(), statement.line))
            if plain in CARDS:
                self._imports.append(Import(member.group(1).upper(), "control", "", statement.line, step.scope))
                return
        self._datasets.setdefault((step.scope, plain), dataset)
        known = member.group(1).upper() if member is not None else ""
        step.dds.append((name, dataset, _mode(statement, plain), statement.line, known))

    def _referred(self, step: _Step, written: str) -> str:
        parts = written[2:].split(".")
        scope = ".".join(p for p in (self._procedure, parts[0]) if p) if len(parts) > 1 else step.scope
        return self._datasets.get((scope, parts[-1]), "")

    # ---------------------------------------------------------------- a step's end

    def _cards(self, step: _Step, name: str, statement: Statement) -> None:
        base = statement.line + 1
        if step.program in TRANSFER_PROGRAMS and name in ("INPUT", "SYSIN"):
            self._transfer(step, statement, base)
            return
        if name not in CARDS and not re.match(r"SYS\w{0,5}IN\Z", name):
            return
        if step.program == "DFHCSDUP":
            defined = definitions_of("\n".join(statement.data))
            self._wirings.extend(msgspec.structs.replace(d, line=d.line + base - 1) for d in defined)
            return
        cards = read_cards(statement.data, step.program)
        for program, line in cards.programs:
            self._run(program, base + line)
        if name != "SYSTSIN":
            self._fragments.extend(Fragment("sql", text, base + line, step.scope) for text, line in cards.statements)
        if step.program == "IDCAMS" or cards.cics_files:
            self._wirings.extend(card_records(cards, step.scope, base))
            step.modes.update(cards.dd_modes)

    def _transfer(self, step: _Step, statement: Statement, base: int) -> None:
        found = read_transfer(step.parameter, statement.data)
        step.modes.update(found.dd_modes)
        for mode, dataset, line in found.datasets:
            self._wirings.append(Wiring("jcl", "dataset", step.scope, base + line, (dataset, mode)))
        for line in found.unknown:
            self._wirings.append(
                Wiring("jcl", "unresolved", step.scope, base + line, ("dataset of an FTP subcommand",))
            )

    def _close(self, last: int) -> None:
        step, self._step = self._step, None
        if step is None:
            return
        known = self._definitions[step.scope]
        self._definitions[step.scope] = Definition(known.name, known.kind, known.line, max(known.line, last))
        submitted = step.members.get("SYSUT1") if step.submits and step.program in ("IEBGENER", "ICEGENER") else None
        if submitted:
            self._references[Reference(step.scope, f"<{submitted[0]}>", "call", submitted[1])] = None
        for name, dataset, mode, line, member in step.dds:
            args = (name, dataset, step.modes.get(name, mode), step.program, member)
            if not (submitted and name == "SYSUT1"):  # a job is no data
                self._wirings.append(Wiring("jcl", "dd", step.scope, line, args))

    def _define(self, scope: str, line: int) -> None:
        self._definitions.setdefault(scope, Definition(scope, "function", line, line))


def _no_dataset(statement: Statement, name: str, dataset: str, written: str) -> str:
    """What a DD means that stands for no dataset of the application; ``""`` for one that does."""
    if dataset.startswith("&&") or (written.startswith("*.") and not dataset):
        return "temporary"
    if SORT_WORK.match(name):
        return "work file"
    if dataset in ("NULLFILE", "DUMMY") or statement.positional[:1] == ["DUMMY"]:
        return "nothing"
    if dataset:
        return ""
    if "SYSOUT" in statement.keywords:
        return "printed"
    if statement.positional[:1] in (["*"], ["DATA"]):
        return "in the job"
    elsewhere = not statement.keywords or "SUBSYS" in statement.keywords or "DDNAME" in statement.keywords
    return "" if elsewhere else "work file"


def _mode(statement: Statement, name: str) -> str:
    """By the DD's role in a utility, else by DISP: what is shared is read, what is new or held alone is written."""
    if name in READ_BY_NAME:
        return "read"
    if name in WRITTEN_BY_NAME:
        return "write"
    status = (parts_of(unquoted(statement.keywords.get("DISP", ""))) or [""])[0].upper()
    if "PATH" in statement.keywords:
        return "write" if "OWRONLY" in statement.text.upper() or "ORDWR" in statement.text.upper() else "read"
    return "read" if status == "SHR" else "write"
