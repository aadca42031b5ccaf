"""Sessions as people paste them: whatever a program logs, read as the octets of both sides.

A page (`page`) is cleaned of what carried it: byte order marks, fences, quoting, HTML. A table of
formats (`table`) says which lines of it are whose, and `assemble` puts their octets together again,
with a mark on what the paste has hidden, cut short or left out (`left_out`). Nothing here judges.
"""
