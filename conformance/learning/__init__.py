"""The protocol as one learns it: ideas, recorded sessions, exercises, and who judges answers.

`ideas.toml` has the words and the exercises, `recorded.jsonl` what a real server said to the cases.
An answer, drafted or typed, is judged by `judge`: by the formal syntax, by the rules for every
response, and by a model of the mailbox. `book` shows it all, and the page of `explain --web` takes
answers that somebody types.
"""
