"""Conversations: what the client sends, what the server says, and what surrounds it then."""

from __future__ import annotations

from dataclasses import dataclass

OK = b"* OK hi\r\n"
PREAUTH = b"* PREAUTH hi\r\n"


@dataclass(frozen=True)
class S:
    """A response and what is expected around it; None is not looked at."""

    data: bytes
    start: str | None = None
    answers: bytes | None = None
    flight: str | None = None
    after: str | None = None
    mailbox: bytes | None = None
    left: str | None = None
    """Names still in flight behind it."""


C = bytes
SCRIPTS: dict[str, list[C | S]] = {
    "greeting OK": [S(OK, "greeting", flight="", after="NOT_AUTHENTICATED")],
    "greeting PREAUTH": [S(PREAUTH, "greeting", after="AUTHENTICATED")],
    "greeting BYE": [S(b"* BYE full\r\n", "greeting", after="LOGOUT")],
    "greeting in lower case": [S(b"* preauth hi\r\n", after="AUTHENTICATED")],
    "a greeting that is none": [S(b"220 smtp\r\n", "greeting", after="GREETING")],
    "login, select, close, logout": [
        S(OK),
        b"a1 LOGIN me you\r\n",
        S(b"* CAPABILITY IMAP4rev1\r\n", "response_data", flight="LOGIN"),
        S(b"a1 OK in\r\n", "response_tagged", b"a1", "LOGIN", "AUTHENTICATED", left=""),
        b"a2 SELECT foo\r\n",
        S(b"* 3 EXISTS\r\n", flight="SELECT", after="AUTHENTICATED", mailbox=b"foo"),
        S(b"a2 OK done\r\n", answers=b"a2", after="SELECTED"),
        S(b"* 4 EXISTS\r\n", flight="", after="SELECTED", mailbox=b"foo"),
        b"a3 CLOSE\r\n",
        S(b"a3 OK done\r\n", after="AUTHENTICATED", mailbox=b"foo"),
        S(b"* OK idle\r\n", mailbox=b""),
        b"a4 LOGOUT\r\n",
        S(b"* BYE bye\r\n", flight="LOGOUT", after="LOGOUT"),
        S(b"a4 OK bye\r\n", answers=b"a4", after="LOGOUT", left=""),
    ],
    "a login that is refused": [
        S(OK),
        b"a1 LOGIN me you\r\n",
        S(b"a1 NO wrong\r\n", answers=b"a1", after="NOT_AUTHENTICATED"),
    ],
    "SELECT NO gives up the mailbox": [
        S(PREAUTH),
        b"a1 SELECT a\r\n",
        S(b"a1 OK x\r\n", after="SELECTED"),
        b"a2 SELECT b\r\n",
        S(b"a2 NO x\r\n", after="AUTHENTICATED", mailbox=b"b"),
        S(b"* OK x\r\n", mailbox=b""),
    ],
    "SELECT BAD leaves everything": [
        S(PREAUTH),
        b"a1 SELECT a\r\n",
        S(b"a1 OK x\r\n"),
        b"a2 SELECT\r\n",
        S(b"a2 BAD x\r\n", after="SELECTED"),
        S(b"* OK x\r\n", after="SELECTED", mailbox=b"a"),
    ],
    "UNSELECT": [
        S(PREAUTH),
        b"a1 SELECT a\r\n",
        S(b"a1 OK x\r\n"),
        b"a2 UNSELECT\r\n",
        S(b"a2 OK x\r\n", after="AUTHENTICATED"),
    ],
    "commands before login do not change the state": [
        S(OK),
        b"a1 SELECT INBOX\r\n",
        S(b"a1 OK what?\r\n", answers=b"a1", after="NOT_AUTHENTICATED", mailbox=b""),
    ],
    "pipelined SELECT behind FETCH belongs to the old mailbox first": [
        S(PREAUTH),
        b"a1 SELECT a\r\n",
        S(b"a1 OK x\r\n"),
        b"a2 FETCH 1 FLAGS\r\na3 SELECT b\r\n",
        S(b"* 1 FETCH (FLAGS ())\r\n", flight="FETCH,SELECT", mailbox=b"a"),
        S(b"a2 OK x\r\n", answers=b"a2", left="SELECT"),
        S(b"* 1 EXISTS\r\n", flight="SELECT", mailbox=b"b"),
        S(b"a3 OK x\r\n", left=""),
    ],
    "pipelined commands answered out of order": [
        S(PREAUTH),
        b"a1 NOOP\r\na2 UID FETCH 1 FLAGS\r\na3 uid store 1 FLAGS ()\r\n",
        S(b"a2 OK x\r\n", answers=b"a2", flight="NOOP,UID FETCH,UID STORE"),
        S(b"a1 OK x\r\n", answers=b"a1", flight="NOOP,UID STORE", left="UID STORE"),
    ],
    "an unknown tag answers nothing": [
        S(PREAUTH),
        b"a1 NOOP\r\n",
        S(b"zz OK x\r\n", "response_tagged", answers=b"", left="NOOP"),
        S(b"garbage\r\n", "response_tagged", answers=b"", left="NOOP"),
        S(b"\r\n", "response_tagged", answers=b"", left="NOOP"),
    ],
    "an answer of an unknown kind ends the command": [
        S(PREAUTH),
        b"a1 NOOP\r\n",
        S(b"a1 FINE x\r\n", answers=b"a1", left=""),
    ],
    "tags twice are answered in order": [
        S(PREAUTH),
        b"a NOOP\r\na CHECK\r\n",
        S(b"a OK x\r\n", flight="NOOP,CHECK", left="CHECK"),
        S(b"a OK x\r\n", left=""),
    ],
    "a command in pieces": [
        S(PREAUTH),
        b"a1 NO",
        b"OP\r",
        b"\na2 CHE",
        S(b"a1 OK x\r\n", answers=b"a1", flight="NOOP", left=""),
        b"CK\r\n",
        S(b"a2 OK x\r\n", answers=b"a2", flight="CHECK"),
    ],
    "a refusal before the line has ended": [
        S(PREAUTH),
        b"a1 SEARCH xxxxx",
        S(b"a1 BAD too long\r\n", answers=b"a1", left=""),
        b"xxxx\r\na2 NOOP\r\n",
        S(b"a2 OK x\r\n", answers=b"a2", flight="NOOP"),
    ],
    "a literal": [
        S(OK),
        b"a1 LOGIN {2}\r\n",
        S(b"+ go\r\n", "continue_req", flight="LOGIN"),
        b"me {3}\r\n",
        S(b"+ go\r\n", "continue_req"),
        b"you\r\n",
        S(b"a1 OK x\r\n", answers=b"a1", after="AUTHENTICATED", left=""),
    ],
    "a refused literal is never sent": [
        S(OK),
        b"a1 APPEND INBOX {2000000000}\r\n",
        S(b"a1 NO [TOOBIG] no\r\n", answers=b"a1", left=""),
        b"a2 NOOP\r\n",
        S(b"a2 OK x\r\n", answers=b"a2"),
    ],
    "a non-synchronising literal goes on whatever the server says": [
        S(OK),
        b"a1 LOGIN {9+}\r\n",
        S(b"a1 BAD no\r\n", answers=b"a1", left=""),
        b"b1 NOOP\r\n you\r\na2 NOOP\r\n",
        S(b"a2 OK x\r\n", answers=b"a2", flight="NOOP"),
    ],
    "SELECT with a literal": [
        S(PREAUTH),
        b"a1 SELECT {3}\r\n",
        S(b"+ go\r\n"),
        b"f o\r\n",
        S(b"* 1 EXISTS\r\n", mailbox=b"f o"),
        S(b"a1 OK x\r\n"),
        S(b"* 1 EXISTS\r\n", mailbox=b"f o"),
    ],
    "SELECT with a quoted string and parameters": [
        S(PREAUTH),
        b'a1 EXAMINE "a \\"b\\\\" (CONDSTORE)\r\n',
        S(b"* 1 EXISTS\r\n", mailbox=b'a "b\\'),
        S(b"a1 OK x\r\n", after="SELECTED"),
    ],
    "INBOX has one spelling": [
        S(PREAUTH),
        b"a1 SELECT inBox\r\n",
        S(b"a1 OK x\r\n", mailbox=b"INBOX"),
    ],
    "IDLE": [
        S(PREAUTH),
        b"a1 IDLE\r\n",
        S(b"+ idling\r\n", "continue_req", flight="IDLE"),
        S(b"* 1 EXISTS\r\n", flight="IDLE"),
        b"done\r\n",
        S(b"a1 OK x\r\n", answers=b"a1", flight="IDLE", left=""),
    ],
    "IDLE, DONE and more without waiting": [
        S(PREAUTH),
        b"a1 IDLE\r\nDONE\r\na2 NOOP\r\n",
        S(b"+ idling\r\n", flight="IDLE,NOOP"),
        S(b"a1 OK x\r\n", left="NOOP"),
        S(b"a2 OK x\r\n", answers=b"a2", left=""),
    ],
    "a command right behind DONE is a command": [
        S(PREAUTH),
        b"a1 IDLE\r\n",
        S(b"+ idling\r\n"),
        b"DONE\r\na2 NOOP\r\n",
        S(b"a1 OK x\r\n", flight="IDLE,NOOP", left="NOOP"),
        S(b"a2 OK x\r\n", answers=b"a2", left=""),
    ],
    "a command in the middle of IDLE is swallowed": [
        S(PREAUTH),
        b"a1 IDLE\r\n",
        S(b"+ idling\r\n"),
        b"a2 NOOP\r\n",
        S(b"a1 BAD expected DONE\r\n", flight="IDLE,NOOP", left=""),
        S(b"a2 OK after all\r\n", answers=b"a2", left=""),
    ],
    "DONE without IDLE is a line of its own": [
        S(PREAUTH),
        b"DONE\r\n",
        S(b"DONE BAD what?\r\n", answers=b"DONE", left=""),
    ],
    "AUTHENTICATE": [
        S(OK),
        b"a1 AUTHENTICATE PLAIN\r\n",
        S(b"+ \r\n", "continue_req_base64", flight="AUTHENTICATE"),
        b"AG1lAHlvdQ==\r\n",
        S(b"a1 OK in\r\n", answers=b"a1", after="AUTHENTICATED", left=""),
        b"a2 NOOP\r\n",
        S(b"+ what?\r\n", "continue_req", flight="NOOP"),
    ],
    "AUTHENTICATE cancelled": [
        S(OK),
        b"a1 AUTHENTICATE LOGIN\r\n",
        S(b"+ VXNlciBOYW1lAA==\r\n", "continue_req_base64"),
        b"*\r\n",
        S(b"a1 BAD cancelled\r\n", answers=b"a1", after="NOT_AUTHENTICATED", left=""),
    ],
    "AUTHENTICATE with an empty line": [
        S(OK),
        b"a1 AUTHENTICATE EXTERNAL\r\n",
        S(b"+ \r\n"),
        b"\r\n",
        S(b"a1 OK in\r\n", after="AUTHENTICATED", left=""),
    ],
    "a command where AUTHENTICATE waits for a line": [
        S(OK),
        b"a1 AUTHENTICATE PLAIN\r\n",
        S(b"+ \r\n"),
        b"a2 NOOP x\r\n",
        S(b"a1 BAD not base64\r\n", answers=b"a1", left=""),
    ],
    "lines without a tag are answered by an untagged BAD": [
        S(OK),
        b"\r\n",
        S(b"* BAD null command\r\n", flight="", left=""),
        b"\r\n+x NOOP\r\n( NOOP\r\n",
        S(b"* BAD no tag\r\n", flight=",NOOP,NOOP", left="NOOP,NOOP"),
        b"a1 NOOP\r\n",
        S(b"a1 OK x\r\n", answers=b"a1", left=""),
    ],
    "a server that echoes a tag that is none": [
        S(OK),
        b"+x NOOP\r\n",
        S(b"* BAD what?\r\n", left=""),
        b"{x NOOP\r\n",
        S(b"{x BAD what?\r\n", answers=b"{x", left=""),
    ],
    "octets that are no command at all": [
        S(OK),
        b"\0\xff\r\n \r\na1\r\n{5}\r\nhello\r\n",
        b'a2 "{3}\r\n',
        b"a3 \xff\xfe \xe2\x82\xac\r\n",
        S(b"a3 BAD x\r\n", answers=b"a3"),
    ],
    "BYE out of the blue": [
        S(PREAUTH),
        b"a1 SELECT a\r\n",
        S(b"a1 OK x\r\n"),
        S(b"* BYE shutting down\r\n", after="LOGOUT", mailbox=b"a"),
        S(b"* 1 EXISTS\r\n", mailbox=b""),
    ],
}
