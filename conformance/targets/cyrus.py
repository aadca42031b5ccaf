"""A private Cyrus: configuration, users, launch. What all private servers share is elsewhere.

Debian's package conflicts with every other IMAP server, so `imapd` may also stand where packages
are unpacked (see `programs`); the rest is in cyrus-common.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import subprocess
from pathlib import Path
from string import Template

from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import ACCOUNTS, HOST, Certificate, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import ServerProcess
from conformance.targets.programs import Edition, Programs

_HERE = Path(__file__).parent
_PACKAGE = "cyrus-imapd"
_POP3_PACKAGE = "cyrus-pop3d"
_COMMON = "cyrus-common"
_FOLDERS = ("/usr/lib/cyrus/bin",)
_EDITIONS = {
    "cyrus": Edition("Cyrus", "3."),
    "cyrus310": Edition("Cyrus", "3.10.", release="trixie"),
}
_USER = "mail"  # any that is not root will do
_REALM = "localhost"  # of sasldb, the servername of the configuration
_CONF = ("db", "proc", "socket", "log", "user", "quota", "msg", "lock", "ptclient", "sieve")


class CyrusTarget(PrivateServer):
    """Cyrus on free ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart keeps ports and mail.
    """

    def __init__(self, edition: str = "cyrus") -> None:
        super().__init__("cyrus", server=edition)
        self._edition = _EDITIONS[edition]
        self._files = {
            "cyrus.conf": _HERE / f"{edition}.conf",
            "imapd.conf": _HERE / f"{edition}_imapd.conf",
        }
        self._programs = Programs()
        self._paths: dict[str, Path] = {}

    def _find(self) -> None:
        self._programs, self.version = self._edition.locate(_version)
        self._paths = {
            "imapd": self._programs.find("imapd", _PACKAGE, folders=_FOLDERS),
            "idled": self._programs.find("idled", _PACKAGE, folders=_FOLDERS),
            "master": _master(self._programs),
            "saslpasswd2": self._programs.find("saslpasswd2", "sasl2-bin"),
        }
        self._serves_pop3 = self._programs.has("pop3d", _POP3_PACKAGE, folders=_FOLDERS)

    def _pop3_service(self, folder: Path) -> str:
        """The line of the configuration that serves POP3; empty where its program is missing."""
        if not self._serves_pop3:
            return ""
        program = self._programs.find("pop3d", _POP3_PACKAGE, folders=_FOLDERS)
        where = f'listen="{HOST}:{self.ports.pop3}" prefork=0 proto=tcp4'
        return f'pop3 cmd="{program} -C {folder}/imapd.conf -U 250" {where}'

    def _first_launch(self, folder: Path) -> None:
        certificate = issue_certificate(folder)
        owner = _owner()
        for name in ("spool", "conf", *(f"conf/{part}" for part in _CONF)):
            (folder / name).mkdir(mode=0o750)
        (folder / "annotations.conf").touch()
        self._write_users(folder / "conf" / "sasldb2")
        if os.geteuid() == 0:
            for path in (certificate.key, folder / "spool", folder / "conf"):
                for each in (path, *path.rglob("*")):
                    os.chown(each, owner.pw_uid, owner.pw_gid)

        def launch() -> None:
            self._write(folder, owner, certificate)
            self._launch(folder)

        self._launch_on_free_ports(launch)
        self._endpoints = endpoints(self.ports, certificate)

    def _write(self, folder: Path, owner: pwd.struct_passwd, certificate: Certificate) -> None:
        values = {
            "folder": folder,
            "user": owner.pw_name,
            "group": grp.getgrgid(owner.pw_gid).gr_name,
            "certificate": certificate.chain,
            "key": certificate.key,
            "programs": self._paths["master"].parent,
            "imapd": self._paths["imapd"],
            "idled": self._paths["idled"],
            "pop3": self._pop3_service(folder),
            "plain_port": self.ports.plain,
            "tls_port": self.ports.tls,
        }
        for name, source in self._files.items():
            text = Template(source.read_text(encoding="utf-8")).substitute(values)
            (folder / name).write_text(text, encoding="utf-8")

    def _write_users(self, database: Path) -> None:
        for account in ACCOUNTS:
            subprocess.run(  # noqa: S603 - a program that we looked up
                self._programs.command(
                    *(self._paths["saslpasswd2"], "-p", "-c", "-f", database),
                    *("-u", _REALM, account.user),
                ),
                input=account.password.encode(),
                check=True,
                timeout=10,
            )

    def _launch(self, folder: Path) -> None:
        pid_file = folder / "conf" / "master.pid"
        pid_file.unlink(missing_ok=True)  # of a server that had to be killed
        command = self._programs.command(
            *(self._paths["master"], "-C", folder / "imapd.conf", "-M", folder / "cyrus.conf"),
            *("-p", pid_file, "-L", folder / "log"),
        )
        environment = {"CYRUS_USER": _owner().pw_name}
        self._process = ServerProcess(
            command, folder, logs=[folder / "log"], name=self.name, environment=environment
        )
        self._process.wait_for_greeting(self.ports.plain, listening=pid_file)


def _owner() -> pwd.struct_passwd:
    """Whom the server runs as: root gives way to another."""
    try:
        return pwd.getpwnam(_USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise ServerFailed(f"cyrus needs a user of this system: {error.args[0]}") from error


def _master(programs: Programs) -> Path:
    return programs.find("master", _COMMON, folders=_FOLDERS)


def _version(programs: Programs) -> str:
    """The version in "cyrus.imapd 3.6.1 ..."."""
    said = programs.ask_version(_master(programs), "-V")
    found = re.search(r"\b(\d+\.\d+\.\d+)", said)
    return found[1] if found else "?"
