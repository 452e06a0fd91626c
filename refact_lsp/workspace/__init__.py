"""The index of the user's code: which files count, their tokens, where each run of tokens stands.

Built in a low-priority child process, persisted by content hash, shared by the servers of one workspace."""
