"""Toolchains on this machine, and in folders made up to look like one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from agent.adapters.machine_toolchains import MachineToolchains


def program(path: Path, says: str, code: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path) -> MachineToolchains:
    versions = tmp_path / ".pyenv" / "versions"
    program(versions / "2.7.18" / "bin" / "python", "2.7.18")
    program(versions / "9.10.1" / "bin" / "python", "9.10.1")
    program(versions / "9.9.1" / "bin" / "python", "9.9.1")
    program(versions / "broken" / "bin" / "python", "9.11.0", code=1)
    program(tmp_path / ".pyenv" / "shims" / "python", "9.12.0")
    program(tmp_path / ".nvm/versions/node/v99.1.0/bin/node", "v99.1.0")
    program(tmp_path / "jdk/bin/java", 'openjdk version "99.0.3" 2040-01-01')
    program(tmp_path / "jdk/bin/javac", "javac 99.0.3")
    program(tmp_path / "jre/bin/java", 'openjdk version "98.0.3" 2040-01-01')
    program(tmp_path / "maven/bin/mvn", "Apache Maven 99.8.1 (abc)")
    environ = {"PATH": f"{tmp_path}/.pyenv/shims:{tmp_path}/maven/bin", "JAVA_HOME": str(tmp_path / "jdk")}
    return MachineToolchains(environ, tmp_path)


def test_pythons_come_from_pyenv_newest_first(machine: MachineToolchains) -> None:
    found = [toolchain.version for toolchain in machine.all("python")]
    assert found[:2] == ["9.10.1", "9.9.1"]
    assert "2.7.18" in found
    assert "9.11.0" not in found
    assert "9.12.0" not in found


def test_home_is_what_a_box_must_show(machine: MachineToolchains, tmp_path: Path) -> None:
    python = machine.best("python", "==2.7.*")
    assert python is not None
    assert python.home == tmp_path / ".pyenv/versions/2.7.18"
    assert python.executable.is_relative_to(python.home)
    maven = machine.best("maven", ">=99")
    assert maven is not None
    assert maven.home == tmp_path / "maven"


def test_best_is_the_newest_that_will_do(machine: MachineToolchains) -> None:
    best = machine.best("python", "<9.10")
    assert best is not None
    assert best.version == "9.9.1"
    assert machine.best("python", "==7.*") is None
    assert machine.best("python", "nonsense") is None
    assert machine.best("cobol") is None


def test_a_jdk_has_a_compiler(machine: MachineToolchains) -> None:
    assert machine.all("java")[0].version == "99.0.3"
    assert "98.0.3" not in [toolchain.version for toolchain in machine.all("java")]
    assert machine.all("node")[0].version == "99.1.0"


def test_a_program_that_never_answers_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.adapters.machine_toolchains._PATIENCE", 0.2)
    slow = program(tmp_path / "bin" / "gradle", "")
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    machine = MachineToolchains({"PATH": f"{tmp_path}/bin"}, tmp_path)
    assert str(slow) not in [str(toolchain.executable) for toolchain in machine.all("gradle")]


def test_this_machine_has_the_python_that_runs_this() -> None:
    mine = ".".join(map(str, sys.version_info[:2]))
    assert MachineToolchains().best("python", f"=={mine}.*") is not None
