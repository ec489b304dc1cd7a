"""What package clients need to reach their registries from a box that may use the network: variables, and files to show.

In: this process's environment and the user's home. Out: `NetworkSettings`. Taken over are

- variables: ``HTTP_PROXY`` and its kin, certificate bundles, and those of pip, uv, npm, yarn, Go, Composer and the JVM in `PREFIXES` and
  `VARIABLES`, without those that name a writable place or carry a secret;
- files: pip's configuration, ``.npmrc`` without its credentials, Maven's ``settings.xml`` without ``<servers>``, Gradle's
  ``gradle.properties`` (lines on proxies and trust stores), Go's ``env``; and the certificates and folders that variables name.

An index or a proxy whose URL carries its password is taken over as it is: without it nothing can be fetched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent.adapters.sandbox_system import is_system

__all__ = ["NetworkSettings", "network_settings"]

PREFIXES = ("PIP_", "UV_INDEX", "UV_DEFAULT_INDEX", "UV_FIND_LINKS", "NPM_CONFIG_", "YARN_REGISTRY", "COMPOSER_REPO")
VARIABLES = frozenset(
    "HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE "
    "NODE_EXTRA_CA_CERTS GIT_SSL_CAINFO JAVA_TOOL_OPTIONS MAVEN_OPTS GRADLE_OPTS GOPROXY GOSUMDB GONOSUMDB GOFLAGS "
    "UV_NATIVE_TLS UV_SYSTEM_CERTS NODE_OPTIONS NODE_USE_SYSTEM_CA COMPOSER_CAFILE".split()
)
SECRET = re.compile(r"TOKEN|PASSWORD|PASSWD|_AUTH|SECRET|USERNAME|CREDENTIAL|KEYRING", re.IGNORECASE)
PLACE = re.compile(
    r"_(CACHE|CACHE_DIR|TARGET|PREFIX|ROOT|SRC|LOG|LOGS_DIR|TMP|USERCONFIG|GLOBALCONFIG|USER|INIT_MODULE|REQUIRE_VIRTUALENV"
    r"|LOCAL_PREFIX|NOPROXY_CACHE|BUILD|PYTHON)$"
)
FILES = re.compile(r"(?:^|[=:,\s])(/[^\s=:,;\"']+)")
NPM_SECRET = re.compile(r"(^|:)_?(authToken|auth|password|username|email|certfile|keyfile|key|otp)\s*=", re.IGNORECASE)
GRADLE = re.compile(r"\s*(systemProp\.(https?\.|javax\.net\.ssl\.trustStore)|org\.gradle\.jvmargs)")
HOME_FILES = (
    ".config/pip/pip.conf",
    ".pip/pip.conf",
    ".npmrc",
    ".m2/settings.xml",
    ".gradle/gradle.properties",
    ".config/go/env",
)
SYSTEM_FILES = (
    "/etc/pip.conf",
    "/etc/xdg/pip/pip.conf",
    "/etc/npmrc",
    "/etc/hosts",
    "/usr/etc/npmrc",
    "/etc/uv/uv.toml",
)
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """``shown`` are read-only paths in their own places; ``home`` maps paths below HOME to contents; ``etc`` paths to contents."""

    variables: Mapping[str, str] = field(default_factory=dict)
    shown: tuple[Path, ...] = ()
    home: Mapping[str, str] = field(default_factory=dict)
    etc: Mapping[str, str] = field(default_factory=dict)


def network_settings(environ: Mapping[str, str], home: Path) -> NetworkSettings:
    variables = {name: value for name, value in sorted(environ.items()) if _wanted(name)}
    copied: dict[str, str] = {}
    for name in HOME_FILES:
        text = _read(home / name)
        if text:
            copied[name] = _without_secrets(name, text)
    etc = {"/etc/resolv.conf": _read(Path("/etc/resolv.conf"))}  # read, not shown: it is often a link into /run
    shown = {Path(name) for name in SYSTEM_FILES if Path(name).is_file() and not is_system(Path(name))}
    for text in (*variables.values(), *copied.values(), *(_read(path) for path in shown if path.suffix == ".conf")):
        shown.update(path for path in map(Path, FILES.findall(text)) if _may_be_shown(path, home))
    return NetworkSettings(variables, tuple(sorted(shown)), copied, etc)


def _wanted(name: str) -> bool:
    upper = name.upper()
    if not (upper in VARIABLES or upper.startswith(PREFIXES)):
        return False
    return not SECRET.search(upper) and not PLACE.search(upper)


def _may_be_shown(path: Path, home: Path) -> bool:
    """A certificate bundle, a trust store, a folder of packages: not a home folder, not what is there already."""
    if len(path.parts) < 3 or is_system(path) or path == home or home.is_relative_to(path) or ".." in path.parts:
        return False
    if path.is_relative_to("/etc/ssl/certs") or path.is_relative_to("/proc") or path.is_relative_to("/dev"):
        return False
    if path.is_dir():
        return not path.is_relative_to("/etc") and not path.is_relative_to(home)
    return (
        path.is_file()
        and path.suffix in (".crt", ".pem", ".jks", ".p12", ".pkcs12", ".conf", "", ".cer")
        and _public(path)
    )


def _public(path: Path) -> bool:
    """Readable by all: what only its owner may read is no certificate."""
    with suppress(OSError):
        return bool(path.stat().st_mode & 0o004)
    return False


def _read(path: Path) -> str:
    with suppress(OSError):
        if path.is_file() and path.stat().st_size <= LARGEST:
            return path.read_text(encoding="utf-8", errors="replace")
    return ""


def _without_secrets(name: str, text: str) -> str:
    if name == ".npmrc":
        return "".join(line for line in text.splitlines(keepends=True) if not NPM_SECRET.search(line))
    if name.endswith("settings.xml"):
        return re.sub(r"<servers>.*?</servers>", "", text, flags=re.DOTALL)
    if name.endswith("gradle.properties"):
        return "".join(
            line for line in text.splitlines(keepends=True) if GRADLE.match(line) and not SECRET.search(line)
        )
    return text
