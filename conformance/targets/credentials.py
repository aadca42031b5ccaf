"""Where passwords come from: a file, the environment, or a question on the terminal.

Never from the command line itself, which every user of the machine can read in the
process list.
"""

from __future__ import annotations

import getpass
import os
import stat
import sys
from typing import TYPE_CHECKING

from conformance.targets.errors import NoPassword
from conformance.wire.account import Account

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PASSWORD = "IMAP_CONFORMANCE_PASSWORD"  # noqa: S105 - the name of a variable
USER2 = "IMAP_CONFORMANCE_USER2"
PASSWORD2 = "IMAP_CONFORMANCE_PASSWORD2"

_REMARK = "imap-conformance: every user of this machine can read {}: chmod 600 helps\n"
_LONGEST = 4096  # octets of a password file that are looked at


def password_for(
    user: str, *, file: Path | None = None, environ: Mapping[str, str] = os.environ
) -> str:
    """The primary account's password: from `file`, else the environment, else the terminal.

    Raises:
        NoPassword: None of them has one, or `file` can not be read.
    """
    return _find(user, file, PASSWORD, "--password-file", environ)


def second_account(
    *,
    user: str | None = None,
    file: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Account | None:
    """The second account, for rules about two users; None when nobody named one.

    `user` and `file` (the values of `--user2` and `--password2-file`) go before the environment.

    Raises:
        NoPassword: A user without a password, a password without a user, or an unreadable file.
    """
    name = user or environ.get(USER2)
    if name:
        return Account(name, _find(name, file, PASSWORD2, "--password2-file", environ))
    if file is not None or environ.get(PASSWORD2):
        raise NoPassword(
            f"there is a password for a second account but no user: set --user2 or {USER2}"
        )
    return None


def read_password_file(path: Path) -> str:
    """The first line of `path` without its line end, as UTF-8.

    A file that everybody can read gets a remark on standard error.

    Raises:
        NoPassword: The file can not be read, or its first line is empty, no UTF-8, or
            longer than any password.
    """
    try:
        with path.open("rb") as stream:
            line = stream.readline(_LONGEST + 1)
            if os.fstat(stream.fileno()).st_mode & stat.S_IROTH:
                sys.stderr.write(_REMARK.format(path))
    except OSError as error:
        raise NoPassword(f"password file {path}: {error.strerror}") from error
    try:
        password = line.rstrip(b"\r\n").decode()
    except UnicodeDecodeError as error:
        raise NoPassword(f"password file {path}: the first line is not UTF-8") from error
    if not password or len(line) > _LONGEST:
        raise NoPassword(f"password file {path}: the first line is empty or far too long")
    return password


def _find(
    user: str, file: Path | None, variable: str, option: str, environ: Mapping[str, str]
) -> str:
    if file is not None:
        return read_password_file(file)
    if password := environ.get(variable):
        return password
    if sys.stdin is not None and sys.stdin.isatty() and (password := _ask(user)):
        return password
    raise NoPassword(f"no password for {user!r}: set {variable}, or name a file with {option}")


def _ask(user: str) -> str:
    try:
        return getpass.getpass(f"IMAP password of {user!r}: ")
    except EOFError:
        return ""
