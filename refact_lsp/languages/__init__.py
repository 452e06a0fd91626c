"""What we know of programming languages: a table, tree-sitter grammars, query files.

A language is one row in `table` and one file in `queries/`.
"""
