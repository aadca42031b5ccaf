"""What a script does with aioimaplib."""

import asyncio
import sys

from aioimaplib import aioimaplib

host, port, user, password = sys.argv[1:]


async def work() -> None:
    """Look, search, fetch, mark, wait, remove."""
    client = aioimaplib.IMAP4(host, int(port), timeout=30)
    await client.wait_hello_from_server()
    await client.login(user, password)
    await client.list('""', "*")
    await client.create("work")
    await client.select("INBOX")
    await client.search("SUBJECT", '"second"')
    await client.fetch("1:*", "(UID FLAGS BODY.PEEK[HEADER])")
    await client.uid("fetch", "1:*", "(UID RFC822.SIZE BODY.PEEK[])")
    await client.store("1", "+FLAGS", r"(\Seen)")
    await client.copy("2", "work")
    await client.append(b"Subject: from a script\r\n\r\nhello\r\n", mailbox="work")
    waiting = await client.idle_start(timeout=30)
    client.idle_done()
    await asyncio.wait_for(waiting, 30)
    await client.store("1", "+FLAGS", r"(\Deleted)")
    await client.expunge()
    await client.close()
    await client.logout()


asyncio.run(work())
