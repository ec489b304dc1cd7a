"""JCL: jobs and procedures, their steps, the programs that steps run, their DD statements and control cards.

A job's module ID is ``JOB:`` and its name, a cataloged procedure's ``PROC:`` and its member name (which is what EXEC
looks up), that of anything else (an INCLUDE member) ``JCL:`` and its member name; control members are ``CARDS:`` and
their name. A step is a function: ``JOB:POSTTRAN.STEP15``. DD statements are kept as ``jcl`` records, which
`agent.frameworks.jcl_datasets` turns into dataset accesses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Fragment, Import, Reference
from agent.languages.cobol import nearest, programs_of, unique_names
from agent.languages.jcl_cards import read_cards
from agent.languages.jcl_member import Member, card_records, member_name

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGES", "ControlCards", "Jcl"]

MAX_BYTES = 2_000_000
CONTROL = "control statements"
UTILITIES = frozenset(
    """IDCAMS IEFBR14 IEBGENER IEBCOPY IEBUPDTE IEBPTPCH IEBCOMPR IEBDG IEHPROGM IEHLIST IEHINITT SORT DFSORT ICEMAN ICETOOL SYNCSORT
    ICEGENER IKJEFT01 IKJEFT1A IKJEFT1B DSNTEP2 DSNTEP4 DSNTIAD DSNTIAUL DSNUTILB DSNUPROC DSNHPC DFSRRC00 DFSURGU0 DFSURGL0 DFSUDMP0
    DFSUCF00 DFSURUL0 DFSURRL0 ADRDSSU AMATERSE TRSMAIN GIMSMP HEWL IEWL IEWBLINK LINKEDIT IGYCRCTL IGYWCL IGYWCLG ASMA90 IEV90 ASMHCL
    DFHEAP1$ DFHECP1$ DFHEBP1$ DFHCSDUP DFHYITVL CSQUTIL FTP BPXBATCH BPXBATSL BPXBATA8 SDSF ISFAFD IRRUT100 IRRDBU00 IFASMFDP
    IEBEDIT IEFIIC IRXJCL AOPBATCH PKZIP PKUNZIP FILEAID EZACFSM1 IXCMIAPU DGTZSTOR ISRSUPC ASRSUPC TXT2PDF DFHEITCL DFSMDA
    ACBGEN PSBGEN DBDGEN DFSHDUNL DFSPRCT1 IXGRPT1 CEEUOPT CSQ4SUTL JCLCHK FDRDSF FDRABR DRLPLC""".split()
)


class Jcl:
    """The `Language` of jobs and procedures."""

    name = "jcl"
    suffixes: tuple[str, ...] = (".jcl", ".jclp", ".prc", ".proc")
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins = frozenset(f"'{name}'" for name in UTILITIES)

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one member. Never raises on any bytes."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        text = source.decode("utf-8", "replace").replace("\0", " ")
        return Member(member_name(path)).read(text), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """``JOB:``, ``PROC:`` or ``JCL:`` and a name."""
        return unique_names(
            (path, layout.facts(path).package or f"JCL:{member_name(path)}") for path in layout.files(self.name)
        )

    def unit_kind(self) -> str:
        """A job or procedure is a unit."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``JOB:POSTTRAN`` and ``STEP15`` give ``JOB:POSTTRAN.STEP15``."""
        return f"{module}.{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """INCLUDE members and control members; a control library outside the repository is external."""
        language = "jcl" if imported.name == "include" else CONTROL
        found = nearest(path, [p for p in project.files(language) if member_name(p) == imported.module])
        if found:
            return [("", project.modules()[found], "exact")]
        if imported.name == "include":
            return [("", "unresolved:INCLUDE member is not in the repository", "")]
        return [("", "unresolved:control member is not in the repository", "")]

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Programs in quotes, procedures by name, submitted jobs by member in angle brackets."""
        if self._known is None or self._known[0] is not project:
            names = {f"'{name}'": symbol for name, symbol in programs_of(project).items()}
            for module, place in sorted(project.module_ids("jcl").items()):
                if module.startswith("PROC:"):
                    names.setdefault(member_name(place), module)
                names.setdefault(f"<{member_name(place)}>", module)
            self._known = (project, names)
        return self._known[1]

    _known: tuple[object, dict[str, str]] | None = None


class ControlCards(Jcl):
    """The `Language` of members that hold control cards (SYSIN data outside the job)."""

    name = CONTROL
    suffixes = (".ctl", ".ctrl")

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """SQL, programs that are run, datasets that IDCAMS works on."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        lines = source.decode("utf-8", "replace").replace("\0", " ").split("\n")
        cards = read_cards(line.rstrip("\r") for line in lines)
        return FileFacts(
            self.name,
            code_lines=sum(1 for line in lines if line.strip()),
            references=tuple(Reference("", f"'{name}'", "call", line + 1) for name, line in cards.programs),
            fragments=tuple(Fragment("sql", text, line + 1, "") for text, line in cards.statements),
            wirings=tuple(card_records(cards, "", 1)),
        ), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """``CARDS:`` and the member's name."""
        return unique_names((path, f"CARDS:{member_name(path)}") for path in layout.files(self.name))


LANGUAGES = (Jcl(), ControlCards())
