"""Generated conversations: what is sent is made by rules, what comes back is judged by rules."""
