"""Rows of `passive_rows` for LIST-EXTENDED (RFC 5258)."""

from __future__ import annotations

from passive_rows import Row
from passive_talk import GREETING, told

HERE = told("LIST-EXTENDED")

ROWS = (
    Row(
        "5258-3-client-twice",
        "a selection option twice; once on each side",
        [*HERE, 'C: a1 LIST (SUBSCRIBED subscribed) "" *'],
        [*HERE, 'C: a1 LIST (SUBSCRIBED RECURSIVEMATCH) "" * RETURN (SUBSCRIBED CHILDREN)'],
    ),
    Row(
        "5258-3-client-twice",
        "a return option twice; a word twice in its value",
        [*HERE, 'C: a1 LIST "" * RETURN (CHILDREN SUBSCRIBED Children)'],
        [*told("LIST-EXTENDED LIST-STATUS"), 'C: a1 LIST "" * RETURN (STATUS (MESSAGES UNSEEN))'],
    ),
    Row(
        "5258-3-client-announced",
        "STATUS, which LIST-STATUS announces; it is announced",
        [*HERE, 'C: a1 LIST "" * RETURN (STATUS (MESSAGES))'],
        [*told("LIST-EXTENDED LIST-STATUS"), 'C: a1 LIST "" * RETURN (STATUS (MESSAGES))'],
    ),
    Row(
        "5258-3-client-announced",
        "SPECIAL-USE and RECURSIVEMATCH; an option that nobody knows",
        [*HERE, 'C: a1 LIST (SPECIAL-USE RECURSIVEMATCH) "" *'],
        [*HERE, 'C: a1 LIST (X-COLOUR) "" *'],
    ),
    Row(
        "5258-3-client-announced",
        "rights of mailboxes; capabilities were never told",
        [*HERE, 'C: a1 LIST "" (a b) RETURN (MYRIGHTS)'],
        [*GREETING, "C: l0 LOGIN fred secret", "S: l0 OK in", 'C: a1 LIST (SPECIAL-USE) "" *'],
    ),
)
