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


def seed(target: Target) -> None:
    """Mail, flags, keywords, subscriptions and mailboxes, as their owner left them."""
    with client(target) as c:
        for box in BOXES:
            c.create_folder(box)
        c.create_folder("Gone since")
        for box in ("Work", "Entw&APw-rfe", "Gone since"):
            c.subscribe_folder(box)
        c.delete_folder("Gone since")
        for number, box in enumerate(("INBOX", "INBOX", *BOXES)):
            flags = (b"\\Seen", b"\\Flagged", b"$Mine") if number % 2 else ()
            octets = MAIL % (b"subject %d" % number, b"caf\xe9 %d" % number)
            c.append(box, octets, flags=flags)
        c.select_folder("Work")
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
            keep = {k: opened[k] for k in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS", b"RECENT")}
            seen[name] = (keep, {uid: dict(data) for uid, data in messages.items()})
    return seen


def ours(target: Target) -> list[str]:
    with client(target) as c:
        names = [name for _, _, name in (*c.list_folders(), *c.list_sub_folders())]
    texts = {name.decode() if isinstance(name, bytes) else name for name in names}
    return sorted(name for name in texts if name.startswith(STEM) and name != OWN)
