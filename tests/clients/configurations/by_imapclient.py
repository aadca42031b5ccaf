"""What a script does with IMAPClient."""

import sys

from imapclient import IMAPClient

host, port, user, password = sys.argv[1:]
client = IMAPClient(host, int(port), ssl=False, timeout=30)
if True:
    client.login(user, password)
    client.capabilities()
    client.list_folders()
    client.create_folder("Wörk")
    client.subscribe_folder("Wörk")
    client.select_folder("INBOX")
    found = client.search(["SUBJECT", "second"])
    client.search("UNSEEN", "UTF-8")
    client.fetch(client.search(), ["ENVELOPE", "BODYSTRUCTURE", "FLAGS", "BODY.PEEK[]"])
    client.add_flags(found, [b"\\Flagged"])
    client.copy(found, "Wörk")
    client.append("Wörk", b"Subject: from a script\r\n\r\nhello\r\n", [b"\\Seen"])
    client.folder_status("Wörk")
    client.idle()
    client.idle_check(timeout=0.1)
    client.idle_done()
    client.delete_messages(found)
    client.expunge()
    client.unselect_folder()
    client.rename_folder("Wörk", "Wörk 2")
    client.delete_folder("Wörk 2")
    client.logout()
