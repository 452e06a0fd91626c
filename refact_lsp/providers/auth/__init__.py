"""How a provider is told who asks: keys, and where they are kept.

May import `keyring`, which need not be installed. Nothing here writes a key into a text.
"""
