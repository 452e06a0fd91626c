"""Inline completion as a pipeline of pure stages: gate, reuse, ask, stop, clean up.

Only `pipeline` is asynchronous; everything else is functions over plain data.
"""
