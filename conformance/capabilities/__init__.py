"""What a server announces, what each capability is, and whether it works as announced."""
