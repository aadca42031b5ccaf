"""A private Courier 5: users, certificate, launch. What all private servers share is elsewhere.

Where Courier looks for its configuration and its sockets is compiled into it, so a private one
gets a mount namespace of its own (`courier.sh`), which only root can make. Debian's package
conflicts with every other IMAP server, so the server itself may also stand where packages are
unpacked (see `programs.find_program`); the rest is in courier-base and courier-authdaemon.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from contextlib import suppress
from pathlib import Path

from conformance.targets.errors import ServerFailed, ServerMissing
from conformance.targets.loopback import ACCOUNTS, Certificate, endpoints, issue_certificate
from conformance.targets.private import PrivateServer
from conformance.targets.process import ServerProcess
from conformance.targets.programs import find_program

_SCRIPT = Path(__file__).with_name("courier.sh")
_PACKAGE = "courier-imap"
_POP3_PACKAGE = "courier-pop"
_PROGRAMS = ("/usr/lib/courier/courier",)
_VERSION = re.compile(rb"Courier-IMAP (\d+(?:\.\d+)+)")
_SERIES = "5."
_OWNER = "mail"  # of the mailboxes
_DAEMON = "courier"  # whom the helper for TLS runs as


class CourierTarget(PrivateServer):
    """Courier on free ports of 127.0.0.1: one plain with STARTTLS, one with implicit TLS.

    A restart keeps ports and mail.
    """

    def __init__(self) -> None:
        super().__init__("courier")
        self._login = Path()
        self._imapd = Path()
        self._pop3_programs: tuple[Path, Path] | None = None
        self._unshare = Path()
        self._openssl = Path()

    def _find(self) -> None:
        self._login = find_program("imaplogin", _PACKAGE, folders=_PROGRAMS)
        self._imapd = find_program("imapd", _PACKAGE, folders=("/usr/bin",))
        with suppress(ServerMissing):
            login = find_program("courierpop3login", _POP3_PACKAGE, folders=_PROGRAMS)
            pop3d = find_program("courierpop3d", _POP3_PACKAGE, folders=_PROGRAMS)
            self._pop3_programs = login, pop3d
        self._serves_pop3 = self._pop3_programs is not None
        for program, package in (
            ("couriertcpd", "courier-base"),
            ("maildirmake.courier", "courier-base"),
            ("makeuserdb", "courier-authlib-userdb"),
            ("authdaemond", "courier-authdaemon"),
        ):
            find_program(program, package)
        self._openssl = find_program("openssl", "openssl")
        self._unshare = find_program("unshare", "util-linux")
        self.version = _version(self._imapd)
        self._check_rights()

    def _check_rights(self) -> None:
        if os.geteuid() == 0:
            tried = subprocess.run(  # noqa: S603 - a program that we looked up
                [self._unshare, "--mount", "--pid", "--fork", "true"],
                capture_output=True,
                check=False,
                timeout=10,
            )
            if tried.returncode == 0:
                return
        raise ServerMissing(
            "courier can be started by root only, with the right to make a mount namespace"
        )

    def _first_launch(self, folder: Path) -> None:
        certificate = issue_certificate(folder)
        owner, daemon = _user(_OWNER), _user(_DAEMON)
        for part in ("etc", "etc/shared", "run", "run/authdaemon"):
            (folder / part).mkdir()
            os.chown(folder / part, daemon.pw_uid, daemon.pw_gid)
        _write_certificate(folder / "etc" / "imapd.pem", certificate, daemon)
        self._write_users(folder, owner)

        self._launch_on_free_ports(lambda: self._launch(folder))
        self._endpoints = endpoints(self.ports, certificate)

    def _write_users(self, folder: Path, owner: pwd.struct_passwd) -> None:
        """The password file, and a mailbox for each account."""
        lines = []
        for account in ACCOUNTS:
            home = folder / account.user
            home.mkdir(mode=0o700)
            os.chown(home, owner.pw_uid, owner.pw_gid)
            subprocess.run(  # noqa: S603 - a program that we looked up
                [find_program("maildirmake.courier", "courier-base"), home / "Maildir"],
                check=True,
                timeout=10,
                user=owner.pw_uid,
                group=owner.pw_gid,
            )
            hashed = subprocess.run(  # noqa: S603 - a program that we looked up
                [self._openssl, "passwd", "-1", "-stdin"],
                input=account.password,
                capture_output=True,
                check=True,
                text=True,
                timeout=10,
            ).stdout.strip()
            fields = f"uid={owner.pw_uid}|gid={owner.pw_gid}|home={home}|mail={home}/Maildir"
            lines.append(f"{account.user}\t{fields}|systempw={hashed}\n")
        path = folder / "etc" / "userdb"
        path.touch(mode=0o600)
        path.write_text("".join(lines), encoding="utf-8")

    def _launch(self, folder: Path) -> None:
        listening = folder / "listening"
        listening.unlink(missing_ok=True)
        command: list[str | Path] = [
            *(
                self._unshare,
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "/bin/sh",
                _SCRIPT,
                folder,
                self._login,
                self._imapd,
            ),
            *(str(self.ports.plain), str(self.ports.tls)),
            *(self._pop3_programs or ("", "")),
            str(self.ports.pop3),
        ]
        self._process = ServerProcess(command, folder, logs=[], name="courier")
        self._process.wait_for_greeting(self.ports.plain, listening=listening)


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise ServerFailed(f"courier needs a user of this system: {error.args[0]}") from error


def _write_certificate(path: Path, certificate: Certificate, daemon: pwd.struct_passwd) -> None:
    """Key and chain in one file, which the helper for TLS reads as its own user."""
    path.touch(mode=0o600)
    path.write_bytes(certificate.key.read_bytes() + certificate.chain.read_bytes())
    os.chown(path, daemon.pw_uid, daemon.pw_gid)


def _version(program: Path) -> str:
    """The version that the program holds; it has no option that tells it."""
    found = _VERSION.search(program.read_bytes())
    version = found[1].decode() if found else "?"
    if not version.startswith(_SERIES):
        raise ServerMissing(f"Courier {version} is installed, but only {_SERIES}x can be started")
    return version
