"""Valid commands that are broken in the tests: each production of `command` is in one of them."""

from __future__ import annotations

from conformance.syntax.derivations import Spoken


def corpus(
    mailbox: bytes = b"box", other: bytes = b"other", user: bytes = b"nobody"
) -> list[Spoken]:
    """Give the commands with these names in them."""
    literal = b"{%d}\r\n" % len(other)
    message = b"Subject: x\r\n\r\nHello.\r\n"
    return [
        Spoken(b"b1 NOOP\r\n"),
        Spoken(b"b1 CAPABILITY\r\n"),
        Spoken(b"b1 LOGOUT\r\n"),
        Spoken(b"b1 LOGIN " + user + b' "no password"\r\n'),
        Spoken(b"b1 LOGIN {%d}\r\n {4}\r\n\r\n" % len(user), (user, b"none")),
        Spoken(b"b1 AUTHENTICATE PLAIN\r\n"),
        Spoken(b"b1 STARTTLS\r\n"),
        Spoken(b"b1 SELECT " + mailbox + b"\r\n"),
        Spoken(b"b1 EXAMINE " + literal + b"\r\n", (other,)),
        Spoken(b'b1 CREATE "' + other + b'"\r\n'),
        Spoken(b"b1 DELETE " + other + b"\r\n"),
        Spoken(b"b1 RENAME " + other + b' "' + other + b'2"\r\n'),
        Spoken(b"b1 SUBSCRIBE " + mailbox + b"\r\n"),
        Spoken(b"b1 UNSUBSCRIBE " + literal + b"\r\n", (other,)),
        Spoken(b'b1 LIST "" ' + mailbox + b"\r\n"),
        Spoken(b'b1 LIST "" {%d}\r\n\r\n' % len(mailbox), (mailbox,)),
        Spoken(b'b1 LSUB "" "' + mailbox + b'"\r\n'),
        Spoken(b"b1 STATUS " + mailbox + b" (MESSAGES UIDNEXT UNSEEN)\r\n"),
        Spoken(
            b"b1 APPEND "
            + mailbox
            + b' (\\Seen $a) " 1-Feb-2024 10:00:00 +0100" {%d}\r\n\r\n' % len(message),
            (message,),
        ),
        Spoken(b"b1 CHECK\r\n"),
        Spoken(b"b1 CLOSE\r\n"),
        Spoken(b"b1 EXPUNGE\r\n"),
        Spoken(b"b1 COPY 1 " + mailbox + b"\r\n"),
        Spoken(b"b1 FETCH 1:* (FLAGS UID INTERNALDATE)\r\n"),
        Spoken(b"b1 FETCH 1,2 FULL\r\n"),
        Spoken(b"b1 FETCH * BODY.PEEK[HEADER.FIELDS (To Cc)]<0.5>\r\n"),
        Spoken(b"b1 UID FETCH 1:2 BODY.PEEK[1.MIME]\r\n"),
        Spoken(b"b1 FETCH 1 (RFC822.SIZE ENVELOPE BODY[1.2])\r\n"),
        Spoken(b"b1 STORE 1:2 +FLAGS.SILENT (\\Seen $b)\r\n"),
        Spoken(b"b1 UID STORE 1 -FLAGS \\Flagged \\Draft\r\n"),
        Spoken(b"b1 SEARCH CHARSET US-ASCII OR SEEN 2,1:* NOT (UID 1 DELETED)\r\n"),
        Spoken(b'b1 UID SEARCH SINCE 1-Feb-2024 SENTON "10-Mar-2024" LARGER 10\r\n'),
        Spoken(b'b1 SEARCH HEADER Subject "x y" KEYWORD $a FROM alice\r\n'),
        Spoken(b"b1 SEARCH SUBJECT {5}\r\n TEXT {2}\r\n UNSEEN\r\n", (b"hello", b"he")),
    ]
