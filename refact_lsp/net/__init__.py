"""The one place that opens connections: HTTP, streams of events, deadlines and budgets.

May import only the ground floor (`text`, `errors`, `messages`).
"""
