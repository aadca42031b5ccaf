"""An account in use, as its owner left it, and what there is to be seen of it afterwards."""

from __future__ import annotations

from typing import Any

from imapclient import IMAPClient

from conformance.play.ownership import STEM
from conformance.targets import Target

MAIL = b"From: me@example.com\r\nSubject: %s\r\n\r\n%s\r\n"
OWN = f"{STEM}of my own"
BOXES = ("Work", "Work/2024", "Archive", "Entw&APw-rfe", OWN)


def client(target: Target) -> IMAPClient:
    endpoint, account = target.endpoint, target.accounts[0]
    made = IMAPClient(endpoint.host, endpoint.port, ssl=False, timeout=30)
    made.folder_encode = False
    made.login(account.user, account.password)
    return made


def personal(c: IMAPClient) -> tuple[str, str]:
    """Return what names of the account's own mailboxes begin with, and their delimiter."""
    if not c.has_capability("NAMESPACE"):
        return "", "/"
    prefix, delimiter = c.namespace().personal[0]
    return _text(prefix), _text(delimiter)


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def seed(target: Target) -> None:
    """Mail, flags, keywords, subscriptions and mailboxes, as their owner left them."""
    with client(target) as c:
        prefix, delimiter = personal(c)

        def spelt(box: str) -> str:
            return box if box == "INBOX" else prefix + box.replace("/", delimiter)

        for box in (*BOXES, "Gone since"):
            c.create_folder(spelt(box))
        for box in ("Work", "Entw&APw-rfe", "Gone since"):
            c.subscribe_folder(spelt(box))
        c.delete_folder(spelt("Gone since"))
        for number, box in enumerate(("INBOX", "INBOX", *BOXES)):
            flags = (b"\\Seen", b"\\Flagged", b"$Mine") if number % 2 else ()
            octets = MAIL % (b"subject %d" % number, b"caf\xe9 %d" % number)
            c.append(spelt(box), octets, flags=flags)
        c.select_folder(spelt("Work"))
        c.add_flags([1], [b"\\Deleted"])


def snapshot(target: Target) -> dict[str, Any]:
    """Everything in the account, looked at without touching it."""
    seen: dict[str, Any] = {}
    with client(target) as c:
        folders = sorted((name, sorted(flags)) for flags, _, name in c.list_folders())
        seen["LIST"] = folders
        seen["LSUB"] = sorted(name for _, _, name in c.list_sub_folders())
        for name, _ in folders:
            opened = c.select_folder(name, readonly=True)
            items = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]"]
            messages = c.fetch(c.search(), items) if opened[b"EXISTS"] else {}
            # Courier says no UIDNEXT.
            told = (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS", b"RECENT")
            keep = {k: opened[k] for k in told if k in opened}
            seen[name] = (keep, {uid: dict(data) for uid, data in messages.items()})
    return seen


def ours(target: Target) -> list[str]:
    with client(target) as c:
        prefix, _ = personal(c)
        names = [name for _, _, name in (*c.list_folders(), *c.list_sub_folders())]
    own = {_text(name).removeprefix(prefix) for name in names}
    return sorted(name for name in own if name.startswith(STEM) and name != OWN)
