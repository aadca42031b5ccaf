"""Case files: documents whose examples are tests, read and written.

`document` reads the Markdown, `script` its lines, `placeholders` and `pattern` what stands in
braces and behind an `S` mark, `plan` makes steps of them; `given` has the values that every case
may name, `computed` sees that those of an answer can be computed. `suite` is all of them with the
catalogue, the fixtures and the premises, `compose` writes a case. The format is described in
`cases/README.md`. Nothing here talks to a server: that is `play`.
"""
