"""Bytes in, responses in their context out: framing, dialogue, sessions, transcripts.

Sans-IO are `framing` (lines and literals), `states` (the table of transitions), `commands`
and `dialogue`; `transport` and `session` do the I/O around them, `transcript` remembers.
What a response means is in `conformance.syntax`, whether it is right in `conformance.checks`.
"""
