"""The privacy gate of a running server: policies in force, where files really are, borders."""
