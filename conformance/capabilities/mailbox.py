"""A mailbox of the suite's own, for questions about messages: INBOX is the user's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from conformance.play.connections import Connections
from conformance.play.errors import Blocked
from conformance.play.workspace import Workspace


@dataclass(slots=True)
class OwnMailbox:
    """An empty mailbox by its `name`, "" where none can be made; `left` is what was not removed."""

    name: bytes = b""
    left: tuple[bytes, ...] = ()


@contextmanager
def own_mailbox(connections: Connections, *, tidy: bool) -> Iterator[OwnMailbox]:
    """Survey the server and make a mailbox there; remove it in the end where `tidy`.

    Raises:
        TargetError: as for `Connections.survey`.
    """
    admin = connections.survey()
    workspace = Workspace(admin, tidy=tidy)
    mailbox = OwnMailbox()
    try:
        name = workspace.name(workspace.new_case())
        if name is not None:
            try:
                workspace.make(name)
                mailbox.name = name
            except Blocked:
                pass  # an account may let nobody make mailboxes
        yield mailbox
    finally:
        if admin.ending is not None:
            admin = connections.survey()
            workspace.attach(admin)
        mailbox.left = workspace.end()
        admin.logout()
