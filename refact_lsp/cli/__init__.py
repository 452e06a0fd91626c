"""One module a subcommand, each imported only when it is called.

May import everything below. Holds no logic that the server needs.
"""
