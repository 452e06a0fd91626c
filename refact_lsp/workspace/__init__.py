"""The index of the user's code: which files count, their tokens, where each run of tokens stands.

Built in a low-priority child process, kept in one file per workspace that is mapped into memory
and shared by the servers of that workspace. Open buffers are kept apart (`live`) and win.
"""
