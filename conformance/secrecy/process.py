"""What is secret in this process: the passwords of every account that it knows.

What is shown of a session has `Secrets` of its own. Errors come from anywhere and may quote what a
server said, so what the command line says on standard error leaves out all of these.
"""

from __future__ import annotations

from typing import Final

from conformance.secrecy.secrets import Secrets

KNOWN: Final = Secrets()
"""Passwords of accounts and of databases, from when they were read."""
