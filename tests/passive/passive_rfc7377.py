"""Rows of `passive_rows` for MULTISEARCH (RFC 7377)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import selected, told

CAPABILITIES = "ESEARCH SEARCHRES CONTEXT=SEARCH MULTISEARCH"
AWAY = told(CAPABILITIES)
HERE = selected(CAPABILITIES)

ROWS = (
    Row(
        "7377-2.2-client-selected",
        "no mailbox is selected; one is",
        [*AWAY, "C: a1 ESEARCH UNSEEN"],
        [*HERE, "C: a1 ESEARCH UNSEEN"],
    ),
    Row(
        "7377-2.2-client-selected",
        "the selected one among others; a SELECT is under way",
        [*AWAY, "C: a1 ESEARCH IN (inboxes selected) UNSEEN"],
        [*AWAY, "C: a1 SELECT box", "C: a2 ESEARCH IN (selected) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-selected",
        "UPDATE; others are searched without",
        [*AWAY, "C: a1 ESEARCH IN (personal) RETURN (UPDATE) UNSEEN"],
        [*AWAY, "C: a1 ESEARCH IN (personal) RETURN (COUNT) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-delayed",
        "selected-delayed, which NOTIFY has; a mailbox of that name",
        [*HERE, "C: a1 ESEARCH IN (selected-delayed) UNSEEN"],
        [*HERE, "C: a1 ESEARCH IN (mailboxes selected-delayed) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-save",
        "SAVE for other mailboxes; for the selected one",
        [*HERE, "C: a1 ESEARCH IN (selected mailboxes other) RETURN (SAVE) UNSEEN"],
        [*HERE, "C: a1 ESEARCH IN (selected) RETURN (SAVE) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-save",
        "SAVE for a tree; for what is selected anyway",
        [*HERE, "C: a1 ESEARCH IN (subtree other) RETURN (COUNT SAVE) UNSEEN"],
        [*HERE, "C: a1 ESEARCH RETURN (COUNT SAVE) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-once",
        "a mailbox twice; one that differs by its letter case",
        [*HERE, 'C: a1 ESEARCH IN (mailboxes (a b "a")) UNSEEN'],
        [*HERE, 'C: a1 ESEARCH IN (mailboxes (a b "A")) UNSEEN'],
    ),
    Row(
        "7377-2.2-client-once",
        "INBOX twice, in a tree and alone; two trees",
        [*HERE, "C: a1 ESEARCH IN (subtree inbox mailboxes INBOX) UNSEEN"],
        [*HERE, "C: a1 ESEARCH IN (subtree inbox subtree-one other) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-once",
        "the selected one by its name, too; another one",
        [*HERE, "C: a1 ESEARCH IN (selected mailboxes box) UNSEEN"],
        [*HERE, "C: a1 ESEARCH IN (selected mailboxes other) UNSEEN"],
    ),
    Row(
        "7377-2.2-client-once",
        "all of one kind twice; two kinds",
        [*HERE, "C: a1 ESEARCH IN (personal personal) UNSEEN"],
        [*HERE, "C: a1 ESEARCH IN (personal subscribed) UNSEEN"],
    ),
)
