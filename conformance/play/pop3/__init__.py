"""Playing POP3 beside IMAP: `entry` brings a connection to its state, `player` plays windows."""
