"""Wire formats: a neutral question into a request body, and an answer's events into ours.

One pure module a format, all of the shape in `format.py`, found by name through `table.py`.
Nothing here opens a connection. The modules that read answers import pydantic; `format.py` does
not, so the rest of the program may speak of requests without it.
"""
