"""Generated sessions: what is drawn instead of written down, asked of a server and judged.

Content that is drawn comes from `conformance.message.strategies`, what is right from
`conformance.message`; nothing here knows of cases, options or reports.
"""
