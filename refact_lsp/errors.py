"""Every exception this package raises on purpose.

    RefactError                 a sentence for the user: what, where, what to do
    +-- UsageError              the command line was used wrongly (exit code 2)
    +-- ConfigError             a file or setting of the user's cannot be used (exit code 3)
    +-- net.errors.RequestError a model server gave no (whole) answer; told apart by its kind

Bad input in the pure core is no exception: it answers (value, problems) or a reason.
"""

from __future__ import annotations


class RefactError(Exception):
    """Base of all; `str()` is a sentence that may be shown as it is."""


class UsageError(RefactError):
    """The command line cannot be carried out as written."""


class ConfigError(RefactError):
    """A file or setting of the user's cannot be used."""
