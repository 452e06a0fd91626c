"""JSON-RPC as a client may rely on it: frames, envelopes, one answer for every request.

Knows messages, not features; every abuse of the wire ends here with a proper error.
"""
