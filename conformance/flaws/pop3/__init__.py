"""A server of POP3 with one flaw: `server` relays one, `acts` are the words of flaws.

What a flaw is, and how it is found, is the same as for IMAP (`conformance.flaws.flaw`).
"""
