"""What can go wrong before a server is there to talk to.

All of these mean that the run can not happen; each message is one line for people and
holds no password. What goes wrong on a connection has its errors in `wire.errors`.
"""

from __future__ import annotations

from conformance.wire.errors import TargetError


class BadURL(TargetError):
    """The URL does not name an IMAP server and a user in a way that this suite reads."""


class NoPassword(TargetError):
    """No password was given for an account, or the place that should hold it can not be read."""


class PlaintextRefused(TargetError):
    """A password would cross the network in clear text and nobody allowed that."""


class ServerMissing(TargetError):
    """The program of a server that this suite would start itself is not installed."""


class ServerFailed(TargetError):
    """A server that this suite started itself died, or never greeted."""
