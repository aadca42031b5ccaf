"""Explaining what either side says: the tree of rules behind a line, or where it breaks them.

Lines go in, text, JSON or drawings come out. What the grammar allows is decided in `syntax`, what
a line is in `wire`; nothing here opens a connection.
"""
