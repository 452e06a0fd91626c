"""`python -m refact_lsp`."""

from refact_lsp.cli.main import main

if __name__ == "__main__":
    main()
