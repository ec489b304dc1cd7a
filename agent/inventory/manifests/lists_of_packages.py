"""Reads package lists of Ruby, Perl and CMake that programs partly write: text in, declarations out.

A lock file says which version is installed; a Perl or CMake script is read as text and never run.
"""

from __future__ import annotations

import re

from agent.inventory.manifests.declared import Declared, line_at

__all__ = ["read_cmake", "read_cpanfile", "read_gemfile_lock", "read_gemspec", "read_perl_build"]

_LOCKED = re.compile(r" {4}([\w.-]{1,80}) \(([^()\n]{1,60})\)\s*\Z")
_GEMSPEC = re.compile(
    r"(?m)^[ \t]*\w{1,20}\.add_(?:(runtime|development)_)?dependency[ \t(]+[\"']([\w.-]{1,80})[\"'](?:,[ \t]*[\"']([^\"'\n]{1,40})[\"'])?"
)
_REQUIRES = re.compile(
    r"(?m)^[ \t]*(requires|recommends|suggests|test_requires|configure_requires|build_requires|author_requires)"
    r"[ \t(]+[\"']?([A-Za-z_][\w:]{0,80})[\"']?(?:[ \t]*(?:=>|,)[ \t]*[\"']?([^\"';)\n]{1,40}))?"
)
_PHASE = re.compile(r"\bon[ \t(]+[\"']?(\w{1,20})[\"']?[ \t]*(?:=>|,)[ \t]*sub[ \t]*\{|^\}", re.MULTILINE)
_PREREQUISITES = re.compile(
    r"\b(PREREQ_PM|BUILD_REQUIRES|TEST_REQUIRES|CONFIGURE_REQUIRES|requires|build_requires|test_requires)\b[\"']?[ \t]*=>[ \t\n]*\{([^{}]{0,8000})\}"
)
_PAIR = re.compile(r"[\"']?([A-Z_a-z][\w:]{0,80})[\"']?[ \t]*(?:=>|,)[ \t]*[\"']?([\w.<>=! ]{1,40})")
_PERL = re.compile(
    r"(?m)\bMIN_PERL_VERSION\b[\"']?[ \t]*=>[ \t]*[\"']?v?([\d._]{1,12})|^[ \t]*(?:use|require)[ \t]+v?(5[\d._]{0,12})[ \t]*;"
)
_FOUND = re.compile(
    r"(?im)^[ \t]*(?:find_package|pkg_check_modules|pkg_search_module)[ \t]*\([ \t\n]*([\w.+-]{1,80})(?:[ \t\n]+([^()\n]{0,200}))?"
)
_FETCHED = re.compile(
    r"(?im)^[ \t]*FetchContent_Declare[ \t]*\([ \t\n]*([\w.+-]{1,80})(?:[^()]{0,600}?\bGIT_TAG[ \t\n]+([\w./-]{1,60}))?"
)


def read_gemfile_lock(text: str, declared: Declared) -> None:
    """The gems under ``specs:`` with the version that is installed."""
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line[0].isspace():
            inside = line.strip() in ("GEM", "PATH", "GIT")
        found = _LOCKED.match(line) if inside else None
        if found:
            declared.depend("rubygems", found.group(1), found.group(2), number, note="locked")
    ruby = re.search(r"(?m)^RUBY VERSION\n[ \t]+ruby (\d[\d.]{0,12})", text)
    if ruby:
        declared.run_on("ruby", ruby.group(1), "RUBY VERSION in Gemfile.lock", line_at(text, ruby.start(1)))


def read_gemspec(text: str, declared: Declared) -> None:
    declared.build_systems.append(("RubyGems", 0))
    for found in _GEMSPEC.finditer(text):
        development = found.group(1) == "development"
        line = line_at(text, found.start(2))
        declared.depend("rubygems", found.group(2), found.group(3) or "", line, development=development)
    ruby = re.search(r"\.required_ruby_version[ \t]*=[ \t]*[^\n\"']{0,40}[\"']([^\"'\n]{1,30})[\"']", text)
    if ruby:
        declared.run_on("ruby", ruby.group(1), "required_ruby_version in gemspec", line_at(text, ruby.start(1)))


def read_cpanfile(text: str, declared: Declared) -> None:
    """``requires 'DBI', '1.6';`` and the same in ``on test => sub { ... }``."""
    declared.build_systems.append(("cpanm", 0))
    _required(text, declared)


def read_perl_build(text: str, declared: Declared) -> None:
    """Makefile.PL and Build.PL: ExtUtils::MakeMaker, Module::Build and Module::Install."""
    declared.build_systems.append(("Module::Build" if declared.path.endswith("Build.PL") else "ExtUtils::MakeMaker", 0))
    for block in _PREREQUISITES.finditer(text):
        development = block.group(1).lower() not in ("prereq_pm", "requires")
        for pair in _PAIR.finditer(block.group(2)):
            _perl(pair.group(1), pair.group(2), line_at(text, block.start(2) + pair.start(1)), declared, development)
    _required(text, declared)
    for found in _PERL.finditer(text):
        declared.run_on("perl", found.group(1) or found.group(2), "least version of Perl", line_at(text, found.start()))
        return


def _required(text: str, declared: Declared) -> None:
    phases = [(found.start(), found.group(1) or "") for found in _PHASE.finditer(text)]
    for found in _REQUIRES.finditer(text):
        phase = next((name for start, name in reversed(phases) if start < found.start()), "")
        development = (
            phase in ("test", "develop", "build", "configure") or found.group(1).partition("_")[2] == "requires"
        )
        _perl(found.group(2), found.group(3) or "", line_at(text, found.start(2)), declared, development)


def _perl(name: str, version: str, line: int, declared: Declared, development: bool) -> None:
    version = version.strip()
    if name == "perl":
        declared.run_on("perl", version, "least version of Perl", line)
    elif name[0].isupper() or "::" in name:
        declared.depend("cpan", name, "" if version == "0" else version, line, development=development)


def read_cmake(text: str, declared: Declared) -> None:
    """``find_package(OpenSSL 1.1 REQUIRED)``, pkg-config's modules and what is fetched."""
    for found in _FOUND.finditer(text):
        rest = (found.group(2) or "").split()
        if found.group(0).lower().lstrip().startswith("pkg"):  # the first word is only a prefix of variables
            for word in rest:
                if word not in ("REQUIRED", "QUIET", "IMPORTED_TARGET", "NO_CMAKE_PATH", "GLOBAL"):
                    module = re.match(r"([\w.+-]{1,80}?)(?:[<>=]{1,2}([\d.]{1,20}))?\Z", word)
                    if module:
                        declared.depend("cmake", module.group(1), module.group(2) or "", line_at(text, found.start(1)))
            continue
        version = rest[0] if rest and re.fullmatch(r"\d[\d.]{0,20}", rest[0]) else ""
        declared.depend("cmake", found.group(1), version, line_at(text, found.start(1)))
    for found in _FETCHED.finditer(text):
        declared.depend("cmake", found.group(1), found.group(2) or "", line_at(text, found.start(1)), note="fetched")
