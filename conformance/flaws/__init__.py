"""Servers flawed on purpose: a proxy that gives a good server exactly one known fault.

They prove that checks can fail, and let anyone try a client or a tool on a fault. `proxy` stands
between client and server, `catalogue` lists the faults.
"""
