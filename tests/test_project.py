"""The project keeps its promises: licences, declared and locked dependencies, current pages, no dead links, no registry names."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import agent

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")

# SPDX identifier -> why figwright, under Apache-2.0, may depend on it
ALLOWED = {
    "0BSD": "no conditions",
    "Apache-2.0": "our own",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "CC0-1.0": "no conditions",
    "CNRI-Python": "permissive",
    "ISC": "permissive",
    "MIT": "permissive",
    "MIT-0": "no conditions",
    "MPL-2.0": "weak copyleft a file: using it unchanged asks nothing of our code",
    "PSF-2.0": "permissive",
    "Unlicense": "no conditions",
    "WTFPL": "no conditions",
    "ZPL-2.1": "permissive",
    "Zlib": "permissive",
}
# how packages without an SPDX expression say it, in classifiers or in the free text
SPELLINGS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zope public license": "ZPL-2.1",
    "zpl 2.1": "ZPL-2.1",
}
# written apart, so that this file does not hold them either
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npmjs" + ".com",
    "repo1." + "maven.org",
    "crates" + ".io",
]


def requirements() -> list[Requirement]:
    """What installing figwright asks for, with all extras."""
    extras = PROJECT["project"].get("optional-dependencies", {}).values()
    return [
        Requirement(text) for text in [*PROJECT["project"]["dependencies"], *(t for extra in extras for t in extra)]
    ]


def closure() -> dict[str, importlib.metadata.Distribution]:
    """Every distribution that installing figwright brings along on this machine."""
    found: dict[str, importlib.metadata.Distribution] = {}
    seen: set[tuple[str, str]] = set()
    todo = [(requirement, "") for requirement in requirements()]
    while todo:
        requirement, asked_for = todo.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": asked_for}):
            continue
        name = canonicalize_name(requirement.name)
        found.setdefault(name, importlib.metadata.distribution(name))
        for extra in {"", *requirement.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                todo += [(Requirement(text), extra) for text in found[name].requires or ()]
    return found


def licences(distribution: importlib.metadata.Distribution) -> set[str]:
    """SPDX identifiers of all licences that apply; what cannot be read stays as it is written."""
    about = distribution.metadata
    if expression := about.get("License-Expression"):
        return set(re.split(r"\s+(?:AND|OR|WITH)\s+", expression.replace("(", "").replace(")", "")))
    named = [
        c.rpartition(" :: ")[2]
        for c in about.get_all("Classifier") or ()
        if c.startswith("License :: OSI Approved :: ")
    ]
    named = named or [(about.get("License") or "nothing said").splitlines()[0]]
    return {part for name in named for part in (SPELLINGS.get(name.lower()) or name).split(" AND ")}


def test_every_runtime_dependency_has_a_licence_that_we_may_use():
    found = {name: licences(distribution) for name, distribution in closure().items()}
    assert len(found) > 30
    assert {name: named - set(ALLOWED) for name, named in found.items() if named - set(ALLOWED)} == {}


def test_a_copyleft_licence_would_be_noticed():
    for text in (
        "GPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "LGPL-2.1",
        "AGPL-3.0-only",
        "nothing said",
    ):
        assert text not in ALLOWED
        assert SPELLINGS.get(text.lower()) is None


def test_what_the_program_imports_is_declared():
    distributions = importlib.metadata.packages_distributions()
    declared = {canonicalize_name(requirement.name) for requirement in requirements()}
    undeclared = {}
    for path in sorted((ROOT / "agent").rglob("*.py")):
        if path.parent.name in ("probes", "box"):
            continue  # text that runs in the repository's own interpreter, beside its own test tools
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in {n.partition(".")[0] for n in names} - set(sys.stdlib_module_names) - {"agent"}:
                if not {canonicalize_name(d) for d in distributions.get(name, [name])} & declared:
                    undeclared[name] = str(path.relative_to(ROOT))
    assert undeclared == {}


def test_the_lock_holds_every_dependency_with_hashes():
    pinned = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", LOCK, re.MULTILINE))
    wanted = requirements() + [Requirement(text) for text in PROJECT["dependency-groups"]["dev"]]
    for requirement in [*wanted, Requirement("uv")]:
        name = canonicalize_name(requirement.name)
        assert name in pinned, f"{name} is not locked: run `make lock`"
        assert requirement.specifier.contains(pinned[name]), f"{name} {pinned[name]}: run `make lock`"
    stanzas = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in stanza for stanza in stanzas)


def project_files() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [
        path for folder in ("agent", "docs", "eval", "tests") for path in (ROOT / folder).rglob("*") if path.is_file()
    ]


def test_no_file_names_a_package_registry():
    bad = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in project_files()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]
    assert bad == []


@pytest.mark.parametrize(
    "page", sorted(p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_between_pages_lead_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"


def test_make_targets_in_the_documents_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / ".ci" / "run"):
        for target in re.findall(r"(?:`|\$ |^)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE):
            assert target in targets, f"{page.name}: make {target}"


def test_the_command_line_page_is_current():
    done = subprocess.run([sys.executable, "docs/make_cli.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_settings_page_names_every_key():
    from agent.domain.assumptions import Assumptions
    from agent.settings import ENVIRONMENT, Settings

    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for key in [*Assumptions.model_fields, *(set(Settings.model_fields) - {"assumptions"}), *ENVIRONMENT]:
        assert f"`{key}`" in page, key


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_one_version():
    assert agent.__version__ == PROJECT["project"]["version"]
