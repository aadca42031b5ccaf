"""Plays cases: connections, mailboxes of their own, what is sent and what came back."""
