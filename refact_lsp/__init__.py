"""refact-lsp: a language server for inline code completion and chat commands."""

__version__ = "0.1.0"
