"""Passwords, and what stands for them: hidden in everything that is shown or written."""
