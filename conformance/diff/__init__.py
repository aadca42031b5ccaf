"""The same cases on several servers, and where they answer differently.

`verbs` has `run` play them on each server, all at the same time, and keep what was said. `answers`
cuts what was said into commands and answers, without what no two servers say alike; `differences`
puts the answers to one command beside each other, and `show` shows them.
"""
