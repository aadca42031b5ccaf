"""Generated sessions: what is generated, sent and judged against a model and the grammar.

`environment` holds the connections, `executor` has a program's sessions talk and compares what
comes with the model; `on_messages`, `asking` and `on_mailboxes` are the commands that programs are
made of, `machine` draws programs. `commands` has single commands from the grammar, `mutants` broken
ones, `content` generated messages. `engine` searches with all of them and keeps what fails, `found`
writes it down.
"""
