"""The suite checked by the flawed servers: which flaws it finds, and which rules can fail.

`stand` plays cases through a flawed server and compares with the untouched one, `check` decides
which cases a flaw is given and what comes of it, `attribution` sees where its findings are filed,
`report` prints it, `verbs` is the command line.
"""
