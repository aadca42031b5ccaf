"""Case files: documents whose examples are tests.

`document` reads the Markdown, `script` its lines, `holes` and `pattern` what stands in braces and
behind an `S` mark, `match` compares with what arrived, `player` plays a case against sessions,
`workspace` keeps the mailboxes that cases use apart from the user's own. The format is described
in `cases/README.md`. pytest is not known here.
"""
