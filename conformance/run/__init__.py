"""One run from beginning to end; pytest is not known here.

`options` are those of a run, `settings` what becomes of them, `campaign` the run itself: its
target, its record, what it found. `generated` has the generated sessions, `judging` what
is said of each item, `causes` why a case is blocked, `selection` which cases play, `outputs` what
a run leaves besides its record, `leftovers` what it could not remove from the server.
"""
