r"""Servers flawed on purpose: a proxy that gives a good server exactly one known fault.

They prove that checks can fail, and let anyone try a client or a tool on a fault. `proxy` listens,
`connection` leads one connection, `talk` is what acts see of it, `flaw` says what a flaw is, `acts`
are the words that flaws are written in, `following` and `folding` help some of them, `catalogue`
joins those of all families, `allowed` lists what only looks like a fault, `attribution` says what
may be reported of a fault that other cases lean on.

A flaw is a row in the module of its family: id, title, known bugs, rules, acts.

    flaw("status-trailing-space", "A space ends STATUS data", "A11", "3501-9-mailbox-data",
         replace(rb"\r\n\Z", b" \r\n", only="STATUS"))              # what the server says
    flaw("uidnext-behind", "UIDNEXT is too low", "", "3501-6.3.1-uidnext",
         number(rb"UIDNEXT (\d+)", lambda n: n - 1, to="SELECT"))
    flaw("store-adds", "STORE FLAGS adds", "E12", "3501-6.4.6-replace",
         send_as(rb"(STORE \S+ )FLAGS", rb"\1+FLAGS", name="STORE"))  # what the client says
    flaw("no-check", "CHECK is refused", "", "3501-6.4.1-ok",
         answer(b"{tag} BAD no\r\n", name="CHECK"))                 # without the server
    flaw("early-expunge", "EXPUNGE during FETCH", "E01", "3501-7.4.1-during",
         ask_first(b"NOOP", "all", name="FETCH"))                   # the server asked besides
    flaw("new-uids", "UIDs differ by session", "E17", "3501-2.3.1.1-persistent",
         alter(function, only="FETCH"))   # function(talk, arrival, octets); remembers in
                                          # talk.memory or, for all connections, talk.shared
"""
