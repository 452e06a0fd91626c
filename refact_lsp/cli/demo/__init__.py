"""`refact-lsp demo`: the newest lines of a repository typed again, with suggestions."""
