"""How the modules of RFCs are found, and what they may ask for: the way every layer is extended.

`registry` joins what they register, `offered` says whether a server offers what they need,
`attached` keeps what they remember. How to add an extension is in `docs/extending.md`.
"""
