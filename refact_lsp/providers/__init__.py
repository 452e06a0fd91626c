"""Provider families into calls: wire formats, FIM prompts, credentials, discovery, routing.

May import `privacy`, `config`, `languages`, `net` and what is below them.
"""
