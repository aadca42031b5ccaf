"""For each rule that binds clients: conversations that break it, and look-alikes that do not."""

from __future__ import annotations

from typing import NamedTuple

from passive_talk import GREETING, LOGGED_IN, selected, told


class Row(NamedTuple):
    rule: str
    what: str
    broken: list[str]
    kept: list[str]


ROWS = (
    Row(
        "3501-2.2.1-client-tag-in-use",
        "a tag is used again",
        [*LOGGED_IN, "C: a1 NOOP", "C: a1 NOOP"],
        [*LOGGED_IN, "C: a1 NOOP", "C: a2 NOOP", "S: a1 OK done", "S: a2 OK done"],
    ),
    Row(
        "3501-2.2.1-client-tag-again",
        "a tag is used again after its answer",
        [*LOGGED_IN, "C: a1 NOOP", "S: a1 OK done", "C: a1 NOOP"],
        [*LOGGED_IN, "C: a1 NOOP", "S: a1 OK done", "C: A1 NOOP"],
    ),
    Row(
        "3501-4.3-client-waits",
        "a literal comes unasked",
        [*LOGGED_IN, "C: a1 CREATE {3}", "C: box"],
        [*LOGGED_IN, "C: a1 CREATE {3}", "S: + go", "C: box", "S: a1 OK done"],
    ),
    Row(
        "3501-4.3-client-waits",
        "the second literal of a command comes unasked",
        [*LOGGED_IN, "C: a1 RENAME {3}", "S: + go", "C: box {3}", "C: bux"],
        [*LOGGED_IN, "C: a1 RENAME {3}", "S: + go", "C: box {3}", "S: + go", "C: bux"],
    ),
    Row(
        "3501-4.3-client-waits",
        "a literal comes unasked, or was refused and another command comes",
        [*told("LITERAL+"), "C: a1 CREATE {3}", "C: box"],
        [*told("LITERAL+"), "C: a1 CREATE {3}", "S: a1 NO not so", "C: a2 CREATE {3+}", "C: box"],
    ),
    Row(
        "3501-3-client-state",
        "FETCH before SELECT; SELECT may be under way",
        [*LOGGED_IN, "C: a1 FETCH 1 FLAGS"],
        [*LOGGED_IN, "C: a1 SELECT box", "C: a2 FETCH 1 FLAGS"],
    ),
    Row(
        "3501-3-client-state",
        "SELECT before LOGIN",
        [*GREETING, "C: a1 SELECT box"],
        [*GREETING, "C: a1 LOGIN fred secret", "C: a2 SELECT box"],
    ),
    Row(
        "3501-3-client-state",
        "a second LOGIN; a first one may have failed",
        [*LOGGED_IN, "C: a1 LOGIN fred secret"],
        [*GREETING, "C: a1 LOGIN fred secret", "S: a1 NO not so", "C: a2 LOGIN fred secret"],
    ),
    Row(
        "3501-3-client-state",
        "FETCH behind CLOSE; CLOSE may fail",
        [*selected(), "C: a1 CLOSE", "S: a1 OK closed", "C: a2 FETCH 1 FLAGS"],
        [*selected(), "C: a1 CLOSE", "S: a1 NO not so", "C: a2 FETCH 1 FLAGS"],
    ),
    Row(
        "3501-3.4-client-logout",
        "the client closes",
        [*LOGGED_IN, "end client"],
        [*LOGGED_IN, "C: a1 LOGOUT", "end client"],
    ),
    Row(
        "3501-3.4-client-logout",
        "the client closes; the server has said BYE",
        [*LOGGED_IN, "C: a1 NOOP", "S: a1 OK done", "end client"],
        [*LOGGED_IN, "S: * BYE for now", "end client"],
    ),
    Row(
        "3501-5.1-client-8bit",
        "a name is made that is not ASCII",
        [*LOGGED_IN, "C: a1 CREATE {4}", "S: + go", "C: M\xc3\xbcl"],
        [*LOGGED_IN, 'C: a1 CREATE "M&APw-l"'],
    ),
    Row(
        "3501-5.1-client-8bit",
        "a mailbox is renamed to such a name; from such a name is another matter",
        [*LOGGED_IN, "C: a1 RENAME box {4}", "S: + go", "C: M\xc3\xbcl"],
        [*LOGGED_IN, "C: a1 RENAME {4}", "S: + go", "C: M\xc3\xbcl box"],
    ),
    Row(
        "3501-5.5-client-ambiguous",
        "FETCH behind NOOP; FETCH and STORE together are allowed",
        [*selected(), "C: a1 NOOP", "C: a2 FETCH 1 FLAGS"],
        [*selected(), "C: a1 FETCH 1 FLAGS", "C: a2 STORE 1 +FLAGS (\\Seen)", "C: a3 COPY 2 b"],
    ),
    Row(
        "3501-5.5-client-ambiguous",
        "COPY behind COPY; a UID names its message for ever",
        [*selected(), "C: a1 COPY 1 b", "C: a2 COPY 2 b"],
        [*selected(), "C: a1 UID COPY 11 b", "C: a2 UID COPY 12 b"],
    ),
    Row(
        "3501-5.5-client-ambiguous",
        "STORE behind UID FETCH; of all messages it means the same before and after",
        [*selected(), "C: a1 UID FETCH 11 FLAGS", "C: a2 STORE 1:2 +FLAGS (\\Seen)"],
        [*selected(), "C: a1 UID FETCH 11 FLAGS", "C: a2 STORE 1:* +FLAGS (\\Seen)"],
    ),
    Row(
        "3501-6.2.1-client-waits",
        "CAPABILITY behind STARTTLS",
        [*GREETING, "C: a1 STARTTLS", "C: a2 CAPABILITY"],
        [*GREETING, "C: a1 STARTTLS", "S: a1 NO not now", "C: a2 CAPABILITY"],
    ),
    Row(
        "3501-6.2.2-client-exchange",
        "a command during AUTHENTICATE; * cancels it",
        [*GREETING, "C: a1 AUTHENTICATE PLAIN", "S: + ", "C: a2 NOOP"],
        [*GREETING, "C: a1 AUTHENTICATE PLAIN", "S: + ", "C: *", "S: a1 BAD no", "C: a2 NOOP"],
    ),
    Row(
        "3501-6.2.3-client-logindisabled",
        "LOGIN while it is disabled; not after TLS, where nothing was announced yet",
        ["S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED] hi", "C: a1 LOGIN fred secret"],
        [
            "S: * OK [CAPABILITY IMAP4rev1 LOGINDISABLED STARTTLS] hi",
            "C: a1 STARTTLS",
            "S: a1 OK go",
            "C: a2 LOGIN fred secret",
        ],
    ),
    Row(
        "3501-6.3.10-client-selected",
        "STATUS of the mailbox that is selected; of another",
        [*selected(), "C: a1 STATUS box (MESSAGES)"],
        [*selected(), "C: a1 STATUS bux (MESSAGES)"],
    ),
    Row(
        "3501-6.3.10-client-selected",
        "STATUS of INBOX in another spelling; while another mailbox is being selected",
        [*selected(mailbox="INBOX"), 'C: a1 STATUS "inbox" (MESSAGES)'],
        [*selected(mailbox="INBOX"), "C: a1 SELECT b", "C: a2 STATUS INBOX (MESSAGES)"],
    ),
    Row(
        "2177-3-client-done",
        "a command instead of DONE; behind it",
        [*selected("IDLE"), "C: a1 IDLE", "S: + idling", "C: a2 NOOP"],
        [*selected("IDLE"), "C: a1 IDLE", "S: + idling", "C: DONE", "C: a2 NOOP"],
    ),
    Row(
        "7888-5-client-4096",
        "a long literal without waiting; a short one",
        [*told("LITERAL-"), "C: a1 APPEND b {4097+}", f"C: {'x' * 4097}"],
        [*told("LITERAL-"), "C: a1 APPEND b {4096+}", f"C: {'x' * 4096}"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "IDLE that was not announced; that was",
        [*selected(), "C: a1 IDLE"],
        [*selected("IDLE"), "C: a1 IDLE"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "NAMESPACE that was not announced; nothing was told since the login",
        [*told(), "C: a1 NAMESPACE"],
        [*LOGGED_IN, "C: a1 NAMESPACE"],
    ),
    Row(
        "3501-2.2.1-client-unannounced",
        "a non-synchronising literal; announced in another letter case",
        [*told(), "C: a1 CREATE {3+}", "C: box"],
        [*told("literal+"), "C: a1 CREATE {3+}", "C: box"],
    ),
    Row(
        "3501-2.2-client-crlf",
        "a line ends in LF",
        [*LOGGED_IN, "C~ a1 NOOP\n"],
        [*LOGGED_IN, "C~ a1 NO", "C~ OP\r", "C~ \n", "S: a1 OK done"],
    ),
    Row(
        "3501-2.2-client-crlf",
        "a CR stands in a line; in a literal it may",
        [*LOGGED_IN, 'C: a1 CREATE "b\rx"'],
        [*LOGGED_IN, "C: a1 CREATE {3}", "S: + go", "C: b\rx"],
    ),
    Row(
        "3501-9-client-nul",
        "a NUL stands in a line",
        [*LOGGED_IN, "C: a1 CREATE b\0x"],
        [*LOGGED_IN, "C: a1 CREATE bx"],
    ),
    Row(
        "3501-9-char8",
        "a NUL stands in a literal",
        [*told(), "C: a1 APPEND b {3}", "S: + go", "C: b\0x"],
        [*told(), "C: a1 APPEND b {3}", "S: + go", "C: b\xfcx"],
    ),
    Row(
        "3501-9-sequence-set",
        "a FETCH without items; with arguments that an announced extension adds",
        [*selected(), "C: a1 FETCH 1"],
        [*selected("CONDSTORE"), "C: a1 FETCH 1 (FLAGS) (CHANGEDSINCE 7)"],
    ),
    Row(
        "3501-9-append",
        "a message is announced that the syntax does not have, and refused",
        [*told(), "C: a1 APPEND b UTF9 (~{3}", "S: a1 BAD no"],
        [*told(), "C: a1 APPEND b (\\Seen) {3}", "S: a1 BAD no"],
    ),
    Row(
        "3501-9-sequence-set",
        "a command ends too early and is refused, whatever may have been announced",
        [*selected()[:-1], "S: s0 OK in", "C: a1 FETCH 1", "S: a1 BAD no"],
        [*selected(), "C: a1 FETCH 9 (FLAGS)", "S: a1 BAD no"],
    ),
    Row(
        "2177-3-client-done-once",
        "DONE is said twice; once, in small letters",
        [*told("IDLE"), "C: a1 IDLE", "S: + go", "C: DONE", "S: a1 OK done", "C: DONE"],
        [*told("IDLE"), "C: a1 IDLE", "S: + go", "C: done", "S: a1 OK done"],
    ),
    Row(
        "3501-5.1.3-client-utf7",
        "a name is made with a bare &; with one that is spelt out, and with a word in BASE64",
        [*LOGGED_IN, 'C: a1 CREATE "R&D"'],
        [*LOGGED_IN, 'C: a1 CREATE "R&-D"', 'C: a2 RENAME "R&D" "Entw&APw-rfe"'],
    ),
    Row(
        "3501-5.1.3-client-utf7",
        "BASE64 of half a character; a literal",
        [*LOGGED_IN, "C: a1 CREATE &AA-"],
        [*LOGGED_IN, "C: a1 CREATE {10}", "S: + go", "C: &ZeVnLIqe-"],
    ),
)
