"""A real client on our sessions: imapclient speaks, our sessions carry it.

So whatever everyday use makes a server say passes the grammar and the ambient checks like
everything else, and imapclient's reading of it is a second opinion on our own reader (`opinion`).
Scenarios are in `cases/interop/`; who plays them is in `play`.
"""
