"""The catalogue: rules of the RFCs that bind a server, in our own words.

`requirements` reads the rules of one RFC, `revision` the table of what became of them in a later
one, `catalogue` has them all. `levels` has what a rule may demand, `sentences` compares the rules
with the keyword sentences of an RFC's text. `errors` is what any file of the suite may be at fault
with.
"""
