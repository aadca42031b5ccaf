"""Where programs are looked for, which of two editions is taken, and what is said of neither."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.programs import Edition, Programs, find_program


def make_program(path: Path, script: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where servers are unpacked; the system has none."""
    folder = tmp_path / "servers"
    monkeypatch.setenv("IMAP_CONFORMANCE_SERVERS", str(folder))
    monkeypatch.setattr("conformance.targets.programs._SYSTEM_FOLDERS", ())
    return folder


def test_a_program_is_found_outside_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program(tmp_path / "served")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(
        ServerMissing, match=r"^served is not installed \(on Debian: apt install s\)"
    ):
        find_program("served", "s")
    monkeypatch.setattr("conformance.targets.programs._SYSTEM_FOLDERS", (str(tmp_path),))
    assert find_program("served", "s") == program


def test_a_program_of_a_release_has_the_name_that_it_has_there(servers: Path) -> None:
    release = Programs("sid")
    make_program(servers / "sid/usr/sbin/served")
    make_program(servers / "sid/usr/lib/s/bin/helper")
    assert release.find("served", "s") == Path("/usr/sbin/served")
    assert release.find("helper", "s", folders=("/usr/lib/s/bin",)) == Path("/usr/lib/s/bin/helper")
    with pytest.raises(ServerMissing, match=rf"^helper of Debian's sid .* in {servers}/sid$"):
        release.find("helper", "s")


def edition_of(found: dict[str, str]) -> tuple[str, str]:
    """The release and version that are taken where these, by release, are there."""

    def version_of(programs: Programs) -> str:
        if programs.release not in found:
            raise ServerMissing(f"nothing in {programs.release or 'the system'}")
        return found[programs.release]

    programs, version = Edition("Server", "2.4.", release="sid").locate(version_of)
    return programs.release, version


def test_the_system_s_own_is_taken_if_it_is_of_the_series() -> None:
    assert edition_of({"": "2.4.1", "sid": "2.4.5"}) == ("", "2.4.1")
    assert edition_of({"": "2.3.9", "sid": "2.4.5"}) == ("sid", "2.4.5")
    assert edition_of({"sid": "2.4.5"}) == ("sid", "2.4.5")


def test_what_is_there_instead_is_said() -> None:
    with pytest.raises(ServerMissing, match=r"^nothing in the system; nothing in sid$"):
        edition_of({})
    with pytest.raises(
        ServerMissing, match=r"^Server 2\.3\.9 is installed, but only 2\.4\.x .*; nothing in sid$"
    ):
        edition_of({"": "2.3.9"})


def test_who_may_not_make_a_namespace_is_told(
    servers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = make_program(servers / "sid/usr/bin/served", "echo 2.4.1")
    make_program(tmp_path / "bin/unshare", "echo 'unshare: Operation not permitted' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(ServerMissing, match=r"Debian's sid needs the right .*not permitted$"):
        Programs("sid").ask_version(program, "--version")


def test_what_runs_a_program_says_who_runs_it(
    servers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root enters at once; anyone else becomes root for the mount, and then themselves again."""
    make_program(tmp_path / "bin/unshare")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert Programs().command("served", "-x") == ["served", "-x"]
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    enter = [str(word) for word in Programs("sid").command("served", "-x")]
    assert "--map-root-user" not in enter
    assert enter[-3:] == [f"{servers}/sid/usr", "served", "-x"]
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 100)
    enter = [str(word) for word in Programs("sid").command("served", "-x")]
    assert "--map-root-user" in enter
    assert enter[-6:-2] == ["unshare", "--user", "--map-user=1000", "--map-group=100"]


@pytest.mark.parametrize(
    ("script", "message"),
    [("exit 1", "--version does not work"), ("sleep 60", "timed out")],
)
def test_a_program_that_does_not_run(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.targets.programs._PATIENCE", 0.2)
    program = make_program(tmp_path / "served", f"exec {script}" if "sleep" in script else script)
    with pytest.raises(ServerFailed, match=message) as caught:
        Programs().ask_version(program, "--version")
    assert isinstance(caught.value.__cause__, subprocess.SubprocessError)
