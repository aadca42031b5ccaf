"""What a server has to say of a message: envelope, structure, sections, sizes, search results.

A message's octets come in, expectations of values go out; where an RFC leaves a server a choice
the expectation holds every allowed answer. Nothing here knows of sockets, cases or verdicts.

The parsers are our own. Python's `email` package is made for people who want to read mail, and so
repairs what it meets: it forgets how a field was folded and where a header's octets lie, accepts
addresses and parameters that no grammar has, guesses at multiparts without an end, and never says
that it guessed. Here the octets count, and what is not well-formed has to be noticed, because
there a server may answer as it likes.
"""
