"""Faults of the words of a command line, which are their author's and never a verdict."""

from __future__ import annotations


class OptionError(ValueError):
    """Options that do not go together; the message is one line for people."""
