"""The command line: `main` lists the verbs, those of a package are in its `verbs.py`.

Those that play the suite are here (`run`, `book`, `known`, in `fuzz` those of generated sessions),
and those of no package of their own: `requirements`, `clean`, `compare`, `publish`. `main` imports
none of them before it is chosen.
"""
