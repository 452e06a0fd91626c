"""The edge that knows LSP: reading frames, client profiles, thin handlers.

The only importer of pygls and lsprotocol. A handler converts in, calls the session, converts out.
"""
