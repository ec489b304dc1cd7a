"""What of this machine a box sees, all of it read-only: the system's folders, the needed part of /etc, toolchains."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from agent.domain.execution import Toolchain
from agent.errors import SandboxError

__all__ = [
    "GROUP",
    "HOSTS",
    "NAME_SERVICE",
    "USERS",
    "home_folder",
    "is_system",
    "settings",
    "system_folders",
    "toolchain_folders",
]

FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# Neither shadow nor ssh, nothing of a daemon's, nothing with a password in it.
ETC = (
    *(
        "alternatives",
        "ld.so.cache",
        "ld.so.conf",
        "ld.so.conf.d",
        "localtime",
        "timezone",
        "locale.alias",
        "locale.conf",
    ),
    *("ssl/certs", "ssl/openssl.cnf", "ssl/cert.pem", "pki/tls/certs", "pki/tls/cert.pem", "pki/tls/openssl.cnf"),
    *("pki/ca-trust", "pki/java", "ca-certificates", "ca-certificates.conf", "crypto-policies", "gnutls"),
    *("java-*", ".java", "jvm-*", "maven", "gradle", "php", "php*", "perl", "python*", "ruby*", "nodejs", "fonts"),
    *(
        "mime.types",
        "magic",
        "services",
        "protocols",
        "networks",
        "host.conf",
        "gai.conf",
        "os-release",
        "debian_version",
    ),
    *("redhat-release", "lsb-release", "terminfo", "xml", "sgml", "gnucobol", "odbcinst.ini", "ImageMagick-*", "texmf"),
)

USERS = "root:x:0:0:root:/nonexistent:/usr/sbin/nologin\nbox:x:{uid}:{uid}:box:{home}:/bin/sh\n"
GROUP = "root:x:0:\nbox:x:{uid}:\n"
HOSTS = "127.0.0.1\tlocalhost box\n::1\tlocalhost ip6-localhost ip6-loopback box\n"
NAME_SERVICE = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n"


def home_folder() -> Path:
    """Of who runs this program; a place that does not exist for a user who has none (as in many containers)."""
    with suppress(RuntimeError):
        return Path.home()
    return Path("/nonexistent")


def system_folders() -> Iterator[tuple[str, str]]:
    """(path, target of the link or "" for a folder) of the system's top folders, as this machine has them."""
    for name in FOLDERS:
        path = Path(name)
        if path.is_symlink():
            yield name, str(path.readlink())
        elif path.is_dir():
            yield name, ""


def settings() -> Iterator[tuple[str, str]]:
    """(path, target of the link or "" for a file or folder) below /etc."""
    etc = Path("/etc")
    for path in sorted({path for pattern in ETC for path in etc.glob(pattern)}):
        if path.is_symlink() and is_system((path.parent / str(path.readlink())).absolute()):
            yield str(path), str(path.readlink())
        elif path.exists():
            yield str(path), ""


def is_system(path: Path) -> bool:
    """Whether the box sees the path anyway."""
    normal = Path(os.path.normpath(path))
    return any(normal == Path(folder) or Path(folder) in normal.parents for folder, _ in system_folders())


def toolchain_folders(toolchains: Sequence[Toolchain]) -> list[Path]:
    """Folders to show besides the system's, outermost first, none inside another.

    Raises SandboxError for one that would show more than a toolchain: a user's home folder, or everything.
    """
    wanted = [path for toolchain in toolchains for path in (toolchain.home, *toolchain.also)]
    closed = {Path("/"), Path("/home"), Path("/root"), Path("/etc"), Path("/var"), Path("/tmp"), home_folder()}  # noqa: S108
    found: list[Path] = []
    for path in sorted({variant for shown in wanted for variant in _both(shown)}):
        if is_system(path) or any(path.is_relative_to(outer) for outer in found):
            continue
        if path in closed or any(shut.is_relative_to(path) for shut in closed):
            raise SandboxError(f"{path} is no toolchain's own folder, so the sandbox does not show it.")
        if path.exists():
            found.append(path)
    return found


def _both(path: Path) -> Iterable[Path]:
    """The path by which it is called, and the place that it leads to: programs find themselves by either."""
    return (Path(os.path.abspath(path)), path.resolve())  # noqa: PTH100 - without following links
