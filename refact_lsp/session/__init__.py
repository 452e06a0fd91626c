"""What one running server knows and does, without knowing LSP.

Open documents, the settings in force, the model of each role, reasons for silence, acceptance.
"""
