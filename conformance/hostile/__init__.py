"""Servers that misbehave: floods, sizes, framing, TLS, closes, tags, delays, texts that attack.

Each is a row in the module of its family: where in a conversation it does what. Everything else is
answered decently (`decent`), so that a client gets that far. `imap-conformance hostile NAME` serves
one to try a client on; `imap-conformance selfcheck --hostile` sees that no part of this suite hangs
or crashes over any of them, or grows.
"""
