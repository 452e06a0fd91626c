"""What an editor's buffer is: lines, positions, edits, snapshots.

Pure data and functions: nothing here reads a file, a clock or a socket, and nothing here
knows LSP. Imports nothing of ours.
"""
