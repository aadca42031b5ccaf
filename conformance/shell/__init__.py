"""An interactive session with a server that explains each response as it arrives.

What is typed has the notation of the client lines of case files, so that a session can be saved as
a case. Explaining is the business of `explain`, judging of `syntax` and `checks`.
"""
