"""The clients that are led through the proxy: how each is started, and what it is to do.

Each is given the three messages of `clients_driver` in INBOX. Files stand in `configurations/`; in
them and in commands `$port`, `$user`, `$password` and `$home` are filled in.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Client:
    """One client.

    `needs` is the program that has to be there, or, for a library, what is imported; `package`
    is where it comes from. `files` are names in the home folder, by the configuration they are made
    of. `keys` are for programs that want a terminal: what has to stand on the screen, then what is
    typed. `times`: how often it is started.
    """

    name: str
    needs: str
    package: str
    does: str
    command: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[tuple[str, str]] = ()
    terminal: bool = False
    times: int = 1


_ACCOUNT = ("127.0.0.1", "$port", "$user", "$password")

CLIENTS = (
    Client(
        "mbsync",
        "mbsync",
        "Debian isync",
        "synchronises all mailboxes with Maildirs, twice",
        ("mbsync", "-c", "$home/mbsyncrc", "all"),
        {"mbsyncrc": "mbsyncrc"},
        times=2,
    ),
    Client(
        "mutt",
        "mutt",
        "Debian mutt",
        "copies all messages, reads one, deletes it, opens another mailbox and searches there",
        ("mutt", "-n", "-F", "$home/muttrc"),
        {"muttrc": "muttrc"},
        terminal=True,
    ),
    Client(
        "neomutt",
        "neomutt",
        "Debian neomutt",
        "the same as mutt",
        ("neomutt", "-n", "-F", "$home/muttrc"),
        {"muttrc": "muttrc"},
        terminal=True,
    ),
    Client(
        "fetchmail",
        "fetchmail",
        "Debian fetchmail",
        "fetches all messages and deletes them",
        ("fetchmail", "-f", "$home/fetchmailrc", "--nosyslog", "--nodetach"),
        {"fetchmailrc": "fetchmailrc"},
    ),
    Client(
        "curl",
        "curl",
        "Debian curl",
        "lists, fetches by number and by UID, searches, marks, appends: a URL each",
        ("curl", "-q", "-K", "$home/curlrc"),
        {"curlrc": "curlrc"},
    ),
    Client(
        "offlineimap3",
        "offlineimap",
        "Debian offlineimap3",
        "synchronises all mailboxes with Maildirs, twice",
        ("offlineimap", "-c", "$home/offlineimaprc", "-o"),
        {"offlineimaprc": "offlineimaprc"},
        times=2,
    ),
    Client(
        "imapfilter",
        "imapfilter",
        "Debian imapfilter",
        "creates, lists, searches, copies, marks, fetches, deletes, appends",
        ("imapfilter", "-c", "$home/imapfilter.lua"),
        {"imapfilter.lua": "imapfilter.lua"},
    ),
    Client(
        "aerc",
        "aerc",
        "Debian aerc",
        "lists, creates, copies, reads a message",
        ("aerc",),
        {
            ".config/aerc/aerc.conf": "aerc.conf",
            ".config/aerc/accounts.conf": "aerc_accounts.conf",
        },
        keys=(
            ("second letter", ":mkdir work\r"),
            ("Directory created", ":cp work\r"),
            ("Messages copi", ":view\r"),
            ("Hello", ":quit\r"),
        ),
        terminal=True,
    ),
    Client(
        "imaplib",
        sys.executable,
        "Python",
        "lists, creates, searches, fetches, marks, copies, appends, expunges",
        (sys.executable, "$configurations/by_imaplib.py", *_ACCOUNT),
    ),
    Client(
        "imapclient",
        "imapclient",
        "PyPI imapclient",
        "the same, with other names, IDLE and RENAME",
        (sys.executable, "$configurations/by_imapclient.py", *_ACCOUNT),
    ),
    Client(
        "aioimaplib",
        "aioimaplib",
        "PyPI aioimaplib",
        "the same as imaplib, and IDLE",
        (sys.executable, "$configurations/by_aioimaplib.py", *_ACCOUNT),
    ),
    Client(
        "imapflow",
        "imapflow",
        "npm imapflow",
        "lists, creates, searches, fetches, marks, copies, moves, deletes, appends",
        ("node", "$configurations/imapflow.js", *_ACCOUNT),
    ),
)
