"""How the server is, and what the user is told of it: status, troubles, messages, switches."""
