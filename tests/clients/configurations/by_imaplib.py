"""What a script does with imaplib: look, search, fetch, mark, copy, remove, keep, wait."""

import imaplib
import sys

host, port, user, password = sys.argv[1:]
with imaplib.IMAP4(host, int(port), timeout=30) as client:
    client.login(user, password)
    client.list()
    client.create("work")
    client.select("INBOX")
    client.search(None, "SUBJECT", '"second"')
    client.fetch("1:*", "(FLAGS UID RFC822.SIZE BODY.PEEK[HEADER])")
    client.uid("FETCH", "1:*", "(BODY.PEEK[])")
    client.store("1", "+FLAGS", r"(\Deleted)")
    client.copy("2", "work")
    client.append("work", r"(\Seen)", None, b"Subject: from a script\r\n\r\nhello\r\n")
    client.expunge()
    client.status("work", "(MESSAGES UIDNEXT UNSEEN)")
    client.namespace()
    client.noop()
    client.close()
