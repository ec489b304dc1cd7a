"""Takes the inventory: a Snapshot and a date in, an Inventory out; all of it sorted, none of it from the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from agent.domain.inventory import BuildSystem, Component, EntryPoint, Inventory, LanguageShare, Location, SourceFile
from agent.inventory.classification import parsed_languages
from agent.inventory.external_systems import collect_external_systems, declared_sightings
from agent.inventory.frameworks import collect_frameworks
from agent.inventory.manifests.declared import Declared, RuntimeClaim
from agent.inventory.runtimes import collect_runtimes, table_date
from agent.inventory.scheduled import Programs
from agent.inventory.survey import Survey, survey_files
from agent.inventory.test_suites import collect_test_suites
from agent.ports import Snapshot

__all__ = ["take_inventory"]

_NO_HISTORY = frozenset({"document", "data", "style"})


def take_inventory(snapshot: Snapshot, *, as_of: date | None) -> Inventory:
    """Everything that can be known of a repository without parsing it.

    Life cycles are judged as of the given day, by default the day on which the bundled dates were checked.
    """
    survey = survey_files(snapshot)
    declared = survey.manifests.declared()
    for path in survey.manifests.unread:
        survey.skip(path, "manifest not understood", 0)
    files = tuple(sorted(survey.files, key=lambda file: file.path))
    paths = frozenset(path for path, _ in snapshot.paths())
    frameworks = collect_frameworks((d for found in declared for d in found.dependencies), survey.imported)
    claims = [claim for found in declared for claim in found.runtimes] + _python_2(survey)
    sightings = [*survey.sightings, *(s for found in declared for s in declared_sightings(found))]
    tracked = frozenset(file.path for file in files if file.role not in _NO_HISTORY)
    return Inventory(
        name=snapshot.name,
        commit=snapshot.commit,
        dirty=snapshot.dirty,
        dirty_files=snapshot.dirty_files,
        vcs="git" if snapshot.vcs == "git" else "none",
        remote=snapshot.remote,
        files=files,
        skipped=survey.skips(),
        languages=_shares(files),
        build_systems=_build_systems(declared),
        frameworks=frameworks,
        components=_components(declared),
        runtimes=collect_runtimes(claims, frameworks, as_of or table_date()),
        entry_points=_entry_points(survey, declared, paths),
        test_suites=collect_test_suites(survey.tests, declared, paths),
        external_systems=collect_external_systems(sightings),
        history=snapshot.history(tracked),
    )


def _components(declared: Iterable[Declared]) -> tuple[Component, ...]:
    """Each library once a manifest and line."""
    found = {
        (d.ecosystem, d.name, d.path, d.line): Component(
            ecosystem=d.ecosystem, name=d.name, version=d.version, evidence=Location(path=d.path, line=d.line),
            development=d.development,
        )
        for manifest in declared
        for d in manifest.dependencies
    }  # fmt: skip
    return tuple(found[key] for key in sorted(found))


def _shares(files: Iterable[SourceFile]) -> tuple[LanguageShare, ...]:
    """Languages by non-blank lines, largest first; what is only data or documentation is left to the file list."""
    counts: dict[str, list[int]] = {}
    for file in files:
        unknown = file.language.startswith("unknown")
        if (file.role in ("document", "data") and not unknown) or (
            unknown and not (file.role == "data" and file.code_lines)
        ):
            continue
        count = counts.setdefault(file.language, [0, 0, 0, 0])
        offset = 2 if file.role == "test" else 0
        count[offset] += 1
        count[offset + 1] += file.code_lines
    shares = [
        LanguageShare(
            language=language, files=count[0], code_lines=count[1], test_files=count[2], test_lines=count[3],
            parsed=language in parsed_languages(),
        )
        for language, count in counts.items()
    ]  # fmt: skip
    return tuple(sorted(shares, key=lambda share: (-share.code_lines - share.test_lines, share.language)))


def _build_systems(declared: Iterable[Declared]) -> tuple[BuildSystem, ...]:
    """One entry a tool, with its outermost file."""
    found: dict[str, Location] = {}
    for manifest in declared:
        for name, line in manifest.build_systems:
            place = Location(path=manifest.path, line=line)
            if name not in found or (manifest.path.count("/"), manifest.path) < (
                found[name].path.count("/"),
                found[name].path,
            ):
                found[name] = place
    return tuple(BuildSystem(name=name, evidence=found[name]) for name in sorted(found, key=str.lower))


def _entry_points(survey: Survey, declared: Iterable[Declared], paths: Iterable[str]) -> tuple[EntryPoint, ...]:
    programs = Programs(paths)
    found = [*survey.entry_points]
    for manifest in declared:
        found += [_with_its_program(entry, programs) for entry in manifest.entry_points]
    unique = {(entry.kind, entry.name, entry.evidence.path, entry.evidence.line): entry for entry in found}
    return tuple(unique[key] for key in sorted(unique))


def _with_its_program(entry: EntryPoint, programs: Programs) -> EntryPoint:
    """A line of a cron table is named after the file that it runs, where the repository has it."""
    path = programs.run_by(entry.name) if entry.how.startswith("crontab, ") else ""
    return entry.model_copy(update={"name": path, "how": f"{entry.how}: {entry.name}"[:200]}) if path else entry


def _python_2(survey: Survey) -> list[RuntimeClaim]:
    """Python 2.7 where code is written in a way that no Python 3 reads."""
    if not survey.python_2:
        return []
    path, line = min(survey.python_2)
    number = len(survey.python_2)
    files = "1 file" if number == 1 else f"{number} files"
    return [RuntimeClaim("python", "2.7", f"syntax of Python 2 in {files}", path, line, "pypi")]
