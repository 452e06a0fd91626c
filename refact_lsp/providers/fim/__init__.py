"""Fill-in-the-middle: which models can, in which words, and how else to ask the others.

`families.toml` holds what we know of model families; all the rest is pure functions over it.
"""
