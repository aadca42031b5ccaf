"""Sessions that nobody wrote: what is drawn, sent and judged against a model and the grammar.

`lab` holds the connections, `conduct` has a program's sessions talk and compares what comes with
the model; `on_messages`, `asking` and `on_mailboxes` are the commands that programs are made of,
`machine` draws programs. `commands` has single commands from the grammar, `mutants` broken ones,
`content` drawn messages. `engine` searches with all of them and keeps what fails, `found` writes it
down.
"""
