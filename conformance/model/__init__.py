"""A reference mailbox store: what a correct server may answer, with several sessions looking on.

Pure data: no sockets and nothing generated. `store` is the truth, `view` what one session has been
told of it, `search` evaluates keys where a session may lag behind. What sessions do is in `fuzz`.
"""
