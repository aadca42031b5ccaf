"""Flaws of LIST-STATUS (RFC 5819), and what a server may do otherwise."""

from __future__ import annotations

from conformance.flaws.acts import answer, drop, number, replace, send_as, whole
from conformance.flaws.flaw import flaw
from conformance.flaws.request import Request
from conformance.flaws.talk import Talk


def _status_first(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Send the counts before the names."""
    counts = [each for each in responses if each.startswith(b"* STATUS")]
    return counts + [each for each in responses if not each.startswith(b"* STATUS")]


def _status_last(_talk: Talk, _request: Request, responses: list[bytes]) -> list[bytes]:
    """Send all names before the counts."""
    counts = [each for each in responses if each.startswith(b"* STATUS")]
    names = [each for each in responses if each not in counts]
    return [*names[:-1], *counts, *names[-1:]]


FLAWS = (
    flaw(
        "list-status-subscribed-only",
        "RETURN (STATUS) counts what is subscribed only",
        "C17",
        "5819-2-status",
        send_as(rb'LIST "" (\S+) RETURN', rb'LIST (SUBSCRIBED) "" \1 RETURN', name="LIST"),
    ),
    flaw(
        "list-status-nothing",
        "LIST-STATUS is announced, and RETURN (STATUS) brings no STATUS",
        "",
        "5819-2-status",
        drop(only="STATUS", to="LIST"),
    ),
    flaw(
        "list-status-unknown",
        "LIST-STATUS is announced, and the option is not known",
        "",
        "5819-2-status",
        answer(b"{tag} BAD Unknown option\r\n", name="LIST", where=rb"\(STATUS \("),
    ),
    flaw(
        "list-status-counts-one-more",
        "RETURN (STATUS) tells one message more than there is",
        "",
        "5819-2-status",
        number(rb"MESSAGES (\d+)", lambda n: n + 1, only="STATUS", to="LIST"),
    ),
    flaw(
        "list-status-before-names",
        "The counts come before the names",
        "",
        "5819-2-status-behind",
        whole(_status_first, name="LIST", where=rb"STATUS"),
    ),
    flaw(
        "list-status-of-nothing",
        "A name that is no mailbox has a STATUS",
        "",
        "5819-2-status-noselect",
        replace(
            rb'\A(.*\\(?:NonExistent|Noselect).*"/" )([^ \r]+)(.*)\Z',
            rb"\1\2\3* STATUS \2 (MESSAGES 0)\r\n",
            only="LIST",
            where=rb"STATUS",
        ),
    ),
    flaw(
        "list-status-of-parents",
        "A name that is listed for its children only has a STATUS",
        "",
        "5819-3-status-not-matching",
        replace(
            rb'\A(.*"/" )([^ \r]+)( \(.*)\Z',
            rb"\1\2\3* STATUS \2 (MESSAGES 5)\r\n",
            only="LIST",
            where=rb"STATUS",
        ),
    ),
    flaw(
        "list-status-of-free-name",
        "A LIST that finds nothing brings a STATUS of the name",
        "",
        "5819-2-status-only",
        replace(
            rb"\A(\S+ OK .*)\Z",
            rb"* STATUS none (MESSAGES 0)\r\n\1",
            kind="tagged",
            to="LIST",
            where=rb"STATUS",
        ),
    ),
    flaw(
        "list-status-without-items",
        "RETURN (STATUS ()) counts messages",
        "",
        "5819-4-arguments",
        send_as(rb"\(STATUS \(\)\)", b"(STATUS (MESSAGES))", name="LIST"),
    ),
)

ALLOWED = (
    flaw(
        "list-status-behind-all-names",
        "All names come before the first count",
        "",
        "5819-2-status-behind 5819-2-status",
        whole(_status_last, name="LIST", where=rb"STATUS"),
    ),
)
