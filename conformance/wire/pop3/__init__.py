"""POP3 on the wire (RFC 1939): replies out of octets, then a connection that sends commands.

`framing` knows no sockets; `session` leads one connection, as `wire.session` does for IMAP.
"""
