"""Plays cases against sessions.

`player` plays one: it opens what it needs by `connections`, has `writer` write its lines, and
`tracker` wait for what has to come, which `match` compares with what arrived and `wording` tells;
`deviation` says in a word how an answer differs. `program` plays a Python scenario. `workspace`
keeps the mailboxes that cases use apart from the user's own: `filling` and `appending` fill them,
`inbox` borrows INBOX, `ownership` knows whose a name is, `cleanup` removes what is ours.
`admission` and `patience` are for servers that hold failed logins against us, `recovery` for those
that were lost. pytest is not known here.
"""
