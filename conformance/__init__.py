"""imap-conformance: says, rule by rule, what an IMAP server does that the RFCs do not allow."""

__version__ = "0.1.0"
