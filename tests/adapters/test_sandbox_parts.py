"""The sandboxes' parts that can be tried without a box."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.adapters.sandbox_cgroups import make_cgroups
from agent.adapters.sandbox_folders import DEEPEST, mount_point, remove_tree, size_of, take_back
from agent.adapters.sandbox_network import network_settings
from agent.adapters.sandbox_output import Transcript
from agent.adapters.sandbox_seccomp import CALLS, REFUSED, filter_program
from agent.adapters.sandbox_state import BOXES, PROBE, box_user, clear_leftovers, lease, may_change_user
from agent.adapters.sandbox_system import settings, system_folders
from agent.adapters.sandbox_watch import DiskWatch, tree_use
from agent.domain.execution import Limits


@given(st.lists(st.binary(max_size=60)), st.integers(min_value=0, max_value=100))
def test_a_transcript_is_whole_or_both_ends(chunks: list[bytes], limit: int) -> None:
    transcript = Transcript(limit)
    for chunk in chunks:
        transcript.add(chunk)
    everything = b"".join(chunks)
    text = transcript.text()
    if len(everything) <= limit:
        assert text == everything
    else:
        head, middle, tail = text.partition(b"\n[... %d bytes left out ...]\n" % (len(everything) - limit))
        assert middle
        assert len(head) + len(tail) == limit
        assert everything.startswith(head)
        assert everything.endswith(tail)


def allows(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Runs the BPF program as the kernel does; returns what it answers."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    steps = list(struct.iter_unpack("=HBBI", program))
    place = accumulator = 0
    while True:
        code, yes, no, value = steps[place]
        place += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            place += yes if holds else no


ALLOWED = 0x7FFF0000
MACHINES = [("x86_64", 0xC000003E, 0), ("aarch64", 0xC00000B7, 1)]


@pytest.mark.parametrize(("machine", "architecture", "column"), MACHINES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine: str, architecture: int, column: int) -> None:
    program = filter_program(machine)
    refused = {numbers[column] for numbers in REFUSED.values()} | {435}
    conditional = {numbers[column] for numbers in CALLS.values()}
    for number in set(range(460)) - conditional:
        assert (allows(program, architecture, number) == ALLOWED) == (number not in refused), number
    socket_call, ioctl = CALLS["socket"][column], CALLS["ioctl"][column]
    for family in range(50):
        answer = allows(program, architecture, socket_call, family)
        assert (answer == ALLOWED) == (family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, 16)), family
    assert allows(program, architecture, ioctl, 0, 0x5413) == ALLOWED
    assert allows(program, architecture, ioctl, 0, 0x5412) != ALLOWED
    for call in ("clone", "unshare"):
        assert allows(program, architecture, CALLS[call][column], 17) == ALLOWED
        assert allows(program, architecture, CALLS[call][column], 17 | 0x10000000) != ALLOWED
    assert allows(program, 0x40000003, 1) != ALLOWED
    assert allows(program, architecture, 0x40000001) != ALLOWED


def test_another_processor_has_no_filter() -> None:
    assert filter_program("riscv64") == b""


SECRETS = {
    ".npmrc": "fund=false\n//registry.example/:_authToken=hunter2\n_password=hunter2\nregistry=https://registry.example/\n",
    ".m2/settings.xml": (
        "<settings><servers><server><password>hunter2</password></server></servers>"
        "<mirrors><mirror><url>https://mirror.example</url></mirror></mirrors></settings>"
    ),
    ".gradle/gradle.properties": "systemProp.https.proxyHost=proxy\nsystemProp.https.proxyPassword=hunter2\nsigning.keyId=hunter2\n",
    ".config/pip/pip.conf": "[global]\nindex-url = https://index.example/simple\n",
}


def test_package_clients_get_their_settings_without_credentials(tmp_path: Path) -> None:
    for name, text in SECRETS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_rsa").write_text("hunter2")
    environ = {
        "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_CACHE_DIR": "/somewhere",
        "NPM_CONFIG_REGISTRY": "https://registry.example/",
        "NPM_CONFIG_USERCONFIG": "/somewhere",
        "NPM_CONFIG__AUTH": "hunter2",
        "npm_config_strict_ssl": "true",
        "https_proxy": "http://proxy.example:3128",
        "AWS_SECRET_ACCESS_KEY": "hunter2",
        "GITHUB_TOKEN": "hunter2",
        "PIP_PASSWORD": "hunter2",
        "HOME": str(tmp_path),
    }
    found = network_settings(environ, tmp_path)
    assert set(found.variables) == {"PIP_INDEX_URL", "NPM_CONFIG_REGISTRY", "npm_config_strict_ssl", "https_proxy"}
    assert set(found.home) == set(SECRETS)
    assert "hunter2" not in repr(found)
    assert "mirror.example" in found.home[".m2/settings.xml"]
    assert "registry=https://registry.example/" in found.home[".npmrc"]
    assert "proxyHost" in found.home[".gradle/gradle.properties"]


def test_certificates_and_packages_that_variables_name_are_shown(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id").write_text("key")
    (home / ".ssh" / "id").chmod(0o600)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "ca.pem").write_text("certificate")
    environ = {
        "PIP_FIND_LINKS": str(tmp_path / "wheels"),
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        "JAVA_TOOL_OPTIONS": f"-Djavax.net.ssl.trustStore={tmp_path / 'ca.pem'} -Da={home}",
        "NODE_EXTRA_CA_CERTS": str(home / ".ssh" / "id"),
        "PIP_CERT": "/etc/shadow",
        "CURL_CA_BUNDLE": "/",
    }
    shown = set(network_settings(environ, home).shown)
    assert {tmp_path / "wheels", tmp_path / "ca.pem"} <= shown
    assert not shown & {home, home / ".ssh" / "id", Path("/etc/shadow"), Path("/")}


def test_the_system_that_is_shown_holds_no_secret() -> None:
    assert ("/usr", "") in list(system_folders())
    shown = {path for path, _ in settings()}
    assert "/etc/ssl/certs" in shown or "/etc/pki/tls/certs" in shown or not Path("/etc/ssl").exists()
    for path in (
        "/etc/shadow",
        "/etc/gshadow",
        "/etc/ssh",
        "/etc/ssl/private",
        "/etc/ssl",
        "/etc/sudoers",
        "/etc",
        "/etc/hosts",
    ):
        assert path not in shown


def laid_out(root: Path, version: int) -> str:
    """Folders as a control group file system has them; returns what /proc/self/cgroup says."""
    if version == 1:
        for controller in ("memory", "pids", "cpuacct"):
            (root / controller / "outer").mkdir(parents=True)
            (root / controller / "outer" / "cgroup.procs").touch()
        return "3:memory:/outer\n2:pids:/outer\n1:cpuacct:/outer\n"
    own = root / "user" / "app"
    own.mkdir(parents=True)
    (root / "cgroup.controllers").write_text("memory pids")
    for folder, handed in ((own, ""), (own.parent, "memory pids"), (root, "memory pids")):
        (folder / "cgroup.procs").touch()
        (folder / "cgroup.subtree_control").write_text(handed)
    return "0::/user/app\n"


def test_control_groups_of_version_two_are_made_where_controllers_are_handed_down(tmp_path: Path) -> None:
    own = laid_out(tmp_path / "cgroup", 2)
    with lease(tmp_path) as leased:
        groups = make_cgroups(leased, Limits(memory_bytes=1 << 30, processes=7), tmp_path / "cgroup", own)
        folder = groups.folders["memory"]
        assert groups.unified
        assert folder.parent == tmp_path / "cgroup" / "user"
        assert (folder / "memory.max").read_text() == str(1 << 30)
        assert (folder / "memory.swap.max").read_text() == "0"
        assert (folder / "pids.max").read_text() == "7"
        assert groups.entrances() == [folder / "cgroup.procs"]
        assert groups.stop() == ""
        (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
        assert groups.cpu_seconds() == 1.5
        (folder / "pids.events").write_text("max 1\n")
        assert groups.stop() == "processes"
        (folder / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
        assert groups.stop() == "memory"


def test_no_control_group_is_no_error(tmp_path: Path) -> None:
    with lease(tmp_path) as leased:
        groups = make_cgroups(leased, Limits(), tmp_path / "nowhere", "0::/\n")
    assert (groups.folders, groups.stop(), groups.cpu_seconds(), groups.entrances()) == ({}, "", None, [])


def test_leases_are_apart_and_leave_nothing(tmp_path: Path) -> None:
    with lease(tmp_path) as one, lease(tmp_path) as other:
        assert one.number != other.number
        assert clear_leftovers(tmp_path) == 0
        assert one.folder.is_dir()
    assert not list(tmp_path.glob("box-*"))


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "home"
    (left / "closed").mkdir(parents=True)
    (left / "closed").chmod(0)
    (tmp_path / "box-917").mkdir()  # a number that no box of this machine has now
    (tmp_path / "box-917" / "notes").write_text(f"folder {left}\ncgroup {tmp_path / 'gone'}\n")
    assert clear_leftovers(tmp_path) == 1
    assert not left.exists()
    assert clear_leftovers(tmp_path) == 0


def test_disk_is_measured_with_a_price_for_each_file(tmp_path: Path) -> None:
    before = size_of(tmp_path).bytes
    watch = DiskWatch((tmp_path,), before, 1 << 20)
    assert not watch.full(None)
    for number in range(300):
        (tmp_path / f"{number}").touch()
    watch._next = 0.0  # as after some seconds
    assert watch.full(None)
    assert size_of(tmp_path).bytes - before >= 300 * 4096


def test_sizes_do_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    (tmp_path / "usr").symlink_to("/usr")
    assert size_of(tmp_path).bytes < 100_000


def test_a_deep_tree_is_counted_as_too_deep_and_can_be_removed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    here = os.open(root, os.O_RDONLY)
    for _ in range(DEEPEST + 300):
        os.mkdir("a-rather-long-name", dir_fd=here)
        child = os.open("a-rather-long-name", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = child
    os.close(here)
    assert size_of(root).too_deep == 1
    assert take_back(root).too_deep == 1
    assert size_of(root).too_deep == 0
    remove_tree(root)
    assert not root.exists()


@pytest.mark.parametrize("path", ["", ".", "..", "../x", "/etc", "a/../../x"])
def test_mount_points_lie_inside(tmp_path: Path, path: str) -> None:
    (tmp_path / "root").mkdir()
    with pytest.raises(OSError, match="inside"):
        mount_point(tmp_path / "root", path, folder=True)
    assert [found.name for found in tmp_path.rglob("*")] == ["root"]


def test_our_own_use_is_seen() -> None:
    use = tree_use(os.getpid())
    assert use.processes >= 1
    assert use.memory > 1 << 20
    assert use.cpu_seconds > 0


@pytest.mark.skipif(not may_change_user(), reason="only root gives a box a user of its own")
def test_no_box_has_the_user_of_the_probe() -> None:
    """Whoever clears a box away ends all that its user runs, in whatever process that was started."""
    assert box_user(PROBE) not in {box_user(number) for number in range(BOXES)}
