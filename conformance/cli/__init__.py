"""The command line: `main` makes the parser, the verbs of a package are in its `verbs.py`.

Verbs of no package of their own are here: `clean`, `compare`, `publish`, and in `fuzz` those of
generated sessions.
"""
