"""pytest's side of a run: `plugin` has its options, `runner` its hooks, `items` its tests.

`parallel` leads several processes. `fixtures` are for tests that other projects write.
"""
