"""Rules that hold for every response of every session, whatever a case is about.

A `Monitor` observes all sessions of a run and hands each broken rule to its caller as a
`Breach`. The rules are small functions in tables, one module for each family; what they look at
is a `View` of one session and a `Ledger` that all sessions of the run share. Nothing here sends
anything or decides on a verdict.
"""
