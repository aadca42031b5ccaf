"""The case files as a book of HTML pages: prose, examples, what a server said to each, and indexes.

Stands on the record of a run, the case files and `coverage`, and knows no server: what is shown of
one was recorded before. `make` writes the book; `cli.book` is its place on the command line.
"""
