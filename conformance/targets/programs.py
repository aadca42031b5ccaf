"""Where the programs of a server are: in this system, or unpacked beside it.

A package that cannot be installed beside others may lie unpacked in a folder of its own, below
that named by `IMAP_CONFORMANCE_SERVERS`; its programs run with the libraries of the system. A
server of another release of Debian lies there in a folder of the release's name, with all that
it needs down to the C library. Its programs expect that in /usr, so they run in a mount namespace
in which the release's /usr covers the system's; everything else, the users and our folders among
it, stays what it is. Root can make one, and others can where the system has user namespaces.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.targets.errors import ServerFailed, ServerMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ProgramWords = list[str | Path]
"""A program and its arguments."""

_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")  # often not in the PATH of a user
_RELEASE_FOLDERS = ("/usr/sbin", "/usr/bin")
_UNPACKED = "/opt/imap-servers"
"""Where servers are unpacked, unless the environment says otherwise."""
_PATIENCE = 10.0  # seconds for a question


def find_program(name: str, package: str, *, folders: Sequence[str] = ()) -> Path:
    """The program, from the PATH or where systems keep their servers.

    Where a package has `folders` of its own for programs, such as `/usr/lib/cyrus/bin`, only
    these are looked into: in the system, and below the folder of the first word of the
    package's name among the unpacked.

    Raises:
        ServerMissing: It is nowhere; the message names the Debian `package`.
    """
    places = [os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS]
    if folders:
        unpacked = _unpacked() / package.partition("-")[0]
        places = [*folders, *(f"{unpacked}{each}" for each in folders)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise ServerMissing(f"{name} is not installed (on Debian: apt install {package})")
    return Path(found)


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of a release of Debian that is unpacked, or of this system for ""."""

    release: str = ""

    def find(self, name: str, package: str, *, folders: Sequence[str] = ()) -> Path:
        """The program under the name that `command` takes; arguments as of `find_program`.

        Raises:
            ServerMissing: It is not there.
        """
        if not self.release:
            return find_program(name, package, folders=folders)
        root = _unpacked() / self.release
        for folder in folders or _RELEASE_FOLDERS:
            if shutil.which(name, path=f"{root}{folder}"):
                return Path(folder, name)
        raise ServerMissing(f"{name} of Debian's {self.release} is not unpacked in {root}")

    def has(self, name: str, package: str, *, folders: Sequence[str] = ()) -> bool:
        """Whether `find` finds the program."""
        try:
            self.find(name, package, folders=folders)
        except ServerMissing:
            return False
        return True

    def command(self, *words: str | Path) -> ProgramWords:
        """What runs a program with its arguments; the process stays the same throughout."""
        if not self.release:
            return list(words)
        enter: ProgramWords = [
            find_program("unshare", "util-linux"),
            "--mount",
            "--propagation=private",
        ]
        back: ProgramWords = []
        if os.geteuid() != 0:  # root within, for the one mount, and then who we are
            enter += ["--map-root-user"]
            back = ["unshare", "--user", f"--map-user={os.geteuid()}"]
            back += [f"--map-group={os.getegid()}"]
        cover = 'mount --bind "$0" /usr && exec "$@"'
        return [*enter, "sh", "-c", cover, _unpacked() / self.release / "usr", *back, *words]

    def ask_version(self, program: Path, option: str) -> str:
        """What a program prints when it is asked for its version.

        Raises:
            ServerMissing: We may not make the namespace that it needs.
            ServerFailed: It does not run, or fails.
        """
        self._check_rights()
        try:
            answer = subprocess.run(  # noqa: S603 - a program that we looked up
                self.command(program, option),
                capture_output=True,
                check=True,
                text=True,
                timeout=_PATIENCE,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise ServerFailed(f"{program} {option} does not work: {error}") from error
        return answer.stdout + answer.stderr

    def _check_rights(self) -> None:
        if not self.release:
            return
        tried = subprocess.run(  # noqa: S603 - a program that we looked up
            self.command("unshare", "--version"),
            capture_output=True,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )
        if tried.returncode != 0:
            raise ServerMissing(
                f"a server of Debian's {self.release} needs the right to make a mount namespace:"
                f" {' '.join(tried.stderr.split())}"
            )


@dataclass(frozen=True, slots=True)
class Edition:
    """One series of a server, for which there is a configuration.

    Attributes:
        product: The server's name for people.
        series: How its versions begin.
        release: The release of Debian that has it, for systems that have another; "" if none.
    """

    product: str
    series: str
    release: str = ""

    def locate(self, version_of: Callable[[Programs], str]) -> tuple[Programs, str]:
        """The system's own, or else the one that is unpacked, and its version.

        Raises:
            ServerMissing: Neither is of this series; the message says what is there.
            ServerFailed: As `version_of` does.
        """
        said = []
        for release in dict.fromkeys(("", self.release)):
            programs = Programs(release)
            try:
                version = version_of(programs)
            except ServerMissing as missing:
                said.append(str(missing))
                continue
            if version.startswith(self.series):
                return programs, version
            said.append(
                f"{self.product} {version} is installed, but only {self.series}x can be started"
            )
        raise ServerMissing("; ".join(said))


def _unpacked() -> Path:
    return Path(os.environ.get("IMAP_CONFORMANCE_SERVERS", _UNPACKED))
