"""How bytes come and go: standard streams, sockets, the life and the end of the process."""
