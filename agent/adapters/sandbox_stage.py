"""The last steps before a box: run as a program by itself, reads what to do from a file descriptor, becomes the command.

In: JSON on the descriptor named by its only argument (`Launch` in `agent.adapters.sandbox_process` writes it). Out: nothing; it ends
in `execve`, or writes one line that begins with ``figwright-stage:`` to the status descriptor and exits with 125. It imports nothing of
figwright, so that it starts within milliseconds and runs under ``python -I -S``.
"""

# Paths are plain strings here: importing pathlib would take longer than all that this does.
# ruff: noqa: PTH103, PTH112, PTH118, PTH123
from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

MS_RDONLY, MS_NOSUID, MS_NODEV = 1, 2, 4
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
CLONE_NEWNS = 0x00020000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
KEYCTL_JOIN_SESSION_KEYRING = 1
KEYCTL = {"x86_64": 250, "aarch64": 219}

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    arguments = [item.encode() if item is not None else None for item in (source, target, kind, data)]
    check(
        libc.mount(arguments[0], arguments[1], arguments[2], ctypes.c_ulong(flags), arguments[3]),
        f"mounting {source} on {target}",
    )


def die_with_parent(parent: int) -> None:
    """Ask for SIGKILL when the parent dies; asked again after each change of user, which takes it back."""
    check(libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL), 0, 0, 0), "PR_SET_PDEATHSIG")
    if os.getppid() != parent:
        os._exit(125)


def set_the_stage(stage: str, binds: list[list[str]]) -> None:
    """In a mount namespace of its own: show what lies in closed folders in a place that the box's user can reach."""
    check(libc.unshare(CLONE_NEWNS), "unshare")
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("figwright", stage, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=4m")
    for source, name in binds:
        place = os.path.join(stage, name)
        if os.path.isdir(source):
            os.makedirs(place, mode=0o755, exist_ok=True)
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
        mount(source, place, None, MS_BIND | MS_REC)


def become(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def prepare(spec: dict[str, Any]) -> None:
    die_with_parent(spec["parent"])
    for place in spec["cgroups"]:
        with open(place, "w", encoding="ascii") as file:
            file.write("0")
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")  # when the whole machine runs out of memory, the box goes first
    keyctl = KEYCTL.get(os.uname().machine)
    if keyctl is not None:  # the session's keyring would be inherited across any change of user
        libc.syscall(ctypes.c_long(keyctl), KEYCTL_JOIN_SESSION_KEYRING, None)
    if spec["stage"]:
        set_the_stage(spec["stage"], spec["binds"])
    for name, value in spec["rlimits"].items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (limit, limit))
    if spec["uid"] is not None:
        become(spec["uid"])
        die_with_parent(spec["parent"])
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")
    os.umask(0o022)
    os.chdir(spec["cwd"])
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and what is ignored stays so after exec
        signal.signal(number, signal.SIG_DFL)


def main() -> None:
    source = int(sys.argv[1])
    with open(source, encoding="utf-8") as file:
        spec = json.load(file)
    try:
        prepare(spec)
        os.execve(spec["program"], spec["argv"], spec["env"])  # noqa: S606
    except OSError as error:
        os.write(spec["status"], f"figwright-stage: {error}\n".encode())
        os._exit(127 if error.errno == 2 else 125)


if __name__ == "__main__":
    main()
