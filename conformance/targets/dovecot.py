"""A private Dovecot 2.3, started and stopped by this suite, as root or as anyone else."""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from string import Template

from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.loopback import ACCOUNTS, Certificate, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import ServerProcess, ask_version, find_program

_CONFIGURATION = Path(__file__).with_name("dovecot.conf")
_PACKAGE = "dovecot-imapd"
_SERIES = "2.3."  # 2.4 reads another configuration language


class DovecotTarget(PrivateServer):
    """Dovecot on free ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart keeps ports and mail.
    """

    def __init__(self) -> None:
        super().__init__("dovecot")
        self._program = Path()
        self._ports = (0, 0)  # plain and TLS

    def _find(self) -> None:
        self._program = find_program("dovecot", _PACKAGE)
        self.version = _version(self._program)

    def _first_launch(self, folder: Path) -> None:
        users = _Users.of_this_process()
        certificate = issue_certificate(folder)
        _write_users(folder, users)

        def launch(plain: int, implicit: int) -> None:
            self._ports = plain, implicit
            _write_configuration(folder, users, certificate, self._ports)
            self._launch(folder)

        self._launch_on_free_ports(launch)
        self._endpoints = endpoints(*self._ports, certificate)

    def _launch(self, folder: Path) -> None:
        pid_file = folder / "run" / "master.pid"
        pid_file.unlink(missing_ok=True)  # of a server that had to be killed
        command: list[str | Path] = [self._program, "-F", "-c", folder / "dovecot.conf"]
        self._process = ServerProcess(command, folder, logs=[folder / "log"])
        self._process.wait_for_greeting(self._ports[0], listening=pid_file)


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


def _version(program: Path) -> str:
    """The first word of "2.3.19.1 (9b53102964)"."""
    version = next(iter(ask_version(program, "--version").split()), "?")
    if not version.startswith(_SERIES):
        raise ServerMissing(f"Dovecot {version} is installed, but only {_SERIES}x can be started")
    return version


def _write_users(folder: Path, users: _Users) -> None:
    """The password file, and a home for each account."""
    lines = []
    for account in ACCOUNTS:
        home = folder / account.user
        home.mkdir(mode=0o700)
        os.chown(home, users.mail.pw_uid, users.mail.pw_gid)
        owner = f"{users.mail.pw_uid}:{users.mail.pw_gid}"
        lines.append(f"{account.user}:{{PLAIN}}{account.password}:{owner}::{home}::\n")
    path = folder / "users"
    path.touch(mode=0o600)
    path.write_text("".join(lines))
    os.chown(path, users.internal.pw_uid, users.internal.pw_gid)


def _write_configuration(
    folder: Path, users: _Users, certificate: Certificate, ports: tuple[int, int]
) -> None:
    text = Template(_CONFIGURATION.read_text(encoding="utf-8")).substitute(
        folder=folder,
        internal_user=users.internal.pw_name,
        internal_group=grp.getgrgid(users.internal.pw_gid).gr_name,
        login_user=users.login.pw_name,
        certificate=certificate.chain,
        key=certificate.key,
        plain_port=ports[0],
        tls_port=ports[1],
    )
    (folder / "dovecot.conf").write_text(text, encoding="utf-8")
