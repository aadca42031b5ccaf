"""Sessions that nobody wrote: what is drawn, sent and judged against a model and the grammar.

`lab` holds the connections, `conduct` has a program's sessions talk and compares what comes with
the model, `operations` are the commands that programs are made of, `machine` draws programs,
`commands` draws single commands from the grammar; `search` runs all of them and keeps what fails.
"""
