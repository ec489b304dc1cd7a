"""System calls that a box does without, as the BPF program that ``bwrap --seccomp`` loads: nothing in, bytes out.

Namespaces alone leave three doors: sockets of families that no network namespace holds (vsock leads straight to a virtual machine's host),
typing into a terminal by ioctl, and the parts of the kernel that every sandbox's holes have been in (bpf, io_uring, keyrings, mounting).
Numbers are from the kernel's syscall tables. On a machine of another kind there is no filter.
"""

from __future__ import annotations

import os
import struct

__all__ = ["filter_program"]

LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLONE_NEWUSER = 0x10000000
FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, netlink
IOCTLS = (0x5412, 0x541C)  # TIOCSTI types into a terminal, TIOCLINUX pastes into a console

# name: (x86_64, aarch64)
REFUSED = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "pivot_root": (155, 41),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "setns": (308, 268),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "userfaultfd": (323, 282),
}
ABSENT = {"clone3": (435, 435)}  # its flags are behind a pointer: programs fall back to clone, whose flags can be seen
CALLS = {"clone": (56, 220), "unshare": (272, 97), "socket": (41, 198), "ioctl": (16, 29)}


def filter_program(machine: str | None = None) -> bytes:
    """The filter for this machine's processor; empty when its numbers are not known here."""
    machine = machine or os.uname().machine
    if machine not in ARCHITECTURES:
        return b""
    column = list(ARCHITECTURES).index(machine)
    program = [
        _step(LOAD, 4),
        _step(EQUAL, ARCHITECTURES[machine], 1, 0),
        _step(RETURN, ERRNO | ENOSYS),  # 32-bit calls have numbers of their own
        _step(LOAD, 0),
        _step(AT_LEAST, 0x40000000, 0, 1),
        _step(RETURN, ERRNO | ENOSYS),  # so has x32
    ]
    for names, number in ((REFUSED, EPERM), (ABSENT, ENOSYS)):
        for name in sorted(names):
            program += [_step(EQUAL, names[name][column], 0, 1), _step(RETURN, ERRNO | number)]
    for name in ("clone", "unshare"):
        program += _on(
            CALLS[name][column], [_argument(0), _step(ANY_BIT, CLONE_NEWUSER, 0, 1), _step(RETURN, ERRNO | EPERM)]
        )
    families = [_step(EQUAL, family, len(FAMILIES) - place, 0) for place, family in enumerate(FAMILIES)]
    program += _on(CALLS["socket"][column], [_argument(0), *families, _step(RETURN, ERRNO | EAFNOSUPPORT)])
    ioctls = [step for number in IOCTLS for step in (_step(EQUAL, number, 0, 1), _step(RETURN, ERRNO | EPERM))]
    program += _on(CALLS["ioctl"][column], [_argument(1), *ioctls])
    program.append(_step(RETURN, ALLOW))
    return b"".join(program)


def _on(call: int, steps: list[bytes]) -> list[bytes]:
    """The steps only for that call; whoever passes them is allowed."""
    body = [*steps, _step(RETURN, ALLOW)]
    return [_step(EQUAL, call, 0, len(body)), *body]


def _argument(place: int) -> bytes:
    """Load the lower half of an argument: the kernel reads no more of these."""
    return _step(LOAD, 16 + 8 * place)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
