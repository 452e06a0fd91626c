"""The engine without a key: it answers from the workspace's own text.

Behind the same stream interface as a provider. It searches `workspace` for places where the same
tokens came before, lets them vote on the rest of the line, and is silent when unsure.
"""
