"""Faults of the files that people write about runs."""

from __future__ import annotations


class KnownError(ValueError):
    """The known-deviations file is wrong; the message names the file and the entry."""
