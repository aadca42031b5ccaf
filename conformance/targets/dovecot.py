"""A private Dovecot, started and stopped by this suite, as root or as anyone else.

Each series reads a configuration language of its own, so each has a configuration of ours.
"""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from string import Template

from conformance.targets.errors import ServerFailed
from conformance.targets.loopback import ACCOUNTS, Certificate, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import Ports, ServerProcess
from conformance.targets.programs import Edition, Programs

_HERE = Path(__file__).parent
_PACKAGE = "dovecot-imapd"
_POP3_PACKAGE = "dovecot-pop3d"
_FOLDERS = ("/usr/lib/dovecot",)  # of the programs that the first one starts
_EDITIONS = {
    "dovecot": Edition("Dovecot", "2.3."),
    "dovecot24": Edition("Dovecot", "2.4.", release="trixie"),
}
_MAIL_FOLDERS = ("public", "shared")


class DovecotTarget(PrivateServer):
    """Dovecot on free ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart keeps ports and mail.

    Attributes:
        configuration: What is filled in for this start.
    """

    def __init__(self, edition: str = "dovecot") -> None:
        super().__init__("dovecot", server=edition)
        self.configuration = _HERE / f"{edition}.conf"
        self._edition = _EDITIONS[edition]
        self._programs = Programs()
        self._program = Path()

    def _find(self) -> None:
        self._programs, self.version = self._edition.locate(_version)
        self._program = self._programs.find("dovecot", _PACKAGE)
        self._serves_pop3 = self._programs.has("pop3-login", _POP3_PACKAGE, folders=_FOLDERS)

    def _first_launch(self, folder: Path) -> None:
        users = _Users.of_this_process()
        certificate = issue_certificate(folder)
        _write_users(folder, users)

        def launch() -> None:
            text = _configured(
                self.configuration,
                folder,
                users,
                certificate,
                self.ports,
                pop3=self._serves_pop3,
            )
            (folder / "dovecot.conf").write_text(text, encoding="utf-8")
            self._launch(folder)

        self._launch_on_free_ports(launch)
        self._endpoints = endpoints(self.ports, certificate)

    def _launch(self, folder: Path) -> None:
        pid_file = folder / "run" / "master.pid"
        pid_file.unlink(missing_ok=True)  # of a server that had to be killed
        command = self._programs.command(self._program, "-F", "-c", folder / "dovecot.conf")
        self._process = ServerProcess(command, folder, logs=[folder / "log"], name=self.name)
        self._process.wait_for_greeting(self.ports.plain, listening=pid_file)


@dataclass(frozen=True, slots=True)
class _Users:
    """Whom the parts of Dovecot run as."""

    internal: pwd.struct_passwd
    login: pwd.struct_passwd
    mail: pwd.struct_passwd

    @classmethod
    def of_this_process(cls) -> _Users:
        """Everything as ourselves, or for root as the users that the package brings."""
        try:
            if os.geteuid() == 0:
                return cls(*(pwd.getpwnam(name) for name in ("dovecot", "dovenull", "mail")))
            me = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise ServerFailed(f"dovecot needs a user of this system: {error.args[0]}") from error
        return cls(me, me, me)


def _version(programs: Programs) -> str:
    """The first word of "2.3.19.1 (9b53102964)"."""
    program = programs.find("dovecot", _PACKAGE)
    return next(iter(programs.ask_version(program, "--version").split()), "?")


def _write_users(folder: Path, users: _Users) -> None:
    """The password file, a home for each account, and folders for what they share."""
    lines = []
    for name in (*_MAIL_FOLDERS, *(account.user for account in ACCOUNTS)):
        home = folder / name
        home.mkdir(mode=0o700)
        os.chown(home, users.mail.pw_uid, users.mail.pw_gid)
    owner = f"{users.mail.pw_uid}:{users.mail.pw_gid}"
    for account in ACCOUNTS:
        home = folder / account.user
        lines.append(f"{account.user}:{{PLAIN}}{account.password}:{owner}::{home}::\n")
    path = folder / "users"
    path.touch(mode=0o600)
    path.write_text("".join(lines))
    os.chown(path, users.internal.pw_uid, users.internal.pw_gid)


def _configured(
    configuration: Path,
    folder: Path,
    users: _Users,
    certificate: Certificate,
    ports: Ports,
    *,
    pop3: bool,
) -> str:
    return Template(configuration.read_text(encoding="utf-8")).substitute(
        folder=folder,
        internal_user=users.internal.pw_name,
        internal_group=grp.getgrgid(users.internal.pw_gid).gr_name,
        login_user=users.login.pw_name,
        certificate=certificate.chain,
        key=certificate.key,
        plain_port=ports.plain,
        tls_port=ports.tls,
        pop3="yes" if pop3 else "no",
        protocols="imap pop3" if pop3 else "imap",
        pop3_port=ports.pop3,
    )
