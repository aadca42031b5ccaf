"""A private Cyrus 3.6: configuration, users, launch. What all private servers share is elsewhere.

Debian's package conflicts with every other IMAP server, so `imapd` may also stand where packages
are unpacked (see `process.find_program`); the rest is in cyrus-common.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from pathlib import Path
from string import Template

from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.loopback import ACCOUNTS, Certificate, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import ServerProcess, ask_version, find_program

_HERE = Path(__file__).parent
_PACKAGE = "cyrus-imapd"
_COMMON = "cyrus-common"
_FOLDERS = ("/usr/lib/cyrus/bin",)
_SERIES = "3."
_USER = "cyrus"
_REALM = "localhost"  # of sasldb, the servername of the configuration
_CONF = ("db", "proc", "socket", "log", "user", "quota", "msg", "lock", "ptclient", "sieve")


class CyrusTarget(PrivateServer):
    """Cyrus on free ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart keeps ports and mail.
    """

    def __init__(self) -> None:
        super().__init__("cyrus")
        self._master = Path()
        self._passwords = Path()
        self._programs: dict[str, Path] = {}
        self._ports = (0, 0)  # plain and TLS

    def _find(self) -> None:
        self._programs = {
            "imapd": find_program("imapd", _PACKAGE, folders=_FOLDERS),
            "idled": find_program("idled", _PACKAGE, folders=_FOLDERS),
        }
        self._master = find_program("master", _COMMON, folders=_FOLDERS)
        self._passwords = find_program("saslpasswd2", "sasl2-bin")
        self.version = _version(self._master)

    def _first_launch(self, folder: Path) -> None:
        certificate = issue_certificate(folder)
        owner = _owner()
        for name in ("spool", "conf", *(f"conf/{part}" for part in _CONF)):
            (folder / name).mkdir(mode=0o750)
        self._write_users(folder / "conf" / "sasldb2")
        if os.geteuid() == 0:
            for path in (certificate.key, folder / "spool", folder / "conf"):
                for each in (path, *path.rglob("*")):
                    os.chown(each, owner.pw_uid, owner.pw_gid)

        def launch(plain: int, implicit: int) -> None:
            self._ports = plain, implicit
            self._write(folder, owner, certificate)
            self._launch(folder)

        self._launch_on_free_ports(launch)
        self._endpoints = endpoints(*self._ports, certificate)

    def _write(self, folder: Path, owner: pwd.struct_passwd, certificate: Certificate) -> None:
        values = {
            "folder": folder,
            "user": owner.pw_name,
            "certificate": certificate.chain,
            "key": certificate.key,
            "programs": self._master.parent,
            "imapd": self._programs["imapd"],
            "idled": self._programs["idled"],
            "plain_port": self._ports[0],
            "tls_port": self._ports[1],
        }
        for source, made in (("cyrus.conf", "cyrus.conf"), ("cyrus_imapd.conf", "imapd.conf")):
            text = Template((_HERE / source).read_text(encoding="utf-8")).substitute(values)
            (folder / made).write_text(text, encoding="utf-8")

    def _write_users(self, database: Path) -> None:
        for account in ACCOUNTS:
            subprocess.run(  # noqa: S603 - a program that we looked up
                [self._passwords, "-p", "-c", "-f", database, "-u", _REALM, account.user],
                input=account.password.encode(),
                check=True,
                timeout=10,
            )

    def _launch(self, folder: Path) -> None:
        pid_file = folder / "conf" / "master.pid"
        pid_file.unlink(missing_ok=True)  # of a server that had to be killed
        command: list[str | Path] = [
            *(self._master, "-C", folder / "imapd.conf", "-M", folder / "cyrus.conf"),
            *("-p", pid_file, "-L", folder / "log"),
        ]
        environment = {"CYRUS_USER": _owner().pw_name}
        self._process = ServerProcess(
            command, folder, logs=[folder / "log"], name="cyrus", environment=environment
        )
        self._process.wait_for_greeting(self._ports[0], listening=pid_file)


def _owner() -> pwd.struct_passwd:
    """Whom the server runs as: root gives way to the user that the package brings."""
    try:
        return pwd.getpwnam(_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise ServerFailed(f"cyrus needs a user of this system: {error.args[0]}") from error


def _version(program: Path) -> str:
    """The version in "cyrus.imapd 3.6.1 ..."."""
    found = re.search(r"\b(\d+\.\d+\.\d+)", ask_version(program, "-V"))
    version = found[1] if found else "?"
    if not version.startswith(_SERIES):
        raise ServerMissing(f"Cyrus {version} is installed, but only {_SERIES}x can be started")
    return version
