"""The syntax of IMAP: strict grammar, values and typed responses.

What an octet string is, by the RFCs' formal syntax, is decided here. Sockets, sessions and
what a response means for a mailbox are not.
"""
