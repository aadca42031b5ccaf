"""The catalogue: rules of the RFCs that bind a server, in our own words.

`requirements` reads it, `levels` has what a rule may demand, `sentences` compares it with the
keyword sentences of an RFC's text. `errors` is what any file of the suite may be at fault with.
"""
