"""Load: many users at work on the same mailboxes, every octet judged, and nothing may be lost.

Locust starts the users, spreads them over processes and machines and counts (`engine`); what a user
does is in a file (`mix`), and how it does it in `steps` and `user`. What was said of messages goes
to one `ledger` a machine (`keeper`); in the end the mailboxes are read (`reading`) and all is put
together (`reconcile`). `run` leads a run from beginning to end, `report` shows it.
"""
