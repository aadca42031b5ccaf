"""Judges conversations that somebody else leads: recordings of them, and live through a relay.

Readers of recordings, the rules that bind clients, what is printed of both sides, and the verbs
`lint` and `proxy`. The rules of servers are those of `checks` and `syntax`.
"""
