"""A page of this machine to paste a session into: what either side says, and what is wrong with it.

`study` reads and judges a paste, `page` and `lines` make HTML of it, `exercises` has answers typed
to the exercises of `learning`, `server` serves them all on loopback. Passwords are hidden in all
that is made; nothing is kept but the last few results.
"""
