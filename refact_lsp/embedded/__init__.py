"""The engine without a key: it answers from the workspace's own text.

Behind the same stream interface as a provider. Searches in `workspace`, ranks, and is silent when unsure."""
