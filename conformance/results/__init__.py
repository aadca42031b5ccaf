"""What a run found: its records, their file, and the views of them.

`records` are plain values, `writer` and `reader` keep them as JSON Lines after
`schema.json`, `known` judges them against a list of accepted deviations, and
`terminal`, `html` and `junit` show them, `findings`, `job_page`, `badge` and `github`
tell them to readers and to CI. `matrix` puts several runs side by side and `changes`
two of one server, each with views. Nothing here talks to a server or knows how a case
is played: whoever runs the cases fills the records.
"""
